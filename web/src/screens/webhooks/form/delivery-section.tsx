import { useTranslation } from "react-i18next";
import { seconds } from "@/format/format";
import { Checkbox, SelectField, TextField } from "@/ui/field";
import { type Retries, spans } from "./draft";
import { useForm } from "./form-state";

/** Retries, rate, order and channels. */
export function DeliverySection() {
  const { t } = useTranslation("webhooks");
  const { draft, change, mistake } = useForm();
  const waits = spans(draft.schedule);
  return (
    <>
      <SelectField
        label={t("delivery.retries")}
        value={draft.retries}
        onChange={(event) => change({ retries: event.target.value as Retries })}
      >
        <option value="server">{t("delivery.way.server")}</option>
        <option value="own">{t("delivery.way.own")}</option>
        <option value="once">{t("delivery.way.once")}</option>
      </SelectField>
      {draft.retries === "own" && (
        <TextField
          label={t("delivery.schedule")}
          hint={waits?.length ? t("delivery.scheduleRead", { waits: waits.map(seconds).join(", ") }) : t("delivery.scheduleHint")}
          spellCheck={false}
          value={draft.schedule}
          error={mistake("schedule")}
          onChange={(event) => change({ schedule: event.target.value })}
        />
      )}
      <Checkbox
        label={t("delivery.clientErrors")}
        hint={t("delivery.clientErrorsHint")}
        checked={draft.retryClientErrors}
        onChange={(retryClientErrors) => change({ retryClientErrors })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          optional
          inputMode="decimal"
          label={t("delivery.timeout")}
          hint={t("delivery.timeoutHint")}
          value={draft.timeoutS}
          error={mistake("timeoutS")}
          onChange={(event) => change({ timeoutS: event.target.value.trim() })}
        />
        <TextField
          optional
          inputMode="numeric"
          label={t("delivery.rate")}
          hint={t("delivery.rateHint")}
          value={draft.rate}
          error={mistake("rate")}
          onChange={(event) => change({ rate: event.target.value.trim() })}
        />
      </div>
      <Checkbox
        label={t("delivery.ordered")}
        hint={t("delivery.orderedHint")}
        checked={draft.ordered}
        onChange={(ordered) => change({ ordered })}
      />
      <TextField
        optional
        label={t("delivery.channels")}
        hint={t("delivery.channelsHint")}
        spellCheck={false}
        value={draft.channels}
        error={mistake("channels")}
        onChange={(event) => change({ channels: event.target.value })}
      />
    </>
  );
}
