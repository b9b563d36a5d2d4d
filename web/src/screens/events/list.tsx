// The catalogue of events: what can happen, in groups, for those who choose what to listen to.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { catalogueQuery, type EventType } from "@/api/event-types";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Checkbox, Input } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { Page } from "@/ui/page";
import { Empty, Loaded, Skeleton } from "@/ui/states";
import { EventForm } from "./event-form";
import { EventBadges } from "./event-badges";
import { groupsOf, matching } from "./groups";
import { ImportDialog } from "./import";

/** Larger catalogues are shown in parts. */
const SHOWN_MAX = 200;

export function EventList() {
  const { t } = useTranslation("events");
  const { isPortal } = useScope();
  const [open, setOpen] = useState<"add" | "import" | null>(null);
  const close = () => setOpen(null);
  const actions = !isPortal && (
    <>
      <Button onClick={() => setOpen("import")}>{t("import.open")}</Button>
      <Button look="primary" icon={<Icon name="plus" className="size-4" />} onClick={() => setOpen("add")}>
        {t("add.open")}
      </Button>
    </>
  );
  return (
    <Page title={t("title")} description={t("description")} actions={actions}>
      <Catalogue actions={actions} />
      {open === "add" && <EventForm onClose={close} />}
      {open === "import" && <ImportDialog onClose={close} />}
    </Page>
  );
}

function Catalogue({ actions }: { actions: React.ReactNode }) {
  const { t } = useTranslation("events");
  const query = useQuery(catalogueQuery({ archived: true }));
  const [text, setText] = useState("");
  const [withArchived, setWithArchived] = useState(false);
  const searched = useDeferredValue(text);
  return (
    <Loaded query={query} waiting={<Skeleton rows={8} />}>
      {(all) => {
        if (all.length === 0) {
          return (
            <Empty icon="events" title={t("list.empty")} action={<div className="flex flex-wrap justify-center gap-2">{actions}</div>}>
              {t("list.emptyText")}
            </Empty>
          );
        }
        const archivedCount = all.filter(({ archived }) => archived).length;
        return (
          <>
            <search className="flex flex-wrap items-center gap-x-4 gap-y-3">
              <Input
                type="search"
                label={t("list.search")}
                placeholder={t("list.search")}
                value={text}
                className="grow basis-60 sm:max-w-md"
                onChange={({ target }) => setText(target.value)}
              />
              {archivedCount > 0 && (
                <Checkbox
                  label={t("list.withArchived", { count: archivedCount })}
                  checked={withArchived}
                  onChange={setWithArchived}
                />
              )}
            </search>
            <Groups
              key={`${searched} ${withArchived}`}
              events={matching(withArchived ? all : all.filter(({ archived }) => !archived), searched)}
            />
          </>
        );
      }}
    </Loaded>
  );
}

function Groups({ events }: { events: EventType[] }) {
  const { t } = useTranslation("events");
  const { t: tc } = useTranslation();
  const [shownMax, setShownMax] = useState(SHOWN_MAX);
  const groups = useMemo(() => groupsOf(events.slice(0, shownMax)), [events, shownMax]);
  if (events.length === 0) return <Empty icon="search" title={t("list.nothing")}>{t("list.nothingText")}</Empty>;
  return (
    <>
      <p role="status" className="sr-only">
        {t("list.count", { count: events.length })}
      </p>
      {groups.map(([name, members]) => (
        <section key={name} className="grid grid-cols-[minmax(0,1fr)] gap-2">
          {(groups.length > 1 || name !== "") && (
            <h2 className="flex items-baseline gap-2 font-semibold wrap-anywhere">
              {name || t("list.noGroup")}
              <span className="text-xs font-normal text-muted">{members.length}</span>
            </h2>
          )}
          <ul className="divide-y divide-line overflow-hidden rounded-box border border-line bg-surface">
            {members.map((event) => (
              <li key={event.name}>
                <EventRow event={event} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {events.length > shownMax && (
        <Button className="justify-self-center" onClick={() => setShownMax(shownMax + SHOWN_MAX)}>
          {tc("more")}
        </Button>
      )}
    </>
  );
}

function EventRow({ event }: { event: EventType }) {
  return (
    <Link
      to="/events/$name"
      params={{ name: event.name }}
      className="flex items-center gap-4 px-4 py-3 hover:bg-sunken focus-visible:-outline-offset-2"
    >
      <span className="grid min-w-0 grow gap-0.5">
        <span className="flex flex-wrap items-center gap-2">
          <span className={`font-mono text-[13px] font-medium wrap-anywhere ${event.archived ? "text-muted" : ""}`}>{event.name}</span>
          <EventBadges event={event} />
        </span>
        {event.description && <span className="line-clamp-2 text-muted wrap-anywhere">{event.description}</span>}
      </span>
      <Icon name="chevron" className="size-4 text-muted" />
    </Link>
  );
}
