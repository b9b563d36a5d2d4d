// Who may send: whose signature is checked, and how.

import { useTranslation } from "react-i18next";
import { AreaField, Checkbox, SelectField, TextField } from "@/ui/field";
import { type Draft, type Provider, PROVIDERS } from "./draft";
import type { Editing } from "./use-draft";

export function VerifyTab(editing: Editing) {
  const { bin, draft, set, mistake } = editing;
  const { t } = useTranslation("bins");
  const kept = bin.verify?.provider === draft.provider ? bin.verify.secretsCount : 0;
  return (
    <div className="grid gap-4">
      <SelectField
        label={t("verify.provider")}
        hint={t("verify.hint")}
        value={draft.provider}
        error={mistake("provider")}
        onChange={(event) => set({ provider: event.target.value as Provider | "", secrets: "" })}
      >
        <option value="">{t("verify.everybody")}</option>
        {PROVIDERS.map((it) => (
          <option key={it} value={it}>
            {t(`verify.providers.${it}`)}
          </option>
        ))}
      </SelectField>
      {draft.provider !== "" && (
        <>
          {draft.provider === "generic" && <Generic {...editing} />}
          <AreaField
            mono
            rows={2}
            spellCheck={false}
            autoComplete="off"
            label={t("verify.secrets")}
            hint={
              <>
                {t(`verify.secretOf.${draft.provider}`)} {t("verify.secretsHint")}{" "}
                {kept > 0 && t("verify.kept", { count: kept })}
              </>
            }
            value={draft.secrets}
            error={mistake("secrets")}
            onChange={(event) => set({ secrets: event.target.value })}
          />
          {draft.provider === "meta" && (
            <TextField
              label={t("verify.token")}
              hint={t("verify.tokenHint")}
              optional
              value={draft.verifyToken}
              error={mistake("verifyToken")}
              onChange={(event) => set({ verifyToken: event.target.value })}
            />
          )}
          <Checkbox label={t("verify.reject")} hint={t("verify.rejectHint")} checked={draft.reject} onChange={(reject) => set({ reject })} />
        </>
      )}
    </div>
  );
}

/** A signature that is described here. */
function Generic({ draft, set, mistake }: Editing) {
  const { t } = useTranslation("bins");
  return (
    <fieldset className="grid gap-4 sm:grid-cols-2">
      <legend className="mb-3 font-semibold">{t("verify.signature")}</legend>
      <TextField label={t("verify.header")} placeholder="x-signature" value={draft.header} error={mistake("header")} onChange={(event) => set({ header: event.target.value })} />
      <TextField label={t("verify.prefix")} optional placeholder="sha256=" value={draft.prefix} error={mistake("prefix")} onChange={(event) => set({ prefix: event.target.value })} />
      <SelectField label={t("verify.encoding")} value={draft.encoding} onChange={(event) => set({ encoding: event.target.value as Draft["encoding"] })}>
        <option value="hex">Hex</option>
        <option value="base64">Base64</option>
      </SelectField>
      <SelectField label={t("verify.algorithm")} value={draft.algorithm} onChange={(event) => set({ algorithm: event.target.value as Draft["algorithm"] })}>
        <option value="sha1">HMAC-SHA1</option>
        <option value="sha256">HMAC-SHA256</option>
        <option value="sha512">HMAC-SHA512</option>
      </SelectField>
      <TextField
        label={t("verify.timestampHeader")}
        optional
        placeholder="x-timestamp"
        value={draft.timestampHeader}
        error={mistake("timestampHeader")}
        onChange={(event) => set({ timestampHeader: event.target.value })}
      />
      <TextField
        label={t("verify.tolerance")}
        inputMode="numeric"
        value={draft.toleranceSeconds}
        error={mistake("toleranceSeconds")}
        onChange={(event) => set({ toleranceSeconds: event.target.value })}
      />
      <TextField
        label={t("verify.template")}
        hint={t("verify.templateHint")}
        className="sm:col-span-2"
        value={draft.template}
        error={mistake("template")}
        onChange={(event) => set({ template: event.target.value })}
      />
    </fieldset>
  );
}
