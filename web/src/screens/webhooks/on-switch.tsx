import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { setWebhookOn, type Webhook, webhooksChanged } from "@/api/webhooks";
import { useScope } from "@/scope";
import { Switch } from "@/ui/field";

/** Turns a webhook on and off. It shows the new state at once, and the old one again if that fails. */
export function OnSwitch({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { app, can } = useScope();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (isOn: boolean) => setWebhookOn(app, webhook.id, isOn),
    onSettled: () => webhooksChanged(queries, app),
  });
  const isOn = change.isPending ? change.variables : !webhook.disabled;
  if (!can("ManageEndpoint")) return null;
  return (
    <span className="grid justify-items-end gap-1">
      <Switch
        label={t("list.switch", { name: webhook.name })}
        checked={isOn}
        disabled={change.isPending}
        onChange={(next) => change.mutate(next)}
      />
      {change.isError && (
        <span role="alert" className="text-xs text-bad">
          {common(`problem.${Problem.from(change.error).kind}`)}
        </span>
      )}
    </span>
  );
}
