"""Who may look at a bin and who may change it: owners, guests with a link, and nobody else."""

import httpx
import pytest

from support.bin import kept, make, values
from support.follower import Follower
from support.tokens import claims_of, new_id


@pytest.fixture
def bin(tenant):
    return make(tenant)


def ids(entries):
    return [entry["id"] for entry in entries]


def reads(bin, capture):
    """Every way to look at a bin."""
    of = f"/bin/{bin.id}/request/{capture}"
    return [
        f"/bin/{bin.id}",
        f"/bin/{bin.id}/request",
        f"/bin/{bin.id}/har",
        of,
        f"{of}/body",
        f"{of}/curl",
    ]


def writes(bin, capture, url):
    """Every way to change or use one."""
    of = f"/bin/{bin.id}/request/{capture}"
    return [
        ("PATCH", f"/bin/{bin.id}", {"name": "Mine"}),
        ("POST", f"/bin/{bin.id}/share", {}),
        ("DELETE", f"/bin/{bin.id}/share", None),
        ("POST", f"{of}/replay", {"url": url}),
        ("POST", f"/bin/{bin.id}/replay", {"requests": [capture], "url": url}),
        ("POST", f"{of}/answer", {"status": 200}),
        ("DELETE", of, None),
        ("DELETE", f"/bin/{bin.id}/request", None),
        ("DELETE", f"/bin/{bin.id}", None),
    ]


def test_a_share_link_reads_and_ends(bin, receiver):
    capture = kept(bin.send(b"shared"))
    owner = bin.tenant.http
    made = owner.post(f"/bin/{bin.id}/share", json={"expiresInSeconds": 3600})
    assert made.status_code == 200, made.text
    link = made.json()
    assert link["url"] == f"{bin.server.url}/shared#{bin.id}:{link['token']}"
    base = f"{bin.server.url}/api/v1"
    guest = {"authorization": f"Bearer {link['token']}"}
    other = make(bin.tenant)
    kept_there = kept(other.send(b"not shared"))
    with httpx.Client(base_url=base, headers=guest, timeout=30) as http:
        for path in reads(bin, capture):
            assert http.get(path).status_code == 200, path
        with Follower(bin, token=link["token"], query="?after=beginning") as follower:
            assert follower.wait_for(1)[0][0] == capture
            for method, path, body in writes(bin, capture, receiver.url("/x")):
                assert http.request(method, path, json=body).status_code == 403, path
            for path in reads(other, kept_there):
                assert http.get(path).status_code in (403, 404), path
            for path in ("/app", "/event-type", "/auth/key"):
                assert http.get(path).status_code == 403, path
            assert ids(http.get("/bin").json()["data"]) == [bin.id]
            assert owner.delete(f"/bin/{bin.id}/share").status_code == 204
            for path in reads(bin, capture):
                assert http.get(path).status_code == 401, path
    assert ids(bin.captures()) == [capture] and receiver.count() == 0
    with Follower(bin, token=link["token"]) as ended:
        assert ended.status == 401


def test_a_share_link_does_not_listen(bin):
    """Senders would wait for somebody who cannot answer them."""
    link = bin.tenant.http.post(f"/bin/{bin.id}/share").json()
    with Follower(bin, token=link["token"], query="?listen=true") as listener:
        assert listener.status == 403


def test_a_share_link_lasts_as_long_as_it_may(bin):
    for seconds in (0, 59, -1, 31_536_001, "x", 1.5):
        made = bin.tenant.http.post(f"/bin/{bin.id}/share", json={"expiresInSeconds": seconds})
        assert made.status_code == 422, seconds
    assert bin.tenant.http.post(f"/bin/{bin.id}/share").status_code == 200
    links = 1
    while (made := bin.tenant.http.post(f"/bin/{bin.id}/share")).status_code == 200:
        links += 1
        assert links <= 20
    assert made.status_code == 400 and made.json()["code"] == "limit_reached"
    assert links == 20


def test_other_tenants_and_other_credentials(tenant, new_tenant, receiver):
    bin = make(tenant)
    capture = kept(bin.send(b"mine"))
    stranger = new_tenant(tenant.server)
    for path in [*reads(bin, capture), f"/bin/{bin.id}/stream"]:
        assert stranger.http.get(path).status_code == 404, path
    for method, path, body in writes(bin, capture, receiver.url("/x")):
        assert stranger.http.request(method, path, json=body).status_code == 404, path
    assert stranger.http.get("/bin").json()["data"] == []

    app = tenant.app()
    portal = tenant.http.post(f"/auth/app-portal-access/{app}", json={}).json()["token"]
    organization = claims_of(tenant.token)["sub"]
    base = f"{tenant.server.url}/api/v1"
    for token in (portal, tenant.server.token("--org", organization, "--app", app)):
        with httpx.Client(base_url=base, headers={"authorization": f"Bearer {token}"}) as http:
            for path in [*reads(bin, capture), "/bin", f"/bin/{bin.id}/stream"]:
                assert http.get(path).status_code == 403, path
            for method, path, body in writes(bin, capture, receiver.url("/x")):
                assert http.request(method, path, json=body).status_code == 403, path
            assert http.post("/bin", json={}).status_code == 403
    for path in [*reads(bin, capture), "/bin", f"/bin/{bin.id}/stream"]:
        assert httpx.get(base + path).status_code == 401, path
    assert ids(bin.captures()) == [capture] and receiver.count() == 0


def test_names_of_nothing(bin):
    capture = kept(bin.send(b"x"))
    http = bin.tenant.http
    for path in (
        f"/bin/{new_id('bin')}",
        f"/bin/{new_id('bin')}/request",
        f"/bin/{bin.id}/request/{new_id('cap')}",
        f"/bin/{bin.id}/request/{new_id('cap')}/body",
        f"/bin/{capture}",
        f"/bin/{bin.id}/request/{bin.id}",
        "/bin/x",
        f"/bin/{bin.id}/request/../../app",
    ):
        assert http.get(path).status_code in (404, 422), path
    assert values(bin.get(capture), "content-length") == ["1"]
