import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Application, applicationsQuery } from "@/api/applications";
import { changeApplication, createApplication } from "@/api/settings";
import { number } from "@/format/format";
import { TextField } from "@/ui/field";
import { toast } from "@/ui/toast";
import { FormDialog } from "./form-dialog";

const UID = /^[a-zA-Z0-9\-_.]{1,256}$/;
const NAME_CHARS_MAX = 256;
const THROTTLE_MAX = 65_535;

/** Makes an application, or changes the one that is given. */
export function ApplicationDialog({ application, onClose }: { application: Application | null; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const queries = useQueryClient();
  const [name, setName] = useState(application?.name ?? "");
  const [uid, setUid] = useState(application?.uid ?? "");
  const [throttle, setThrottle] = useState(application?.throttleRate?.toString() ?? "");

  const rate = throttle.trim() === "" ? null : Number(throttle);
  const isRate = rate === null || (Number.isInteger(rate) && rate >= 1 && rate <= THROTTLE_MAX);
  const check = () => ({
    name: name.trim() ? null : t("common:field.required"),
    uid: uid.trim() === "" || UID.test(uid.trim()) ? null : t("mistake.uid"),
    throttleRate: isRate ? null : t("common:field.number", { min: number(1), max: number(THROTTLE_MAX) }),
  });
  const submit = async () => {
    const body = { name: name.trim(), uid: uid.trim() || null, throttleRate: rate };
    await (application ? changeApplication(application.id, body) : createApplication(body));
    await queries.invalidateQueries({ queryKey: applicationsQuery.queryKey });
    toast(application ? t("saved") : t("applications.added"));
    onClose();
  };
  return (
    <FormDialog
      title={application ? t("applications.editTitle") : t("applications.add")}
      action={application ? t("common:save") : t("common:add")}
      check={check}
      onSubmit={submit}
      onClose={onClose}
    >
      {(mistakeOf) => (
        <>
          <TextField
            label={t("applications.name")}
            name="name"
            maxLength={NAME_CHARS_MAX}
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={mistakeOf("name")}
          />
          <TextField
            optional
            label={t("applications.uid")}
            hint={t("applications.uidHint")}
            name="uid"
            spellCheck={false}
            value={uid}
            onChange={(event) => setUid(event.target.value)}
            error={mistakeOf("uid")}
          />
          <TextField
            optional
            label={t("applications.throttle")}
            hint={t("applications.throttleHint")}
            name="throttleRate"
            inputMode="numeric"
            value={throttle}
            onChange={(event) => setThrottle(event.target.value)}
            error={mistakeOf("throttleRate")}
          />
        </>
      )}
    </FormDialog>
  );
}
