import { useTranslation } from "react-i18next";
import { Badge } from "@/ui/badge";
import type { Item } from "./feed";

const METHOD_CHARS = 12;

export function Method({ name }: { name: string }) {
  return (
    <span className="font-mono text-xs font-semibold text-accent" title={name}>
      {name.slice(0, METHOD_CHARS)}
    </span>
  );
}

/** What is to be known of a request at a glance. */
export function CaptureBadges({ item }: { item: Item }) {
  const { t } = useTranslation("bins");
  return (
    <>
      {item.verification.status === "valid" && <Badge tone="ok">{t("mark.valid")}</Badge>}
      {item.verification.status === "invalid" && <Badge tone="bad">{t("mark.invalid")}</Badge>}
      {item.duplicateOf !== null && <Badge tone="warn">{t("mark.duplicate")}</Badge>}
      {item.responseStatus === null && <Badge tone="accent">{t("mark.waiting")}</Badge>}
      {item.responseStatus !== null && item.responseStatus >= 300 && <Badge>{item.responseStatus}</Badge>}
    </>
  );
}
