import { Page } from "@/ui/page";

export function Recipes() {
  return <Page title="Recipes">{null}</Page>;
}
