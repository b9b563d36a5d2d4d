import { useTranslation } from "react-i18next";
import { BackLink } from "@/ui/back-link";

export function BackToList() {
  const { t } = useTranslation("webhooks");
  return <BackLink to="/webhooks">{t("title")}</BackLink>;
}

export function BackToWebhook({ endpointId, name }: { endpointId: string; name: string }) {
  return (
    <BackLink to="/webhooks/$endpointId" params={{ endpointId }}>
      {name}
    </BackLink>
  );
}
