"""The page that a share link opens, in a real browser."""

import contextlib
import hashlib
import hmac
import json
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import expect

from support import bin as bins
from support.browser import Chromium
from support.follower import Follower
from support.wire import Wire

LIVE = "Live: requests appear as they come"

# Each would set a mark or ask for attention if the page took it for more than text.
MARKUP = "<img src=x onerror=window.pwned=1><script>window.pwned=2</script>"
SVG = "\"'><svg onload=alert(3)><a href=javascript:alert(4)>"


@pytest.fixture(scope="module")
def chromium():
    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture
def visit(chromium):
    """Opens a link: `visit(server, link, prepare=None, **options)`. In the end every page must
    have behaved well."""
    visits = []
    with contextlib.ExitStack() as stack:

        def make(server, link, prepare=None, **options):
            one = chromium.visit(server, **options)
            stack.callback(one.leave)
            if prepare:
                prepare(one.page)
            one.page.goto(link)
            visits.append((one, link.rpartition(":")[2]))
            return one

        yield make
        for one, token in visits:
            one.was_well_behaved(token)


def share(bin):
    """A link that reads."""
    answer = bin.tenant.http.post(f"/bin/{bin.id}/share")
    assert answer.status_code == 200, answer.text
    return answer.json()["url"]


def is_live(one):
    expect(one.find("#state")).to_have_text(LIVE)
    return one


def rows(one):
    return one.find("#requests > li")


def in_full(one, row=0):
    """Opens a request; gives the part of the page that shows it."""
    chosen = rows(one).nth(row).locator("button")
    chosen.click()
    expect(chosen).to_have_attribute("aria-current", "true")
    capture = rows(one).nth(row).get_attribute("data-id")
    expect(one.find("#detail > dl > dd").last).to_have_text(capture)
    return one.find("#detail")


# ---- what a person sees ---------------------------------------------------------------------


def test_a_request_appears_without_reloading(tenant, visit):
    bin = bins.make(tenant, name="Shop")
    one = is_live(visit(tenant.server, share(bin)))
    expect(one.page).to_have_title("Shop · Hookwire")
    expect(one.find("#name")).to_have_text("Shop")
    expect(one.find("#url")).to_have_text(bin.url)
    expect(one.find("#try")).to_contain_text(bin.url)
    expect(one.find("#empty")).to_be_visible()
    one.page.evaluate("window.sameDocument = true")

    bin.send(b'{"type": "order.paid"}', "/one?a=1", headers={"content-type": "application/json"})
    expect(rows(one)).to_have_count(1)
    for text in ("POST", "/one?a=1", "order.paid", "22 B", "127.0.0.1"):
        expect(rows(one).first).to_contain_text(text)
    expect(one.find("#empty")).to_be_hidden()

    bin.send(method="DELETE", path="/two")
    expect(rows(one)).to_have_count(2)
    expect(rows(one).first).to_contain_text("/two")
    assert one.page.evaluate("window.sameDocument")


def test_signatures_and_repetitions_are_marked(tenant, visit):
    bin = bins.make(
        tenant,
        verify={"provider": "generic", "header": "x-sign", "secret": "quite secret"},
        deduplicate={"by": "header", "name": "x-id"},
    )
    sign = hmac.new(b"quite secret", b"1", hashlib.sha256).hexdigest()
    first = bin.keep(b"1", headers={"x-id": "7", "x-sign": sign})
    bin.send(b"1", headers={"x-id": "7", "x-sign": sign})
    bin.send(b"2", headers={"x-sign": sign})
    one = is_live(visit(tenant.server, share(bin)))
    for row, badges in enumerate((["invalid"], ["verified", "duplicate"], ["verified"])):
        expect(rows(one).nth(row).locator(".badge")).to_have_text(badges)
    expect(in_full(one)).to_contain_text("invalid: ")
    shown = in_full(one, 1)
    shown.get_by_role("button", name=first["id"]).click()
    expect(rows(one).last.locator("button")).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize(
    ("kind", "request_", "expected"),
    [
        ("json", {"json": {"b": [1, {"ü": None}], "a": 1.50}}, ['"b": [\n    1,', '"ü": null']),
        ("form", {"data": {"na me": "a & b", "x": ""}}, ["na me", "a & b"]),
        (
            "multipart",
            {"files": {"up": ("ä.bin", b"\x00\xff", "image/x"), "t": (None, "text of a part")}},
            ["up, file ä.bin", "image/x, 2 B", "00 ff", "text of a part"],
        ),
        ("text", {"content": "one\ntwo", "headers": {"content-type": "text/plain"}}, ["one\ntwo"]),
        ("binary", {"content": bytes(range(256))}, ["000000f0  f0 f1", "|0123456789:;<=>?|"]),
        ("none", {}, []),
    ],
)
def test_one_request_in_full(tenant, visit, kind, request_, expected):
    bin = bins.make(tenant)
    request_.setdefault("headers", {})["X-Thing"] = "some  value"
    answer = httpx.post(f"{bin.url}/a%20b?q=%C3%A4&q=2", **request_)
    capture = bin.get(bins.kept(answer))
    one = is_live(visit(tenant.server, share(bin)))
    shown = in_full(one)
    headings = shown.locator("h3")
    titles = ["Query 2", f"Body {kind}", f"Headers {len(capture['headers'])}"]
    for number, title in enumerate(titles):
        expect(headings.nth(number)).to_contain_text(title)
    tables = shown.locator("> table")
    expect(tables.first.locator("td")).to_have_text(["ä", "2"])
    names = [name for name, _ in capture["headers"]]
    assert tables.last.locator("th").all_text_contents() == names
    assert "some  value" in tables.last.locator("td").all_text_contents()
    expect(shown).to_contain_text(f"{bin.url}/a%20b?q=%C3%A4&q=2")
    content = shown.text_content()
    for text in expected:
        assert text in content


def test_a_body_is_downloaded_and_a_command_copied(tenant, visit):
    bin = bins.make(tenant)
    body = bytes(range(256)) * 400
    capture = bin.keep(body, headers={"content-type": "text/html"})
    one = is_live(visit(tenant.server, share(bin)))
    shown = in_full(one)
    with one.page.expect_download() as waiting:
        shown.get_by_role("button", name="Download body").click()
    assert waiting.value.suggested_filename == f"{capture['id']}.bin"
    assert waiting.value.path().read_bytes() == body

    shown.get_by_role("button", name="Copy as curl").click()
    expect(shown.get_by_role("button", name="Copied")).to_be_visible()
    assert one.page.evaluate("navigator.clipboard.readText()") == capture["curl"]
    one.find("#copy-url").click()
    expect(one.find("#copy-url")).to_have_text("Copied")
    assert one.page.evaluate("navigator.clipboard.readText()") == bin.url


def test_a_long_body_is_shown_by_and_by(tenant, visit):
    bin = bins.make(tenant)
    bin.send(b"line\n" * 300_000 + b"the end", headers={"content-type": "text/plain"})
    one = is_live(visit(tenant.server, share(bin)))
    shown = in_full(one)
    expect(shown).to_contain_text("Only the beginning is shown here")
    assert len(shown.locator("pre").text_content()) == 100_000
    shown.get_by_role("button", name="Show the rest").click()
    assert len(shown.locator("pre").text_content()) == 1 << 20


def test_searching(tenant, visit):
    bin = bins.make(tenant)
    bin.send(b"a needle in here")
    bin.send(b"hay", "/needle")
    bin.send(b"hay")
    one = is_live(visit(tenant.server, share(bin)))
    expect(rows(one)).to_have_count(3)
    one.page.keyboard.press("/")
    one.page.keyboard.type("Needle")
    expect(one.find("#found")).to_have_text("2 requests found")
    expect(rows(one)).to_have_count(2)

    bin.send(b"another needle")
    newer = one.find("#newest")
    expect(newer).to_have_text("Show the newest (1 more came)")
    newer.click()
    expect(one.find("#found")).to_have_text("3 requests found")

    one.find("#text").fill("nowhere at all")
    expect(one.find("#found")).to_have_text("No requests found")
    one.find("#text").fill("")
    expect(rows(one)).to_have_count(4)
    expect(one.find("#found")).to_be_hidden()


def test_the_list_is_bounded_and_goes_on_when_asked(tenant, visit):
    bin = bins.make(tenant)
    with httpx.Client() as sender:
        for number in range(60):
            sender.post(f"{bin.url}/{number}")
        one = is_live(visit(tenant.server, share(bin)))
        expect(rows(one)).to_have_count(50)
        one.find("#older").click()
        expect(rows(one)).to_have_count(60)
        expect(one.find("#older")).to_be_hidden()
        for number in range(60, 520):
            sender.post(f"{bin.url}/{number}")
    expect(rows(one).first).to_contain_text("/519")
    expect(rows(one)).to_have_count(500)

    one.find("#older").click()
    expect(rows(one).last).to_contain_text("/0")
    expect(rows(one)).to_have_count(500)
    bin.send(path="/late")
    expect(one.find("#newest")).to_have_text("Show the newest (1 more came)")
    one.find("#newest").click()
    expect(rows(one).first).to_contain_text("/late")


def test_by_keyboard_in_a_narrow_window(tenant, visit):
    bin = bins.make(tenant)
    bin.send(b"x", "/first/" + "long" * 60)
    bin.send(b"y" * 5_000, "/second", headers={"X-" + "n" * 90: "v" * 900})
    narrow = {"width": 360, "height": 640}
    one = is_live(visit(tenant.server, share(bin), viewport=narrow))
    keyboard = one.page.keyboard
    rows(one).last.locator("button").focus()
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    expect(one.find("#detail h2")).to_contain_text("/second")
    expect(one.find("#list")).to_be_hidden()
    is_as_wide = "document.documentElement.scrollWidth <= 360"
    assert one.page.evaluate(is_as_wide)
    assert one.find("#detail").evaluate("it => it.scrollWidth <= it.clientWidth")
    expect(one.page.get_by_role("button", name="All requests")).to_be_focused()
    keyboard.press("Escape")
    expect(rows(one).first.locator("button")).to_be_focused()
    assert one.page.evaluate(is_as_wide)


# ---- strangers' texts -----------------------------------------------------------------------


def hostile(bin):
    """Sends markup and scripts wherever a sender can put them."""
    # What HTTP does not have in an address comes encoded; the query is shown decoded, too.
    target = f"/\"onload='alert(5)'/{quote(SVG)}?{quote(MARKUP)}={quote(SVG)}&'alert(6)'"
    with Wire(bin.server) as wire:
        for kind, body in (
            ("text/html", MARKUP + SVG),
            ("application/json", json.dumps({"type": MARKUP, MARKUP: [SVG, "</pre>" + MARKUP]})),
            ("application/x-www-form-urlencoded", f"{quote(MARKUP)}={quote(SVG)}"),
            (
                'multipart/form-data; boundary="b"',
                f'--b\r\nContent-Disposition: form-data; name="<img src=x onerror=alert(8)>"; '
                f'filename="{MARKUP}"\r\nContent-Type: {MARKUP}\r\nX-Part: {SVG}\r\n\r\n'
                f"{MARKUP}\r\n--b--\r\n",
            ),
            (MARKUP, "\x00" + MARKUP),
        ):
            body = body.encode()
            wire.send(
                bin.head(
                    "Host: x",
                    f"Content-Type: {kind}",
                    f"x'onload`alert`: {MARKUP}",
                    f"X-Markup: {MARKUP}{SVG}",
                    "X-Direction: \u202egnp.exe\u202c".encode(),
                    f"Content-Length: {len(body)}",
                    method=b"PWNED'`",
                    path=target.encode(),
                )
                + body
            )
            assert wire.answer().status == 200


def test_nothing_that_a_sender_wrote_is_run(tenant, visit):
    bin = bins.make(tenant, name=MARKUP)
    one = is_live(visit(tenant.server, share(bin)))
    elements = "document.querySelectorAll('img, svg, iframe, a, script').length"
    before = one.page.evaluate(elements)
    hostile(bin)
    expect(rows(one)).to_have_count(5)
    expect(one.find("#name")).to_have_text(MARKUP)
    all_of_it = MARKUP + SVG
    bodies = ("|.<img src=x oner|", f"file {MARKUP}", all_of_it, "</pre><img", all_of_it)
    for row, body in enumerate(bodies):
        expect(rows(one).nth(row)).to_contain_text("/\"onload='alert(5)'/")
        shown = in_full(one, row)
        expect(shown.locator("h2")).to_contain_text("PWNED'`")
        expect(shown).to_contain_text(MARKUP + SVG)
        for part in ("th", "td"):
            expect(shown.locator("> table").first.locator(part).first).to_contain_text("<")
        heading = shown.locator("h3", has_text="Body")
        assert body in heading.locator("xpath=following-sibling::*[1]").text_content()
        assert one.page.evaluate(elements) == before
        one.was_well_behaved()


def test_the_page_would_have_noticed_what_runs(tenant, visit, chromium):
    """That a page which runs strangers' texts does not pass for one that behaves well."""
    one = chromium.visit(tenant.server)
    try:
        one.page.goto("about:blank")
        one.page.set_content("<img src=x onerror='window.pwned=1; alert(2)'>")
        one.page.wait_for_function("window.pwned")
        with pytest.raises(AssertionError):
            one.was_well_behaved()
    finally:
        one.leave()


# ---- when something ends --------------------------------------------------------------------


def test_a_link_that_is_revoked_says_so(tenant, visit):
    bin = bins.make(tenant)
    bin.send(b"seen before")
    one = is_live(visit(tenant.server, share(bin), prepare=lambda page: page.clock.install()))
    assert tenant.http.delete(f"/bin/{bin.id}/share").status_code == 204
    one.page.clock.fast_forward(16_000)
    expect(one.find("#state")).to_contain_text("has expired or was revoked")
    expect(one.find("#state")).to_have_attribute("data-state", "end")
    bin.send(b"after the end")
    asked = len(one.asked)
    one.page.clock.fast_forward(60_000)
    expect(rows(one)).to_have_count(1)
    assert len(one.asked) == asked, "it still asks"


def test_a_bin_that_is_deleted_says_so(tenant, visit):
    bin = bins.make(tenant)
    link = share(bin)
    # The owner's own token is good for a link, too, and outlives the bin.
    owners = f"{link.rpartition(':')[0]}:{tenant.token}"
    seen = [is_live(visit(tenant.server, one)) for one in (owners, link)]
    assert tenant.http.delete(f"/bin/{bin.id}").status_code == 204
    expect(seen[0].find("#state")).to_have_text("This bin was deleted.")
    expect(seen[1].find("#state")).to_contain_text("or the bin was deleted")


def test_a_bin_that_too_many_follow_is_shown_all_the_same(tenant, visit):
    bin = bins.make(tenant)
    bin.send(path="/there")
    with contextlib.ExitStack() as others:
        for _ in range(16):
            assert others.enter_context(Follower(bin)).status == 200
        one = visit(tenant.server, share(bin))
        expect(one.find("#state")).to_contain_text("Too many people look at this bin")
        expect(rows(one).first).to_contain_text("/there")


def test_a_link_without_its_end_says_so(tenant, visit):
    bin = bins.make(tenant)
    link = share(bin)
    one = visit(tenant.server, link.partition("#")[0] + "#whatever:")
    expect(one.find("#state")).to_contain_text("This link is not complete")
    one = visit(tenant.server, link[:-3] + "000")
    expect(one.find("#state")).to_have_attribute("data-state", "end")


def test_a_server_that_comes_back_is_found_again(new_server, new_tenant, visit):
    server = new_server()
    bin = bins.make(new_tenant(server))
    bin.send(path="/before")
    one = is_live(visit(server, share(bin)))
    expect(rows(one)).to_have_count(1)
    one.page.evaluate("window.sameDocument = true")
    for round in range(2):
        server.kill()
        expect(one.find("#state")).to_have_text("Connection lost: trying again…")
        server.start()
        bin.send(path=f"/while-it-was-away/{round}")
        is_live(one)
        expect(rows(one).first).to_contain_text(f"/while-it-was-away/{round}")
        bin.send(path=f"/after/{round}")
        expect(rows(one).first).to_contain_text(f"/after/{round}")
    expect(rows(one)).to_have_count(5)
    assert one.page.evaluate("window.sameDocument")
