"""How a receiver may answer, politely and otherwise.

An answer is a function of (connection, request, closing): it writes what it likes and returns
whether the connection may be used for another request. `closing` is an event that is set when
the receiver goes away; whoever waits, waits for it.
"""

import http.client


def status(code, body=b"", headers=()):
    """A well-formed answer."""
    head = f"HTTP/1.1 {code} {http.client.responses.get(code, 'Unknown')}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers)
    raw = head.encode() + f"content-length: {len(body)}\r\n\r\n".encode() + body
    if code in (204, 304):
        raw = head.encode() + b"\r\n"

    def answer(connection, _request, _closing):
        connection.sendall(raw)
        return True

    return answer


OK = status(200)


def after(gate, then=OK, within=120):
    """Holds the request until `gate` (an Event) is set, then answers."""

    def answer(connection, request, closing):
        gate.wait(within)
        if closing.is_set():
            return False
        return then(connection, request, closing)

    return answer


def never(_connection, _request, closing):
    """Takes the request and says nothing."""
    closing.wait()
    return False


def raw(data):
    """These bytes, whatever they are, and the end of the connection."""

    def answer(connection, _request, _closing):
        connection.sendall(data)
        return False

    return answer


def endless_body(connection, _request, closing):
    """A 200 whose body has no end, as fast as the other side reads."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
    block = b"endless " * 8192
    while not closing.is_set():
        connection.sendall(block)
    return False


def trickle(connection, _request, closing):
    """A 200 whose body comes one byte every fifth of a second, without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
    while not closing.wait(0.2):
        connection.sendall(b".")
    return False


def trickle_head(connection, _request, closing):
    """A status line, then header bytes one by one, without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while not closing.wait(0.2):
        connection.sendall(b"a")
    return False


def redirect(location, code=302):
    """Points elsewhere."""
    return status(code, headers=[("location", location)])


def close_at_once(_connection, _request, _closing):
    """Reads the request and hangs up."""
    return False


# A Content-Length that promises more than comes.
CLOSE_MID_ANSWER = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\nonly this")

# A chunk that promises more than comes.
CLOSE_MID_CHUNK = raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nonly this")

NOT_HTTP = raw(b"220 mail.example.com ESMTP ready\r\n" * 3)

HUGE_HEADERS = raw(
    b"HTTP/1.1 200 OK\r\n"
    + b"".join(b"x-filler-%d: " % n + b"f" * 8000 + b"\r\n" for n in range(512))
    + b"content-length: 0\r\n\r\n"
)


def endless_informational(connection, _request, closing):
    """103 Early Hints for ever."""
    block = b"HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n" * 100
    while not closing.wait(0.01):
        connection.sendall(block)
    return False


def informational_then(then=OK):
    """One 103 Early Hints, then the real answer."""

    def answer(connection, request, closing):
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n")
        return then(connection, request, closing)

    return answer
