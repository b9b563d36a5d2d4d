import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { Empty } from "@/ui/states";
import { useScope } from "@/scope";

interface Props {
  isFiltered: boolean;
  onSend: (() => void) | undefined;
  onClear: () => void;
}

/** No message, and what to do about it. */
export function NoMessages({ isFiltered, onSend, onClear }: Props) {
  const { t } = useTranslation("messages");
  const { app } = useScope();
  if (isFiltered) {
    return (
      <Empty icon="search" title={t("list.nothing")} action={<Button onClick={onClear}>{t("list.showAll")}</Button>}>
        {t("list.nothingText")}
      </Empty>
    );
  }
  if (!onSend) return <Empty icon="messages" title={t("list.empty")}>{t("list.emptyPortal")}</Empty>;
  return (
    <Empty
      icon="messages"
      title={t("list.empty")}
      action={
        <Button look="primary" onClick={onSend}>
          {t("send.open")}
        </Button>
      }
    >
      <p>{t("list.emptyText")}</p>
      <Code label={t("list.example")} className="mt-4 text-left" text={example(app)} />
    </Empty>
  );
}

function example(app: string): string {
  return [
    `curl -X POST '${location.origin}/api/v1/app/${encodeURIComponent(app)}/msg' \\`,
    '  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\',
    `  -d '{"eventType":"invoice.paid","payload":{"invoice":"in_42"}}'`,
  ].join("\n");
}
