"""The walkers of tests/sdk: what they must print, and the commands that run them."""

import json
import os
import subprocess

import pytest

from .server import ROOT

# As it was when the tests were collected: later it names certificates with which nothing could be
# fetched (see conftest.py).
_ENVIRONMENT = dict(os.environ)

_WALKERS = ROOT / "tests" / "sdk"

# What scripts/sdk-env.sh ends with when a language's own tools are missing.
_NO_TOOLS = 3


def languages():
    """Those that have a walker."""
    return sorted(entry.name for entry in _WALKERS.iterdir() if entry.is_dir())


def ready(language, within, script="sdk-env.sh"):
    """Makes a walker ready; gives its command. Skips the test when its tools are missing, except
    in CI, where nothing may be left out in silence. `script` is what makes it ready."""
    done = subprocess.run(
        [ROOT / "scripts" / script, language],
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within,
    )
    if done.returncode == _NO_TOOLS and os.environ.get("CI") != "true":
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, f"{script} {language}:\n{done.stderr}"
    return done.stdout.splitlines()


def run(command, environment, within):
    """Runs a walker; gives what it printed on stdout. Fails with all that it said unless it ended
    well and in time."""
    walker = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        printed, complained = walker.communicate(timeout=within)
        ended = f"ended with {walker.returncode}"
    except subprocess.TimeoutExpired:
        walker.kill()
        printed, complained = walker.communicate()
        ended = f"was still running after {within} s"
    if walker.returncode != 0:
        pytest.fail(f"the walker {ended}\n{printed}{complained}", pytrace=False)
    return printed


def steps():
    """The steps of the walk, in their order."""
    return _lines(_WALKERS / "steps.txt")


def impossible(language):
    """Steps that this SDK has no way to take."""
    path = _WALKERS / language / "none.txt"
    return set(_lines(path)) if path.exists() else set()


def expected(language):
    """How every step must have gone."""
    none = impossible(language)
    return [("none" if step in none else "ok", step) for step in steps()]


def taken(printed):
    """How every step went that a walker has printed."""
    reason = ": the SDK has no such method"
    went = [line.split(maxsplit=1) for line in printed.splitlines()]
    return [(how, step.removesuffix(reason) if how == "none" else step) for how, step in went]


def event_type(request):
    """The type of an operational webhook."""
    return json.loads(request.body)["type"]


def _lines(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
