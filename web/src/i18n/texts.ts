// The texts of a language, by namespace: a screen loads those that it shows and no others.

import i18next, { type BackendModule } from "i18next";
import type en from "../locales/en";

export type Namespace = keyof typeof en;

// Without the texts of recipes, which are not i18next's: `screens/webhooks/recipe-texts.ts`. Those about
// mistakes add themselves: `explain/mistake-texts.ts`.
export const files = import.meta.glob<object>(
  ["../locales/*/*.json", "!../locales/*/recipes.json", "!../locales/*/mistakes.json"],
  { import: "default" },
);

async function read(language: string, namespace: string): Promise<object> {
  const load = files[`../locales/${language}/${namespace}.json`];
  if (!load) throw new Error(`There are no texts ${namespace} in ${language}.`);
  return load();
}

/** Where i18next gets texts from. */
export const backend: BackendModule = {
  type: "backend",
  callbackApi: true,
  init: () => undefined,
  read: (language, namespace, callback) => {
    read(language, namespace).then(
      (texts) => callback(null, texts),
      (error: unknown) => callback(error instanceof Error ? error : String(error), null),
    );
  },
};

/** Sees to it that these texts can be had. i18next takes texts that it could not load for empty and
    shows keys instead: who is about to show some asks here first, and can say that they are missing. */
export async function fetchTexts(language: string, namespaces: readonly string[]): Promise<void> {
  await Promise.all(namespaces.map((namespace) => read(language, namespace)));
}

/** Loads texts before they are shown; fails when they cannot be had. */
export async function loadTexts(...namespaces: Namespace[]): Promise<void> {
  await fetchTexts(i18next.language, namespaces);
  await i18next.loadNamespaces(namespaces);
}
