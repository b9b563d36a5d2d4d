// Links for others, who look at the bin and change nothing.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Bin, shareBin, unshareBin } from "@/api/bins";
import { seconds } from "@/format/format";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { ConfirmDialog, Dialog } from "@/ui/dialog";
import { SelectField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { Moment } from "@/ui/time";
import { toast } from "@/ui/toast";

const DAY_SECONDS = 86_400;
const SPANS_SECONDS = [3_600, DAY_SECONDS, 7 * DAY_SECONDS, 30 * DAY_SECONDS];

export function ShareDialog({ bin, onClose }: { bin: Bin; onClose: () => void }) {
  const { t } = useTranslation("bins");
  const [span, setSpan] = useState(7 * DAY_SECONDS);
  const [isEnding, setEnding] = useState(false);
  const make = useMutation({ mutationFn: () => shareBin(bin.id, span) });
  if (isEnding) {
    return (
      <ConfirmDialog
        title={t("share.endTitle")}
        text={t("share.endText")}
        action={t("share.end")}
        danger
        onClose={() => setEnding(false)}
        onConfirm={async () => {
          await unshareBin(bin.id);
          make.reset();
          toast(t("share.ended"));
        }}
      />
    );
  }
  return (
    <Dialog
      title={t("share.title")}
      onClose={onClose}
      footer={
        <>
          <Button look="danger" onClick={() => setEnding(true)}>
            {t("share.end")}
          </Button>
          <Button look="primary" busy={make.isPending} onClick={() => make.mutate()}>
            {make.data ? t("share.another") : t("share.make")}
          </Button>
        </>
      }
    >
      <p className="text-muted">{t("share.text")}</p>
      <SelectField label={t("share.span")} value={span} onChange={(event) => setSpan(Number(event.target.value))}>
        {SPANS_SECONDS.map((it) => (
          <option key={it} value={it}>
            {seconds(it)}
          </option>
        ))}
      </SelectField>
      {make.isError && <ProblemNote problem={make.error} />}
      {make.data && (
        <div role="status" className="grid gap-2">
          <Code text={make.data.url} label={t("share.link")} />
          <p className="text-xs text-muted">
            {t("share.once")} {t("share.until")} <Moment at={make.data.expiresAt} />
          </p>
        </div>
      )}
    </Dialog>
  );
}
