import type { Schemas } from "@/api/client";

/** An exported environment, as it is sent to be imported; `null` for any other text. */
export function readEnvironment(text: string): Schemas["EnvironmentIn"] | null {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null || !("eventTypes" in read) || !Array.isArray(read.eventTypes)) return null;
    return { eventTypes: read.eventTypes as NonNullable<Schemas["EnvironmentIn"]["eventTypes"]> };
  } catch {
    return null;
  }
}
