"""The receivers of examples/receivers against the real server: what they promise to who copies
them."""

import base64
import datetime
import hashlib
import hmac
import os
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from standardwebhooks import Webhook

from support.example import EXAMPLES, Example, languages

# It prints the body as it came, so nothing is wrong with one that is no JSON.
READS_NO_JSON = {"go"}

REFUSED = {400, 401}


def new_secret():
    return "whsec_" + base64.b64encode(os.urandom(24)).decode()


class Wired:
    """An example, and a webhook of a tenant that points at it."""

    def __init__(self, tenant, language, new_example):
        self.tenant = tenant
        self.language = language
        self.app = tenant.app()
        # Chosen here, so that the example can be made before the webhook that points at it.
        self.secret = new_secret()
        self.example = new_example(language, self.secret)
        self.endpoint = tenant.endpoint(self.app, self.example.url, secret=self.secret)

    def deliver(self, **fields):
        """Sends an event and waits until Hookwire has the example's 2xx; gives the message's id."""
        message = self.tenant.send(self.app, "order.paid", **fields)
        self.tenant.wait_for_status(self.app, message, self.endpoint, "success")
        return message

    def resend(self, message):
        """Has Hookwire send it once more; it must be answered with a 2xx like the first one."""
        before = self.tenant.attempts(self.app, message)
        self.tenant.sdk.message_attempt.resend(self.app, message, self.endpoint)
        attempts = self.tenant.wait_for_attempts(self.app, message, len(before) + 1)
        assert 200 <= attempts[-1].response_status_code < 300

    def catch_up(self):
        """Returns when all that was answered so far was worked on, unless it never will be."""
        last = self.deliver(payload={"last": True})
        self.example.wait_for_work(last)
        return last

    def signed(self, message, body='{"n":1}', secret=None, age_s=0):
        """The headers of a request that this webhook could have sent."""
        now = datetime.datetime.now(datetime.timezone.utc)
        when = now - datetime.timedelta(seconds=age_s)
        return {
            "webhook-id": message,
            "webhook-timestamp": str(int(when.timestamp())),
            "webhook-signature": Webhook(secret or self.secret).sign(message, when, body),
        }

    def post(self, headers, body='{"n":1}'):
        """Sends a request that Hookwire did not make; gives the status."""
        return httpx.post(self.example.url, headers=headers, content=body, timeout=30).status_code


@pytest.fixture
def new_example(tmp_path):
    """Makes an example that does not run yet: `new_example(language, secret)`."""
    made = []

    def make(language, secret):
        made.append(Example(language, tmp_path, secret))
        return made[-1]

    yield make
    for example in made:
        example.kill()


@pytest.fixture(params=languages())
def wired(request, tenant, new_example):
    """Each of the examples, with a webhook that points at it."""
    return Wired(tenant, request.param, new_example)


def test_what_comes_again_is_answered_and_worked_on_once(wired):
    wired.example.start()
    message = wired.deliver(payload={"order": 7})
    wired.example.wait_for_work(message)
    wired.resend(message)
    wired.resend(message)
    last = wired.catch_up()
    assert wired.example.worked() == [message, last]


def test_a_kill_between_answer_and_work_loses_nothing(wired):
    wired.example.start(work_s=600)
    unfinished = [wired.deliver(payload={"order": n}) for n in range(3)]
    assert wired.example.worked() == []
    wired.example.kill()

    wired.example.start()
    for message in unfinished:
        wired.example.wait_for_work(message)
    wired.resend(unfinished[0])
    before = wired.catch_up()
    # One after the other: when this one is worked on, what came earlier is marked as done. This
    # one itself may be killed before it is, and then is worked on again, as the README says.
    torn = wired.catch_up()
    wired.example.kill()

    wired.example.start()
    wired.resend(unfinished[1])
    after = wired.catch_up()
    worked = wired.example.worked()
    assert sorted(set(worked)) == sorted([*unfinished, before, torn, after])
    assert {message for message in worked if worked.count(message) > 1} <= {torn}


def test_what_hookwire_did_not_sign_is_refused(wired):
    wired.example.start()
    good = wired.signed("msg_forged")
    forged = {
        "no headers": {},
        "no id": {**good, "webhook-id": ""},
        "another id": {**good, "webhook-id": "msg_other"},
        "another time": {**good, "webhook-timestamp": str(int(good["webhook-timestamp"]) + 1)},
        "no time": {**good, "webhook-timestamp": "now"},
        "another secret": wired.signed("msg_forged", secret=new_secret()),
        "another body": wired.signed("msg_forged", body='{"n":2}'),
        "signed too long ago": wired.signed("msg_forged", age_s=600),
        "signed in the future": wired.signed("msg_forged", age_s=-600),
        "no signature": {**good, "webhook-signature": ""},
        "no version": {**good, "webhook-signature": good["webhook-signature"][3:]},
        "no base64": {**good, "webhook-signature": "v1,%%%"},
        "an unknown version": {**good, "webhook-signature": "v9" + good["webhook-signature"][2:]},
    }
    statuses = {what: wired.post(headers) for what, headers in forged.items()}
    assert {what: status for what, status in statuses.items() if status not in REFUSED} == {}
    last = wired.catch_up()
    assert wired.example.worked() == [last]

    # None of it has taken the place of the event whose id it bore.
    assert 200 <= wired.post(good) < 300
    wired.example.wait_for_work("msg_forged")


def test_one_of_several_signatures_is_enough(wired):
    wired.example.start()
    headers = wired.signed("msg_rotated")
    old = wired.signed("msg_rotated", secret=new_secret())["webhook-signature"]
    headers["webhook-signature"] = f"{old} v1a,AAAA {headers['webhook-signature']}"
    assert 200 <= wired.post(headers) < 300
    wired.example.wait_for_work("msg_rotated")


def test_of_many_at_the_same_moment_one_is_worked_on(wired):
    wired.example.start()
    ids = [f"msg_twin{n}" for n in range(4)]
    requests = [wired.signed(message) for message in ids] * 8
    with ThreadPoolExecutor(len(requests)) as pool:
        statuses = list(pool.map(wired.post, requests))
    assert {status // 100 for status in statuses} == {2}
    last = wired.catch_up()
    for message in ids:
        wired.example.wait_for_work(message)
    assert sorted(wired.example.worked()) == sorted([*ids, last])


def test_what_cannot_be_worked_on_does_not_hold_up_the_others(wired):
    wired.example.start()
    answer = wired.tenant.http.post(
        f"/app/{wired.app}/msg",
        json={
            "eventType": "order.paid",
            "payload": {},
            "transformationsParams": {"rawPayload": "<order/>"},
        },
    )
    assert answer.status_code == 202, answer.text
    raw = answer.json()["id"]
    wired.tenant.wait_for_status(wired.app, raw, wired.endpoint, "success")
    wired.catch_up()
    assert (raw in wired.example.worked()) == (wired.language in READS_NO_JSON)


def test_what_is_too_large_is_not_kept(wired):
    wired.example.start()
    body = '"' + "x" * 9_000_000 + '"'
    try:
        assert 400 <= wired.post(wired.signed("msg_large", body), body) < 500
    except httpx.TransportError:
        pass  # It hung up instead of reading on, which is as good.
    last = wired.catch_up()
    assert wired.example.worked() == [last]


@pytest.mark.parametrize("language", languages())
def test_without_a_secret_nothing_is_accepted(language, new_example):
    """Whoever forgets it must not get a receiver that takes what anybody can sign."""
    example = new_example(language, secret="")
    if not example.start(may_end=True):
        return
    time = str(int(datetime.datetime.now().timestamp()))
    made = hmac.digest(b"", f"msg_anybody.{time}.{{}}".encode(), hashlib.sha256)
    headers = {
        "webhook-id": "msg_anybody",
        "webhook-timestamp": time,
        "webhook-signature": "v1," + base64.b64encode(made).decode(),
    }
    assert httpx.post(example.url, headers=headers, content="{}").status_code >= 400


@pytest.mark.parametrize("language", languages())
def test_each_fits_a_screen(language):
    [source] = (EXAMPLES / language).glob("receiver.*")
    assert len(source.read_text(encoding="utf-8").splitlines()) < 40
