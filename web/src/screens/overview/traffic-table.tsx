// What the plot shows, as a table: for those who do not see it or have no pointer.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Traffic } from "@/api/traffic";
import { number } from "@/format/format";
import { duration } from "./figures";
import { stepLabel } from "./step-label";

export function TrafficTable({ traffic }: { traffic: Traffic }) {
  const { t } = useTranslation("overview");
  const [isOpen, setOpen] = useState(false);
  const busy = traffic.points.filter((point) => point.delivered + point.failed > 0).reverse();
  return (
    <details className="mt-3" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded text-muted hover:text-ink">{t("course.asTable")}</summary>
      {isOpen && busy.length === 0 && <p className="pt-3 text-muted">{t("course.nothing")}</p>}
      {isOpen && busy.length > 0 && (
        // A scrolling region is reachable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div tabIndex={0} role="region" aria-label={t("course.title")} className="mt-3 max-h-80 overflow-auto rounded-lg border border-line">
          <table className="w-full text-right tabular-nums">
            <thead className="sticky top-0 bg-sunken text-xs text-muted">
              <tr>
                <th scope="col" className="px-3 py-2 text-left font-medium">
                  {t("course.time")}
                </th>
                <th scope="col" className="px-3 py-2 font-medium">
                  {t("course.delivered")}
                </th>
                <th scope="col" className="px-3 py-2 font-medium">
                  {t("course.failed")}
                </th>
                <th scope="col" className="px-3 py-2 font-medium">
                  {t("course.p95")}
                </th>
              </tr>
            </thead>
            <tbody>
              {busy.map((point) => (
                <tr key={point.at} className="border-t border-line">
                  <th scope="row" className="px-3 py-1.5 text-left font-normal whitespace-nowrap">
                    {stepLabel(point.at, traffic.stepSeconds)}
                  </th>
                  <td className="px-3 py-1.5">{number(point.delivered)}</td>
                  <td className="px-3 py-1.5">{number(point.failed)}</td>
                  <td className="px-3 py-1.5">{duration(point.durationMsP95)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
