import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Webhook } from "@/api/webhooks";
import { number, seconds } from "@/format/format";
import { CopyButton } from "@/ui/copy";
import { Card, Facts } from "@/ui/page";
import { Ago, Moment } from "@/ui/time";
import { usualBody, METHODS } from "../form/draft";
import { EventNames } from "../event-names";

/** What the webhook is; what is as usual is not mentioned. */
export function WebhookFacts({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("webhooks");
  const { request, retry, credentials } = webhook;
  const method = METHODS.find((it) => it === request.method) ?? "POST";
  const waits = retry.scheduleSeconds;
  const facts: [ReactNode, ReactNode][] = [
    [t("column.events"), <EventNames key="events" all names={webhook.eventTypes} />],
    [t("part.request"), `${request.method} · ${t(`request.bodyKind.${request.body?.kind ?? usualBody(method)}`)}`],
  ];
  if (webhook.filter) facts.push([t("part.filter"), <code key="filter" className="font-mono text-xs">{webhook.filter}</code>]);
  if (webhook.channels) facts.push([t("delivery.channels"), webhook.channels.join(", ")]);
  if (waits) {
    facts.push([t("delivery.retries"), waits.length > 0 ? waits.map(seconds).join(", ") : t("delivery.way.once")]);
  }
  if (webhook.throttleRate) facts.push([t("delivery.rate"), number(webhook.throttleRate)]);
  if (webhook.ordered) facts.push([t("detail.order"), t("delivery.ordered")]);
  if (credentials) facts.push([t("part.credentials"), t(`credentials.kinds.${credentials.kind}`)]);
  if (webhook.secretNames.length > 0) facts.push([t("part.secrets"), webhook.secretNames.join(", ")]);
  facts.push([t("detail.created"), <Moment key="created" at={webhook.createdAt} />]);
  if (webhook.failingSince) facts.push([t("detail.failingSince"), <Ago key="failing" at={webhook.failingSince} />]);
  facts.push([
    t("detail.id"),
    <span key="id" className="flex items-center gap-1 font-mono text-xs">
      {webhook.id}
      <CopyButton small text={webhook.id} />
    </span>,
  ]);
  return (
    <Card title={t("detail.facts")}>
      <p className="mb-4 flex items-start gap-1">
        <span className="grow pt-2 font-mono text-xs wrap-anywhere">{webhook.url}</span>
        <CopyButton small text={webhook.url} />
      </p>
      <div className="[&_time]:whitespace-normal">
        <Facts facts={facts} />
      </div>
    </Card>
  );
}
