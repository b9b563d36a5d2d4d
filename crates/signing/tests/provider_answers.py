#!/usr/bin/env python3
"""Prints provider_answers.json: requests as providers sign them, signed outside of our code.

    python3 provider_answers.py > provider_answers.json

HMAC is the standard library's, Ed25519 and ECDSA are those of `cryptography`. Answers that a
provider publishes itself are written out below, and the script stops where its own differ. The
same input always gives the same output.
"""

import base64
import hashlib
import hmac
import json
import sys
from urllib.parse import parse_qsl, quote

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

NOW = 1_764_000_000
URL = "https://hooks.example.com/in/4fJkd93kDkd02mGqLxKs7a"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}


def mac(key, content, algorithm="sha256"):
    return hmac.new(key.encode(), content.encode(), algorithm)


def hexed(key, content, algorithm="sha256"):
    return mac(key, content, algorithm).hexdigest()


def based(key, content, algorithm="sha256"):
    return base64.b64encode(mac(key, content, algorithm).digest()).decode()


def standard_key(text):
    return base64.b64decode(text.removeprefix("whsec_"))


def standard(secret, identifier, timestamp, body):
    content = f"{identifier}.{timestamp}.{body}".encode()
    tag = hmac.new(standard_key(secret), content, "sha256").digest()
    return "v1," + base64.b64encode(tag).decode()


cases = []


def case(name, scheme, secret, other_secret, body, headers, **more):
    """One request.

    signature: the headers of which no bit may change
    covered: the parts of the body of which no bit may change; all of it unless said
    past_max_seconds: how old it may be; null where nothing says when it was signed
    future_max_seconds: how far ahead it may be
    """
    entry = {
        "name": name,
        "scheme": scheme,
        "secret": secret,
        "other_secret": other_secret,
        "method": "POST",
        "url": URL,
        "headers": headers,
        "body": body,
        "now": NOW,
        "signature": [],
        "covered": [body] if body else [],
        "past_max_seconds": None,
        "future_max_seconds": 300,
        "delivery_id": None,
        "event_type": None,
    }
    entry.update(more)
    cases.append(entry)


def published(found, expected):
    if found != expected:
        sys.exit(f"expected {expected}, computed {found}")
    return found


# Standard Webhooks: the specification's own answer.
secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
identifier, timestamp = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553
body = '{"email":"test@example.com","username":"test_user"}'
signature = published(
    standard(secret, identifier, timestamp, body),
    "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
)
for scheme, prefix in [("standard-webhooks", "webhook"), ("svix", "svix"), ("svix", "webhook")]:
    case(
        f"{scheme} with {prefix}-headers", scheme, secret, other, body,
        {
            f"{prefix}-id": identifier,
            f"{prefix}-timestamp": str(timestamp),
            f"{prefix}-signature": signature,
        },
        now=timestamp, signature=[f"{prefix}-id", f"{prefix}-timestamp", f"{prefix}-signature"],
        past_max_seconds=300, delivery_id=identifier,
    )

private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
other_private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))


def whpk(key):
    return "whpk_" + base64.b64encode(key.public_key().public_bytes_raw()).decode()


body = '{"type":"invoice.paid","timestamp":"2025-11-24T16:00:00Z","data":{"id":"inv_1"}}'
content = f"msg_ed.{NOW}.{body}".encode()
case(
    "standard-webhooks with Ed25519", "standard-webhooks", whpk(private), whpk(other_private), body,
    {
        "webhook-id": "msg_ed",
        "webhook-timestamp": str(NOW),
        "webhook-signature": "v1a," + base64.b64encode(private.sign(content)).decode(),
    },
    signature=["webhook-id", "webhook-timestamp", "webhook-signature"],
    past_max_seconds=300, delivery_id="msg_ed", event_type="invoice.paid",
)

# GitHub: the answer of its documentation.
secret, body = "It's a Secret to Everybody", "Hello, World!"
signature = published(
    hexed(secret, body), "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
)
case(
    "github, published", "github", secret, "another", body,
    {
        "x-hub-signature-256": "sha256=" + signature,
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "x-github-event": "push",
    },
    signature=["x-hub-signature-256"],
    delivery_id="72d3162e-cc78-11e3-81ab-4c9367dc0958", event_type="push",
)

# Stripe: the key is the whole text.
secret = "whsec_QkHdRbVqFDDwFqYs5XmzZRmmT8tjAyRo"
body = '{\n  "id": "evt_1NG8Du2eZvKYlo2CUI79vXWy",\n  "object": "event",\n  "type": "payment_intent.succeeded"\n}'
signature = hexed(secret, f"{NOW}.{body}")
stripe = dict(
    past_max_seconds=300, delivery_id="evt_1NG8Du2eZvKYlo2CUI79vXWy",
    event_type="payment_intent.succeeded",
)
case(
    "stripe", "stripe", secret, "whsec_other", body,
    JSON | {"stripe-signature": f"t={NOW},v1={signature}"},
    signature=["stripe-signature"], **stripe,
)
case(
    "stripe, two secrets and an older version", "stripe", secret, "whsec_other", body,
    JSON | {
        "stripe-signature": f"t={NOW},v1={hexed('whsec_old', f'{NOW}.{body}')},"
        f"v1={signature},v0={'6' * 64}"
    },
    **stripe,
)

# Shopify.
secret, body = "hush_shopify_client_secret", '{"id":820982911946154508,"email":"jon@example.com"}'
for prefix in ["x-", ""]:
    case(
        f"shopify with {prefix}shopify-headers", "shopify", secret, "another", body,
        JSON | {
            f"{prefix}shopify-hmac-sha256": based(secret, body),
            f"{prefix}shopify-topic": "orders/create",
            f"{prefix}shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        },
        signature=[f"{prefix}shopify-hmac-sha256"],
        delivery_id="b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", event_type="orders/create",
    )

# Slack: the answer of its documentation (a slash command), and an event.
secret = "8f742231b10e8888abcd99yyyzzz85a5"
body = (
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
    "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
    "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
    "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
signature = published(
    hexed(secret, f"v0:1531420618:{body}"),
    "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
)
case(
    "slack, published", "slack", secret, "another", body,
    FORM | {"x-slack-signature": "v0=" + signature, "x-slack-request-timestamp": "1531420618"},
    now=1_531_420_618, signature=["x-slack-signature", "x-slack-request-timestamp"],
    past_max_seconds=300,
)
body = '{"type":"event_callback","event_id":"Ev9UQ52YNA","event":{"type":"app_mention","text":"hi"}}'
case(
    "slack, an event", "slack", secret, "another", body,
    JSON | {
        "x-slack-signature": "v0=" + hexed(secret, f"v0:{NOW}:{body}"),
        "x-slack-request-timestamp": str(NOW),
    },
    signature=["x-slack-signature", "x-slack-request-timestamp"], past_max_seconds=300,
    delivery_id="Ev9UQ52YNA", event_type="app_mention",
)


# Twilio: the answer of its documentation, ports, JSON, repeated fields, a GET.
def twilio(token, url, form):
    fields = sorted(set(parse_qsl(form, keep_blank_values=True)))
    return based(token, url + "".join(name + value for name, value in fields), "sha1")


token, url = "12345", "https://mycompany.com/myapp.php?foo=1&bar=2"
form = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
signature = published(twilio(token, url, form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
case(
    "twilio, published", "twilio", token, "another", form,
    FORM | {"x-twilio-signature": signature, "i-twilio-idempotency-token": "5f0c6a1e"},
    url=url, signature=["x-twilio-signature"], delivery_id="5f0c6a1e",
)
form = "MessageSid=SM1&MessageStatus=delivered&Body=h%C3%A9+l%26o&Tag=b&Tag=a&Tag=b&Empty="
for name, signed in [
    ("with its port", URL.replace(".com/", ".com:443/")),
    ("without its port", URL),
]:
    case(
        f"twilio, signed {name}", "twilio", token, "another", form,
        FORM | {"x-twilio-signature": twilio(token, signed, form)},
        signature=["x-twilio-signature"], event_type="message.delivered",
    )
case(
    "twilio, called at a port that it does not sign", "twilio", token, "another", form,
    FORM | {"x-twilio-signature": twilio(token, "https://a.example/x?y=:1", form)},
    url="https://a.example:8443/x?y=:1", signature=["x-twilio-signature"],
    event_type="message.delivered",
)
body = '{"CallSid":"CA1234567890ABCDE","Caller":"+12349013030"}'
url = "https://example.com/myapp?bodySHA256=" + published(
    hashlib.sha256(body.encode()).hexdigest(),
    "5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9",
)
case(
    "twilio, JSON", "twilio", token, "another", body,
    JSON | {"x-twilio-signature": based(token, url, "sha1")},
    url=url, signature=["x-twilio-signature"],
)
case(
    "twilio, GET", "twilio", token, "another", "",
    {"x-twilio-signature": based(token, URL + "?CallSid=CA1", "sha1")},
    method="GET", url=URL + "?CallSid=CA1", signature=["x-twilio-signature"],
)

# Square.
secret = "asdf1234"
body = (
    '{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification",'
    '"event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","data":{"type":"webhooks"}}'
)
case(
    "square", "square", secret, "another", body,
    JSON | {"x-square-hmacsha256-signature": based(secret, URL + body)},
    signature=["x-square-hmacsha256-signature"],
    delivery_id="ac3ac95b-f97d-458c-a6e6-18981597e05f", event_type="webhooks.test_notification",
)

# Zoom.
secret = "zoom_secret_token"
body = '{"event":"meeting.started","event_ts":1764000000123,"payload":{"account_id":"AAAAAABBBB"}}'
case(
    "zoom", "zoom", secret, "another", body,
    JSON | {
        "x-zm-signature": "v0=" + hexed(secret, f"v0:{NOW}:{body}"),
        "x-zm-request-timestamp": str(NOW),
    },
    signature=["x-zm-signature", "x-zm-request-timestamp"], past_max_seconds=300,
    event_type="meeting.started",
)

# Paddle.
secret = "pdl_ntfset_01gkpjp8bkm3tm53kdgkx6sms7_6h3qd3uFSi9YCD3OLYAShQI90XTI5vEI"
body = '{"event_id":"evt_01h8bzakzx3hm2fmen703n5q45","event_type":"transaction.billed","data":{}}'
case(
    "paddle", "paddle", secret, "another", body,
    JSON | {"paddle-signature": f"ts={NOW};h1={hexed(secret, f'{NOW}:{body}')}"},
    signature=["paddle-signature"], past_max_seconds=300,
    delivery_id="evt_01h8bzakzx3hm2fmen703n5q45", event_type="transaction.billed",
)

# LINE: the answer of its documentation, and an event.
secret = "8c570fa6dd201bb328f1c1eac23a96d8"
body = '{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
signature = published(based(secret, body), "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=")
case(
    "line, published", "line", secret, "another", body, JSON | {"x-line-signature": signature},
    signature=["x-line-signature"],
)
body = '{"destination":"xx","events":[{"type":"message","webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZR"}]}'
case(
    "line, an event", "line", secret, "another", body,
    JSON | {"x-line-signature": based(secret, body)}, signature=["x-line-signature"],
    delivery_id="01FZ74A0TDDPYRVKNK77XKC3ZR", event_type="message",
)

# Meta signs the bytes that it sends, in which it has escaped what is not ASCII.
secret = "0123456789abcdef0123456789abcdef"
body = (
    '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":'
    '[{"field":"messages","value":{"text":"\\u00e4\\u00f6"}}]}]}'
)
case(
    "meta", "meta", secret, "another", body,
    JSON | {"x-hub-signature-256": "sha256=" + hexed(secret, body)},
    signature=["x-hub-signature-256"], event_type="whatsapp_business_account.messages",
)

# Discord.
public = private.public_key().public_bytes_raw().hex()
other = other_private.public_key().public_bytes_raw().hex()
for name, body, identifier, kind in [
    (
        "an event",
        '{"version":1,"application_id":"1","type":1,"event":{"type":"ENTITLEMENT_CREATE"}}',
        None, "ENTITLEMENT_CREATE",
    ),
    ("an interaction", '{"id":"846462639134605312","type":2,"version":1}', "846462639134605312", "interaction"),
]:
    case(
        f"discord, {name}", "discord", public, other, body,
        JSON | {
            "x-signature-ed25519": private.sign(f"{NOW}{body}".encode()).hex(),
            "x-signature-timestamp": str(NOW),
        },
        signature=["x-signature-ed25519", "x-signature-timestamp"], past_max_seconds=900,
        delivery_id=identifier, event_type=kind,
    )

# Mailgun: only three fields are covered.
secret, token = "key-mailgun-signing", "e0b5477167110d68991efc6b9f89f0a11066af27834600e123"
signature = hexed(secret, f"{NOW}{token}")
mailgun = dict(covered=[str(NOW), token, signature], past_max_seconds=32_400, delivery_id=token)
case(
    "mailgun, an event", "mailgun", secret, "another",
    f'{{"signature":{{"token":"{token}","timestamp":"{NOW}","signature":"{signature}"}},'
    '"event-data":{"event":"opened"}}',
    JSON, event_type="opened", **mailgun,
)
case(
    "mailgun, a number for a timestamp", "mailgun", secret, "another",
    f'{{"signature":{{"token":"{token}","timestamp":{NOW},"signature":"{signature}"}}}}',
    JSON, **mailgun,
)
case(
    "mailgun, an event of a subaccount", "mailgun", secret, "another",
    f'{{"signature":{{"token":"{token}","timestamp":"{NOW}","signature":"{"1" * 64}",'
    f'"parent-signature":"{signature}"}},"event-data":{{"event":"failed"}}}}',
    JSON, event_type="failed", **mailgun,
)
case(
    "mailgun, received mail", "mailgun", secret, "another",
    f"sender=a%40b.example&timestamp={NOW}&token={token}&signature={signature}",
    FORM, **mailgun,
)

# SendGrid.
curve = ec.derive_private_key(0x1F2E3D4C5B6A79881726354453627180, ec.SECP256R1())
other_curve = ec.derive_private_key(0x2A, ec.SECP256R1())


def spki(key):
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


body = '[{"email":"hello@world.com","event":"dropped","sg_event_id":"ZHJvcC0xMDk5NDkxOS1M","timestamp":1600112492}]\r\n'
algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
signature = curve.sign(f"{NOW}{body}".encode(), algorithm)
case(
    "sendgrid", "sendgrid", spki(curve), spki(other_curve), body,
    JSON | {
        "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": str(NOW),
    },
    signature=["x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp"],
    past_max_seconds=90_000, delivery_id="ZHJvcC0xMDk5NDkxOS1M", event_type="dropped",
)

# Intercom.
secret = "intercom-client-secret"
body = '{"type":"notification_event","id":"notif_78c122d0-23ba","topic":"user.created"}'
case(
    "intercom", "intercom", secret, "another", body,
    JSON | {"x-hub-signature": "sha1=" + hexed(secret, body, "sha1")},
    signature=["x-hub-signature"], delivery_id="notif_78c122d0-23ba", event_type="user.created",
)

# HubSpot: it signs its URL with some characters decoded.
secret = "hubspot-client-secret"
body = '[{"eventId":1,"subscriptionType":"contact.creation","objectId":123}]'
path = "/a b:c?d=e&f=(é)*,;@!$'"
for name, received, signed in [
    ("plain", URL, URL),
    (
        "with escapes",
        URL + quote(path, safe="/?=&"),
        URL + quote(path, safe=":/?@!$'()*,;=&"),
    ),
]:
    ms = NOW * 1000 + 123
    case(
        f"hubspot, {name}", "hubspot", secret, "another", body,
        JSON | {
            "x-hubspot-signature-v3": based(secret, f"POST{signed}{body}{ms}"),
            "x-hubspot-request-timestamp": str(ms),
        },
        url=received, signature=["x-hubspot-signature-v3", "x-hubspot-request-timestamp"],
        past_max_seconds=300, event_type="contact.creation",
    )

# Linear: the moment stands in the body.
secret = "lin_wh_kzYlHsRkDZ8Qx8nFq1iZ"
body = f'{{"action":"update","type":"Issue","data":{{"id":"i"}},"webhookTimestamp":{NOW * 1000 + 7}}}'
case(
    "linear", "linear", secret, "another", body,
    JSON | {
        "linear-signature": hexed(secret, body),
        "linear-delivery": "234d1a4e-b617-4388-90fe-adc3633d6b72",
        "linear-event": "Issue",
    },
    signature=["linear-signature"], past_max_seconds=60, future_max_seconds=60,
    delivery_id="234d1a4e-b617-4388-90fe-adc3633d6b72", event_type="Issue.update",
)

# GitLab: a token, or Standard Webhooks.
body = '{"object_kind":"push"}'
case(
    "gitlab, a token", "gitlab", "gitlab-secret-token", "another", body,
    JSON | {
        "x-gitlab-token": "gitlab-secret-token",
        "x-gitlab-event": "Push Hook",
        "idempotency-key": "3b8ff3c1-2a39",
    },
    signature=["x-gitlab-token"], covered=[], delivery_id="3b8ff3c1-2a39", event_type="Push Hook",
)
secret, other = "whsec_Z2l0bGFiIHNpZ25pbmcgdG9rZW4gMDEyMw==", "whsec_Z2l0bGFiIHNpZ25pbmcgdG9rZW4gOTk5OQ=="
case(
    "gitlab, signed", "gitlab", secret, other, body,
    JSON | {
        "webhook-id": "3b8ff3c1-2a39",
        "webhook-timestamp": str(NOW),
        "webhook-signature": standard(secret, "3b8ff3c1-2a39", NOW, body),
        "x-gitlab-event": "Push Hook",
    },
    signature=["webhook-id", "webhook-timestamp", "webhook-signature"], past_max_seconds=300,
    delivery_id="3b8ff3c1-2a39", event_type="Push Hook",
)

# Generic schemes.
for algorithm in ["sha1", "sha256", "sha512"]:
    for encoding, encode in [("hex", hexed), ("base64", based)]:
        body = '{"event_type":"thing.made"}'
        case(
            f"generic, {algorithm} in {encoding}",
            {
                "header": "X-Acme-Signature", "prefix": f"{algorithm}=", "encoding": encoding,
                "algorithm": algorithm, "timestamp_header": None, "template": None,
                "tolerance_seconds": 0,
            },
            "acme", "another", body,
            JSON | {"x-acme-signature": f"{algorithm}={encode('acme', body, algorithm)}"},
            signature=["x-acme-signature"], event_type="thing.made",
        )
content = f"v1 POST {URL}|{NOW}|{body}"
case(
    "generic, with everything",
    {
        "header": "X-Acme-Signature", "prefix": "", "encoding": "hex", "algorithm": "sha256",
        "timestamp_header": "X-Acme-Time", "template": "v1 {method} {url}|{timestamp}|{body}",
        "tolerance_seconds": 120,
    },
    "acme", "another", body,
    JSON | {"x-acme-signature": hexed("acme", content), "x-acme-time": str(NOW)},
    signature=["x-acme-signature", "x-acme-time"],
    past_max_seconds=120, future_max_seconds=120, event_type="thing.made",
)

json.dump(cases, sys.stdout, indent=1, ensure_ascii=True)
print()
