"""The whole table, and what the plain server of all its hosts does."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from scraper import urls
from tests.fetch.answers import Behaviour
from tests.matrix import content, fields, heavy, onward, sockets, transport
from tests.matrix.row import Row, told

PARTS = (transport, onward, content, heavy, fields, sockets)
ROWS: tuple[Row, ...] = tuple(row for part in PARTS for row in part.ROWS)
GOOD = "good.example"
NEIGHBOURS = tuple(f"/good-{n}" for n in range(8))
# What is asked for on the way.
STEPS: dict[str, Behaviour] = {
    **transport.STEPS,
    **onward.STEPS,
    **content.STEPS,
    **sockets.STEPS,
}


def feed(links: Iterable[str]) -> bytes:
    """A feed that announces `links`, as a whole answer."""
    items = "".join(f"<item><title>t</title><link>{link.replace('&', '&amp;')}</link></item>" for link in links)
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def forms(row: Row) -> set[str]:
    """The paths of a row's first address: as it stands, and as the program writes it."""
    split = urlsplit(urls.canonical(row.urls[0]))
    return {row.asked[0], split.path + (f"?{split.query}" if split.query else "")}


def paths() -> dict[str, Behaviour]:
    """Every path of the plain server: rows, steps, feeds, and the good neighbour's articles."""
    plain = {path: row.behaviour for row in ROWS if row.server == "main" for path in forms(row)}
    feeds: dict[str, Behaviour] = {f"/feeds/{row.id}": feed(dict.fromkeys(row.urls)) for row in ROWS}
    good: dict[str, Behaviour] = {path: told(path[1:], title=f"Article {path}") for path in NEIGHBOURS}
    feeds["/feeds/good"] = feed(f"http://{GOOD}{path}" for path in NEIGHBOURS)
    return {**STEPS, **plain, **feeds, **good}
