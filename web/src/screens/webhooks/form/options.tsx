// Everything beyond name, address and events, folded: each part says in a line how it stands, and
// opens by itself when something in it is wrong.

import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { number } from "@/format/format";
import { useScope } from "@/scope";
import { Badge } from "@/ui/badge";
import { Icon } from "@/ui/icon";
import { CredentialsSection, SecretsSection } from "./credentials-section";
import { DeliverySection } from "./delivery-section";
import type { Draft } from "./draft";
import { useForm } from "./form-state";
import { isSame } from "./input";
import { Preview } from "./preview";
import { FilterSection, RequestSection } from "./request-section";
import { TransformationSection } from "./transformation-section";

export type Part = "request" | "filter" | "delivery" | "credentials" | "secrets" | "transformation";

/** Which fields, by the beginning of their places, are in which part. */
const FIELDS: Record<Part, string[]> = {
  request: ["method", "headers", "body", "idempotencyKey"],
  filter: ["filter"],
  delivery: ["retries", "schedule", "timeoutS", "retryClientErrors", "rate", "ordered", "channels"],
  credentials: ["credentials"],
  secrets: ["secrets"],
  transformation: ["code", "variables", "transformation"],
};

export function Options() {
  const { t } = useTranslation("webhooks");
  const { can, isPortal } = useScope();
  const summaries = useSummaries();
  const parts: [Part, ReactNode][] = [
    ["request", <RequestSection key="request" />],
    ["filter", <FilterSection key="filter" />],
    ["delivery", <DeliverySection key="delivery" />],
    ["credentials", <CredentialsSection key="credentials" />],
    ["secrets", <SecretsSection key="secrets" />],
  ];
  if (!isPortal || can("ManageTransformations")) {
    parts.push(["transformation", <TransformationSection key="transformation" />]);
  }
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
      <div className="divide-y divide-line rounded-box border border-line bg-surface">
        {parts.map(([part, content]) => (
          <Section key={part} part={part} title={t(`part.${part}`)} summary={summaries[part]}>
            {content}
          </Section>
        ))}
      </div>
      <div className="xl:sticky xl:top-4 xl:max-h-[calc(100dvh-7rem)] xl:overflow-y-auto">
        <Preview />
      </div>
    </div>
  );
}

interface SectionProps {
  part: Part;
  title: string;
  summary: string;
  children: ReactNode;
}

function Section({ part, title, summary, children }: SectionProps) {
  const { t } = useTranslation("webhooks");
  const { draft, before, mistakes } = useForm();
  const [isChosen, setChosen] = useState(false);
  const isWrong = Object.keys(mistakes).some((place) => FIELDS[part].includes(place.split(".")[0] ?? ""));
  const isChanged = FIELDS[part].some((it) => it in draft && !isSame(draft[it as keyof Draft], before[it as keyof Draft]));
  const isOpen = isChosen || isWrong;
  return (
    <details open={isOpen} onToggle={(event) => setChosen(event.currentTarget.open)} className="group">
      <summary className="flex list-none items-center gap-3 px-4 py-3 hover:bg-sunken [&::-webkit-details-marker]:hidden">
        <Icon name="chevron" className="size-4 text-muted transition-transform group-open:rotate-90" />
        <span className="grid min-w-0 grow">
          <span className="font-medium">{title}</span>
          <span className="truncate text-xs text-muted">{summary}</span>
        </span>
        {isWrong && <Badge tone="bad">{t("form.wrong")}</Badge>}
        {isChanged && !isWrong && <Badge tone="accent">{t("form.changed")}</Badge>}
      </summary>
      {isOpen && <div className="grid gap-5 px-4 pt-2 pb-5">{children}</div>}
    </details>
  );
}

function useSummaries(): Record<Part, string> {
  const { t } = useTranslation("webhooks");
  const { draft } = useForm();
  const { method, body, filter, retries, ordered, rate, credentials, secrets, transformation } = draft;
  const delivery = [
    t(`delivery.way.${retries}`),
    ...(ordered ? [t("delivery.ordered")] : []),
    ...(rate && Number(rate) ? [t("summary.rate", { rate: number(Number(rate)) })] : []),
  ];
  return {
    request: `${method} · ${t(`request.bodyKind.${body.kind}`)}`,
    filter: filter.trim() || t("summary.noFilter"),
    delivery: delivery.join(" · "),
    credentials: t(`credentials.kinds.${credentials.kind}`),
    secrets: secrets.length > 0 ? secrets.map((it) => it.name).join(", ") : t("summary.noSecrets"),
    transformation: !transformation.code.trim()
      ? t("summary.noScript")
      : transformation.enabled
        ? t("summary.script")
        : t("summary.scriptOff"),
  };
}
