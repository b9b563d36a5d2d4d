"""Importing the catalogue from OpenAPI documents, through the SDK and the command line."""

import json

import httpx
import pytest
from svix.api import EventTypeImportOpenApiIn, EventTypeListOptions
from svix.exceptions import HTTPValidationError

YAML = """
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
webhooks:
  pet.new:
    post:
      summary: A new pet
      x-svix-group-name: pet
      requestBody:
        content:
          application/json:
            schema:
              $ref: "#/components/schemas/Pet"
            example: {id: 7, name: Rex}
      responses:
        200: {description: Received}
  pet.gone:
    post:
      deprecated: true
      requestBody:
        $ref: "#/components/requestBodies/Pet"
components:
  requestBodies:
    Pet:
      content:
        application/json:
          schema:
            $ref: "#/components/schemas/Pet"
  schemas:
    Pet: &pet
      type: object
      required: [id, name]
      properties:
        id: {type: integer}
        name: {type: string}
        parent:
          $ref: "#/components/schemas/Pet"
    Alias: *pet
"""


def spec(schema):
    body = {"content": {"application/json": {"schema": schema}}}
    return {"openapi": "3.1.0", "webhooks": {"pet.new": {"post": {"requestBody": body}}}}


def run(tenant, **fields):
    return tenant.sdk.event_type.import_openapi(EventTypeImportOpenApiIn(**fields)).data


def test_a_yaml_document_becomes_the_catalogue(tenant):
    assert run(tenant, spec_raw=YAML).modified == ["pet.new", "pet.gone"]
    new, gone = tenant.sdk.event_type.get("pet.new"), tenant.sdk.event_type.get("pet.gone")
    assert (new.description, new.group_name, new.deprecated) == ("A new pet", "pet", False)
    assert gone.deprecated is True
    schema = new.schemas["1"]
    assert schema["required"] == ["id", "name"]
    assert schema["properties"]["parent"] == {"$ref": "#/$defs/Pet"}
    assert schema["$defs"]["Pet"]["properties"]["name"] == {"type": "string"}
    assert schema["examples"] == [{"id": 7, "name": "Rex"}]
    assert run(tenant, spec_raw=YAML).modified == []


def test_a_schema_that_differs_is_a_new_version(tenant):
    run(tenant, spec=spec({"type": "object"}))
    run(tenant, spec=spec({"type": "object", "title": "Pet"}))
    schemas = tenant.sdk.event_type.get("pet.new").schemas
    assert schemas == {"1": {"type": "object"}, "2": {"type": "object", "title": "Pet"}}


def test_a_dry_run_says_what_would_be(tenant):
    tenant.event_type("old")
    data = run(tenant, spec_raw=YAML, dry_run=True, replace_all=True)
    assert data.modified == []
    assert [entry.name for entry in data.to_modify] == ["pet.new", "pet.gone", "old"]
    assert [entry.name for entry in tenant.sdk.event_type.list().data] == ["old"]


def test_what_the_document_lacks_can_be_archived(tenant):
    tenant.event_type("old")
    data = run(tenant, spec_raw=YAML, replace_all=True)
    assert data.modified == ["pet.new", "pet.gone", "old"]
    assert tenant.sdk.event_type.get("old").archived is True
    # And comes back when a document has it.
    back = {"openapi": "3.1.0", "webhooks": {"old": {}}}
    assert run(tenant, spec=back).modified == ["old"]
    assert tenant.sdk.event_type.get("old").archived is False


def test_examples_can_be_sent(tenant, receiver):
    run(tenant, spec_raw=YAML)
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/pets"))
    answer = tenant.http.post(
        f"/app/{app}/endpoint/{endpoint}/send-example", json={"eventType": "pet.new"}
    )
    assert answer.status_code == 202, answer.text
    assert json.loads(receiver.wait_for("/pets")[0].body) == {"id": 7, "name": "Rex"}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, ["specRaw"]),
        ({"spec": spec({}), "specRaw": YAML}, ["specRaw"]),
        ({"specRaw": "webhooks: ["}, ["specRaw"]),
        ({"specRaw": "webhooks: {}"}, ["specRaw", "openapi"]),
        ({"spec": {"openapi": "3.1.0", "paths": {}}}, ["spec", "webhooks"]),
        ({"spec": {"openapi": "3.1.0", "webhooks": {"a b": {}}}}, ["spec", "webhooks", "a b"]),
        (
            {"spec": spec({"type": "pet"})},
            ["spec", "webhooks", "pet.new", "post", "requestBody", "content", "application/json"]
            + ["schema", "type"],
        ),
    ],
)
def test_mistakes_are_found_where_they_are(tenant, body, place):
    answer = tenant.http.post("/event-type/import/openapi", json=body)
    assert answer.status_code == 422, answer.text
    assert [problem["loc"] for problem in answer.json()["detail"]] == [["body", *place]]
    assert tenant.sdk.event_type.list(EventTypeListOptions(include_archived=True)).data == []


def test_hostile_documents_are_refused_soon(tenant):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 30):
        bomb += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n"
    long = "a: &a " + "x" * 1_000_000 + "\nb: [" + ", ".join(["*a"] * 1_000) + "]\n"
    deep = "[" * 500_000
    dashes = "- " * 500_000
    loop = {"$ref": "#/components/schemas/A"}
    loops = {**spec(loop), "components": {"schemas": {"A": loop}}}
    bodies = [{"specRaw": text} for text in (bomb, long, deep, dashes)] + [{"spec": loops}]
    for body in bodies:
        # Far more than it takes, and far less than a bomb that went off.
        limit = httpx.Timeout(20)
        answer = tenant.http.post("/event-type/import/openapi", json=body, timeout=limit)
        assert answer.status_code == 422, answer.text[:300]
    assert tenant.server.is_running()


def test_a_schema_must_be_one(tenant):
    with pytest.raises(HTTPValidationError):
        tenant.event_type("order.paid", schemas={"1": {"type": "object", "required": "all"}})


def test_the_command_line_takes_a_document(new_server, tmp_path):
    server = new_server()
    env = {"HOOKWIRE_SERVER": server.url, "HOOKWIRE_STORE": server.store}
    path = tmp_path / "openapi.yaml"
    path.write_text(YAML)
    done = server.cli("events", "import", str(path), env=env)
    assert "2 events are new or have changed" in done.stdout
    again = server.cli("events", "import", "-", env=env, stdin=YAML)
    assert "standard input: 0 events" in again.stdout
    assert "pet.gone (deprecated)" in server.cli("events", env=env).stdout
    for text, words in (
        ("openapi: 3.1.0\nwebhooks: {a b: {}}\n", "webhooks"),
        ("swagger: '2.0'\n", "expected an OpenAPI document of version 3"),
        ('{"openapi": "3.1.0", "webh', "specRaw: cannot be read"),
    ):
        path.write_text(text)
        refused = server.cli("events", "import", str(path), env=env, check=False)
        assert refused.returncode == 1
        assert words in refused.stderr
        assert refused.stderr.count(str(path)) == 1, "a cause is told once"
