// A list of the settings: what it is for, its rows, what to do while there is none, and the rest of
// it on demand.

import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Loaded } from "@/ui/states";

interface SectionProps {
  text: ReactNode;
  action: ReactNode;
  children: ReactNode;
}

export function Section({ text, action, children }: SectionProps) {
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-start gap-3">
        <div className="grow basis-72">
          <p className="max-w-prose text-muted">{text}</p>
        </div>
        {action}
      </div>
      {children}
    </div>
  );
}

interface RowsProps<T> {
  query: UseInfiniteQueryResult<InfiniteData<{ data: T[] }>>;
  label: string;
  empty: ReactNode;
  row: (item: T) => ReactNode;
  idOf: (item: T) => string;
}

export function Rows<T>({ query, label, empty, row, idOf }: RowsProps<T>) {
  const { t } = useTranslation();
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.data);
        if (items.length === 0) return empty;
        return (
          <>
            <ul aria-label={label} className="divide-y divide-line rounded-box border border-line bg-surface">
              {items.map((item) => (
                <li key={idOf(item)} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                  {row(item)}
                </li>
              ))}
            </ul>
            {query.hasNextPage && (
              <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("more")}
              </Button>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
