// What this browser keeps between visits. Embedded in another site, a page may have no storage at
// all: then nothing is kept, and everything else works.

export function kept(key: string): string | null {
  try {
    return localStorage.getItem(`hookwire.${key}`);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`hookwire.${key}`, value);
  } catch {
    // See above.
  }
}
