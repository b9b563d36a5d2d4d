"""Bins and every scheme that is known: the requests of the known answers, signed anew for a bin."""

import json
import re
import time

import pytest

from support import bin, provider_answers
from support.provider_sender import post

# Beyond what is allowed by so much that a slow machine does not matter.
MARGIN_S = 60

# What the requests are made for where no bin is yet.
NOWHERE = "https://bin.example/in/0000000000000000000000"


def is_live(case):
    """Whether it is made for the bin, and not for an address that a provider has published."""
    return case["url"].startswith(NOWHERE)


LIVE = {name: case for name, case in provider_answers.compute(url=NOWHERE).items() if is_live(case)}


def verification(case, key, **fields):
    """A bin's `verify` for a request."""
    verify = {"provider": case["scheme"], "secret": key, **fields}
    if isinstance(case["scheme"], dict):
        parts = {camel(name): value for name, value in case["scheme"].items()}
        parts = {name: value for name, value in parts.items() if value not in (None, "", 0)}
        verify |= {"provider": "generic", **parts}
    return verify


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(map(str.title, rest))


class Sent:
    """A bin, and requests of one kind that are made for its address."""

    def __init__(self, tenant, name, **fields):
        self.name = name
        verify = verification(LIVE[name], LIVE[name]["secret"], reject=True)
        self.bin = bin.make(tenant, verify=verify, **fields)

    def case(self, age_s=0):
        """The request, signed so long ago."""
        return provider_answers.compute(int(time.time()) - age_s, self.bin.url)[self.name]

    def send(self, case, body=None):
        """Sends it; gives the status of the answer, and the capture."""
        target = self.bin.path + case["url"].removeprefix(self.bin.url)
        body = (body or case["body"]).encode()
        status, answered, text = post(
            self.bin.server, target, case["headers"], body, method=case["method"]
        )
        capture = self.bin.get(answered["hookwire-capture"])
        if status == 401:
            assert json.loads(text)["detail"] == capture["verification"]["reason"]
        return status, capture


def as_event_type(name):
    """A provider's name for what happened, as event types are written."""
    return re.sub(r"[^\w.-]", "_", re.sub("[/:]", ".", name or "bin.request"))


def is_published(case):
    """Whether it has the moment at which its provider has published it, years ago."""
    return case["now"] < time.time() - 86_400


@pytest.mark.parametrize("name", LIVE)
def test_every_scheme(tenant, name):
    sent = Sent(tenant, name, deduplicate={"by": "provider"})
    case = sent.case()
    status, first = sent.send(case)
    assert first["eventType"] == as_event_type(case["event_type"])
    if is_published(case) and case["past_max_seconds"]:
        assert status == 401
        assert "longer ago than is allowed" in first["verification"]["reason"]
        return
    assert first["verification"] == {"status": "valid"}
    assert status == 200 and first["duplicateOf"] is None
    late = (case["past_max_seconds"] or 3_600) - MARGIN_S
    for age_s in (late, MARGIN_S - case["future_max_seconds"]):
        _, again = sent.send(sent.case(age_s))
        assert again["verification"] == {"status": "valid"}
        assert again["duplicateOf"] == (first["id"] if case["delivery_id"] else None)

    # What is covered must not change, and what is old or from the future is nothing.
    for part in case["covered"]:
        changed = case["body"].replace(part, flipped(part))
        status, capture = sent.send(case, changed)
        assert (status, capture["verification"]["status"]) == (401, "invalid"), part
    if case["past_max_seconds"]:
        status, capture = sent.send(sent.case(case["past_max_seconds"] + MARGIN_S))
        assert status == 401
        assert "longer ago than is allowed" in capture["verification"]["reason"]
        status, capture = sent.send(sent.case(-case["future_max_seconds"] - MARGIN_S))
        assert status == 401
        assert "further in the future" in capture["verification"]["reason"]

    # Whoever has another key is nobody.
    sent.bin.change(verify=verification(case, case["other_secret"], reject=True))
    status, capture = sent.send(sent.case())
    assert status == 401
    assert "match" in capture["verification"]["reason"], capture["verification"]


def flipped(text):
    """A text whose last character is another one."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def test_the_known_answers_are_what_the_script_prints():
    assert list(provider_answers.compute().values()) == provider_answers.known()
