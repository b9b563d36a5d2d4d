import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Bin, type BinPatch, binQuery, binsQuery, changeBin } from "@/api/bins";
import { Problem } from "@/api/problem";
import { useMistakeWords } from "@/explain/mistake";
import { number } from "@/format/format";
import { check, type Mistakes, mistakesOf } from "./check";
import { type Draft, draftOf, type FieldName, patchOf } from "./draft";

/** What the parts of the settings share. */
export interface Editing {
  bin: Bin;
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  /** What is wrong with an input, in the person's language. */
  mistake: (name: FieldName) => string | null;
}

interface Told {
  onSaved: () => void;
  /** Where something is wrong. */
  onWrong: (names: FieldName[]) => void;
}

export function useDraft(bin: Bin, { onSaved, onWrong }: Told) {
  const { t } = useTranslation();
  const words = useMistakeWords();
  const queries = useQueryClient();
  // What was there when the editing began: the bin is looked at again meanwhile.
  const [before] = useState(bin);
  const [draft, setDraft] = useState(() => draftOf(bin));
  const [mistakes, setMistakes] = useState<Mistakes>({});

  const found = (next: Mistakes) => {
    setMistakes(next);
    const names = Object.keys(next) as FieldName[];
    if (names.length > 0) onWrong(names);
    return names.length > 0;
  };
  const save = useMutation({
    mutationFn: (patch: BinPatch) => changeBin(bin.id, patch),
    onSuccess: (changed) => {
      queries.setQueryData(binQuery(bin.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: binsQuery.queryKey });
      onSaved();
    },
    onError: (error) => found(mistakesOf(Problem.from(error).fields)),
  });

  const mistake = (name: FieldName): string | null => {
    const it = mistakes[name];
    if (!it) return null;
    if ("said" in it) return it.place + words({ msg: it.said });
    if (it.key === "field.number") return t(it.key, { min: number(it.min), max: number(it.max) });
    if (it.key === "field.long") return t(it.key, { max: number(it.max) });
    return t(it.key);
  };
  const set = (change: Partial<Draft>) => {
    setDraft((it) => ({ ...it, ...change }));
    setMistakes((it) => {
      const changed = new Set(Object.keys(change));
      return Object.fromEntries(Object.entries(it).filter(([name]) => !changed.has(name)));
    });
  };
  const submit = () => {
    if (found(check(draft, before))) return;
    const patch = patchOf(draft, before);
    if (Object.keys(patch).length > 0) save.mutate(patch);
    else onSaved();
  };
  const isExplained = Object.keys(mistakes).length > 0;
  return {
    editing: { bin, draft, set, mistake } satisfies Editing,
    submit,
    isBusy: save.isPending,
    problem: save.isError && !isExplained ? save.error : null,
    isChanged: Object.keys(patchOf(draft, before)).length > 0,
  };
}
