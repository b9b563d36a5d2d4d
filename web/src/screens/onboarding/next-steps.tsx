import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Bin } from "@/api/bins";
import { Icon, type IconName } from "@/ui/icon";
import type { Made } from "./onboarding";

const LINK = "flex h-full gap-3 rounded-lg border border-line px-4 py-3 hover:border-accent hover:bg-accent-soft";

interface Props {
  made: Made;
  bin: Bin | null;
  messageId: string;
}

/** What one may want to do after the first event. */
export function NextSteps({ made, bin, messageId }: Props) {
  const { t } = useTranslation("onboarding");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <section className="grid gap-3">
      <h3 ref={heading} className="font-medium">
        {t("next.title")}
      </h3>
      <ul className="grid gap-2 sm:grid-cols-2">
        <li>
          <Link to="/webhooks/$endpointId" params={{ endpointId: made.webhook.id }} className={LINK}>
            <Next icon="webhooks" title={t("next.webhook")} text={t("next.webhookText")} />
          </Link>
        </li>
        <li>
          <Link to="/messages/$messageId" params={{ messageId }} className={LINK}>
            <Next icon="messages" title={t("next.message")} text={t("next.messageText")} />
          </Link>
        </li>
        {bin && (
          <li>
            <Link to="/bins/$binId" params={{ binId: bin.id }} className={LINK}>
              <Next icon="bins" title={t("next.bin")} text={t("next.binText")} />
            </Link>
          </li>
        )}
        <li>
          <Link to="/settings" search={(search) => ({ ...search, tab: "keys" })} className={LINK}>
            <Next icon="key" title={t("next.key")} text={t("next.keyText")} />
          </Link>
        </li>
        <li>
          <Link to="/events" className={LINK}>
            <Next icon="events" title={t("next.events")} text={t("next.eventsText")} />
          </Link>
        </li>
        <li>
          <a href="/docs" className={LINK}>
            <Next icon="book" title={t("next.docs")} text={t("next.docsText")} />
          </a>
        </li>
      </ul>
    </section>
  );
}

function Next({ icon, title, text }: { icon: IconName; title: ReactNode; text: ReactNode }) {
  return (
    <>
      <Icon name={icon} className="mt-0.5 size-5 text-accent" />
      <span className="grid content-start gap-0.5">
        <span className="font-medium">{title}</span>
        <span className="text-xs text-muted">{text}</span>
      </span>
    </>
  );
}
