import { Page } from "@/ui/page";

export function EventList() {
  return <Page title="EventList">{null}</Page>;
}
