import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "@/ui/field";
import { type Draft, isNamed } from "./draft";
import { SpanField } from "./span-field";
import type { Editing } from "./use-draft";

const WAYS = ["provider", "header", "field", "body"] as const;

/** What counts as the same request again. */
export function DuplicatesTab({ draft, set, mistake }: Editing) {
  const { t } = useTranslation("bins");
  return (
    <div className="grid gap-4">
      <p className="max-w-prose text-muted">{t("duplicates.text")}</p>
      <SelectField label={t("duplicates.by")} value={draft.by} onChange={(event) => set({ by: event.target.value as Draft["by"] })}>
        <option value="">{t("duplicates.none")}</option>
        {WAYS.map((it) => (
          <option key={it} value={it}>
            {t(`duplicates.ways.${it}`)}
          </option>
        ))}
      </SelectField>
      {isNamed(draft) && (
        <TextField
          label={t(draft.by === "header" ? "duplicates.header" : "duplicates.field")}
          placeholder={draft.by === "header" ? "x-request-id" : "data.id"}
          value={draft.byName}
          error={mistake("byName")}
          onChange={(event) => set({ byName: event.target.value })}
        />
      )}
      {draft.by !== "" && (
        <SpanField
          label={t("duplicates.window")}
          hint={t("duplicates.windowHint")}
          amount={draft.windowAmount}
          unit={draft.windowUnit}
          error={mistake("windowAmount")}
          onChange={(windowAmount, windowUnit) => set({ windowAmount, windowUnit })}
        />
      )}
    </div>
  );
}
