"""Taking the catalogue from one installation to another."""

import pytest
from svix.api import EventTypeListOptions
from svix.exceptions import HTTPValidationError
from svix.models import ConnectorIn, EnvironmentIn, EventTypeIn


def catalogue(tenant):
    """Name to all that is known, but for when."""
    entries, iterator, done = [], None, False
    while not done:
        options = EventTypeListOptions(
            limit=250, iterator=iterator, include_archived=True, with_content=True
        )
        page = tenant.sdk.event_type.list(options)
        entries, iterator, done = entries + page.data, page.iterator, page.done
    drop = {"created_at", "updated_at"}
    return {entry.name: entry.model_dump(exclude=drop) for entry in entries}


@pytest.fixture
def filled(tenant):
    """A tenant with a catalogue of more than one page."""
    for n in range(260):
        tenant.event_type(f"event.{n:03}")
    schemas = {"1": {"type": "object", "examples": [{"n": 1.25}]}, "2": True}
    tenant.event_type("full", schemas=schemas, group_name="g", feature_flags=["a", "b"])
    tenant.sdk.event_type.delete("event.007")
    return tenant


def test_an_export_has_everything_and_can_be_taken_in(filled, shared_server, new_tenant):
    exported = filled.sdk.environment.export()
    assert (exported.version, exported.settings, exported.connectors) == (1, None, [])
    assert len(exported.event_types) == 261

    there = new_tenant(shared_server)
    there.event_type("full", description="What it was before")
    there.event_type("own")
    answer = there.http.post(
        "/environment/import", json=filled.http.post("/environment/export").json()
    )
    assert answer.status_code == 204, answer.text
    taken = catalogue(there)
    assert taken.pop("own")["archived"] is False
    mine = {entry.name: entry for entry in exported.event_types}
    assert set(taken) == set(mine)
    assert taken["event.007"]["archived"] is True
    assert taken["full"]["schemas"] == mine["full"].schemas
    assert taken["full"]["feature_flags"] == ["a", "b"]


def test_all_of_it_or_nothing(tenant):
    good = EventTypeIn(name="good", description="Good")
    bad = EventTypeIn(name="bad", description="Bad", schemas={"1": {"type": "good"}})
    with pytest.raises(HTTPValidationError):
        tenant.sdk.environment.import_(EnvironmentIn(event_types=[good, bad]))
    assert catalogue(tenant) == {}
    assert tenant.sdk.environment.import_(EnvironmentIn(event_types=[good])) is None
    assert set(catalogue(tenant)) == {"good"}


def test_connectors_are_not_lost_silently(tenant):
    connector = ConnectorIn(name="Slack", transformation="function handler(w) { return w }")
    with pytest.raises(HTTPValidationError):
        tenant.sdk.environment.import_(EnvironmentIn(connectors=[connector]))
    tenant.sdk.environment.import_(EnvironmentIn(connectors=[], settings={"color": "red"}))
    assert tenant.sdk.environment.export().settings is None


def test_an_organizations_environment_is_its_own(shared_server, new_tenant):
    mine, theirs = new_tenant(shared_server), new_tenant(shared_server)
    mine.event_type("order.paid")
    assert theirs.sdk.environment.export().event_types == []
