// A bin that received nothing: how to send something to it.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Bin } from "@/api/bins";
import { Problem } from "@/api/problem";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { Empty } from "@/ui/states";

/** Sends a request to a bin from this page: by the path, because the page may ask its own host only. */
async function trySending(bin: Bin): Promise<void> {
  const answer = await fetch(`${new URL(bin.url).pathname}/hello?from=dashboard`, {
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "hello.world", hello: "world" }),
  }).catch((error: unknown) => {
    throw Problem.offline(error);
  });
  // Whatever the bin answers, the request is there, unless the bin has refused to keep it.
  if (!answer.headers.has("hookwire-capture") && !answer.ok) throw await Problem.of(answer);
}

export function EmptyBin({ bin }: { bin: Bin }) {
  const { t } = useTranslation("bins");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await trySending(bin);
    } catch (error) {
      setProblem(Problem.from(error));
    }
    setBusy(false);
  };
  return (
    <Empty
      icon="bins"
      title={t("empty.title")}
      action={
        <Button look="primary" busy={isBusy} icon={<Icon name="send" className="size-4" />} onClick={() => void send()}>
          {t("empty.try")}
        </Button>
      }
    >
      <p>{t("empty.text")}</p>
      {problem && <ProblemNote problem={problem} />}
    </Empty>
  );
}
