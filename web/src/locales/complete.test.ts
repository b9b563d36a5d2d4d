// Every language has every text, with the same variables, in all the plural forms that it needs.

import { describe, expect, it } from "vitest";
import en from "./en";
import ko from "./ko";
import uk from "./uk";
import zhTW from "./zh-TW";

type Texts = { [key: string]: string | Texts };

const LANGUAGES: Record<string, Texts> = { en, ko, uk, "zh-TW": zhTW };
const PLURAL = /_(zero|one|two|few|many|other)$/;
const FORMS = { en: ["one", "other"], ko: ["other"], "zh-TW": ["other"], uk: ["few", "many", "one", "other"] };

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
