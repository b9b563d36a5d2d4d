"""Recipes: each gives the request that its service documents, through the API and the command
line, and its secrets stay secret."""

import hashlib
import hmac
import json
import re
import shlex

import pytest

from support.composed import make, preview, problems
from support.server import ROOT

GOLDEN = {path.stem: path for path in sorted((ROOT / "recipes" / "golden").glob("*.http"))}

# The id of the message in the golden requests.
GOLDEN_ID = "msg_2zvI1fPqXxBYQ7ZqHbK0RkE8mNs"

# What is different each time, beside the id.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

# What may stand in the place of a secret.
HIDDEN = re.compile(r"HIDDEN-\w+|~secrets\.\w+~|\[hidden\]")


def recipe(tenant, name):
    answer = tenant.http.get(f"/recipe/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def examples(shown):
    """The made-up values of a recipe's fields."""
    return {field["name"]: field["example"] for field in shown["fields"] if field["example"]}


def secrets(shown):
    """The made-up values that must not be shown. Those of URLs are secret in part."""
    return [
        field["example"]
        for field in shown["fields"]
        if field["secret"] and field["example"] and "://" not in field["example"]
    ]


def golden(name):
    """Method, URL, headers and body as they were written from the service's documentation."""
    head, _, body = GOLDEN[name].read_text(encoding="utf-8").partition("\n\n")
    first, *lines = head.split("\n")
    method, url = first.split(" ", 1)
    headers = dict(line.split(": ", 1) for line in lines)
    return method, url, headers, body.removesuffix("\n")


def matches(shown, expected):
    """Whether a text is the expected one, but for the time and for what is hidden in it."""
    parts = HIDDEN.split(MOMENT.sub("(time)", shown))
    pattern = r"[^\s/&?]+".join(re.escape(part) for part in parts)
    return re.fullmatch(pattern, MOMENT.sub("(time)", expected), re.DOTALL) is not None


def retry_key(message):
    """LINE's key is a UUID made from the message's id."""
    digest = hmac.new(b"x-line-retry-key", message.encode(), hashlib.sha256).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[12:15]}-8{digest[15:18]}-{digest[18:30]}"


def test_the_gallery_has_what_there_is(tenant):
    answer = tenant.http.get("/recipe")
    assert answer.status_code == 200 and answer.json()["done"] is True
    listed = answer.json()["data"]
    assert sorted(entry["id"] for entry in listed) == sorted(GOLDEN)
    assert len(listed) == 20
    for entry in listed:
        assert entry == recipe(tenant, entry["id"])
        assert entry["name"] and entry["description"] and entry["category"]
        assert entry["documentation"].startswith("https://")
        assert isinstance(entry["example"]["payload"], dict)
        for field in entry["fields"]:
            assert field["label"] and field["description"]
    assert tenant.http.get("/recipe/no-such").status_code == 404


@pytest.mark.parametrize("name", GOLDEN)
def test_a_preview_is_the_documented_request(tenant, name):
    shown = recipe(tenant, name)
    endpoint = {"recipe": {"id": name, "values": examples(shown)}, "eventTypes": None}
    said = preview(tenant, endpoint=endpoint)
    assert said["ok"] is True and said["matched"] is True, said
    request = said["request"]
    method, url, headers, body = golden(name)
    message = request["headers"].pop("webhook-id")
    assert request["method"] == method
    assert matches(request["url"].replace(message, GOLDEN_ID), url), request["url"]
    assert matches(request["body"].replace(message, GOLDEN_ID), body), request["body"]
    for signature in ("webhook-timestamp", "webhook-signature"):
        assert request["headers"].pop(signature)
    assert set(request["headers"]) == set(headers)
    for header, value in headers.items():
        if header == "user-agent":
            assert request["headers"][header].startswith("Hookwire/")
        elif header == "x-line-retry-key":
            assert value == retry_key(GOLDEN_ID)
            # Its name ends like that of a secret, so it may be hidden.
            assert request["headers"][header] in ("[hidden]", retry_key(message))
        else:
            given = request["headers"][header].replace(message, GOLDEN_ID)
            assert given == "[hidden]" or matches(given, value), header
    for secret in secrets(shown):
        assert secret not in json.dumps(said), "a secret is shown"


@pytest.mark.parametrize("name", GOLDEN)
def test_a_webhook_of_a_recipe_keeps_its_secrets(tenant, name):
    shown = recipe(tenant, name)
    app = tenant.app()
    body = {"recipe": {"id": name, "values": examples(shown)}, "eventTypes": None}
    made = tenant.http.post(f"/app/{app}/endpoint", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["name"] == shown["name"] or made.json()["name"]
    assert made.json()["request"]["method"] == shown["method"]
    for secret in secrets(shown):
        assert secret not in made.text
        assert secret not in tenant.http.get(f"/app/{app}/endpoint").text
        assert secret not in tenant.server.log()
    # It is a webhook like any other: a preview of it is that of the recipe.
    example = shown["example"]
    said = preview(
        tenant,
        appId=app,
        endpointId=made.json()["id"],
        eventType=example["eventType"],
        payload=example["payload"],
    )
    assert said["ok"] is True and said["request"]["method"] == shown["method"]


def test_values_that_a_recipe_cannot_take(tenant):
    app = tenant.app()

    def refused(name, **values):
        body = {"recipe": {"id": name, "values": values}}
        return problems(tenant.http.post(f"/app/{app}/endpoint", json=body))

    assert "body.recipe.values.url" in refused("slack")
    elsewhere = "https://hooks.slack.com.evil.example/services/T0/B0/hush-1234"
    said = refused("slack", url=elsewhere, nonsense="1")
    assert set(said) == {"body.recipe.values.url", "body.recipe.values.nonsense"}
    assert "hush" not in str(said)
    url = "https://hooks.slack.com/services/T0/B0/X0"
    assert refused("slack", url=url, text="{{ payload.a | nope }}")
    assert "body.recipe.id" in refused("no-such")


def test_what_stands_beside_a_recipe_replaces_parts_of_it(tenant):
    app = tenant.app()
    url = "https://hooks.slack.com/services/T0/B0/X0000"
    body = {
        "recipe": {"id": "slack", "values": {"url": url}},
        "name": "Team",
        "filter": "payload.total > 100",
        "headers": {"x-a": "1"},
    }
    made = tenant.http.post(f"/app/{app}/endpoint", json=body)
    assert made.status_code == 201, made.text
    webhook = made.json()
    assert webhook["name"] == "Team" and webhook["filter"] == "payload.total > 100"
    assert webhook["url"] == "https://hooks.slack.com/services/T0/B0/{{ secrets.key }}"
    assert webhook["secretNames"] == ["key"]
    assert make(tenant, app, "https://example.com/")  # Others need no recipe.


# ---- the command line -----------------------------------------------------------------------


@pytest.fixture
def shell(new_server):
    """A person with a terminal on the machine where a server runs."""
    server = new_server()

    def run(*args, check=True):
        where = {"HOOKWIRE_SERVER": server.url, "HOOKWIRE_STORE": server.store}
        return server.cli(*args, env=where, check=check)

    run.server = server
    return run


def printed_command(page, words):
    """A command of a page as the arguments that a shell would make of it."""
    begin = page.index(f"  hookwire {words}")
    end = page.find("\n\n", begin)
    return shlex.split(page[begin : end if end >= 0 else len(page)].replace("\\\n", " "))[1:]


def test_the_list_and_each_recipe(shell):
    listed = shell("recipes").stdout
    assert all(name in listed for name in GOLDEN)
    assert len(json.loads(shell("recipes", "--json").stdout)) == 20
    done = shell("recipes", "no-such", check=False)
    assert done.returncode == 1 and "recipe not found" in done.stderr


@pytest.mark.parametrize("name", ["slack", "twilio-sms", "lob-postcard", "n8n"])
def test_the_printed_commands_can_be_pasted(shell, name):
    page = shell("recipes", name).stdout
    assert "https://" in page and "secret" in page
    shown = shell(*printed_command(page, "compose preview")).stdout
    method, url, _, body = golden(name)
    assert shown.startswith(f"{method} ")
    assert matches(shown.splitlines()[0].split(" ", 1)[1], url)
    add = printed_command(page, "webhook add")
    fields = {field["name"]: field for field in json.loads(
        shell("recipes", name, "--json").stdout)["fields"]}  # fmt: skip
    for argument in add:
        file = argument.partition("=@")[2]
        if file:
            example = fields[argument.partition("=")[0]]["example"]
            (shell.server.directory / file).write_text(example + "\n")
    added = shell(*add).stdout
    assert f"  recipe          {name}" in added.splitlines()
    assert f"  method          {method}" in added.splitlines()
    assert body is not None


def test_a_recipe_whose_host_is_ones_own_is_delivered(shell, receiver, tmp_path):
    """Of all recipes only n8n's may be plain HTTP on any host: it is often run at home."""
    url = tmp_path / "url.txt"
    url.write_text(receiver.script("/webhook/orders") + "\n")
    shell("webhook", "add", "--recipe", "n8n", "--set", f"url=@{url}", "--event", "*")
    shell("send", "payment_received", '{"n":1}')
    (came,) = receiver.wait_for("/webhook/orders")
    assert came.method == "POST"
    assert json.loads(came.body)


def test_missing_values_are_all_named(shell):
    done = shell("webhook", "add", "--recipe", "telegram", "--set", "chat=1", check=False)
    assert done.returncode == 1
    for field in ("token", "chat_id", "chat"):
        assert f"recipe.values.{field}: " in done.stderr
