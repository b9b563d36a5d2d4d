import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type EventType, eventTypeQuery } from "@/api/event-types";
import { Code } from "@/ui/code";
import { exampleOf } from "../example";

/** What an event is, and an example of what is sent when it happens. */
export function EventDetail({ name, types }: { name: string | null; types: EventType[] }) {
  const { t } = useTranslation("webhooks");
  const type = types.find((it) => it.name === name);
  const full = useQuery({ ...eventTypeQuery(type?.name ?? ""), staleTime: 60_000 });
  if (!type) {
    return (
      <div className="hidden place-items-center rounded-lg bg-sunken p-6 text-center text-muted lg:grid">
        {t("form.chooseToSee")}
      </div>
    );
  }
  const example = full.data ? exampleOf(full.data) : null;
  return (
    <div className="grid min-w-0 content-start gap-2" aria-live="polite">
      <p className="font-mono text-xs font-medium wrap-anywhere">{type.name}</p>
      <p className="text-muted wrap-anywhere">{type.description}</p>
      {example && (
        <>
          <p className="text-xs font-medium text-muted">{t("form.example")}</p>
          <Code label={t("form.example")} text={JSON.stringify(example, null, 2)} className="[&_pre]:max-h-56" />
        </>
      )}
    </div>
  );
}
