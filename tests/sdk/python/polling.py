"""Reading messages instead of receiving them."""

from svix.api import (
    ApplicationIn,
    MessageIn,
    MessagePollerConsumerPollOptions,
    MessagePollerPollOptions,
    PollingEndpointConsumerSeekIn,
)

from walker import equal, holds, step

APP, SINK, CONSUMER = "reader", "inbox", "c"


def poll(w, **options):
    """A page that nobody remembers."""
    return w.sdk.message.poller.poll(APP, SINK, MessagePollerPollOptions(**options))


def consume(w, iterator=None):
    """The consumer's next page of two."""
    options = MessagePollerConsumerPollOptions(limit=2, iterator=iterator)
    return w.sdk.message.poller.consumer_poll(APP, SINK, CONSUMER, options)


def numbers(page):
    """Which of the five messages a page has."""
    return [message.payload["n"] for message in page.data]


@step("message.poller.poll: reads in order")
def _(w):
    w.sdk.application.create(ApplicationIn(name="Reader", uid=APP))
    empty = poll(w, limit=2)
    equal((empty.data, empty.done), ([], True))
    for n in range(1, 6):
        event_type = "n.two" if n == 3 else "n.one"
        w.sdk.message.create(APP, MessageIn(event_type=event_type, payload={"n": n}))
    page = poll(w, limit=2, iterator=empty.iterator)
    found = numbers(page)
    while not page.done:
        holds(page.data, "an empty page is not done")
        page = poll(w, limit=2, iterator=page.iterator)
        found += numbers(page)
    equal(found, [1, 2, 3, 4, 5])


@step("message.poller.poll: by event type")
def _(w):
    equal(numbers(poll(w, event_type="n.two")), [3])


@step("message.poller.consumer-poll: begins with the oldest")
def _(w):
    page = consume(w)
    equal((numbers(page), page.done), ([1, 2], False))


@step("message.poller.consumer-poll: shows again what was not committed")
def _(w):
    page = consume(w)
    equal(numbers(page), [1, 2])
    w.iterator = page.iterator


@step("message.poller.consumer-poll: goes on behind what was committed")
def _(w):
    equal(numbers(consume(w, w.iterator)), [3, 4])
    equal(numbers(consume(w)), [3, 4])


@step("message.poller.consumer-seek: goes back")
def _(w):
    target = PollingEndpointConsumerSeekIn(after=w.start)
    holds(w.sdk.message.poller.consumer_seek(APP, SINK, CONSUMER, target).iterator, "no iterator")
    equal(numbers(consume(w)), [1, 2])
