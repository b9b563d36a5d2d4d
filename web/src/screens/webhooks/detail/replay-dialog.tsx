// Sends again: what failed, what was missed, or everything since a moment. The work goes on in the
// background; while the dialog is open it shows how far it is.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ReplayKind, replay, taskQuery, type Webhook, webhooksChanged } from "@/api/webhooks";
import { number } from "@/format/format";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { Spinner } from "@/ui/spinner";
import { localInput } from "./local-input";

const KINDS = [
  ["recover", "recover"],
  ["replay-missing", "missing"],
  ["bulk-replay", "all"],
] as const satisfies [ReplayKind, string][];

const DAY_MS = 86_400_000;

export function ReplayDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { app } = useScope();
  const [kind, setKind] = useState<ReplayKind>("recover");
  const [since, setSince] = useState(() => localInput(new Date(Date.now() - DAY_MS)));
  const [until, setUntil] = useState("");
  const start = useMutation({
    mutationFn: () =>
      replay(app, webhook.id, kind, {
        since: new Date(since).toISOString(),
        ...(until ? { until: new Date(until).toISOString() } : {}),
      }),
  });
  const sinceError = since ? null : common("field.required");
  const untilError = until && since && until <= since ? t("replay.order") : null;
  const isStarted = start.data !== undefined;
  return (
    <Dialog
      title={t("replay.title")}
      onClose={onClose}
      footer={
        isStarted ? (
          <Button look="primary" onClick={onClose}>
            {common("close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{common("cancel")}</Button>
            <Button
              look="primary"
              busy={start.isPending}
              disabled={Boolean(sinceError ?? untilError) || webhook.disabled}
              onClick={() => start.mutate()}
            >
              {t("replay.start")}
            </Button>
          </>
        )
      }
    >
      {webhook.disabled && <p className="rounded-lg bg-warn-soft px-3 py-2 text-warn">{t("replay.off")}</p>}
      {isStarted ? (
        <Progress taskId={start.data.id} />
      ) : (
        <>
          <fieldset className="grid gap-3">
            <legend className="mb-2 font-medium">{t("replay.what")}</legend>
            {KINDS.map(([value, name]) => (
              <label key={value} className="flex gap-2.5">
                <input
                  type="radio"
                  name="replay"
                  className="mt-0.5 size-4 accent-(--accent)"
                  checked={kind === value}
                  onChange={() => setKind(value)}
                />
                <span>
                  {t(`replay.kind.${name}`)}
                  <span className="block text-xs text-muted">{t(`replay.kindHint.${name}`)}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              type="datetime-local"
              label={t("replay.since")}
              value={since}
              error={sinceError}
              onChange={(event) => setSince(event.target.value)}
            />
            <TextField
              optional
              type="datetime-local"
              label={t("replay.until")}
              value={until}
              error={untilError}
              onChange={(event) => setUntil(event.target.value)}
            />
          </div>
          {start.isError && <ProblemNote problem={start.error} />}
        </>
      )}
    </Dialog>
  );
}

function Progress({ taskId }: { taskId: string }) {
  const { t } = useTranslation("webhooks");
  const { app } = useScope();
  const queries = useQueryClient();
  const task = useQuery({
    ...taskQuery(taskId),
    select: (it) => {
      if (it.status !== "running") void webhooksChanged(queries, app);
      return it;
    },
  });
  if (task.isError) return <ProblemNote problem={task.error} onTryAgain={() => void task.refetch()} />;
  const count = task.data?.data.doneCount ?? 0;
  const status = task.data?.status ?? "running";
  const shown = { count, shown: number(count) };
  return (
    <div role="status" className="grid justify-items-center gap-3 py-6 text-center">
      {status === "running" && <Spinner className="size-8 text-accent" />}
      {status === "finished" && <Icon name="check" className="size-8 text-ok" />}
      {status === "failed" && <Icon name="warning" className="size-8 text-bad" />}
      <p className="text-base font-semibold">
        {status === "running" ? t("replay.running", shown) : t(status === "failed" ? "replay.broken" : "replay.done", shown)}
      </p>
      <p className="text-muted">{t(status === "running" ? "replay.runningText" : "replay.doneText")}</p>
    </div>
  );
}
