"""Tokens made by hand, to be true or false in one point."""

import base64
import hashlib
import hmac
import json
import random
import string


def new_id(prefix):
    """A well-formed id that nobody has made."""
    # The first digit keeps the number within the 20 bytes that such an id stands for.
    digits = random.choices(string.digits + string.ascii_letters, k=26)
    return f"{prefix}_2{''.join(digits)}"


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims_of(token):
    """What a token says."""
    return json.loads(_decode(token.split(".")[1]))


def sign(claims, secret, algorithm="HS256", header=None):
    """A token that says `claims`, signed with `secret`."""
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512, "none": None}[algorithm]
    head = {"typ": "JWT", "alg": algorithm} if header is None else header
    text = ".".join(_encode(json.dumps(part).encode()) for part in (head, claims))
    if digest is None:
        return text + "."
    return f"{text}.{_encode(hmac.new(secret.encode(), text.encode(), digest).digest())}"
