import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { aboutQuery, exportEnvironment, importEnvironment } from "@/api/settings";
import { number } from "@/format/format";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { Card } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Loaded, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";
import { save } from "../bins/save";
import { readEnvironment } from "./environment";

const FILE_NAME = "hookwire-environment.json";

export function DataTab() {
  return (
    <div className="grid gap-4">
      <Retention />
      <Export />
      <Import />
    </div>
  );
}

function Retention() {
  const { t } = useTranslation("settings");
  const query = useQuery(aboutQuery);
  return (
    <Card title={t("retention.title")}>
      <Loaded query={query} waiting={<Skeleton rows={1} />}>
        {({ retentionDays }) => (
          <div className="grid gap-2">
            <p>{t("retention.days", { count: retentionDays, number: number(retentionDays) })}</p>
            <p className="max-w-prose text-muted">
              {t("retention.how")}{" "}
              <code className="rounded bg-sunken px-1.5 py-0.5 font-mono text-xs">HOOKWIRE_RETENTION_DAYS</code>
            </p>
          </div>
        )}
      </Loaded>
    </Card>
  );
}

function Export() {
  const { t } = useTranslation("settings");
  const exporting = useMutation({
    mutationFn: exportEnvironment,
    onSuccess: (environment) => save(new Blob([JSON.stringify(environment, null, 2)]), FILE_NAME),
  });
  return (
    <Card title={t("export.title")}>
      <div className="grid justify-items-start gap-3">
        <p className="max-w-prose text-muted">{t("export.text")}</p>
        <Button icon={<Icon name="down" className="size-4" />} busy={exporting.isPending} onClick={() => exporting.mutate()}>
          {t("export.action")}
        </Button>
        {exporting.isError && <ProblemNote problem={exporting.error} />}
      </div>
    </Card>
  );
}

function Import() {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [mistake, setMistake] = useState<string | null>(null);
  const importing = useMutation({
    mutationFn: (environment: Schemas["EnvironmentIn"]) => importEnvironment(environment),
    onSuccess: async (_, { eventTypes }) => {
      const count = eventTypes?.length ?? 0;
      toast(t("import.done", { count, number: number(count) }));
      await queries.invalidateQueries({ queryKey: ["event-types"] });
    },
  });
  const choose = async (file: File | undefined) => {
    importing.reset();
    setMistake(null);
    if (!file) return;
    const environment = readEnvironment(await file.text());
    if (environment) importing.mutate(environment);
    else setMistake(t("import.mistake", { name: file.name }));
  };
  return (
    <Card title={t("import.title")}>
      <div className="grid justify-items-start gap-3">
        <p className="max-w-prose text-muted">{t("import.text")}</p>
        <input
          ref={input}
          type="file"
          accept="application/json,.json"
          aria-label={t("import.file")}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            void choose(event.target.files?.[0]);
            // The same file may be chosen again after it was corrected.
            event.target.value = "";
          }}
        />
        <Button busy={importing.isPending} onClick={() => input.current?.click()}>
          {t("import.action")}
        </Button>
        <div role="alert" className="w-full empty:hidden">
          {mistake && <p className="text-bad">{mistake}</p>}
        </div>
        {importing.isError && <Refused problem={Problem.from(importing.error)} />}
      </div>
    </Card>
  );
}

/** Which of the file's event types the server does not take. */
function Refused({ problem }: { problem: Problem }) {
  return (
    <div className="grid w-full gap-2">
      <ProblemNote problem={problem} />
      {problem.fields.length > 0 && (
        <ul className="list-disc pl-5 text-xs text-bad">
          {problem.fields.map(({ loc, msg }) => (
            <li key={loc.join(".")} className="wrap-anywhere">
              <code className="font-mono">{loc.slice(1).join(".")}</code>: {msg}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
