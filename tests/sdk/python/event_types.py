"""Event types."""

import json

from svix.api import (
    EventTypeDeleteOptions,
    EventTypeImportOpenApiIn,
    EventTypeIn,
    EventTypeListOptions,
    EventTypePatch,
    EventTypeUpsertIn,
)

from walker import both_orders, equal, holds, identities, pages_back, pages_forward, refused, step

SCHEMAS = {
    "1": {
        "type": "object",
        "properties": {"total": {"type": "integer"}},
        "examples": [{"total": 10}],
    }
}

YAML = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
webhooks:
  pet.sold:
    post:
      description: A pet was sold
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {name: {type: string}}}
"""


def page(w):
    """A page of the list."""
    return lambda **options: w.sdk.event_type.list(EventTypeListOptions(**options))


def document(name, description):
    """An OpenAPI document with one webhook."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    post = {
        "description": description,
        "requestBody": {"content": {"application/json": {"schema": schema}}},
    }
    info = {"title": "Pets", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "webhooks": {name: {"post": post}}}


@step("event-type.create: makes one")
def _(w):
    made = w.sdk.event_type.create(
        EventTypeIn(
            name="order.paid",
            description="An order was paid",
            group_name="orders",
            schemas=SCHEMAS,
        )
    )
    equal((made.name, made.group_name, made.archived), ("order.paid", "orders", False))
    equal(made.schemas, SCHEMAS)


@step("event-type.create: makes more")
def _(w):
    create = w.sdk.event_type.create
    for name in ("order.shipped", "invoice.due", "text.raw"):
        create(EventTypeIn(name=name, description=name))
    early = create(
        EventTypeIn(name="order.cancelled", description="off", feature_flags=["early"])
    )
    equal(early.feature_flags, ["early"])
    old = create(EventTypeIn(name="invoice.sent", description="old", deprecated=True))
    holds(old.deprecated, "it is not deprecated")


@step("event-type.create: a name that exists is refused with 409")
def _(w):
    refused(409, w.sdk.event_type.create, EventTypeIn(name="order.paid", description="again"))


@step("event-type.create: a bad name is refused with 422")
def _(w):
    loc = refused(422, w.sdk.event_type.create, EventTypeIn(name="no good", description="x"))
    equal(loc, ["body", "name"])


@step("event-type.get: reads")
def _(w):
    found = w.sdk.event_type.get("order.paid")
    equal((found.description, found.schemas), ("An order was paid", SCHEMAS))


@step("event-type.get: what is not there is refused with 404")
def _(w):
    refused(404, w.sdk.event_type.get, "no.such")


@step("event-type.list: pages forward")
def _(w):
    pages_forward(w, page(w))


@step("event-type.list: pages back")
def _(w):
    pages_back(w, page(w))


@step("event-type.list: order")
def _(w):
    both_orders(page(w))


@step("event-type.list: schemas when asked for")
def _(w):
    for asked, schemas in ((True, SCHEMAS), (False, None)):
        entries = page(w)(limit=250, with_content=asked).data
        equal([one.schemas for one in entries if one.name == "order.paid"], [schemas])


@step("event-type.upsert: changes")
def _(w):
    after = w.sdk.event_type.upsert(
        "invoice.sent", EventTypeUpsertIn(description="changed", group_name="invoices")
    )
    equal((after.description, after.group_name, after.deprecated), ("changed", "invoices", False))


@step("event-type.upsert: creates")
def _(w):
    made = w.sdk.event_type.upsert(
        "order.returned",
        EventTypeUpsertIn(description="back", group_name="orders", schemas=SCHEMAS),
    )
    equal((made.name, made.group_name), ("order.returned", "orders"))


@step("event-type.patch: changes what it names")
def _(w):
    after = w.sdk.event_type.patch("order.returned", EventTypePatch(description="changed"))
    equal((after.description, after.group_name), ("changed", "orders"))


@step("event-type.patch: null clears")
def _(w):
    w.sdk.event_type.patch("order.returned", EventTypePatch(group_name=None, schemas=None))
    after = w.sdk.event_type.get("order.returned")
    equal((after.description, after.group_name, after.schemas), ("changed", None, None))


@step("event-type.delete: archives")
def _(w):
    w.sdk.event_type.delete("order.returned")
    holds(w.sdk.event_type.get("order.returned").archived, "it is not archived")
    for asked in (False, True):
        names = identities(page(w)(limit=250, include_archived=asked).data)
        equal("order.returned" in names, asked)


@step("event-type.create: brings an archived one back")
def _(w):
    w.sdk.event_type.create(EventTypeIn(name="order.returned", description="once more"))
    after = w.sdk.event_type.get("order.returned")
    equal((after.archived, after.description), (False, "once more"))


@step("event-type.delete: expunges")
def _(w):
    w.sdk.event_type.delete("order.returned", EventTypeDeleteOptions(expunge=True))
    refused(404, w.sdk.event_type.get, "order.returned")


@step("event-type.import-openapi: a dry run changes nothing")
def _(w):
    spec = document("pet.born", "A pet was born")
    done = w.sdk.event_type.import_openapi(EventTypeImportOpenApiIn(spec=spec, dry_run=True))
    (planned,) = done.data.to_modify
    equal(planned.name, "pet.born")
    holds(planned.schemas, "it has no schemas")
    refused(404, w.sdk.event_type.get, "pet.born")


@step("event-type.import-openapi: imports")
def _(w):
    spec = document("pet.born", "A pet was born")
    done = w.sdk.event_type.import_openapi(EventTypeImportOpenApiIn(spec=spec))
    equal(done.data.modified, ["pet.born"])
    made = w.sdk.event_type.get("pet.born")
    equal(made.description, "A pet was born")
    holds(made.schemas, "it has no schemas")


@step("event-type.import-openapi: imports text")
def _(w):
    for text, name in ((json.dumps(document("pet.died", "Gone")), "pet.died"), (YAML, "pet.sold")):
        done = w.sdk.event_type.import_openapi(EventTypeImportOpenApiIn(spec_raw=text))
        equal(done.data.modified, [name])
        holds(w.sdk.event_type.get(name).schemas, f"{name} has no schemas")
