import { expect, test } from "vitest";
import type { Message, MessagePage } from "@/api/messages";
import { newsOf, withStates } from "./states";

function message(id: string, pending = 0): Message {
  return {
    id,
    eventId: null,
    eventType: "a",
    payload: {},
    channels: null,
    tags: null,
    timestamp: "",
    deliverAt: null,
    deliveries: { success: 1 - pending, pending, sending: 0, fail: 0, canceled: 0 },
  };
}

function page(...ids: string[]): MessagePage {
  return { data: ids.map((id) => message(id)), iterator: null, prevIterator: null, done: true };
}

test("what is newer than the newest one is new", () => {
  expect(newsOf(page("msg_5", "msg_4", "msg_3"), "msg_3")).toEqual({ count: 2, isMore: false });
  // The newest one may have gone from the list, as its state is another now.
  expect(newsOf(page("msg_5", "msg_2"), "msg_3")).toEqual({ count: 1, isMore: false });
  expect(newsOf(page("msg_5"), null).count).toBe(1);
});

test("states change in place, and pages without a change stay the same objects", () => {
  const old = { pages: [{ data: [message("b", 1)] }, { data: [message("a")] }] };
  const next = withStates(old, [message("c"), message("b"), message("a")]);
  expect(next.pages[0]?.data.map(({ id, deliveries }) => [id, deliveries?.pending])).toEqual([["b", 0]]);
  expect(next.pages[1]).toBe(old.pages[1]);
  expect(withStates(next, [message("b")])).toBe(next);
});
