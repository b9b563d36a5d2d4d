"""Fields whose mistakes are the same wherever they can be given: uids that look like ids, metadata
beyond its size, schemas that are none."""

import pytest

from support.refusal import assert_shape
from support.tokens import new_id
from support.ways import (
    OF_APPLICATIONS,
    OF_ENDPOINTS,
    OF_OPERATIONAL_ENDPOINTS,
    URL,
    Way,
    assert_points_to,
)

# ---- uids -----------------------------------------------------------------------------------

UIDS = [
    *((way, "app") for way in OF_APPLICATIONS),
    *((way, "ep") for way in (*OF_ENDPOINTS, *OF_OPERATIONAL_ENDPOINTS)),
]


@pytest.mark.parametrize("way,prefix", UIDS, ids=str)
def test_a_uid_that_looks_like_an_id(untouched, way, prefix):
    uids = (new_id(prefix), f"{prefix}_", f"{prefix}_mine")
    way.refuses(untouched, "uid", {uid: uid for uid in uids})


@pytest.mark.parametrize(
    "path,prefix",
    [
        ("/app", "app"),
        ("/app/acme/endpoint", "ep"),
        ("/operational-webhook/endpoint", "ep"),
    ],
)
def test_a_put_makes_nothing_of_an_id_that_nothing_has(untouched, path, prefix):
    """Otherwise a caller could choose ids, or have a uid that looks like one."""
    body = {"name": "A", "url": URL}
    for name in (new_id(prefix), f"{prefix}_mine", f"{prefix}_{'z' * 27}"):
        answer = untouched.http.put(f"{path}/{name}", json=body)
        assert_shape(answer, 422 if answer.status_code == 422 else 404)
    # One that only resembles the id of another kind of thing is a name like any other.
    other = "msg_mine"
    answer = untouched.http.put(f"{path}/{other}", json=body)
    assert answer.status_code in (200, 201), answer.text
    assert answer.json()["uid"] == other
    assert untouched.http.delete(f"{path}/{other}").status_code == 204


# ---- metadata -------------------------------------------------------------------------------

# Keys and values together.
METADATA_BYTES = 32 * 1024
METADATA_ENTRIES = 256

METADATA_WAYS = [*OF_APPLICATIONS, *OF_ENDPOINTS, *OF_OPERATIONAL_ENDPOINTS]


TOO_MUCH = {
    "one long value": {"k": "v" * METADATA_BYTES},
    "one long key": {"k" * METADATA_BYTES: "v"},
    "long together": {f"k{n}": "v" * 4096 for n in range(8)},
    "bytes, not characters": {"k": "ü" * (METADATA_BYTES // 2)},
    "many": {f"k{n}": "" for n in range(METADATA_ENTRIES + 1)},
    "number": {"k": 1},
    "object": {"k": {"deep": "v"}},
    "NUL": {"k": "\0"},
    "NUL in a key": {"\0": "v"},
}


@pytest.mark.parametrize("way", METADATA_WAYS, ids=str)
def test_metadata_beyond_its_bounds(untouched, way):
    way.refuses(untouched, "metadata", TOO_MUCH)


def test_metadata_of_just_the_size_is_kept(tenant):
    metadata = {"k": "v" * (METADATA_BYTES - 1)}
    app = tenant.app(metadata=metadata)
    assert tenant.http.get(f"/app/{app}").json()["metadata"] == metadata
    metadata = {f"k{n}": "v" for n in range(METADATA_ENTRIES)}
    answer = tenant.http.patch(f"/app/{app}", json={"metadata": metadata})
    assert answer.json()["metadata"] == metadata


# ---- schemas --------------------------------------------------------------------------------

TYPE = {"description": "What it means"}
SCHEMA_WAYS = [
    Way("POST", "/event-type", {"name": "order.made", **TYPE}),
    Way("PUT", "/event-type/order.made", TYPE),
    Way("PUT", "/event-type/order.paid", TYPE),
    Way("PATCH", "/event-type/order.paid", {}),
]
NO_SCHEMAS = {
    "text": "text",
    "number": 7,
    "array": [],
    "unknown type": {"type": "nonsense"},
    "type is a number": {"type": 5},
    "properties is an array": {"properties": []},
    "property is text": {"properties": {"a": "string"}},
    "required is text": {"required": "a"},
    "minimum is text": {"minimum": "0"},
    "negative length": {"type": "string", "maxLength": -1},
    "pattern is a number": {"type": "string", "pattern": 1},
    "enum is text": {"enum": "a"},
    "deep inside": {"properties": {"a": {"items": {"properties": {"b": {"type": "nope"}}}}}},
}


@pytest.mark.parametrize("way", SCHEMA_WAYS, ids=str)
def test_a_schema_that_is_none(untouched, way):
    good = {"type": "object", "examples": [{"a": 1}]}
    cases = {name: {"1": good, "2": schema} for name, schema in NO_SCHEMAS.items()}
    way.refuses(untouched, "schemas", cases)


def test_a_schema_that_is_none_in_an_environment(untouched):
    def environment(schema):
        return [{"name": "order.made", **TYPE, "schemas": {"1": schema}}]

    cases = {name: environment(schema) for name, schema in NO_SCHEMAS.items()}
    Way("POST", "/environment/import", {}).refuses(untouched, "eventTypes", cases)


def webhook(schema):
    """An API description with one webhook, whose payload has this schema."""
    content = {"application/json": {"schema": schema}}
    operation = {"description": "Made", "requestBody": {"content": content}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "webhooks": {"order.made": {"post": operation}},
    }


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"spec": webhook({}), "specRaw": "{}"}, id="both"),
        pytest.param({"spec": []}, id="array"),
        pytest.param({"spec": "text"}, id="text"),
        pytest.param({"spec": {"openapi": "3.1.0", "webhooks": []}}, id="webhooks: array"),
        pytest.param({"spec": {"openapi": "3.1.0", "webhooks": {"a.b": 1}}}, id="webhook: number"),
        pytest.param({"specRaw": 7}, id="raw number"),
        pytest.param({"specRaw": "{"}, id="raw, cut off"),
        pytest.param({"specRaw": "\t- : ]["}, id="raw, neither JSON nor YAML"),
        pytest.param({"specRaw": "[]"}, id="raw array"),
        pytest.param({"spec": webhook({"type": "nonsense"})}, id="no schema"),
        pytest.param({"spec": webhook("text")}, id="schema: text"),
        pytest.param(
            {"spec": {"openapi": "3.1.0", "webhooks": {"a b": webhook({})["webhooks"]}}},
            id="bad name",
        ),
    ],
)
def test_an_api_description_that_is_none(untouched, body, dry_run):
    answer = untouched.http.post("/event-type/import/openapi", json={**body, "dryRun": dry_run})
    assert_shape(answer, 422)
    assert all(problem["loc"][0] == "body" for problem in answer.json()["detail"])


# ---- names in paths -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a%20b", "%00", "%ff", "a%2fb", "%0d%0a", "a" * 300])
def test_names_that_consumers_cannot_have(untouched, name):
    for path in (
        f"/app/acme/poller/{name}",
        f"/app/acme/poller/{name}/consumer/one",
        f"/app/acme/poller/crm/consumer/{name}",
    ):
        answer = untouched.http.get(path)
        assert_shape(answer, 422 if answer.status_code == 422 else 404)


@pytest.mark.parametrize(
    "body,field",
    [
        ({"expiry": 3599}, "expiry"),
        ({"expiry": 604_801}, "expiry"),
        ({"expiry": "7 days"}, "expiry"),
        ({"capabilities": ["ViewAll"]}, "capabilities"),
        ({"capabilities": "ViewBase"}, "capabilities"),
        ({"sessionId": "a b"}, "sessionId"),
        ({"sessionId": "a" * 65}, "sessionId"),
        ({"featureFlags": [f"flag-{n}" for n in range(26)]}, "featureFlags"),
        ({"featureFlags": ["a b"]}, "featureFlags"),
        ({"readOnly": "yes"}, "readOnly"),
    ],
)
def test_access_that_cannot_be_given(untouched, body, field):
    answer = untouched.http.post("/auth/app-portal-access/acme", json=body)
    assert_points_to(answer, ["body", field])
