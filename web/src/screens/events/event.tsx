// One event of the catalogue: what it means, what its payloads look like, and how that changed.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeEventType, deleteEventType, type EventType, eventTypeQuery, useCatalogueChange } from "@/api/event-types";
import { Problem } from "@/api/problem";
import { titleOf } from "@/api/schemas";
import { SendEvent } from "@/screens/messages/send-event";
import { useScope } from "@/scope";
import { BackLink } from "@/ui/back-link";
import { Badge } from "@/ui/badge";
import { Button, buttonClass, IconButton } from "@/ui/button";
import { ConfirmDialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { Card, Facts, Page } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import { Moment } from "@/ui/time";
import { toast } from "@/ui/toast";
import { EventBadges } from "./event-badges";
import { EventForm } from "./event-form";
import { Versions } from "./versions";

export function Event() {
  const { t } = useTranslation("events");
  const { name = "" } = useParams({ strict: false });
  const query = useQuery(eventTypeQuery(name));
  const isMissing = query.isError && Problem.from(query.error).kind === "notFound";
  return (
    <Page
      title={name}
      badge={query.data && <EventBadges event={query.data} />}
      description={query.data?.description}
      above={<BackLink to="/events">{t("title")}</BackLink>}
      actions={query.data && <Actions event={query.data} />}
    >
      {isMissing ? (
        <Empty icon="events" title={t("detail.missing")} action={<Link to="/events" className={buttonClass()}>{t("detail.toCatalogue")}</Link>}>
          {t("detail.missingText")}
        </Empty>
      ) : (
        <Loaded query={query}>
          {(event) => (
            <>
              <About event={event} />
              <Versions schemas={event.schemas} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function About({ event }: { event: EventType }) {
  const { t } = useTranslation("events");
  const title = titleOf(event.schemas);
  const facts: [string, React.ReactNode][] = [];
  if (title) facts.push([t("detail.called"), title]);
  if (event.groupName) facts.push([t("detail.group"), event.groupName]);
  if (event.featureFlags?.length) {
    facts.push([
      t("detail.flags"),
      <span key="flags" className="flex flex-wrap gap-1">
        {event.featureFlags.map((flag) => (
          <Badge key={flag}>{flag}</Badge>
        ))}
      </span>,
    ]);
  }
  facts.push([t("detail.updated"), <Moment key="updated" at={event.updatedAt} />]);
  return (
    <Card>
      <Facts facts={facts} />
      <Link to="/messages" search={{ type: event.name }} className="mt-3 inline-block text-accent hover:underline">
        {t("detail.messages")}
      </Link>
    </Card>
  );
}

function Actions({ event }: { event: EventType }) {
  const { t } = useTranslation("events");
  const { t: tc } = useTranslation();
  const { isPortal } = useScope();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"edit" | "send" | "archive" | "delete" | null>(null);
  const change = useCatalogueChange((archived: boolean) => changeEventType(event.name, { archived }));
  const remove = useCatalogueChange((expunge: boolean) => deleteEventType(event.name, expunge));
  if (isPortal) return null;
  const close = () => setOpen(null);
  const archive = async () => {
    await remove.mutateAsync(false);
    toast(t("archive.done"));
  };
  const restore = async () => {
    await change.mutateAsync(false);
    toast(t("archive.undone"));
  };
  const expunge = async () => {
    await navigate({ to: "/events" });
    await remove.mutateAsync(true);
    toast(t("delete.done"));
  };
  return (
    <>
      <Button icon={<Icon name="edit" className="size-4" />} onClick={() => setOpen("edit")}>
        {tc("edit")}
      </Button>
      <Button look="primary" icon={<Icon name="send" className="size-4" />} onClick={() => setOpen("send")}>
        {t("detail.send")}
      </Button>
      <Menu
        trigger={
          <IconButton label={tc("actions")} className="border border-line bg-surface">
            <Icon name="more" />
          </IconButton>
        }
      >
        {event.archived ? (
          <MenuItem onSelect={() => void restore()}>{t("archive.undo")}</MenuItem>
        ) : (
          <MenuItem onSelect={() => setOpen("archive")}>{t("archive.open")}</MenuItem>
        )}
        <MenuSeparator />
        <MenuItem danger onSelect={() => setOpen("delete")}>
          {t("delete.open")}
        </MenuItem>
      </Menu>
      {open === "edit" && <EventForm event={event} onClose={close} />}
      {open === "send" && <SendEvent eventType={event.name} onClose={close} />}
      {open === "archive" && (
        <ConfirmDialog title={t("archive.title", { name: event.name })} text={t("archive.text")} action={t("archive.open")} onConfirm={archive} onClose={close} />
      )}
      {open === "delete" && (
        <ConfirmDialog danger title={t("delete.title", { name: event.name })} text={t("delete.text")} action={tc("delete")} onConfirm={expunge} onClose={close} />
      )}
    </>
  );
}
