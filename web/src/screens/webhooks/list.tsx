import { Page } from "@/ui/page";

export function WebhookList() {
  return <Page title="WebhookList">{null}</Page>;
}
