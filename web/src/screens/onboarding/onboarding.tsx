import { Page } from "@/ui/page";

export function Onboarding() {
  return <Page title="Onboarding">{null}</Page>;
}
