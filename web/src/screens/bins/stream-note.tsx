import { useTranslation } from "react-i18next";
import type { Stream } from "./use-feed";

const LOOKS = {
  connecting: "bg-line-strong",
  live: "animate-pulse bg-ok",
  lost: "bg-warn",
  ended: "bg-bad",
} as const;

/** Whether what is shown is what there is. */
export function StreamNote({ stream }: { stream: Stream }) {
  const { t } = useTranslation("bins");
  const isCrowded = stream.state === "lost" && stream.problem?.kind === "tooMany";
  return (
    <p role="status" className="flex items-center gap-2 text-muted">
      <span aria-hidden="true" className={`size-2 rounded-full ${LOOKS[stream.state]}`} />
      {isCrowded ? t("stream.crowded") : t(`stream.${stream.state}`)}
    </p>
  );
}
