"""For each operation that takes a body, one that is right and one with a mistake in a field; and
for each query parameter, values that are none."""

from support.tokens import new_id

_SINCE = {"since": "2026-01-01T00:00:00Z"}
_YESTERDAY = {"since": "yesterday"}
_URL = {"url": "http://127.0.0.1:1/"}
_HEADERS = {"headers": {"x-a": "1"}}
_SPLIT = {"headers": {"x-a": "1\r\nx-b: 2"}}
_OPERATIONAL = "v1.operational-webhook.endpoint"

# Operation to (right, wrong); the mistake is in the last field of the wrong one.
BODIES = {
    "v1.authentication.app-portal-access": ({}, {"expiry": 5}),
    "v1.authentication.expire-all": ({}, {"expiry": -1}),
    "v1.application.create": ({"name": "A"}, {"name": ""}),
    "v1.application.upsert": ({"name": "A"}, {"name": 7}),
    "v1.application.patch": ({"name": "A"}, {"name": None}),
    "v1.endpoint.create": (_URL, {"url": "ftp://example.com"}),
    "v1.endpoint.upsert": (_URL, {**_URL, "throttleRate": 0}),
    "v1.endpoint.patch": ({"description": "A"}, {"disabled": "no"}),
    "v1.endpoint.rotate-secret": ({}, {"gracePeriodSeconds": 604_801}),
    "v1.endpoint.set-headers": (_HEADERS, _SPLIT),
    "v1.endpoint.patch-headers": (_HEADERS, _SPLIT),
    "v1.endpoint.transformation.patch": ({"enabled": False}, {"code": "too short"}),
    "v1.endpoint.replay-missing": (_SINCE, _YESTERDAY),
    "v1.endpoint.bulk-replay": (_SINCE, {**_SINCE, "statusCodeClass": 250}),
    "v1.endpoint.recover": (_SINCE, _YESTERDAY),
    "v1.endpoint.send-example": ({"eventType": "order.paid"}, {"eventType": "a b"}),
    "v1.event-type.create": ({"name": "order.paid", "description": "A"}, {"name": "a b"}),
    "v1.event-type.import-openapi": ({"spec": {}}, {"spec": []}),
    "v1.event-type.upsert": ({"description": "A"}, {"description": 7}),
    "v1.event-type.patch": ({"deprecated": False}, {"archived": "yes"}),
    "v1.environment.import": ({}, {"eventTypes": [{"description": "no name"}]}),
    "v1.message.create": (
        {"eventType": "order.paid", "payload": {}},
        {"eventType": "order.paid", "payload": []},
    ),
    "v1.message.precheck": ({"eventType": "order.paid"}, {"eventType": "a b"}),
    "v1.message.bulk-expunge-content": ({"ids": ["not-sent"]}, {"ids": "not-sent"}),
    "v1.message.poller.consumer-seek": ({"after": _SINCE["since"]}, {"after": "yesterday"}),
    f"{_OPERATIONAL}.create": (_URL, {"url": 7}),
    f"{_OPERATIONAL}.upsert": (_URL, {**_URL, "eventTypes": ["no.such.type"]}),
    f"{_OPERATIONAL}.rotate-secret": ({}, {"key": "whsec_aGk="}),
    f"{_OPERATIONAL}.set-headers": (_HEADERS, _SPLIT),
}

_FLAG = ("perhaps", "2", "")
_MOMENT = ("yesterday", "2026-13-01T00:00:00Z", "2026-01-01", "")

# Cursors that are well formed, of lists of other things. Event types are listed by name, so that
# for them nearly every word is a place in the list.
CURSORS = (
    "nonsense",
    new_id("org"),
    f"-{new_id('org')}",
    *(
        f"{prefix}_{digits}"
        for prefix in ("app", "ep", "msg", "atmpt", "qtask")
        for digits in ("z" * 27, "2" * 26, "2" * 28, "2" * 26 + "é")
    ),
)

# What no operation takes for this parameter.
QUERIES = {
    "limit": ("0", "251", "1000000000", "-1", "1.5", "abc", ""),
    "iterator": ("", "-", "a b", "a" * 3000, "\0", "é"),
    "order": ("up", "ASCENDING", ""),
    "before": _MOMENT,
    "after": _MOMENT,
    "since": _MOMENT,
    "until": _MOMENT,
    "channel": ("a b", "\0", ""),
    "tag": ("a b", "\0", ""),
    "event_types": ("a b", "\0", "a" * 257),
    "event_type": ("a b", "\0", "a" * 257),
    "endpoint_id": ("a b", "a/b", ""),
    "status": ("9", "-1", "perhaps", ""),
    "status_code_class": ("250", "600", "perhaps", ""),
    "task": ("endpoint.paint", ""),
    "get_if_exists": _FLAG,
    "with_content": _FLAG,
    "with_msg": _FLAG,
    "expanded_statuses": _FLAG,
    "include_archived": _FLAG,
    "expunge": _FLAG,
    "exclude_apps_with_no_endpoints": _FLAG,
    "exclude_apps_with_disabled_endpoints": _FLAG,
    "exclude_apps_with_svix_play_endpoints": _FLAG,
}
