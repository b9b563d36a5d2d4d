"""Our own OpenAPI document, taken at its word: schemathesis makes thousands of requests of it,
valid and not, and looks for answers that it does not allow.

Every check of schemathesis is on. Two are narrowed, in contract/fuzz_hooks.py: valid data may be
refused with 422 in fields whose rules no JSON Schema can express, and with 400 because of a state;
and a deleted event type may still be shown, because deleting archives it.

Every operation gets the same number of cases, however fast the machine is, so that the same seed
finds the same. HOOKWIRE_FUZZ_SEED is another seed than the usual one; with HOOKWIRE_FUZZ_SECONDS it
goes on for that long, with new cases.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from contract.world import built_on
from support.server import clean_environment

SECONDS = int(os.environ.get("HOOKWIRE_FUZZ_SECONDS", "0"))
SEED = int(os.environ.get("HOOKWIRE_FUZZ_SEED", "20261122"))

# Cases of an operation in one pass of the part that chooses at random.
CASES_OF_A_PASS = 10

# There are about 2,500 in one pass. Fewer than this, and most of the document was not tried.
CASES_MIN = 1500

# One pass takes a minute or two; a busy machine may take several times as long.
PASS_S = 600

HERE = Path(__file__).resolve().parent


def run(location, world, directory):
    """Runs schemathesis against the server; gives its finished process."""
    known = {
        "app_id": world.app,
        "endpoint_id": world.endpoint,
        "msg_id": world.message,
        "attempt_id": world.attempt,
        "event_type_name": "order.paid",
        "task_id": world.task,
        "operational_endpoint_id": world.operational,
        "bin_id": world.bin[0],
        "request_id": world.bin[1],
    }
    environment = {
        "SCHEMATHESIS_HOOKS": "contract.fuzz_hooks",
        "PYTHONPATH": str(HERE),
        "HOOKWIRE_FUZZ_RECEIVER": world.receiver.url("/fuzz"),
        "HOOKWIRE_FUZZ_KNOWN": json.dumps(known),
    }
    return subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            location,
            f"--url={world.server.url}",
            f"--header=Authorization: Bearer {world.owner.token}",
            "--checks=all",
            *([f"--max-time={SECONDS}"] if SECONDS else []),
            f"--max-examples={CASES_OF_A_PASS}",
            f"--seed={SEED}",
            "--generation-database=none",
            # It works with one hand only: with more it is no faster, and not the same twice.
            "--workers=1",
            "--request-timeout=30",
            "--suppress-health-check=all",
            "--warnings=off",
            # A stream has no end that could be waited for; test_bin_document.py and test_live.py have its answers.
            "--exclude-operation-id=hookwire.bin.stream",
            "--exclude-operation-id=hookwire.attempt.stream",
            "--exclude-operation-id=hookwire.attempt.stream-all",
            # The token is good for nothing but this server; so that a request can be made again.
            "--output-sanitize=false",
            "--no-color",
        ],
        cwd=directory,
        env=clean_environment(environment),
        capture_output=True,
        text=True,
        timeout=SECONDS + PASS_S,
    )


def test_every_answer_is_one_that_the_document_allows(new_server, tmp_path):
    server = new_server()
    with built_on(server) as world:
        done = run(f"{server.url}/api/v1/openapi.json", world, tmp_path)
    print(done.stdout, done.stderr)  # With the seed; shown when this fails.
    assert done.returncode == 0, f"seed {SEED}: see what schemathesis said"
    generated = int(re.search(r"(\d+) generated", done.stdout)[1])
    assert generated >= CASES_MIN, done.stdout[-2000:]
    assert server.is_running()
    log = server.log()
    assert "panicked" not in log
    assert world.owner.token not in log
