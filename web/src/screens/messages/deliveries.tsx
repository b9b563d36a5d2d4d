// To which webhooks a message went, how far each delivery is, and the attempts of each.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Attempt, courseQuery, type Delivery, type Message, resend, WAITING } from "@/api/messages";
import { Problem } from "@/api/problem";
import { useFailureWords } from "@/explain/failure";
import { useScope } from "@/scope";
import { StatusBadge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { Card } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Loaded, Skeleton } from "@/ui/states";
import { Ago, useNowMs } from "@/ui/time";
import { toast } from "@/ui/toast";
import { Timeline } from "./timeline";

export function Deliveries({ message }: { message: Message }) {
  const { t } = useTranslation("messages");
  const { app } = useScope();
  const course = useQuery(courseQuery(app, message.id));
  return (
    <Card title={t("delivery.title")}>
      <Loaded query={course} waiting={<Skeleton rows={2} />}>
        {({ deliveries, attempts }) => {
          const known = new Set(deliveries.map(({ id }) => id));
          const orphans = attempts.filter(({ endpointId }) => !known.has(endpointId));
          return (
            <div className="-m-4 divide-y divide-line">
              {deliveries.length === 0 && orphans.length === 0 && <p className="p-4 text-muted">{t("delivery.none")}</p>}
              {deliveries.map((delivery) => (
                <DeliveryItem
                  key={delivery.id}
                  isFirst={deliveries.length === 1}
                  messageId={message.id}
                  delivery={delivery}
                  attempts={attempts.filter(({ endpointId }) => endpointId === delivery.id)}
                />
              ))}
              {orphans.length > 0 && (
                <div className="grid gap-3 p-4">
                  <p className="text-muted">{t("delivery.gone")}</p>
                  <Timeline messageId={message.id} attempts={orphans} />
                </div>
              )}
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}

interface ItemProps {
  messageId: string;
  delivery: Delivery;
  /** The latest first. */
  attempts: Attempt[];
  isFirst: boolean;
}

function DeliveryItem({ messageId, delivery, attempts, isFirst }: ItemProps) {
  const { t } = useTranslation("messages");
  const panel = useId();
  const [isOpen, setOpen] = useState<boolean | null>(null);
  // What went wrong is what a person comes for.
  const isShown = isOpen ?? (isFirst || delivery.status === 2);
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="grid min-w-0 grow basis-60 gap-0.5">
          <h3 className="flex flex-wrap items-center gap-2 font-medium">
            <Link to="/webhooks/$endpointId" params={{ endpointId: delivery.id }} className="wrap-anywhere underline-offset-2 hover:underline">
              {delivery.name}
            </Link>
            <StatusBadge status={delivery.status} />
          </h3>
          <p className="truncate font-mono text-xs text-muted" title={delivery.url}>
            {delivery.url}
          </p>
        </div>
        <Resend messageId={messageId} delivery={delivery} />
        <Button look="quiet" aria-expanded={isShown} aria-controls={panel} onClick={() => setOpen(!isShown)}>
          {t("delivery.attempts", { count: attempts.length })}
          <Icon name="down" className={`size-4 transition-transform ${isShown ? "rotate-180" : ""}`} />
        </Button>
      </div>
      <Standing delivery={delivery} last={attempts[0]} />
      <div id={panel} hidden={!isShown}>
        {isShown && <Timeline messageId={messageId} attempts={attempts} />}
      </div>
    </section>
  );
}

/** One sentence: what is next, or why it ended as it did. */
function Standing({ delivery, last }: { delivery: Delivery; last: Attempt | undefined }) {
  const { t } = useTranslation("messages");
  const explain = useFailureWords();
  const nowMs = useNowMs();
  const why = last && last.status !== 0 ? explain({ ...last, statusCode: last.responseStatusCode }).what : null;
  return (
    <p className="text-muted empty:hidden" role="status">
      {why && delivery.status !== 0 && <span className="text-ink">{why} </span>}
      {WAITING.has(delivery.status) && delivery.nextAttempt && (
        // What is due and was not sent yet stands behind others of the same webhook.
        <>
          {Date.parse(delivery.nextAttempt) <= nowMs ? (
            t("delivery.due")
          ) : (
            <>
              {t("delivery.next")} <Ago at={delivery.nextAttempt} />
            </>
          )}
        </>
      )}
    </p>
  );
}

function Resend({ messageId, delivery }: { messageId: string; delivery: Delivery }) {
  const { t } = useTranslation("messages");
  const { app, can } = useScope();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (!can("CreateAttempts")) return null;
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await resend(app, messageId, delivery.id);
      toast(t("resend.done"));
    } catch (error) {
      setProblem(Problem.from(error));
    }
    await queries.invalidateQueries({ queryKey: ["message", app] });
    setBusy(false);
  };
  return (
    <>
      <Button
        busy={busy}
        disabled={delivery.disabled}
        title={delivery.disabled ? t("resend.disabled") : undefined}
        icon={<Icon name="again" className="size-4" />}
        onClick={send}
      >
        {t("resend.action")}
      </Button>
      {problem && (
        <div className="order-last basis-full">
          <ProblemNote problem={problem} />
        </div>
      )}
    </>
  );
}
