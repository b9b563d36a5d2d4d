import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type Recipe = Schemas["RecipeOut"];
export type RecipeField = Schemas["FieldOut"];

/** The gallery of ready-made webhooks. */
export const recipesQuery = queryOptions({
  queryKey: ["recipes"],
  staleTime: Infinity,
  queryFn: async ({ signal }) => (await data(api.GET("/api/v1/recipe", { signal }))).data,
});
