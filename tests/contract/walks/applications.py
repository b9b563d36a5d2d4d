"""Applications, access to their portal, and health."""

from support.wait import eventually

from .registry import walk


@walk("v1.application.list")
def list_them(world):
    first = world.fresh_app()
    page = world.call("v1.application.list", 200, query={"limit": 1})
    assert page["done"] is False and page["iterator"]
    query = {"limit": 2, "iterator": page["iterator"], "order": "ascending"}
    page = world.call("v1.application.list", 200, query=query)
    back = {"limit": 2, "iterator": page["prevIterator"], "order": "ascending"}
    world.call("v1.application.list", 200, query=back)
    for choice in (
        "exclude_apps_with_no_endpoints",
        "exclude_apps_with_disabled_endpoints",
        "exclude_apps_with_svix_play_endpoints",
    ):
        page = world.call("v1.application.list", 200, query={choice: True, "limit": 250})
        shown = {entry["id"] for entry in page["data"]}
        assert world.app in shown
        assert (first in shown) is (choice != "exclude_apps_with_no_endpoints")


@walk("v1.application.create")
def create(world):
    body = {"name": "Acme", "uid": world.fresh("app"), "throttleRate": 9, "metadata": {"a": "b"}}
    made = world.call("v1.application.create", 201, body=body)
    again = world.call("v1.application.create", 200, query={"get_if_exists": True}, body=body)
    assert again == made
    world.call("v1.application.create", 409, body=body)
    world.call("v1.application.create", 201, body={"name": "No uid"})


@walk("v1.application.get")
def get(world):
    assert world.call("v1.application.get", 200)["uid"] == "acme"
    assert world.call("v1.application.get", 200, app_id="acme")["id"] == world.app


@walk("v1.application.upsert")
def upsert(world):
    uid = world.fresh("app")
    body = {"name": "Acme", "uid": uid}
    made = world.call("v1.application.upsert", 201, app_id=uid, body=body)
    changed = world.call("v1.application.upsert", 200, app_id=uid, body={**body, "name": "New"})
    assert (changed["id"], changed["name"]) == (made["id"], "New")


@walk("v1.application.patch")
def patch(world):
    app = world.fresh_app()
    shown = world.call(
        "v1.application.patch", 200, app_id=app, body={"uid": None, "throttleRate": None}
    )
    assert shown.get("uid") is None
    world.call("v1.application.patch", 409, app_id=app, body={"uid": "acme"})


@walk("v1.application.delete")
def delete(world):
    app = world.fresh_app()
    world.call("v1.application.delete", 204, app_id=app)
    world.call("v1.application.get", 404, app_id=app)


# ---- access -------------------------------------------------------------------------------------


@walk("v1.authentication.app-portal-access")
def portal_access(world):
    access = "v1.authentication.app-portal-access"
    world.call(access, 200, body={})
    read_only = world.call(access, 200, body={"readOnly": True, "featureFlags": ["beta"]})
    world.call("v1.endpoint.list", 200, token=read_only["token"])
    world.call("v1.endpoint.get-secret", 403, token=read_only["token"])
    world.call("v1.endpoint.delete", 403, token=read_only["token"])
    world.call("v1.application.create", 403, token=read_only["token"], body={"name": "Mine"})
    shown = world.call(
        access,
        200,
        body={
            "capabilities": ["ViewBase", "ViewEndpointSecret"],
            "expiry": 3600,
            "sessionId": "user_1",
        },
    )
    world.call("v1.endpoint.get-secret", 200, token=shown["token"])
    world.call("v1.endpoint.rotate-secret", 403, token=shown["token"], body={})
    uid = world.fresh("app")
    world.call(access, 200, app_id=uid, body={"application": {"name": "New", "uid": uid}})
    world.call("v1.application.get", 200, app_id=uid)


@walk("v1.authentication.logout")
def logout(world):
    token, other = world.portal_token(), world.portal_token()
    world.call("v1.authentication.logout", 204, token=token)
    world.call("v1.endpoint.list", 401, token=token)
    world.call("v1.endpoint.list", 200, token=other)


@walk("v1.authentication.expire-all")
def expire_all(world):
    app = world.fresh_app()
    token, spared = (world.portal_token(app, sessionId=session) for session in ("one", "two"))

    def gone(token):
        eventually(
            lambda: world.call("v1.endpoint.list", 401, token=token, app_id=app), "it is revoked"
        )

    body = {"expiry": 0, "sessionIds": ["one"]}
    world.call("v1.authentication.expire-all", 204, app_id=app, body=body)
    gone(token)
    world.call("v1.endpoint.list", 200, token=spared, app_id=app)
    world.call("v1.authentication.expire-all", 204, app_id=app, body={"expiry": 0})
    gone(spared)


@walk("v1.health.get")
def health(world):
    world.call("v1.health.get", 204)
    world.call("v1.health.get", 204, token=None)
