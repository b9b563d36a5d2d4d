// How requests show who sends them. What was saved is never shown again: it can be kept or replaced.

import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { AreaField, SelectField, TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { CREDENTIAL_KINDS, type CredentialKind, type DraftCredentials } from "./draft";
import { useForm } from "./form-state";
import { Rows } from "./rows";

type TextPart = Exclude<keyof DraftCredentials, "kind" | "kept" | "clientAuthentication">;

interface Input {
  part: TextPart;
  kind?: "secret" | "area" | "secretArea";
  optional?: boolean;
}

const INPUTS: Record<CredentialKind, Input[]> = {
  none: [],
  basic: [{ part: "username" }, { part: "password", kind: "secret" }],
  bearer: [{ part: "token", kind: "secret" }],
  header: [{ part: "name" }, { part: "value", kind: "secret" }],
  oauth2: [
    { part: "tokenUrl" },
    { part: "clientId" },
    { part: "clientSecret", kind: "secret" },
    { part: "scope", optional: true },
    { part: "audience", optional: true },
  ],
  mtls: [
    { part: "certificate", kind: "area" },
    { part: "privateKey", kind: "secretArea" },
  ],
};

export function CredentialsSection() {
  const { t } = useTranslation("webhooks");
  const { draft, before, change } = useForm();
  const it = draft.credentials;
  const set = (part: Partial<DraftCredentials>) => change({ credentials: { ...it, ...part } });
  const choose = (kind: CredentialKind) =>
    kind === before.credentials.kind ? change({ credentials: before.credentials }) : set({ kind, kept: false });
  return (
    <>
      <SelectField
        label={t("credentials.kind")}
        hint={t(`credentials.hint.${it.kind}`)}
        value={it.kind}
        onChange={(event) => choose(event.target.value as CredentialKind)}
      >
        {CREDENTIAL_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`credentials.kinds.${kind}`)}
          </option>
        ))}
      </SelectField>
      {it.kept && (
        <div className="flex flex-wrap items-center gap-3 rounded-lg bg-sunken px-3 py-2">
          <Icon name="key" className="size-4" />
          <p className="grow basis-48">{t("credentials.kept")}</p>
          <Button onClick={() => set({ kept: false })}>{t("form.replace")}</Button>
        </div>
      )}
      {INPUTS[it.kind].map((input) => (
        <Part key={input.part} input={input} onChange={(text) => set({ [input.part]: text })} />
      ))}
      {it.kind === "oauth2" && (
        <SelectField
          label={t("credentials.clientAuthentication")}
          value={it.clientAuthentication}
          disabled={it.kept}
          onChange={(event) => set({ clientAuthentication: event.target.value === "body" ? "body" : "basic" })}
        >
          <option value="basic">{t("credentials.inHeader")}</option>
          <option value="body">{t("credentials.inBody")}</option>
        </SelectField>
      )}
    </>
  );
}

function Part({ input: { part, kind, optional }, onChange }: { input: Input; onChange: (text: string) => void }) {
  const { t } = useTranslation("webhooks");
  const { draft, mistake } = useForm();
  const it = draft.credentials;
  const isSecret = kind === "secret" || kind === "secretArea";
  const label = t(`credentials.part.${part}`);
  if (it.kept && isSecret) return <TextField label={label} value="••••••" disabled readOnly />;
  const common = {
    label,
    optional,
    disabled: it.kept,
    value: it[part],
    spellCheck: false,
    error: mistake(`credentials.${part}`),
  };
  if (kind === "area" || kind === "secretArea") {
    return (
      <AreaField
        mono
        rows={5}
        placeholder={part === "certificate" ? "-----BEGIN CERTIFICATE-----" : "-----BEGIN PRIVATE KEY-----"}
        {...common}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  return (
    <TextField
      type={isSecret ? "password" : "text"}
      autoComplete={isSecret ? "new-password" : "off"}
      {...common}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** Values that templates may use by name. */
export function SecretsSection() {
  const { t } = useTranslation("webhooks");
  const { draft, change, mistake } = useForm();
  return (
    <Rows
      secret
      legend={t("secrets.legend")}
      hint={t("secrets.hint", { example: "{{ secrets.api_key }}" })}
      rows={draft.secrets}
      onChange={(secrets) => change({ secrets })}
      add={t("secrets.add")}
      names={{ name: t("secrets.name"), value: t("secrets.value") }}
      placeholders={{ name: "api_key", value: "" }}
      mistake={(it) => mistake(`secrets.${it.key}`)}
    />
  );
}
