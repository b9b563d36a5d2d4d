// All webhooks of an application: what each asks for, how it is doing, and a switch.

import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Webhook, type WebhookTraffic, webhooksQuery, webhookTrafficQuery } from "@/api/webhooks";
import { useScope } from "@/scope";
import { Button, buttonClass } from "@/ui/button";
import { Checkbox, Input } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Empty, Skeleton } from "@/ui/states";
import { arranged } from "./arranged";
import { WebhookTable } from "./table";

export function WebhookList() {
  const { t } = useTranslation("webhooks");
  const { can } = useScope();
  const actions = can("ManageEndpoint") && (
    <>
      <Link to="/webhooks/recipes" className={buttonClass()}>
        <Icon name="book" className="size-4" />
        {t("list.recipes")}
      </Link>
      <Link to="/webhooks/new" className={buttonClass("primary")}>
        <Icon name="plus" className="size-4" />
        {t("list.add")}
      </Link>
    </>
  );
  return (
    <Page title={t("title")} description={t("list.description")} actions={actions}>
      <Listed />
    </Page>
  );
}

function Listed() {
  const { app } = useScope();
  const query = useInfiniteQuery({ ...webhooksQuery(app), refetchInterval: 30_000 });
  const traffic = useTraffic(query.data?.pages.map((page) => page.data) ?? []);
  if (!query.data) {
    if (query.isError) return <ProblemNote problem={query.error} onTryAgain={() => void query.refetch()} />;
    return <Skeleton />;
  }
  const webhooks = query.data.pages.flatMap((page) => page.data);
  return (
    <>
      {query.isError && <ProblemNote problem={query.error} onTryAgain={() => void query.refetch()} />}
      {webhooks.length === 0 ? (
        <NoWebhooks />
      ) : (
        <Filtered
          webhooks={webhooks}
          traffic={traffic}
          hasMore={query.hasNextPage}
          isLoading={query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
        />
      )}
    </>
  );
}

/** Numbers by webhook. The list does not wait for them: they may be long, or not be told at all. */
function useTraffic(pages: Webhook[][]): Map<string, WebhookTraffic> {
  const { app } = useScope();
  return useQueries({
    queries: pages.map((page) => ({ ...webhookTrafficQuery(app, page.map((it) => it.id)), retry: false })),
    combine: (results) =>
      new Map(results.flatMap(({ data }) => data?.endpoints ?? []).map((it) => [it.endpointId, it])),
  });
}

function NoWebhooks() {
  const { t } = useTranslation("webhooks");
  const { can } = useScope();
  return (
    <Empty
      icon="webhooks"
      title={t("list.empty")}
      action={
        can("ManageEndpoint") && (
          <div className="flex flex-wrap justify-center gap-2">
            <Link to="/webhooks/new" className={buttonClass("primary")}>
              <Icon name="plus" className="size-4" />
              {t("list.add")}
            </Link>
            <Link to="/webhooks/recipes" className={buttonClass()}>
              {t("list.fromRecipe")}
            </Link>
          </div>
        )
      }
    >
      {t("list.emptyText")}
    </Empty>
  );
}

interface FilteredProps {
  webhooks: Webhook[];
  traffic: Map<string, WebhookTraffic>;
  hasMore: boolean;
  isLoading: boolean;
  onMore: () => void;
}

function Filtered({ webhooks, traffic, hasMore, isLoading, onMore }: FilteredProps) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const [search, setSearch] = useState("");
  const [failingFirst, setFailingFirst] = useState(false);
  const shown = arranged(webhooks, traffic, { search, failingFirst });
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
        <Input
          type="search"
          label={t("list.search")}
          placeholder={t("list.search")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="max-w-80"
        />
        <Checkbox label={t("list.failingFirst")} checked={failingFirst} onChange={setFailingFirst} />
      </div>
      <p className="sr-only" role="status">
        {search && t("list.found", { count: shown.length })}
      </p>
      {shown.length > 0 ? (
        <WebhookTable webhooks={shown} traffic={traffic} />
      ) : (
        <p className="py-8 text-center text-muted">{t(hasMore ? "list.noneYet" : "list.none", { search })}</p>
      )}
      {hasMore && (
        <div className="text-center">
          <Button busy={isLoading} onClick={onMore}>
            {common("more")}
          </Button>
        </div>
      )}
    </div>
  );
}
