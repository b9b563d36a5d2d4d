"""The libraries that providers give to who receives their webhooks, all in one shape.

What signs a request here is the provider's own code, and what says whether a request is good is,
too. LINE's and Discord's libraries only verify: their requests are signed as documented. Whatever
is to be valid is shown to the library before it is sent.
"""

import base64
import contextlib
import datetime
import hashlib
import hmac
import io
import json
import os
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

import discord_interactions
import standardwebhooks
import stripe
import svix.webhooks
from nacl.signing import SigningKey
from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator, get_signature_algorithm

JSON = "application/json"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"

# In every body: two ways to write what is not ASCII, and white space that no library would write.
_TEXT = 'Zoë \\u2603 ☃  "{{ x }}"'


@dataclass(frozen=True)
class Draft:
    """What a provider is about to sign."""

    url: str
    id: str
    body: bytes
    headers: dict
    at_unix_s: int

    @property
    def text(self):
        """The body as the libraries want it."""
        return self.body.decode()

    @property
    def at(self):
        """The moment of signing as others of them want it."""
        return datetime.datetime.fromtimestamp(self.at_unix_s, datetime.timezone.utc)


@dataclass(frozen=True)
class Key:
    """What signs, and what a bin is given to verify it: the same but with a key pair."""

    signs: str
    verifies: str = ""

    @property
    def shown(self):
        """What the provider shows to who receives."""
        return self.verifies or self.signs


class Sdk:
    """A provider. `path` stands after the bin's address in the URL that it calls."""

    provider = ""
    # The header with the signature.
    signature = ""
    event_type = ""
    # How old a request may be; None where nothing says when it was signed.
    past_max_s = None
    # Which moments of signing the library itself minds.
    minds = ()
    content_type = JSON
    # What is wrong with a body that was changed on its way.
    changed_body = "no signature matches"
    path = ""

    def new_key(self):
        """A key that nobody else has."""
        return Key(os.urandom(16).hex())

    def body(self, id):
        """An event of this id."""
        raise NotImplementedError

    def headers(self, id):
        """What tells of the event beside the signature."""
        return {}

    def sign(self, draft, key):
        """The headers with the signature."""
        raise NotImplementedError

    def accepts(self, draft, key, headers):
        """Whether the library takes a request with these headers, by their names in small
        letters, for the provider's."""
        raise NotImplementedError

    def target(self, body):
        """What stands after the bin's address in the URL."""
        return self.path


def json_text(text):
    """A JSON body in which `_TEXT` and `text` stand as they are."""
    return f'{{ "text": {json.dumps(_TEXT, ensure_ascii=False)},\n  {text} }}\r\n'.encode()


class Stripe(Sdk):
    provider = "stripe"
    signature = "Stripe-Signature"
    event_type = "payment_intent.succeeded"
    past_max_s = 300
    minds = ("signed long ago",)

    def new_key(self):
        return Key("whsec_" + os.urandom(16).hex())

    def body(self, id):
        return json_text(f'"id": "{id}", "object": "event", "type": "{self.event_type}"')

    def sign(self, draft, key):
        header = stripe.WebhookSignature.generate_signature_header(
            draft.text, key.signs, draft.at_unix_s
        )
        return {self.signature: header}

    def accepts(self, draft, key, headers):
        header = headers.get(self.signature.lower())
        try:
            event = stripe.Webhook.construct_event(draft.body, header, key.shown)
        except stripe.SignatureVerificationError:
            return False
        return event.type == self.event_type


class Svix(Sdk):
    provider = "svix"
    signature = "svix-signature"
    event_type = "invoice.paid"
    past_max_s = 300
    minds = ("signed long ago", "signed in the future")
    prefix = "svix"
    library = svix.webhooks

    def new_key(self):
        return Key("whsec_" + base64.b64encode(os.urandom(24)).decode())

    def body(self, id):
        return json_text(f'"type": "{self.event_type}", "data": {{"id": "{id}"}}')

    def sign(self, draft, key):
        return {
            f"{self.prefix}-id": draft.id,
            f"{self.prefix}-timestamp": str(draft.at_unix_s),
            f"{self.prefix}-signature": self.library.Webhook(key.signs).sign(
                draft.id, draft.at, draft.text
            ),
        }

    def accepts(self, draft, key, headers):
        try:
            self.library.Webhook(key.shown).verify(draft.text, headers)
        except (self.library.WebhookVerificationError, ValueError):
            # The other one is for a signature that is no list of signatures.
            return False
        return True


class StandardWebhooks(Svix):
    provider = "standard-webhooks"
    signature = "webhook-signature"
    prefix = "webhook"
    library = standardwebhooks


class GitHub(Sdk):
    provider = "github"
    signature = "X-Hub-Signature-256"
    event_type = "pull_request_review"

    def __init__(self, node):
        self._node = node

    def body(self, id):
        return json_text('"action": "submitted", "type": "not this"')

    def headers(self, id):
        return {"X-GitHub-Event": self.event_type, "X-GitHub-Delivery": id}

    def sign(self, draft, key):
        return {self.signature: self._node.call("sign", key.signs, draft.text)}

    def accepts(self, draft, key, headers):
        header = headers.get(self.signature.lower())
        return bool(header) and self._node.call("verify", key.shown, draft.text, header)


class Slack(Sdk):
    provider = "slack"
    signature = "X-Slack-Signature"
    event_type = "app_mention"
    past_max_s = 300
    minds = ("signed long ago", "signed in the future")

    def body(self, id):
        event = f'"event": {{"type": "{self.event_type}"}}'
        return json_text(f'"type": "event_callback", "event_id": "{id}", {event}')

    def sign(self, draft, key):
        moment = str(draft.at_unix_s)
        verifier = SignatureVerifier(key.signs)
        return {
            "X-Slack-Request-Timestamp": moment,
            self.signature: verifier.generate_signature(timestamp=moment, body=draft.body),
        }

    def accepts(self, draft, key, headers):
        return SignatureVerifier(key.shown).is_valid_request(draft.body, headers)


class _Fields(dict):
    """A form's fields as the web frameworks give them to Twilio's library."""

    def getall(self, name):
        """All values of a field."""
        return self[name]


class Twilio(Sdk):
    provider = "twilio"
    signature = "X-Twilio-Signature"
    event_type = "message.delivered"
    content_type = FORM
    path = "/sms?from=a%2Fb&To=x"

    def body(self, id):
        fields = {"MessageSid": id, "MessageStatus": "delivered", "Body": _TEXT, "E": ""}
        return urlencode({**fields, "Tag": ["b", "a", "b"]}, doseq=True).encode()

    def fields(self, draft):
        """The fields of a request as the library wants them."""
        return _Fields(parse_qs(draft.text, keep_blank_values=True, strict_parsing=True))

    def headers(self, id):
        return {"I-Twilio-Idempotency-Token": id}

    def sign(self, draft, key):
        validator = RequestValidator(key.signs)
        return {self.signature: validator.compute_signature(draft.url, self.fields(draft))}

    def accepts(self, draft, key, headers):
        header = headers.get(self.signature.lower(), "")
        return RequestValidator(key.shown).validate(draft.url, self.fields(draft), header)


class TwilioJson(Twilio):
    event_type = "message.sent"
    content_type = JSON
    changed_body = "the body is not the one whose hash is in the URL's bodySHA256"

    def body(self, id):
        return json_text(f'"type": "{self.event_type}"')

    def target(self, body):
        hash = RequestValidator("").compute_hash(body.decode())
        return f"{self.path}&bodySHA256={hash}"

    def sign(self, draft, key):
        return {self.signature: RequestValidator(key.signs).compute_signature(draft.url, {})}

    def accepts(self, draft, key, headers):
        header = headers.get(self.signature.lower(), "")
        return RequestValidator(key.shown).validate(draft.url, draft.text, header)


class TwilioSharedKey(Twilio):
    """Signed with a shared key instead of the account's token: the request names the algorithm."""

    settings = "key=webhooks_sharedkey_01HZX,algorithm=HMAC_SHA256"

    def headers(self, id):
        return {**super().headers(id), "X-Twilio-Webhooks-Signature-Settings": self.settings}

    def sign(self, draft, key):
        algorithm = get_signature_algorithm(self.settings)
        validator = RequestValidator(key.signs)
        made = validator.compute_signature(draft.url, self.fields(draft), algorithm)
        return {self.signature: made}

    def accepts(self, draft, key, headers):
        algorithm = get_signature_algorithm(headers["x-twilio-webhooks-signature-settings"])
        header = headers.get(self.signature.lower(), "")
        validator = RequestValidator(key.shown)
        return validator.validate(draft.url, self.fields(draft), header, algorithm)


class Line(Sdk):
    provider = "line"
    signature = "X-Line-Signature"
    event_type = "message"

    def __init__(self, node):
        self._node = node

    def body(self, id):
        event = f'{{"type": "{self.event_type}", "webhookEventId": "{id}"}}'
        return json_text(f'"destination": "U8e742f61", "events": [{event}]')

    def sign(self, draft, key):
        made = hmac.digest(key.signs.encode(), draft.body, hashlib.sha256)
        return {self.signature: base64.b64encode(made).decode()}

    def accepts(self, draft, key, headers):
        header = headers.get(self.signature.lower(), "")
        return self._node.call("validateSignature", draft.text, key.shown, header)


class Discord(Sdk):
    provider = "discord"
    signature = "X-Signature-Ed25519"
    moment = "X-Signature-Timestamp"
    event_type = "interaction"
    past_max_s = 900

    def new_key(self):
        key = SigningKey.generate()
        return Key(key.encode().hex(), key.verify_key.encode().hex())

    def body(self, id):
        return json_text(f'"id": "{id}", "type": 2, "data": {{"name": "ask"}}')

    def sign(self, draft, key):
        moment = str(draft.at_unix_s)
        signed = SigningKey(bytes.fromhex(key.signs)).sign(moment.encode() + draft.body)
        return {self.signature: signed.signature.hex(), self.moment: moment}

    def accepts(self, draft, key, headers):
        given = [headers.get(name.lower(), "") for name in (self.signature, self.moment)]
        # It prints why it does not.
        with contextlib.redirect_stdout(io.StringIO()):
            return discord_interactions.verify_key(draft.body, *given, key.shown)


class DiscordJavaScript(Discord):
    """The same provider, as its library for JavaScript has it."""

    def __init__(self, node):
        self._node = node

    def accepts(self, draft, key, headers):
        given = [headers.get(name.lower(), "") for name in (self.signature, self.moment)]
        return self._node.call("verifyKey", draft.text, *given, key.shown)


SDKS = [
    Stripe, Svix, StandardWebhooks, GitHub, Slack, Twilio, TwilioJson, TwilioSharedKey, Line,
    Discord, DiscordJavaScript,
]  # fmt: skip
