// One webhook: what it is, how it is doing, and what one can do with it.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteWebhook, type Webhook as Kept, webhookQuery, webhooksChanged } from "@/api/webhooks";
import { useScope } from "@/scope";
import { Badge } from "@/ui/badge";
import { Button, buttonClass, IconButton } from "@/ui/button";
import { ConfirmDialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { Page } from "@/ui/page";
import { Loaded } from "@/ui/states";
import { toast } from "@/ui/toast";
import { isFailing } from "./arranged";
import { BackToList } from "./back";
import { Attempts } from "./detail/attempts";
import { WebhookFacts } from "./detail/webhook-facts";
import { Numbers } from "./detail/numbers";
import { ReplayDialog } from "./detail/replay-dialog";
import { SecretCard } from "./detail/secret-card";
import { TestDialog } from "./detail/test-dialog";
import { OnSwitch } from "./on-switch";

export function Webhook() {
  const { t } = useTranslation("webhooks");
  const { endpointId = "" } = useParams({ strict: false });
  const { app } = useScope();
  const query = useQuery({ ...webhookQuery(app, endpointId), refetchInterval: 15_000 });
  if (!query.data) {
    return (
      <Page title={t("title")} above={<BackToList />}>
        <Loaded query={query}>{() => null}</Loaded>
      </Page>
    );
  }
  return <Detail webhook={query.data} />;
}

type Open = "test" | "replay" | "delete" | null;

function Detail({ webhook }: { webhook: Kept }) {
  const { t } = useTranslation("webhooks");
  const { app, can } = useScope();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const isNew = useLocation({ select: (location) => location.hash === "new" });
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <Page
      title={webhook.name}
      badge={<State webhook={webhook} />}
      above={<BackToList />}
      actions={<Actions webhook={webhook} isNew={isNew} onOpen={setOpen} />}
    >
      {isNew && can("CreateAttempts") && <Ready onTest={() => setOpen("test")} />}
      {isFailing(webhook) && <Failing />}
      <Numbers webhook={webhook} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Attempts webhook={webhook} />
        <div className="grid min-w-0 gap-6">
          <WebhookFacts webhook={webhook} />
          {(can("ViewEndpointSecret") || can("ManageEndpointSecret")) && <SecretCard webhook={webhook} />}
        </div>
      </div>
      {open === "test" && <TestDialog webhook={webhook} onClose={close} />}
      {open === "replay" && <ReplayDialog webhook={webhook} onClose={close} />}
      {open === "delete" && (
        <ConfirmDialog
          danger
          title={t("delete.title", { name: webhook.name })}
          text={t("delete.text")}
          action={t("delete.action")}
          onClose={close}
          onConfirm={async () => {
            await deleteWebhook(app, webhook.id);
            toast(t("delete.done"));
            await navigate({ to: "/webhooks" });
            queries.removeQueries({ queryKey: ["webhooks", app, webhook.id] });
            await webhooksChanged(queries, app);
          }}
        />
      )}
    </Page>
  );
}

function State({ webhook }: { webhook: Kept }) {
  const { t } = useTranslation("webhooks");
  if (webhook.disabled) return <Badge>{t("list.off")}</Badge>;
  if (isFailing(webhook)) return <Badge tone="bad">{t("list.failing")}</Badge>;
  return <Badge tone="ok">{t("list.on")}</Badge>;
}

function Actions({ webhook, isNew, onOpen }: { webhook: Kept; isNew: boolean; onOpen: (open: Open) => void }) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { can } = useScope();
  const mayManage = can("ManageEndpoint");
  const mayReplay = can("CreateAttempts");
  return (
    <div className="flex flex-wrap items-center gap-2">
      <OnSwitch webhook={webhook} />
      {mayReplay && (
        <Button
          look={isNew ? "plain" : "primary"}
          icon={<Icon name="send" className="size-4" />}
          onClick={() => onOpen("test")}
        >
          {t("test.send")}
        </Button>
      )}
      {mayManage && (
        <Link to="/webhooks/$endpointId/edit" params={{ endpointId: webhook.id }} className={buttonClass()}>
          <Icon name="edit" className="size-4" />
          {common("edit")}
        </Link>
      )}
      {(mayManage || mayReplay) && (
        <Menu
          trigger={
            <IconButton label={common("actions")} className="border border-line bg-surface">
              <Icon name="more" />
            </IconButton>
          }
        >
          {mayReplay && (
            <MenuItem icon={<Icon name="again" className="size-4" />} onSelect={() => onOpen("replay")}>
              {t("replay.open")}
            </MenuItem>
          )}
          {mayReplay && mayManage && <MenuSeparator />}
          {mayManage && (
            <MenuItem danger icon={<Icon name="trash" className="size-4" />} onSelect={() => onOpen("delete")}>
              {common("delete")}
            </MenuItem>
          )}
        </Menu>
      )}
    </div>
  );
}

/** After it was made: the next step. */
function Ready({ onTest }: { onTest: () => void }) {
  const { t } = useTranslation("webhooks");
  return (
    <div className="flex flex-wrap items-center gap-4 rounded-box bg-ok-soft px-5 py-4 text-ok">
      <Icon name="check" className="size-6" />
      <div className="grid min-w-0 grow basis-60 gap-0.5">
        <p className="font-semibold">{t("new.ready")}</p>
        <p>{t("new.readyText")}</p>
      </div>
      {/* What one does next; whoever came by keyboard is there already. */}
      {/* eslint-disable-next-line jsx-a11y/no-autofocus */}
      <Button look="primary" autoFocus icon={<Icon name="send" className="size-4" />} onClick={onTest}>
        {t("test.send")}
      </Button>
    </div>
  );
}

function Failing() {
  const { t } = useTranslation("webhooks");
  return (
    <p role="status" className="flex items-center gap-3 rounded-box bg-bad-soft px-4 py-3 text-bad">
      <Icon name="warning" />
      {t("detail.failing")}
    </p>
  );
}
