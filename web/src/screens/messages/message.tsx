import { Page } from "@/ui/page";

export function Message() {
  return <Page title="Message">{null}</Page>;
}
