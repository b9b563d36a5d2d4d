"""A provider that sends to a bin."""

import http.client
import os
import time

from . import bin
from .provider_sdks import Draft

# What bins answer here, unless it is said otherwise.
ANSWER = {"status": 202, "headers": {"content-type": "text/plain"}, "body": "taken"}


class Sender:
    """A provider that sends to a bin. `key` is what it signs with."""

    def __init__(self, tenant, library, secrets=None, reject=False, **fields):
        self.library = library
        self.key = library.new_key()
        verify = {
            "provider": library.provider,
            "secrets": secrets or [self.key.shown],
            "reject": reject,
        }
        fields.setdefault("response", ANSWER)
        self.bin = bin.make(tenant, verify=verify, **fields)
        # The server may be known by another address than its own.
        self.path = self.bin.url[self.bin.url.index("/in/") :]

    def draft(self, id=None, age_s=0, body=None):
        """A request that is about to be signed: an event, or else this body."""
        library, id = self.library, id or new_id()
        body = body or library.body(id)
        return Draft(
            url=self.bin.url + library.target(body),
            id=id,
            body=body,
            headers={"Content-Type": library.content_type, **library.headers(id)},
            at_unix_s=int(time.time()) - age_s,
        )

    def signed(self, draft, key=None):
        """The headers of a signed request."""
        return {**draft.headers, **self.library.sign(draft, key or self.key)}

    def accepts(self, draft, headers):
        """Whether the provider's own library takes the request."""
        small = {name.lower(): value for name, value in dict(headers).items()}
        return self.library.accepts(draft, self.key, small)

    def send(self, draft, headers):
        """Sends a request; gives status and body of the answer, and the capture."""
        target = self.path + draft.url.removeprefix(self.bin.url)
        status, answered, text = post(self.bin.server, target, headers, draft.body)
        capture = self.bin.get(answered["hookwire-capture"])
        assert self.bin.body(capture["id"]) == draft.body, "other bytes were kept"
        assert capture["responseStatus"] == status, capture["responseStatus"]
        return status, text, capture

    def deliver(self, id=None, **how):
        """Signs and sends an event; gives the capture, which must be valid."""
        draft = self.draft(id, **how)
        headers = self.signed(draft)
        assert self.accepts(draft, headers), "the provider itself would not take it"
        status, text, capture = self.send(draft, headers)
        assert capture["verification"] == {"status": "valid"}, capture["verification"]
        assert (status, text) == (ANSWER["status"], ANSWER["body"]), f"{status} {text}"
        return capture


def new_id():
    """An id that no other event has."""
    return f"evt_{os.urandom(8).hex()}"


def post(server, target, headers, body, method="POST"):
    """Sends a request as it is given, not a byte of its target rewritten; gives the status, the
    headers by their names in small letters, and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text
