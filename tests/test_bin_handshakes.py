"""Questions that providers ask before they send, answered by a bin as each of them wants it."""

import hashlib
import hmac
import json
import time

import pytest

from support import bin, provider_sdks
from support.provider_sender import ANSWER, Sender, post

# So long that an answer which waited for it would be seen.
DELAY_MS = 20_000


@pytest.fixture
def fields(tenant):
    """What the bins here have: nothing of it is for questions."""
    app = tenant.app()
    return {"forward": {"appId": app}, "deduplicate": {"by": "body"}}


class Zoom(provider_sdks.Sdk):
    """Has no library; what stands here is its documentation's."""

    provider = "zoom"
    signature = "x-zm-signature"

    def sign(self, draft, key):
        signed = f"v0:{draft.at_unix_s}:{draft.text}"
        return {
            self.signature: "v0=" + hexed(key.signs, signed),
            "x-zm-request-timestamp": str(draft.at_unix_s),
        }


def hexed(key, text):
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


SLACK = (
    '{"token": "Jhj5dZrVaK7ZwHHjRyZWjbDl", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY", '
    '"type": "url_verification"}'
)
ZOOM = (
    '{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,'
    '"event":"endpoint.url_validation"}'
)
DISCORD_INTERACTION = '{"id":"846462639134605312","type":1,"version":1,"token":"unused"}'
DISCORD_EVENT = '{"version":1,"application_id":"1234560123453231555","type":0}'


def zooms_answer(key):
    token = "qgg8vlvZRS6UYooatFL8Aw"
    return {"plainToken": token, "encryptedToken": hexed(key.shown, token)}


QUESTIONS = {
    "Slack": (
        provider_sdks.Slack,
        SLACK,
        200,
        lambda _: {"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY"},
    ),
    "Zoom": (Zoom, ZOOM, 200, zooms_answer),
    "Discord, interactions": (
        provider_sdks.Discord,
        DISCORD_INTERACTION,
        200,
        lambda _: {"type": 1},
    ),
    "Discord, events": (provider_sdks.Discord, DISCORD_EVENT, 204, None),
}


@pytest.fixture(params=QUESTIONS)
def asked(request):
    """A provider, what it asks, the status that it wants, and the answer by its key."""
    library, *rest = QUESTIONS[request.param]
    return library(), *rest


def ask(sender, question, key=None, **how):
    """Asks; gives status, headers and body of the answer, and the capture."""
    draft = sender.draft(body=question.encode(), **how)
    answer = post(sender.bin.server, sender.path, sender.signed(draft, key), draft.body)
    return *answer, sender.bin.get(answer[1]["hookwire-capture"])


@pytest.mark.parametrize("reject", [True, False], ids=["refuses", "marks"])
def test_a_signed_question_is_answered(tenant, fields, asked, reject):
    library, question, wanted, answer = asked
    response = ANSWER | {"delayMs": DELAY_MS}
    sender = Sender(tenant, library, reject=reject, response=response, **fields)
    # Each time that it is asked.
    for _ in range(2):
        begun = time.monotonic()
        status, headers, text, capture = ask(sender, question)
        assert time.monotonic() - begun < DELAY_MS / 2_000
        assert status == wanted
        # Discord wants the header even where there is nothing to describe.
        assert headers["content-type"] == "application/json"
        if answer is None:
            assert text == ""
        else:
            assert json.loads(text) == answer(sender.key)
        assert capture["verification"] == {"status": "valid"}
        assert capture["responseStatus"] == wanted
        assert capture["messageId"] is None, "a question is no event"


def test_what_was_not_signed_is_not_answered(tenant, fields, asked):
    library, question, *_ = asked
    refusing = Sender(tenant, library, reject=True, **fields)
    marking = Sender(tenant, library, **fields)
    for key, age_s in ((library.new_key(), 0), (None, 3_600)):
        status, _, _, capture = ask(refusing, question, key, age_s=age_s)
        assert status == 401
        assert capture["verification"]["status"] == "invalid"
        status, _, text, capture = ask(marking, question, key, age_s=age_s)
        assert (status, text) == (ANSWER["status"], ANSWER["body"])
        assert capture["verification"]["status"] == "invalid" and capture["messageId"] is None


def test_an_event_is_no_question(tenant, fields):
    library = provider_sdks.Discord()
    sender = Sender(tenant, library, reject=True, **fields)
    event = '{"version":1,"application_id":"1","type":1,"event":{"type":"ENTITLEMENT_CREATE"}}'
    status, _, text, capture = ask(sender, event)
    assert (status, text) == (ANSWER["status"], ANSWER["body"])
    assert capture["eventType"] == "ENTITLEMENT_CREATE" and capture["messageId"] is not None


def test_zoom_is_answered_with_the_key_that_it_signed_with(tenant):
    keys = [Zoom().new_key() for _ in range(3)]
    sender = Sender(tenant, Zoom(), secrets=[key.shown for key in keys], reject=True)
    for key in keys:
        status, _, text, _ = ask(sender, ZOOM, key)
        assert (status, json.loads(text)) == (200, zooms_answer(key))


# ---- Meta asks by a GET that it does not sign -----------------------------------------------

TOKEN = "meaty ham & hock"
CHALLENGE = "1158201444"
QUESTION = f"?hub.mode=subscribe&hub.challenge={CHALLENGE}&hub.verify_token=meaty%20ham+%26%20hock"


def meta_bin(tenant, **fields):
    verify = {"provider": "meta", "secret": "0123456789abcdef", "reject": True}
    verify |= fields.pop("verify", {})
    return bin.make(tenant, verify=verify, response=ANSWER, **fields)


def get(made, target):
    """Sends a GET; gives status, headers and body of the answer, and the capture."""
    answer = post(made.server, made.path + target, {}, b"", method="GET")
    return *answer, made.get(answer[1]["hookwire-capture"])


def test_who_knows_metas_token_gets_the_challenge(tenant, fields):
    made = meta_bin(tenant, verify={"verifyToken": TOKEN}, **fields)
    for target in (QUESTION, "/below" + QUESTION):
        status, headers, text, capture = get(made, target)
        assert (status, text) == (200, CHALLENGE)
        assert headers["content-type"].startswith("text/plain")
        assert capture["verification"] == {"status": "unchecked"}
        assert capture["messageId"] is None
    assert TOKEN not in json.dumps(tenant.http.get(f"/bin/{made.id}").json())
    # An event is signed, and is no question.
    body = b'{"object":"page","entry":[{"changes":[{"field":"feed"}]}]}'
    signature = "sha256=" + hmac.digest(b"0123456789abcdef", body, hashlib.sha256).hex()
    capture = made.keep(body, headers={"x-hub-signature-256": signature})
    assert capture["verification"] == {"status": "valid"}
    assert capture["eventType"] == "page.feed" and capture["messageId"] is not None


@pytest.mark.parametrize(
    "target",
    [
        QUESTION.replace("meaty", "Meaty"),
        QUESTION.replace("hub.verify_token", "verify_token"),
        QUESTION.split("&hub.verify_token")[0],
        QUESTION.replace("subscribe", "unsubscribe"),
        QUESTION.replace(CHALLENGE, "%3Cscript%3E%20"),
        QUESTION.replace(CHALLENGE, ""),
        QUESTION.replace(CHALLENGE, "1" * 5_000),
    ],
    ids=lambda target: target[:100],
)
def test_metas_question_must_be_right(tenant, target):
    made = meta_bin(tenant, verify={"verifyToken": TOKEN})
    status, _, text, capture = get(made, target)
    assert status == 401, text
    assert capture["verification"]["status"] == "invalid"
    assert CHALLENGE not in text and TOKEN not in text


def test_without_a_token_meta_is_not_answered(tenant):
    made = meta_bin(tenant)
    for target in (QUESTION, "?hub.mode=subscribe&hub.challenge=1&hub.verify_token="):
        assert get(made, target)[0] == 401
