// The first steps: a receiver, a webhook to it, and an event that arrives there for real.

import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Bin } from "@/api/bins";
import type { Webhook } from "@/api/webhooks";
import { buttonClass } from "@/ui/button";
import { Page } from "@/ui/page";
import { EventStep } from "./event-step";
import { ReceiverStep } from "./receiver-step";
import { markStarted } from "./started";
import { WebhookStep } from "./webhook-step";

/** Where events are to go: to a bin of this server, or anywhere. */
export interface Target {
  url: string;
  bin: Bin | null;
}

/** A webhook that was made here, and the event that it waits for. */
export interface Made {
  webhook: Webhook;
  eventType: string;
}

export function Onboarding() {
  const { t } = useTranslation("onboarding");
  const [target, setTarget] = useState<Target | null>(null);
  const [made, setMade] = useState<Made | null>(null);
  useEffect(markStarted, []);
  return (
    <Page
      title={t("title")}
      description={t("description")}
      actions={
        <Link to="/" className={buttonClass("quiet")}>
          {made ? t("leave") : t("skip")}
        </Link>
      }
    >
      <ol className="grid max-w-3xl gap-4">
        <ReceiverStep target={target} isFixed={made !== null} onChoose={setTarget} />
        <WebhookStep target={target} made={made} onMade={setMade} />
        <EventStep target={target} made={made} />
      </ol>
    </Page>
  );
}
