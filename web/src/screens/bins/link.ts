// A link to a bin has the bin and the token behind the `#`, which browsers keep to themselves: the
// token is in no URL that a server or a proxy on the way writes down.

export interface Link {
  binId: string;
  token: string;
}

/** What a fragment (with its `#`) has; `null` for nothing, `broken` for what is no such link. */
export function linkOf(fragment: string): Link | "broken" | null {
  const text = fragment.replace(/^#/, "");
  if (text === "") return null;
  const [, binId, token] = /^(bin_[0-9A-Za-z]{27}):([0-9A-Za-z_]{20,})$/.exec(text) ?? [];
  return binId !== undefined && token !== undefined ? { binId, token } : "broken";
}

export function fragmentOf({ binId, token }: Link): string {
  return `#${binId}:${token}`;
}
