// Line icons of 24 by 24, drawn for these pages.

const PATHS = {
  overview: "M4 19V9m5 10V5m5 14v-7m5 7V8",
  webhooks: "M9 7a3 3 0 1 1 4.2 2.7L10.5 15M15 12.5a3.5 3.5 0 1 1-1 6.4M6.5 12.6A3.5 3.5 0 1 0 10 17h5",
  events: "M5 5h14M5 12h14M5 19h9",
  messages: "M4 6h16v12H4zM4 7l8 6 8-6",
  bins: "M5 8h14l-1.4 12H6.4zM3.5 8h17M9 4h6",
  live: "M3 12h4l3 7 4-14 3 7h4",
  settings: "M4 7h9m5 0h2M4 17h2m5 0h9M15.5 4.5v5M8.5 14.5v5",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  download: "M12 4v11M7.5 10.5l4.5 4.5 4.5-4.5M5 20h14",
  chevron: "M9 6l6 6-6 6",
  down: "M6 9l6 6 6-6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  edit: "M4 20h4L19 9l-4-4L4 16z",
  send: "M4 12l16-8-6 16-3-7z",
  again: "M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5",
  pause: "M8 5v14M16 5v14",
  play: "M7 5l12 7-12 7z",
  warning: "M12 4l9 16H3zM12 10v5M12 17.5v.5",
  offline: "M4 4l16 16M5 12a10 10 0 0 1 4-2.600M2 8.5a15 15 0 0 1 4-2.5M19 12a10 10 0 0 0-5-2.800M22 8.5A15 15 0 0 0 11 5M9 16a5 5 0 0 1 6 0M12 19.5v.5",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16 16l4.5 4.5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
  link: "M10 14l4-4M8 11l-2 2a3.5 3.5 0 0 0 5 5l2-2M16 13l2-2a3.5 3.5 0 0 0-5-5l-2 2",
  leave: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  globe: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
  key: "M14.5 4a5 5 0 1 1-4.3 7.5L4 17.700V20h3v-2h2v-2h2l1.3-1.300M16 8h.01",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  book: "M5 4h6a2 2 0 0 1 2 2v14a2 2 0 0 0-2-2H5zM19 4h-4a2 2 0 0 0-2 2v14a2 2 0 0 1 2-2h4z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className = "size-5" }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 3 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
