// What the page around a portal says to it, in the fragment of its address: browsers send that part
// to no server, and it is taken out of the address as soon as it was read.

export interface Entry {
  /** The application's id or uid. */
  app: string;
  token: string;
  /** A language tag, and `light`, `dark` or `system`. */
  language: string | null;
  theme: string | null;
  /** Names of colours in styles.css to CSS colours. */
  colors: [string, string][];
}

/** The colours that a page around may choose. */
export const COLOR_NAMES = [
  "page",
  "surface",
  "sunken",
  "line",
  "line-strong",
  "ink",
  "muted",
  "accent",
  "accent-ink",
  "accent-soft",
  "radius",
] as const;

/** Takes the fragment apart; `null` when it names no application or token. */
export function entryOf(fragment: string): Entry | null {
  const values = new URLSearchParams(fragment.replace(/^#/, ""));
  const app = values.get("app");
  const token = values.get("token");
  if (!app || !token) return null;
  const colors = COLOR_NAMES.flatMap((name): [string, string][] => {
    const value = values.get(name);
    return value ? [[name, value]] : [];
  });
  return { app, token, language: values.get("language"), theme: values.get("theme"), colors };
}

/** Shows the colours; what is none is left out. */
export function show(colors: Entry["colors"]): void {
  for (const [name, value] of colors) {
    const property = name === "radius" ? "border-radius" : "color";
    if (CSS.supports(property, value)) document.documentElement.style.setProperty(`--${name}`, value);
  }
}
