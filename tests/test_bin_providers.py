"""Bins that verify: requests that the providers' own libraries have signed, and what is made of
those that they would not take."""

import json
import re
from dataclasses import replace

import pytest

from support import answers, provider_sdks, sdk
from support.provider_node import Node
from support.provider_sender import ANSWER, Sender

# Fetching what a provider publishes may take a while on a slow line.
MAKE_READY_S = 300

# Beyond what is allowed by so much that neither a slow machine nor a clock's tick matters.
MARGIN_S = 60
FUTURE_MAX_S = 300

# Headers that every hop has anew.
OF_THE_HOP = {"host", "content-length"}


@pytest.fixture(scope="module")
def node():
    """What providers publish for JavaScript."""
    node = Node(sdk.ready("javascript", MAKE_READY_S, script="provider-env.sh"))
    yield node
    node.close()


@pytest.fixture(params=provider_sdks.SDKS, ids=lambda made: made.__name__)
def library(request):
    """Each provider's own library."""
    made = request.param
    if made.__init__ is provider_sdks.Sdk.__init__:
        return made()
    return made(request.getfixturevalue("node"))


def own_headers(headers):
    """Headers without those of the hop, in order, their names in small letters."""
    small = [(name.lower(), value) for name, value in headers]
    return [(name, value) for name, value in small if name not in OF_THE_HOP]


def test_what_a_provider_signed_is_valid(tenant, library):
    sender = Sender(tenant, library, reject=True)
    capture = sender.deliver()
    assert capture["eventType"] == library.event_type
    # As it may be late by what the provider allows.
    if library.past_max_s:
        sender.deliver(age_s=library.past_max_s - MARGIN_S)
    sender.deliver(age_s=MARGIN_S - FUTURE_MAX_S)


def forgeries(sender):
    """Requests that nobody must take: a name, the request, its headers, and the reason."""
    library, draft = sender.library, sender.draft()
    good = sender.signed(draft)
    missing = dict(good)
    del missing[library.signature]
    name = library.signature.lower()

    changed = replace(draft, body=draft.body.replace(b"Zo", b"Zu"))
    assert changed.body != draft.body
    yield "another body", changed, good, library.changed_body
    longer = replace(draft, body=draft.body + b" ")
    yield "a longer body", longer, good, library.changed_body
    yield "another key", draft, sender.signed(draft, library.new_key()), "no signature matches"
    yield "no signature", draft, missing, f"the header {name} is missing"
    nonsense = {**good, library.signature: "%"}
    yield "nonsense", draft, nonsense, f"the header {name} is malformed|no signature matches"
    if library.past_max_s:
        old = sender.draft(age_s=library.past_max_s + MARGIN_S)
        reason = r"the request was signed \d\d s longer ago than is allowed"
        yield "signed long ago", old, sender.signed(old), reason
        new = sender.draft(age_s=-FUTURE_MAX_S - MARGIN_S)
        reason = r"the request's timestamp is \d\d s further in the future than is allowed"
        yield "signed in the future", new, sender.signed(new), reason
    if library.path:
        elsewhere = replace(draft, url=draft.url.replace(library.path, library.path + "&y=z"))
        yield "another address", elsewhere, good, "no signature matches"


@pytest.mark.parametrize("reject", [True, False], ids=["refused", "only marked"])
def test_what_it_did_not_sign_is_kept_and_marked(tenant, library, reject):
    sender = Sender(tenant, library, reject=reject)
    for what, draft, headers, reason in forgeries(sender):
        status, text, capture = sender.send(draft, headers)
        verification = capture["verification"]
        assert verification["status"] == "invalid", what
        assert re.fullmatch(reason, verification["reason"]), f"{what}: {verification['reason']}"
        if not what.startswith("signed") or what in library.minds:
            assert not sender.accepts(draft, headers), f"the provider itself would take {what}"
        if reject:
            assert (status, json.loads(text)["detail"]) == (401, verification["reason"]), what
        else:
            assert (status, text) == (ANSWER["status"], ANSWER["body"]), what
        if sender.key.shown == sender.key.signs:
            assert sender.key.shown not in text and sender.key.shown not in json.dumps(capture)
    listed = sender.bin.captures(verified=False)
    assert len(listed) == len(sender.bin.captures()) == len(list(forgeries(sender)))
    log = tenant.server.log()
    assert sender.key.signs not in log and "panicked" not in log
    # Nothing of that has an effect on what is good.
    sender.deliver()


def test_what_comes_again_is_known_by_the_providers_id(tenant, library):
    sender = Sender(tenant, library, deduplicate={"by": "provider"})
    first = sender.deliver("evt_1")
    assert first["duplicateOf"] is None
    # Signed anew, as providers do that try again.
    again = sender.deliver("evt_1", age_s=5)
    assert again["duplicateOf"] == first["id"]
    assert sender.deliver("evt_2")["duplicateOf"] is None
    # Who can only forge must not take the place of what comes after.
    draft = sender.draft("evt_3")
    _, _, forged = sender.send(draft, sender.signed(draft, library.new_key()))
    assert forged["verification"]["status"] == "invalid" and forged["duplicateOf"] is None
    assert sender.deliver("evt_3")["duplicateOf"] is None
    duplicates = [capture["id"] for capture in sender.bin.captures(duplicate=True)]
    assert duplicates == [again["id"]]


def test_what_is_replayed_verifies_at_the_receiver(tenant, library, receiver):
    sender = Sender(tenant, library)
    drafts = [sender.draft() for _ in range(2)]
    ids = []
    for draft in drafts:
        _, _, capture = sender.send(draft, sender.signed(draft))
        assert capture["verification"] == {"status": "valid"}
        ids.append(capture["id"])

    url = receiver.script("/local", then=answers.status(201, b"done"))
    path = f"/bin/{sender.bin.id}/request/{ids[0]}/replay"
    replayed = tenant.http.post(path, json={"url": url})
    assert replayed.status_code == 200, replayed.text
    assert replayed.json()["ok"] and replayed.json()["response"]["status"] == 201
    many = {"requests": ids[::-1], "url": url}
    replayed = tenant.http.post(f"/bin/{sender.bin.id}/replay", json=many)
    assert [entry["ok"] for entry in replayed.json()["data"]] == [True, True]

    came = receiver.requests("/local")
    assert len(came) == 3
    for request, n in zip(came, (0, 1, 0), strict=True):
        assert (request.method, request.body) == ("POST", drafts[n].body)
        assert own_headers(request.headers) == own_headers(sender.bin.get(ids[n])["headers"])
        assert sender.accepts(drafts[n], request.headers), "it does not verify any more"


def test_while_keys_change_both_are_good(tenant, library):
    old, new = library.new_key(), library.new_key()
    sender = Sender(tenant, library, secrets=[new.shown, old.shown], reject=True)
    for sender.key in (old, new):
        sender.deliver()
    verify = {"provider": library.provider, "secret": new.shown, "reject": True}
    assert sender.bin.change(verify=verify)["verify"]["secretsCount"] == 1
    sender.deliver()
    draft = sender.draft()
    status, _, capture = sender.send(draft, sender.signed(draft, old))
    assert status == 401
    assert capture["verification"] == {"status": "invalid", "reason": "no signature matches"}


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "key=webhooks_sharedkey_01HZX",
        "algorithm=",
        "algorithm=HMAC_SHA1",
        "algorithm=hmac_sha256,key=webhooks_sharedkey_01HZX",
        " key = webhooks_sharedkey_01HZX , algorithm = HMAC_SHA256 ",
        "algorithm=,algorithm=HMAC_SHA256",
        "key=algorithm=HMAC_SHA256",
        "ALGORITHM=HMAC_SHA256",
    ],
)
def test_twilio_names_the_algorithm_as_its_library_reads_it(tenant, settings):
    library = provider_sdks.TwilioSharedKey()
    library.settings = settings
    Sender(tenant, library, reject=True).deliver()


def test_an_algorithm_that_twilio_does_not_have_is_refused(tenant):
    library = provider_sdks.TwilioSharedKey()
    sender = Sender(tenant, library, reject=True)
    draft = sender.draft()
    headers = sender.signed(draft)
    headers["X-Twilio-Webhooks-Signature-Settings"] = "algorithm=none"
    assert not sender.accepts(draft, headers)
    status, _, capture = sender.send(draft, headers)
    assert status == 401
    reason = capture["verification"]["reason"]
    assert reason == "the header x-twilio-webhooks-signature-settings is malformed"


PUBLIC_URL = "https://hooks.example.com/behind/a/proxy"


@pytest.fixture
def proxied(new_server, new_tenant):
    """A tenant of a server that others reach by another address than its own."""
    return new_tenant(new_server(env={"HOOKWIRE_PUBLIC_URL": PUBLIC_URL}))


def test_a_signed_address_is_the_public_one(proxied):
    for made in (provider_sdks.Twilio, provider_sdks.TwilioJson):
        library = made()
        sender = Sender(proxied, library, reject=True)
        assert sender.bin.url.startswith(PUBLIC_URL + "/in/")
        capture = sender.deliver()
        assert capture["url"].startswith(sender.bin.url)

        # Signed with the port that the address has anyway, which Twilio does sometimes.
        draft = sender.draft()
        with_port = replace(draft, url=draft.url.replace(".com/", ".com:443/"))
        status, _, _ = sender.send(draft, sender.signed(with_port))
        assert status == ANSWER["status"]

        # Signed for the address at which the server itself listens.
        inner = replace(draft, url=draft.url.replace(PUBLIC_URL, proxied.server.url))
        status, _, capture = sender.send(draft, sender.signed(inner))
        assert status == 401
        assert capture["verification"]["reason"] == "no signature matches"
