"""The 65 operations that the public SDKs call: all are there, and every answer of theirs, good or
bad, has the shape that strict clients deserialize."""

import itertools

import pytest

from contract.document import NO_SUCH_PATH, OPERATIONS, SCHEMAS, hold, mismatches
from contract.mistakes import BODIES, CURSORS, QUERIES
from contract.walks import WALKS
from contract.world import built_on
from support.refusal import assert_shape

ALL = list(OPERATIONS.values())
PATHS = {
    path: {operation.method for operation in operations}
    for path, operations in itertools.groupby(
        sorted(ALL, key=lambda operation: operation.path), key=lambda operation: operation.path
    )
}

# Makes what is not there, or names what need not be made.
MAKES = {
    ("v1.application.upsert", "app_id"),
    ("v1.endpoint.upsert", "endpoint_id"),
    ("v1.event-type.upsert", "event_type_name"),
    ("v1.operational-webhook.endpoint.upsert", "endpoint_id"),
}
NEED_NOT_EXIST = ("sink_id", "consumer_id")

# What a credential of one application reaches although its path names none.
NOT_ONLY_ORGANIZATION = (
    "v1.health.get",
    "v1.authentication.logout",
    "v1.event-type.list",
    "v1.event-type.get",
    "v1.background-task.get",
)

# What only a credential of the organization may do with an application.
ORGANIZATION_ONLY = {
    "v1.application.upsert",
    "v1.application.patch",
    "v1.application.delete",
    "v1.authentication.app-portal-access",
    "v1.authentication.expire-all",
    "v1.message.expunge-content",
    "v1.message.bulk-expunge-content",
    "v1.message.expunge-all-contents",
    "v1.message-attempt.expunge-content",
}

# What a token for a customer's browser may not do either, whatever its capabilities.
NOT_IN_A_PORTAL = ORGANIZATION_ONLY | {
    "v1.message.create",
    "v1.message.precheck",
    "v1.message.poller.consumer-poll",
    "v1.message.poller.consumer-seek",
}


def each(operations=ALL):
    """A test for each of these."""
    return pytest.mark.parametrize("operation", operations, ids=lambda operation: operation.id)


@pytest.fixture(scope="module")
def _world(_shared_server):
    with built_on(_shared_server) as world:
        yield world


@pytest.fixture
def world(shared_server, _world):  # noqa: ARG001  (so that a failure shows the server's log)
    """The tenant of these tests; each of them makes what it changes."""
    return _world


def right(operation):
    """A body that this operation takes."""
    return BODIES[operation.id][0] if operation.body else None


# ---- the contract itself --------------------------------------------------------------------


def test_the_contract_is_whole():
    assert len(ALL) == 65
    assert set(WALKS) == set(OPERATIONS)
    assert set(BODIES) == {operation.id for operation in ALL if operation.body}
    assert set(QUERIES) == {name for operation in ALL for name in operation.query}
    for operation in ALL:
        assert {name for name in operation.success.values() if name} <= set(SCHEMAS)


def test_a_mismatch_is_noticed():
    """A validator without its format checks would pass nearly everything."""
    good = {
        "id": "app_" + "2" * 27,
        "name": "A",
        "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z",
        "metadata": {},
    }
    assert mismatches("ApplicationOut", good) == []
    for field, bad in {
        "id": "app_2",
        "name": None,
        "createdAt": "2026-01-01 00:00",
        "throttleRate": 65_536,
        "metadata": {"a": 1},
        "uid": "a b",
    }.items():
        assert mismatches("ApplicationOut", {**good, field: bad}), field
    assert mismatches("AppPortalAccessOut", {"token": "t", "url": "not a URI"})
    assert mismatches("HttpErrorOut", {"code": "not_found"})
    assert mismatches("HTTPValidationError", {"detail": "text"})


# ---- what goes well -------------------------------------------------------------------------


@each()
def test_every_success_is_reached(world, operation):
    WALKS[operation.id](world)
    missing = set(operation.success) - world.reached[operation.id]
    assert not missing, f"{operation.id} never gave {missing}"
    unused = set(operation.query) - world.asked[operation.id]
    assert not unused, f"{operation.id} was never asked with {unused}"


def test_our_own_document_has_every_operation(world):
    answer = world.owner.http.get("/openapi.json")
    assert answer.status_code == 200, answer.text
    paths = answer.json()["paths"]
    for operation in ALL:
        ours = paths.get(operation.path, {}).get(operation.method.lower())
        assert ours is not None, f"{operation.id} is not in it"
        assert ours["operationId"] == operation.id
        names = {entry.get("name") for entry in ours.get("parameters", [])}
        assert {*operation.parameters, *operation.query} <= names, operation.id
        assert {str(status) for status in operation.success} <= set(ours["responses"])


# ---- who may not ----------------------------------------------------------------------------


@each([operation for operation in ALL if operation.id != "v1.health.get"])
def test_without_a_token(world, operation):
    for token in (None, "nonsense"):
        answer = world.ask(operation, token=token, body=right(operation))
        assert hold(operation, answer, 401)["code"] == "authentication_failed"


@each(
    [
        operation
        for operation in ALL
        if operation.parameters and (operation.id, operation.parameters[0]) not in MAKES
    ]
)
def test_what_another_organization_has_is_not_found(world, operation):
    answer = world.ask(operation, token=world.stranger.token, body=right(operation))
    assert hold(operation, answer, 404)["code"] == "not_found"


@each(
    [operation for operation in ALL if operation.id.endswith(".list") and not operation.parameters]
)
def test_lists_show_nothing_of_another_organization(world, operation):
    mine = (world.app, world.endpoint, world.operational, world.task)
    answer = world.ask(operation, token=world.stranger.token, query={"limit": 250})
    hold(operation, answer, 200)
    assert not any(id in answer.text for id in mine)


@each([operation for operation in ALL if "{app_id}" in operation.path])
def test_a_token_for_another_application(world, operation):
    other = world.fresh_app()
    for token, refused in (
        (world.app_token(other), ORGANIZATION_ONLY),
        (world.portal_token(other), NOT_IN_A_PORTAL),
    ):
        answer = world.ask(operation, token=token, body=right(operation))
        # What such a token may nowhere do is refused before anything is looked for.
        if operation.id in refused:
            assert hold(operation, answer, 403)["code"] == "insufficient_access"
        else:
            assert hold(operation, answer, 404)["code"] == "not_found"


@each(
    [
        operation
        for operation in ALL
        if "{app_id}" not in operation.path and operation.id not in NOT_ONLY_ORGANIZATION
    ]
)
def test_what_only_an_organization_may(world, operation):
    for token in (world.app_token(world.app), world.portal_token()):
        answer = world.ask(operation, token=token, body=right(operation))
        assert hold(operation, answer, 403)["code"] == "insufficient_access"


# ---- what is not there ----------------------------------------------------------------------


@each([operation for operation in ALL if operation.parameters])
def test_unknown_names_in_the_path(world, operation):
    for name in operation.parameters:
        if (operation.id, name) in MAKES or name in NEED_NOT_EXIST:
            continue
        names = {name: world.unknown(name)}
        answer = world.ask(operation, body=right(operation), **names)
        assert hold(operation, answer, 404)["code"] == "not_found"


@pytest.mark.parametrize("path", PATHS)
def test_other_methods(world, path):
    url = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
    answer = world.owner.http.request("BREW", url)
    assert_shape(answer, 405)
    allowed = {method.strip() for method in answer.headers["allow"].split(",")}
    assert PATHS[path] <= allowed


@pytest.mark.parametrize("path", PATHS)
def test_longer_paths_lead_nowhere(world, path):
    url = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
    answer = world.owner.http.get(f"{url}/and/on/and/on")
    assert_shape(answer, 404)
    assert answer.json()["detail"] == NO_SUCH_PATH


# ---- what is not right ----------------------------------------------------------------------


def places(shown):
    """Where an answer of 422 points to."""
    return [problem["loc"] for problem in shown["detail"]]


@each([operation for operation in ALL if operation.body])
def test_bad_bodies(world, operation):
    for content in (b"{", b"[]", b'"text"', b"\xff\xfe", b"null", b'{"a":1}{"b":2}'):
        answer = world.ask(operation, content=content)
        assert places(hold(operation, answer, 422))[0][0] == "body", content
    wrong = BODIES[operation.id][1]
    shown = hold(operation, world.ask(operation, body=wrong), 422)
    assert ["body", list(wrong)[-1]] in [place[:2] for place in places(shown)], shown


@each([operation for operation in ALL if operation.query])
def test_bad_queries(world, operation):
    for name in operation.query:
        for value in QUERIES[name]:
            answer = world.ask(operation, query={name: value}, body=right(operation))
            shown = hold(operation, answer, 422)
            assert ["query", name] in [place[:2] for place in places(shown)], (name, value, shown)


@each(
    [
        operation
        for operation in ALL
        if "iterator" in operation.query and operation.id != "v1.event-type.list"
    ]
)
def test_a_cursor_is_not_text_that_happens_to_fit(world, operation):
    for iterator in CURSORS:
        answer = world.ask(operation, query={"iterator": iterator})
        assert ["query", "iterator"] in places(hold(operation, answer, 422)), iterator
