"""Previews: what would be sent, over the API and on the command line, and that nothing is."""

import json

import pytest

from support import answers
from support.composed import make, preview, problems, set_script, test_send
from support.refusal import everything
from support.wait import eventually

URL = "https://crm.example/contacts/{{ payload.id }}"
SECRET = "hush-47d1c0aa93"


def test_a_definition_that_does_not_exist_is_composed(tenant):
    definition = {
        "name": "CRM",
        "url": URL,
        "metadata": {"region": "eu"},
        "headers": {"x-plan": "{{ application.metadata.plan }}/{{ endpoint.metadata.region }}"},
        "request": {
            "method": "PUT",
            "body": {"kind": "json", "fields": {"n": "{{ payload.n }}", "id": "{{ id }}"}},
            "idempotencyKey": True,
        },
        "filter": "payload.n > 1 && 'a' in tags && 'c' in channels",
    }
    body = (
        '{"endpoint":%s,"eventType":"order.paid","payload":{"id":"a/b","n":9007199254740993},'
        '"tags":["a"],"channels":["c"],"application":{"uid":"acme","metadata":{"plan":"gold"}}}'
    )
    answer = tenant.http.post(
        "/compose/preview",
        content=(body % json.dumps(definition)).encode(),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["ok"] is True and said["matched"] is True
    assert said["console"] == [] and "error" not in said and "skipped" not in said
    request = said["request"]
    assert (request["method"], request["url"]) == ("PUT", "https://crm.example/contacts/a%2Fb")
    message = request["headers"]["webhook-id"]
    assert request["body"] == '{"n":9007199254740993,"id":"%s"}' % message
    assert request["headers"]["x-plan"] == "gold/eu"
    assert request["headers"]["idempotency-key"] == message
    assert request["headers"]["content-type"] == "application/json"
    assert request["headers"]["webhook-signature"].startswith("v1,")


def test_a_preview_shows_what_a_test_sends(tenant, receiver):
    """The same code composes both: all but id, time and signature are the same."""
    app = tenant.app()
    endpoint = make(
        tenant,
        app,
        receiver.script("/hook") + "?a={{ payload.a }}&k={{ secrets.key }}",
        request={"method": "PATCH", "body": {"kind": "text", "template": "{{ payload | json }}"}},
        headers={"x-type": "{{ type }}"},
        secrets={"key": SECRET},
        credentials={"kind": "bearer", "token": SECRET},
    )
    set_script(
        tenant, app, endpoint, "function handler(w) { console.log(1); w.payload.b = 2; return w; }"
    )
    event = {"eventType": "a.b", "payload": {"a": "x y"}}
    shown = preview(tenant, appId=app, endpointId=endpoint, **event)
    assert receiver.connections == 0
    report = test_send(tenant, app, endpoint, **event)
    (came,) = receiver.wait_for("/hook")
    assert came.body == b'{"a":"x y","b":2}'
    assert came.target == f"/hook?a=x%20y&k={SECRET}"
    for name in ("method", "body"):
        assert shown["request"][name] == report["request"][name]
    varying = ("webhook-id", "webhook-timestamp", "webhook-signature")
    shown_headers, sent_headers = shown["request"]["headers"], report["request"]["headers"]
    for name in shown_headers.keys() - varying:
        assert shown_headers[name] == sent_headers[name], name
    # What is shown is what came, but for the host and what must not be shown.
    wire = came.header_map()
    assert set(sent_headers) - {"host"} == set(wire) - {"host", "content-length"}
    for name in set(sent_headers) - {"host", "authorization"}:
        assert sent_headers[name] == wire[name], name
    assert shown["console"] == report["console"] == [{"level": "log", "text": "1"}]
    assert SECRET not in json.dumps([shown, report])
    assert "/hook?a=x%20y&k=" in shown["request"]["url"]


def test_parts_of_an_endpoint_are_replaced_in_a_preview_only(tenant, receiver):
    app = tenant.app()
    endpoint = make(tenant, app, receiver.url("/hook"), headers={"x-a": "1"})
    before = tenant.http.get(f"/app/{app}/endpoint/{endpoint}").json()
    said = preview(
        tenant,
        appId=app,
        endpointId=endpoint,
        endpoint={
            "request": {"method": "DELETE"},
            "transformation": {"code": "function handler(w) { w.headers['x-b'] = '2'; return w; }"},
        },
        payload={},
    )
    assert said["request"]["method"] == "DELETE" and said["request"]["body"] == ""
    assert said["request"]["headers"]["x-a"] == "1" and said["request"]["headers"]["x-b"] == "2"
    assert tenant.http.get(f"/app/{app}/endpoint/{endpoint}").json() == before


def test_what_would_not_be_sent_says_why(tenant):
    def said(**definition):
        return preview(tenant, endpoint={"url": URL, **definition}, payload={"id": 1, "n": 1})

    unwanted = said(filter="payload.n > 1")
    assert unwanted["matched"] is False and unwanted["request"] is not None
    unclear = said(filter="payload.nope > 1")
    assert unclear["matched"] is None and "nope" in unclear["filterError"]
    text = {"kind": "text", "template": "{% abort 'no consent' %}"}
    skipped = said(request={"body": text})
    assert skipped["ok"] is False and skipped["request"] is None
    assert skipped["skipped"] == {"cause": "skipped", "message": "no consent"}
    script = "function handler(w) { console.log('so far'); throw new Error('broken'); }"
    failed = said(transformation={"code": script})
    assert failed["ok"] is False and failed["error"]["cause"] == "transformation"
    assert "broken" in failed["error"]["message"]
    assert failed["console"] == [{"level": "log", "text": "so far"}]
    broken = said(headers={"x-a": "{{ payload.id | append: '\n' }}"})
    assert broken["error"]["cause"] == "compose" and "x-a" in broken["error"]["message"]


def test_an_event_is_shown_with_its_example(tenant):
    tenant.event_type("order.paid", schemas={"1": {"examples": [{"id": 7}]}})
    said = preview(tenant, endpoint={"url": URL, "eventTypes": ["order.*"]})
    assert said["request"]["url"].endswith("/7")
    said = preview(tenant, endpoint={"url": URL}, eventType="order.paid")
    assert said["request"]["url"].endswith("/7")
    # Without an example there is one that says what it is.
    said = preview(tenant, endpoint={"url": "https://a.example/"}, eventType="no.example")
    assert json.loads(said["request"]["body"])["type"] == "no.example"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "body.endpoint"),
        ({"endpoint": {}}, "body.endpoint.url"),
        ({"endpoint": {"url": URL, "filter": "1 +"}}, "body.endpoint.filter"),
        ({"endpoint": {"url": URL}, "payload": [1]}, "body.payload"),
        ({"endpoint": {"url": URL}, "eventType": "a b"}, "body.eventType"),
        ({"endpointId": "ep_1", "endpoint": {}}, "body.appId"),
        ({"endpoint": {"url": URL}, "nonsense": 1}, "body.nonsense"),
        ({"endpoint": {"url": URL, "transformation": {"code": "function x() {}"}}},
         "body.endpoint.transformation.code"),
    ],
)  # fmt: skip
def test_bad_previews_name_the_place(tenant, body, place):
    assert place in problems(tenant.http.post("/compose/preview", json=body))


def test_previews_need_a_token_and_stay_within_the_tenant(untouched, new_tenant):
    stranger = new_tenant(untouched.server)
    body = {"appId": untouched.app_id, "endpointId": untouched.endpoint_id}
    assert stranger.http.post("/compose/preview", json=body).status_code == 404
    assert untouched.http.post("/compose/preview", json=body).status_code == 200
    answer = untouched.http.post(
        "/compose/preview", json=body, headers={"authorization": "Bearer x"}
    )
    assert answer.status_code == 401
    assert everything(untouched)["/app"], "and nothing is stored: see the fixture"


# ---- the command line -----------------------------------------------------------------------


@pytest.fixture
def shell(new_server):
    """A person with a terminal on the machine where a server runs."""
    server = new_server()

    def run(*args, check=True, stdin=None):
        where = {"HOOKWIRE_SERVER": server.url, "HOOKWIRE_STORE": server.store}
        return server.cli(*args, env=where, check=check, stdin=stdin)

    run.server = server
    return run


def test_the_command_line_adds_what_it_previews(shell, receiver, tmp_path):
    script = tmp_path / "script.js"
    script.write_text(
        "function handler(w) {\n  console.log('saw', w.payload.n);\n"
        "  if (w.payload.n === 0) w.cancel = 'nothing';\n  return w;\n}\n"
    )
    secret = tmp_path / "key.txt"
    secret.write_text(f"{SECRET}\n")
    credentials = tmp_path / "credentials.json"
    credentials.write_text(json.dumps({"kind": "bearer", "token": SECRET}))
    url = receiver.script("/crm/7", then=answers.status(200, b"thanks"))
    flags = [
        "--name", "CRM", "--url", url.replace("/7", "/{{ payload.n }}"), "--method", "PUT",
        "--header", "X-Key: {{ secrets.key }}", "--header", "X-Type:{{ type }}",
        "--json-fields", '{"n": "{{ payload.n }}", "big": 1e400}',
        "--filter", "payload.n < 100", "--transformation", f"@{script}",
        "--secret-value", f"key=@{secret}", "--credentials", f"@{credentials}",
        "--ordered", "--idempotency-key",
    ]  # fmt: skip
    event = ["--event", "payment_received", "--payload", '{"n": 7}']
    shown = shell("compose", "preview", *flags, *event).stdout
    lines = shown.splitlines()
    assert lines[0] == f"PUT {url}"
    assert "x-type: payment_received" in lines and "content-type: application/json" in lines
    assert '{"n":7,"big":1e400}' in lines
    assert "  log   saw 7" in lines
    assert SECRET not in shown
    assert receiver.connections == 0

    added = shell("webhook", "add", *flags, "--event", "payment_received").stdout
    assert "CRM" in added and "  method          PUT" in added.splitlines()
    assert "whsec_" in added and SECRET not in added
    (webhook,) = json.loads(shell("webhook", "list", "--json").stdout)
    assert webhook["disabled"] is False and webhook["ordered"] is True
    assert webhook["secretNames"] == ["key"]

    shell("send", "payment_received", '{"n": 7}')
    (came,) = receiver.wait_for("/crm/7")
    assert (came.method, came.body) == ("PUT", b'{"n":7,"big":1e400}')
    assert came.header("x-key") == SECRET
    assert came.header("authorization") == f"Bearer {SECRET}"
    assert came.header("idempotency-key") == came.id

    again = shell("compose", "preview", "--webhook", "CRM", "--payload", "-", stdin='{"n": 0}')
    assert "Skipped: nothing" in again.stdout
    filtered = shell("compose", "preview", "--webhook", "CRM", "--payload", '{"n": 100}')
    assert f"PUT {url[:-1]}100" in filtered.stdout and "Filtered out" in filtered.stdout
    # The event's example has no n; the test call shows what the script saw.
    tested = shell("webhook", "test", "CRM", check=False)
    assert "saw undefined" in tested.stdout


def test_the_command_line_takes_a_definition_and_gives_json(shell, tmp_path):
    definition = {
        "url": "https://crm.example/",
        "request": {"body": {"kind": "text", "contentType": "text/csv", "template": "a;{{ id }}"}},
    }
    file = tmp_path / "webhook.json"
    file.write_text(json.dumps(definition))
    done = shell("compose", "preview", "--definition", f"@{file}", "--json")
    said = json.loads(done.stdout)
    assert said["ok"] is True and said["request"]["headers"]["content-type"] == "text/csv"
    done = shell("compose", "preview", "--definition", "-", stdin=json.dumps(definition))
    assert done.stdout.startswith("POST https://crm.example/\n")


def test_what_cannot_be_composed_ends_with_1(shell):
    flags = ["--url", "https://a.example/", "--payload", '{"n":"a\\nb"}']
    done = shell("compose", "preview", *flags, "--header", "x-a: {{ payload.n }}", check=False)
    assert done.returncode == 1
    assert "Failed (compose)" in done.stdout and "x-a" in done.stdout


def test_mistakes_are_said_with_their_place(shell, tmp_path):
    body = tmp_path / "body.txt"
    body.write_text("Hello\n{{ payload.name | upcas }}")
    flags = ["--name", "A", "--url", "https://a.example/"]
    done = shell("webhook", "add", *flags, "--body", f"@{body}", check=False)
    assert done.returncode == 1
    assert "request.body.template: line 2, column " in done.stderr and "upcas" in done.stderr
    done = shell("webhook", "add", *flags, "--filter", "1 +", check=False)
    assert done.returncode == 1 and "filter: line 1, column " in done.stderr
    script = "function handler(w) { return w"
    done = shell("webhook", "add", *flags, "--transformation", script, check=False)
    assert done.returncode == 1 and "code: line 1, column " in done.stderr
    for bad in (["--json-fields", "[1]"], ["--body", "@/no/such/file"], ["--json-fields", "{"]):
        done = shell("webhook", "add", *flags, *bad, check=False)
        assert done.returncode == 1 and bad[0] in done.stderr
    # What was refused was not made, also where the script was refused after the rest.
    assert json.loads(shell("webhook", "list", "--json").stdout) == []
    done = shell("webhook", "add", *flags, "--body", "x", "--no-body", check=False)
    assert done.returncode == 2


def test_a_skipped_test_event_says_so(shell, receiver):
    flags = ["--name", "A", "--url", receiver.url("/a"), "--body", "{% abort 'not today' %}"]
    shell("webhook", "add", *flags)
    done = shell("webhook", "test", "A", "--event", "payment_received", check=False)
    assert done.returncode == 1
    assert "Skipped: nothing was sent to A: not today" in done.stdout
    listed = shell("attempts").stdout
    assert "canceled" in listed and "not today" in listed
    eventually(lambda: receiver.connections == 0, "nothing was sent")
