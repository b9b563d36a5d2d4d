// What the server's recipes say is there in every other language, and nothing else is.

import { describe, expect, it } from "vitest";
import type { Recipe } from "@/api/recipes";
import { LANGUAGES } from "@/i18n/names";
import { localized, type RecipeTexts } from "./recipe-texts";

const SOURCES = import.meta.glob<string>("../../../../recipes/*.toml", {
  eager: true,
  query: "?raw",
  import: "default",
});
const FILES = import.meta.glob<RecipeTexts>("../../locales/*/recipes.json", { eager: true, import: "default" });
const OTHERS = Object.keys(LANGUAGES).filter((it) => it !== "en");
const ENGLISH: RecipeTexts = Object.fromEntries(Object.entries(SOURCES).map(([path, text]) => recipe(path, text)));

// Of TOML what these files use, a line `key = "text"`: whatever else it may be is not passed over.
function text(path: string, block: string, key: string): string | undefined {
  const line = new RegExp(`^${key}\\s*=\\s*(.*)$`, "m").exec(block)?.[1];
  if (line === undefined) return undefined;
  if (!/^"(?:[^"\\]|\\.)*"$/.test(line)) throw new Error(`${path}: ${key} is no text in one line: ${line}`);
  return JSON.parse(line) as string;
}

function needed(path: string, block: string, key: string): string {
  const found = text(path, block, key);
  if (!found) throw new Error(`${path}: there is no ${key} in ${block}`);
  return found;
}

function recipe(path: string, source: string): [string, RecipeTexts[string]] {
  const [head = "", ...blocks] = source.split(/^(?=\[)/m);
  const fields = blocks.filter((it) => it.startsWith("[[field]]"));
  if (fields.length === 0) throw new Error(`${path}: there are no fields`);
  return [
    needed(path, head, "id"),
    { description: needed(path, head, "description"), fields: Object.fromEntries(fields.map((it) => field(path, it))) },
  ];
}

function field(path: string, block: string): [string, RecipeTexts[string]["fields"][string]] {
  const pattern = text(path, block, "pattern_message");
  const said = { label: needed(path, block, "label"), description: needed(path, block, "description") };
  return [needed(path, block, "name"), pattern === undefined ? said : { ...said, pattern }];
}

/** Every text, by where it stands: `slack.fields.url.label`. */
function flat(tree: object, path = ""): Map<string, string> {
  const found = Object.entries(tree).flatMap(([key, value]: [string, string | object]) =>
    typeof value === "string" ? [[path + key, value] as const] : [...flat(value, `${path}${key}.`)],
  );
  return new Map(found);
}

/** What stands in every language as it is: code, templates, addresses, names for programs, numbers. */
function exact(english: string): string[] {
  return joined(english).match(/`[^`]+`|\{\{.*?\}\}|https?:\/\/[^\s|>]+|\w+(?:[._]\w+)+|\d+/g) ?? [];
}

/** Without what divides thousands: `2,000`, and in Ukrainian `32 000`. */
function joined(text: string): string {
  return text.replace(/(?<=\d)[,\u00a0](?=\d{3}(?!\d))/g, "");
}

it("finds the recipes", () => {
  expect(Object.keys(ENGLISH)).toContain("slack");
  expect(ENGLISH.make?.fields.api_key).toEqual({
    label: "API key",
    description: "When the webhook asks for one.",
    pattern: "a key without spaces",
  });
});

it("has a file for every language but English, in which the server speaks", () => {
  expect(Object.keys(FILES).sort()).toEqual(OTHERS.map((it) => `../../locales/${it}/recipes.json`).sort());
});

describe.each(OTHERS)("%s", (language) => {
  const english = flat(ENGLISH);
  const texts = flat(FILES[`../../locales/${language}/recipes.json`] ?? {});

  it("has every text of the recipes, and no others", () => {
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("says nothing empty, and keeps what is code, template or number", () => {
    for (const [key, text] of texts) {
      expect(text.trim(), key).not.toBe("");
      for (const part of exact(english.get(key) ?? "")) expect(joined(text), key).toContain(part);
    }
  });
});

describe("a recipe in another language", () => {
  const url = {
    name: "url",
    label: "Webhook URL",
    description: "Where it goes.",
    secret: true,
    required: true,
    template: false,
    default: null,
    example: null,
    pattern: { source: "https://.+", message: "a URL" },
  };
  const slack: Recipe = {
    id: "slack",
    name: "Slack",
    description: "Posts a message.",
    documentation: "https://docs.slack.dev/",
    category: "chat",
    method: "POST",
    fields: [url, { ...url, name: "new", pattern: null }],
    example: { eventType: "a", payload: {} },
  };
  const texts = {
    slack: {
      description: "Публікує повідомлення.",
      fields: { url: { label: "URL вебхука", description: "Куди.", pattern: "URL" } },
    },
  };

  it("says what is translated, and the rest as the server does", () => {
    const { name, description, fields } = localized(slack, texts);
    expect([name, description]).toEqual(["Slack", "Публікує повідомлення."]);
    expect(fields[0]).toEqual({
      ...url,
      label: "URL вебхука",
      description: "Куди.",
      pattern: { source: "https://.+", message: "URL" },
    });
    expect(fields[1]).toEqual(slack.fields[1]);
  });

  it("is shown as it came when nothing of it is translated", () => {
    expect(localized({ ...slack, id: "newer" }, texts)).toEqual({ ...slack, id: "newer" });
    expect(localized(slack, {})).toBe(slack);
  });
});
