"""Waiting for a condition with a deadline, the one way in which these tests wait."""

import time

# How long a thing that should happen at once may take on a busy machine with two cores.
SOON = 15.0

_PAUSE = 0.02


def eventually(condition, what, within=SOON):
    """Asks `condition` until it gives something true, and returns that.

    An AssertionError that the condition raises counts as "not yet"; the last one is shown when
    the deadline passes.
    """
    deadline = time.monotonic() + within
    while True:
        reason = None
        try:
            result = condition()
            if result:
                return result
        except AssertionError as error:
            reason = error
        if time.monotonic() >= deadline:
            detail = f": {reason}" if reason else ""
            raise AssertionError(f"not within {within:g} s: {what}{detail}") from reason
        time.sleep(_PAUSE)
