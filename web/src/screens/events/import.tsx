// Takes events from an OpenAPI document. What would change is shown before anything does.

import { useQuery } from "@tanstack/react-query";
import { type DragEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data, type Schemas } from "@/api/client";
import { catalogueQuery, type EventType, useCatalogueChange } from "@/api/event-types";
import { Problem } from "@/api/problem";
import { useMistakeWords } from "@/explain/mistake";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { EditorField } from "@/ui/editor";
import { Checkbox } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { toast } from "@/ui/toast";

type Change = "new" | "changed" | "archived";
type Planned = Schemas["EventTypeToBe"] & { change: Change };

const TONES: Record<Change, Tone> = { new: "ok", changed: "accent", archived: "warn" };

function importDocument(specRaw: string, replaceAll: boolean, dryRun: boolean) {
  return data(api.POST("/api/v1/event-type/import/openapi", { body: { specRaw, replaceAll, dryRun } }));
}

/** What would become of each event, beside what is there. */
function planned(toBe: Schemas["EventTypeToBe"][], known: EventType[]): Planned[] {
  const names = new Set(known.map(({ name }) => name));
  return toBe.map((it) => ({ ...it, change: it.archived ? "archived" : names.has(it.name) ? "changed" : "new" }));
}

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("events");
  const { t: tc } = useTranslation();
  const known = useQuery(catalogueQuery({ archived: true }));
  const [text, setText] = useState("");
  const [replaceAll, setReplaceAll] = useState(false);
  const [plan, setPlan] = useState<Planned[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const take = useCatalogueChange(() => importDocument(text, replaceAll, false));
  const document_ = useId();

  const change = (next: { text?: string; replaceAll?: boolean }) => {
    if (next.text !== undefined) setText(next.text);
    if (next.replaceAll !== undefined) setReplaceAll(next.replaceAll);
    setPlan(null);
    setProblem(null);
  };
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(Problem.from(error));
      document.getElementById(document_)?.focus();
    }
    setBusy(false);
  };
  const look = () =>
    attempt(async () => {
      const { data: found } = await importDocument(text, replaceAll, true);
      setPlan(planned(found.to_modify ?? [], known.data ?? []));
    });
  const doIt = () =>
    attempt(async () => {
      const { data: done } = await take.mutateAsync(undefined);
      toast(t("import.done", { count: done.modified.length }));
      onClose();
    });

  return (
    <Dialog
      wide
      title={t("import.title")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{tc("cancel")}</Button>
          {plan && plan.length > 0 ? (
            <Button look="primary" busy={busy} onClick={doIt}>
              {t("import.action", { count: plan.length })}
            </Button>
          ) : (
            <Button look="primary" busy={busy} disabled={text.trim() === ""} onClick={look}>
              {t("import.look")}
            </Button>
          )}
        </>
      }
    >
      <p className="text-muted">{t("import.text")}</p>
      <Drop onText={(it) => change({ text: it })}>
        <EditorField
          id={document_}
          label={t("import.document")}
          language="text"
          value={text}
          onChange={(it) => it !== text && change({ text: it })}
          error={problem && problem.fields.length > 0 ? t("import.wrong", { count: problem.fields.length }) : null}
        />
      </Drop>
      {problem && problem.fields.length > 0 && <Flaws problem={problem} />}
      {problem && problem.fields.length === 0 && <ProblemNote problem={problem} />}
      <Checkbox
        label={t("import.replaceAll")}
        hint={t("import.replaceAllHint")}
        checked={replaceAll}
        onChange={(it) => change({ replaceAll: it })}
      />
      <div role="status">{plan && <Plan plan={plan} />}</div>
    </Dialog>
  );
}

function Drop({ onText, children }: { onText: (text: string) => void; children: React.ReactNode }) {
  const { t } = useTranslation("events");
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined) => file && onText(await file.text());
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void read(event.dataTransfer.files[0]);
  };
  return (
    // Dropping a file is a short cut for the button below.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      {children}
      <div>
        <Button onClick={() => input.current?.click()}>{t("import.file")}</Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={t("import.file")}
          accept=".json,.yaml,.yml,application/json"
          onChange={({ target }) => {
            void read(target.files?.[0]);
            target.value = "";
          }}
        />
      </div>
    </div>
  );
}

/** More of them are not read; the first is mended first. */
const FLAWS_MAX = 10;

function Flaws({ problem }: { problem: Problem }) {
  const words = useMistakeWords();
  return (
    <ul className="grid gap-1 rounded-lg bg-bad-soft px-4 py-3 text-bad">
      {problem.fields.slice(0, FLAWS_MAX).map((it, index) => (
        <li key={index} className="wrap-anywhere">
          {it.loc.length > 2 && <span className="font-mono text-xs">{it.loc.slice(2).join(" › ")}: </span>}
          {words(it)}
        </li>
      ))}
    </ul>
  );
}

function Plan({ plan }: { plan: Planned[] }) {
  const { t } = useTranslation("events");
  if (plan.length === 0) return <p className="rounded-lg bg-ok-soft px-4 py-3 text-ok">{t("import.nothing")}</p>;
  return (
    <div className="grid gap-2">
      <h3 className="font-medium">{t("import.would", { count: plan.length })}</h3>
      <ul className="max-h-72 divide-y divide-line overflow-y-auto rounded-lg border border-line">
        {plan.map(({ name, description, change }) => (
          <li key={name} className="flex items-start gap-3 px-3 py-2">
            <Badge tone={TONES[change]}>{t(`import.${change}`)}</Badge>
            <span className="grid min-w-0">
              <span className="font-mono text-[13px] wrap-anywhere">{name}</span>
              {description && <span className="line-clamp-2 text-xs text-muted wrap-anywhere">{description}</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
