import { useTranslation } from "react-i18next";
import { Badge } from "@/ui/badge";

const SHOWN_MAX = 2;

/** Which events a webhook gets, in short unless `all` are to be shown. */
export function EventNames({ names, all = false }: { names: string[] | null; all?: boolean }) {
  const { t } = useTranslation("webhooks");
  if (!names || names.includes("*")) return <Badge tone="accent">{t("form.allEvents")}</Badge>;
  const shown = all ? names : names.slice(0, SHOWN_MAX);
  return (
    <ul className="flex flex-wrap gap-1" title={all ? undefined : names.join(", ")}>
      {shown.map((it) => (
        <li key={it} className="max-w-full truncate rounded-md bg-sunken px-1.5 py-0.5 font-mono text-xs text-muted">
          {it}
        </li>
      ))}
      {names.length > shown.length && (
        <li className="px-1 py-0.5 text-xs text-muted">{t("list.moreEvents", { count: names.length - shown.length })}</li>
      )}
    </ul>
  );
}
