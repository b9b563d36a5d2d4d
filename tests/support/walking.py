"""Reads a long list to its end and back again while it grows, as somebody does who exports it."""

PAGE = 250


def page(tenant, path, **query):
    """One page of a list, as JSON."""
    query = {name: value for name, value in query.items() if value is not None}
    answer = tenant.http.get(path, params={"limit": PAGE, **query})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert len(shown["data"]) <= PAGE
    return shown


def forwards(tenant, path, **query):
    """Every entry from the first page to the one that says `done`, and the way back from there."""
    entries, iterator = [], None
    while True:
        shown = page(tenant, path, iterator=iterator, **query)
        entries += shown["data"]
        if shown["done"]:
            return entries, shown["prevIterator"]
        assert shown["data"], "an empty page that is not the last"
        assert shown["iterator"] != iterator, "the walk stands still"
        iterator = shown["iterator"]


def backwards(tenant, path, iterator, **query):
    """Every entry before this place, in the order of the list; to where nothing comes before."""
    entries = []
    while True:
        shown = page(tenant, path, iterator=iterator, **query)
        entries = shown["data"] + entries
        if len(shown["data"]) < PAGE:
            return entries
        assert shown["prevIterator"] != iterator, "the walk stands still"
        iterator = shown["prevIterator"]


def there_and_back(tenant, path, descending, **query):
    """Both walks, held against each other and against what every list promises.

    Gives what was seen on the way there, in the list's order.
    """
    there, turning = forwards(tenant, path, **query)
    # The last page is not before itself.
    back = backwards(tenant, path, turning, **query) + there[-_last_page(there, turning) :]
    for entries in (there, back):
        ids = [entry["id"] for entry in entries]
        assert len(set(ids)) == len(ids), "an entry came twice"
        assert ids == sorted(ids, reverse=descending), "the order is not that of the ids"
    came = {entry["id"] for entry in there}
    again = [entry for entry in back if entry["id"] in came]
    assert [entry["id"] for entry in again] == [entry["id"] for entry in there]
    return there


def _last_page(entries, turning):
    """How many entries the last page had: those from the one that the way back begins at."""
    ids = [entry["id"] for entry in entries]
    return len(ids) - ids.index(turning.removeprefix("-"))
