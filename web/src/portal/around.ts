// Telling the page around the portal what it cannot see: how high the portal is, and that its token
// has ended. Nothing of it is a secret, so that it may be any page that is allowed to embed this.

type News = { type: "hookwire:height"; heightPx: number } | { type: "hookwire:expired" } | { type: "hookwire:ready" };

export function tell(news: News): void {
  if (window.parent !== window) window.parent.postMessage(news, "*");
}

/** Tells the height of the content whenever it changes. */
export function tellHeight(content: HTMLElement): void {
  new ResizeObserver(() => tell({ type: "hookwire:height", heightPx: content.scrollHeight })).observe(content);
}
