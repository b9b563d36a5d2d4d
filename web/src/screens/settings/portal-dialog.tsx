import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Application } from "@/api/applications";
import { type PortalAccess, portalAccess } from "@/api/settings";
import { Checkbox, SelectField } from "@/ui/field";
import { seconds } from "@/format/format";
import { FormDialog } from "./form-dialog";
import { ShownOnce } from "./shown-once";
import { DAY, HOUR } from "./spans";

const SPANS = [HOUR, DAY, 7 * DAY];

/** Makes a link with which a customer manages their own webhooks. */
export function PortalDialog({ application, onClose }: { application: Application; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const [expiry, setExpiry] = useState(DAY);
  const [readOnly, setReadOnly] = useState(false);
  const [made, setMade] = useState<PortalAccess | null>(null);
  if (made) {
    return (
      <ShownOnce
        title={t("portal.title", { name: application.name })}
        text={t("portal.once", { span: seconds(expiry) })}
        secret={made.url}
        href={made.url}
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title={t("portal.title", { name: application.name })}
      action={t("portal.make")}
      check={() => ({})}
      onSubmit={async () => setMade(await portalAccess(application.id, { expiry, readOnly }))}
      onClose={onClose}
    >
      {() => (
        <>
          <p className="text-muted">{t("portal.text")}</p>
          <SelectField label={t("portal.expiry")} value={expiry} onChange={(event) => setExpiry(Number(event.target.value))}>
            {SPANS.map((span) => (
              <option key={span} value={span}>
                {seconds(span)}
              </option>
            ))}
          </SelectField>
          <Checkbox label={t("portal.readOnly")} hint={t("portal.readOnlyHint")} checked={readOnly} onChange={setReadOnly} />
        </>
      )}
    </FormDialog>
  );
}
