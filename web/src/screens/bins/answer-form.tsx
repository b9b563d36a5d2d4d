// The answer to a sender who waits for this page's.

import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerSender, type CaptureDetail } from "@/api/bins";
import { Problem } from "@/api/problem";
import { useFieldWords } from "@/explain/mistake";
import { Button } from "@/ui/button";
import { AreaField, TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { toast } from "@/ui/toast";

interface Props {
  binId: string;
  capture: CaptureDetail;
  onAnswered: () => void;
}

const STATUS = { min: 200, max: 599 };

export function AnswerForm({ binId, capture, onAnswered }: Props) {
  const { t } = useTranslation("bins");
  const { t: tc } = useTranslation();
  const [status, setStatus] = useState("200");
  const [contentType, setContentType] = useState("application/json");
  const [body, setBody] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = useFieldWords(problem);
  const wrongType = words("headers");
  const wrongBody = words("body");
  const code = Number(status);
  const isWrong = !Number.isInteger(code) || code < STATUS.min || code > STATUS.max;

  const send = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isWrong) {
      event.currentTarget.querySelector<HTMLElement>("[aria-invalid]")?.focus();
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      const headers: Record<string, string> = contentType.trim() ? { "content-type": contentType.trim() } : {};
      await answerSender(binId, capture.id, { status: code, headers, body });
      toast(t("answer.sent"));
      onAnswered();
    } catch (error) {
      setProblem(Problem.from(error));
    }
    setBusy(false);
  };

  return (
    <form noValidate onSubmit={(event) => void send(event)} className="grid gap-3 rounded-lg border border-accent bg-accent-soft/40 p-4">
      <h3 className="font-semibold">{t("answer.title")}</h3>
      <div className="grid gap-3 sm:grid-cols-[8rem_1fr]">
        <TextField
          label={t("answer.status")}
          inputMode="numeric"
          value={status}
          onChange={(event) => setStatus(event.target.value)}
          error={isWrong ? tc("field.number", STATUS) : null}
        />
        <TextField label={t("answer.contentType")} value={contentType} onChange={(event) => setContentType(event.target.value)} error={wrongType} />
      </div>
      <AreaField mono label={t("answer.body")} value={body} onChange={(event) => setBody(event.target.value)} error={wrongBody} />
      {problem?.kind === "notFound" ? <p className="text-warn" role="alert">{t("answer.late")}</p> : problem && !wrongType && !wrongBody && <ProblemNote problem={problem} />}
      <Button type="submit" look="primary" className="justify-self-start" busy={isBusy} icon={<Icon name="send" className="size-4" />}>
        {t("answer.send")}
      </Button>
    </form>
  );
}
