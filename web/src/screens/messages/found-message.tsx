import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { messageQuery } from "@/api/messages";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Empty, Loaded, Skeleton } from "@/ui/states";
import { MessageRow } from "./row";

/** The message with this id or event id. */
export function FoundMessage({ id, onClear }: { id: string; onClear: () => void }) {
  const { t } = useTranslation("messages");
  const { app } = useScope();
  const query = useQuery(messageQuery(app, id));
  return (
    <Loaded query={query} waiting={<Skeleton rows={1} />}>
      {(message) =>
        message ? (
          <ul className="overflow-hidden rounded-box border border-line bg-surface">
            <li>
              <MessageRow message={message} />
            </li>
          </ul>
        ) : (
          <Empty icon="search" title={t("list.notFound")} action={<Button onClick={onClear}>{t("list.showAll")}</Button>}>
            <p className="wrap-anywhere">{t("list.notFoundText", { id })}</p>
          </Empty>
        )
      }
    </Loaded>
  );
}
