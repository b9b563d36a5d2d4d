// What may be done with a bin as a whole.

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Bin, type BinRights, binQuery, binsQuery, clearBin, deleteBin } from "@/api/bins";
import { Button, IconButton } from "@/ui/button";
import { ConfirmDialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { Menu, MenuItem } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { SettingsDialog } from "./settings/dialog";
import { ShareDialog } from "./share-dialog";

interface Props {
  bin: Bin;
  may: BinRights;
  /** All that it had received is gone. */
  onCleared: () => void;
  onDeleted: () => void;
}

type Open = "settings" | "share" | "clear" | "delete" | null;

export function BinActions({ bin, may, onCleared, onDeleted }: Props) {
  const { t } = useTranslation("bins");
  const { t: tc } = useTranslation();
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Button icon={<Icon name="link" className="size-4" />} onClick={() => setOpen("share")}>
        {t("share.open")}
      </Button>
      <Button icon={<Icon name="settings" className="size-4" />} onClick={() => setOpen("settings")}>
        {t("settings.open")}
      </Button>
      <Menu
        trigger={
          <IconButton label={tc("actions")}>
            <Icon name="more" />
          </IconButton>
        }
      >
        <MenuItem icon={<Icon name="close" className="size-4" />} onSelect={() => setOpen("clear")}>
          {t("clear.open")}
        </MenuItem>
        <MenuItem danger icon={<Icon name="trash" className="size-4" />} onSelect={() => setOpen("delete")}>
          {t("delete.open")}
        </MenuItem>
      </Menu>
      {open === "settings" && <SettingsDialog bin={bin} may={may} onClose={close} />}
      {open === "share" && <ShareDialog bin={bin} onClose={close} />}
      {open === "clear" && (
        <ConfirmDialog
          title={t("clear.title")}
          text={t("clear.text")}
          action={t("clear.action")}
          danger
          onClose={close}
          onConfirm={async () => {
            await clearBin(bin.id);
            toast(t("clear.done"));
            onCleared();
          }}
        />
      )}
      {open === "delete" && (
        <ConfirmDialog
          title={t("delete.title", { name: bin.name })}
          text={t("delete.text")}
          action={tc("delete")}
          danger
          onClose={close}
          onConfirm={async () => {
            await deleteBin(bin.id);
            onDeleted();
            queries.removeQueries({ queryKey: binQuery(bin.id).queryKey });
            void queries.invalidateQueries({ queryKey: binsQuery.queryKey });
          }}
        />
      )}
    </>
  );
}
