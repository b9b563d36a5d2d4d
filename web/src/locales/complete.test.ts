// Every language has every text, with the same variables, in all the plural forms that it needs.

import { describe, expect, it } from "vitest";
import { LANGUAGES as NAMES } from "@/i18n/names";
import en from "./en";

type Texts = { [key: string]: string | Texts };

// Without `recipes.json`: English has none, because the server speaks it. What the others need is in
// the recipes themselves: `screens/webhooks/recipe-texts.test.ts`.
const FILES = import.meta.glob<Texts>(["./*/*.json", "!./*/recipes.json"], { eager: true, import: "default" });
const LANGUAGES = Object.fromEntries(Object.keys(NAMES).map((language) => [language, textsOf(language)]));
const PLURAL = /_(zero|one|two|few|many|other)$/;
const FORMS = { en: ["one", "other"], ko: ["other"], "zh-TW": ["other"], uk: ["few", "many", "one", "other"] };

/** What the files of a language have, by their names. */
function textsOf(language: string): Texts {
  const own = Object.entries(FILES).filter(([path]) => path.startsWith(`./${language}/`));
  return Object.fromEntries(own.map(([path, texts]) => [path.replace(/^.*\/|\.json$/g, ""), texts]));
}

function texts(tree: Texts, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[path + key, value] as [string, string]] : texts(value, `${path}${key}.`),
  );
}

/** Keys without their plural forms, each with its forms. */
function keys(language: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [key] of texts(LANGUAGES[language] ?? {})) {
    const form = PLURAL.exec(key)?.[1];
    const name = key.replace(PLURAL, "");
    found.set(name, [...(found.get(name) ?? []), ...(form ? [form] : [])].sort());
  }
  return found;
}

function variables(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{(\w+)/g)].map((it) => it[1] ?? ""))].sort();
}

it("knows the types of all texts", () => {
  expect(LANGUAGES.en).toEqual(en);
});

describe.each(Object.keys(LANGUAGES))("%s", (language) => {
  it("has the texts that English has, and no others", () => {
    expect([...keys(language).keys()].sort()).toEqual([...keys("en").keys()].sort());
  });

  it("has every plural form that its numbers need", () => {
    const forms = FORMS[language as keyof typeof FORMS];
    const wrong = [...keys(language)].filter(([, has]) => has.length > 0 && has.join() !== forms.join());
    expect(wrong).toEqual([]);
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    expect([...needed].sort()).toEqual(forms);
  });

  it("says nothing empty, and uses the variables that English uses", () => {
    const english = new Map(texts(LANGUAGES.en ?? {}).map(([key, text]) => [key.replace(PLURAL, ""), variables(text)]));
    for (const [key, text] of texts(LANGUAGES[language] ?? {})) {
      expect(text.trim(), key).not.toBe("");
      // A form for one thing may say "one" instead of the number.
      const expected = (english.get(key.replace(PLURAL, "")) ?? []).filter((it) => it !== "count");
      expect(variables(text).filter((it) => it !== "count"), key).toEqual(expected);
    }
  });
});
