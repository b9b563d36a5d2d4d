"""Refusals that are decided before the request's body has come. A client that keeps its connection
must be able to use it for the next request, or be told that it cannot: otherwise that next request,
which is a good one, fails."""

import select
import socket

import pytest

BODY = b'{"name":"A"}'

# Path, headers, status.
REFUSALS = {
    "no such path": ("/nothing", {}, 404),
    "no such method": ("/health", {}, 405),
    "no token": ("/app", {"authorization": ""}, 401),
    "a bad token": ("/app", {"authorization": "Bearer nonsense"}, 401),
    "a bad idempotency key": ("/app", {"idempotency-key": "k" * 3000}, 422),
}


def read_answer(stream):
    """Status and headers of the next answer; its body is read, too."""
    status = stream.readline().split(b" ")[1:2]
    assert status, "the connection was closed without a word"
    headers = {}
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    stream.read(int(headers.get("content-length", "0")))
    return int(status[0]), headers


def arrives(connection, within_s=0.5):
    """Whether something comes, be it the end of the connection."""
    readable, _, _ = select.select([connection], [], [], within_s)
    return bool(readable)


@pytest.mark.parametrize("case", REFUSALS)
def test_the_connection_goes_on_or_is_said_to_end(tenant, case):
    path, headers, status = REFUSALS[case]
    headers = {
        "host": "hookwire.test",
        "authorization": f"Bearer {tenant.token}",
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        **headers,
    }
    lines = [f"POST /api/v1{path} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
    head = "\r\n".join([*lines, "", ""]).encode()
    with socket.create_connection(("127.0.0.1", tenant.server.port), timeout=15) as connection:
        stream = connection.makefile("rb")
        # Most clients send head and body in two pieces, and some a while apart.
        connection.sendall(head)
        early = None
        if arrives(connection):
            early = read_answer(stream)
            assert early[0] == status
            if early[1].get("connection", "").lower() == "close":
                return
            assert not arrives(connection), "it was closed, and the answer did not say so"
        connection.sendall(BODY)
        assert (early or read_answer(stream))[0] == status
        connection.sendall(b"GET /api/v1/health HTTP/1.1\r\nhost: hookwire.test\r\n\r\n")
        assert read_answer(stream)[0] == 204
