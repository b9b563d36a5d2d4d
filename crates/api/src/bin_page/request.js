// One request in full.

import { acts, badges, button, copies, make, method, size, time } from "./element.js";
import { ask } from "./server.js";

const SHOWN_CHARS = 100_000; // Text laid out at once; more takes seconds, and is shown when asked.
const KEPT_MS = 60_000; // How long a download may take to begin.

/** The elements that show a capture. `choose` is called with the id of another one. */
export function inFull(capture, choose) {
  const { body } = capture;
  const download = acts(button("Download body"), () => save(capture), "Downloaded");
  download.disabled = capture.bodyBytes === 0;
  const path = make("span", { className: "path" }, capture.path || "/");
  const about = body.kind === "empty" ? "none" : `${body.kind}, ${size(capture.bodyBytes)}`;
  return [
    make("h2", {}, method(capture.method), path, ...badges(capture)),
    make("p", { className: "actions" },
      copies(button("Copy as curl"), () => capture.curl), download),
    facts(capture, choose),
    ...titled("Query", capture.queryParams),
    make("h3", {}, "Body ", make("small", {}, about)),
    ...content(body),
    ...cut(body.truncated, "Only the beginning is shown here: download the body for all of it."),
    ...titled("Headers", capture.headers),
  ];
}

/** What is known beside the request's own parts. */
function facts(capture, choose) {
  const { status, reason } = capture.verification;
  const words = { unchecked: "not checked", valid: "valid", invalid: `invalid: ${reason}` };
  const first = capture.duplicateOf;
  const known = [
    ["Received", time(capture.receivedAt, false)],
    ["Address", capture.url],
    ["From", `${capture.source ?? "unknown"}, HTTP/${capture.httpVersion}`],
    ["Event", capture.eventType],
    ["Signature", words[status] ?? status],
    ["Repeats", first && button(first, () => choose(first))],
    ["Forwarded as", capture.messageId],
    ["Answered", capture.responseStatus && String(capture.responseStatus)],
    ["Id", capture.id],
  ];
  const lines = known.filter(([, value]) => value !== null);
  const pairs = lines.map(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
  return make("dl", {}, ...pairs.flat());
}

function titled(title, pairs) {
  if (pairs.length === 0) return [];
  return [make("h3", {}, `${title} `, make("small", {}, String(pairs.length))), ...table(pairs)];
}

/** Pairs of name and value, in order. */
function table(pairs) {
  if (pairs.length === 0) return [];
  const lines = pairs.map(([name, value]) =>
    make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value)));
  return [make("table", {}, make("tbody", {}, ...lines))];
}

function content(body) {
  if (body.fields) return table(body.fields);
  if (body.parts) return body.parts.map(part);
  return text(body.json ?? body.text, body.hex);
}

function part(it) {
  const file = it.filename === null ? "" : `, file ${it.filename}`;
  const about = [it.contentType, size(it.bytes)].filter((known) => known !== null).join(", ");
  return make("article", {},
    make("h4", {}, `${it.name ?? "(no name)"}${file} `, make("small", {}, about)),
    ...table(it.headers),
    ...text(it.text, it.hex),
    ...cut(it.truncated, "Only the beginning of this part is shown here."));
}

function text(plain, hex) {
  const all = plain ?? hex;
  if (!all) return [];
  const className = plain === undefined ? "hex" : "";
  const shown = make("pre", { className, tabIndex: 0 }, all.slice(0, SHOWN_CHARS));
  if (all.length <= SHOWN_CHARS) return [shown];
  const more = button("Show the rest", () => {
    shown.append(all.slice(SHOWN_CHARS));
    more.remove();
  });
  return [shown, more];
}

function cut(isCut, words) {
  return isCut ? [make("p", { className: "cut" }, words)] : [];
}

/** Downloads a body; by script, because a link would send no token. */
async function save({ id, body }) {
  const answer = await ask(`/request/${id}/body`);
  // Of no type that a browser would open, whatever the sender says.
  const content = new Blob([await answer.arrayBuffer()], { type: "application/octet-stream" });
  const suffix = { json: "json", text: "txt" }[body.kind] ?? "bin";
  const href = URL.createObjectURL(content);
  make("a", { href, download: `${id}.${suffix}` }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
}
