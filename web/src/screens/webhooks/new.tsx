import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { webhooksChanged } from "@/api/webhooks";
import { useScope } from "@/scope";
import { buttonClass } from "@/ui/button";
import { Page } from "@/ui/page";
import { BackToList } from "./back";
import { NotAllowed } from "./not-allowed";
import { type Draft, emptyDraft } from "./form/draft";
import { changeWebhook, createWebhook } from "./form/save";
import { WebhookForm } from "./form/webhook-form";

/** Makes a webhook. */
export function NewWebhook() {
  const { t } = useTranslation("webhooks");
  const { app, can } = useScope();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [before] = useState(emptyDraft);
  // Set when the webhook was made and its script was not: what is left is a change then.
  const made = useRef<string | null>(null);

  const save = async (draft: Draft) => {
    if (made.current) {
      await changeWebhook(app, made.current, draft, before);
    } else {
      await createWebhook(app, draft, before, (id) => {
        made.current = id;
      });
    }
    await webhooksChanged(queries, app);
    await navigate({ to: "/webhooks/$endpointId", params: { endpointId: made.current ?? "" }, hash: "new" });
  };

  if (!can("ManageEndpoint")) return <NotAllowed title={t("new.title")} />;
  return (
    <Page
      title={t("new.title")}
      above={<BackToList />}
      actions={
        <Link to="/webhooks/recipes" className={buttonClass("quiet")}>
          {t("list.fromRecipe")}
        </Link>
      }
    >
      <WebhookForm before={before} endpointId={null} action={t("new.create")} onSave={save} onCancel={() => undefined} />
    </Page>
  );
}
