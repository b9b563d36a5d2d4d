"""The real binary as a child process: started, killed, brought back on the same store."""

import os
import re
import signal
import subprocess
import threading
from pathlib import Path

from .ports import free_port
from .wait import SOON

ROOT = Path(__file__).resolve().parents[2]

# Signs the tokens that tests make themselves. Any text will do.
JWT_SECRET = "black-box-tests-sign-with-this-0123456789abcdef"

_LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")


def binary():
    """Where the binary under test is: $HOOKWIRE_BIN or the dev build."""
    if named := os.environ.get("HOOKWIRE_BIN"):
        return Path(named)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "debug" / "hookwire"


def clean_environment(extra=None):
    """This process's environment without any setting of Hookwire's, plus `extra`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("HOOKWIRE_")}
    for name in ("RUST_LOG", "SSL_CERT_FILE"):
        env.pop(name, None)
    env["NO_COLOR"] = "1"
    env.update(extra or {})
    return env


class Server:
    """One server with a store of its own; it may be stopped and started any number of times.

    `url` stays the same over all of its lives, so that clients need not be told.
    """

    def __init__(self, directory, dev=True, env=None, args=(), port=None):
        self.directory = Path(directory)
        self.store_file = self.directory / "hookwire.db"
        self.store = f"sqlite:{self.store_file}"
        self.port = free_port() if port is None else port
        self.process = None
        self._args = ["--dev"] if dev else []
        self._args += list(args)
        self._env = {"HOOKWIRE_JWT_SECRET": JWT_SECRET, **(env or {})}
        self._env = {name: value for name, value in self._env.items() if value is not None}
        self._lines = []
        self._changed = threading.Condition()
        self._readers = []
        self._reading = 0
        self._mark = 0

    # ---- life -------------------------------------------------------------------------------

    def start(self, within=SOON, preexec=None):
        """Starts it and waits until it listens."""
        assert self.process is None, "the server runs already"
        begin = len(self._lines)
        self.process = subprocess.Popen(
            [binary(), "serve", "--listen", f"127.0.0.1:{self.port}", "--store", self.store]
            + self._args,
            cwd=self.directory,
            env=clean_environment(self._env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=preexec,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(stream, name), daemon=True)
            for name, stream in (("out", self.process.stdout), ("err", self.process.stderr))
        ]
        self._reading = len(self._readers)
        for reader in self._readers:
            reader.start()
        found = self._wait_for(_LISTENING, within, begin, stream="out")
        self.port = int(found.group(1))
        return self

    def kill(self):
        """kill -9, now."""
        self._end(signal.SIGKILL, SOON)

    def terminate(self, within=SOON):
        """SIGTERM; gives the exit code."""
        return self._end(signal.SIGTERM, within)

    def stop(self):
        """Ends it if it still runs, in whatever way."""
        if self.process is not None:
            self.kill()

    def is_running(self):
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def refuses_to_start(self, within=SOON):
        """Starts it in the expectation that it ends by itself at once; gives what it said."""
        try:
            self.start(within)
        except AssertionError:
            code = self.process.wait(within)
            assert code not in (0, 101), f"it ended with {code}\n{self.tail()}"
            assert "panicked" not in self.log()
            return self.log()
        raise AssertionError("it has started")

    def _end(self, sent, within):
        process, self.process = self.process, None
        process.send_signal(sent)
        try:
            code = process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            problem = f"still running {within:g} s after {sent.name}\n{self.tail()}"
            raise AssertionError(problem) from None
        for reader in self._readers:
            reader.join(SOON)
        return code

    # ---- talking to it ----------------------------------------------------------------------

    @property
    def url(self):
        """Where its API is."""
        return f"http://127.0.0.1:{self.port}"

    def cli(self, *args, env=None, stdin=None, within=30, check=True):
        """Runs one of the binary's other commands; gives its finished process."""
        done = subprocess.run(
            [binary(), *args],
            cwd=self.directory,
            env=clean_environment({**self._env, **(env or {})}),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=within,
        )
        if check and done.returncode != 0:
            raise AssertionError(
                f"hookwire {' '.join(args)} ended with {done.returncode}\n"
                f"{done.stdout}\n{done.stderr}"
            )
        return done

    def token(self, *args):
        """A token as `hookwire token` prints it."""
        return self.cli("token", "--store", self.store, *args).stdout.strip()

    # ---- its log ----------------------------------------------------------------------------

    def log(self):
        """All that it printed in all of its lives, both streams."""
        with self._changed:
            return "\n".join(line for _, line in self._lines)

    def printed(self):
        """What it printed on stdout alone."""
        with self._changed:
            return "\n".join(line for stream, line in self._lines if stream == "out")

    def logged(self):
        """What it printed on stderr alone."""
        with self._changed:
            return "\n".join(line for stream, line in self._lines if stream == "err")

    def mark(self):
        """From here on the log belongs to another test."""
        self._mark = len(self._lines)

    def tail(self, lines=40):
        """The end of this test's log."""
        with self._changed:
            return "\n".join(line for _, line in self._lines[self._mark :][-lines:])

    def wait_for_log(self, pattern, within=SOON):
        """Waits until a line matches; gives the match."""
        return self._wait_for(re.compile(pattern), within, 0)

    def _wait_for(self, pattern, within, begin, stream=None):
        found = None

        def matches():
            nonlocal found
            for name, line in self._lines[begin:]:
                found = pattern.search(line)
                if found and stream in (None, name):
                    return True
            found = None
            return self._reading == 0

        with self._changed:
            self._changed.wait_for(matches, within)
        if found:
            return found
        state = "runs" if self.is_running() else "has ended"
        raise AssertionError(
            f"the server ({state}) did not print /{pattern.pattern}/ in {within:g} s\n{self.tail()}"
        )

    def _read(self, stream, name):
        for raw in stream:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            with self._changed:
                self._lines.append((name, line))
                self._changed.notify_all()
        with self._changed:
            self._reading -= 1
            self._changed.notify_all()
