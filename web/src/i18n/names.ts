/** The languages that there are, as their readers call them. */
export const LANGUAGES = {
  en: "English",
  ko: "한국어",
  "zh-TW": "繁體中文",
  uk: "Українська",
} as const;
