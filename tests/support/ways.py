"""The same field through every door that it can come in by: what is refused at one must be refused
at all."""

from dataclasses import dataclass

from .refusal import assert_shape

URL = "http://127.0.0.1:1/"


@dataclass(frozen=True)
class Way:
    """A request that carries the field somewhere in its body."""

    method: str
    path: str
    body: dict
    place: tuple = ()  # where in the body the field goes

    def ask(self, tenant, field, value):
        """Sends it with this value in the field."""
        body = _with(self.body, (*self.place, field), value)
        return tenant.http.request(self.method, self.path, json=body)

    def refuses(self, tenant, field, cases):
        """Fails unless every one of the values (name to value) is refused at this field."""
        accepted = []
        for name, value in cases.items():
            answer = self.ask(tenant, field, value)
            if answer.status_code < 300:
                accepted.append(name)
            else:
                assert_points_to(answer, ["body", *self.place, field], name)
        assert not accepted, f"{self} took {accepted}"

    def __str__(self):
        return f"{self.method} {self.path} {'.'.join(self.place)}".strip()


def assert_points_to(answer, place, case=""):
    """Fails unless the request was refused because of what is at this place."""
    assert_shape(answer, 422)
    places = [problem["loc"] for problem in answer.json()["detail"]]
    assert place in [found[: len(place)] for found in places], f"{case}: it points to {places}"


def _with(body, place, value):
    first, *rest = place
    return {**body, first: _with(body.get(first, {}), rest, value) if rest else value}


MESSAGE = {"eventType": "order.paid", "payload": {}}
NEW_APP = {"name": "A", "uid": "fresh"}

# Through which an application's own fields come. `untouched` has `acme` and `hook`.
OF_APPLICATIONS = [
    Way("POST", "/app", {"name": "A"}),
    Way("PUT", "/app/fresh", {"name": "A"}),
    Way("PUT", "/app/acme", {"name": "A"}),
    Way("PATCH", "/app/acme", {}),
    Way("POST", "/app/fresh/msg", {**MESSAGE, "application": NEW_APP}, ("application",)),
    Way("POST", "/auth/app-portal-access/fresh", {"application": NEW_APP}, ("application",)),
]

OF_ENDPOINTS = [
    Way("POST", "/app/acme/endpoint", {"url": URL}),
    Way("PUT", "/app/acme/endpoint/fresh", {"url": URL}),
    Way("PUT", "/app/acme/endpoint/hook", {"url": URL}),
    Way("PATCH", "/app/acme/endpoint/hook", {}),
]

OF_OPERATIONAL_ENDPOINTS = [
    Way("POST", "/operational-webhook/endpoint", {"url": URL}),
    Way("PUT", "/operational-webhook/endpoint/fresh", {"url": URL}),
]
