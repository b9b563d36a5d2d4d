// One message: what it says, to whom it went, and what became of it there.

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Message as Sent, messageQuery } from "@/api/messages";
import { useScope } from "@/scope";
import { BackLink } from "@/ui/back-link";
import { CopyButton } from "@/ui/copy";
import { Empty, Loaded } from "@/ui/states";
import { Card, Facts, Page } from "@/ui/page";
import { Moment } from "@/ui/time";
import { Deliveries } from "./deliveries";
import { MessageActions } from "./message-actions";
import { Payload } from "./payload";
import { Counts } from "./row";

export function Message() {
  const { t } = useTranslation("messages");
  const { app } = useScope();
  const { messageId = "" } = useParams({ strict: false });
  const query = useQuery(messageQuery(app, messageId));
  const message = query.data;
  return (
    <Page
      title={message?.eventType ?? t("detail.title")}
      badge={message && <Counts message={message} />}
      above={<BackLink to="/messages">{t("title")}</BackLink>}
      actions={message && <MessageActions message={message} />}
    >
      <Loaded query={query}>
        {(found) =>
          found ? (
            <>
              <About message={found} />
              <Deliveries message={found} />
              <Payload messageId={found.id} name={found.eventType} />
            </>
          ) : (
            <Empty icon="messages" title={t("list.notFound")}>
              <p className="wrap-anywhere">{t("list.notFoundText", { id: messageId })}</p>
            </Empty>
          )
        }
      </Loaded>
    </Page>
  );
}

function About({ message }: { message: Sent }) {
  const { t } = useTranslation("messages");
  const rows: [string, React.ReactNode][] = [
    [t("detail.id"), <Copied key="id" text={message.id} />],
    [t("detail.accepted"), <Moment key="at" at={message.timestamp} />],
  ];
  if (message.eventId) rows.splice(1, 0, [t("detail.eventId"), <Copied key="event" text={message.eventId} />]);
  if (message.deliverAt) rows.push([t("detail.deliverAt"), <Moment key="due" at={message.deliverAt} />]);
  if (message.tags) rows.push([t("detail.tags"), <Labels key="tags" name="tag" list={message.tags} />]);
  if (message.channels) rows.push([t("detail.channels"), <Labels key="channels" name="channel" list={message.channels} />]);
  return (
    <Card>
      <Facts facts={rows} />
    </Card>
  );
}

function Copied({ text }: { text: string }) {
  return (
    <span className="inline-flex items-center gap-1 font-mono text-xs">
      <span className="wrap-anywhere">{text}</span>
      <span className="-my-2">
        <CopyButton small text={text} />
      </span>
    </span>
  );
}

/** Tags and channels lead to the messages that have them, too. */
function Labels({ name, list }: { name: "tag" | "channel"; list: string[] }) {
  return (
    <span className="flex flex-wrap gap-1.5">
      {list.map((label) => (
        <Link
          key={label}
          to="/messages"
          search={{ [name]: label }}
          className="rounded-md bg-sunken px-2 py-0.5 text-xs wrap-anywhere text-ink underline-offset-2 hover:underline"
        >
          {label}
        </Link>
      ))}
    </span>
  );
}
