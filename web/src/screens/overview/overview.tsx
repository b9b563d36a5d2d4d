import { Page } from "@/ui/page";

export function Overview() {
  return <Page title="Overview">{null}</Page>;
}
