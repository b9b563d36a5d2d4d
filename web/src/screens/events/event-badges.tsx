import { useTranslation } from "react-i18next";
import { Badge } from "@/ui/badge";

/** Whether an event is on its way out. */
export function EventBadges({ event }: { event: { archived: boolean; deprecated: boolean } }) {
  const { t } = useTranslation("events");
  return (
    <>
      {event.archived && <Badge>{t("archived")}</Badge>}
      {event.deprecated && !event.archived && <Badge tone="warn">{t("deprecated")}</Badge>}
    </>
  );
}
