"""Reads operations.json and holds answers against it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator

_FILE = Path(__file__).with_name("operations.json")

# Which errors the SDKs know. All but 422 have a code and a detail.
ERRORS = (400, 401, 403, 404, 405, 409, 413, 422, 429)

# What the server says where it has no path at all: not to be mistaken for a thing not found.
NO_SUCH_PATH = "there is nothing at this path"


# Successes that newer SDKs expect beside those that the older ones know.
_NEWER = {"v1.endpoint.rotate-secret": {200: "EndpointSecretOut"}}


@dataclass(frozen=True)
class Operation:
    """One of the 65."""

    id: str
    method: str
    path: str
    query: tuple
    body: bool
    success: dict  # status to the name of its schema; None: no body

    @property
    def parameters(self):
        """The names in the path."""
        return re.findall(r"{(\w+)}", self.path)

    def url(self, **values):
        """The path with these values in it, below /api/v1."""
        return self.path.removeprefix("/api/v1").format(**values)


def _read():
    document = json.loads(_FILE.read_text())
    operations = [
        Operation(
            id=entry["id"],
            method=entry["method"],
            path=entry["path"],
            query=tuple(entry["query"]),
            body=entry["body"],
            success={
                **{int(status): name for status, name in entry["success"].items()},
                **_NEWER.get(entry["id"], {}),
            },
        )
        for entry in document["operations"]
    ]
    return {operation.id: operation for operation in operations}, document["schemas"]


OPERATIONS, SCHEMAS = _read()


def mismatches(name, value):
    """Where a value is not what the schema of this name says, in words."""
    validator = Draft202012Validator(
        {"$ref": f"#/$defs/{name}", "$defs": SCHEMAS},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    return [
        f"{name}{error.json_path[1:]}: {error.message[:300]}"
        for error in validator.iter_errors(value)
    ]


def hold(operation, answer, status):
    """Fails unless the answer has this status and is shaped as the contract says; gives its JSON.

    None stands for no body.
    """
    where = f"{operation.id}: {operation.method} {answer.request.url}"
    said = f"{answer.status_code}: {answer.text[:500]}"
    assert not is_unrouted(answer), f"{where} is not routed: {said}"
    assert answer.status_code == status, f"{where} gave {said} instead of {status}"
    if status < 300:
        name = operation.success[status]
    else:
        assert status in ERRORS
        name = "HTTPValidationError" if status == 422 else "HttpErrorOut"
    if name is None:
        assert answer.content == b"", f"{where} gave a body: {said}"
        return None
    assert answer.headers["content-type"] == "application/json", f"{where}: {said}"
    wrong = mismatches(name, answer.json())
    assert not wrong, f"{where} gave {said}\n" + "\n".join(wrong)
    return answer.json()


def is_unrouted(answer):
    """Whether this answer says that there is no such path or no such method."""
    if answer.status_code == 405:
        return True
    return answer.status_code == 404 and NO_SUCH_PATH in answer.text
