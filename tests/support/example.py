"""The receivers of examples/receivers as processes: started, killed, started on the same data."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import threading

from . import sdk
from .ports import free_port
from .server import ROOT, clean_environment
from .wait import SOON, eventually

EXAMPLES = ROOT / "examples" / "receivers"

# Compiling SQLite and the cryptography for the first time takes minutes on a busy machine.
_MAKE_READY_S = 900

# What an example prints when the work that an event causes is done.
_WORKED = re.compile(r"\bworked (\S+)")


def languages():
    """Those that have an example."""
    return sorted(entry.name for entry in EXAMPLES.iterdir() if entry.is_dir())


class Example:
    """One example with data of its own; its address stays the same over all of its lives."""

    def __init__(self, language, directory, secret):
        self._commands = _commands(language)
        self._directory = directory
        self._port = free_port()
        self._environment = {
            "WEBHOOK_SECRET": secret,
            "WEBHOOK_LISTEN": f"127.0.0.1:{self._port}",
            "WEBHOOK_DATA": str(directory / "inbox"),
            # PHP's own server would take one request after the other.
            "PHP_CLI_SERVER_WORKERS": "4",
        }
        self._processes = []
        self._readers = []
        self._lines = []
        self._changed = threading.Condition()

    @property
    def url(self):
        """Where webhooks may be sent."""
        return f"http://127.0.0.1:{self._port}/"

    def start(self, work_s=0, may_end=False):
        """Starts it and waits until it listens; each event will take it so long to work on.

        Tells whether it listens: one that has ended by itself fails the test unless it `may_end`.
        """
        assert not self._processes, "it runs already"
        environment = clean_environment({**self._environment, "WEBHOOK_WORK_SECONDS": str(work_s)})
        for command in self._commands:
            process = subprocess.Popen(
                command,
                cwd=self._directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                # A group of its own: what it has started is killed with it.
                start_new_session=True,
            )
            self._processes.append(process)
            for stream in (process.stdout, process.stderr):
                reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
                reader.start()
                self._readers.append(reader)
        listens = eventually(self._settled, "the example listens, or ends") == "listens"
        assert listens or may_end, f"it has ended; it said\n{self.log()}"
        return listens

    def kill(self):
        """kill -9, now; nothing when it does not run."""
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):  # It has ended by itself.
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for reader in self._readers:
            reader.join(SOON)
        self._processes, self._readers = [], []

    def worked(self):
        """The ids of the events worked on in all of its lives, in order, as often as it did."""
        with self._changed:
            return _worked(self._lines)

    def wait_for_work(self, message, within=SOON):
        """Waits until it has worked on this message."""
        with self._changed:
            done = self._changed.wait_for(lambda: message in _worked(self._lines), within)
        assert done, f"{message} was not worked on in {within:g} s; it said\n{self.log()}"

    def log(self):
        """All that it printed in all of its lives."""
        with self._changed:
            return "".join(self._lines)

    def _settled(self):
        if any(process.poll() is not None for process in self._processes):
            return "ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0 and "listens"

    def _read(self, stream):
        for line in stream:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()


def _worked(lines):
    found = map(_WORKED.search, lines)
    return [match.group(1) for match in found if match]


def _commands(language):
    """The commands of its processes, each a list of words."""
    commands = [[]]
    for word in sdk.ready(language, _MAKE_READY_S, "receiver-env.sh"):
        if word:
            commands[-1].append(word)
        else:
            commands.append([])
    return commands
