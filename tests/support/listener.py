"""`hookwire listen` as a child process."""

import json
import signal
import subprocess
import threading

from .server import JWT_SECRET, binary, clean_environment
from .wait import SOON


class Listener:
    """A person's terminal in which `hookwire listen` runs; it may be killed and started again.

    What it remembers is in `directory`, as it is on one machine.
    """

    def __init__(self, server, directory, *args):
        self._args = [binary(), "listen", *args]
        self._env = clean_environment(
            {
                "HOOKWIRE_SERVER": server.url,
                "HOOKWIRE_STORE": server.store,
                "HOOKWIRE_JWT_SECRET": JWT_SECRET,
                "XDG_STATE_HOME": str(directory),
            }
        )
        self._changed = threading.Condition()
        self._lives = []  # of each life: what it wrote to standard output, in pieces
        self._errors = []
        self._process = None
        self._readers = []

    def command(self):
        """What is run, and in which environment, as arguments of subprocess.Popen."""
        return {"args": self._args, "env": self._env, "stdin": subprocess.DEVNULL}

    def start(self):
        """Starts it; it is ready when it says where it listens."""
        assert self._process is None, "it runs already"
        self._process = subprocess.Popen(
            **self.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self._lives.append([])
        self._readers = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in (
                (self._process.stdout, self._lives[-1]),
                (self._process.stderr, self._errors),
            )
        ]
        for reader in self._readers:
            reader.start()
        return self

    def end(self, sent=signal.SIGKILL, within=SOON):
        """Sends a signal and waits for the end; gives the exit code."""
        if self._process is None:
            return None
        self._process.send_signal(sent)
        return self.wait(within)

    def wait(self, within=SOON):
        """Waits until it ends by itself; gives the exit code."""
        process, self._process = self._process, None
        try:
            code = process.wait(within)
        finally:
            process.kill()
            process.wait()
        for reader in self._readers:
            reader.join(SOON)
        process.stdout.close()
        process.stderr.close()
        return code

    def out(self):
        """The bytes on standard output in all of its lives."""
        with self._changed:
            return b"".join(piece for life in self._lives for piece in life)

    def errors(self):
        """The text on standard error in all of its lives."""
        with self._changed:
            return b"".join(self._errors).decode()

    def objects(self):
        """What --print json said. A line that a kill has cut off is passed over."""
        with self._changed:
            lives = [b"".join(life) for life in self._lives]
        return [json.loads(line) for life in lives for line in life.split(b"\n")[:-1]]

    def wait_until(self, condition, what, within=SOON):
        """Waits until this is true of what it wrote."""
        with self._changed:
            in_time = self._changed.wait_for(condition, within)
        said = f"{self.out().decode(errors='replace')[-2000:]}\n{self.errors()[-2000:]}"
        assert in_time, f"not within {within:g} s: {what}\n{said}"

    def wait_for(self, part, within=SOON):
        """Waits until it has said this on either stream."""
        raw = part.encode()
        self.wait_until(lambda: raw in self.out() + self.errors().encode(), part, within)

    def _read(self, stream, pieces):
        while piece := stream.read1():
            with self._changed:
                pieces.append(piece)
                self._changed.notify_all()
