"""Looking at what a bin received: lists, searches, one request in full, downloads, commands and
archives; and who may."""

import hashlib
import hmac
import itertools
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import httpx
import pytest

from support.bin import Senders, kept, make
from support.wire import Wire

# What curl says for itself, whatever it sends.
OF_THE_CONNECTION = ("host", "content-length", "transfer-encoding", "connection", "expect")


@pytest.fixture
def bin(tenant):
    return make(tenant)


def ids(captures):
    return [capture["id"] for capture in captures]


# ---- lists ----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["descending", "ascending"])
def test_pages_while_requests_arrive(bin, order):
    """None comes twice, and none that was there at the start is missing."""
    with Senders(bin, threads=2, pause_s=0.002) as senders:
        senders.wait_for_more(120)
        before = set(senders.acknowledged.values())
        seen, iterator, pages = [], None, 0
        while True:
            params = {"limit": 7, "order": order} | ({"iterator": iterator} if iterator else {})
            page = bin.page(**params)
            seen += ids(page["data"])
            pages += 1
            iterator = page["iterator"]
            if page["done"] or (order == "ascending" and before <= set(seen) and pages > 60):
                break
    assert senders.unexpected == []
    assert len(seen) == len(set(seen)), "one came twice"
    assert before <= set(seen), "one is missing"
    assert seen == sorted(seen, reverse=order == "descending")
    if order == "ascending":
        # Whoever reads on to the end has all of them, also those that came meanwhile.
        rest = bin.captures(order="ascending", **({"iterator": iterator} if iterator else {}))
        assert seen + ids(rest) == sorted(senders.acknowledged.values())


def test_a_page_back(bin):
    sent = [kept(bin.send(b"%d" % n)) for n in range(5)]
    first = bin.page(limit=2)
    second = bin.page(limit=2, iterator=first["iterator"])
    last = bin.page(limit=2, iterator=second["iterator"])
    pages = [first, second, last]
    assert [ids(page["data"]) for page in pages] == [sent[4:2:-1], sent[2:0:-1], sent[:1]]
    assert [page["done"] for page in pages] == [False, False, True]
    assert bin.page(limit=2, iterator=last["prevIterator"])["data"] == second["data"]


def test_filters(tenant):
    bin = make(
        tenant,
        verify={"provider": "generic", "header": "x-sign", "secret": "hush", "algorithm": "sha256"},
        deduplicate={"by": "body"},
    )
    good = {"x-sign": hmac.new(b"hush", b"a", hashlib.sha256).hexdigest()}
    first = kept(bin.send(b"a", headers=good))
    again = kept(bin.send(b"a", headers=good))
    forged = kept(bin.send(b"b", headers=good, method="PUT"))
    unsigned = kept(bin.send(b"c", method="PUT"))
    for params, expected in [
        ({}, [unsigned, forged, again, first]),
        ({"order": "ascending"}, [first, again, forged, unsigned]),
        ({"method": "PUT"}, [unsigned, forged]),
        ({"method": "DELETE"}, []),
        ({"verified": True}, [again, first]),
        ({"verified": False}, [unsigned, forged]),
        ({"duplicate": True}, [again]),
        ({"duplicate": False}, [unsigned, forged, first]),
        ({"verified": True, "duplicate": False}, [first]),
        ({"verified": False, "method": "POST"}, []),
    ]:
        assert ids(bin.captures(**params)) == expected, params
    past = (datetime.now(timezone.utc) - timedelta(hours=1)).isoformat()
    assert ids(bin.captures(after=past)) == [unsigned, forged, again, first]
    assert bin.captures(before=past) == []
    wrong = bin.tenant.http.get(f"/bin/{bin.id}/request", params={"after": "x", "before": "y"})
    assert wrong.status_code == 422
    assert [problem["loc"] for problem in wrong.json()["detail"]] == [
        ["query", "before"],
        ["query", "after"],
    ]


def test_a_search_looks_at_path_query_headers_and_body(bin):
    by_path = kept(bin.send(path="/needle-one/x?a=b"))
    by_query = kept(bin.send(path="/?q=needle-two"))
    by_header = kept(bin.send(headers={"X-Where": "in a needle-three header"}))
    by_name = kept(bin.send(headers={"X-Needle-Four": "1"}))
    by_body = kept(bin.send(b"\xff\x00 needle-five \xfe"))
    for text, expected in [
        ("needle-one", by_path),
        ("needle-two", by_query),
        ("needle-three", by_header),
        ("needle-five", by_body),
    ]:
        assert ids(bin.captures(text=text)) == [expected], text
    assert by_name in ids(bin.captures(text="X-Needle-Four"))
    assert len(bin.captures(text="needle")) >= 4
    for text in ("nobody sent this", "needle-%", "needle_one", "\\", "'; DROP TABLE capture; --"):
        assert bin.captures(text=text) == [], text
    for wrong in ("", "x" * 2000, "a\x00b"):
        answer = bin.tenant.http.get(f"/bin/{bin.id}/request", params={"text": wrong})
        assert answer.status_code in (200, 422)
        assert answer.status_code == 422 or answer.json()["data"] == []


def test_a_search_through_many_goes_in_bounded_steps(tenant):
    """Each answer looks at a bounded number; the walk as a whole finds all of them."""
    bin = make(tenant, limits={"capturesMax": 10_000})

    def send(first_and_last, rounds):
        """Several at once on one connection: their commits are shared with the other ones."""
        with Wire(bin.server, timeout=60) as wire:
            for _ in range(rounds):
                bodies = [first_and_last, *[b"hay"] * 38, first_and_last]
                heads = [bin.head("host: x", f"content-length: {len(it)}") for it in bodies]
                wire.send(b"".join(itertools.chain(*zip(heads, bodies, strict=True))))
                assert {wire.answer().status for _ in bodies} == {200}

    send(b"the needle", 1)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: send(b"hay", 5), range(12)))
    send(b"the needle", 1)
    iterator, found, steps = None, [], 0
    while True:
        params = {"text": "needle"} | ({"iterator": iterator} if iterator else {})
        page = bin.page(**params)
        found += ids(page["data"])
        steps += 1
        assert steps < 20
        if page["done"]:
            break
        iterator = page["iterator"]
    assert len(found) == len(set(found)) == 4 and found == sorted(found, reverse=True)
    assert steps >= 2, "one answer looked at all of them"
    assert ids(bin.captures(text="needle", order="ascending")) == found[::-1]


def test_requests_are_forgotten(bin):
    first, second, third = (kept(bin.send(b"%d" % n)) for n in range(3))
    http = bin.tenant.http
    path = f"/bin/{bin.id}/request"
    assert http.delete(f"{path}/{second}").status_code == 204
    assert http.delete(f"{path}/{second}").status_code == 404
    for of in ("", "/body", "/curl"):
        assert http.get(f"{path}/{second}{of}").status_code == 404
    assert ids(bin.captures()) == [third, first]
    other = make(bin.tenant)
    kept_there = kept(other.send(b"x"))
    # One of another bin is not this bin's.
    assert http.get(f"{path}/{kept_there}").status_code == 404
    assert http.delete(f"{path}/{kept_there}").status_code == 404
    assert http.delete(path).status_code == 204
    assert bin.captures() == [] and ids(other.captures()) == [kept_there]
    assert http.delete(path).status_code == 204
    later = kept(bin.send(b"later"))
    assert ids(bin.captures()) == [later]


def test_a_deleted_bin_is_gone(bin):
    capture = kept(bin.send(b"x"))
    http = bin.tenant.http
    assert http.delete(f"/bin/{bin.id}").status_code == 204
    assert httpx.post(bin.url).status_code == 404
    for path in ("", "/request", f"/request/{capture}", "/har", "/stream"):
        assert http.get(f"/bin/{bin.id}{path}").status_code == 404
    assert bin.id not in [entry["id"] for entry in http.get("/bin").json()["data"]]


# ---- out again ------------------------------------------------------------------------------

PAGE = b"<!doctype html><script>document.title = 'pwned'</script>"


def test_a_download_is_never_a_page(bin):
    capture = kept(bin.send(PAGE, headers={"content-type": "text/html"}))
    answer = bin.tenant.http.get(f"/bin/{bin.id}/request/{capture}/body")
    assert answer.content == PAGE
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["hookwire-content-type"] == "text/html"
    for path, kind in [
        (f"/request/{capture}", "application/json"),
        (f"/request/{capture}/curl", "text/plain; charset=utf-8"),
        ("/request", "application/json"),
        ("/har", "application/json"),
    ]:
        shown = bin.tenant.http.get(f"/bin/{bin.id}{path}")
        assert shown.headers["content-type"] == kind, path


JSON = {"Content-Type": "application/json"}

REQUESTS = {
    "get": ("GET", "", {}, b""),
    "json": ("POST", "/a?b=c", JSON, b'{"it\'s": "\\"$HOME\\" `id`"}'),
    "form": ("POST", "", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=%20&b=+$(id)"),
    "lines": ("PUT", "", {"Content-Type": "text/plain"}, b"one\ntwo\r\n\tthree!!\n\n"),
    "at": ("POST", "", {}, b"@/etc/passwd"),
    "minus": ("POST", "", {}, b"--next -o /tmp/x"),
    "unicode": ("PATCH", "", {"X-Own": 'it\'s "$PATH" `id` \\ !!'}, "Zoë 😀 ؜\u202e".encode()),
    "binary": ("POST", "/%00/%ff?%0a", {"Content-Type": "image/png"}, bytes(range(256)) * 4),
    "large": ("POST", "/big", {}, bytes(range(256)) * 800),
    "no body": ("DELETE", "/x/../y//z/./?[]{}", {"X-Empty": ""}, b""),
    "no type": ("POST", "", {"Content-Type": None}, b"untyped"),
    "odd method": ("M-SEARCH", "/*'", {"Accept": None, "User-Agent": None}, b""),
}


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize("case", REQUESTS)
def test_a_captures_command_sends_it_again(bin, tmp_path, shell, case):
    method, path, headers, body = REQUESTS[case]
    lines = {"Host": "x", "User-Agent": "own/1", "Accept": "*/*", **headers}
    lines = [f"{name}: {value}".encode() for name, value in lines.items() if value is not None]
    if body:
        lines.append(b"content-length: %d" % len(body))
    with Wire(bin.server) as wire:
        wire.send(bin.head(*lines, method=method.encode(), path=path.encode()) + body)
        answer = wire.answer()
        assert answer.status == 200, answer.body
    first = bin.get(answer.headers["hookwire-capture"])
    command = bin.tenant.http.get(f"/bin/{bin.id}/request/{first['id']}/curl").text
    assert command == first["curl"]
    assert bin.tenant.token not in command
    done = subprocess.run(
        [shell, "-c", command], cwd=tmp_path, capture_output=True, timeout=60,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "HOOKWIRE_TOKEN": bin.tenant.token, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stderr.decode()}"
    again, same = bin.captures()
    assert same["id"] == first["id"] != again["id"], command
    for field in ("method", "path", "query", "contentType", "bodyBytes"):
        assert again[field] == first[field], f"{field}: {command}"
    assert bin.body(again["id"]) == body
    assert own_headers(again) == own_headers(first), command


def own_headers(capture):
    """What the sender said, in any order."""
    return sorted(
        (name, value) for name, value in capture["headers"] if name.lower() not in OF_THE_CONNECTION
    )


def test_an_archive(bin):
    bin.send(b'{"a": 1}', path="/one?x=1&x=%20", headers={"content-type": "application/json"})
    bin.send(bytes(range(256)), path="/two", method="PUT")
    bin.send(path="/three", method="GET", headers={"cookie": "a=b; c=d"})
    answer = bin.tenant.http.get(f"/bin/{bin.id}/har")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    log = json.loads(answer.text)["log"]
    assert log["version"] == "1.2" and log["creator"]["name"] == "Hookwire"
    three, two, one = log["entries"]
    for entry, capture in zip(log["entries"], bin.captures(), strict=True):
        assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
        assert {"request", "response", "cache", "timings", "time"} <= set(entry)
        assert entry["response"]["status"] == 200
        pairs = [[header["name"], header["value"]] for header in entry["request"]["headers"]]
        assert pairs == capture["headers"]
        assert entry["request"]["method"] == capture["method"]
    assert one["request"]["url"] == f"{bin.url}/one?x=1&x=%20"
    assert one["request"]["queryString"] == [
        {"name": "x", "value": "1"},
        {"name": "x", "value": " "},
    ]
    assert one["request"]["postData"]["text"] == '{"a": 1}'
    assert two["request"]["bodySize"] == 256
    assert three["request"]["cookies"] == [
        {"name": "a", "value": "b"},
        {"name": "c", "value": "d"},
    ]
    filtered = bin.tenant.http.get(f"/bin/{bin.id}/har", params={"method": "PUT"}).json()
    assert [entry["request"]["method"] for entry in filtered["log"]["entries"]] == ["PUT"]
