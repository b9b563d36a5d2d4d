// The event of the first webhook. A catalogue that is still empty gets one.

import { createEventType, type EventType } from "@/api/event-types";
import { Problem } from "@/api/problem";
import { exampleText } from "@/api/schemas";

/** Of a catalogue's events the first one is as good as any; of the samples this is the clearest. */
const CLEAR = "payment_received";
/** Proposed where there is no catalogue yet. */
export const FIRST_EVENT = "user.created";
const FIRST_EXAMPLE = { id: 1, name: "Ada Lovelace", email: "ada@example.com" };

export function proposed(catalogue: EventType[]): string {
  const clear = catalogue.find((it) => it.name === CLEAR);
  return (clear ?? catalogue[0])?.name ?? FIRST_EVENT;
}

/** Whether a text can be the name of an event. */
export function isEventName(text: string): boolean {
  return /^[a-zA-Z0-9\-_.]{1,256}$/.test(text);
}

/** What is sent as the first event of a type, as text. */
export function firstPayload(type: EventType | null | undefined): string {
  return exampleText(type?.schemas ?? null) || JSON.stringify(FIRST_EXAMPLE, null, 2);
}

/** Puts an event into the catalogue; fine if it is there. */
export async function addEvent(name: string, description: string): Promise<void> {
  const schema = { type: "object", examples: [FIRST_EXAMPLE] };
  // The document describes schemas as objects without saying more.
  const schemas = { 1: schema } as unknown as Record<string, never>;
  try {
    await createEventType({ name, description, schemas });
  } catch (error) {
    if (Problem.from(error).kind !== "conflict") throw error;
  }
}
