import { Page } from "@/ui/page";

export function Live() {
  return <Page title="Live">{null}</Page>;
}
