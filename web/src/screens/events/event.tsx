import { Page } from "@/ui/page";

export function Event() {
  return <Page title="Event">{null}</Page>;
}
