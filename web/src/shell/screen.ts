import { type AsyncRouteComponent, lazyRouteComponent } from "@tanstack/react-router";
import { loadTexts, type Namespace } from "@/i18n/texts";

/** A screen that is loaded when it is first opened, together with the texts that it shows. */
export function screen<K extends string>(
  load: () => Promise<Record<K, () => React.ReactNode>>,
  name: K,
  ...namespaces: Namespace[]
): AsyncRouteComponent<object> {
  return lazyRouteComponent(async () => {
    const [module] = await Promise.all([load(), loadTexts(...namespaces)]);
    return module;
  }, name);
}
