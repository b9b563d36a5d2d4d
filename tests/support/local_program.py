"""A program on a developer's machine: a process that takes requests and writes down what came.

`python local_program.py PORT FILE [STATUS [BODY]]`. Each request is a line of JSON in FILE,
complete before it is answered, so that a reader may kill this at any moment.
"""

import base64
import http.server
import json
import os
import subprocess
import sys

from .ports import free_port
from .wait import SOON, eventually


class LocalProgram:
    """Runs this file; may be killed and started again on the same port."""

    def __init__(self, directory, status=200, body=""):
        self.port = free_port()
        self._file = directory / f"came-{self.port}"
        self._file.touch()
        self._answer = [str(status), body]
        self._process = None

    @property
    def url(self):
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Starts it and waits until it listens."""
        assert self._process is None, "it runs already"
        args = [str(self.port), str(self._file), *self._answer]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.local_program", *args],
            cwd=os.path.dirname(os.path.dirname(__file__)),
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout.readline() == b"ready\n", "it did not start"
        return self

    def kill(self):
        """kill -9, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            process.stdout.close()

    def requests(self):
        """All that came, in order: method, target, headers (pairs, lower-cased names), body."""
        lines = self._file.read_bytes().split(b"\n")[:-1]
        # A line that was being written when it was killed is joined to the next one, or is last:
        # that request was not answered.
        came = [json.loads(line) for line in lines if line.startswith(b"{") and line[-1:] == b"}"]
        for request in came:
            request["body"] = base64.b64decode(request["body"])
        return came

    def wait_for(self, count, within=SOON):
        """Waits until so many requests came; gives them all."""

        def enough():
            came = self.requests()
            assert len(came) >= count, f"{len(came)} of {count} came"
            return came

        return eventually(enough, f"{count} requests at the local program", within)


class _Handler(http.server.BaseHTTPRequestHandler):
    def _take(self):
        length = int(self.headers.get("content-length", "0"))
        body = self.rfile.read(length)
        if len(body) < length:
            return
        came = {
            "method": self.command,
            "target": self.path,
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "body": base64.b64encode(body).decode(),
        }
        os.write(self.server.log, json.dumps(came).encode() + b"\n")
        self.send_response(self.server.status)
        self.send_header("x-local", "yes")
        self.send_header("content-length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self._take
        raise AttributeError(name)

    def log_message(self, *_):
        pass


def main(port, file, status, body):
    """Serves until it is killed."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), _Handler)
    server.log = os.open(file, os.O_WRONLY | os.O_APPEND)
    server.status, server.body = int(status), body.encode()
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
