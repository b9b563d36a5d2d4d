"""Requests as providers sign them, made by the script that computes the known answers: here and
now, for the address of a bin."""

import contextlib
import io
import json
import re

from .server import ROOT

SCRIPT = ROOT / "crates" / "signing" / "tests" / "provider_answers.py"
KNOWN = SCRIPT.with_suffix(".json")


def known():
    """The known answers as they are kept."""
    return json.loads(KNOWN.read_text(encoding="utf-8"))


def compute(now=None, url=None):
    """All requests, by name: signed at another moment and for another address, if wanted."""
    source = SCRIPT.read_text(encoding="utf-8")
    for name, value in (("NOW", now), ("URL", url)):
        if value is not None:
            source, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value!r}", source)
            assert found == 1, f"{SCRIPT} sets {name} {found} times"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, SCRIPT, "exec"), {})
    return {case["name"]: case for case in json.loads(printed.getvalue())}
