// Light, dark, or as the system has it. Kept in this browser.

import { useSyncExternalStore } from "react";
import { keep, kept } from "./kept";

export type Theme = "system" | "light" | "dark";

const KEY = "theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

let theme: Theme = "system";

function isTheme(text: string | null): text is Theme {
  return text === "light" || text === "dark" || text === "system";
}

function show(): void {
  const isDark = theme === "dark" || (theme === "system" && dark.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  for (const it of listeners) it();
}

/** Shows the theme that was chosen here, or else this one, and follows the system. */
export function startTheme(wish: string | null = null): void {
  theme = [kept(KEY), wish].find(isTheme) ?? "system";
  dark.addEventListener("change", show);
  show();
}

export function chooseTheme(next: Theme): void {
  theme = next;
  keep(KEY, next);
  show();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => theme,
  );
}
