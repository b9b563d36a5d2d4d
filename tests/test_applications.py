"""Applications through the official SDK."""

import concurrent.futures

import pytest
from svix.api import (
    ApplicationIn,
    ApplicationListOptions,
    ApplicationPatch,
    MessageIn,
)
from svix.exceptions import HttpError, HTTPValidationError
from svix.models import Ordering

from support.paging import walk


def test_create_get_and_the_uid_in_place_of_the_id(tenant):
    made = tenant.sdk.application.create(
        ApplicationIn(name="Acme", uid="acme-1", throttle_rate=50, metadata={"plan": "gold"})
    )
    assert (made.name, made.uid, made.throttle_rate) == ("Acme", "acme-1", 50)
    assert made.metadata == {"plan": "gold"}
    assert made.id.startswith("app_") and len(made.id) == 31
    assert made.created_at.tzinfo is not None
    assert tenant.sdk.application.get(made.id) == made
    assert tenant.sdk.application.get("acme-1") == made
    raw = tenant.http.get(f"/app/{made.id}").json()
    assert raw["rateLimit"] == 50, "the older name is there too"


def test_a_uid_can_be_taken_once(tenant):
    tenant.app(uid="acme")
    with pytest.raises(HttpError) as refused:
        tenant.app(uid="acme")
    assert refused.value.status_code == 409
    assert refused.value.code and refused.value.detail
    other = tenant.app(name="Other", uid="other")
    with pytest.raises(HttpError) as refused:
        tenant.sdk.application.patch(other, ApplicationPatch(uid="acme"))
    assert refused.value.status_code == 409


def test_get_or_create(tenant):
    asked = ApplicationIn(name="Acme", uid="acme")
    made = tenant.sdk.application.get_or_create(asked)
    again = tenant.sdk.application.get_or_create(ApplicationIn(name="Changed", uid="acme"))
    assert again == made, "an existing one is given as it is"
    first = tenant.http.post(
        "/app", params={"get_if_exists": "true"}, json={"name": "N", "uid": "n"}
    )
    second = tenant.http.post(
        "/app", params={"get_if_exists": "true"}, json={"name": "N", "uid": "n"}
    )
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_put_creates_and_then_updates(tenant):
    first = tenant.http.put("/app/acme", json={"name": "Acme", "uid": "acme"})
    second = tenant.http.put("/app/acme", json={"name": "Acme Ltd", "uid": "acme"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    updated = tenant.sdk.application.upsert("acme", ApplicationIn(name="Acme AG", uid="acme"))
    assert updated.name == "Acme AG"
    assert updated.metadata == {}


def test_changes_made_at_once_do_not_get_in_each_others_way(tenant, receiver):
    """Several processes of one product upsert their tenant when they start."""
    tenant.app(uid="here")
    tenant.endpoint("here", receiver.url("/"), uid="hook")
    changes = [
        ("PUT", "/app/fresh", {"name": "Fresh", "uid": "fresh"}),
        ("PUT", "/app/here/endpoint/new", {"url": receiver.url("/new"), "uid": "new"}),
        ("PUT", "/event-type/order.paid", {"description": "Paid"}),
        ("PATCH", "/app/here", {"name": "Changed"}),
        ("PATCH", "/app/here/endpoint/hook", {"description": "Changed"}),
    ]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = pool.map(
            lambda change: tenant.http.request(change[0], change[1], json=change[2]), changes * 12
        )
        codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [200] * 57 + [201] * 3


def test_patch_changes_only_what_it_names(tenant):
    app = tenant.app(uid="acme", throttle_rate=10, metadata={"a": "1"})
    patched = tenant.sdk.application.patch(app, ApplicationPatch(name="New name"))
    assert (patched.name, patched.uid, patched.throttle_rate) == ("New name", "acme", 10)
    assert patched.metadata == {"a": "1"}
    cleared = tenant.sdk.application.patch(app, ApplicationPatch(uid=None, throttle_rate=None))
    assert (cleared.name, cleared.uid, cleared.throttle_rate) == ("New name", None, None)
    with pytest.raises(HttpError) as gone:
        tenant.sdk.application.get("acme")
    assert gone.value.status_code == 404
    answer = tenant.http.patch(f"/app/{app}", json={"name": None})
    assert answer.status_code == 422, "a name cannot be cleared"


def test_delete(tenant, receiver):
    app = tenant.app(uid="acme")
    endpoint = tenant.endpoint(app, receiver.url("/x"))
    tenant.sdk.application.delete("acme")
    for call in (
        lambda: tenant.sdk.application.get(app),
        lambda: tenant.sdk.application.get("acme"),
        lambda: tenant.sdk.application.delete(app),
        lambda: tenant.sdk.endpoint.list(app),
        lambda: tenant.sdk.endpoint.get(app, endpoint),
        lambda: tenant.send(app),
    ):
        with pytest.raises(HttpError) as gone:
            call()
        assert (gone.value.status_code, gone.value.code) == (404, "not_found")
    # The name is free again.
    assert tenant.app(uid="acme") != app


@pytest.mark.parametrize("order", list(Ordering))
def test_list_in_pages(tenant, order):
    made = [tenant.app(name=f"App {n}") for n in range(7)]

    def page(limit, iterator):
        return tenant.sdk.application.list(
            ApplicationListOptions(limit=limit, iterator=iterator, order=order)
        )

    listed = [entry.id for entry in walk(page, 7)]
    assert listed == (made if order == Ordering.ASCENDING else made[::-1])


def test_applications_are_listed_oldest_first(tenant):
    made = [tenant.app(name=f"App {n}") for n in range(3)]
    assert [entry.id for entry in tenant.sdk.application.list().data] == made


def test_an_empty_list(tenant):
    listed = tenant.sdk.application.list()
    assert listed.data == [] and listed.done and listed.iterator is None


def test_every_organization_has_a_default_application(tenant, receiver):
    """A single team never makes an application."""
    tenant.endpoint("default", receiver.script("/crm"))
    message = tenant.send("default")
    receiver.wait_for_ids("/crm", [message])
    assert tenant.sdk.application.get("default").uid == "default"
    assert [entry.uid for entry in tenant.sdk.application.list().data] == ["default"]


def test_a_message_may_bring_its_application_along(tenant):
    message = tenant.sdk.message.create(
        "fresh",
        MessageIn(
            event_type="a.b",
            payload={},
            application=ApplicationIn(name="Fresh", uid="fresh"),
        ),
    )
    assert tenant.sdk.application.get("fresh").name == "Fresh"
    assert tenant.sdk.message.get("fresh", message.id).id == message.id


def test_one_organization_does_not_see_anothers(shared_server, new_tenant, receiver):
    mine, theirs = new_tenant(shared_server), new_tenant(shared_server)
    app = mine.app(uid="acme")
    endpoint = mine.endpoint(app, receiver.script("/mine"))
    message = mine.send(app)
    for path in (
        f"/app/{app}",
        "/app/acme",
        f"/app/{app}/endpoint",
        f"/app/{app}/endpoint/{endpoint}",
        f"/app/{app}/endpoint/{endpoint}/secret",
        f"/app/{app}/msg",
        f"/app/{app}/msg/{message}",
        f"/app/{app}/msg/{message}/endpoint",
        f"/app/{app}/attempt/msg/{message}",
        f"/app/{app}/attempt/endpoint/{endpoint}",
    ):
        answer = theirs.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    assert theirs.sdk.application.list().data == []
    # The same uid is free there, and stays apart.
    assert theirs.app(uid="acme") != app
    assert theirs.http.get(f"/app/acme/endpoint/{endpoint}").status_code == 404
    assert theirs.http.get(f"/app/acme/msg/{message}").status_code == 404
    assert theirs.http.delete(f"/app/{app}").status_code == 404
    assert mine.sdk.application.get(app).uid == "acme"


def test_validation_errors_reach_the_sdk_as_such(tenant):
    with pytest.raises(HTTPValidationError) as refused:
        tenant.app(name="x", uid="not a uid")
    (problem,) = refused.value.detail
    assert problem.loc == ["body", "uid"]
    assert problem.msg and problem.type
