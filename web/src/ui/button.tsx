import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Spinner } from "./spinner";

const LOOKS = {
  primary: "bg-accent text-accent-ink hover:brightness-110 border-transparent font-medium",
  plain: "bg-surface text-ink hover:bg-sunken border-line",
  quiet: "bg-transparent text-muted hover:text-ink hover:bg-sunken border-transparent",
  danger: "bg-surface text-bad hover:bg-bad-soft border-line",
} as const;

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS;
  /** What the button began is under way: it shows so and cannot be pressed again. */
  busy?: boolean;
  icon?: ReactNode;
}

const SHAPE =
  "inline-flex min-h-9 items-center justify-center gap-2 rounded-lg border px-3.5 py-1.5 text-sm whitespace-nowrap transition disabled:opacity-55";

export function buttonClass(look: keyof typeof LOOKS = "plain"): string {
  return `${SHAPE} ${LOOKS[look]}`;
}

export function Button({ look = "plain", busy = false, icon, children, className = "", disabled, ...rest }: Props) {
  return (
    <button
      type="button"
      className={`${buttonClass(look)} ${className}`}
      disabled={disabled || busy}
      aria-busy={busy}
      {...rest}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

interface IconProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does, for those who do not see the icon. */
  label: string;
}

export function IconButton({ label, children, className = "", ...rest }: IconProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-sunken hover:text-ink disabled:opacity-55 ${className}`}
      {...rest}
    >
      {children}
    </button>
  );
}
