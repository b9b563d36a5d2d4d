// How sending is doing: the numbers first, then where it fails, and the course of it.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useAttemptStream } from "@/api/attempts-stream";
import type { Traffic } from "@/api/traffic";
import { trafficQuery } from "@/api/traffic";
import { useScope } from "@/scope";
import { buttonClass } from "@/ui/button";
import { Card, Page } from "@/ui/page";
import { Empty, Loaded, Skeleton } from "@/ui/states";
import { hasStarted } from "../onboarding/started";
import { Figures } from "./figures";
import { DEFAULT_RANGE, type Range, RANGES } from "./range";
import { TrafficTable } from "./traffic-table";
import { useIsFresh } from "./use-is-fresh";
import { WebhookTraffic } from "./webhook-traffic";

const route = getRouteApi("/signed-in/");
/** Without the plot, such as when the connection breaks meanwhile, there still is the table. */
const Plot = lazy(() => import("./plot").catch(() => ({ default: NoPlot })));

/** Counts reach the server's store every few seconds. */
const REFRESH_MS = 5_000;
/** However much happens, it is not asked more often than this. */
const REFRESH_MS_MIN = 2_000;

export function Overview() {
  const { app } = useScope();
  const { range = DEFAULT_RANGE } = route.useSearch();
  const query = useQuery({ ...trafficQuery(app, RANGES[range]), refetchInterval: REFRESH_MS });
  const { isFresh, isKnown } = useIsFresh(app);
  // Whoever is on the way to another screen already is not led back.
  const isHere = useRouterState({ select: ({ location }) => location.pathname === "/" });
  useRefreshByStream(app);
  if (isFresh && isHere && !hasStarted()) return <Navigate to="/start" replace />;
  return (
    <Screen range={range}>
      <Loaded query={query} waiting={<Skeleton rows={5} />}>
        {(traffic) => {
          // What shows traffic is loaded when there may be some.
          if (!isKnown) return <Skeleton rows={5} />;
          return isFresh ? <Nothing /> : <Shown traffic={traffic} range={range} />;
        }}
      </Loaded>
    </Screen>
  );
}

function Screen({ range, children }: { range: Range; children: React.ReactNode }) {
  const { t } = useTranslation("overview");
  return (
    <Page title={t("title")} description={t("description")} actions={<Ranges current={range} />}>
      {children}
    </Page>
  );
}

function Ranges({ current }: { current: Range }) {
  const { t } = useTranslation("overview");
  return (
    <nav aria-label={t("range.label")} className="flex rounded-lg border border-line bg-surface p-0.5">
      {(Object.keys(RANGES) as Range[]).map((range) => (
        <Link
          key={range}
          to="/"
          search={(search) => ({ ...search, range })}
          replace
          aria-current={range === current ? "page" : undefined}
          data-current={range === current}
          className="rounded-md px-3 py-1.5 text-muted hover:text-ink data-[current=true]:bg-accent-soft data-[current=true]:font-medium data-[current=true]:text-accent"
        >
          {t(`range.${range}`)}
        </Link>
      ))}
    </nav>
  );
}

function Shown({ traffic, range }: { traffic: Traffic; range: Range }) {
  const { t } = useTranslation("overview");
  return (
    <>
      <Figures traffic={traffic} />
      <Card title={t("course.title")}>
        <Suspense fallback={<div className="h-64 animate-pulse rounded-lg bg-sunken" />}>
          <Plot points={traffic.points} stepSeconds={traffic.stepSeconds} />
        </Suspense>
        <TrafficTable traffic={traffic} />
      </Card>
      <WebhookTraffic endpoints={traffic.endpoints} range={range} />
    </>
  );
}

function NoPlot() {
  const { t } = useTranslation("overview");
  return <p className="py-4 text-muted">{t("course.noPicture")}</p>;
}

function Nothing() {
  const { t } = useTranslation("overview");
  return (
    <Empty
      icon="overview"
      title={t("empty.title")}
      action={
        <Link to="/start" className={buttonClass("primary")}>
          {t("empty.action")}
        </Link>
      }
    >
      {t("empty.text")}
    </Empty>
  );
}

/** Asks for the numbers again when something has happened, and not only by the clock. */
function useRefreshByStream(app: string): void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const refresh = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void queries.invalidateQueries({ queryKey: ["traffic", app] });
    }, REFRESH_MS_MIN);
  }, [queries, app]);
  useAttemptStream(app, refresh);
}
