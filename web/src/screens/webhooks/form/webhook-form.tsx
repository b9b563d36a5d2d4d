// The form in which webhooks are made and changed. Its first view asks for what every webhook needs:
// a name, an address, events.

import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { check, type Mistakes, mistakesOf } from "./check";
import type { Draft } from "./draft";
import { EventPicker } from "./event-picker";
import { FormProvider, useForm } from "./form-state";
import { Options } from "./options";

interface Props {
  before: Draft;
  /** `null` for a new one. */
  endpointId: string | null;
  /** What the button says that saves. */
  action: string;
  onSave: (draft: Draft) => Promise<unknown>;
  onCancel: () => void;
}

export function WebhookForm({ before, endpointId, action, onSave, onCancel }: Props) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const [draft, setDraft] = useState(before);
  const [isTried, setTried] = useState(false);
  const [said, setSaid] = useState<Mistakes>({});
  const [hasOptions, setOptions] = useState(endpointId !== null);
  // Grows with every attempt that found mistakes, so that each one leads to the first of them.
  const [refusals, setRefusals] = useState(0);
  const form = useRef<HTMLFormElement>(null);

  const save = useMutation({
    mutationFn: () => onSave(draft),
    onError: (error) => {
      const found = mistakesOf(Problem.from(error).fields, draft);
      if (Object.keys(found).length > 0) refuse(found);
    },
  });
  const refuse = (found: Mistakes) => {
    setSaid(found);
    if (Object.keys(found).some((place) => !FIRST_VIEW.has(place))) setOptions(true);
    setRefusals((count) => count + 1);
  };
  useEffect(() => {
    if (refusals > 0) focusFirstMistake(form.current);
  }, [refusals]);

  const change = (part: Partial<Draft>) => {
    setDraft((current) => ({ ...current, ...part }));
    // What the server said was about what was there before.
    const changed = new Set(Object.keys(part));
    setSaid((current) => Object.fromEntries(Object.entries(current).filter(([place]) => !changed.has(fieldOf(place)))));
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    const found = check(draft);
    if (Object.keys(found).length > 0) refuse({});
    if (Object.keys(found).some((place) => !FIRST_VIEW.has(place))) setOptions(true);
    if (Object.keys(found).length === 0) save.mutate();
  };

  const mistakes = { ...said, ...(isTried ? check(draft) : {}) };
  const hasFields = save.isError && Problem.from(save.error).fields.length > 0;
  return (
    <FormProvider value={{ draft, before, endpointId, change, mistakes }}>
      <form ref={form} noValidate onSubmit={submit} className="grid grid-cols-[minmax(0,1fr)] gap-5">
        <Essentials />
        <details open={hasOptions} onToggle={(event) => setOptions(event.currentTarget.open)} className="group/more grid gap-3">
          <summary className="flex w-fit list-none items-center gap-2 rounded-lg py-1.5 pr-3 text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
            <Icon name="chevron" className="size-4 transition-transform group-open/more:rotate-90" />
            <span className="font-medium">{t("form.more")}</span>
            <span className="hidden text-xs sm:inline">{t("form.moreHint")}</span>
          </summary>
          {hasOptions && (
            <div className="mt-3">
              <Options />
            </div>
          )}
        </details>
        <div className="sticky bottom-0 z-10 -mx-4 grid gap-3 border-t border-line bg-page/95 px-4 py-3 sm:-mx-8 sm:px-8">
          {save.isError && !hasFields && <ProblemNote problem={save.error} />}
          {Object.keys(mistakes).length > 0 && (
            <p role="status" className="text-bad">
              {t("form.mistakes", { count: Object.keys(mistakes).length })}
            </p>
          )}
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look="primary" busy={save.isPending}>
              {action}
            </Button>
            {endpointId && <Button onClick={onCancel}>{common("cancel")}</Button>}
          </div>
        </div>
      </form>
    </FormProvider>
  );
}

const FIRST_VIEW = new Set(["name", "url", "events"]);

/** Which part of the draft a place is in. */
function fieldOf(place: string): string {
  const [first = ""] = place.split(".");
  return first === "code" || first === "variables" ? "transformation" : first;
}

function Essentials() {
  const { t } = useTranslation("webhooks");
  const { draft, change, mistake, endpointId } = useForm();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 rounded-box border border-line bg-surface p-4 sm:p-6">
      <div className="grid gap-5 lg:grid-cols-2">
        <TextField
          label={t("form.name")}
          hint={t("form.nameHint")}
          placeholder={t("form.namePlaceholder")}
          // The form is what one came for.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus={!endpointId}
          value={draft.name}
          error={mistake("name")}
          onChange={(event) => change({ name: event.target.value })}
        />
        <TextField
          required
          type="url"
          label={t("form.url")}
          hint={t("form.urlHint")}
          placeholder="https://example.com/hooks"
          spellCheck={false}
          value={draft.url}
          error={mistake("url")}
          onChange={(event) => change({ url: event.target.value })}
        />
      </div>
      <EventPicker />
    </div>
  );
}

/** The first input that is wrong; of an editor, which is in a shadow tree, its host. */
function focusFirstMistake(form: HTMLFormElement | null): void {
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid]');
  const target = wrong?.matches("[data-invalid]") ? wrong.querySelector<HTMLElement>("[id]") : wrong;
  target?.focus();
  wrong?.scrollIntoView({ block: "center" });
}
