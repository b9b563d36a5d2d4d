import { useTranslation } from "react-i18next";
import { Button, buttonClass } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";

interface Props {
  title: string;
  /** What it is for, and that it is not shown again. */
  text: string;
  secret: string;
  /** Where it leads, if it is a link of this server. */
  href?: string;
  onClose: () => void;
}

/** A secret that was just made and is never shown again. */
export function ShownOnce({ title, text, secret, href, onClose }: Props) {
  const { t } = useTranslation("settings");
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          {href && (
            <a href={href} target="_blank" rel="noreferrer" className={buttonClass()}>
              {t("open")}
            </a>
          )}
          <CopyButton text={secret} />
          <Button look="primary" onClick={onClose}>
            {t("done")}
          </Button>
        </>
      }
    >
      <p className="flex gap-2.5 rounded-lg bg-warn-soft px-4 py-3 text-warn">
        <Icon name="warning" />
        {text}
      </p>
      <code className="rounded-lg border border-line bg-sunken p-3 font-mono text-xs wrap-anywhere select-all">{secret}</code>
    </Dialog>
  );
}
