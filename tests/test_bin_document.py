"""Our own OpenAPI document and the operations on bins: every success is reached, and each has the
shape that the document says; so has every kind of body that is shown."""

import re

import httpx
import pytest
from jsonschema import Draft202012Validator

from support import answers
from support.bin import Senders, kept, make
from support.follower import Follower
from support.server import Server


class Document:
    """What a server says of itself."""

    def __init__(self, server):
        self.whole = httpx.get(f"{server.url}/api/v1/openapi.json", timeout=30).json()
        self.successes = {
            (operation["operationId"], int(status))
            for path, operations in self.whole["paths"].items()
            if re.match(r"/api/v1/(public-)?bin(/|$)", path)
            for operation in operations.values()
            if isinstance(operation, dict) and "operationId" in operation
            for status in operation["responses"]
            if status.startswith("2")
        }
        self.operations = {
            (method.upper(), path.removeprefix("/api/v1")): operation
            for path, operations in self.whole["paths"].items()
            for method, operation in operations.items()
        }

    def hold(self, operation, answer):
        """This answer is one that the document has for the operation; gives its JSON, if any."""
        status = answer.status_code
        described = operation["responses"].get(str(status))
        assert described, f"the document says nothing of {status}: {answer.text[:200]}"
        if "$ref" in described:
            described = self.whole["components"]["responses"][described["$ref"].split("/")[-1]]
        content = described.get("content", {})
        kind = answer.headers.get("content-type", "").split(";")[0]
        assert (kind in content) if content else answer.content == b"", f"{status}: {kind}"
        if kind != "application/json":
            return None
        schema = {**content[kind]["schema"], "components": self.whole["components"]}
        shown = answer.json()
        problems = [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in Draft202012Validator(schema).iter_errors(shown)
        ]
        assert not problems, problems[:5]
        return shown


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("document"), args=["--public-bins"]).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def document(server):
    return Document(server)


def test_every_success_is_reached(server, document, new_tenant, receiver):
    tenant, reached = new_tenant(server), set()

    def call(method, path, status, query=None, token=None, body=None, **names):
        operation = document.operations[method, path]
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = tenant.http.request(
            method, path.format(**names), params=query, headers=headers, json=body
        )
        assert answer.status_code == status, f"{method} {path}: {answer.text[:300]}"
        shown = document.hold(operation, answer)
        reached.add((operation["operationId"], status))
        return shown

    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/e"))
    url = receiver.script("/again", then=answers.status(201, b"{}"))
    full = {
        "name": "Everything",
        "response": {"status": 202, "headers": {"x-a": "b"}, "body": "{{ request.path }}"},
        "verify": {"provider": "generic", "header": "x-s", "secret": "hush"}
        | {"timestampHeader": "x-t", "template": "{timestamp}.{body}"},
        "deduplicate": {"by": "header", "name": "x-id", "windowSeconds": 60},
        "forward": {"appId": app, "eventType": "shop.event"},
        "limits": {"ratePerSecond": 1000},
    }
    call("POST", "/bin", 201)
    call("POST", "/bin", 201, body=full)
    public = call("POST", "/public-bin", 201)
    call("GET", "/bin/{bin_id}", 200, bin_id=public["id"], token=public["token"])
    bin = make(tenant, response={"waitMs": 20_000})
    at = {"bin_id": bin.id}
    call("PATCH", "/bin/{bin_id}", 200, body={"name": "Another"}, **at)
    call("GET", "/bin/{bin_id}", 200, **at)
    call("GET", "/bin", 200, query={"limit": 2, "order": "ascending"})
    sent = kept(bin.send(b'{"a": 1}', path="/p?q=1", headers={"content-type": "application/json"}))
    one = {**at, "request_id": sent}
    query = {"text": "p", "method": "POST", "duplicate": False, "limit": 5, "order": "ascending"}
    query |= {"before": "2999-01-01T00:00:00Z", "after": "2000-01-01T00:00:00Z"}
    call("GET", "/bin/{bin_id}/request", 200, query=query, **at)
    call("GET", "/bin/{bin_id}/har", 200, query=query, **at)
    for of in ("", "/body", "/curl"):
        call("GET", "/bin/{bin_id}/request/{request_id}" + of, 200, **one)
    path = "/bin/{bin_id}/request/{request_id}/replay"
    call("POST", path, 200, body={"url": url}, **one)
    call("POST", path, 200, body={"url": "http://127.0.0.1:1/"}, **one)
    call("POST", path, 200, body={"appId": app, "endpointId": endpoint}, **one)
    many = {"requests": [sent], "url": url}
    call("POST", "/bin/{bin_id}/replay", 200, body=many, **at)
    call("POST", "/bin/{bin_id}/share", 200, body={"expiresInSeconds": 60}, **at)
    call("DELETE", "/bin/{bin_id}/share", 204, **at)

    with Follower(bin, query="?listen=true") as listener:
        stream = document.operations["GET", "/bin/{bin_id}/stream"]
        assert listener.answer.headers["content-type"] in stream["responses"]["200"]["content"]
        reached.add((stream["operationId"], listener.status))
        with Senders(bin, threads=1):
            ((waits, _),) = listener.wait_for(1)[:1]
            answer = "/bin/{bin_id}/request/{request_id}/answer"
            call("POST", answer, 204, body={"status": 200}, **at, request_id=waits)
            bin.change(response={})
            for id, _ in listener.wait_for(2)[1:]:
                tenant.http.post(f"/bin/{bin.id}/request/{id}/answer", json={"status": 200})

    call("DELETE", "/bin/{bin_id}/request/{request_id}", 204, **one)
    call("DELETE", "/bin/{bin_id}/request", 204, **at)
    call("DELETE", "/bin/{bin_id}", 204, **at)
    assert reached == document.successes


BODIES = {
    "empty": (None, b""),
    "json": ("application/json", b'{"a":[1,2.50,{"b":null}]}'),
    "form": ("application/x-www-form-urlencoded", b"a=1&a=%20&b"),
    "multipart": (
        "multipart/form-data; boundary=x",
        b"--x\r\ncontent-disposition: form-data; name=a\r\n\r\ntext\r\n"
        b"--x\r\ncontent-disposition: form-data; name=f; filename=g\r\n"
        b"content-type: image/png\r\n\r\n\x89PNG\x00\r\n--x--\r\n",
    ),
    "text": ("text/plain", b"hello"),
    "binary": ("image/png", bytes(range(256)) * 100),
}


@pytest.mark.parametrize("kind", BODIES)
def test_every_kind_of_body(server, document, new_tenant, kind):
    content_type, body = BODIES[kind]
    bin = make(new_tenant(server))
    capture = bin.keep(body, headers={"content-type": content_type} if content_type else {})
    assert capture["body"]["kind"] == kind
    for path, name in [
        ("/bin/{bin_id}/request/{request_id}", f"/bin/{bin.id}/request/{capture['id']}"),
        ("/bin/{bin_id}/request", f"/bin/{bin.id}/request"),
        ("/bin/{bin_id}/har", f"/bin/{bin.id}/har"),
    ]:
        document.hold(document.operations["GET", path], bin.tenant.http.get(name))


@pytest.mark.parametrize(
    "fields",
    [
        {"verify": {"provider": "github", "secret": "hush"}},
        {"verify": {"provider": "generic", "header": "x-s", "secret": "hush"}},
        {"deduplicate": {"by": "body"}},
        {"deduplicate": {"by": "field", "name": "a.b"}},
        {"verify": None, "deduplicate": None, "forward": None, "limits": None, "response": None},
    ],
)
def test_bins_of_every_kind(server, document, new_tenant, fields):
    made = new_tenant(server).http.post("/bin", json=fields)
    assert made.status_code == 201
    document.hold(document.operations["POST", "/bin"], made)


def test_refusals_are_documented_too(server, document, new_tenant):
    bin = make(new_tenant(server))
    followers = [Follower(bin) for _ in range(17)]
    statuses = [follower.status for follower in followers]
    for follower in followers:
        follower.close()
    assert statuses == [200] * 16 + [429]
    stream = document.operations["GET", "/bin/{bin_id}/stream"]
    assert "429" in stream["responses"]
