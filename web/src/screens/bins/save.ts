/** How long a download may take to begin. */
const KEPT_MS = 60_000;

/** Saves something as a file, of no type that a browser would open, whatever a sender says it is. */
export function save(content: Blob, name: string): void {
  const href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
}
