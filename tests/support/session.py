"""Browsers that sign in to the dashboard, as far as cookies and headers are concerned."""

import re
import secrets
import time

import httpx

from .server import JWT_SECRET
from .tokens import claims_of, new_id, sign

LINK = re.compile(r"^dashboard (\S+)$", re.MULTILINE)


def link_claims(org, **fields):
    """What the token of a link says that signs in to `org` within an hour."""
    claims = {"sub": org, "use": "sign-in", "jti": new_id("cred"), "exp": int(time.time()) + 3600}
    return {**claims, **fields}


def link_token(org, **fields):
    """The token of such a link."""
    return sign(link_claims(org, **fields), JWT_SECRET)


def sign_in(server, token, **headers):
    """Signs in with a token; gives the answer."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"{server.url}/api/v1/session"
    return httpx.post(url, json={"token": token}, headers=names, timeout=30)


class Browser:
    """A browser that signed in. `cookie` is the header that it sends."""

    def __init__(self, server, token=None, org=None):
        token = token or link_token(org or new_id("org"))
        self.org = claims_of(token)["sub"] if token.count(".") == 2 else org
        self.signed_in = sign_in(server, token)
        assert self.signed_in.status_code == 200, self.signed_in.text
        self.cookie, *flags = self.signed_in.headers["set-cookie"].split("; ")
        self.flags = set(flags)
        self.secret = self.cookie.split("=", 1)[1]
        self.csrf = self.signed_in.json()["csrfToken"]
        self.server = server

    def bare(self, method, path, headers=None, **request):
        """A request with the cookie and nothing else."""
        headers = {"cookie": self.cookie, **(headers or {})}
        url = f"{self.server.url}/api/v1{path}"
        return httpx.request(method, url, headers=headers, timeout=30, **request)

    def ask(self, method, path, **request):
        """A request as the dashboard's pages send it."""
        return self.bare(method, path, headers={"x-csrf-token": self.csrf}, **request)


def wrong_csrf(browser):
    """Texts that are not this session's."""
    other = secrets.token_urlsafe(32)
    flipped = ("B" if browser.csrf[0] == "A" else "A") + browser.csrf[1:]
    return [None, "", other, flipped, browser.csrf[:-4], browser.secret]
