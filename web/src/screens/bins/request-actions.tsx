import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type BinRights, captureBytes, type CaptureDetail, deleteCapture } from "@/api/bins";
import { Problem } from "@/api/problem";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { ConfirmDialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { save } from "./save";

const SUFFIXES: Record<string, string> = { json: "json", text: "txt" };

interface Props {
  binId: string;
  capture: CaptureDetail;
  may: BinRights;
  /** Sends it again. */
  replay?: ReactNode;
  onDeleted: (id: string) => void;
}

export function RequestActions({ binId, capture, may, replay, onDeleted }: Props) {
  const { t } = useTranslation("bins");
  const { t: tc } = useTranslation();
  const [isBusy, setBusy] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const download = async () => {
    setBusy(true);
    setProblem(null);
    try {
      save(await captureBytes(binId, capture.id), `${capture.id}.${SUFFIXES[capture.body.kind] ?? "bin"}`);
    } catch (error) {
      setProblem(Problem.from(error));
    }
    setBusy(false);
  };
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {may.send && replay}
        <CopyButton text={capture.curl} label={t("request.curl")} />
        <Button busy={isBusy} disabled={capture.bodyBytes === 0} icon={<Icon name="download" className="size-4" />} onClick={() => void download()}>
          {t("request.download")}
        </Button>
        {may.change && (
          <Button look="danger" icon={<Icon name="trash" className="size-4" />} onClick={() => setDeleting(true)}>
            {tc("delete")}
          </Button>
        )}
      </div>
      {problem && <ProblemNote problem={problem} onTryAgain={() => void download()} />}
      {isDeleting && (
        <ConfirmDialog
          title={t("request.deleteTitle")}
          text={t("request.deleteText")}
          action={tc("delete")}
          danger
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await deleteCapture(binId, capture.id);
            onDeleted(capture.id);
          }}
        />
      )}
    </>
  );
}
