import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { headersQuery, transformationQuery, type Webhook, webhookQuery, webhooksChanged } from "@/api/webhooks";
import { useScope } from "@/scope";
import { Page } from "@/ui/page";
import { Loaded } from "@/ui/states";
import { toast } from "@/ui/toast";
import { BackToWebhook } from "./back";
import { NotAllowed } from "./not-allowed";
import { draftOf } from "./form/draft";
import { changeWebhook } from "./form/save";
import { WebhookForm } from "./form/webhook-form";

/** Changes a webhook. */
export function EditWebhook() {
  const { t } = useTranslation("webhooks");
  const { endpointId = "" } = useParams({ strict: false });
  const { app, can } = useScope();
  // A form that somebody writes in must not change under their hands.
  const still = { refetchOnWindowFocus: false, refetchOnReconnect: false, staleTime: 0, gcTime: 0 };
  const webhook = useQuery({ ...webhookQuery(app, endpointId), ...still });
  const headers = useQuery({ ...headersQuery(app, endpointId), ...still });
  const mayScript = can("ManageTransformations");
  const transformation = useQuery({ ...transformationQuery(app, endpointId), ...still, enabled: mayScript });
  if (!can("ManageEndpoint")) return <NotAllowed title={t("edit.title")} />;
  return (
    <Page
      title={t("edit.title")}
      above={<BackToWebhook endpointId={endpointId} name={webhook.data?.name ?? t("title")} />}
    >
      <Loaded query={webhook}>
        {(it) => (
          <Loaded query={headers}>
            {(heads) =>
              mayScript ? (
                <Loaded query={transformation}>
                  {(script) => <Form key={it.id} webhook={it} headers={heads} transformation={script} />}
                </Loaded>
              ) : (
                <Form key={it.id} webhook={it} headers={heads} transformation={null} />
              )
            }
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

interface Props {
  webhook: Webhook;
  headers: Schemas["HeadersOut"];
  transformation: Schemas["TransformationOut"] | null;
}

function Form({ webhook, headers, transformation }: Props) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { app } = useScope();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [before] = useState(() => draftOf(webhook, headers, transformation));
  const back = () => navigate({ to: "/webhooks/$endpointId", params: { endpointId: webhook.id } });
  return (
    <WebhookForm
      before={before}
      endpointId={webhook.id}
      action={common("save")}
      onSave={async (draft) => {
        await changeWebhook(app, webhook.id, draft, before);
        await webhooksChanged(queries, app);
        toast(t("edit.saved"));
        await back();
      }}
      onCancel={() => void back()}
    />
  );
}
