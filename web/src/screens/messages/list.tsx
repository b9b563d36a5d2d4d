import { Page } from "@/ui/page";

export function MessageList() {
  return <Page title="MessageList">{null}</Page>;
}
