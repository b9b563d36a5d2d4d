"""What a first user does: makes the webhook "CRM", tests it, sends an event, looks at it."""

import json
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from svix.api import EndpointIn, EventExampleIn, MessageIn, MessageListOptions

from support import answers
from support.client import Tenant


@pytest.fixture
def dev(new_server):
    """The owner of the default organization on a server that was just started with --dev."""
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "1,1,1,1"})
    tenant = Tenant(server, server.token())
    yield tenant
    tenant.close()


def make_crm(dev, url):
    """The webhook "CRM" for payment_received, made by the SDK; gives its id."""
    endpoint = dev.sdk.endpoint.create(
        "default",
        EndpointIn(url=url, event_types=["payment_received"], description="Tells the CRM"),
    )
    assert endpoint.event_types == ["payment_received"]
    assert endpoint.disabled is False
    answer = dev.http.patch(f"/app/default/endpoint/{endpoint.id}", json={"name": "CRM"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"] == "CRM"
    return endpoint.id


def test_a_test_event_shows_what_the_receiver_answered(dev, receiver):
    refusal = answers.status(
        418, b'{"error":"short and stout"}', headers=[("x-kettle", "brown betty")]
    )
    crm = make_crm(dev, receiver.script("/crm", first=[refusal]))

    shown = dev.http.post(
        f"/app/default/endpoint/{crm}/test", json={"eventType": "payment_received"}
    )
    assert shown.status_code == 200, shown.text
    shown = shown.json()
    (came,) = receiver.requests("/crm")

    assert shown["ok"] is False
    assert shown["response"]["status"] == 418
    assert shown["response"]["body"] == '{"error":"short and stout"}'
    headers = {name.lower(): value for name, value in shown["response"]["headers"].items()}
    assert headers["x-kettle"] == "brown betty"
    assert shown["response"]["durationMs"] >= 0
    assert shown["request"]["method"] == "POST" == came.method
    assert shown["request"]["url"] == receiver.url("/crm")
    assert shown["request"]["body"].encode() == came.body
    sent = {name.lower(): value for name, value in shown["request"]["headers"].items()}
    assert sent["webhook-id"] == came.id
    # Without a payload of its own a test sends the catalogue's example.
    assert json.loads(came.body)["payment_status"]
    Webhook(dev.secret("default", crm)).verify(came.body, came.header_map())

    again = dev.http.post(
        f"/app/default/endpoint/{crm}/test",
        json={"eventType": "payment_received", "payload": {"mine": True}},
    ).json()
    assert again["ok"] is True
    assert again["response"]["status"] == 200
    assert json.loads(receiver.requests("/crm")[1].body) == {"mine": True}


def test_a_test_event_is_recorded_as_a_test(dev, receiver):
    crm = make_crm(dev, receiver.script("/crm"))
    dev.http.post(
        f"/app/default/endpoint/{crm}/test", json={"eventType": "payment_received"}
    ).raise_for_status()
    (attempt,) = dev.sdk.message_attempt.list_by_endpoint("default", crm).data
    assert attempt.response_status_code == 200
    assert attempt.trigger_type == 1
    assert attempt.msg_id == receiver.requests("/crm")[0].id


def test_a_test_event_to_nobody_says_why(dev, receiver):
    crm = make_crm(dev, receiver.script("/crm"))
    receiver.down()
    shown = dev.http.post(
        f"/app/default/endpoint/{crm}/test", json={"eventType": "payment_received"}
    )
    assert shown.status_code == 200, shown.text
    shown = shown.json()
    assert shown["ok"] is False
    assert shown["error"]
    assert not shown.get("response")


def test_the_real_event_arrives_signed(dev, receiver):
    crm = make_crm(dev, receiver.script("/crm"))
    secret = dev.secret("default", crm)
    sent = dev.sdk.message.create(
        "default",
        MessageIn(
            event_type="payment_received",
            event_id="payment-78",
            payload={"payment_id": 78, "payment_total": "$19.00"},
        ),
    )
    (came,) = receiver.wait_for("/crm")

    assert came.method == "POST"
    assert came.id == sent.id
    assert came.header("content-type") == "application/json"
    assert came.header("user-agent").startswith("Hookwire/")
    assert came.header("content-length") == str(len(came.body))
    assert abs(int(came.header("webhook-timestamp")) - came.unix_s) < 5
    payload = Webhook(secret).verify(came.body, came.header_map())
    assert payload == {"payment_id": 78, "payment_total": "$19.00"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(came.body + b" ", came.header_map())

    (attempt,) = dev.wait_for_attempts("default", sent.id, 1)
    assert attempt.response_status_code == 200
    assert attempt.status_text.value == "success"
    assert attempt.url == receiver.url("/crm")
    assert attempt.endpoint_id == crm
    assert attempt.trigger_type == 0


def test_an_event_goes_only_to_webhooks_that_want_it(dev, receiver):
    make_crm(dev, receiver.script("/crm"))
    everything = dev.endpoint("default", receiver.script("/everything"))
    off = dev.endpoint("default", receiver.script("/off"), disabled=True)
    in_berlin = dev.endpoint("default", receiver.script("/berlin"), channels=["berlin", "bonn"])

    other = dev.send("default", "customer_created")
    berlin = dev.send("default", "payment_received", channels=["paris", "berlin"])

    receiver.wait_for_ids("/everything", [other, berlin])
    receiver.wait_for_ids("/crm", [berlin])
    receiver.wait_for_ids("/berlin", [berlin])
    assert set(dev.destinations("default", other)) == {everything}
    assert off not in dev.destinations("default", berlin)
    assert in_berlin in dev.destinations("default", berlin)
    assert receiver.ids("/crm") == {berlin}
    assert receiver.ids("/berlin") == {berlin}
    assert receiver.requests("/off") == []


# Payloads that any parser which prints them again would change.
ODD_PAYLOADS = {
    "order and spaces": '{ "z" : 1,\n\t"a":\r\n [ 1 , 2 ] ,"m" : { } }',
    "numbers": '{"big":9007199254740993,"huge":1e400,"long":0.1000000000000000055,"e":1E+2,"z":-0}',
    "duplicate keys": '{"k":1,"k":2,"k":{"k":3}}',
    "escapes": r'{"\u0061":"\u00e9\u4e2d\/\b\f\n\r\t\"\\","pair":"\ud83d\ude00","nul":"\u0000"}',
    "lone surrogates": r'{"a":"\ud800","\udfff":"\ud83d\ud83d"}',
    "raw unicode": '{"é":"中文 😀 \u2028\u2029 \u202e"}',
    "deep": '{"d":' + "[" * 100 + "]" * 100 + "}",
    "empty": "{}",
    "empty, roomy": "{ \n }",
}


@pytest.mark.parametrize("payload", ODD_PAYLOADS.values(), ids=ODD_PAYLOADS.keys())
def test_the_body_is_the_payload_byte_for_byte(tenant, receiver, payload):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/exact"))
    body = '{\n "payload" :  ' + payload + '  , "eventType":"test.happened" }'
    accepted = tenant.http.post(
        f"/app/{app}/msg",
        content=body.encode(),
        headers={"content-type": "application/json"},
    )
    assert accepted.status_code == 202, accepted.text

    (came,) = receiver.wait_for("/exact")
    assert came.body == payload.encode()
    Webhook(tenant.secret(app, endpoint)).verify(came.body, came.header_map(), json_parse=False)

    # Read back it is the same text too.
    read = tenant.http.get(f"/app/{app}/msg/{accepted.json()['id']}")
    assert payload.encode() in read.content


def test_a_stored_payload_survives_byte_for_byte_as_well(new_server, new_tenant, receiver):
    """As above, but the message is sent from the store instead of from memory."""
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "1,1,1,1,1"})
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/exact"))
    receiver.down()
    sent = {}
    for payload in ODD_PAYLOADS.values():
        body = f'{{"eventType":"test.happened","payload":{payload}}}'
        accepted = tenant.http.post(f"/app/{app}/msg", content=body.encode())
        assert accepted.status_code == 202, accepted.text
        sent[accepted.json()["id"]] = payload.encode()
    server.kill()
    receiver.up()
    server.start()
    receiver.wait_for_ids("/exact", sent, within=30)
    for came in receiver.requests("/exact"):
        assert came.body == sent[came.id]


def test_the_fourth_try_succeeds_and_all_four_are_listed(dev, receiver):
    first = [answers.status(500), answers.status(503, b"busy"), answers.status(404)]
    crm = make_crm(dev, receiver.script("/crm", first=first))
    sent = dev.send("default", "payment_received")

    came = receiver.wait_for("/crm", 4)
    attempts = dev.wait_for_attempts("default", sent, 4)
    assert [attempt.response_status_code for attempt in attempts] == [500, 503, 404, 200]
    texts = [attempt.status_text.value for attempt in attempts]
    assert texts == ["fail", "fail", "fail", "success"]
    assert attempts[1].response == ""  # contents are left out unless asked for
    assert dev.attempts("default", sent, with_content=True)[1].response == "busy"
    dev.wait_for_status("default", sent, crm, "success")

    assert {request.id for request in came} == {sent}, "one id on all tries"
    hook = Webhook(dev.secret("default", crm))
    for request in came:
        hook.verify(request.body, request.header_map())
        assert abs(int(request.header("webhook-timestamp")) - request.unix_s) < 3
    assert came[0].header("webhook-timestamp") < came[3].header("webhook-timestamp")
    # Two waits of a second, each 20 % shorter at the most.
    assert came[3].monotonic_s - came[0].monotonic_s > 3 * 0.8 - 0.1
    assert len({request.body for request in came}) == 1


def test_the_catalogue_is_there_from_the_start(dev):
    listed = dev.sdk.event_type.list().data
    assert len(listed) == 23
    assert all(entry.description for entry in listed)
    payment = dev.sdk.event_type.get("payment_received")
    assert payment.schemas


def test_an_example_can_be_sent(dev, receiver):
    crm = make_crm(dev, receiver.script("/crm"))
    message = dev.sdk.endpoint.send_example(
        "default", crm, EventExampleIn(event_type="payment_received")
    )
    (came,) = receiver.wait_for("/crm")
    assert came.id == message.id
    assert json.loads(came.body)["payment_id"]
    Webhook(dev.secret("default", crm)).verify(came.body, came.header_map())
    listed = dev.sdk.message.list("default", MessageListOptions(with_content=True)).data
    assert [entry.id for entry in listed] == [message.id]


def test_a_message_with_a_time_waits_for_it(tenant, receiver):
    """deliverAt in the past is now; in the future nothing is sent yet and the message says so."""
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/later"))
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    answer = tenant.http.post(
        f"/app/{app}/msg",
        json={"eventType": "test.happened", "payload": {}, "deliverAt": later},
    )
    assert answer.status_code == 202, answer.text
    now = tenant.send(app)
    receiver.wait_for_ids("/later", [now])
    delivery = tenant.destinations(app, answer.json()["id"])[endpoint]
    assert delivery.status_text.value == "pending"
    assert delivery.next_attempt.strftime("%Y-%m-%dT%H:%M:%SZ") == later
    assert receiver.ids("/later") == {now}
