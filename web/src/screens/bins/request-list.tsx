// The list of requests: as long as it may be, only the rows in sight are in the document. What comes
// is put at the top; whoever has scrolled away from there keeps looking at the same rows.

import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { number } from "@/format/format";
import { Button } from "@/ui/button";
import type { FeedState } from "./feed";
import { ROW_PX, RequestRow } from "./request-row";

interface Props {
  ref: Ref<HTMLDivElement>;
  state: FeedState;
  chosen: string | null;
  onChoose: (id: string) => void;
  onOlder: () => void;
  /** Shows all again. */
  onReset: () => void;
}

/** Rows before the end at which more are fetched. */
const AHEAD_ROWS = 10;
const PAGE_ROWS = 10;

export function RequestList({ ref, state, chosen, onChoose, onOlder, onReset }: Props) {
  const { t } = useTranslation("bins");
  const { items, hasOlder, isLoading, problem, filter } = state;
  const box = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => box.current as HTMLDivElement);
  const above = useNewAbove(box, items);
  // The virtualizer's functions change with every render: no compiler memoizes here.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 8,
  });

  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const isSearch = filter.text !== "";
  useEffect(() => {
    if (!isSearch && hasOlder && !isLoading && !problem && last >= items.length - AHEAD_ROWS) onOlder();
  }, [isSearch, hasOlder, isLoading, problem, last, items.length, onOlder]);

  const at = items.findIndex((it) => it.id === chosen);
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: Math.max(at - 1, 0),
      PageDown: at + PAGE_ROWS,
      PageUp: Math.max(at - PAGE_ROWS, 0),
      Home: 0,
      End: items.length - 1,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const index = Math.min(step, items.length - 1);
    const next = items[index];
    if (!next) return;
    onChoose(next.id);
    rows.scrollToIndex(index);
  };

  return (
    <>
      <div className="relative min-h-0 grow">
        <div
          ref={box}
          role="listbox"
          tabIndex={0}
          aria-label={t("list.title")}
          aria-activedescendant={shown.some((it) => it.index === at) ? `row-${chosen ?? ""}` : undefined}
          onKeyDown={onKey}
          className="h-full overflow-y-auto -outline-offset-2 [overflow-anchor:none]"
        >
          <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
            {shown.map(({ key, index, start }) => {
              const item = items[index];
              return (
                item && (
                  <RequestRow
                    key={key}
                    item={item}
                    place={index + 1}
                    count={items.length}
                    top={start}
                    isChosen={item.id === chosen}
                    onChoose={onChoose}
                  />
                )
              );
            })}
          </div>
        </div>
        {above > 0 && (
          <Button look="primary" className="absolute inset-x-0 top-2 mx-auto w-fit" onClick={() => box.current?.scrollTo({ top: 0 })}>
            {t("list.above", { count: above })}
          </Button>
        )}
        {items.length === 0 && !isLoading && (
          <div className="absolute inset-0 grid content-center justify-items-center gap-3 p-6 text-center text-muted">
            <p>{hasOlder ? t("list.nothingYet") : t("list.nothing")}</p>
            <Button onClick={onReset}>{t("list.reset")}</Button>
          </div>
        )}
      </div>
      <footer className="flex min-h-11 items-center justify-between gap-2 border-t border-line px-3 py-1 text-xs text-muted">
        <span aria-live="polite">{t("list.count", { count: items.length, shown: number(items.length), more: hasOlder ? "+" : "" })}</span>
        {hasOlder && isSearch && (
          <Button look="quiet" disabled={isLoading} onClick={onOlder}>
            {t("list.further")}
          </Button>
        )}
      </footer>
    </>
  );
}

/** Keeps what is looked at where it is while rows are added above it; how many were since. */
function useNewAbove(box: React.RefObject<HTMLDivElement | null>, items: FeedState["items"]): number {
  const [above, setAbove] = useState(0);
  const first = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const element = box.current;
    const before = first.current;
    first.current = items[0]?.id;
    if (!element || element.scrollTop === 0) return;
    const added = items.findIndex((it) => it.id === before);
    if (added <= 0) return;
    element.scrollBy(0, added * ROW_PX);
    setAbove((count) => count + added);
  }, [box, items]);
  useEffect(() => {
    const element = box.current;
    const scrolled = () => {
      if (element?.scrollTop === 0) setAbove(0);
    };
    element?.addEventListener("scroll", scrolled, { passive: true });
    return () => element?.removeEventListener("scroll", scrolled);
  }, [box]);
  return above;
}
