import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { appName, applicationsQuery } from "@/api/applications";
import { createKey, keysQuery, type NewApiKey } from "@/api/settings";
import { seconds } from "@/format/format";
import { SelectField, TextField } from "@/ui/field";
import { FormDialog } from "./form-dialog";
import { ShownOnce } from "./shown-once";
import { DAY } from "./spans";

const SPANS = [30 * DAY, 90 * DAY, 365 * DAY];
const NAME_CHARS_MAX = 256;

export function KeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const queries = useQueryClient();
  const { data } = useInfiniteQuery(applicationsQuery);
  const applications = data?.pages.flatMap((page) => page.data) ?? [];
  const [name, setName] = useState("");
  const [application, setApplication] = useState("");
  const [span, setSpan] = useState("");
  const [made, setMade] = useState<NewApiKey | null>(null);
  if (made) {
    return <ShownOnce title={t("keys.madeTitle", { name: made.name })} text={t("keys.once")} secret={made.key} onClose={onClose} />;
  }
  const submit = async () => {
    const expiresInSeconds = span ? Number(span) : null;
    setMade(await createKey({ name: name.trim(), application: application || null, expiresInSeconds }));
    await queries.invalidateQueries({ queryKey: keysQuery.queryKey });
  };
  return (
    <FormDialog
      title={t("keys.add")}
      action={t("keys.make")}
      check={() => ({ name: name.trim() ? null : t("common:field.required") })}
      onSubmit={submit}
      onClose={onClose}
    >
      {(mistakeOf) => (
        <>
          <TextField
            label={t("keys.name")}
            hint={t("keys.nameHint")}
            name="name"
            maxLength={NAME_CHARS_MAX}
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={mistakeOf("name")}
          />
          <SelectField
            label={t("keys.reach")}
            name="application"
            value={application}
            onChange={(event) => setApplication(event.target.value)}
            error={mistakeOf("application")}
          >
            <option value="">{t("keys.everything")}</option>
            {applications.map((it) => (
              <option key={it.id} value={it.id}>
                {t("keys.only", { name: it.name === appName(it) ? it.name : `${it.name} (${appName(it)})` })}
              </option>
            ))}
          </SelectField>
          <SelectField label={t("keys.span")} value={span} onChange={(event) => setSpan(event.target.value)}>
            <option value="">{t("keys.endless")}</option>
            {SPANS.map((it) => (
              <option key={it} value={it}>
                {seconds(it)}
              </option>
            ))}
          </SelectField>
        </>
      )}
    </FormDialog>
  );
}
