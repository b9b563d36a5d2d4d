"""A real browser: the system's Chromium, and pages that tell what they did."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from .wait import SOON

expect.set_options(timeout=SOON * 1000)

_NAMES = ("chromium", "chromium-browser", "google-chrome")

# What a browser writes about answers that a test provokes. All else would be the page's mistake.
_ABOUT_ANSWERS = "Failed to load resource:"


def executable():
    """Where the browser is. Skips the test without one, except in CI, where nothing may be left
    out in silence."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        missing = "Chromium is missing; `apt-get install chromium` brings it"
        assert os.environ.get("CI") != "true", missing
        pytest.skip(missing)
    return found


class Chromium:
    """A browser that runs; each page is a stranger to the others."""

    def __init__(self):
        path = executable()
        # Its sandbox does not work for root, as whom containers run tests.
        args = ["--no-sandbox"] if os.geteuid() == 0 else []
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(executable_path=path, args=args)
        except BaseException:
            self._playwright.stop()
            raise

    def close(self):
        """Ends it."""
        self._browser.close()
        self._playwright.stop()

    def visit(self, server, **options):
        """Somebody with a browser who is about to visit a server."""
        return Visit(self._browser.new_context(**options), server)


class Visit:
    """A page with a record of what it did. `page` is Playwright's."""

    def __init__(self, context, server):
        self._context = context
        self._server = server
        self.asked = []
        self.complaints = []
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = context.new_page()
        self.page.on("request", lambda it: self.asked.append(it.url))
        self.page.on("pageerror", lambda it: self.complaints.append(f"error: {it}"))
        self.page.on("console", self._heard)
        self.page.on("dialog", self._asked_for_attention)

    def find(self, selector):
        """A part of the page."""
        return self.page.locator(selector)

    def leave(self):
        """Ends the visit."""
        self._context.close()

    def was_well_behaved(self, token=None):
        """Whether the page ran without an error, asked nobody but its server, ran nothing of a
        stranger's, and kept the token out of addresses."""
        assert self.complaints == []
        assert self.page.evaluate("window.pwned") is None
        own = (f"{self._server.url}/", f"blob:{self._server.url}/")
        assert [url for url in self.asked if not url.startswith(own)] == []
        # What follows the `#` is in the browser's record, but is not sent.
        sent = [url.partition("#")[0] for url in self.asked]
        assert not token or not [url for url in sent if token in url]

    def _heard(self, message):
        if message.type in ("error", "warning") and not message.text.startswith(_ABOUT_ANSWERS):
            self.complaints.append(f"console: {message.text}")

    def _asked_for_attention(self, dialog):
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()
