// The list of what the bin received, the newest first. What is kept of it is bounded.

import { badges, button, byId, make, method, put, size, time } from "./element.js";
import { ask } from "./server.js";

const LISTED_MAX = 500; // Rows that every browser scrolls with ease.
const PAGE = 50; // Requests fetched at once.
const SEARCH_STEPS = 10; // Each looks through a part of the bin; more of them when asked.
const LINE_CHARS = 300; // Of a path; more would not be seen.
const SETTLED_MS = 10_000; // Requests are listed at latest this long after they arrived.

const rows = new Map(); // by the request's id
let items = [];
let arrived = null; // what comes while the list is fetched
let isLive = false; // whether the list begins with the newest, so that what comes is put there
let unseen = 0; // how many came while it did not
let cursor = null; // where older ones begin; null where there are none
let searched = "";
let loads = 0; // counted, so that an answer that comes late is known as such
let isDrawing = false;
let chosen = null;
let choose = () => {};

/** Has a function called with the id of a request that is chosen. */
export function onChoose(act) {
  choose = act;
}

/** What the stream brings. */
export function take(capture) {
  if (arrived) {
    arrived.push(slim(capture));
    if (arrived.length > LISTED_MAX) arrived.shift();
  } else if (isLive) insert(slim(capture));
  else unseen += 1;
  draw();
}

/** Fetches the list anew, from the newest on: of all, or of those that have a text somewhere. */
export async function load(text = searched) {
  const mine = ++loads;
  searched = text;
  arrived = [];
  try {
    const { found, place } = await fetchFrom(null);
    if (mine !== loads) return;
    items = found;
    cursor = place;
    isLive = !searched;
    unseen = 0;
  } finally {
    if (mine === loads) {
      const known = new Set(items.map((it) => it.id));
      const later = arrived.filter((it) => !known.has(it.id));
      arrived = null;
      if (isLive) later.forEach(insert);
      else unseen += later.length;
      draw();
    }
  }
}

/** Fetches older ones. Where that is too many, the newest go. */
export async function older() {
  const mine = loads;
  const { found, place } = await fetchFrom(cursor);
  if (mine !== loads) return;
  const known = new Set(items.map((it) => it.id));
  items.push(...found.filter((it) => !known.has(it.id)));
  cursor = place;
  if (items.length > LISTED_MAX) {
    items.splice(0, items.length - LISTED_MAX);
    isLive = false;
  }
  draw();
}

/** The request after which the stream has to begin, null for the first one. It is not the last
    that is listed: one that arrived a little earlier may not be there yet. */
export function beginning() {
  const settled = Date.parse(items[0]?.receivedAt) - SETTLED_MS;
  const before = items.find((it) => Date.parse(it.receivedAt) < settled);
  return before?.id ?? (cursor ? items.at(-1)?.id : null) ?? null;
}

/** Marks the chosen request. */
export function mark(id) {
  rows.get(chosen)?.firstChild.setAttribute("aria-current", "false");
  rows.get(id)?.firstChild.setAttribute("aria-current", "true");
  chosen = id;
}

/** Puts the keyboard's focus on the chosen request. */
export function focus() {
  rows.get(chosen)?.firstChild.focus();
}

// Requests in memory are without their headers, which may be long.
const slim = ({ headers, ...rest }) => rest;

function insert(capture) {
  const at = items.findIndex((it) => it.id <= capture.id);
  if (items[at]?.id === capture.id) return;
  items.splice(at < 0 ? items.length : at, 0, capture);
  if (items.length > LISTED_MAX) {
    items.length = LISTED_MAX;
    cursor = items.at(-1).id;
  }
}

/** Requests from a place on, and the place after them. A search may take several answers. */
async function fetchFrom(place) {
  const found = [];
  for (let step = 0; step < SEARCH_STEPS; step += 1) {
    const query = new URLSearchParams({ limit: PAGE });
    if (searched) query.set("text", searched);
    if (place) query.set("iterator", place);
    const page = await (await ask(`/request?${query}`)).json();
    found.push(...page.data.map(slim));
    place = page.done ? null : page.iterator;
    if (!place || found.length >= PAGE) break;
  }
  return { found, place };
}

/** Draws the list once for all that came since the browser drew last. */
function draw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    drawRows();
    byId("empty").hidden = !isLive || items.length > 0;
    byId("newest").hidden = isLive || (searched !== "" && unseen === 0);
    put("newest", unseen ? `Show the newest (${unseen} more came)` : "Show the newest");
    byId("older").hidden = cursor === null;
    put("older", searched ? "Search further" : "Show older requests");
    const count = items.length === 1 ? "1 request" : `${items.length || "No"} requests`;
    put("found", searched ? `${count} found${cursor ? " so far" : ""}` : "");
  });
}

function drawRows() {
  const list = byId("requests");
  const wanted = new Set(items.map((it) => it.id));
  for (const [id, row] of rows) {
    if (wanted.has(id)) continue;
    row.remove();
    rows.delete(id);
  }
  let next = list.firstChild;
  for (const item of items) {
    const row = rows.get(item.id) ?? makeRow(item);
    rows.set(item.id, row);
    if (row === next) next = row.nextSibling;
    else list.insertBefore(row, next);
  }
}

function makeRow(item) {
  const target = (item.path || "/") + (item.query === null ? "" : `?${item.query}`);
  const from = item.source?.replace(/:\d+$/, "") ?? "unknown source";
  const row = button("", () => choose(item.id));
  row.append(
    method(item.method),
    make("span", { className: "path" }, target.slice(0, LINE_CHARS)),
    time(item.receivedAt, true),
    make("span", { className: "about" },
      ...badges(item),
      make("span", { className: "event" }, item.eventType.slice(0, LINE_CHARS)),
      make("span", {}, size(item.bodyBytes)),
      make("span", { className: "source" }, from)),
  );
  row.setAttribute("aria-current", String(item.id === chosen));
  return make("li", { data: { id: item.id } }, row);
}
