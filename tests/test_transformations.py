"""Transformations: scripts of tenants, set through the official SDK, and what they may not do."""

import os
import pathlib
import signal
import time

import pytest
from svix.api import EndpointTransformationPatch
from svix.exceptions import HTTPValidationError

from support import answers
from support.composed import (
    attempts_at,
    make,
    problems,
    send_raw,
    set_script,
    test_send,
    wait_for_state,
)
from support.wait import eventually

UNCHANGED = "function handler(webhook) { return webhook; }"


def patch(tenant, app, endpoint, **fields):
    """PATCH as the SDK sends it: only what is given."""
    transformation = tenant.sdk.endpoint.transformation
    transformation.patch(app, endpoint, EndpointTransformationPatch(**fields))


def test_the_sdk_reads_and_changes_a_transformation(tenant, receiver):
    app = tenant.app()
    endpoint = make(tenant, app, receiver.url("/hook"))
    shown = tenant.sdk.endpoint.transformation.get(app, endpoint)
    assert (shown.code, shown.enabled, shown.updated_at) == (None, False, None)

    patch(tenant, app, endpoint, code=UNCHANGED, variables={"region": "eu"})
    shown = tenant.sdk.endpoint.transformation.get(app, endpoint)
    assert (shown.code, shown.enabled, shown.variables) == (UNCHANGED, False, {"region": "eu"})
    assert shown.updated_at is not None

    patch(tenant, app, endpoint, enabled=True)
    shown = tenant.sdk.endpoint.transformation.get(app, endpoint)
    assert (shown.code, shown.enabled, shown.variables) == (UNCHANGED, True, {"region": "eu"})

    patch(tenant, app, endpoint, code=None)
    shown = tenant.sdk.endpoint.transformation.get(app, endpoint)
    assert (shown.code, shown.enabled) == (None, False)
    with pytest.raises(HTTPValidationError):
        patch(tenant, app, endpoint, enabled=True)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("function handler(webhook) {\n  return webhook\n", "line "),
        ("let webhook = 1; // no function", "handler"),
        ("const x = 1;\nfunction handler(webhook) { return 'x }", "line 2"),
        ("x", "10"),
        (UNCHANGED + " " * 51_200, "51"),
    ],
)
def test_a_script_that_cannot_run_is_refused_with_its_place(tenant, receiver, code, words):
    app = tenant.app()
    endpoint = make(tenant, app, receiver.url("/hook"))
    path = f"/app/{app}/endpoint/{endpoint}/transformation"
    answer = tenant.http.patch(path, json={"code": code})
    assert words in problems(answer)["body.code"]
    assert tenant.http.get(path).json()["code"] is None


def test_a_script_may_change_everything_about_a_request(tenant, receiver):
    app = tenant.app()
    endpoint = make(
        tenant,
        app,
        receiver.url("/before/{{ payload.id }}"),
        headers={"x-kept": "{{ payload.id }}", "x-dropped": "1", "x-changed": "1"},
    )
    code = """
    function handler(webhook) {
      webhook.method = "PUT";
      webhook.url = webhook.url.replace(/before.*/, "after?" + webhook.env.region);
      webhook.headers["x-changed"] = webhook.eventType + " {{ payload.id }}";
      delete webhook.headers["x-dropped"];
      webhook.payload = { id: webhook.payload.id + 1, list: [1.5, "é"] };
      return webhook;
    }
    """
    patch(tenant, app, endpoint, code=code, enabled=True, variables={"region": "eu"})
    message = tenant.send(app, "order.paid", {"id": 7})
    (came,) = receiver.wait_for("/after")
    assert (came.method, came.target) == ("PUT", "/after?eu")
    assert came.body == '{"id":8,"list":[1.5,"é"]}'.encode()
    assert came.header("x-kept") == "8", "templates see what the script made"
    assert came.header("x-changed") == "order.paid {{ payload.id }}", "what it made is literal"
    assert came.header("x-dropped") is None
    assert came.id == message
    # The message itself stays what it was.
    assert tenant.http.get(f"/app/{app}/msg/{message}").json()["payload"] == {"id": 7}

    patch(tenant, app, endpoint, enabled=False)
    tenant.send(app, "order.paid", {"id": 7})
    (came,) = receiver.wait_for("/before/7")
    assert (came.method, came.header("x-dropped")) == ("POST", "1")


def test_a_payload_that_a_script_leaves_alone_is_not_rewritten(tenant, receiver):
    app = tenant.app()
    endpoint = make(tenant, app, receiver.script("/hook"))
    set_script(
        tenant,
        app,
        endpoint,
        "function handler(w) { w.headers['x-n'] = String(w.payload.n); return w; }",
    )
    payload = b'{ "n":9007199254740993 , "huge":1e400,"a":[ ]}'
    send_raw(tenant, app, payload)
    (came,) = receiver.wait_for("/hook")
    assert came.body == payload
    assert came.header("x-n") == "9007199254740992"


def test_a_script_may_call_a_delivery_off(tenant, receiver):
    app = tenant.app()
    endpoint = make(tenant, app, receiver.script("/hook"))
    set_script(
        tenant,
        app,
        endpoint,
        "function handler(w) { if (w.payload.total < 100) w.cancel = 'small order'; return w; }",
    )
    small = tenant.send(app, payload={"total": 1})
    wait_for_state(tenant, app, small, endpoint, "canceled")
    (attempt,) = attempts_at(tenant, app, small, endpoint)
    assert (attempt["status"], attempt["cause"]) == (4, "skipped")
    assert "small order" in attempt["error"]
    large = tenant.send(app, payload={"total": 100})
    receiver.wait_for_ids("/hook", [large])
    assert receiver.ids("/hook") == {large}


# ---- scripts that fail ----------------------------------------------------------------------

FAILING = {
    "throws": ("function handler(w) {\n  return w.payload.a.b.c;\n}", "line 2"),
    "returns nothing": ("function handler(w) { w.method = 'PUT'; }", ""),
    "not a method": ("function handler(w) { w.method = 'X'; return w; }", "method"),
    "not a URL": ("function handler(w) { w.url = 'x://'; return w; }", "url"),
    "header with a line break": (
        "function handler(w) { w.headers['x-a'] = '1\\r\\nx-b: 2'; return w; }",
        "x-a",
    ),
    "endless loop": ("function handler(w) { while (true) {} }", "too long"),
    "endless recursion": ("function handler(w) { return handler(w); }", ""),
    "huge text": ("function handler(w) { let s = 'x'; for (;;) s += s; }", ""),
    "huge list": ("function handler(w) { const l = []; for (;;) l.push({}); }", ""),
    "slow expression": (
        "function handler(w) { return /^(a+)+$/.test('a'.repeat(40) + 'b') ? w : w; }",
        "",
    ),
    "never settles": ("async function handler(w) { await new Promise(() => {}); return w; }", ""),
    "prototypes": (
        "function handler(w) { Object.prototype.toJSON = () => { for (;;) {} }; return w; }",
        "",
    ),
}


@pytest.mark.parametrize("case", FAILING)
def test_a_script_that_fails_is_a_visible_failure(tenant, receiver, case):
    code, words = FAILING[case]
    app = tenant.app()
    endpoint = make(tenant, app, receiver.url("/hook"))
    set_script(tenant, app, endpoint, code)
    begin = time.monotonic()
    message = tenant.send(app)
    first = attempts_at(tenant, app, message, endpoint)[0]
    assert time.monotonic() - begin < 10
    assert first["statusText"] == "fail"
    assert first["cause"] == "transformation", first
    assert words.lower() in first["error"].lower(), first["error"]
    assert receiver.connections == 0

    # It is tried again, so a script that is mended delivers it; nothing else was affected.
    set_script(tenant, app, endpoint, UNCHANGED)
    receiver.wait_for_ids("/hook", [message])
    wait_for_state(tenant, app, message, endpoint, "success")


def test_a_script_sees_nothing_of_the_machine(tenant, receiver):
    app = tenant.app()
    endpoint = make(tenant, app, receiver.script("/hook"))
    names = ["require", "process", "fetch", "std", "os", "setTimeout", "XMLHttpRequest", "Worker"]
    listed = ", ".join(f"typeof {name}" for name in names)
    set_script(
        tenant, app, endpoint, f"function handler(w) {{ w.payload = {{t: [{listed}]}}; return w; }}"
    )
    tenant.send(app)
    (came,) = receiver.wait_for("/hook")
    assert came.body == b'{"t":[%s]}' % b",".join([b'"undefined"'] * len(names))


def test_scripts_that_hang_do_not_delay_other_endpoints(tenant, receiver):
    """As many hanging scripts as there could be threads for them, and more; the retries of each
    go on all the while."""
    app = tenant.app()
    for _ in range(8):
        hanging = make(tenant, app, receiver.url("/never"))
        set_script(tenant, app, hanging, "function handler(w) { for (;;) {} }")
    with_script = make(tenant, app, receiver.script("/script"))
    set_script(tenant, app, with_script, UNCHANGED)
    make(tenant, app, receiver.script("/plain"))

    took = []
    for _ in range(10):
        message = tenant.send(app)
        begin = time.monotonic()
        receiver.wait_for_ids("/plain", [message], within=5)
        took.append(time.monotonic() - begin)
        # Scripts have turns: this one waits for one turn of each of the others at most.
        receiver.wait_for_ids("/script", [message], within=10)
    assert sorted(took)[5] < 0.5, took
    assert receiver.requests("/never") == []


# ---- the console ----------------------------------------------------------------------------


def test_a_test_call_shows_the_console(tenant, receiver):
    app = tenant.app()
    url = receiver.script("/hook", then=answers.status(200, b"thanks"))
    endpoint = make(tenant, app, url, secrets={"key": "do-not-show-me"})
    code = """
    function handler(w) {
      console.log("total", w.payload.total, { a: [1] });
      console.warn("two\\nlines");
      console.error(Object.keys(w).sort().join());
      if (w.payload.total < 0) throw new Error("negative");
      if (w.payload.total === 0) w.cancel = "nothing to do";
      return w;
    }
    """
    set_script(tenant, app, endpoint, code)
    report = test_send(tenant, app, endpoint, eventType="a.b", payload={"total": 1})
    assert report["ok"] is True and report["response"]["body"] == "thanks"
    assert report["console"] == [
        {"level": "log", "text": 'total 1 {"a":[1]}'},
        {"level": "warn", "text": "two\nlines"},
        {"level": "error", "text": "cancel,env,eventType,headers,method,payload,request,url"},
    ]
    report = test_send(tenant, app, endpoint, eventType="a.b", payload={"total": -1})
    assert report["ok"] is False and report["request"] is None and report["response"] is None
    assert report["error"]["cause"] == "transformation"
    assert "negative" in report["error"]["detail"] and len(report["console"]) == 3
    report = test_send(tenant, app, endpoint, eventType="a.b", payload={"total": 0})
    assert report["ok"] is False
    assert report["skipped"] == {"cause": "skipped", "message": "nothing to do"}
    assert "do-not-show-me" not in str(report)
    # The author sees the console, and nobody else.
    assert "cancel,env,eventType" not in tenant.server.log()


def test_the_console_is_bounded(tenant, receiver):
    app = tenant.app()
    endpoint = make(tenant, app, receiver.script("/hook"))
    set_script(
        tenant,
        app,
        endpoint,
        "function handler(w) { for (let i = 0; i < 500; i++) console.log('x'.repeat(5000)); "
        "return w; }",
    )
    report = test_send(tenant, app, endpoint, eventType="a.b", payload={})
    assert report["ok"] is True
    assert len(report["console"]) <= 101
    assert all(len(line["text"]) <= 1100 for line in report["console"])


# ---- processes of their own -----------------------------------------------------------------


def script_processes(server):
    """The processes that run a server's scripts."""
    children = pathlib.Path(f"/proc/{server.process.pid}/task").glob("*/children")
    found = []
    for pid in " ".join(path.read_text() for path in children).split():
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"run-scripts" in command:
            found.append(int(pid))
    return found


def test_scripts_run_in_processes_that_have_nothing_and_may_die(new_server, new_tenant, receiver):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    assert script_processes(server) == [], "none before there is a script"
    endpoint = make(tenant, app, receiver.script("/hook"))
    set_script(tenant, app, endpoint, UNCHANGED)
    first = tenant.send(app)
    receiver.wait_for_ids("/hook", [first])
    processes = script_processes(server)
    assert processes
    for pid in processes:
        assert pathlib.Path(f"/proc/{pid}/environ").read_bytes() == b""
        files = [os.readlink(link) for link in pathlib.Path(f"/proc/{pid}/fd").iterdir()]
        assert not any("hookwire.db" in name for name in files), files
    for pid in processes:
        os.kill(pid, signal.SIGKILL)
    second = tenant.send(app)
    receiver.wait_for_ids("/hook", [second])

    processes = script_processes(server)
    server.kill()

    def all_gone():
        return not any(pathlib.Path(f"/proc/{pid}/exe").exists() for pid in processes)

    eventually(all_gone, "they end with their server")
    server.start()
    third = tenant.send(app)
    receiver.wait_for_ids("/hook", [third])
