"""TCP ports that stay ours."""

import random
import socket

# Below the range from which Linux takes the source ports of outgoing connections: a port from
# here is still free when a server that was killed comes back to it.
_FIRST, _LAST = 12_000, 30_000


def free_port():
    """A port on 127.0.0.1 that nobody listens on."""
    for _ in range(200):
        port = random.randint(_FIRST, _LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port found")


def reserved_socket(port=0):
    """A socket that is bound but does not listen: connections to its port are refused, and
    nobody else gets the port. Listeners beside it set SO_REUSEPORT too."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.bind(("127.0.0.1", port or free_port()))
    return holder
