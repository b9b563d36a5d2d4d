"""Event types, and the whole environment as a document."""

import json

from .registry import walk

# The `webhooks` section of somebody's API description.
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "webhooks": {
        "parcel.sent": {
            "post": {
                "operationId": "parcel.sent",
                "description": "A parcel is on its way",
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"parcel": {"type": "string"}},
                                "examples": [{"parcel": "p1"}],
                            }
                        }
                    }
                },
            }
        }
    },
}


@walk("v1.event-type.list")
def list_them(world):
    archived = world.fresh_event_type()
    world.call("v1.event-type.patch", 200, event_type_name=archived, body={"archived": True})
    page = world.call("v1.event-type.list", 200, query={"limit": 1})
    query = {"limit": 1, "iterator": page["iterator"], "order": "ascending"}
    world.call("v1.event-type.list", 200, query=query)
    for include in (True, False):
        query = {"include_archived": include, "with_content": include, "limit": 250}
        page = world.call("v1.event-type.list", 200, query=query)
        assert (archived in {entry["name"] for entry in page["data"]}) is include


@walk("v1.event-type.create")
def create(world):
    name = world.fresh("event")
    made = world.call(
        "v1.event-type.create",
        201,
        body={
            "name": name,
            "description": "What it means",
            "groupName": "shop",
            "featureFlags": ["beta"],
            "deprecated": True,
            "schemas": {"1": {"type": "object"}},
        },
    )
    assert made["featureFlags"] == ["beta"] and made["deprecated"] is True
    world.call("v1.event-type.create", 409, body={"name": name, "description": ""})


@walk("v1.event-type.get")
def get(world):
    assert world.call("v1.event-type.get", 200)["schemas"]


@walk("v1.event-type.upsert")
def upsert(world):
    name = world.fresh("event")
    body = {"description": "One"}
    world.call("v1.event-type.upsert", 201, event_type_name=name, body=body)
    body = {"description": "Two", "featureFlags": None, "groupName": None, "schemas": None}
    shown = world.call("v1.event-type.upsert", 200, event_type_name=name, body=body)
    assert shown["description"] == "Two"


@walk("v1.event-type.patch")
def patch(world):
    name = world.fresh_event_type()
    body = {"archived": True, "deprecated": True, "groupName": "shop", "schemas": None}
    shown = world.call("v1.event-type.patch", 200, event_type_name=name, body=body)
    assert shown["archived"] is True


@walk("v1.event-type.delete")
def delete(world):
    name = world.fresh_event_type()
    world.call("v1.event-type.delete", 204, event_type_name=name)
    assert world.call("v1.event-type.get", 200, event_type_name=name)["archived"] is True
    query = {"expunge": True}
    world.call("v1.event-type.delete", 204, event_type_name=name, query=query)
    world.call("v1.event-type.get", 404, event_type_name=name)


@walk("v1.event-type.import-openapi")
def import_openapi(world):
    operation = "v1.event-type.import-openapi"
    planned = world.call(operation, 200, body={"spec": OPENAPI, "dryRun": True})["data"]
    assert [entry["name"] for entry in planned["to_modify"]] == ["parcel.sent"]
    world.call("v1.event-type.get", 404, event_type_name="parcel.sent")
    done = world.call(operation, 200, body={"specRaw": json.dumps(OPENAPI)})["data"]
    assert done["modified"] == ["parcel.sent"]
    shown = world.call("v1.event-type.get", 200, event_type_name="parcel.sent")
    assert shown["description"] == "A parcel is on its way"


@walk("v1.environment.export")
def export(world):
    shown = world.call("v1.environment.export", 200)
    assert "order.paid" in {entry["name"] for entry in shown["eventTypes"]}


@walk("v1.environment.import")
def import_environment(world):
    exported = world.call("v1.environment.export", 200)
    name = world.fresh("event")
    exported["eventTypes"].append({"name": name, "description": "Came along"})
    world.call("v1.environment.import", 204, body=exported)
    shown = world.call("v1.event-type.get", 200, event_type_name=name)
    assert shown["description"] == "Came along"
    world.call("v1.environment.import", 204, body={})
