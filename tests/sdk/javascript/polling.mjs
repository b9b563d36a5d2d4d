// Reading messages instead of receiving them.

import { equal, has, holds, step } from "./walker.mjs";

const [APP, SINK, CONSUMER] = ["reader", "inbox", "c"];

/** A page that nobody remembers. */
const poll = (w, options) => w.sdk.message.poller.poll(APP, SINK, options);

/** The consumer's next page of two. */
const consume = (w, iterator) =>
  w.sdk.message.poller.consumerPoll(APP, SINK, CONSUMER, { limit: 2, iterator });

/** Which of the five messages a page has. */
const numbers = (page) => page.data.map((message) => message.payload.n);

step("message.poller.poll: reads in order", async (w) => {
  await w.sdk.application.create({ name: "Reader", uid: APP });
  const empty = await poll(w, { limit: 2 });
  has(empty, { data: [], done: true });
  for (const n of [1, 2, 3, 4, 5]) {
    const eventType = n === 3 ? "n.two" : "n.one";
    await w.sdk.message.create(APP, { eventType, payload: { n } });
  }
  let page = await poll(w, { limit: 2, iterator: empty.iterator });
  const found = numbers(page);
  while (!page.done) {
    holds(page.data.length > 0, "an empty page is not done");
    page = await poll(w, { limit: 2, iterator: page.iterator });
    found.push(...numbers(page));
  }
  equal(found, [1, 2, 3, 4, 5]);
});

step("message.poller.poll: by event type", async (w) => {
  equal(numbers(await poll(w, { eventType: "n.two" })), [3]);
});

step("message.poller.consumer-poll: begins with the oldest", async (w) => {
  const page = await consume(w);
  equal(numbers(page), [1, 2]);
  has(page, { done: false });
});

step("message.poller.consumer-poll: shows again what was not committed", async (w) => {
  const page = await consume(w);
  equal(numbers(page), [1, 2]);
  w.iterator = page.iterator;
});

step("message.poller.consumer-poll: goes on behind what was committed", async (w) => {
  equal(numbers(await consume(w, w.iterator)), [3, 4]);
  equal(numbers(await consume(w)), [3, 4]);
});

step("message.poller.consumer-seek: goes back", async (w) => {
  const target = { after: w.start };
  const { iterator } = await w.sdk.message.poller.consumerSeek(APP, SINK, CONSUMER, target);
  holds(iterator, "no iterator");
  equal(numbers(await consume(w)), [1, 2]);
});
