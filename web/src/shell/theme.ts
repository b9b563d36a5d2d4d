// Light, dark, or as the system has it. Kept in this browser.

import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "hookwire.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

let theme: Theme = kept();

function kept(): Theme {
  const text = localStorage.getItem(KEY);
  return text === "light" || text === "dark" ? text : "system";
}

function show(): void {
  const isDark = theme === "dark" || (theme === "system" && dark.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  for (const it of listeners) it();
}

/** Shows the theme that was chosen here, and follows the system. */
export function startTheme(wish?: Theme): void {
  theme = wish ?? kept();
  dark.addEventListener("change", show);
  show();
}

export function chooseTheme(next: Theme): void {
  theme = next;
  localStorage.setItem(KEY, next);
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
