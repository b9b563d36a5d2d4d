"""Portal tokens, the environment, and the end."""

from svix.api import (
    ApplicationTokenExpireIn,
    AppPortalAccessIn,
    EnvironmentIn,
    EventTypeIn,
)

from walker import equal, eventually, holds, identities, refused, step

APP = "acme"


def portal(w, session_id):
    """A client with a portal token of its own."""
    access = w.sdk.authentication.app_portal_access(
        APP,
        AppPortalAccessIn(
            capabilities=["ViewBase", "ManageEndpoint"], expiry=3600, session_id=session_id
        ),
    )
    holds(access.url and access.token, "url or token is missing")
    return w.client(access.token)


@step("authentication.app-portal-access: gives a token")
def _(w):
    w.first_session = portal(w, "s1")
    w.second_session = portal(w, "s2")


@step("authentication.app-portal-access: the token reaches what it may")
def _(w):
    sdk = w.first_session
    holds(w.hook_id in identities(sdk.endpoint.list(APP).data), "it does not see an endpoint")
    refused(403, sdk.application.list)
    refused(403, sdk.endpoint.get_secret, APP, w.hook_id)


@step("authentication.expire-all: ends the sessions that are named")
def _(w):
    w.sdk.authentication.expire_all(
        APP, ApplicationTokenExpireIn(session_ids=["s1"], expiry=0)
    )
    eventually(lambda: refused(401, w.first_session.endpoint.list, APP))
    w.second_session.endpoint.list(APP)


@step("authentication.logout: ends the token itself")
def _(w):
    w.second_session.authentication.logout()
    refused(401, w.second_session.endpoint.list, APP)


@step("application.list: a bad token is refused with 401")
def _(w):
    refused(401, w.client("nonsense").application.list)


@step("environment.export: shows the event types")
def _(w):
    shown = w.sdk.environment.export()
    holds("order.paid" in [one.name for one in shown.event_types], "an event type is missing")


@step("environment.import: adds event types")
def _(w):
    came = EventTypeIn(name="came.along", description="Came along")
    w.sdk.environment.import_(EnvironmentIn(event_types=[came]))
    equal(w.sdk.event_type.get("came.along").description, "Came along")


@step("application.delete: deletes what belongs to it")
def _(w):
    w.sdk.application.delete(APP)
    refused(404, w.sdk.endpoint.list, APP)
