// What all steps share: the world, the list of steps, waiting, paging, refusals.

import { setTimeout as pause } from "node:timers/promises";
import { inspect, isDeepStrictEqual } from "node:util";

import { ApiException, Svix } from "svix";

// How long a thing that should happen soon may take on a busy machine.
const DEADLINE_MS = 20_000;
const PAUSE_MS = 50;

const steps = [];

/** The server, the receiver, and what earlier steps made. */
export class World {
  constructor() {
    this.receiver = process.env.HOOKWIRE_RECEIVER_URL;
    this.sdk = this.client(process.env.HOOKWIRE_TOKEN);
    this.start = new Date(Date.now() - 60_000);
    this.pages = [];
  }

  /** An SDK client; without retries, because the first answer counts. */
  client(token) {
    const options = { serverUrl: process.env.HOOKWIRE_URL, retryScheduleInMs: [] };
    return strict(new Svix(token, { ...options, requestTimeout: 30_000 }));
  }
}

/**
 * The same client, but it fails where an answer has a date that is missing or none at all: this
 * SDK makes an invalid date of such, silently.
 */
function strict(target) {
  return new Proxy(target, {
    get(object, name) {
      const value = Reflect.get(object, name, object);
      if (typeof value === "function") {
        return async (...given) => withoutInvalidDates(await value.apply(object, given));
      }
      return value !== null && typeof value === "object" ? strict(value) : value;
    },
  });
}

function withoutInvalidDates(answer) {
  if (answer instanceof Date) {
    holds(!Number.isNaN(answer.getTime()), "the answer has an invalid date");
  } else if (answer !== null && typeof answer === "object") {
    Object.values(answer).forEach(withoutInvalidDates);
  }
  return answer;
}

class Failed extends Error {}

/** Makes a function of the world the next step of the walk. */
export function step(name, take) {
  steps.push({ name, take });
}

/** Takes every step and prints how it went; gives the exit code. */
export async function walk(world) {
  let code = 0;
  for (const { name, take } of steps) {
    try {
      await take(world);
      console.log(`ok  ${name}`);
    } catch (error) {
      console.log(`FAIL ${name}: ${described(error)}`);
      code = 1;
      if (process.env.HOOKWIRE_WALK_ON !== "1") break;
    }
  }
  return code;
}

function described(error) {
  if (error instanceof ApiException) return `${error.code} ${JSON.stringify(error.body)}`;
  return error instanceof Failed ? error.message : `${error.name}: ${error.message}`;
}

// ---- finding out --------------------------------------------------------------------------------

/** Fails the step unless the condition is true. */
export function holds(condition, what) {
  if (!condition) throw new Failed(what);
}

/** Fails the step unless both are equal; a field that is absent counts as null. */
export function equal(found, wanted) {
  const plain = found ?? null;
  const shown = (value) => inspect(value, { breakLength: Infinity, depth: 5 });
  holds(isDeepStrictEqual(plain, wanted), `found ${shown(plain)} instead of ${shown(wanted)}`);
}

/** Fails the step unless the fields of an object are as given. */
export function has(object, wanted) {
  for (const [name, value] of Object.entries(wanted)) {
    try {
      equal(object[name], value);
    } catch (error) {
      throw new Failed(`${name}: ${error.message}`);
    }
  }
}

/** Asks again until the condition does not throw; gives what it gave. */
export async function eventually(condition) {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    try {
      return await condition();
    } catch (error) {
      const retriable = error instanceof Failed || error instanceof ApiException;
      if (!retriable) throw error;
      if (performance.now() >= deadline) {
        throw new Failed(`not within ${DEADLINE_MS} ms: ${described(error)}`);
      }
    }
    await pause(PAUSE_MS);
  }
}

/** Fails the step unless the call is refused with this status and an error of full shape. */
export async function refused(status, call) {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    equal(error.code, status);
    if (status === 422) {
      const [first] = error.body.detail;
      holds(first.msg && first.type, "it says nothing");
      return first.loc;
    }
    holds(error.body.code && error.body.detail, "code or detail is missing");
    return null;
  }
  throw new Failed(`it was not refused with ${status}`);
}

// ---- paging -------------------------------------------------------------------------------------

/** What tells the entries of a list apart. */
export function identities(entries) {
  return entries.map((entry) => entry.id ?? entry.name);
}

/** Walks a list by `pageAt({limit, iterator})` to its end and keeps the pages. */
export async function pagesForward(world, pageAt, limit = 2) {
  world.pages = [];
  const whole = await pageAt({ limit: 250 });
  holds(whole.done, "a list that fits a page is not done");
  const wanted = identities(whole.data);
  holds(wanted.length > limit, `${wanted.length} entries are too few for two pages`);
  const pages = [await pageAt({ limit })];
  while (!pages.at(-1).done) {
    equal(pages.at(-1).data.length, limit);
    holds(pages.length <= wanted.length, "the list does not end");
    pages.push(await pageAt({ limit, iterator: pages.at(-1).iterator }));
  }
  equal(pages.flatMap((page) => identities(page.data)), wanted);
  world.pages = pages;
}

/** Walks back over the pages that `pagesForward` has kept. */
export async function pagesBack(world, pageAt, limit = 2) {
  holds(world.pages.length > 1, "there are no pages to go back over");
  let page = world.pages.at(-1);
  for (const wanted of world.pages.slice(0, -1).reverse()) {
    holds(page.prevIterator, "there is no way back");
    page = await pageAt({ limit, iterator: page.prevIterator });
    equal(identities(page.data), identities(wanted.data));
  }
}

/** Both orders of a list are each other's reverse. */
export async function bothOrders(pageAt) {
  const up = identities((await pageAt({ limit: 250, order: "ascending" })).data);
  const down = identities((await pageAt({ limit: 250, order: "descending" })).data);
  holds(up.length > 1, "too few entries for an order");
  equal(up, down.reverse());
}
