// Recipes in the reader's language. The server says everything about them in English: what has no
// translation here, in English or because the server is newer, is shown as the server says it.

import { queryOptions } from "@tanstack/react-query";
import type { Recipe, RecipeField } from "@/api/recipes";
import type { Language } from "@/i18n";

interface FieldTexts {
  label: string;
  description: string;
  /** What a value must look like. */
  pattern?: string;
}

/** By the recipe's id, and its fields by their names. */
export type RecipeTexts = Record<string, { description: string; fields: Record<string, FieldTexts> }>;

// Not a namespace of i18next: English has no file, and `{{ }}` in these texts is Liquid's.
const files = import.meta.glob<RecipeTexts>("../../locales/*/recipes.json", { import: "default" });

/** How recipes are called and explained in a language; nothing in English. */
export function recipeTextsQuery(language: Language) {
  return queryOptions({
    queryKey: ["recipe-texts", language],
    staleTime: Infinity,
    queryFn: async () => (await files[`../../locales/${language}/recipes.json`]?.()) ?? {},
  });
}

export function localized(recipe: Recipe, texts: RecipeTexts): Recipe {
  const own = texts[recipe.id];
  if (!own) return recipe;
  const fields = recipe.fields.map((it) => localizedField(it, own.fields[it.name]));
  return { ...recipe, description: own.description, fields };
}

function localizedField(field: RecipeField, own: FieldTexts | undefined): RecipeField {
  if (!own) return field;
  const pattern = field.pattern && { ...field.pattern, message: own.pattern ?? field.pattern.message };
  return { ...field, label: own.label, description: own.description, pattern };
}
