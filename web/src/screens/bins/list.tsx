import { Page } from "@/ui/page";

export function BinList() {
  return <Page title="BinList">{null}</Page>;
}
