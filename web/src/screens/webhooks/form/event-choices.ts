// What can be chosen of the catalogue: its events, the families that dots in their names make, and
// what a webhook asks for although the catalogue does not (or no longer) have it.

import type { EventType } from "@/api/event-types";

export type Choice =
  | { kind: "event"; name: string; description: string }
  | { kind: "family"; name: string; count: number }
  | { kind: "unknown"; name: string };

export interface Group {
  name: string;
  choices: Choice[];
}

/** The choices that a search finds, in groups; those without a group come last. */
export function choicesOf(types: EventType[], chosen: string[], search: string): Group[] {
  const wanted = search.trim().toLowerCase().replace(/\.?\*$/, "");
  const groups = new Map<string, Choice[]>();
  const add = (group: string, choice: Choice) => groups.set(group, [...(groups.get(group) ?? []), choice]);
  const known = new Set<string>();
  for (const [name, { count, group }] of families(types)) {
    known.add(name);
    if (name.toLowerCase().includes(wanted)) add(group, { kind: "family", name, count });
  }
  for (const { name, description, groupName } of types) {
    known.add(name);
    const text = `${name} ${description} ${groupName ?? ""}`.toLowerCase();
    if (text.includes(wanted)) add(groupName ?? "", { kind: "event", name, description });
  }
  for (const name of chosen) {
    if (!known.has(name) && name.toLowerCase().includes(wanted)) add("", { kind: "unknown", name });
  }
  return [...groups]
    .map(([name, choices]) => ({ name, choices }))
    .sort((a, b) => Number(a.name === "") - Number(b.name === "") || a.name.localeCompare(b.name));
}

/** As many choices as may be shown, and how many are left. */
export function firstOf(groups: Group[], max: number): { visible: Group[]; hidden: number } {
  const visible: Group[] = [];
  let rest = max;
  for (const { name, choices } of groups) {
    if (rest > 0) visible.push({ name, choices: choices.slice(0, rest) });
    rest -= choices.length;
  }
  return { visible, hidden: Math.max(-rest, 0) };
}

/** Families of at least two events: `invoice.*` for `invoice.paid` and `invoice.sent`. */
function families(types: EventType[]): Map<string, { count: number; group: string }> {
  const found = new Map<string, { count: number; group: string }>();
  for (const { name, groupName } of types) {
    const parts = name.split(".");
    for (let depth = 1; depth < parts.length; depth += 1) {
      const family = `${parts.slice(0, depth).join(".")}.*`;
      const before = found.get(family);
      found.set(family, { count: (before?.count ?? 0) + 1, group: before?.group ?? groupName ?? "" });
    }
  }
  return new Map([...found].filter(([, { count }]) => count > 1));
}
