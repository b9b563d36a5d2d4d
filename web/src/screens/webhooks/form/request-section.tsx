import { useTranslation } from "react-i18next";
import { EditorField } from "@/ui/editor";
import { AreaField, Checkbox, SelectField, TextField } from "@/ui/field";
import { BODY_KINDS, type BodyKind, type DraftBody, type Method, METHODS, usualBody } from "./draft";
import { useForm } from "./form-state";
import { JsonFields } from "./json-fields";
import { Rows } from "./rows";

/** Method, headers and body. */
export function RequestSection() {
  const { t } = useTranslation("webhooks");
  const { draft, change, mistake } = useForm();
  const setMethod = (method: Method) => {
    // A body that nobody chose goes with the method.
    const isUsual = draft.body.kind === usualBody(draft.method);
    change({ method, ...(isUsual ? { body: { ...draft.body, kind: usualBody(method) } } : {}) });
  };
  return (
    <>
      <SelectField
        label={t("request.method")}
        value={draft.method}
        error={mistake("method")}
        onChange={(event) => setMethod(event.target.value as Method)}
      >
        {METHODS.map((it) => (
          <option key={it}>{it}</option>
        ))}
      </SelectField>
      <Rows
        legend={t("request.headers")}
        hint={t("request.headersHint", { example: "{{ payload.id }}" })}
        rows={draft.headers}
        onChange={(headers) => change({ headers })}
        add={t("request.addHeader")}
        names={{ name: t("request.headerName"), value: t("request.headerValue") }}
        placeholders={{ name: "X-Source", value: "{{ type }}" }}
        mistake={(it) => mistake(`headers.${it.key}`)}
      />
      <BodyFields />
      <Checkbox
        label={t("request.idempotency")}
        hint={t("request.idempotencyHint")}
        checked={draft.idempotencyKey}
        onChange={(idempotencyKey) => change({ idempotencyKey })}
      />
    </>
  );
}

function BodyFields() {
  const { t } = useTranslation("webhooks");
  const { draft, change, mistake } = useForm();
  const { body } = draft;
  const set = (part: Partial<DraftBody>) => change({ body: { ...body, ...part } });
  return (
    <div className="grid gap-4">
      <SelectField
        label={t("request.body")}
        hint={t(`request.bodyHint.${body.kind}`)}
        value={body.kind}
        onChange={(event) => set({ kind: event.target.value as BodyKind })}
      >
        {BODY_KINDS.map((it) => (
          <option key={it} value={it}>
            {t(`request.bodyKind.${it}`)}
          </option>
        ))}
      </SelectField>
      {body.kind === "json" && (
        <JsonFields value={body.fields} error={mistake("body.fields")} onChange={(fields) => set({ fields })} />
      )}
      {body.kind === "text" && (
        <>
          <TextField
            label={t("request.contentType")}
            list="content-types"
            spellCheck={false}
            value={body.contentType}
            error={mistake("body.contentType")}
            onChange={(event) => set({ contentType: event.target.value })}
          />
          <datalist id="content-types">
            <option value="text/plain" />
            <option value="application/json" />
            <option value="application/xml" />
            <option value="application/x-www-form-urlencoded" />
          </datalist>
          <AreaField
            mono
            rows={6}
            label={t("request.template")}
            hint={t("request.templateHint", { example: "{{ payload.id }}" })}
            spellCheck={false}
            value={body.template}
            error={mistake("body.template")}
            onChange={(event) => set({ template: event.target.value })}
          />
        </>
      )}
    </div>
  );
}

/** The condition on events. */
export function FilterSection() {
  const { t } = useTranslation("webhooks");
  const { draft, change, mistake } = useForm();
  return (
    <div className="grid gap-3">
      <EditorField
        language="text"
        label={t("filter.label")}
        hint={t("filter.hint")}
        value={draft.filter}
        error={mistake("filter")}
        onChange={(filter) => change({ filter })}
      />
      <div className="grid gap-1.5">
        <p className="text-xs font-medium text-muted">{t("filter.examples")}</p>
        {FILTERS.map((it) => (
          <button
            key={it}
            type="button"
            onClick={() => change({ filter: it })}
            className="rounded-md bg-sunken px-2.5 py-1.5 text-left font-mono text-xs wrap-anywhere hover:text-accent"
          >
            {it}
          </button>
        ))}
      </div>
    </div>
  );
}

const FILTERS = [
  "payload.total > 100",
  'payload.currency in ["EUR", "USD"]',
  "has(payload.customer) && payload.customer.vip",
  '!("test" in tags)',
];
