// Request bins: one click makes one and opens it.

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Bin, binQuery, binsQuery, createBin, latestQuery } from "@/api/bins";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { Icon } from "@/ui/icon";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Empty, Skeleton } from "@/ui/states";
import { Ago } from "@/ui/time";

export function BinList() {
  const { t } = useTranslation("bins");
  const { t: tc } = useTranslation();
  const query = useInfiniteQuery(binsQuery);
  const make = useMakeBin();
  const bins = query.data?.pages.flatMap((page) => page.data);
  const button = (
    <Button look="primary" busy={make.isPending} icon={<Icon name="plus" className="size-4" />} onClick={() => make.mutate()}>
      {t("new")}
    </Button>
  );
  return (
    <Page title={t("title")} description={t("description")} actions={bins && bins.length > 0 && button}>
      {make.isError && <ProblemNote problem={make.error} onTryAgain={() => make.mutate()} />}
      {query.isError && <ProblemNote problem={query.error} onTryAgain={() => void query.refetch()} />}
      {!bins && query.isPending && <Skeleton />}
      {bins?.length === 0 && (
        <Empty icon="bins" title={t("none.title")} action={button}>
          {t("none.text")}
        </Empty>
      )}
      {bins && bins.length > 0 && (
        <ul className="grid divide-y divide-line overflow-hidden rounded-box border border-line bg-surface">
          {bins.map((bin) => (
            <BinRow key={bin.id} bin={bin} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button className="justify-self-center" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {tc("more")}
        </Button>
      )}
    </Page>
  );
}

function useMakeBin() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: createBin,
    onSuccess: async (bin) => {
      queries.setQueryData(binQuery(bin.id).queryKey, bin);
      void queries.invalidateQueries({ queryKey: binsQuery.queryKey });
      await navigate({ to: "/bins/$binId", params: { binId: bin.id } });
    },
  });
}

function BinRow({ bin }: { bin: Bin }) {
  const { t } = useTranslation("bins");
  return (
    <li className="relative grid gap-x-6 gap-y-2 px-4 py-3 hover:bg-sunken sm:grid-cols-[minmax(0,1fr)_13rem] lg:grid-cols-[minmax(0,1fr)_16rem_9rem]">
      <div className="grid min-w-0 gap-1">
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <Link
            to="/bins/$binId"
            params={{ binId: bin.id }}
            className="min-w-0 font-medium wrap-anywhere after:absolute after:inset-0 hover:underline"
          >
            {bin.name}
          </Link>
          {bin.verify && <Badge tone="accent">{t(`verify.providers.${bin.verify.provider as "github"}`, bin.verify.provider)}</Badge>}
          {bin.forward && <Badge>{t("forwards")}</Badge>}
        </div>
        <div className="flex min-w-0 items-center gap-1">
          <span className="truncate font-mono text-xs text-muted" title={bin.url}>
            {bin.url}
          </span>
          <span className="relative z-1">
            <CopyButton small text={bin.url} />
          </span>
        </div>
      </div>
      <Latest id={bin.id} />
      <dl className="text-muted">
        <dt className="text-xs">{t("expires")}</dt>
        <dd>
          <Ago at={bin.expiresAt} />
        </dd>
      </dl>
    </li>
  );
}

/** What it received last. */
function Latest({ id }: { id: string }) {
  const { t } = useTranslation("bins");
  const { data } = useQuery(latestQuery(id));
  return (
    <dl className="min-w-0">
      <dt className="text-xs text-muted">{t("latest")}</dt>
      <dd className="flex min-w-0 gap-2">
        {data === null && <span className="text-muted">{t("nothingYet")}</span>}
        {data && (
          <>
            <Ago at={data.receivedAt} />
            <span className="truncate font-mono text-xs leading-5 text-muted" title={data.path}>
              {data.method} {data.path || "/"}
            </span>
          </>
        )}
      </dd>
    </dl>
  );
}
