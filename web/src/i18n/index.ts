// Languages. One is loaded at a time; English names the keys, and a test sees to it that every
// other one has them all.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { keep, kept } from "@/shell/kept";
import { LANGUAGES } from "./names";

export { LANGUAGES } from "./names";

export type Language = keyof typeof LANGUAGES;

const KEY = "language";

const loaders: Record<Language, () => Promise<{ default: Record<string, object> }>> = {
  en: () => import("../locales/en"),
  ko: () => import("../locales/ko"),
  "zh-TW": () => import("../locales/zh-TW"),
  uk: () => import("../locales/uk"),
};

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

/** Loads the language of the person; `wish` is that of the page around this one. */
export async function startLanguages(wish: string | null = null): Promise<void> {
  const language = chosen(wish ? [wish] : navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: "common",
    ns: [],
    interpolation: { escapeValue: false },
    resources: { [language]: (await loaders[language]()).default },
    react: { useSuspense: false },
  });
  show(language);
}

/** Changes the language of everything, and keeps the choice in this browser. */
export async function chooseLanguage(language: Language): Promise<void> {
  const { default: namespaces } = await loaders[language]();
  for (const [name, texts] of Object.entries(namespaces)) {
    i18next.addResourceBundle(language, name, texts);
  }
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
