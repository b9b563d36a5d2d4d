import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Application, appName, applicationsQuery, DEFAULT_APPLICATION } from "@/api/applications";
import { deleteApplication } from "@/api/settings";
import { number } from "@/format/format";
import { useScope } from "@/scope";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { ConfirmDialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { Empty } from "@/ui/states";
import { Moment } from "@/ui/time";
import { toast } from "@/ui/toast";
import { ApplicationDialog } from "./application-dialog";
import { PortalDialog } from "./portal-dialog";
import { Rows, Section } from "./section";

type Open = { kind: "add" } | { kind: "edit" | "portal" | "delete"; application: Application } | null;

export function ApplicationsTab() {
  const { t } = useTranslation("settings");
  const [open, setOpen] = useState<Open>(null);
  const query = useInfiniteQuery(applicationsQuery);
  const add = (
    <Button look="primary" icon={<Icon name="plus" className="size-4" />} onClick={() => setOpen({ kind: "add" })}>
      {t("applications.add")}
    </Button>
  );
  return (
    <Section text={t("applications.text")} action={add}>
      <Rows
        query={query}
        label={t("tab.applications")}
        idOf={(it) => it.id}
        row={(application) => <Row application={application} onOpen={(kind) => setOpen({ kind, application })} />}
        empty={
          <Empty icon="settings" title={t("applications.empty")}>
            {t("applications.emptyText")}
          </Empty>
        }
      />
      <Opened open={open} onClose={() => setOpen(null)} />
    </Section>
  );
}

function Row({ application, onOpen }: { application: Application; onOpen: (kind: "edit" | "portal" | "delete") => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const { app } = useScope();
  const navigate = useNavigate();
  const name = appName(application);
  const isShown = name === app || application.id === app;
  return (
    <>
      <div className="grid min-w-0 grow basis-60 gap-0.5">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {application.name}
          {isShown && <Badge tone="accent">{t("applications.shown")}</Badge>}
        </p>
        <p className="font-mono text-xs text-muted wrap-anywhere">{name}</p>
      </div>
      <p className="text-xs text-muted">
        {application.throttleRate !== null && (
          <>{t("applications.throttled", { number: number(application.throttleRate), count: application.throttleRate })} · </>
        )}
        <Moment at={application.createdAt} />
      </p>
      <Menu
        trigger={
          <IconButton label={t("actionsOf", { name: application.name })}>
            <Icon name="more" />
          </IconButton>
        }
      >
        <MenuItem
          icon={<Icon name="eye" className="size-4" />}
          disabled={isShown}
          onSelect={() => void navigate({ to: "/webhooks", search: (search) => ({ ...search, app: name }) })}
        >
          {t("applications.show")}
        </MenuItem>
        <MenuItem icon={<Icon name="link" className="size-4" />} onSelect={() => onOpen("portal")}>
          {t("portal.action")}
        </MenuItem>
        <MenuItem icon={<Icon name="edit" className="size-4" />} onSelect={() => onOpen("edit")}>
          {t("common:edit")}
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger icon={<Icon name="trash" className="size-4" />} onSelect={() => onOpen("delete")}>
          {t("common:delete")}
        </MenuItem>
      </Menu>
    </>
  );
}

function Opened({ open, onClose }: { open: Open; onClose: () => void }) {
  switch (open?.kind) {
    case "add":
      return <ApplicationDialog application={null} onClose={onClose} />;
    case "edit":
      return <ApplicationDialog application={open.application} onClose={onClose} />;
    case "portal":
      return <PortalDialog application={open.application} onClose={onClose} />;
    case "delete":
      return <Delete application={open.application} onClose={onClose} />;
    default:
      return null;
  }
}

function Delete({ application, onClose }: { application: Application; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const { app } = useScope();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const confirm = async () => {
    await deleteApplication(application.id);
    if (appName(application) === app || application.id === app) {
      await navigate({ to: ".", search: (search) => ({ ...search, app: DEFAULT_APPLICATION }), replace: true });
    }
    await queries.invalidateQueries({ queryKey: applicationsQuery.queryKey });
    toast(t("applications.deleted"));
  };
  return (
    <ConfirmDialog
      danger
      title={t("applications.deleteTitle", { name: application.name })}
      text={t("applications.deleteText")}
      action={t("common:delete")}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
