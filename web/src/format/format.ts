// Numbers, sizes and times as people of the chosen language write them.

import { currentLanguage } from "@/i18n";

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

const RELATIVE: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export function number(value: number): string {
  return new Intl.NumberFormat(currentLanguage()).format(value);
}

/** Large numbers in short: 12K, 1.2만. */
export function compact(value: number): string {
  return new Intl.NumberFormat(currentLanguage(), { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** A part of one as per cent; what is not all is never shown as 100 %. */
export function percent(part: number): string {
  const shown = part < 1 ? Math.min(part, 0.999) : 1;
  return new Intl.NumberFormat(currentLanguage(), { style: "percent", maximumFractionDigits: 1 }).format(shown);
}

/** A size, in units of 1,000. */
export function bytes(size: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(size, 1)) / 3), BYTE_UNITS.length - 1);
  return new Intl.NumberFormat(currentLanguage(), {
    style: "unit",
    unit: BYTE_UNITS[power],
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: 1,
  }).format(size / 1_000 ** power);
}

export function milliseconds(value: number): string {
  const isLong = value >= 1_000;
  return new Intl.NumberFormat(currentLanguage(), {
    style: "unit",
    unit: isLong ? "second" : "millisecond",
    unitDisplay: "short",
    maximumFractionDigits: isLong ? 1 : 0,
  }).format(isLong ? value / 1_000 : value);
}

/** A span such as of a retry schedule: its largest fitting unit. */
export function seconds(value: number): string {
  const [unit, size] = RELATIVE.slice(2).find(([, size]) => value >= size) ?? (["second", 1] as const);
  return new Intl.NumberFormat(currentLanguage(), {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: 1,
  }).format(value / size);
}

/** Date and time to the second. */
export function moment(at: string | Date): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium", timeStyle: "medium" }).format(new Date(at));
}

/** The time of the day to the second. */
export function clock(at: string | Date): string {
  return new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "medium" }).format(new Date(at));
}

/** How long ago, or until when; `null` for less than five seconds, which is now. */
export function relative(at: string | Date, now: number): string | null {
  const difference = (new Date(at).getTime() - now) / 1_000;
  const distance = Math.abs(difference);
  if (distance < 5) return null;
  const [unit, size] = RELATIVE.find(([, size]) => distance >= size) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat(currentLanguage(), { numeric: "auto" }).format(Math.trunc(difference / size), unit);
}
