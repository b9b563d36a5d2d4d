// Rows of a long list, of which only those in sight are in the page.

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";
import type { Webhook, WebhookTraffic } from "@/api/webhooks";
import { WebhookRow } from "./row";

const ROW_PX = 84;

interface Props {
  webhooks: Webhook[];
  traffic: Map<string, WebhookTraffic>;
}

export function VirtualRows({ webhooks, traffic }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => setScrollMargin(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: webhooks.length,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin,
    getItemKey: (index) => webhooks[index]?.id ?? index,
  });
  return (
    <div ref={list} role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map((item) => {
        const webhook = webhooks[item.index];
        return (
          webhook && (
            <div
              key={item.key}
              role="presentation"
              ref={rows.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0 border-b border-line"
              style={{ transform: `translateY(${item.start - scrollMargin}px)` }}
            >
              <WebhookRow webhook={webhook} traffic={traffic.get(webhook.id)} index={item.index + 2} />
            </div>
          )
        );
      })}
    </div>
  );
}
