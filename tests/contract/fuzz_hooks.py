"""What schemathesis is told about this API beyond its document: who is really there, where requests
may go, and which rules no JSON Schema can express. Loaded by name, from SCHEMATHESIS_HOOKS."""

import itertools
import json
import os
import re
import zlib
from urllib.parse import urlsplit

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoverageScenario
from schemathesis.openapi.checks import RejectedPositiveData, UseAfterFree

# Where every URL in a body points to instead of a host that somebody else may have.
RECEIVER = os.environ["HOOKWIRE_FUZZ_RECEIVER"]

# Parameter of a path to the name of something that is there.
KNOWN = json.loads(os.environ["HOOKWIRE_FUZZ_KNOWN"])

_numbers = itertools.count()

_AN_ID = re.compile(r"(app|ep|msg|atmpt|qtask|org)_[0-9A-Za-z]{27}")

# How fields may be refused although their schema is kept: place in the request to the words, for
# rules that no schema can express.
_IN_ITS_PARSERS_WORDS = ".+"
_NOT_BEFORE = "must not be before `since`"
BEYOND_SCHEMA = {
    # Scheme and host are literal, the rest is a template that can be parsed.
    ("body", "url"): _IN_ITS_PARSERS_WORDS,
    # A script that can be parsed and has a handler.
    ("body", "code"): _IN_ITS_PARSERS_WORDS,
    ("body", "filter"): _IN_ITS_PARSERS_WORDS,
    # Values are templates; names do not differ in case only.
    ("body", "headers"): _IN_ITS_PARSERS_WORDS,
    # Its parts are templates; a method may have no body.
    ("body", "request"): _IN_ITS_PARSERS_WORDS,
    # Certificates and URLs that can be used.
    ("body", "credentials"): _IN_ITS_PARSERS_WORDS,
    # Bounded in all.
    ("body", "secrets"): _IN_ITS_PARSERS_WORDS,
    ("body", "metadata"): "must have at most [0-9]+ bytes, keys and values together",
    # Names one that is there, with its fields filled in.
    ("body", "recipe"): _IN_ITS_PARSERS_WORDS,
    # A definition of an endpoint, with all of the above.
    ("body", "endpoint"): _IN_ITS_PARSERS_WORDS,
    # What a bin answers, templates among it; an answer of some statuses has no body.
    ("body", "response"): _IN_ITS_PARSERS_WORDS,
    # Each provider has keys of its own form, and a described signature its parts.
    ("body", "verify"): _IN_ITS_PARSERS_WORDS,
    # By a header or field it has a name, otherwise none.
    ("body", "deduplicate"): _IN_ITS_PARSERS_WORDS,
    ("body", "forward"): "there is no such application",
    # Where requests that a bin received are sent to.
    ("body", "appId"): "there is no such application",
    ("body", "endpointId"): "there is no such endpoint",
    # The one or the other.
    ("body", "bodyBase64"): "expected base64|expected either this or `body`",
    # A body is never larger than the server takes.
    ("body", "limits"): "must be at most [0-9]+, as the server has it",
    # Secrets that can be decoded.
    ("body", "key"): _IN_ITS_PARSERS_WORDS,
    ("body", "secret"): _IN_ITS_PARSERS_WORDS,
    ("body", "application"): "must be the uid that the path names|there is no such application",
    ("body", "eventType"): ".*example payload.*",
    ("body", "eventTypes"): (
        "there is no event type of this name|this event type is archived"
        "|there is no such operational event; .*|say which event types it is for, .*"
        "|has two event types of the same name"
    ),
    ("body", "schemas"): _IN_ITS_PARSERS_WORDS,
    ("body", "spec"): _IN_ITS_PARSERS_WORDS,
    ("body", "specRaw"): _IN_ITS_PARSERS_WORDS,
    ("body", "deliverAt"): "lies after the end of the payload's retention",
    ("body", "until"): _NOT_BEFORE,
    ("query", "until"): _NOT_BEFORE,
    # Of traffic.
    ("query", "since"): "must be before `until` and before now|must be at most 31 days before `until`",
    ("query", "application"): "there is no such application",
    ("query", "endpoint"): "is no id; a uid is known only together with `application`",
    # When polling.
    ("query", "iterator"): "is not an iterator that this list has given",
}

# Where the schema does not even say the type: of `spec` it says nothing once there is `specRaw`,
# which takes its place.
UNTYPED = {("body", "spec")}

# Answers of 400 tell of a state, not of the request.
STATES = ("limit_reached", "endpoint_disabled", "payload_expired")


# Fields of bodies that nothing invented fits, to something that does.
FITTING = {
    "eventTypes": ["order.paid"],
    "filterTypes": ["order.paid"],
    "eventType": "order.paid",
    "filter": "payload.total > 100",
    "code": "function handler(webhook) { return webhook }",
    "exampleIndex": 0,
}


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Lets half of the cases meet something that is there, and keeps all at home. Schemathesis
    looks at the case again afterwards, so that it knows what is valid in it."""
    # A path that is wrong on purpose stays so: made right, it would be blamed for being accepted.
    path = {} if _is_wrong(case, ParameterLocation.PATH) else case.path_parameters or {}
    for name, value in path.items():
        known = _known(case, name)
        if known and case.method != "DELETE" and not _AN_ID.fullmatch(str(value)) and _half(value):
            case.path_parameters[name] = known
    key = (case.headers or {}).get("Idempotency-Key")
    if key and not _lacks_something(case):
        case.headers["Idempotency-Key"] = _new_key(key)
    if isinstance(case.body, (dict, list)):
        case.body = _at_home(case.body)
    if isinstance(case.body, dict) and _half(sorted(case.body)):
        case.body = {name: _fitting(name, value) for name, value in case.body.items()}


@schemathesis.hook
def filter_failure(_context, failure, case, response):
    """Whether this is one: not when valid data broke a rule that no schema can express, nor when
    what was deleted is meant to stay."""
    if isinstance(failure, UseAfterFree):
        # Deleting an event type archives it, so that its messages still have one.
        return "/event-type/" not in case.path
    if not isinstance(failure, RejectedPositiveData):
        return True
    if response.status_code == 400:
        return response.json()["code"] not in STATES
    if response.status_code != 422:
        return True
    return not all(_is_beyond_schema(problem) for problem in response.json()["detail"])


def _is_beyond_schema(problem):
    """Whether no schema could have said this. That a value is there and of which type it is, any
    schema says."""
    place = _field(problem["loc"])
    words = BEYOND_SCHEMA.get(place)
    if words is None or (problem["type"] != "value_error" and place not in UNTYPED):
        return False
    return re.fullmatch(words, problem["msg"], re.DOTALL) is not None


def _field(loc):
    """Part of the request and field; of an event type within a list as if it stood alone."""
    part, *steps = loc
    if len(steps) > 2 and steps[0] == "eventTypes":
        steps = steps[2:]
    return (part, *steps[:1])


def _known(case, name):
    if name == "endpoint_id" and "operational" in case.path:
        name = "operational_endpoint_id"
    return KNOWN.get(name)


def _is_wrong(case, location):
    """Whether this part of the case breaks its schema on purpose."""
    part = case.meta.components.get(location) if case.meta else None
    return part is not None and part.mode.is_negative


def _lacks_something(case):
    """Whether a parameter is left out on purpose, such as the token. A change of such a case's
    headers would bring it back."""
    about = case.meta.phase.data if case.meta else None
    return getattr(about, "scenario", None) == CoverageScenario.MISSING_PARAMETER


def _new_key(key):
    """A valid key is made one that nobody has used: with the few that are invented, most requests
    would only be told that another one had it."""
    text = str(key)
    valid = re.fullmatch("[!-~]([ -~]*[!-~])?", text) and len(text) <= 200
    return f"{text}-{next(_numbers)}" if valid else key


def _half(value):
    """Whether this value is of one half of all: always the same one, so that runs can be
    repeated."""
    return zlib.crc32(str(value).encode("utf-8", "replace")) % 2 == 0


def _fitting(name, value):
    fits = FITTING.get(name)
    return fits if type(fits) is type(value) else value


def _at_home(value):
    if isinstance(value, dict):
        return {name: _at_home(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_at_home(entry) for entry in value]
    return RECEIVER if isinstance(value, str) and _leads_away(value) else value


def _leads_away(text):
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and parts.hostname not in ("127.0.0.1", None)
