// The texts of the pages in a language, to find things by what a person reads.

import { readFileSync } from "node:fs";
import type en from "../../src/locales/en";

export type Texts = typeof en;

export function texts(language: string): Texts {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../src/locales/${language}/${name}.json`, import.meta.url), "utf8"));
  return new Proxy({} as Texts, { get: (_, name) => read(String(name)) });
}
