// Delivered and failed over time, as stacked steps. Loaded after the numbers: those come first.

import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import type { TrafficPoint } from "@/api/traffic";
import { compact, number } from "@/format/format";
import { currentLanguage } from "@/i18n";
import { stepLabel } from "./step-label";
import { useShownTheme } from "./use-shown-theme";

const HEIGHT = 256;
/** Above an empty plot, so that its axis has whole numbers. */
const TOP_MIN = 4;

interface Props {
  points: TrafficPoint[];
  stepSeconds: number;
}

interface Hover {
  index: number;
  left: number;
}

export default function Plot({ points, stepSeconds }: Props) {
  const { t, i18n } = useTranslation("overview");
  const theme = useShownTheme();
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const values = useRef<uPlot.AlignedData>([[]]);

  useEffect(() => {
    values.current = stacked(points);
    plot.current?.setData(values.current);
  }, [points]);

  // Made anew when its colours, its language or its steps change.
  useEffect(() => {
    const parent = element.current;
    if (!parent) return;
    const made = new uPlot(options(parent, stepSeconds, setHover), values.current, parent);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height: HEIGHT }));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme, i18n.language, stepSeconds]);

  const point = hover ? points[hover.index] : undefined;
  return (
    <div className="relative">
      <div className="mb-2 flex gap-4 text-xs text-muted" aria-hidden="true">
        <Legend className="bg-ok" text={t("course.delivered")} />
        <Legend className="bg-bad" text={t("course.failed")} />
      </div>
      <div ref={element} role="img" aria-label={t("course.picture")} className="h-64 w-full" />
      {hover && point && (
        <div
          className="pointer-events-none absolute top-8 z-10 grid -translate-x-1/2 gap-0.5 rounded-lg border border-line bg-surface px-3 py-2 text-xs whitespace-nowrap shadow-box"
          style={{ left: hover.left }}
        >
          <p className="font-medium">{stepLabel(point.at, stepSeconds)}</p>
          <p>
            {t("course.delivered")}: <span className="tabular-nums">{number(point.delivered)}</span>
          </p>
          <p className={point.failed > 0 ? "text-bad" : ""}>
            {t("course.failed")}: <span className="tabular-nums">{number(point.failed)}</span>
          </p>
        </div>
      )}
    </div>
  );
}

function Legend({ className, text }: { className: string; text: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <span className={`size-2.5 rounded-sm ${className}`} />
      {text}
    </span>
  );
}

/** Failures lie upon what was delivered: the first series is both, the second one hides its part. */
function stacked(points: TrafficPoint[]): uPlot.AlignedData {
  return [
    points.map((point) => Date.parse(point.at) / 1_000),
    points.map((point) => point.delivered + point.failed),
    points.map((point) => point.delivered),
  ];
}

function options(parent: HTMLElement, stepSeconds: number, onHover: (hover: Hover | null) => void): uPlot.Options {
  const colour = (name: string) => getComputedStyle(parent).getPropertyValue(`--${name}`).trim();
  const bars = uPlot.paths.bars?.({ size: [0.9, 24], align: 1 });
  const axis: uPlot.Axis = {
    stroke: colour("muted"),
    font: `12px ${getComputedStyle(parent).fontFamily}`,
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  const series = (name: string): uPlot.Series => ({
    fill: colour(name),
    stroke: colour(name),
    width: 0,
    paths: bars,
    points: { show: false },
  });
  return {
    width: parent.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      // Each point is the beginning of a step: the last one, which grows, ends a step later.
      x: { range: (_, first, last) => [first, last + stepSeconds] },
      y: { range: (_, __, top) => [0, Math.max(Math.ceil(top * 1.05), TOP_MIN)] },
    },
    series: [{}, series("bad"), series("ok")],
    axes: [
      { ...axis, values: (_, splits, __, ___, step) => splits.map((at) => timeLabel(at, step)), space: 70, size: 30 },
      { ...axis, values: (_, splits) => splits.map((it) => (Number.isInteger(it) ? compact(it) : "")), size: 52 },
    ],
    hooks: {
      setCursor: [
        ({ cursor: { idx, left = -1 }, bbox }) => {
          const isOver = idx !== null && idx !== undefined && left >= 0;
          const offset = bbox.left / devicePixelRatio;
          onHover(isOver ? { index: idx, left: clamp(left + offset, parent.clientWidth) } : null);
        },
      ],
    },
  };
}

/** Keeps what is beside the pointer within the plot. */
function clamp(left: number, width: number): number {
  const half = 96;
  return Math.min(Math.max(left, half), Math.max(width - half, half));
}

/** A mark of the time axis: the day where a step is one, else the time. */
function timeLabel(at: number, stepSeconds: number): string {
  const moment = new Date(at * 1_000);
  const isDay = stepSeconds >= 86_400 || (moment.getHours() === 0 && moment.getMinutes() === 0);
  const format: Intl.DateTimeFormatOptions = isDay
    ? { month: "short", day: "numeric" }
    : { hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(currentLanguage(), format).format(moment);
}
