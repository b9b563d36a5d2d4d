import { Page } from "@/ui/page";

export function Webhook() {
  return <Page title="Webhook">{null}</Page>;
}
