// Webhooks that tell an operator about webhooks: switched off, failing for good, and so on.

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeOperational, deleteOperational, type OperationalWebhook, operationalQuery } from "@/api/settings";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { ConfirmDialog } from "@/ui/dialog";
import { Switch } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { ProblemNote } from "@/ui/problem-note";
import { Empty } from "@/ui/states";
import { toast } from "@/ui/toast";
import { OperationalDialog } from "./operational-dialog";
import { Rows, Section } from "./section";
import { SecretDialog } from "./secret-dialog";

type Kind = "edit" | "secret" | "delete";
type Open = { kind: "add" } | { kind: Kind; webhook: OperationalWebhook } | null;

export function OperationalTab() {
  const { t } = useTranslation("settings");
  const [open, setOpen] = useState<Open>(null);
  const query = useInfiniteQuery(operationalQuery);
  const add = (
    <Button look="primary" icon={<Icon name="plus" className="size-4" />} onClick={() => setOpen({ kind: "add" })}>
      {t("operational.add")}
    </Button>
  );
  return (
    <Section text={t("operational.text")} action={add}>
      <Rows
        query={query}
        label={t("tab.operational")}
        idOf={(it) => it.id}
        row={(webhook) => <Row webhook={webhook} onOpen={(kind) => setOpen({ kind, webhook })} />}
        empty={
          <Empty icon="webhooks" title={t("operational.empty")}>
            {t("operational.emptyText")}
          </Empty>
        }
      />
      <Opened open={open} onClose={() => setOpen(null)} />
    </Section>
  );
}

function Row({ webhook, onOpen }: { webhook: OperationalWebhook; onOpen: (kind: Kind) => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const queries = useQueryClient();
  const switching = useMutation({
    mutationFn: (isOn: boolean) => changeOperational(webhook, { disabled: !isOn }),
    onSuccess: () => queries.invalidateQueries({ queryKey: operationalQuery.queryKey }),
  });
  const events = webhook.eventTypes ?? [];
  return (
    <>
      <Switch
        label={t("operational.switch", { name: webhook.name })}
        checked={!webhook.disabled}
        disabled={switching.isPending}
        onChange={(isOn) => switching.mutate(isOn)}
      />
      <div className="grid min-w-0 grow basis-60 gap-1">
        <p className="font-medium wrap-anywhere">{webhook.name}</p>
        <p className="truncate font-mono text-xs text-muted" title={webhook.url}>
          {webhook.url}
        </p>
        <p className="flex flex-wrap gap-1">
          {events.length === 0 && <Badge tone="accent">{t("operational.all")}</Badge>}
          {events.map((name) => (
            <Badge key={name}>{name}</Badge>
          ))}
        </p>
        {switching.isError && <ProblemNote problem={switching.error} />}
      </div>
      <Menu
        trigger={
          <IconButton label={t("actionsOf", { name: webhook.name })}>
            <Icon name="more" />
          </IconButton>
        }
      >
        <MenuItem icon={<Icon name="key" className="size-4" />} onSelect={() => onOpen("secret")}>
          {t("secret.title")}
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
      return <OperationalDialog webhook={null} onClose={onClose} />;
    case "edit":
      return <OperationalDialog webhook={open.webhook} onClose={onClose} />;
    case "secret":
      return <SecretDialog webhook={open.webhook} onClose={onClose} />;
    case "delete":
      return <Delete webhook={open.webhook} onClose={onClose} />;
    default:
      return null;
  }
}

function Delete({ webhook, onClose }: { webhook: OperationalWebhook; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const queries = useQueryClient();
  const confirm = async () => {
    await deleteOperational(webhook.id);
    await queries.invalidateQueries({ queryKey: operationalQuery.queryKey });
    toast(t("operational.deleted"));
  };
  return (
    <ConfirmDialog
      danger
      title={t("operational.deleteTitle", { name: webhook.name })}
      text={t("operational.deleteText")}
      action={t("common:delete")}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
