"""The catalogue through the official SDK."""

import pytest
from svix.api import (
    EventTypeDeleteOptions,
    EventTypeIn,
    EventTypeListOptions,
    EventTypePatch,
    EventTypeUpsertIn,
)
from svix.exceptions import HttpError, HTTPValidationError
from svix.models import Ordering

from support.paging import walk

SCHEMAS = {
    "1": {
        "title": "Order paid",
        "type": "object",
        "properties": {"order": {"type": "integer"}},
        "examples": [{"order": 7}],
    }
}


def test_create_get_update_and_delete(tenant):
    made = tenant.sdk.event_type.create(
        EventTypeIn(
            name="order.paid",
            description="An order was paid",
            schemas=SCHEMAS,
            group_name="order",
            feature_flags=["beta"],
        )
    )
    assert made.schemas == SCHEMAS
    assert (made.group_name, made.feature_flags) == ("order", ["beta"])
    assert (made.archived, made.deprecated) == (False, False)
    assert tenant.sdk.event_type.get("order.paid") == made

    updated = tenant.sdk.event_type.upsert(
        "order.paid", EventTypeUpsertIn(description="Paid in full", deprecated=True)
    )
    assert (updated.description, updated.deprecated) == ("Paid in full", True)
    assert (updated.schemas, updated.group_name) == (None, None), "a PUT replaces everything"

    patched = tenant.sdk.event_type.patch("order.paid", EventTypePatch(group_name="money"))
    assert (patched.description, patched.group_name) == ("Paid in full", "money")
    patched = tenant.sdk.event_type.patch("order.paid", EventTypePatch(group_name=None))
    assert patched.group_name is None

    tenant.sdk.event_type.delete("order.paid", EventTypeDeleteOptions(expunge=True))
    with pytest.raises(HttpError) as gone:
        tenant.sdk.event_type.get("order.paid")
    assert gone.value.status_code == 404


def test_put_creates_and_then_updates(tenant):
    first = tenant.http.put("/event-type/a.b", json={"description": "One"})
    second = tenant.http.put("/event-type/a.b", json={"description": "Two"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["description"] == "Two"
    assert second.json()["createdAt"] == first.json()["createdAt"]


def test_a_name_can_be_taken_once(tenant):
    tenant.event_type("order.paid")
    with pytest.raises(HttpError) as refused:
        tenant.event_type("order.paid")
    assert refused.value.status_code == 409


def test_delete_archives_unless_told_otherwise(tenant, receiver):
    tenant.event_type("order.paid")
    tenant.event_type("order.made")
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/kept"), event_types=["order.paid"])
    tenant.sdk.event_type.delete("order.paid")

    assert tenant.sdk.event_type.get("order.paid").archived is True
    assert [entry.name for entry in tenant.sdk.event_type.list().data] == ["order.made"]
    with_archived = tenant.sdk.event_type.list(EventTypeListOptions(include_archived=True))
    assert len(with_archived.data) == 2

    # Who listens to it goes on listening; nobody new can.
    message = tenant.send(app, "order.paid")
    receiver.wait_for_ids("/kept", [message])
    with pytest.raises(HTTPValidationError):
        tenant.endpoint(app, receiver.url("/new"), event_types=["order.paid"])
    assert tenant.sdk.endpoint.get(app, endpoint).event_types == ["order.paid"]

    # Making it again brings it back.
    again = tenant.sdk.event_type.create(EventTypeIn(name="order.paid", description="Back"))
    assert (again.archived, again.description) == (False, "Back")
    tenant.endpoint(app, receiver.url("/new"), event_types=["order.paid"])


@pytest.mark.parametrize("order", list(Ordering))
def test_list_in_pages(tenant, order):
    names = sorted(f"event.{letter}" for letter in "gcafbed")
    for name in names[::-1]:
        tenant.event_type(name)

    def page(limit, iterator):
        return tenant.sdk.event_type.list(
            EventTypeListOptions(limit=limit, iterator=iterator, order=order)
        )

    listed = [entry.name for entry in walk(page, 7)]
    assert listed == (names if order == Ordering.ASCENDING else names[::-1])


def test_schemas_are_left_out_of_lists_unless_asked_for(tenant):
    tenant.event_type("order.paid", schemas=SCHEMAS)
    assert tenant.sdk.event_type.list().data[0].schemas is None
    full = tenant.sdk.event_type.list(EventTypeListOptions(with_content=True))
    assert full.data[0].schemas == SCHEMAS


def test_an_organizations_catalogue_is_its_own(shared_server, new_tenant):
    mine, theirs = new_tenant(shared_server), new_tenant(shared_server)
    mine.event_type("order.paid")
    assert theirs.sdk.event_type.list().data == []
    assert theirs.http.get("/event-type/order.paid").status_code == 404
    theirs.event_type("order.paid")
