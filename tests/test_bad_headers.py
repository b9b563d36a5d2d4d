"""Headers that would smuggle: those that break out of their line, and those that receivers trust to
come from the sender. Refused wherever a header can be given."""

import pytest

from support.ways import MESSAGE, OF_ENDPOINTS, OF_OPERATIONAL_ENDPOINTS, URL, Way

WAYS = [
    *(way for way in OF_ENDPOINTS if way.method != "PATCH"),  # which has a path of its own
    Way("PUT", "/app/acme/endpoint/hook/headers", {}),
    Way("PATCH", "/app/acme/endpoint/hook/headers", {}),
    Way("POST", "/compose/preview", {"endpoint": {"url": URL}}, ("endpoint",)),
    Way(
        "POST",
        "/app/acme/msg",
        {**MESSAGE, "transformationsParams": {"rawPayload": "text"}},
        ("transformationsParams",),
    ),
    *OF_OPERATIONAL_ENDPOINTS,
]

SMUGGLING = {
    "CRLF": {"x-a": "b\r\nx-c: d"},
    "CRLF at the end": {"x-a": "b\r\n"},
    "LF": {"x-a": "b\nx-c: d"},
    "CR": {"x-a": "b\rx-c: d"},
    "NUL": {"x-a": "b\0"},
    "a second request": {"x-a": "b\r\n\r\nGET / HTTP/1.1\r\nhost: x"},
    "CRLF in the name": {"x-a: b\r\nx-c": "d"},
    "colon in the name": {"x-a:": "b"},
    "space before the name": {" x-a": "b"},
    "space behind the name": {"x-a ": "b"},
    "no name": {"": "b"},
    "beyond ASCII in the name": {"x-ä": "b"},
    "signature": {"webhook-signature": "v1,AAAA"},
    "signature in capitals": {"WEBHOOK-SIGNATURE": "v1,AAAA"},
    "the other signature": {"Svix-Signature": "v1,AAAA"},
    "id": {"Webhook-Id": "msg_1"},
    "timestamp": {"webhook-timestamp": "1"},
    "length": {"Content-Length": "0"},
    "framing": {"transfer-encoding": "chunked"},
    "connection": {"connection": "x-a"},
    "host": {"Host": "example.com"},
    "upgrade": {"upgrade": "h2c"},
    "too many": {f"x-{n}": "b" for n in range(100)},
    "too long": {"x-a": "b" * 10_000},
}


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_headers_that_would_smuggle(untouched, way):
    way.refuses(untouched, "headers", SMUGGLING)


@pytest.mark.parametrize(
    "way", [way for way in WAYS if "transformationsParams" not in way.place], ids=str
)
def test_templates_that_are_none(untouched, way):
    """The headers of one message are taken as they are; all others are templates."""
    way.refuses(untouched, "headers", {"open": {"x-a": "{{ payload.a | "}})
