"""API keys: credentials of programs that can be taken back."""

import hashlib
import json
import random
import sqlite3
import string
import threading
import time

import httpx
import pytest
from svix.api import Svix, SvixOptions

from support.tokens import new_id
from support.wait import eventually

LOOKS = ("hwk_", 4 + 43 + 6)


def ask(server, credential, path="/app", method="GET", **options):
    """One request with this credential, on a connection of its own."""
    headers = {"authorization": f"Bearer {credential}"}
    return httpx.request(method, f"{server.url}/api/v1{path}", headers=headers, **options)


def assert_refused(answer):
    assert answer.status_code == 401, answer.text
    assert answer.json()["code"] == "authentication_failed"
    assert answer.headers["www-authenticate"] == "Bearer"


def make(tenant, name="CI", **fields):
    """A new key; gives what the server says of it."""
    answer = tenant.http.post("/auth/key", json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def listed(tenant):
    """The names of the keys that there are."""
    answer = tenant.http.get("/auth/key")
    assert answer.status_code == 200, answer.text
    return [entry["name"] for entry in answer.json()["data"]]


def test_a_key_is_as_good_as_a_token_until_it_is_revoked(tenant, receiver):
    made = make(tenant)
    prefix, length = LOOKS
    assert made["key"].startswith(prefix) and len(made["key"]) == length
    assert made["appId"] is None and made["expiresAt"] is None
    server = tenant.server
    sdk = Svix(made["key"], SvixOptions(server_url=server.url, retry_schedule=[]))
    app = tenant.app()
    assert [entry.id for entry in sdk.application.list().data] == [app]
    assert ask(server, made["key"]).status_code == 200

    assert tenant.http.delete(f"/auth/key/{made['id']}").status_code == 204
    assert_refused(ask(server, made["key"]))
    assert tenant.http.delete(f"/auth/key/{made['id']}").status_code == 404
    assert listed(tenant) == []


def test_a_key_of_an_application_sends_and_reads_there_and_nowhere_else(tenant, receiver):
    app, other = tenant.app(uid="mine"), tenant.app(uid="other")
    tenant.endpoint(app, receiver.script("/hook"))
    made = make(tenant, application="mine")
    assert made["appId"] == app
    server, key = tenant.server, made["key"]
    message = {"eventType": "order.paid", "payload": {"n": 1}}
    sent = ask(server, key, f"/app/{app}/msg", "POST", json=message)
    assert sent.status_code == 202, sent.text
    receiver.wait_for_ids("/hook", [sent.json()["id"]])
    assert ask(server, key, "/app/mine/endpoint").status_code == 200
    for path in (f"/app/{other}", "/app/other/msg", "/app/default"):
        assert ask(server, key, path).status_code == 404, path
    for path in ("/app", "/auth/key", "/background-task"):
        assert ask(server, key, path).status_code == 403, path
    made = ask(server, key, "/auth/key", "POST", json={"name": "more"})
    assert made.status_code == 403, "a key does not make wider ones"
    portal = ask(server, key, "/auth/app-portal-access/mine", "POST", json={})
    assert portal.status_code == 403, "what it made would outlive it"

    assert tenant.http.delete("/app/mine").status_code == 204
    assert_refused(ask(server, key, "/event-type"))


def test_from_the_moment_of_the_answer_a_revoked_key_is_worth_nothing(tenant):
    """While many threads use it."""
    made = make(tenant)
    stop, seen = threading.Event(), []

    def use():
        with httpx.Client(
            base_url=f"{tenant.server.url}/api/v1",
            headers={"authorization": f"Bearer {made['key']}"},
        ) as client:
            while not stop.is_set():
                begin = time.monotonic()
                seen.append((begin, client.get("/app").status_code))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(seen) > 100, "the key is in use")
    assert {status for _, status in list(seen)} == {200}
    assert tenant.http.delete(f"/auth/key/{made['id']}").status_code == 204
    revoked, count = time.monotonic(), len(seen)
    eventually(lambda: len(seen) > count + 100, "the key is tried again")
    stop.set()
    for thread in threads:
        thread.join()
    assert {status for begin, status in seen if begin > revoked} == {401}
    assert {status for _, status in seen} == {200, 401}


def test_a_key_expires_by_itself(tenant):
    made = make(tenant, name="short", expiresInSeconds=2)
    make(tenant, name="long", expiresInSeconds=3600)
    assert ask(tenant.server, made["key"]).status_code == 200
    assert listed(tenant) == ["short", "long"]
    eventually(lambda: ask(tenant.server, made["key"]).status_code == 401, "the key has expired")
    assert_refused(ask(tenant.server, made["key"]))
    assert listed(tenant) == ["long"]


def test_keys_of_another_organization(shared_server, new_tenant):
    mine, theirs = new_tenant(shared_server), new_tenant(shared_server)
    app = mine.app(uid="acme")
    made, foreign = make(mine), make(theirs)
    for path in (f"/app/{app}", "/app/acme", f"/app/{app}/endpoint"):
        assert ask(shared_server, foreign["key"], path).status_code == 404, path
    assert theirs.http.delete(f"/auth/key/{made['id']}").status_code == 404
    assert theirs.http.get("/auth/key").json()["data"][0]["id"] == foreign["id"]
    answer = theirs.http.post("/auth/key", json={"name": "x", "application": app})
    assert answer.status_code == 422, "the application is not theirs"
    assert ask(shared_server, made["key"], f"/app/{app}").status_code == 200


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, ["body", "name"]),
        ({"name": ""}, ["body", "name"]),
        ({"name": "a\nb"}, ["body", "name"]),
        ({"name": 7}, ["body", "name"]),
        ({"name": "k", "application": "no such"}, ["body", "application"]),
        ({"name": "k", "application": "nobody"}, ["body", "application"]),
        ({"name": "k", "expiresInSeconds": 0}, ["body", "expiresInSeconds"]),
        ({"name": "k", "expiresInSeconds": 10**12}, ["body", "expiresInSeconds"]),
    ],
)
def test_bad_input(tenant, body, place):
    answer = tenant.http.post("/auth/key", json=body)
    assert answer.status_code == 422, answer.text
    assert [problem["loc"] for problem in answer.json()["detail"]] == [place]
    assert listed(tenant) == []


def test_pages_of_keys(tenant):
    names = [f"key {n}" for n in range(7)]
    for name in names:
        make(tenant, name)
    seen, iterator = [], None
    while True:
        query = {"limit": 3, **({"iterator": iterator} if iterator else {})}
        page = tenant.http.get("/auth/key", params=query).json()
        seen += [entry["name"] for entry in page["data"]]
        iterator = page["iterator"]
        if page["done"]:
            break
    assert seen == names
    for bad in ("limit=0", "limit=251", "iterator=app_1", f"iterator={new_id('app')}"):
        assert tenant.http.get(f"/auth/key?{bad}").status_code == 422, bad


def test_texts_that_are_no_keys(tenant):
    good = make(tenant)["key"]
    for bad in (
        good[:-1],
        good + "x",
        good[:-1] + ("a" if good[-1] != "a" else "b"),
        good.swapcase().replace("HWK_", "hwk_"),
        good.replace("hwk_", "appsk_"),
        "hwk_",
        "hwk_" + "0" * 49,
        "hwk_" + "x" * 20_000,
        good.replace("hwk_", "HWK_"),
    ):
        assert_refused(ask(tenant.server, bad))
    assert ask(tenant.server, good).status_code == 200
    assert good not in tenant.server.log()


def test_what_is_kept_does_not_let_anybody_in(new_server, new_tenant):
    """Neither the database nor the log has a key, and what was revoked stays so after kill -9."""
    server = new_server()
    tenant = new_tenant(server)
    kept, revoked = make(tenant, "kept"), make(tenant, "revoked")
    assert tenant.http.delete(f"/auth/key/{revoked['id']}").status_code == 204
    server.kill()
    for path in server.directory.iterdir():
        for made in (kept, revoked):
            assert made["key"].encode() not in path.read_bytes(), path
            assert made["key"][4:24].encode() not in path.read_bytes(), path
    server.start()
    assert ask(server, kept["key"]).status_code == 200
    assert_refused(ask(server, revoked["key"]))
    assert kept["key"] not in server.log()


def test_when_the_store_cannot_say_nobody_is_called_a_stranger(new_server, new_tenant):
    server = new_server()
    tenant = new_tenant(server)
    key = make(tenant)["key"]
    database = sqlite3.connect(server.store_file, isolation_level=None, timeout=10)
    database.execute("ALTER TABLE credential RENAME TO hidden")
    answer = ask(server, key)
    assert answer.status_code in (500, 503), answer.text
    assert "credential" not in answer.json()["detail"]
    database.execute("ALTER TABLE hidden RENAME TO credential")
    database.close()
    assert ask(server, key).status_code == 200


def stranger():
    """A text that looks like a key in every character and is none."""
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    text = "hwk_" + "".join(random.choices(digits, k=43))
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    for _ in range(6):
        number, digit = divmod(number, 62)
        text += digits[digit]
    return text


def test_a_flood_of_strangers_does_not_lock_anybody_out(tenant):
    """Each of their texts has to be looked for, because nothing about it is wrong."""
    key = make(tenant)["key"]
    detail = ask(tenant.server, stranger()).json()["detail"]
    assert "not known" in detail, "it was refused for its looks"
    assert "damaged" in ask(tenant.server, stranger()[:-1] + "!").json()["detail"]
    stop, statuses = threading.Event(), []

    def flood():
        with httpx.Client(base_url=f"{tenant.server.url}/api/v1") as client:
            while not stop.is_set():
                headers = {"authorization": f"Bearer {stranger()}"}
                statuses.append(client.get("/app", headers=headers).status_code)

    threads = [threading.Thread(target=flood) for _ in range(8)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(statuses) > 100, "the flood is there")
    for _ in range(50):
        assert ask(tenant.server, key).status_code == 200
    stop.set()
    for thread in threads:
        thread.join()
    assert set(statuses) == {401}


# ---- the command line -----------------------------------------------------------------------


class Shell:
    """A person with a terminal on the machine where the server runs."""

    def __init__(self, server):
        self._server = server

    def run(self, *args, check=True, **env):
        """Runs `hookwire …` against the server; gives the finished process."""
        where = {"HOOKWIRE_SERVER": self._server.url, "HOOKWIRE_STORE": self._server.store}
        return self._server.cli(*args, env={**where, **env}, check=check)


@pytest.fixture
def shell(new_server):
    return Shell(new_server())


def test_create_use_list_and_revoke(shell):
    key = shell.run("key", "create", "CI of Acme").stdout.strip()
    prefix, length = LOOKS
    assert key.startswith(prefix) and len(key) == length, "it prints the key and nothing else"
    assert shell.run("events", HOOKWIRE_TOKEN=key).stdout
    table = shell.run("key", "list").stdout
    (line,) = [line for line in table.splitlines() if "CI of Acme" in line]
    assert "never" in line and key not in table
    (entry,) = json.loads(shell.run("key", "list", "--json").stdout)
    assert entry["id"] in line

    assert entry["id"] in shell.run("key", "revoke", entry["id"]).stdout
    refused = shell.run("events", check=False, HOOKWIRE_TOKEN=key)
    assert refused.returncode == 1 and "revoked" in refused.stderr
    assert "no keys" in shell.run("key", "list").stdout
    again = shell.run("key", "revoke", entry["id"], check=False)
    assert again.returncode == 1 and "not found" in again.stderr


def test_a_key_for_one_application_and_a_while(shell):
    made = json.loads(
        shell.run("key", "create", "x", "--app", "default", "--expires", "1h", "--json").stdout
    )
    assert made["appId"].startswith("app_") and made["expiresAt"]
    line = shell.run("key", "list").stdout.splitlines()[1]
    assert "default" in line.split(), "by the application's uid, which it has"
    shell.run("webhook", "list", HOOKWIRE_TOKEN=made["key"])
    refused = shell.run("key", "list", check=False, HOOKWIRE_TOKEN=made["key"])
    assert refused.returncode == 1 and "organization" in refused.stderr


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("create",), 2, "NAME"),
        (("create", "x", "--expires", "never"), 2, "--expires"),
        (("create", ""), 1, "name"),
        (("create", "x", "--app", "nobody"), 1, "application"),
        (("revoke", "x"), 2, "cred_"),
        (("revoke", new_id("cred")), 1, "not found"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_said(shell, args, code, said):
    done = shell.run("key", *args, check=False)
    assert done.returncode == code, done.stderr
    assert said in done.stderr and "panicked" not in done.stderr
