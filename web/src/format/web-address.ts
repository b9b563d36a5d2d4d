/** What is wrong with an address that somebody entered for webhooks: the key of the text that says
    so, or `null`. What the server finds wrong beyond this, it says itself. */
export function addressMistake(text: string): "required" | "url" | "urlScheme" | null {
  const address = text.trim();
  if (address === "") return "required";
  if (!URL.canParse(address)) return "url";
  const { protocol } = new URL(address);
  if (protocol !== "http:" && protocol !== "https:") return "urlScheme";
  return /^https?:\/\/[^/]/i.test(address) ? null : "url";
}
