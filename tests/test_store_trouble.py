"""When the store cannot be used: the producer is told to come back, and nothing is lost."""

import contextlib
import datetime
import os
import resource
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from support import answers
from support.wait import eventually

# The longest that a producer may wait for a no.
ANSWER_WITHIN_S = 15


def post(tenant, app, n=0):
    body = {"eventType": "test.happened", "payload": {"n": n, "filler": "f" * 4000}}
    return tenant.http.post(f"/app/{app}/msg", json=body, timeout=ANSWER_WITHIN_S + 15)


def assert_unavailable(answer):
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] and answer.json()["detail"]
    assert "hookwire.db" not in answer.text, "a path of the server's is nobody's business"


@contextlib.contextmanager
def locked(server):
    """Another program holds the database."""
    with contextlib.closing(sqlite3.connect(server.store_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def server(new_server):
    return new_server(env={"HOOKWIRE_RETRY_SCHEDULE": ",".join(["1"] * 20)})


def test_a_locked_database(server, new_tenant, receiver):
    tenant = new_tenant(server)
    app = tenant.app()
    gate = threading.Event()
    endpoint = tenant.endpoint(app, receiver.script("/hook", first=[answers.after(gate)]))
    in_flight = tenant.send(app)
    receiver.wait_for("/hook")

    with locked(server):
        begin = time.monotonic()
        assert_unavailable(post(tenant, app))
        assert time.monotonic() - begin < ANSWER_WITHIN_S
        # The health check says so, and reading goes on meanwhile.
        health = eventually(
            lambda: tenant.http.get("/health").status_code == 503, "health is 503", ANSWER_WITHIN_S
        )
        assert health
        assert tenant.http.get("/health/ping").status_code == 204
        assert tenant.http.get(f"/app/{app}/msg").status_code == 200
        # The receiver answers while the outcome cannot be written down.
        gate.set()
        assert_unavailable(post(tenant, app))
        assert len(tenant.attempts(app, in_flight)) == 0

    eventually(lambda: post(tenant, app).status_code == 202, "service again")
    eventually(lambda: tenant.http.get("/health").status_code == 204, "health is 204")
    tenant.wait_for_status(app, in_flight, endpoint, "success", within=30)
    later = tenant.send(app)
    receiver.wait_for_ids("/hook", [later])
    stored = {entry["id"] for entry in tenant.http.get(f"/app/{app}/msg").json()["data"]}
    receiver.wait_for_ids("/hook", stored, within=30)
    assert receiver.ids("/hook") == stored, "what was refused was not sent either"
    assert "lock" in server.log().lower() or "busy" in server.log().lower()


def test_a_stop_does_not_wait_for_a_locked_database(new_server, new_tenant, receiver):
    """More deliveries are in memory than may wait for the store."""
    server = new_server(env={"HOOKWIRE_SHUTDOWN_TIMEOUT_SECONDS": "2"})
    tenant = new_tenant(server)
    app = tenant.app()
    paths = [f"/hook{n}" for n in range(20)]
    for path in paths:
        tenant.endpoint(app, receiver.script(path, then=answers.never))
    sent = [tenant.send(app) for _ in range(270)]
    with locked(server):
        assert server.terminate(within=40) == 0
    assert "will be sent again" in server.log()

    for path in paths:
        receiver.script(path)
    server.start()
    for path in paths:
        receiver.wait_for_ids(path, sent, within=60)


# ---- a full disk ----------------------------------------------------------------------------


class SmallDisk:
    """A file system of its own with hardly any room: what really happens on a full disk."""

    def __init__(self, directory):
        self.directory = directory
        self._ballast = directory / "ballast"

    def start(self, server):
        server.start()

    def fill(self, _server):
        with open(self._ballast, "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"\0" * 4096)
            except OSError:
                pass

    def free(self, _server):
        self._ballast.unlink()


class SmallFiles:
    """A limit on the size of files, which needs no privileges: writes fail as on a full disk."""

    def __init__(self, directory):
        self.directory = directory

    def start(self, server):
        # Ignored, so that a write beyond the limit fails instead of ending the process.
        server.start(preexec=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))

    def fill(self, server):
        sizes = [entry.stat().st_size for entry in self.directory.iterdir() if entry.is_file()]
        self._limit(server, max(sizes) + 8192)

    def free(self, server):
        self._limit(server, resource.RLIM_INFINITY)

    @staticmethod
    def _limit(server, limit_bytes):
        resource.prlimit(
            server.process.pid, resource.RLIMIT_FSIZE, (limit_bytes, resource.RLIM_INFINITY)
        )


def mounted(directory):
    """Whether a small file system could be mounted on a directory."""
    if os.geteuid() != 0:
        return False
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", directory], capture_output=True
    )
    return done.returncode == 0


@pytest.fixture(params=["small files", "small disk"])
def shortage(request, tmp_path):
    """A directory for the store that can be made full. Asked for before `new_server`, so that
    the server is gone when the directory goes."""
    directory = tmp_path / "small"
    directory.mkdir()
    if request.param == "small files":
        yield SmallFiles(directory)
        return
    if not mounted(directory):
        # The other way has shown what can be shown without privileges.
        yield SmallFiles(directory)
        return
    try:
        yield SmallDisk(directory)
    finally:
        subprocess.run(["umount", directory], check=True)


def test_a_full_disk(shortage, new_server, new_tenant, receiver):
    server = new_server(
        start=False,
        directory=shortage.directory,
        env={"HOOKWIRE_RETRY_SCHEDULE": ",".join(["1"] * 20)},
    )
    shortage.start(server)
    tenant = new_tenant(server)
    app = tenant.app()
    gate = threading.Event()
    endpoint = tenant.endpoint(app, receiver.script("/hook", first=[answers.after(gate)]))
    in_flight = tenant.send(app)
    receiver.wait_for("/hook")
    accepted = [in_flight]

    shortage.fill(server)
    # What has room left in files that are there already may still be accepted.
    for n in range(3000):
        begin = time.monotonic()
        answer = post(tenant, app, n)
        assert time.monotonic() - begin < ANSWER_WITHIN_S
        if answer.status_code != 202:
            break
        accepted.append(answer.json()["id"])
    assert_unavailable(answer)
    gate.set()
    assert server.is_running()
    assert tenant.http.get(f"/app/{app}/msg").status_code == 200, "reading goes on"

    shortage.free(server)
    eventually(lambda: post(tenant, app).status_code == 202, "service again", within=30)
    later = tenant.send(app)
    receiver.wait_for_ids("/hook", [*accepted, later], within=60)
    for message in (in_flight, accepted[-1], later):
        tenant.wait_for_status(app, message, endpoint, "success", within=30)
    log = server.log().lower()
    assert "full" in log or "disk" in log or "space" in log or "i/o" in log
    assert "panicked" not in log

    # And the file is whole.
    server.kill()
    with contextlib.closing(sqlite3.connect(server.store_file)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


# ---- at the start ---------------------------------------------------------------------------


def test_a_store_of_a_newer_program_is_refused(server):
    assert server.terminate() == 0
    with contextlib.closing(sqlite3.connect(server.store_file)) as file, file:
        file.execute("INSERT INTO schema_migration VALUES (9999, 'future', '', 0)")
    assert "9999" in server.refuses_to_start()


def test_a_file_that_is_no_database(new_server, tmp_path):
    (tmp_path / "hookwire.db").write_bytes(b"This is a letter, not a database. " * 400)
    server = new_server(start=False, directory=tmp_path)
    assert "hookwire.db" in server.refuses_to_start()
    assert (tmp_path / "hookwire.db").read_bytes().startswith(b"This is a letter")


def test_a_webhook_that_cannot_be_read_holds_up_no_other(server, new_tenant, receiver):
    """Both are due in one claim; the one whose row is damaged waits until it is mended."""
    due = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
    sent = {}
    for path in ("/damaged", "/whole"):
        tenant = new_tenant(server)
        app = tenant.app()
        endpoint = tenant.endpoint(app, receiver.script(path))
        # More than the lane's places, so that one that is given away and not given back shows.
        sent[path] = [tenant.send(app, deliver_at=due) for _ in range(40)]
        if path == "/damaged":
            uid = f"ep-{endpoint}"
            tenant.http.patch(f"/app/{app}/endpoint/{endpoint}", json={"uid": uid})
    server.stop()

    def change(sql):
        with contextlib.closing(sqlite3.connect(server.store_file)) as file:
            assert file.execute(sql, (uid,)).rowcount == 1
            file.commit()

    change("UPDATE endpoint SET headers = headers || '}' WHERE uid = ?")
    server.start()
    receiver.wait_for_ids("/whole", sent["/whole"], within=15)
    assert not receiver.requests("/damaged")
    assert "cannot be read" in server.tail()
    server.stop()
    change("UPDATE endpoint SET headers = substr(headers, 1, length(headers) - 1) WHERE uid = ?")
    server.start()
    receiver.wait_for_ids("/damaged", sent["/damaged"], within=15)
