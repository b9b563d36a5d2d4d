// One request in full, as it was received.

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type BinRights, type CaptureDetail, captureQuery } from "@/api/bins";
import { Problem } from "@/api/problem";
import { bytes } from "@/format/format";
import { Facts } from "@/ui/page";
import { Loaded } from "@/ui/states";
import { Ago, Moment } from "@/ui/time";
import { AnswerForm } from "./answer-form";
import { BodyView } from "./body-view";
import { CaptureBadges, Method } from "./marks";
import { Pairs } from "./pairs";
import { RequestActions } from "./request-actions";

interface Props {
  binId: string;
  id: string;
  may: BinRights;
  isListening: boolean;
  message?: (id: string) => ReactNode;
  replay?: ReactNode;
  /** Shows another request. */
  onShow: (id: string) => void;
  onDeleted: (id: string) => void;
  onAnswered: (capture: CaptureDetail) => void;
}

/** How often is looked whether a sender was answered. */
const ANSWER_EVERY_MS = 1_000;
/** No sender waits longer. */
const WAIT_MS_MAX = 40_000;

function mayBeAnswered(capture: CaptureDetail | undefined): boolean {
  if (!capture || capture.responseStatus != null) return false;
  return Date.now() - Date.parse(capture.receivedAt) < WAIT_MS_MAX;
}

export function RequestPane({ binId, id, may, isListening, message, replay, onShow, onDeleted, onAnswered }: Props) {
  const { t } = useTranslation("bins");
  const query = useQuery({
    ...captureQuery(binId, id),
    refetchInterval: ({ state }) => (mayBeAnswered(state.data) ? ANSWER_EVERY_MS : false),
  });
  const { data } = query;
  useEffect(() => {
    if (data?.responseStatus != null) onAnswered(data);
  });
  if (query.isError && Problem.from(query.error).kind === "notFound" && !data) {
    return <p className="rounded-box border border-dashed border-line-strong/50 p-10 text-center text-muted">{t("request.gone")}</p>;
  }
  return (
    <Loaded query={query}>
      {(capture) => (
        <article className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-5 rounded-box border border-line bg-surface p-4" aria-label={t("request.title")}>
          <header className="grid gap-3">
            <h2 className="flex flex-wrap items-center gap-2">
              <Method name={capture.method} />
              <span className="min-w-0 font-mono text-sm font-medium wrap-anywhere">{capture.path || "/"}</span>
              <CaptureBadges item={capture} />
            </h2>
            <RequestActions binId={binId} capture={capture} may={may} replay={replay} onDeleted={onDeleted} />
          </header>
          {may.change && isListening && capture.responseStatus === null && (
            <AnswerForm binId={binId} capture={capture} onAnswered={() => void query.refetch()} />
          )}
          <RequestFacts capture={capture} message={message} onShow={onShow} />
          {capture.queryParams.length > 0 && (
            <Pairs title={t("request.query")} pairs={capture.queryParams} />
          )}
          <BodyView binId={binId} capture={capture} />
          <Pairs title={t("request.headers")} pairs={capture.headers} />
        </article>
      )}
    </Loaded>
  );
}

function RequestFacts({ capture, message, onShow }: { capture: CaptureDetail } & Pick<Props, "message" | "onShow">) {
  const { t } = useTranslation("bins");
  const { status, reason } = capture.verification;
  const { duplicateOf, messageId } = capture;
  const facts: [ReactNode, ReactNode][] = [
    [
      t("request.received"),
      <span key="at">
        <Moment at={capture.receivedAt} /> <span className="text-muted">(<Ago at={capture.receivedAt} />)</span>
      </span>,
    ],
    [t("request.url"), <span key="url" className="font-mono text-xs">{capture.url}</span>],
    [t("request.from"), `${capture.source ?? t("request.unknown")} · HTTP/${capture.httpVersion}`],
    [t("request.event"), capture.eventType],
    [t("request.size"), bytes(capture.bodyBytes)],
  ];
  if (status !== "unchecked") {
    facts.push([t("request.signature"), status === "valid" ? t("mark.valid") : t("request.invalid", { reason })]);
  }
  if (duplicateOf) {
    facts.push([
      t("request.duplicateOf"),
      <button key="first" type="button" className="font-mono text-xs text-accent underline" onClick={() => onShow(duplicateOf)}>
        {duplicateOf}
      </button>,
    ]);
  }
  if (messageId) {
    facts.push([t("request.message"), message ? message(messageId) : <code key="message" className="font-mono text-xs">{messageId}</code>]);
  }
  facts.push([t("request.answered"), capture.responseStatus ?? t("mark.waiting")]);
  return <Facts facts={facts} />;
}
