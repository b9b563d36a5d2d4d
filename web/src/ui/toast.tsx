// Short notes that something is done, which go by themselves. Mistakes are shown where they were
// made, not here.

import { useSyncExternalStore } from "react";
import { Icon } from "./icon";

const SHOWN_MS = 4_000;
/** More at a time nobody reads. */
const SHOWN_MAX = 3;

interface Toast {
  id: number;
  text: string;
}

let toasts: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function change(next: Toast[]): void {
  toasts = next;
  for (const it of listeners) it();
}

/** Shows a note. */
export function toast(text: string): void {
  last += 1;
  const id = last;
  change([...toasts, { id, text }].slice(-SHOWN_MAX));
  setTimeout(() => change(toasts.filter((it) => it.id !== id)), SHOWN_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-4 z-50 grid justify-items-center gap-2 px-4">
      {shown.map((it) => (
        <p key={it.id} className="flex items-center gap-2 rounded-lg bg-ink px-4 py-2.5 text-page shadow-box">
          <Icon name="check" className="size-4" />
          {it.text}
        </p>
      ))}
    </div>
  );
}
