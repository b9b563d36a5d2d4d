import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";

const LOOK = "inline-flex w-fit items-center gap-1 text-muted hover:text-ink";

export function BackToList() {
  const { t } = useTranslation("webhooks");
  return (
    <Link to="/webhooks" className={LOOK}>
      <Icon name="chevron" className="size-4 rotate-180" />
      {t("title")}
    </Link>
  );
}

export function BackToWebhook({ endpointId, name }: { endpointId: string; name: string }) {
  return (
    <Link to="/webhooks/$endpointId" params={{ endpointId }} className={`${LOOK} max-w-full`}>
      <Icon name="chevron" className="size-4 rotate-180" />
      <span className="truncate">{name}</span>
    </Link>
  );
}
