"""Webhooks whose requests are composed: made, previewed and looked at over plain HTTP, because the
SDK does not know their fields."""

import base64
import hashlib
import hmac
import json

from .wait import SOON, eventually


def make(tenant, app, url, **fields):
    """A new webhook with these fields of the API; gives its id."""
    made = tenant.http.post(f"/app/{app}/endpoint", json={"url": url, **fields})
    assert made.status_code == 201, made.text
    return made.json()["id"]


def change(tenant, app, endpoint, **fields):
    """Changes these fields of a webhook."""
    changed = tenant.http.patch(f"/app/{app}/endpoint/{endpoint}", json=fields)
    assert changed.status_code == 200, changed.text


def set_script(tenant, app, endpoint, code, **fields):
    """Gives a webhook a script and switches it on."""
    path = f"/app/{app}/endpoint/{endpoint}/transformation"
    changed = tenant.http.patch(path, json={"code": code, "enabled": True, **fields})
    assert changed.status_code == 204, changed.text


def send_raw(tenant, app, payload, event_type="test.happened"):
    """A new message whose payload is these bytes; gives its id."""
    body = b'{"eventType":"%s","payload":%s}' % (event_type.encode(), payload)
    sent = tenant.http.post(
        f"/app/{app}/msg", content=body, headers={"content-type": "application/json"}
    )
    assert sent.status_code == 202, sent.text
    return json.loads(sent.text, parse_float=str)["id"]


def problems(answer):
    """What is wrong where, of an answer that refuses a body: place to words."""
    assert answer.status_code == 422, f"{answer.status_code}: {answer.text[:500]}"
    found = answer.json()["detail"]
    assert all(set(entry) == {"loc", "msg", "type"} for entry in found), found
    return {".".join(entry["loc"]): entry["msg"] for entry in found}


def attempts_at(tenant, app, message, endpoint, count=1, within=SOON):
    """Waits for so many attempts of a message at one endpoint; gives them as JSON, oldest first."""

    def enough():
        found = tenant.raw_attempts(app, message)
        found = [entry for entry in found if entry["endpointId"] == endpoint]
        assert len(found) >= count, f"{len(found)} attempts"
        return found

    return eventually(enough, f"{count} attempts of {message} at {endpoint}", within)


def delivery_state(tenant, app, message, endpoint):
    """The state of a delivery, for those who know all states; None when there is no delivery."""
    answer = tenant.http.get(
        f"/app/{app}/msg/{message}/endpoint", params={"expanded_statuses": True, "limit": 250}
    )
    assert answer.status_code == 200, answer.text
    states = {entry["id"]: entry["statusText"] for entry in answer.json()["data"]}
    return states.get(endpoint)


def wait_for_state(tenant, app, message, endpoint, state, within=SOON):
    """Waits until the delivery is in this state."""

    def reached():
        now = delivery_state(tenant, app, message, endpoint)
        assert now == state, f"it is {now}"
        return True

    eventually(reached, f"delivery of {message} is {state}", within)


def test_send(tenant, app, endpoint, **event):
    """Sends a test event; gives the report."""
    answer = tenant.http.post(f"/app/{app}/endpoint/{endpoint}/test", json=event)
    assert answer.status_code == 200, answer.text
    return answer.json()


# Its name begins like a test's.
test_send.__test__ = False


def preview(tenant, **fields):
    """Composes without sending; gives what would be sent."""
    answer = tenant.http.post("/compose/preview", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def signature(secret, request):
    """What a request must be signed with: computed here, because the verifying libraries take
    JSON only."""
    stamp = request.header("webhook-timestamp")
    signed = f"{request.id}.{stamp}.".encode() + request.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
