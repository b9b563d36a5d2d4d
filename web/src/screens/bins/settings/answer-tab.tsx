// What senders are answered.

import { useTranslation } from "react-i18next";
import { IconButton, Button } from "@/ui/button";
import { AreaField, Checkbox, Input, TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import type { Header } from "./draft";
import type { Editing } from "./use-draft";

const HEADERS_MAX = 50;

export function AnswerTab({ draft, set, mistake }: Editing) {
  const { t } = useTranslation("bins");
  return (
    <div className="grid gap-4">
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField
          label={t("answer.status")}
          inputMode="numeric"
          value={draft.status}
          error={mistake("status")}
          onChange={(event) => set({ status: event.target.value })}
        />
        <TextField
          label={t("answer.delay")}
          hint={t("answer.delayHint")}
          inputMode="numeric"
          value={draft.delayMs}
          error={mistake("delayMs")}
          onChange={(event) => set({ delayMs: event.target.value })}
        />
        <TextField
          label={t("answer.wait")}
          hint={t("answer.waitHint")}
          inputMode="numeric"
          value={draft.waitMs}
          error={mistake("waitMs")}
          onChange={(event) => set({ waitMs: event.target.value })}
        />
      </div>
      <Headers headers={draft.headers} error={mistake("headers")} onChange={(headers) => set({ headers })} />
      <AreaField
        mono
        rows={6}
        label={t("answer.body")}
        hint={t("answer.bodyHint", { example: "{{ payload.challenge | json }}" })}
        value={draft.body}
        error={mistake("body")}
        onChange={(event) => set({ body: event.target.value })}
      />
      <Checkbox
        label={t("answer.statusFromPath")}
        hint={t("answer.statusFromPathHint")}
        checked={draft.statusFromPath}
        onChange={(statusFromPath) => set({ statusFromPath })}
      />
      <Checkbox label={t("answer.cors")} hint={t("answer.corsHint")} checked={draft.cors} onChange={(cors) => set({ cors })} />
    </div>
  );
}

interface HeadersProps {
  headers: Header[];
  error: string | null;
  onChange: (headers: Header[]) => void;
}

function Headers({ headers, error, onChange }: HeadersProps) {
  const { t } = useTranslation("bins");
  const change = (at: number, next: Partial<Header>) => onChange(headers.map((it, index) => (index === at ? { ...it, ...next } : it)));
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 font-medium">{t("answer.headers")}</legend>
      {headers.map(({ name, value }, index) => (
        <div key={index} className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_auto]">
          <Input
            label={t("answer.headerName", { number: index + 1 })}
            placeholder="x-seen"
            value={name}
            aria-invalid={error ? true : undefined}
            onChange={(event) => change(index, { name: event.target.value })}
          />
          <Input
            label={t("answer.headerValue", { number: index + 1 })}
            className="row-start-2 sm:row-start-auto"
            value={value}
            onChange={(event) => change(index, { value: event.target.value })}
          />
          <IconButton label={t("answer.removeHeader", { number: index + 1 })} onClick={() => onChange(headers.filter((_, at) => at !== index))}>
            <Icon name="close" className="size-4" />
          </IconButton>
        </div>
      ))}
      {error && (
        <p className="text-bad" role="alert">
          {error}
        </p>
      )}
      {headers.length < HEADERS_MAX && (
        <Button
          look="quiet"
          className="justify-self-start"
          icon={<Icon name="plus" className="size-4" />}
          onClick={() => onChange([...headers, { name: "", value: "" }])}
        >
          {t("answer.addHeader")}
        </Button>
      )}
    </fieldset>
  );
}
