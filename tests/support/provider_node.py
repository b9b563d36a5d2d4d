"""The process of tests/providers, in which what providers publish for JavaScript runs."""

import json
import subprocess
import threading

from .server import clean_environment

# A call takes a millisecond; what hangs must not hang the tests.
_CALL_MAX_S = 30


class Node:
    """It runs until it is closed."""

    def __init__(self, command):
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            command,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self, name, *args):
        """Calls a function; gives what it gives."""
        timer = threading.Timer(_CALL_MAX_S, self._process.kill)
        timer.start()
        try:
            with self._lock:
                self._process.stdin.write(json.dumps({"name": name, "args": args}) + "\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
        finally:
            timer.cancel()
        assert line, f"the process for {name} has ended"
        answer = json.loads(line)
        assert "gives" in answer, f"{name}: {answer['fails']}"
        return answer["gives"]

    def close(self):
        """Ends it."""
        self._process.communicate(timeout=_CALL_MAX_S)
