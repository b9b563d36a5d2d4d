"""Real clients post to bins, and what is kept is what they sent: every byte of it, the headers in
the order and case in which they came."""

import gzip
import hashlib
import hmac
import json
import random
import subprocess
import urllib.request

import httpx
import pytest
import requests

from support.bin import kept, make, values
from support.wire import Wire

# What is random here is the same in every run.
RANDOM_MIB = random.Random(5).randbytes(1 << 20)


@pytest.fixture
def bin(tenant):
    return make(tenant)


def curl(bin, *args, path="", cwd=None):
    """Sends by curl; gives the capture, which is the only one since."""
    before = len(bin.captures())
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail", "--max-time", "30", *args, bin.url + path],
        capture_output=True,
        cwd=cwd,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    captures = bin.captures()
    assert len(captures) == before + 1
    return bin.get(captures[0]["id"])


# ---- curl -----------------------------------------------------------------------------------


def test_an_empty_get(bin):
    capture = curl(bin)
    assert (capture["method"], capture["path"], capture["query"]) == ("GET", "", None)
    assert (capture["bodyBytes"], capture["body"]["kind"]) == (0, "empty")
    assert capture["contentType"] is None and capture["httpVersion"] == "1.1"
    assert [name for name, _ in capture["headers"]] == ["Host", "User-Agent", "Accept"]
    assert capture["url"] == bin.url and bin.body(capture["id"]) == b""
    assert capture["source"].startswith("127.0.0.1:") and capture["responseStatus"] == 200
    assert capture["eventType"] == "bin.request"
    assert capture["verification"] == {"status": "unchecked"}


def test_a_form(bin):
    fields = ["-d", "name=J%C3%BCrgen+K&n=1", "--data-urlencode", "n=&= +"]
    capture = curl(bin, *fields, path="/f?q=a+b&q=%26")
    assert capture["method"] == "POST"
    assert (capture["path"], capture["query"]) == ("/f", "q=a+b&q=%26")
    assert capture["queryParams"] == [["q", "a b"], ["q", "&"]]
    assert capture["body"]["kind"] == "form"
    assert capture["body"]["fields"] == [["name", "Jürgen K"], ["n", "1"], ["n", "&= +"]]


def test_a_multipart_form_with_a_file(bin, tmp_path):
    photo = RANDOM_MIB[:5000]
    (tmp_path / 'pho"to.png').write_bytes(photo)
    capture = curl(
        bin, "-F", "title=Ä title", "-F", 'file=@pho"to.png;type=image/png',
        "-F", 'meta={"a": 1};type=application/json', cwd=tmp_path,
    )  # fmt: skip
    assert capture["contentType"].startswith("multipart/form-data; boundary=")
    assert capture["body"]["kind"] == "multipart"
    title, file, meta = capture["body"]["parts"]
    assert (title["name"], title["filename"], title["text"]) == ("title", None, "Ä title")
    assert (file["name"], file["contentType"], file["bytes"]) == ("file", "image/png", 5000)
    assert "pho" in file["filename"] and file["filename"].endswith("to.png")
    assert "text" not in file and file["hex"].startswith("00000000")
    assert (meta["name"], meta["contentType"], meta["text"]) == (
        "meta", "application/json", '{"a": 1}',
    )  # fmt: skip
    body = bin.body(capture["id"])
    assert photo in body and len(body) == capture["bodyBytes"]


@pytest.mark.parametrize(
    "options",
    [
        ["-H", "Content-Type: application/octet-stream"],
        ["-H", "Transfer-Encoding: chunked"],
        ["-H", "Expect: 100-continue"],
        ["-H", "Expect:"],
        ["-0"],
        ["-X", "PUT"],
    ],
    ids=" ".join,
)
def test_a_mebibyte_of_random_bytes_comes_back_identical(bin, tmp_path, options):
    (tmp_path / "random").write_bytes(RANDOM_MIB)
    capture = curl(bin, *options, "--data-binary", "@random", cwd=tmp_path)
    assert capture["bodyBytes"] == len(RANDOM_MIB)
    assert bin.body(capture["id"]) == RANDOM_MIB
    assert capture["httpVersion"] == ("1.0" if "-0" in options else "1.1")
    assert capture["method"] == ("PUT" if "-X" in options else "POST")
    chunked = options[-1].startswith("Transfer")
    assert values(capture, "transfer-encoding") == (["chunked"] if chunked else [])
    assert values(capture, "content-length") == ([] if chunked else [str(len(RANDOM_MIB))])
    if options[-1] == "Expect: 100-continue":
        assert values(capture, "expect") == ["100-continue"]


def test_a_head_and_what_no_browser_sends(bin):
    assert curl(bin, "--head", path="/there")["method"] == "HEAD"
    for method in ("DELETE", "PATCH", "PROPFIND", "TRACE", "BREW"):
        assert curl(bin, "-X", method)["method"] == method
    body = curl(bin, "-X", "GET", "-d", "a body")
    assert (body["method"], body["bodyBytes"]) == ("GET", 6)


def test_a_preflight_is_answered_and_kept(bin):
    preflight = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "x-own, content-type",
    }
    answer = bin.send(method="OPTIONS", headers=preflight)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "PUT"
    assert answer.headers["access-control-allow-headers"] == "x-own, content-type"
    capture = bin.get(kept(answer))
    assert (capture["method"], capture["responseStatus"]) == ("OPTIONS", 204)
    bin.change(cors=False)
    answer = bin.send(method="OPTIONS", headers=preflight)
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control-")]


# ---- libraries ------------------------------------------------------------------------------


def test_libraries_of_python(bin):
    document = {"name": "Zoë", "n": 9007199254740993}
    text = json.dumps(document, ensure_ascii=False).encode()
    packed = gzip.compress(text)
    httpx.post(bin.url + "/httpx", json=document).raise_for_status()
    requests.post(bin.url + "/requests", data=packed, headers={"Content-Encoding": "gzip"})
    own = urllib.request.Request(bin.url + "/urllib", data=text, method="PATCH")
    own.add_header("Content-Type", "application/json; charset=utf-8")
    with urllib.request.urlopen(own) as answer:
        assert answer.status == 200
    by_path = {capture["path"]: bin.get(capture["id"]) for capture in bin.captures()}
    assert by_path["/httpx"]["body"]["kind"] == by_path["/urllib"]["body"]["kind"] == "json"
    assert json.loads(by_path["/httpx"]["body"]["json"]) == document
    assert by_path["/urllib"]["method"] == "PATCH"
    assert by_path["/urllib"]["contentType"] == "application/json; charset=utf-8"
    # As it was sent: unpacking it is for whoever reads it.
    assert by_path["/requests"]["body"]["kind"] == "binary"
    assert bin.body(by_path["/requests"]["id"]) == packed


def test_a_stream_whose_length_nobody_knows(bin):
    def pieces():
        for begin in range(0, 300_000, 7001):
            yield RANDOM_MIB[begin : min(begin + 7001, 300_000)]

    capture = bin.keep(pieces())
    assert bin.body(capture["id"]) == RANDOM_MIB[:300_000]
    assert values(capture, "transfer-encoding") == ["chunked"]


def test_a_payload_signed_as_github_does(tenant):
    secret = "It's a Secret to Everybody"
    bin = make(
        tenant,
        verify={"provider": "github", "secret": secret, "reject": True},
        deduplicate={"by": "provider"},
    )
    body = b'{"ref":"refs/heads/main","zen":"Design for failure."}'

    def post(delivery, signed=body):
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        headers = {
            "X-GitHub-Event": "push",
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": f"sha256={digest}",
            "Content-Type": "application/json",
        }
        answer = bin.send(body, headers=headers)
        return answer.status_code, bin.get(kept(answer))

    status, first = post("72d3162e-cc78-11e3-81ab-4c9367dc0958")
    assert (status, first["eventType"]) == (200, "push")
    assert first["verification"] == {"status": "valid"} and first["duplicateOf"] is None
    status, again = post("72d3162e-cc78-11e3-81ab-4c9367dc0958")
    assert (status, again["duplicateOf"]) == (200, first["id"])
    status, forged = post("72d3162e-cc78-11e3-81ab-4c9367dc0959", b"something else")
    assert status == forged["responseStatus"] == 401
    assert forged["verification"]["status"] == "invalid" and forged["verification"]["reason"]
    assert secret not in json.dumps(forged)


# ---- below HTTP libraries -------------------------------------------------------------------


def test_headers_are_kept_as_they_came(bin):
    with Wire(bin.server) as wire:
        wire.send(
            bin.head(
                "hOsT: somewhere.example:81",
                "X-Twice: first",
                "x-LOWER-Upper: b",
                "Cookie: a=b; c=d",
                "x-twice:second",
                "X-Empty:",
                "X-Spaces: \t  in  between \t ",
                "X-TWICE: third",
                "cookie: e=f",
                "Authorization: Bearer hush",
                b"X-Latin: Z\xfcrich \xe2\x82\xac",
                "Content-LENGTH: 2",
                "!#$%&'*+-.^_`|~: token",
            )
            + b"ok"
        )
        assert wire.answer().status == 200
    capture = bin.latest()
    assert capture["headers"] == [
        ["hOsT", "somewhere.example:81"],
        ["X-Twice", "first"],
        ["x-LOWER-Upper", "b"],
        ["Cookie", "a=b; c=d"],
        ["x-twice", "second"],
        ["X-Empty", ""],
        ["X-Spaces", "in  between"],
        ["X-TWICE", "third"],
        ["cookie", "e=f"],
        ["Authorization", "Bearer hush"],
        ["X-Latin", "Z\ufffdrich €"],
        ["Content-LENGTH", "2"],
        ["!#$%&'*+-.^_`|~", "token"],
    ]
    assert bin.page()["data"][0]["headers"] == capture["headers"]


def test_pipelined_requests_each_have_their_own_head_and_body(tenant):
    """Also where they are for different bins, and cut anywhere on their way."""
    bins = [make(tenant, response={"body": f"bin {n}"}) for n in range(2)]
    sent, expected = b"", []
    for n in range(30):
        bin, body = bins[n % 2], b"body %d " % n * (n * 7 % 50)
        lines = [("Host", "x"), (f"X-Own-{n}", str(n)), ("x-OWN", "a"), ("X-own", "b")]
        if n % 3 == 0:
            lines.append(("TRANSFER-encoding", "chunked"))
            pieces = [body[at : at + 11] for at in range(0, len(body), 11)]
            framed = b"".join(b"%x;e=1\r\n%s\r\n" % (len(it), it) for it in pieces)
            framed += b"0\r\nX-Trailer: t\r\n\r\n"
        elif body or n % 3 == 1:
            lines.append(("content-LENGTH", str(len(body))))
            framed = body
        else:
            framed = b""
        head = [f"{name}: {value}" for name, value in lines]
        sent += bin.head(*head, path=b"/%d" % n) + framed
        expected.append(([list(line) for line in lines], body))
        if n % 4 == 0:  # Something in between that is for no bin.
            sent += b"GET /api/v1/health HTTP/1.1\r\nX-Not-Yours: 1\r\nHost: x\r\n\r\n"
    cuts = sorted(random.Random(3).sample(range(len(sent)), 60))
    with Wire(bins[0].server) as wire:
        for begin, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
            wire.send(sent[begin:end])
        for n, (headers, body) in enumerate(expected):
            answer = wire.answer()
            assert (answer.status, answer.body) == (200, b"bin %d" % (n % 2))
            capture = bins[n % 2].get(answer.headers["hookwire-capture"])
            assert (capture["path"], capture["headers"]) == (f"/{n}", headers)
            assert bins[n % 2].body(capture["id"]) == body
            if n % 4 == 0:
                assert wire.answer().status == 204
    assert [len(bin.captures()) for bin in bins] == [15, 15]


def test_expect_is_answered_before_the_body_comes(bin):
    with Wire(bin.server) as wire:
        wire.send(bin.head("host: x", "Expect: 100-continue", "content-length: 300000"))
        assert wire.answer().status == 100
        wire.send(RANDOM_MIB[:300_000])
        assert wire.answer().status == 200
    assert bin.body(bin.latest()["id"]) == RANDOM_MIB[:300_000]


def test_a_body_that_is_too_large_is_refused_before_it_comes(tenant):
    bin = make(tenant, limits={"bodyBytesMax": 1000})
    with Wire(bin.server) as wire:
        wire.send(bin.head("host: x", "Expect: 100-continue", "content-length: 1001"))
        assert wire.answer().status == 413
    assert bin.captures() == []


def test_http_1_0_closes_or_stays_as_it_was_asked(bin):
    with Wire(bin.server) as wire:
        wire.send(bin.head("Connection: keep-alive", "Content-Length: 1", version=b"1.0") + b"a")
        assert wire.answer().status == 200
        wire.send(bin.head("X-Last: 1", version=b"1.0"))
        assert wire.answer().status == 200 and wire.is_over()
    last, first = bin.captures()
    assert last["headers"] == [["X-Last", "1"]]
    assert first["headers"] == [["Connection", "keep-alive"], ["Content-Length", "1"]]
    assert bin.get(last["id"])["httpVersion"] == "1.0"


def test_a_target_that_is_a_whole_url(bin):
    with Wire(bin.server) as wire:
        line = f"POST http://hooks.example{bin.path}/deep?a=b HTTP/1.1\r\n".encode()
        wire.send(line + b"HOST: hooks.example\r\nX-A: 1\r\n\r\n")
        assert wire.answer().status == 200
    capture = bin.latest()
    assert (capture["path"], capture["query"]) == ("/deep", "a=b")
    assert capture["headers"] == [["HOST", "hooks.example"], ["X-A", "1"]]
