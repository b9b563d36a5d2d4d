import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cancelWaiting, forgetPayload, type Message } from "@/api/messages";
import { useScope } from "@/scope";
import { Button, IconButton } from "@/ui/button";
import { ConfirmDialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { Menu, MenuItem } from "@/ui/menu";
import { toast } from "@/ui/toast";

/** What the producer's side may do with a message; a customer's portal may not. */
export function MessageActions({ message }: { message: Message }) {
  const { t } = useTranslation("messages");
  const { t: tc } = useTranslation();
  const { app, isPortal } = useScope();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<"cancel" | "forget" | null>(null);
  if (isPortal) return null;
  const refresh = () => queries.invalidateQueries({ queryKey: ["message", app] });
  const cancel = async () => {
    const count = await cancelWaiting(app, message.id);
    await refresh();
    toast(t("cancel.done", { count }));
  };
  const forget = async () => {
    await forgetPayload(app, message.id);
    await refresh();
    toast(t("forget.done"));
  };
  const isWaiting = (message.deliveries?.pending ?? 0) > 0;
  return (
    <>
      {isWaiting && (
        <Button icon={<Icon name="close" className="size-4" />} onClick={() => setAsked("cancel")}>
          {t("cancel.open")}
        </Button>
      )}
      <Menu
        trigger={
          <IconButton label={tc("actions")} className="border border-line bg-surface">
            <Icon name="more" />
          </IconButton>
        }
      >
        <MenuItem danger icon={<Icon name="trash" className="size-4" />} onSelect={() => setAsked("forget")}>
          {t("forget.open")}
        </MenuItem>
      </Menu>
      {asked === "cancel" && (
        <ConfirmDialog
          title={t("cancel.title")}
          text={t("cancel.text")}
          action={t("cancel.action")}
          onConfirm={cancel}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === "forget" && (
        <ConfirmDialog
          danger
          title={t("forget.title")}
          text={t("forget.text")}
          action={t("forget.action")}
          onConfirm={forget}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
