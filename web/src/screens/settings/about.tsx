// The server: what it is, how it is, and how it is set up.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type About, aboutQuery, healthQuery } from "@/api/settings";
import { bytes, number, seconds } from "@/format/format";
import { Badge } from "@/ui/badge";
import { Card, Facts } from "@/ui/page";
import { Loaded, Skeleton } from "@/ui/states";
import { Ago, Moment } from "@/ui/time";

const LINK = "text-accent underline underline-offset-2";

export function AboutTab() {
  const query = useQuery(aboutQuery);
  return (
    <Loaded query={query} waiting={<Skeleton rows={4} />}>
      {(about) => (
        <div className="grid gap-4">
          <Server about={about} />
          <Configuration about={about} />
          <Documentation />
        </div>
      )}
    </Loaded>
  );
}

function Server({ about }: { about: About }) {
  const { t } = useTranslation("settings");
  return (
    <Card title={t("about.server")}>
      <Facts
        facts={[
          [t("about.health"), <Health key="health" />],
          [t("about.version"), `Hookwire ${about.version}`],
          [
            t("about.running"),
            <span key="running">
              <Moment at={about.startedAt} /> <span className="text-muted">(<Ago at={about.startedAt} />)</span>
            </span>,
          ],
          [t("about.store"), about.store],
          [t("about.size"), bytes(about.storeBytes)],
        ]}
      />
      {about.isDev && <p className="mt-4 rounded-lg bg-warn-soft px-4 py-3 text-warn">{t("about.dev")}</p>}
    </Card>
  );
}

function Health() {
  const { t } = useTranslation("settings");
  const { data: isWell, isError } = useQuery(healthQuery);
  if (isError) return <Badge tone="bad">▲ {t("about.unreachable")}</Badge>;
  if (isWell === undefined) return <Badge>…</Badge>;
  return isWell ? <Badge tone="ok">● {t("about.well")}</Badge> : <Badge tone="bad">▲ {t("about.unwell")}</Badge>;
}

function Configuration({ about }: { about: About }) {
  const { t } = useTranslation(["settings", "common"]);
  return (
    <Card title={t("about.configuration")}>
      <Facts
        facts={[
          [
            t("about.publicUrl"),
            about.publicUrl ?? (
              <span key="none">
                {t("common:none")} <span className="text-muted">– {t("about.publicUrlNone")}</span>
              </span>
            ),
          ],
          [t("about.retention"), t("about.days", { count: about.retentionDays, number: number(about.retentionDays) })],
          [t("about.retries"), about.retryScheduleSeconds.map(seconds).join(" → ") || t("common:none")],
          [t("about.bodyMax"), bytes(about.bodyBytesMax)],
          [t("about.private"), about.privateDestinations ? t("about.privateSome") : t("about.privateNone")],
          [t("about.publicBins"), about.publicBins ? t("common:on") : t("common:off")],
        ]}
      />
      <p className="mt-4 max-w-prose text-xs text-muted">
        {t("about.how")} <code className="rounded bg-sunken px-1.5 py-0.5 font-mono">hookwire config reference</code>
      </p>
    </Card>
  );
}

function Documentation() {
  const { t } = useTranslation("settings");
  return (
    <Card title={t("about.documentation")}>
      <ul className="grid gap-2">
        <li>
          <a href="/docs" className={LINK}>
            {t("about.reference")}
          </a>
        </li>
        <li>
          <a href="/api/v1/openapi.json" className={LINK}>
            {t("about.openapi")}
          </a>
        </li>
      </ul>
    </Card>
  );
}
