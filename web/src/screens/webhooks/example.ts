import type { EventType } from "@/api/event-types";

/** The example payload of an event's newest schema; `null` when it has none. */
export function exampleOf(type: EventType): object | null {
  const schemas = (type.schemas ?? {}) as Record<string, { examples?: unknown } | undefined>;
  const [newest] = Object.keys(schemas).sort((a, b) => Number(b) - Number(a));
  const examples = newest === undefined ? undefined : schemas[newest]?.examples;
  const first: unknown = Array.isArray(examples) ? examples[0] : undefined;
  return typeof first === "object" ? first : null;
}

/** Whether a webhook that asks for `wanted` gets events of this type. */
export function isWanted(wanted: string[] | null, type: string): boolean {
  if (!wanted) return true;
  return wanted.some((it) => it === "*" || it === type || (it.endsWith(".*") && type.startsWith(it.slice(0, -1))));
}
