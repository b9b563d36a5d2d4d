import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/messages";
import { number } from "@/format/format";
import { Badge, type Tone } from "@/ui/badge";
import { Icon } from "@/ui/icon";
import { Ago } from "@/ui/time";

/** Every row has this height, so that the length of the list is known without drawing it. */
export const ROW_PX = 68;

/** A message in a list: what, to how many, how far, when. */
export function MessageRow({ message }: { message: Message }) {
  const labels = [...(message.tags ?? []), ...(message.channels ?? [])];
  return (
    <Link
      to="/messages/$messageId"
      params={{ messageId: message.id }}
      preload={false}
      className="grid h-[68px] grid-cols-[minmax(0,1fr)_auto] content-center items-center gap-x-4 gap-y-0.5 px-4 hover:bg-sunken focus-visible:-outline-offset-2 md:grid-cols-[minmax(0,1fr)_minmax(0,12rem)_10rem_8rem_auto]"
    >
      <span className="grid min-w-0">
        <span className="truncate font-medium" title={message.eventType}>
          {message.eventType}
        </span>
        <span className="truncate font-mono text-xs text-muted" title={message.eventId ?? message.id}>
          {message.eventId ?? message.id}
        </span>
      </span>
      <span className="hidden min-w-0 gap-1 overflow-hidden md:flex">
        {labels.slice(0, 3).map((label, index) => (
          <span key={index} title={label} className="max-w-28 truncate rounded-md bg-sunken px-2 py-0.5 text-xs text-muted">
            {label}
          </span>
        ))}
      </span>
      <span className="grid justify-items-end gap-0.5 md:contents">
        <Counts message={message} />
        <span className="text-xs text-muted md:text-right md:text-sm">
          <Ago at={message.timestamp} />
        </span>
      </span>
      <Icon name="chevron" className="hidden size-4 text-muted md:block" />
    </Link>
  );
}

const STATES = [
  ["success", "ok", "●"],
  ["pending", "warn", "○"],
  ["sending", "accent", "◐"],
  ["fail", "bad", "▲"],
  ["canceled", "neutral", "–"],
] as const satisfies [string, Tone, string][];

/** How far a message's deliveries are: in words while they are all the same, in numbers else. */
export function Counts({ message }: { message: Message }) {
  const { t } = useTranslation("messages");
  const { t: tc } = useTranslation();
  const { deliveries } = message;
  if (!deliveries) return <span />;
  const present = STATES.filter(([name]) => deliveries[name] > 0);
  if (present.length === 0) return <span className="text-xs text-muted">{t("list.nobody")}</span>;
  return (
    <span className="flex gap-1 md:justify-end">
      {present.map(([name, tone, sign]) => (
        <Badge key={name} tone={tone}>
          <span aria-hidden="true">{sign}</span>
          {present.length === 1 ? (
            <>
              {tc(`status.${name}`)}
              {deliveries[name] > 1 && ` ${number(deliveries[name])}`}
            </>
          ) : (
            <>
              <span className="sr-only">{tc(`status.${name}`)} </span>
              {number(deliveries[name])}
            </>
          )}
        </Badge>
      ))}
    </span>
  );
}
