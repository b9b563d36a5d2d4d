"""What a refused request looks like, and what it must leave behind: nothing."""

# Stands in payloads, headers and metadata, and must not come up in any log or error.
MARKER = "marker-7c1e0b52"


def assert_shape(answer, status):
    """The documented shape of an error."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:500]}"
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    if status == 422:
        assert set(body) == {"detail"}
        assert body["detail"], "an error that says nothing"
        for problem in body["detail"]:
            assert set(problem) == {"loc", "msg", "type"}
            assert problem["loc"][0] in ("body", "query", "path", "header")
            assert problem["msg"] and problem["type"]
    else:
        assert set(body) == {"code", "detail"}
        assert isinstance(body["code"], str) and body["code"]
        assert isinstance(body["detail"], str) and body["detail"]
    assert MARKER not in answer.text, "an error repeats what was sent"


def everything(tenant):
    """All that the tenant has, as lists show it."""
    app = tenant.app_id
    paths = ["/app", "/event-type", f"/app/{app}/endpoint", f"/app/{app}/msg", "/background-task"]
    lists = {}
    for path in paths:
        answer = tenant.http.get(path, params={"limit": 250})
        assert answer.status_code == 200, answer.text
        lists[path] = answer.json()["data"]
    return lists
