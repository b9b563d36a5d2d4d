// Whether somebody was shown the first steps in this browser: they are offered once.

import { keep, kept } from "@/shell/kept";

const KEY = "started";

export function hasStarted(): boolean {
  return kept(KEY) !== null;
}

export function markStarted(): void {
  keep(KEY, "yes");
}
