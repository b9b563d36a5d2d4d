// A form in a dialog: checks what can be checked here, and otherwise says what the server says, next
// to the field that it is about. The first field that is wrong gets the focus.

import { type ReactNode, type SubmitEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { type MistakeWords, useMistakeWords } from "@/explain/mistake";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/problem-note";

/** What is wrong, by field; `null` for a field that is fine. */
export type Mistakes = Record<string, string | null>;

interface Props {
  title: string;
  action: string;
  /** What is wrong with what is entered now. */
  check: () => Mistakes;
  /** Does it; what it throws is shown. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  /** The fields; an input has its field's name as its own. */
  children: (mistakeOf: (field: string) => string | null) => ReactNode;
}

export function FormDialog({ title, action, check, onSubmit, onClose, children }: Props) {
  const { t } = useTranslation();
  const words = useMistakeWords();
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [isChecked, setChecked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const mistakes = isChecked ? check() : {};
  const refused = problem ? refusals(problem, words) : {};
  const asked = new Set<string>();
  const fields = children((field) => {
    asked.add(field);
    return mistakes[field] ?? refused[field] ?? null;
  });
  const isTold = Object.keys(refused).some((field) => asked.has(field));
  useEffect(() => {
    if (problem) focusFirstWrong(form.current);
  }, [problem]);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setChecked(true);
    setProblem(null);
    if (Object.values(check()).some((it) => it !== null)) {
      // The mistakes are on the page after this has been drawn.
      requestAnimationFrame(() => focusFirstWrong(form.current));
      return;
    }
    setBusy(true);
    try {
      await onSubmit();
    } catch (error) {
      setProblem(Problem.from(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" form={id} look="primary" busy={isBusy}>
            {action}
          </Button>
        </>
      }
    >
      <form id={id} ref={form} noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
        {fields}
        {problem && !isTold && <ProblemNote problem={problem} />}
      </form>
    </Dialog>
  );
}

function focusFirstWrong(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
}

/** What the server refuses, by field. */
function refusals(problem: Problem, words: MistakeWords): Mistakes {
  if (problem.code === "uid_exists") return { uid: words({ msg: problem.message }) };
  return Object.fromEntries(problem.fields.map((it) => [it.loc[1] ?? "", words(it)]));
}
