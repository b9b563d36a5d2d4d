// How the catalogue is ordered: named groups by name, and what has no group at the end.

import type { EventType } from "@/api/event-types";

/** Those whose name, description or group has all words of the search. */
export function matching(events: EventType[], search: string): EventType[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return events;
  return events.filter(({ name, description, groupName }) => {
    const text = `${name} ${description} ${groupName ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function groupsOf(events: EventType[]): [string, EventType[]][] {
  const groups = new Map<string, EventType[]>();
  for (const event of events) {
    const name = event.groupName ?? "";
    groups.set(name, [...(groups.get(name) ?? []), event]);
  }
  return [...groups].sort(([a], [b]) => Number(a === "") - Number(b === "") || a.localeCompare(b));
}
