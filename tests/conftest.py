"""What every test may ask for: a server, a receiver, a tenant."""

import contextlib
import os

import pytest

from support.client import Tenant
from support.receiver import Receiver
from support.refusal import MARKER, everything
from support.server import JWT_SECRET, Server, binary
from support.tls import write_self_signed
from support.tokens import new_id, sign

# Retries that tests can wait for, and more of them than any test needs.
QUICK_RETRIES = ",".join(["1"] * 10)


def pytest_sessionstart(session):
    if not binary().exists() and not session.config.option.collectonly:
        raise pytest.UsageError(f"{binary()} is not there: run `cargo build -p hookwire` first")


@pytest.fixture(scope="session", autouse=True)
def _quick_clients(tmp_path_factory):
    """Every HTTP client loads all root certificates, although here all speak plain HTTP: some
    100 ms a test. With one certificate in their place it is nothing."""
    pem = write_self_signed(tmp_path_factory.mktemp("roots") / "root.pem")
    os.environ["SSL_CERT_FILE"] = str(pem)
    yield
    del os.environ["SSL_CERT_FILE"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that fails shows the end of its servers' logs."""
    report = yield
    if report.failed:
        for server in item.stash.get(_SERVERS, []):
            report.sections.append((f"log of {server.url}", server.tail()))
    return report


_SERVERS = pytest.StashKey()


@pytest.fixture
def new_server(request, tmp_path):
    """Makes servers with throw-away stores: `new_server(dev=True, env={…}, args=[…])`."""
    servers = request.node.stash.setdefault(_SERVERS, [])

    def make(start=True, directory=None, **options):
        if directory is None:
            directory = tmp_path / f"server-{len(servers)}"
            directory.mkdir()
        server = Server(directory, **options)
        servers.append(server)
        return server.start() if start else server

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def new_receiver():
    """Makes receivers that listen: `new_receiver(tls=None)`."""
    with contextlib.ExitStack() as stack:

        def make(tls=None):
            receiver = Receiver(tls).up()
            stack.callback(receiver.close)
            return receiver

        yield make


@pytest.fixture
def receiver(new_receiver):
    """A receiver that listens."""
    return new_receiver()


@pytest.fixture
def new_tenant():
    """Makes the owner of an organization: `new_tenant(server)`; by default of a new one."""
    with contextlib.ExitStack() as stack:

        def make(server, org=None):
            # Made here and not by `hookwire token`, which a test of its own looks at: nearly
            # every test needs one, and a process for each would cost as much as the test.
            token = sign({"sub": org or new_id("org")}, JWT_SECRET)
            return stack.enter_context(contextlib.closing(Tenant(server, token)))

        yield make


@pytest.fixture(scope="session")
def _shared_server(tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("shared"), env={"HOOKWIRE_RETRY_SCHEDULE": QUICK_RETRIES}
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def shared_server(request, _shared_server):
    """A server that all tests use which do not stop, starve or reconfigure it."""
    request.node.stash.setdefault(_SERVERS, []).append(_shared_server)
    _shared_server.mark()
    assert _shared_server.is_running(), "an earlier test ended the shared server"
    return _shared_server


@pytest.fixture
def tenant(shared_server, new_tenant):
    """A new organization on the shared server; so tests do not see each other."""
    return new_tenant(shared_server)


@pytest.fixture
def untouched(tenant, receiver):
    """A tenant with an application `acme`, its endpoint `hook` and the event type `order.paid`.

    After the test there must be exactly that, and the server must be well and discreet.
    """
    tenant.event_type("order.paid")
    tenant.app_id = tenant.app(uid="acme")
    tenant.endpoint_id = tenant.endpoint(tenant.app_id, receiver.url("/hook"), uid="hook")
    before = everything(tenant)
    yield tenant
    assert everything(tenant) == before, "something was stored or changed"
    assert receiver.requests("/hook") == [], "something was sent"
    assert tenant.http.get("/health").status_code == 204
    log = tenant.server.log()
    assert MARKER not in log
    assert tenant.token not in log and tenant.token.rsplit(".", 1)[1] not in log
    assert tenant.secret(tenant.app_id, tenant.endpoint_id) not in log
    assert "panicked" not in log
