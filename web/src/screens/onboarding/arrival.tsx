import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type Bin, type Capture, captureQuery } from "@/api/bins";
import type { Attempt } from "@/api/webhooks";
import { Failure } from "@/explain/failure";
import { milliseconds } from "@/format/format";
import { useScope } from "@/scope";
import { HttpStatus, StatusBadge } from "@/ui/badge";
import { Code } from "@/ui/code";
import { Facts } from "@/ui/page";
import { Spinner } from "@/ui/spinner";
import { NextSteps } from "./next-steps";
import type { Made } from "./onboarding";
import { attemptQuery, DELIVERED, headerOf, useReceived } from "./use-arrival";

/** What proves to a receiver where a request comes from. */
const SIGNATURE_HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature", "svix-id", "svix-timestamp", "svix-signature"];

interface Props {
  made: Made;
  bin: Bin | null;
  messageId: string;
  onArrived: () => void;
}

/** An event on its way, and what arrived in the end. */
export function Arrival({ made, bin, messageId, onArrived }: Props) {
  const { t } = useTranslation("onboarding");
  const { app } = useScope();
  const { data: attempt } = useQuery(attemptQuery(app, messageId));
  const received = useReceived(bin?.id ?? null, messageId);
  const isDelivered = attempt?.status === DELIVERED;
  useEffect(() => {
    if (isDelivered) onArrived();
  });
  return (
    <div className="grid gap-4">
      <div role="status" className="grid gap-3">
        {!attempt && (
          <p className="flex items-center gap-2 text-muted">
            <Spinner /> {t("arrival.onItsWay")}
          </p>
        )}
        {attempt && <Outcome attempt={attempt} />}
      </div>
      {bin && received && <Request bin={bin} capture={received} />}
      {isDelivered && <NextSteps made={made} bin={bin} messageId={messageId} />}
    </div>
  );
}

function Outcome({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation("onboarding");
  const isDelivered = attempt.status === DELIVERED;
  return (
    <div className={`grid gap-2 rounded-lg px-4 py-3 ${isDelivered ? "bg-ok-soft" : "bg-bad-soft"}`}>
      <p className="flex flex-wrap items-center gap-2">
        <StatusBadge status={attempt.status} />
        <HttpStatus code={attempt.responseStatusCode} />
        <span className={`font-medium ${isDelivered ? "text-ok" : "text-bad"}`}>
          {isDelivered
            ? t("arrival.delivered", { duration: milliseconds(attempt.responseDurationMs) })
            : t("arrival.failed")}
        </span>
      </p>
      {!isDelivered && (
        <div className="text-ink">
          <Failure cause={attempt.cause} error={attempt.error} statusCode={attempt.responseStatusCode} />
        </div>
      )}
    </div>
  );
}

/** The request as the bin has it: who reads this sees that it is real. */
function Request({ bin, capture }: { bin: Bin; capture: Capture }) {
  const { t } = useTranslation("onboarding");
  const { data: detail } = useQuery(captureQuery(bin.id, capture.id));
  const headers = SIGNATURE_HEADERS.map((name) => [name, headerOf(capture, name)] as const);
  return (
    <section className="grid gap-3 rounded-lg border border-line p-4" aria-label={t("arrival.request")}>
      <h3 className="font-medium">{t("arrival.request")}</h3>
      <p className="font-mono text-xs wrap-anywhere">
        <span className="font-semibold">{capture.method}</span> {new URL(bin.url).pathname}
        {capture.path}
      </p>
      <Facts
        facts={headers
          .filter(([, value]) => value !== null)
          .map(([name, value]) => [
            <code key="name" className="font-mono text-xs">{name}</code>,
            <code key="value" className="font-mono text-xs">{value}</code>,
          ])}
      />
      <p className="text-xs text-muted">{t("arrival.signed")}</p>
      {detail && <Code label={t("arrival.body")} text={detail.body.json ?? detail.body.text ?? ""} />}
    </section>
  );
}
