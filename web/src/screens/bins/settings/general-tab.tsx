import { useTranslation } from "react-i18next";
import { TextField } from "@/ui/field";
import { SpanField } from "./span-field";
import type { Editing } from "./use-draft";

export function GeneralTab({ bin, draft, set, mistake }: Editing) {
  const { t } = useTranslation("bins");
  return (
    <div className="grid gap-4">
      <TextField
        label={t("general.name")}
        value={draft.name}
        error={mistake("name")}
        onChange={(event) => set({ name: event.target.value })}
      />
      <SpanField
        label={t("general.expires")}
        hint={t("general.expiresHint")}
        amount={draft.expiresAmount}
        unit={draft.expiresUnit}
        error={mistake("expiresAmount")}
        onChange={(expiresAmount, expiresUnit) => set({ expiresAmount, expiresUnit })}
      />
      <fieldset className="grid gap-4 sm:grid-cols-2">
        <legend className="mb-3 font-semibold">{t("limits.title")}</legend>
        <TextField
          label={t("limits.captures")}
          hint={t("limits.capturesHint")}
          inputMode="numeric"
          value={draft.capturesMax}
          error={mistake("capturesMax")}
          onChange={(event) => set({ capturesMax: event.target.value })}
        />
        <TextField
          label={t("limits.kept")}
          inputMode="decimal"
          value={draft.keptMiB}
          error={mistake("keptMiB")}
          onChange={(event) => set({ keptMiB: event.target.value })}
        />
        <TextField
          label={t("limits.body")}
          hint={t("limits.bodyHint")}
          inputMode="decimal"
          value={draft.bodyKiB}
          error={mistake("bodyKiB")}
          onChange={(event) => set({ bodyKiB: event.target.value })}
        />
        <TextField
          label={t("limits.rate")}
          hint={t("limits.rateHint")}
          optional={!bin.public}
          inputMode="numeric"
          value={draft.ratePerSecond}
          error={mistake("ratePerSecond")}
          onChange={(event) => set({ ratePerSecond: event.target.value })}
        />
      </fieldset>
    </div>
  );
}
