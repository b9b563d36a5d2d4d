// Ready-made webhooks for services that people use: choose one, fill in its fields.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Recipe, recipesQuery } from "@/api/recipes";
import { currentLanguage } from "@/i18n";
import { useScope } from "@/scope";
import { Input } from "@/ui/field";
import { Page } from "@/ui/page";
import { Loaded, Skeleton } from "@/ui/states";
import { BackToList } from "./back";
import { NotAllowed } from "./not-allowed";
import { RecipeDialog } from "./recipe-dialog";
import { localized, recipeTextsQuery } from "./recipe-texts";

const CATEGORIES = ["chat", "messaging", "mail", "crm", "incidents", "development", "automation"] as const;
type Category = (typeof CATEGORIES)[number];

export function Recipes() {
  const { t } = useTranslation("webhooks");
  const { can } = useScope();
  const query = useQuery(recipesQuery);
  const texts = useQuery(recipeTextsQuery(currentLanguage()));
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<Recipe | null>(null);
  if (!can("ManageEndpoint")) return <NotAllowed title={t("recipes.title")} />;
  const wanted = search.trim().toLowerCase();
  return (
    <Page title={t("recipes.title")} description={t("recipes.description")} above={<BackToList />}>
      <Input
        type="search"
        label={t("recipes.search")}
        placeholder={t("recipes.search")}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        className="max-w-80"
      />
      <Loaded query={query}>
        {(recipes) => {
          if (texts.isPending) return <Skeleton />;
          // Without translations the gallery is still of use: in English.
          const shown = recipes.map((it) => localized(it, texts.data ?? {}));
          const found = shown.filter((it) => `${it.name} ${it.description}`.toLowerCase().includes(wanted));
          if (found.length === 0) return <p className="py-8 text-center text-muted">{t("recipes.none", { search })}</p>;
          return CATEGORIES.map((it) => (
            <Category key={it} name={it} recipes={found.filter(({ category }) => category === it)} onChoose={setChosen} />
          ));
        }}
      </Loaded>
      {chosen && <RecipeDialog recipe={chosen} onClose={() => setChosen(null)} />}
    </Page>
  );
}

interface CategoryProps {
  name: Category;
  recipes: Recipe[];
  onChoose: (recipe: Recipe) => void;
}

function Category({ name, recipes, onChoose }: CategoryProps) {
  const { t } = useTranslation("webhooks");
  if (recipes.length === 0) return null;
  return (
    <section className="grid gap-3">
      <h2 className="font-semibold">{t(`recipes.category.${name}`)}</h2>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {recipes.map((it) => (
          <li key={it.id} className="min-w-0">
            <button
              type="button"
              onClick={() => onChoose(it)}
              className="grid h-full w-full grid-cols-[auto_minmax(0,1fr)] content-start gap-x-3 gap-y-1 rounded-box border border-line bg-surface p-4 text-left hover:border-accent hover:shadow-box"
            >
              <Monogram name={it.name} />
              <span className="self-center font-medium">{it.name}</span>
              <span className="col-span-2 text-muted">{it.description}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Stands for the service: its own mark is not ours to show. */
function Monogram({ name }: { name: string }) {
  return (
    <span aria-hidden="true" className="grid size-8 place-items-center rounded-lg bg-accent-soft font-semibold text-accent">
      {name.slice(0, 1)}
    </span>
  );
}
