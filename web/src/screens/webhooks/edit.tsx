import { Page } from "@/ui/page";

export function EditWebhook() {
  return <Page title="EditWebhook">{null}</Page>;
}
