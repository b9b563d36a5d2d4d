"""What all steps share: the world, the list of steps, waiting, paging, refusals."""

import os
import time
from datetime import datetime, timedelta, timezone

from svix.api import Svix, SvixOptions
from svix.api.errors.http_error import HttpError
from svix.api.errors.http_validation_error import HTTPValidationError

# How long a thing that should happen soon may take on a busy machine.
DEADLINE_S = 20.0
PAUSE_S = 0.05

_steps = []


class World:
    """The server, the receiver, and what earlier steps made."""

    def __init__(self):
        self.receiver = os.environ["HOOKWIRE_RECEIVER_URL"]
        self.sdk = self.client(os.environ["HOOKWIRE_TOKEN"])
        self.start = datetime.now(timezone.utc) - timedelta(minutes=1)
        self.pages = []

    def client(self, token):
        """An SDK client; without retries, because the first answer counts."""
        url = os.environ["HOOKWIRE_URL"]
        return Svix(token, SvixOptions(server_url=url, retry_schedule=[], timeout=30))


class Failed(Exception):
    """A step did not find what it must."""


def step(name):
    """Makes a function of the world the next step of the walk."""

    def add(function):
        _steps.append((name, function))
        return function

    return add


def walk(world):
    """Takes every step and prints how it went; gives the exit code."""
    code = 0
    for name, function in _steps:
        try:
            function(world)
        except Exception as error:  # Whatever the SDK raises is the step's failure.
            print(f"FAIL {name}: {type(error).__name__}: {error}", flush=True)
            code = 1
            if os.environ.get("HOOKWIRE_WALK_ON") != "1":
                break
        else:
            print(f"ok  {name}", flush=True)
    return code


# ---- finding out ------------------------------------------------------------------------------


def holds(condition, what):
    """Fails the step unless the condition is true."""
    if not condition:
        raise Failed(what)


def equal(found, wanted):
    """Fails the step unless both are equal."""
    if found != wanted:
        raise Failed(f"found {found!r} instead of {wanted!r}")


def eventually(condition):
    """Asks again until the condition holds; gives what it gave."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        try:
            return condition()
        except (Failed, HttpError) as error:
            if time.monotonic() >= deadline:
                raise Failed(f"not within {DEADLINE_S:g} s: {error}") from error
        time.sleep(PAUSE_S)


def refused(status, call, *arguments):
    """Fails the step unless the call is refused with an error of this status and full shape."""
    try:
        call(*arguments)
    except HTTPValidationError as error:
        equal(error.status_code, status)
        holds(error.detail and error.detail[0].msg and error.detail[0].type, "it says nothing")
        return error.detail[0].loc
    except HttpError as error:
        equal(error.status_code, status)
        holds(error.code and error.detail, "code or detail is missing")
        return None
    raise Failed(f"it was not refused with {status}")


# ---- paging -----------------------------------------------------------------------------------


def identity(entry):
    """What tells the entries of a list apart."""
    return getattr(entry, "id", None) or entry.name


def identities(entries):
    """That of every entry."""
    return [identity(entry) for entry in entries]


def pages_forward(world, page_at, limit=2):
    """Walks a list by `page_at(limit=…, iterator=…)` to its end and keeps the pages."""
    world.pages = []
    whole = page_at(limit=250)
    holds(whole.done, "a list that fits a page is not done")
    wanted = identities(whole.data)
    holds(len(wanted) > limit, f"{len(wanted)} entries are too few for two pages")
    pages = [page_at(limit=limit)]
    while not pages[-1].done:
        equal(len(pages[-1].data), limit)
        holds(len(pages) <= len(wanted), "the list does not end")
        pages.append(page_at(limit=limit, iterator=pages[-1].iterator))
    equal([one for page in pages for one in identities(page.data)], wanted)
    world.pages = pages


def pages_back(world, page_at, limit=2):
    """Walks back over the pages that `pages_forward` has kept."""
    holds(len(world.pages) > 1, "there are no pages to go back over")
    page = world.pages[-1]
    for wanted in reversed(world.pages[:-1]):
        holds(page.prev_iterator, "there is no way back")
        page = page_at(limit=limit, iterator=page.prev_iterator)
        equal(identities(page.data), identities(wanted.data))


def both_orders(page_at):
    """Both orders of a list are each other's reverse."""
    up = identities(page_at(limit=250, order="ascending").data)
    down = identities(page_at(limit=250, order="descending").data)
    holds(len(up) > 1, "too few entries for an order")
    equal(up, down[::-1])
