import { memo } from "react";
import { useTranslation } from "react-i18next";
import { bytes } from "@/format/format";
import { Ago } from "@/ui/time";
import type { Item } from "./feed";
import { CaptureBadges, Method } from "./marks";

/** All rows are as high, so that adding some moves the others by a known amount. */
export const ROW_PX = 60;
/** Of a path; more would not be seen. */
const LINE_CHARS = 300;

interface Props {
  item: Item;
  /** Which it is in the list, from 1 on. */
  place: number;
  count: number;
  top: number;
  isChosen: boolean;
  onChoose: (id: string) => void;
}

/** One request of the list. */
export const RequestRow = memo(function RequestRow({ item, place, count, top, isChosen, onChoose }: Props) {
  const { t } = useTranslation("bins");
  const target = ((item.path || "/") + (item.query === null ? "" : `?${item.query}`)).slice(0, LINE_CHARS);
  return (
    // Keys are taken by the list, which has the focus.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={`row-${item.id}`}
      role="option"
      aria-selected={isChosen}
      aria-posinset={place}
      aria-setsize={count}
      onClick={() => onChoose(item.id)}
      style={{ height: ROW_PX, transform: `translateY(${top}px)` }}
      className="absolute inset-x-0 top-0 grid cursor-pointer content-center gap-1 border-b border-line border-l-3 border-l-transparent px-3 hover:bg-sunken aria-selected:border-l-accent aria-selected:bg-accent-soft"
    >
      <div className="flex min-w-0 items-center gap-2">
        <Method name={item.method} />
        <span className="grow truncate font-mono text-xs" title={target}>
          {target}
        </span>
        <CaptureBadges item={item} />
      </div>
      <div className="flex min-w-0 items-center gap-2 text-xs text-muted">
        <span className="grow truncate" title={item.eventType}>
          {item.eventType === "bin.request" ? (item.contentType ?? t("body.empty")) : item.eventType}
        </span>
        {item.bodyBytes > 0 && <span className="whitespace-nowrap">{bytes(item.bodyBytes)}</span>}
        <Ago at={item.receivedAt} />
      </div>
    </div>
  );
});
