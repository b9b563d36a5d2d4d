import { Page } from "@/ui/page";

export function NewWebhook() {
  return <Page title="NewWebhook">{null}</Page>;
}
