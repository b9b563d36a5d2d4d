// The settings of a bin, by what they are about.

import { type SubmitEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Bin, BinRights } from "@/api/bins";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/problem-note";
import { Tabs } from "@/ui/tabs";
import { toast } from "@/ui/toast";
import { AnswerTab } from "./answer-tab";
import type { FieldName } from "./draft";
import { DuplicatesTab } from "./duplicates-tab";
import { ForwardTab } from "./forward-tab";
import { GeneralTab } from "./general-tab";
import { useDraft } from "./use-draft";
import { VerifyTab } from "./verify-tab";

/** The inputs of each part. */
const FIELDS: Record<string, FieldName[]> = {
  answer: ["status", "headers", "body", "delayMs", "waitMs", "cors"],
  verify: ["provider", "secrets", "verifyToken", "header", "prefix", "timestampHeader", "template", "toleranceSeconds"],
  duplicates: ["by", "byName", "windowAmount"],
  forward: ["appId", "eventType"],
};

function tabOf(name: FieldName): string {
  return Object.keys(FIELDS).find((tab) => FIELDS[tab]?.includes(name)) ?? "general";
}

interface Props {
  bin: Bin;
  may: BinRights;
  onClose: () => void;
}

export function SettingsDialog({ bin, may, onClose }: Props) {
  const { t } = useTranslation("bins");
  const { t: tc } = useTranslation();
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const [tab, setTab] = useState("general");
  const [wrongs, setWrongs] = useState(0);
  const { editing, submit, isBusy, problem } = useDraft(bin, {
    onSaved: () => {
      toast(t("settings.saved"));
      onClose();
    },
    onWrong: (names) => {
      // Where one is already, if something is wrong there.
      const tabs = names.map(tabOf);
      setTab((it) => (tabs.includes(it) ? it : (tabs[0] ?? it)));
      setWrongs((it) => it + 1);
    },
  });
  useEffect(() => {
    if (wrongs > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [wrongs]);

  const send = (event: SubmitEvent) => {
    event.preventDefault();
    submit();
  };
  const tabs = [
    { value: "general", label: t("settings.general"), content: <GeneralTab {...editing} /> },
    { value: "answer", label: t("settings.answer"), content: <AnswerTab {...editing} /> },
    { value: "verify", label: t("settings.verify"), content: <VerifyTab {...editing} /> },
    { value: "duplicates", label: t("settings.duplicates"), content: <DuplicatesTab {...editing} /> },
  ];
  if (may.send) tabs.push({ value: "forward", label: t("settings.forward"), content: <ForwardTab {...editing} /> });

  return (
    <Dialog
      wide
      title={t("settings.title", { name: bin.name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{tc("cancel")}</Button>
          <Button type="submit" form={formId} look="primary" busy={isBusy}>
            {tc("save")}
          </Button>
        </>
      }
    >
      <form id={formId} ref={form} noValidate onSubmit={send} className="grid min-h-80 min-w-0 content-start gap-4">
        <Tabs label={t("settings.open")} tabs={tabs} value={tab} onChange={setTab} />
        {problem && <ProblemNote problem={problem} />}
      </form>
    </Dialog>
  );
}
