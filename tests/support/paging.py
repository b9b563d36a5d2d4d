"""Walks through a list in pages, forwards and back again, as a client does."""


def walk(page_at, count, limit=2):
    """Walks a list of `count` entries by `page_at(limit=…, iterator=…)`, there and back.

    Checks what every list promises, and gives the entries in the list's order:

    - pages are full until the last, and only the last says `done`;
    - `iterator` leads on, `prev_iterator` leads back to the very page before;
    - the end is no wall: a page after the last is empty, done, and has a cursor to come back by.
    """
    pages = []
    iterator = None
    while True:
        page = page_at(limit=limit, iterator=iterator)
        pages.append(page)
        if page.done:
            break
        assert len(page.data) == limit, "a page that is not the last is not full"
        assert page.iterator, "a list that goes on has a cursor"
        iterator = page.iterator
        assert len(pages) <= count, "the list does not end"
    entries = [entry for page in pages for entry in page.data]
    assert len(entries) == count
    assert len({identity(entry) for entry in entries}) == count, "an entry came twice"

    page = pages[-1]
    for expected in reversed(pages[:-1]):
        assert page.prev_iterator, "a page that is not the first has a way back"
        page = page_at(limit=limit, iterator=page.prev_iterator)
        assert [identity(entry) for entry in page.data] == [
            identity(entry) for entry in expected.data
        ]

    whole = page_at(limit=250, iterator=None)
    assert whole.done
    assert [identity(entry) for entry in whole.data] == [identity(entry) for entry in entries]
    if pages[-1].iterator:
        behind = page_at(limit=limit, iterator=pages[-1].iterator)
        assert behind.data == [] and behind.done
    return entries


def identity(entry):
    """What tells entries of one list apart."""
    return getattr(entry, "id", None) or entry.name
