// The page of one bin: puts its parts together, and does what people ask for.

import { byId, copies, make, button, put } from "./element.js";
import * as list from "./list.js";
import { inFull } from "./request.js";
import { ask, end, isOver, link, say } from "./server.js";
import { follow } from "./stream.js";

const CHECK_MS = 15_000; // Whether link and bin still are: a stream does not say when a link ends.
const TYPING_MS = 250;

let chosen = null;

/** Shows the bin as it is now. */
async function check() {
  const bin = await (await ask("")).json();
  const name = bin.name || "Request bin";
  document.title = `${name} · Hookwire`;
  put("name", name);
  put("url", bin.url);
  put("try", `curl -d '{"hello": "world"}' ${bin.url}`);
  byId("address").hidden = false;
}

async function choose(id) {
  chosen = id;
  list.mark(id);
  const shown = await fetched(id);
  if (chosen !== id) return;
  const back = button("‹ All requests", close);
  back.className = "back";
  byId("detail").replaceChildren(back, ...shown);
  byId("detail").scrollTop = 0;
  // In a narrow window only one of the two is there.
  document.body.dataset.view = "detail";
  if (byId("list").offsetParent === null) back.focus();
}

async function fetched(id) {
  try {
    return inFull(await (await ask(`/request/${id}`)).json(), choose);
  } catch (error) {
    const isGone = error.status === 404;
    const words = isGone ? "This request is not kept any more." : `Not fetched: ${error.message}`;
    return [make("p", { className: "note" }, words)];
  }
}

function close() {
  document.body.dataset.view = "list";
  list.focus();
}

/** Fetches for the list, and says so where that fails. */
async function fetchFor(fetching, control) {
  control.disabled = true;
  put("trouble", "");
  try {
    await fetching();
  } catch (error) {
    if (!isOver(error)) put("trouble", `The list could not be fetched: ${error.message}`);
  }
  control.disabled = false;
}

function listen() {
  let typing;
  let searched = "";
  const search = () => {
    clearTimeout(typing);
    const text = byId("text").value.trim();
    if (text !== searched) fetchFor(() => list.load(text), {});
    searched = text;
  };
  byId("text").oninput = () => {
    clearTimeout(typing);
    typing = setTimeout(search, TYPING_MS);
  };
  byId("search").onsubmit = (event) => {
    event.preventDefault();
    search();
  };
  byId("newest").onclick = (event) => fetchFor(() => list.load(), event.target);
  byId("older").onclick = (event) => fetchFor(() => list.older(), event.target);
  copies(byId("copy-url"), () => byId("url").textContent);
  copies(byId("copy-try"), () => byId("try").textContent);
  list.onChoose(choose);
  addEventListener("keydown", onKey);
}

/** `/` searches, arrows go through the list, Escape leaves a request. */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target === byId("text");
  const row = event.target.closest?.("#requests > li");
  const beside = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling };
  if (event.key === "/" && !isTyping) byId("text").focus();
  else if (event.key === "Escape" && !isTyping) close();
  else if (beside[event.key]) beside[event.key].firstChild.focus();
  else return;
  event.preventDefault();
}

/** What has to be there before the stream begins. */
async function prepare(isBegun) {
  await check();
  if (isBegun) return null;
  await list.load();
  return list.beginning();
}

// Another link in the same tab is another page.
addEventListener("hashchange", () => location.reload());
if (link) {
  listen();
  const timer = setInterval(() => check().catch(isOver), CHECK_MS);
  end.addEventListener("abort", () => clearInterval(timer));
  follow(prepare, list.take);
} else {
  say("end", "This link is not complete: after its # there is bin_…, a colon, and a long text.");
}
