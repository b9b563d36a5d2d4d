// What went wrong, in the person's words, with the server's own behind it.

import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { Button } from "./button";
import { Icon } from "./icon";

interface Props {
  problem: unknown;
  onTryAgain?: () => void;
}

export function ProblemNote({ problem: cause, onTryAgain }: Props) {
  const { t } = useTranslation();
  const problem = Problem.from(cause);
  const hasDetail = problem.kind !== "offline" && problem.kind !== "signedOut";
  return (
    <div role="alert" className="flex gap-3 rounded-lg bg-bad-soft px-4 py-3 text-bad">
      <Icon name={problem.kind === "offline" ? "offline" : "warning"} />
      <div className="grid min-w-0 grow gap-1">
        <p className="font-medium">{t(`problem.${problem.kind}`)}</p>
        {hasDetail && <p className="text-xs wrap-anywhere">{problem.message}</p>}
      </div>
      {onTryAgain && <Button onClick={onTryAgain}>{t("tryAgain")}</Button>}
    </div>
  );
}
