// Languages. Of one at a time the texts are loaded that are shown; English names the keys, and a test
// sees to it that every other one has them all.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { keep, kept } from "@/shell/kept";
import { LANGUAGES } from "./names";
import { backend, fetchTexts, type Namespace } from "./texts";

export { LANGUAGES } from "./names";

export type Language = keyof typeof LANGUAGES;

const KEY = "language";

/** What of our languages comes closest to what a browser asks for, its first wish first. */
export function closest(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    const tag = wish.toLowerCase();
    const exact = (Object.keys(LANGUAGES) as Language[]).find((it) => it.toLowerCase() === tag);
    if (exact) return exact;
    // Traditional characters are read in Hong Kong and Macau, and are closer than English for
    // readers of simplified ones.
    if (tag.startsWith("zh")) return "zh-TW";
    const base = (Object.keys(LANGUAGES) as Language[]).find((it) => tag.startsWith(`${it}-`));
    if (base) return base;
  }
  return "en";
}

function isLanguage(text: string | null): text is Language {
  return text !== null && text in LANGUAGES;
}

/** What was chosen here before, or else what comes closest to these wishes. */
function chosen(wishes: readonly string[]): Language {
  const before = kept(KEY);
  return isLanguage(before) ? before : closest(wishes);
}

interface Start {
  /** The language of the page around this one. */
  wish?: string | null;
  /** What is shown at once, beside what every page shows. */
  namespaces?: Namespace[];
}

/** Loads what is shown first, in the language of the person. */
export async function startLanguages({ wish, namespaces = [] }: Start = {}): Promise<void> {
  const language = chosen(wish ? [wish] : navigator.languages);
  const ns: Namespace[] = ["common", ...namespaces];
  await fetchTexts(language, ns);
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      // Not `zh` for `zh-TW` as well.
      load: "currentOnly",
      fallbackLng: false,
      defaultNS: "common",
      ns,
      interpolation: { escapeValue: false },
      initAsync: false,
      // Whatever shows texts waits for them by itself.
      react: { useSuspense: true },
    });
  show(language);
}

/** Changes the language of everything, and keeps the choice in this browser. */
export async function chooseLanguage(language: Language): Promise<void> {
  // All that was loaded until now: i18next adds it to what it began with.
  await fetchTexts(language, [i18next.options.ns ?? []].flat());
  await i18next.changeLanguage(language);
  keep(KEY, language);
  show(language);
}

export function currentLanguage(): Language {
  return i18next.language as Language;
}

function show(language: Language): void {
  document.documentElement.lang = language;
}
