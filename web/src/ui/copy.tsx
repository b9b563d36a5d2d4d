import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "./button";
import { Icon } from "./icon";

const SHOWN_MS = 2_000;

/** Copies a text; says that it did. */
export function CopyButton({ text, label, small = false }: { text: string; label?: string; small?: boolean }) {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  const icon = <Icon name={isCopied ? "check" : "copy"} className="size-4" />;
  const words = isCopied ? t("copied") : (label ?? t("copy"));
  if (small) {
    return (
      <IconButton label={words} onClick={copy}>
        {icon}
      </IconButton>
    );
  }
  return (
    <Button icon={icon} onClick={copy}>
      {words}
    </Button>
  );
}
