// The list of messages. Only what is on the screen is in the document, whatever the length; more is
// asked for as one comes near the end.

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useWindowVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Message, messagesQuery } from "@/api/messages";
import { number } from "@/format/format";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { Spinner } from "@/ui/spinner";
import { Skeleton } from "@/ui/states";
import { filterCount, type MessageFilter, needsOf, SPANS } from "./filter";
import { NoMessages } from "./no-messages";
import { useFreshPage, useNews } from "./news";
import { MessageRow, ROW_PX } from "./row";

const OVERSCAN = 10;
/** The next page is asked for this many rows before the end. */
const AHEAD = 60;
/** A rare state is looked for in this many parts of the store before the person is asked. */
const EMPTY_PAGES_MAX = 8;

interface Props {
  filter: MessageFilter;
  onSend: (() => void) | undefined;
  onClear: () => void;
}

export function MessageRows({ filter, onSend, onClear }: Props) {
  const { app } = useScope();
  const queries = useQueryClient();
  const needs = useMemo(() => needsOf(filter), [filter]);
  const spanS = filter.last ? SPANS[filter.last] : null;
  const options = messagesQuery(app, needs, spanS);
  const list = useInfiniteQuery(options);
  const pages = list.data?.pages;
  const rows = useMemo(() => (pages ?? []).flatMap((page) => page.data), [pages]);
  const newest = rows[0]?.id ?? null;
  const news = useNews({ app, needs, spanS, newest, isLoaded: list.isSuccess });

  const start = async () => {
    scrollTo({ top: 0 });
    await queries.resetQueries({ queryKey: options.queryKey });
  };
  // In an empty list nothing can be moved.
  const isFirst = list.isSuccess && rows.length === 0 && news.count > 0;
  useEffect(() => {
    if (isFirst) void queries.resetQueries({ queryKey: options.queryKey });
  }, [isFirst, queries, options.queryKey]);

  const empties = emptyPages(pages ?? []);
  const goesOn = list.hasNextPage && !list.isFetchNextPageError && empties < EMPTY_PAGES_MAX;
  const more = () => {
    if (goesOn && !list.isFetchingNextPage) void list.fetchNextPage();
  };

  if (list.isPending) return <Skeleton rows={8} />;
  if (!list.data) return <ProblemNote problem={list.error} onTryAgain={() => void list.refetch()} />;
  if (rows.length === 0 && !list.hasNextPage) {
    return <NoMessages isFiltered={filterCount(filter) > 0} onSend={onSend} onClear={onClear} />;
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <NewsButton count={news.count} isMore={news.isMore} onClick={start} />
      <Rows rows={rows} app={app} needs={needs} spanS={spanS} onNearEnd={more} isWhole={!list.hasNextPage} />
      <End
        list={list}
        isLooking={goesOn}
        onMore={() => void list.fetchNextPage()}
        count={rows.length}
      />
    </div>
  );
}

/** How many pages at the end had nothing in them. */
function emptyPages(pages: { data: unknown[] }[]): number {
  return pages.length - 1 - pages.findLastIndex((page) => page.data.length > 0);
}

function NewsButton({ count, isMore, onClick }: { count: number; isMore: boolean; onClick: () => void }) {
  const { t } = useTranslation("messages");
  return (
    <div role="status" className="sticky top-3 z-10 -mb-3 h-0 text-center">
      {count > 0 && (
        <Button look="primary" className="shadow-box" onClick={onClick} icon={<Icon name="down" className="size-4 rotate-180" />}>
          {t(isMore ? "list.newsMany" : "list.news", { count })}
        </Button>
      )}
    </div>
  );
}

interface RowsProps {
  rows: Message[];
  app: string;
  needs: ReturnType<typeof needsOf>;
  spanS: number | null;
  isWhole: boolean;
  onNearEnd: () => void;
}

function Rows({ rows, app, needs, spanS, isWhole, onNearEnd }: RowsProps) {
  const { t } = useTranslation("messages");
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (element) setTop(element.getBoundingClientRect().top + window.scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onNearEnd();
  });
  useFreshPage(app, needs, spanS, waitingBefore(rows, items));
  return (
    <ul
      ref={list}
      aria-label={t("title")}
      className="relative overflow-hidden rounded-box border border-line bg-surface"
      style={{ height: virtualizer.getTotalSize() + 2 }}
    >
      {items.map((item) => {
        const message = rows[item.index];
        return (
          message && (
            <li
              key={message.id}
              aria-posinset={item.index + 1}
              aria-setsize={isWhole ? rows.length : -1}
              className="absolute inset-x-0 top-0 border-b border-line"
              style={{ height: ROW_PX, transform: `translateY(${item.start - top}px)` }}
            >
              <MessageRow message={message} />
            </li>
          )
        );
      })}
    </ul>
  );
}

/** The message before the first one on the screen that is under way: from there on the list is
    looked at again. `null` when nothing is, or when it is in what `useNews` looks at anyway. */
function waitingBefore(rows: Message[], items: VirtualItem[]): string | null {
  const found = items.find(({ index }) => (rows[index]?.deliveries?.pending ?? 0) > 0);
  if (!found || found.index < OVERSCAN) return null;
  return rows[found.index - 1]?.id ?? null;
}

interface EndProps {
  list: { isFetchingNextPage: boolean; isFetchNextPageError: boolean; error: Error | null; hasNextPage: boolean };
  isLooking: boolean;
  count: number;
  onMore: () => void;
}

function End({ list, isLooking, count, onMore }: EndProps) {
  const { t } = useTranslation("messages");
  if (list.isFetchNextPageError) return <ProblemNote problem={list.error} onTryAgain={onMore} />;
  if (!list.hasNextPage) return <p className="text-center text-xs text-muted">{t("list.end", { count, shown: number(count) })}</p>;
  if (isLooking || list.isFetchingNextPage) {
    return (
      <p className="flex items-center justify-center gap-2 text-muted">
        <Spinner className="size-4" />
        {t("list.looking")}
      </p>
    );
  }
  return (
    <div className="grid justify-items-center gap-2 text-center text-muted">
      <p>{t("list.rare")}</p>
      <Button onClick={onMore}>{t("list.further")}</Button>
    </div>
  );
}
