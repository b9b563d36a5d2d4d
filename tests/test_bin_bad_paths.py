"""Paths, addresses and methods that no client would send: each is kept as it is, or refused."""

import httpx
import pytest

from support.bin import make, undisturbed, values
from support.wire import exchange


@pytest.fixture
def bin(tenant):
    return make(tenant)


@pytest.fixture(autouse=True)
def beside(tenant):
    """Another bin, which must not notice anything."""
    with undisturbed(tenant) as other:
        yield other


# ---- paths ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        b"/../../../../etc/passwd",
        b"/../../api/v1/app",
        b"/./x/../..//y//",
        b"/..%2f..%2f%2e%2e/api/v1/health",
        b"/%00/%0d%0a%0d%0aGET%20/%ff%fe",
        b"/%",
        b"/%zz?%zz=%&=&&;a",
        b"//evil.example/x",
        b"/http://evil.example/",
        b"/!$&'()*+,;=:@-._~|{}[]^\"",
        b"?a'b=c{}[]|^`\\@:/?&a&=b",
        b"/" + b"a/" * 20_000,
    ],
)
def test_odd_paths_are_kept_as_they_are(bin, path):
    answer = exchange(bin.server, bin.head("host: x", path=path))
    assert answer.status == 200
    capture = bin.get(answer.headers["hookwire-capture"])
    query = capture["query"]
    assert capture["path"] + ("" if query is None else f"?{query}") == path.decode()
    # All else of it can be looked at as well.
    har = bin.tenant.http.get(f"/bin/{bin.id}/har").json()
    assert har["log"]["entries"][0]["request"]["url"].startswith(bin.url)


def test_every_byte_in_a_path(bin):
    """A byte that may be there is kept, and any other is refused; nothing in between."""
    kept_bytes = set()
    for byte in range(256):
        answer = exchange(bin.server, bin.head("host: x", path=b"/a%cb" % byte))
        if answer is None or answer.status == 400:
            continue
        assert answer.status == 200, byte
        capture = bin.get(answer.headers["hookwire-capture"])
        if byte == ord("?"):
            assert (capture["path"], capture["query"]) == ("/a", "b")
        elif byte != ord("#"):  # What follows it is no part of a request (RFC 9112, 3.2).
            assert capture["path"] == f"/a{chr(byte)}b"
        kept_bytes.add(byte)
    unreserved = b"ABCxyz019-._~"
    delimiters = b":/?@!$&'()*+,;=%"
    assert set(unreserved + delimiters) <= kept_bytes
    assert not kept_bytes & set(range(0x21))


NO_PATHS = [b"/\xff\xfe", b"/\xc3\xa9", b"?\xff", b"/a b", b"/\x00", b"/\x1b[2J"]


@pytest.mark.parametrize("path", NO_PATHS)
def test_paths_that_are_none(bin, path):
    answer = exchange(bin.server, bin.head("host: x", path=path))
    if answer is not None and answer.status == 200:
        text = path.decode("utf-8", "replace")
        capture = bin.latest()
        assert capture["path"] + (f"?{capture['query']}" if capture["query"] else "") == text
    else:
        assert answer is None or answer.status == 400
        assert bin.captures() == []


@pytest.mark.parametrize(
    "path",
    ["", "/", "//", "/x", "/../api", "/%2e%2e/x", "/" + "a" * 22, "/" + "a" * 5000, "/%00", "/'--"],
)
def test_addresses_of_no_bin(tenant, path):
    for method in ("GET", "POST", "BREW"):
        answer = httpx.request(method, f"{tenant.server.url}/in{path}", content=b"x")
        assert answer.status_code == 404
        assert "hookwire-capture" not in answer.headers
        assert set(answer.json()) == {"code", "detail"}


def test_almost_the_address(bin):
    address, token = bin.url.rsplit("/", 1)
    nearly = (token[:-1], token + "x", token.swapcase(), "%20" + token, token + "%00", token + ".")
    for near in nearly:
        assert httpx.post(f"{address}/{near}").status_code == 404, near
    assert bin.captures() == []


# ---- methods and versions -------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"POST {path} HTTP/9.9\r\nhost: x\r\n\r\n",
        b"POST {path} HTTP/1.1 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST  {path} HTTP/1.1\r\nhost: x\r\n\r\n",
        b"PO<ST {path} HTTP/1.1\r\nhost: x\r\n\r\n",
        b"{path}\r\n\r\n",
        b"POST {path}\r\n\r\n",
    ],
)
def test_what_is_not_http_1(bin, data):
    answer = exchange(bin.server, data.replace(b"{path}", bin.path.encode()), ends=True)
    assert answer is None or 400 <= answer.status < 600
    assert bin.captures() == []


def test_an_upgrade_is_a_request_like_any_other(bin):
    lines = ("host: x", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    answer = exchange(bin.server, bin.head(*lines, method=b"GET"))
    assert answer.status == 200
    assert values(bin.latest(), "upgrade") == ["websocket"]
