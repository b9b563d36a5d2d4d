import { Page } from "@/ui/page";

export function Bin() {
  return <Page title="Bin">{null}</Page>;
}
