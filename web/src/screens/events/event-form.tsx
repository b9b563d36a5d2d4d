// Adds an event to the catalogue, or changes one. Whoever has an example payload needs no schema:
// it is drawn from the example.

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SyntheticEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { catalogueQuery, changeEventType, createEventType, type EventType, useCatalogueChange } from "@/api/event-types";
import { Problem } from "@/api/problem";
import { nextVersion, versionsOf } from "@/api/schemas";
import { type MistakeWords, useFieldWords, useMistakeWords } from "@/explain/mistake";
import { useJsonCheck } from "@/json/words";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { EditorField } from "@/ui/editor";
import { AreaField, Checkbox, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { toast } from "@/ui/toast";
import { draftOf, withDraft } from "./draft";

interface Props {
  /** What to change; a new one without it. */
  event?: EventType;
  onClose: () => void;
}

export function EventForm({ event, onClose }: Props) {
  const { t } = useTranslation("events");
  const { t: tc } = useTranslation();
  const navigate = useNavigate();
  const checkJson = useJsonCheck();
  const form = useId();
  const [facts, setFacts] = useState({
    name: event?.name ?? "",
    description: event?.description ?? "",
    groupName: event?.groupName ?? "",
    deprecated: event?.deprecated ?? false,
  });
  const [payload, setPayload] = useState(() => draftOf(event?.schemas ?? null));
  const [isTried, setTried] = useState(false);
  const save = useCatalogueChange(async () => {
    const { name, groupName, ...rest } = facts;
    const schemas = withDraft(event?.schemas ?? null, payload) as Record<string, never> | null;
    const body = { ...rest, groupName: groupName.trim() || null, schemas };
    await (event ? changeEventType(event.name, body) : createEventType({ ...body, name: name.trim() }));
  });
  const problem = save.error ? Problem.from(save.error) : null;
  const words = useFieldWords(problem);
  const mistakeWords = useMistakeWords();
  const isTaken = problem?.kind === "conflict";

  const wrongExample = payload.example.trim() ? checkJson(payload.example, true) : null;
  const wrongSchema = payload.schema.trim() ? checkJson(payload.schema, true) : null;
  const nameError = isTried && !facts.name.trim() ? tc("field.required") : isTaken ? t("form.taken") : words("name");

  const submit = async (submitted: SyntheticEvent) => {
    submitted.preventDefault();
    setTried(true);
    const focus = (id: string) => document.getElementById(id)?.focus();
    if (!facts.name.trim()) return document.querySelector<HTMLElement>(`#${CSS.escape(form)} input`)?.focus();
    if (wrongExample) return focus(`${form}-example`);
    if (wrongSchema) return focus(`${form}-schema`);
    try {
      await save.mutateAsync(undefined);
    } catch {
      return document.querySelector<HTMLElement>(`#${CSS.escape(form)} [aria-invalid]`)?.focus();
    }
    toast(event ? t("form.saved") : t("form.added"));
    onClose();
    if (!event) void navigate({ to: "/events/$name", params: { name: facts.name.trim() } });
  };

  return (
    <Dialog
      wide
      title={event ? t("form.editTitle", { name: event.name }) : t("form.addTitle")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{tc("cancel")}</Button>
          <Button type="submit" form={form} look="primary" busy={save.isPending}>
            {event ? tc("save") : tc("add")}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={(it) => void submit(it)} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        {!event && (
          <TextField
            required
            label={t("form.name")}
            hint={t("form.nameHint")}
            placeholder="invoice.paid"
            spellCheck={false}
            value={facts.name}
            error={nameError}
            onChange={({ target }) => setFacts({ ...facts, name: target.value })}
          />
        )}
        <AreaField
          rows={2}
          label={t("form.description")}
          hint={t("form.descriptionHint")}
          value={facts.description}
          error={words("description")}
          onChange={({ target }) => setFacts({ ...facts, description: target.value })}
        />
        <GroupField value={facts.groupName} error={words("groupName")} onChange={(groupName) => setFacts({ ...facts, groupName })} />
        <EditorField
          id={`${form}-example`}
          label={t("form.example")}
          hint={t("form.exampleHint")}
          language="json"
          value={payload.example}
          error={wrongExample?.words}
          errorLine={wrongExample?.mistake.line}
          onChange={(example) => setPayload((it) => ({ ...it, example }))}
        />
        <details className="rounded-lg border border-line" open={Boolean(wrongSchema ?? words("schemas"))}>
          <summary className="px-4 py-2.5 font-medium">{t("form.more")}</summary>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4 border-t border-line p-4">
            <EditorField
              id={`${form}-schema`}
              optional
              label={t("form.schema")}
              hint={t("form.schemaHint")}
              language="json"
              value={payload.schema}
              error={wrongSchema?.words ?? schemaWords(problem, mistakeWords)}
              errorLine={wrongSchema?.mistake.line}
              onChange={(schema) => setPayload((it) => ({ ...it, schema }))}
            />
            {event && versionsOf(event.schemas).length > 0 && (
              <Checkbox
                label={t("form.newVersion", { name: nextVersion(event.schemas) })}
                hint={t("form.newVersionHint")}
                checked={payload.isNewVersion}
                onChange={(isNewVersion) => setPayload({ ...payload, isNewVersion })}
              />
            )}
            <Checkbox
              label={t("form.deprecated")}
              hint={t("form.deprecatedHint")}
              checked={facts.deprecated}
              onChange={(deprecated) => setFacts({ ...facts, deprecated })}
            />
          </div>
        </details>
        {problem && problem.fields.length === 0 && !isTaken && <ProblemNote problem={problem} />}
      </form>
    </Dialog>
  );
}

/** What the server finds wrong in a schema, with the place in it. */
function schemaWords(problem: Problem | null, words: MistakeWords): string | null {
  const found = problem?.fields.find(({ loc }) => loc[1] === "schemas");
  return found ? `${found.loc.slice(3).join(".")}: ${words(found)}` : null;
}

interface GroupProps {
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}

function GroupField({ value, error, onChange }: GroupProps) {
  const { t } = useTranslation("events");
  const list = useId();
  const { data } = useQuery(catalogueQuery({ archived: true }));
  const names = [...new Set(data?.map(({ groupName }) => groupName ?? "").filter((name) => name !== ""))].sort();
  return (
    <>
      <TextField
        optional
        label={t("form.group")}
        hint={t("form.groupHint")}
        list={list}
        value={value}
        error={error}
        onChange={({ target }) => onChange(target.value)}
      />
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
