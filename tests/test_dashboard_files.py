"""What browsers get where the API has no path: pages, from a program with the dashboard or from
one that was built without it. What is in the files is tested in the program's own crate and in
the browser."""

import re

import httpx
import pytest

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

PAGES = ["/", "/webhooks", "/messages/msg_1", "/sign-in", "/portal", "/portal/messages"]


def get(server, path, headers=None, method="GET"):
    return httpx.request(method, server.url + path, headers=headers or {}, timeout=30)


def directives(answer):
    """The answer's Content-Security-Policy, by name."""
    policy = answer.headers["content-security-policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


@pytest.mark.parametrize("path", PAGES)
def test_a_browser_gets_a_page(shared_server, path):
    answer = get(shared_server, path, BROWSER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    rules = directives(answer)
    assert rules["default-src"] == "'none'" and "unsafe" not in str(rules)
    if answer.status_code == 404:
        assert "make build" in answer.text and "npm ci" in answer.text
        assert rules["frame-ancestors"] == "'none'"
        return
    assert answer.status_code == 200
    assert rules["frame-ancestors"] == ("'self'" if path.startswith("/portal") else "'none'")
    assert rules["script-src"] == "'self'"
    assert answer.headers["cache-control"] == "no-cache"
    again = get(shared_server, path, {**BROWSER, "if-none-match": answer.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


def test_what_a_page_is_made_of_is_there_and_kept_for_good(shared_server):
    for path in ("/", "/portal"):
        page = get(shared_server, path, BROWSER)
        assert not re.search(r"(src|href)=\"?(https?:)?//", page.text), "it loads from elsewhere"
        if page.status_code == 404:
            continue
        found = re.findall(r"(?:src|href)=\"(/assets/[^\"]+)\"", page.text)
        assert found
        for file in found:
            whole = get(shared_server, file, {"accept-encoding": "identity"})
            small = get(shared_server, file, {"accept-encoding": "br, gzip"})
            assert whole.status_code == small.status_code == 200
            assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert small.headers["vary"] == "Accept-Encoding"
            # What does not get smaller by it is not compressed: files of a hundred bytes.
            sent_bytes = int(small.headers["content-length"])
            if small.headers.get("content-encoding") in ("br", "gzip"):
                assert sent_bytes < len(whole.content)
            else:
                assert sent_bytes == len(whole.content) < 500


@pytest.mark.parametrize(
    ("method", "path", "accept"),
    [
        ("GET", "/webhooks", "*/*"),
        ("GET", "/webhooks", None),
        ("GET", "/api/v1/nothing", BROWSER["accept"]),
        ("GET", "/api", BROWSER["accept"]),
        ("GET", "/in/nothing/at/all", BROWSER["accept"]),
        ("GET", "/docs/nothing", BROWSER["accept"]),
        ("GET", "/assets/nothing.js", BROWSER["accept"]),
        ("GET", "/assets/..%2findex.html", BROWSER["accept"]),
        ("GET", "/assets/../../../etc/passwd", "*/*"),
        ("GET", "/favicon.nothing", "image/*"),
        ("POST", "/webhooks", BROWSER["accept"]),
        ("DELETE", "/portal", BROWSER["accept"]),
    ],
)
def test_what_nothing_is_behind_is_an_error_of_the_api(shared_server, method, path, accept):
    headers = {} if accept is None else {"accept": accept}
    answer = get(shared_server, path, headers, method)
    assert answer.status_code == 404, answer.text[:200]
    assert answer.json()["code"] == "not_found"


def test_a_program_at_the_door_is_shown_the_documentation(shared_server):
    answer = get(shared_server, "/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")
    # The API's own paths are what they were.
    assert get(shared_server, "/docs", BROWSER).status_code == 200
    assert get(shared_server, "/api/v1/health", BROWSER).status_code == 204
    head = get(shared_server, "/webhooks", BROWSER, "HEAD")
    assert head.status_code in (200, 404) and head.content == b""


def test_the_operator_says_who_frames_the_portal(new_server):
    name = "HOOKWIRE_PORTAL_FRAME_ANCESTORS"
    server = new_server(env={name: "self https://app.example.com,https://*.example.org:8443/"})
    allowed = "'self' https://app.example.com https://*.example.org:8443"
    portal = get(server, "/portal", BROWSER)
    if portal.status_code == 200:
        assert directives(portal)["frame-ancestors"] == allowed
    assert directives(get(server, "/", BROWSER))["frame-ancestors"] == "'none'"
    shown = server.cli("config").stdout
    assert f'portal_frame_ancestors = "{allowed}"' in shown
    for bad in ("app.example.com", "https://a.example; script-src *", "'none' https://a.example"):
        said = new_server(start=False, env={name: bad}).refuses_to_start()
        assert name in said and "https://app.example.com" in said
