import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

const TONES = {
  neutral: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent",
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
} as const;

export type Tone = keyof typeof TONES;

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-md px-2 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}

/** Numbers of the API to words: `status` of deliveries and attempts. */
const STATUSES = {
  0: ["success", "ok", "●"],
  1: ["pending", "warn", "○"],
  2: ["fail", "bad", "▲"],
  3: ["sending", "accent", "◐"],
  4: ["canceled", "neutral", "–"],
} as const;

/** How far a delivery or an attempt is. Told by shape and word, not by colour alone. */
export function StatusBadge({ status }: { status: number }) {
  const { t } = useTranslation();
  const [word, tone, sign] = STATUSES[status in STATUSES ? (status as keyof typeof STATUSES) : 1];
  return (
    <Badge tone={tone}>
      <span aria-hidden="true">{sign}</span>
      {t(`status.${word}`)}
    </Badge>
  );
}

/** The status of an HTTP answer. */
export function HttpStatus({ code }: { code: number }) {
  if (code === 0) return <Badge tone="bad">–</Badge>;
  const tone = code < 300 ? "ok" : code < 400 ? "warn" : "bad";
  return <Badge tone={tone}>{code}</Badge>;
}
