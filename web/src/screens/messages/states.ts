// What a later look at messages says about those that are shown.

import type { Message, MessagePage } from "@/api/messages";

/** How many messages came since the list was loaded; `isMore` when there are more than counted. */
export interface News {
  count: number;
  isMore: boolean;
}

/** Ids of messages sort by time. */
export function newsOf(page: MessagePage, newest: string | null): News {
  const count = newest === null ? page.data.length : page.data.filter(({ id }) => id > newest).length;
  return { count, isMore: count > 0 && count === page.data.length && !page.done };
}

interface Pages {
  pages: { data: Message[] }[];
}

/** The same pages with the states that their messages have by now; what is the same stays the same
    object. */
export function withStates<T extends Pages>(old: T, fresh: Message[]): T {
  const states = new Map(fresh.map((message) => [message.id, message]));
  const pages = old.pages.map((page) => {
    const isStale = (message: Message) => {
      const now = states.get(message.id);
      return now !== undefined && !isSame(now.deliveries, message.deliveries);
    };
    if (!page.data.some(isStale)) return page;
    return { ...page, data: page.data.map((message) => states.get(message.id) ?? message) };
  });
  return pages.every((page, index) => page === old.pages[index]) ? old : { ...old, pages };
}

function isSame(a: Message["deliveries"], b: Message["deliveries"]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
