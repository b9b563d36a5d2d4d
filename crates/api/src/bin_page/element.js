// Making elements, and what all parts of the page say in the same way.

export const byId = (id) => document.getElementById(id);

/** Has an element show a text; one that does already keeps what a person has selected of it. */
export function put(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

/** An element with these properties. Texts among the children become text nodes: what a stranger
    wrote is never read as markup. */
export function make(name, properties, ...children) {
  const { data, ...own } = properties;
  const element = Object.assign(document.createElement(name), own);
  Object.assign(element.dataset, data);
  element.append(...children);
  return element;
}

export function button(text, act) {
  return make("button", { type: "button", onclick: act }, text);
}

/** Has a button do something that may fail, and say how it ended. */
export function acts(element, act, done) {
  const label = element.textContent;
  element.onclick = async () => {
    try {
      await act();
      element.textContent = done;
    } catch (error) {
      element.textContent = `Failed: ${error.message}`;
    }
    setTimeout(() => (element.textContent = label), 2_000);
  };
  return element;
}

/** A button that copies what `text` gives. */
export function copies(element, text) {
  return acts(element, () => copy(text()), "Copied");
}

async function copy(text) {
  // The clipboard's own interface is there for https and localhost only.
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = make("textarea", { value: text, className: "offscreen" });
  document.body.append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  if (!isDone) throw new Error("the browser does not permit it");
}

/** A size in bytes, for people. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [count, unit] = bytes < 1048576 ? [bytes / 1024, "KiB"] : [bytes / 1048576, "MiB"];
  return `${count.toFixed(count < 10 ? 1 : 0)} ${unit}`;
}

/** A moment in the reader's own time; in short without its date where that is today. */
export function time(iso, isShort) {
  const moment = new Date(iso);
  const isToday = moment.toDateString() === new Date().toDateString();
  const text = isShort && isToday ? moment.toLocaleTimeString() : moment.toLocaleString();
  return make("time", { dateTime: iso, title: iso }, text);
}

/** A method, of which the style knows the usual ones. */
export function method(text) {
  return make("b", { className: "method", data: { method: text } }, text);
}

/** What is special about a capture. */
export function badges({ verification, duplicateOf }) {
  const kinds = [];
  if (verification.status === "valid") kinds.push(["good", "verified"]);
  if (verification.status === "invalid") kinds.push(["bad", "invalid"]);
  if (duplicateOf) kinds.push(["again", "duplicate"]);
  return kinds.map(([kind, text]) => make("span", { className: `badge ${kind}` }, text));
}
