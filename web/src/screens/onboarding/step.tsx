import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";

export type StepState = "waiting" | "current" | "done";

interface Props {
  number: number;
  title: string;
  /** Why one does this. */
  text: string;
  state: StepState;
  children?: ReactNode;
}

const SIGN: Record<StepState, string> = {
  waiting: "border-line-strong text-muted",
  current: "border-accent bg-accent text-accent-ink",
  done: "border-transparent bg-ok-soft text-ok",
};

/** One of the steps; its contents are there from when it is its turn. */
export function Step({ number, title, text, state, children }: Props) {
  const { t } = useTranslation("onboarding");
  return (
    <li
      aria-current={state === "current" ? "step" : undefined}
      className={`rounded-box border bg-surface p-4 sm:p-5 ${state === "current" ? "border-accent shadow-box" : "border-line"}`}
    >
      <div className="flex gap-3.5">
        <span
          aria-hidden="true"
          className={`grid size-8 shrink-0 place-items-center rounded-full border text-sm font-semibold ${SIGN[state]}`}
        >
          {state === "done" ? <Icon name="check" className="size-4" /> : number}
        </span>
        <div className="grid min-w-0 grow gap-4">
          <div className="grid gap-0.5 pt-1">
            <h2 className="text-base font-semibold">
              {title}
              {state === "done" && <span className="sr-only"> ({t("done")})</span>}
            </h2>
            <p className="max-w-prose text-muted">{text}</p>
          </div>
          {state !== "waiting" && children}
        </div>
      </div>
    </li>
  );
}
