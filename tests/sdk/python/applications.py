"""Applications."""

from svix.api import ApplicationIn, ApplicationListOptions, ApplicationPatch

from walker import both_orders, equal, pages_back, pages_forward, refused, step


def page(w):
    """A page of the list."""
    return lambda **options: w.sdk.application.list(ApplicationListOptions(**options))


@step("application.create: makes one")
def _(w):
    made = w.sdk.application.create(
        ApplicationIn(name="Acme", uid="acme", metadata={"plan": "gold"}, throttle_rate=1000)
    )
    w.acme_id = made.id
    equal((made.name, made.uid, made.throttle_rate), ("Acme", "acme", 1000))
    equal(made.metadata, {"plan": "gold"})


@step("application.create: makes more")
def _(w):
    made = [
        w.sdk.application.create(ApplicationIn(name=f"App {n}", uid=f"app-{n}"))
        for n in range(1, 5)
    ]
    w.first_app_id = made[0].id
    equal(made[0].throttle_rate, None)


@step("application.create: a uid that exists is refused with 409")
def _(w):
    refused(409, w.sdk.application.create, ApplicationIn(name="Again", uid="acme"))


@step("application.create: gets the one that exists")
def _(w):
    found = w.sdk.application.get_or_create(ApplicationIn(name="Again", uid="acme"))
    equal((found.id, found.name), (w.acme_id, "Acme"))


@step("application.get: reads by id and by uid")
def _(w):
    by_id = w.sdk.application.get(w.acme_id)
    equal(by_id, w.sdk.application.get("acme"))
    equal(by_id.metadata, {"plan": "gold"})


@step("application.get: what is not there is refused with 404")
def _(w):
    refused(404, w.sdk.application.get, "no-such")


@step("application.list: pages forward")
def _(w):
    pages_forward(w, page(w))


@step("application.list: pages back")
def _(w):
    pages_back(w, page(w))


@step("application.list: order")
def _(w):
    both_orders(page(w))


@step("application.upsert: changes")
def _(w):
    after = w.sdk.application.upsert(
        "app-1",
        ApplicationIn(name="Changed", uid="app-1", metadata={"a": "b"}, throttle_rate=5),
    )
    equal((after.id, after.name), (w.first_app_id, "Changed"))
    equal((after.metadata, after.throttle_rate), ({"a": "b"}, 5))


@step("application.upsert: creates")
def _(w):
    made = w.sdk.application.upsert("app-5", ApplicationIn(name="Five", uid="app-5"))
    equal((made.name, made.uid), ("Five", "app-5"))


@step("application.patch: changes what it names")
def _(w):
    after = w.sdk.application.patch("app-1", ApplicationPatch(name="Patched"))
    equal((after.name, after.throttle_rate, after.metadata), ("Patched", 5, {"a": "b"}))


@step("application.patch: null clears")
def _(w):
    w.sdk.application.patch("app-1", ApplicationPatch(throttle_rate=None, uid=None))
    after = w.sdk.application.get(w.first_app_id)
    equal((after.name, after.throttle_rate, after.uid), ("Patched", None, None))


@step("application.delete: deletes")
def _(w):
    for app in (w.first_app_id, "app-5"):
        w.sdk.application.delete(app)
        refused(404, w.sdk.application.get, app)
