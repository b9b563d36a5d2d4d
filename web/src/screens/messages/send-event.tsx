// Sends an event by hand: its type from the catalogue, with the catalogue's example to begin with.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SyntheticEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { catalogueQuery, eventTypeQuery } from "@/api/event-types";
import { precheckQuery, sendMessage } from "@/api/messages";
import { Problem } from "@/api/problem";
import { exampleText } from "@/api/schemas";
import { useFieldWords } from "@/explain/mistake";
import { useJsonCheck } from "@/json/words";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { EditorField } from "@/ui/editor";
import { TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { toast } from "@/ui/toast";
import { momentOf } from "./filter";

const NO_PAYLOAD = "{\n  \n}";

interface Props {
  /** The event to begin with. */
  eventType?: string;
  onClose: () => void;
}

interface Draft {
  eventType: string;
  /** `null` as long as it is the example of the catalogue. */
  payload: string | null;
  eventId: string;
  channels: string;
  tags: string;
  deliverAt: string;
}

export function SendEvent({ eventType = "", onClose }: Props) {
  const { t } = useTranslation("messages");
  const { t: tc } = useTranslation();
  const { app } = useScope();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const checkJson = useJsonCheck();
  const [draft, setDraft] = useState<Draft>({ eventType, payload: null, eventId: "", channels: "", tags: "", deliverAt: "" });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isTried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useId();
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setProblem(null);
  };

  const name = draft.eventType.trim();
  const known = useQuery(catalogueQuery({ archived: true })).data?.some((it) => it.name === name) ?? false;
  const example = useQuery({ ...eventTypeQuery(name), enabled: known });
  const payload = draft.payload ?? (exampleText(known ? (example.data?.schemas ?? null) : null) || NO_PAYLOAD);
  const mistake = isTried || draft.payload !== null ? checkJson(payload, true) : null;
  const nameError = isTried && !name ? tc("field.required") : null;
  const words = useFieldWords(problem);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (!name) return document.querySelector<HTMLElement>(`#${CSS.escape(form)} input`)?.focus();
    if (checkJson(payload, true)) return document.getElementById(`${form}-payload`)?.focus();
    setBusy(true);
    try {
      const message = await sendMessage(app, {
        eventType: name,
        payload,
        eventId: draft.eventId.trim() || undefined,
        channels: listOf(draft.channels),
        tags: listOf(draft.tags),
        deliverAt: momentOf(draft.deliverAt),
      });
      toast(t("send.done"));
      void queries.resetQueries({ queryKey: ["messages", app] });
      onClose();
      void navigate({ to: "/messages/$messageId", params: { messageId: message.id } });
    } catch (error) {
      setProblem(Problem.from(error));
      setBusy(false);
    }
  };

  return (
    <Dialog
      wide
      title={t("send.title")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{tc("cancel")}</Button>
          <Button type="submit" form={form} look="primary" busy={busy} icon={<Icon name="send" className="size-4" />}>
            {t("send.action")}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={(event) => void submit(event)} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <TypeField value={draft.eventType} error={nameError ?? words("eventType")} onChange={(it) => change({ eventType: it, payload: null })} />
        {example.data?.description && <p className="-mt-2 text-muted wrap-anywhere">{example.data.description}</p>}
        <Precheck eventType={name} channels={listOf(draft.channels) ?? []} />
        <EditorField
          id={`${form}-payload`}
          label={t("send.payload")}
          hint={t("send.payloadHint")}
          language="json"
          value={payload}
          onChange={(it) => it !== payload && change({ payload: it })}
          error={mistake?.words ?? words("payload")}
          errorLine={mistake?.mistake.line}
        />
        <details className="rounded-lg border border-line" open={problem !== null}>
          <summary className="px-4 py-2.5 font-medium">{t("send.more")}</summary>
          <div className="grid gap-4 border-t border-line p-4 sm:grid-cols-2">
            {(["eventId", "tags", "channels"] as const).map((field) => (
              <TextField
                key={field}
                optional
                spellCheck={false}
                label={t(`send.${field}`)}
                hint={t(`send.${field}Hint`)}
                value={draft[field]}
                error={field === "eventId" && problem?.kind === "conflict" ? t("send.taken") : words(field)}
                onChange={({ target }) => change({ [field]: target.value })}
              />
            ))}
            <TextField
              optional
              type="datetime-local"
              label={t("send.deliverAt")}
              hint={t("send.deliverAtHint")}
              value={draft.deliverAt}
              error={words("deliverAt")}
              onChange={({ target }) => change({ deliverAt: target.value })}
            />
          </div>
        </details>
        {problem && problem.fields.length === 0 && problem.kind !== "conflict" && <ProblemNote problem={problem} />}
      </form>
    </Dialog>
  );
}

/** What people write with commas between. */
function listOf(text: string): string[] | undefined {
  const list = text.split(",").map((it) => it.trim()).filter((it) => it !== "");
  return list.length > 0 ? list : undefined;
}

interface TypeProps {
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}

/** Any name may be sent; those of the catalogue are offered. */
function TypeField({ value, error, onChange }: TypeProps) {
  const { t } = useTranslation("messages");
  const list = useId();
  const { data } = useQuery(catalogueQuery());
  return (
    <>
      <TextField
        required
        label={t("send.eventType")}
        placeholder={data?.[0]?.name ?? "invoice.paid"}
        list={list}
        spellCheck={false}
        value={value}
        error={error}
        onChange={({ target }) => onChange(target.value)}
      />
      <datalist id={list}>
        {data?.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

/** Says before sending when nobody would get it. */
function Precheck({ eventType, channels }: { eventType: string; channels: string[] }) {
  const { t } = useTranslation("messages");
  const { app } = useScope();
  const { data } = useQuery(precheckQuery(app, eventType, channels));
  return (
    <div role="status" className="empty:hidden">
      {data?.active === false && (
        <p className="flex items-center gap-2 rounded-lg bg-warn-soft px-4 py-2.5 text-warn">
          <Icon name="warning" className="size-4" />
          {t("send.nobody")}
        </p>
      )}
    </div>
  );
}
