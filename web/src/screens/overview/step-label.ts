import { currentLanguage } from "@/i18n";

/** When a step of the plot was: its begin, and its end where that is not the next minute. */
export function stepLabel(at: string, stepSeconds: number): string {
  const from = new Date(at);
  const format = new Intl.DateTimeFormat(currentLanguage(), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  if (stepSeconds <= 60) return format.format(from);
  return format.formatRange(from, new Date(from.getTime() + stepSeconds * 1_000));
}
