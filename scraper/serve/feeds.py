"""Edits as Atom feeds (RFC 4287), with the difference in each entry as HTML that feed readers show.

Everything in them comes from strangers: text goes through an XML writer, characters that XML 1.0 cannot hold are left
out, and the difference is an escaped fragment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scraper.hits import Hit
from scraper.reports import Change
from scraper.serve import edits, finding
from scraper.serve.api import KINDS, WANTED, wanted
from scraper.serve.endpoint import Reply, Values, respond_with
from scraper.serve.problems import not_found
from scraper.serve.site import Site
from scraper.serve.standing import outlet_shapes

ATOM: Final = "http://www.w3.org/2005/Atom"
ENTRIES: Final = 50
RECENT: Final = timedelta(days=30)  # how old an article may be that a saved search still tells of
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
MEDIA: Final = "application/atom+xml; charset=utf-8"
# What XML 1.0 (section 2.2) has no way to write.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
register_namespace("", ATOM)


def routes(site: Site) -> list[Route]:
    """`/feeds/changes.atom`, and the same of one outlet or kind."""

    def feed_of(key: str | None) -> Route:
        async def respond(request: Request) -> Response:
            values = {one.name: one.take(request.query_params.getlist(one.name)) for one in WANTED}
            if key:
                values |= {key: _named(site, key, request.path_params["name"])}
            reply = await run_in_threadpool(_feed, site, values, str(request.base_url), str(request.url))
            return respond_with(request, reply)

        path = {None: "/feeds/changes.atom", "outlet": "/feeds/outlets/{name}.atom", "kind": "/feeds/kinds/{name}.atom"}
        return Route(path[key], respond, methods=["GET"])

    async def searched(request: Request) -> Response:
        values = {one.name: one.take(request.query_params.getlist(one.name)) for one in finding.FIELDS}
        reply = await run_in_threadpool(_searched, site, values, str(request.base_url), str(request.url))
        return respond_with(request, reply)

    search = Route("/feeds/search.atom", searched, methods=["GET"])
    return [feed_of(None), feed_of("outlet"), feed_of("kind"), search]


def _named(site: Site, key: str, name: str) -> str:
    known = KINDS if key == "kind" else [one.id for one in outlet_shapes(site)]
    if name not in known:
        raise not_found(key)
    return name


def _feed(site: Site, values: Values, base: str, own: str) -> Reply:
    found = site.library.edits(wanted(site, values), None, ENTRIES).items
    return Reply(body=atom(site, _title(values), found, base, own), media=MEDIA)


def _title(values: Values) -> str:
    """What this feed is about, in words."""
    what = " ".join(filter(None, ["stealth" if values["stealth"] else "", values["kind"] or "", "edits"]))
    where = f" at {values['outlet']}" if values["outlet"] else f" in {values['language']}" if values["language"] else ""
    return f"{what.capitalize()}{where}"


def atom(site: Site, title: str, changes: Sequence[Change], base: str, own: str) -> bytes:
    """The feed as bytes. `base` is where this service is asked for, `own` the address of the feed itself."""
    feed = _begun(title, base, own, changes[0].at if changes else None)
    for change in changes:
        feed.append(_entry(site, change, base))
    return _written(feed)


def _begun(title: str, base: str, own: str, updated: datetime | None) -> Element:
    feed = Element(f"{{{ATOM}}}feed")
    _text(feed, "title", title)
    _text(feed, "id", own)
    SubElement(feed, f"{{{ATOM}}}link", {"rel": "self", "href": own, "type": "application/atom+xml"})
    SubElement(feed, f"{{{ATOM}}}link", {"rel": "alternate", "href": base, "type": "text/html"})
    _text(feed, "updated", _stamp(updated or _NEVER))
    _text(feed, "generator", "scraper")
    return feed


def _written(feed: Element) -> bytes:
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _searched(site: Site, values: Values, base: str, own: str) -> Reply:
    """What a search finds among the articles of the last days, the newest capture first."""
    recent = finding.asked(values).narrowed(after=(site.now() - RECENT).date())
    found = finding.find(site, recent, ENTRIES, None).hits
    hits = sorted(found, key=lambda hit: (hit.captured_at or _NEVER, hit.article_id), reverse=True)
    feed = _begun(f"Search: {values['q']}", base, own, hits[0].captured_at if hits else None)
    for hit in hits:
        feed.append(_hit(hit, base))
    return Reply(body=_written(feed), media=MEDIA)


def _hit(hit: Hit, base: str) -> Element:
    entry = Element(f"{{{ATOM}}}entry")
    _text(entry, "title", hit.title.text or hit.url)
    _text(entry, "id", f"urn:scraper:{hit.article_id}:{hit.version}")
    _text(entry, "updated", _stamp(hit.captured_at or _NEVER))
    _text(SubElement(entry, f"{{{ATOM}}}author"), "name", hit.outlet)
    page = f"{base}articles/{hit.article_id}?version={hit.version}"
    SubElement(entry, f"{{{ATOM}}}link", {"rel": "alternate", "href": page, "type": "text/html"})
    SubElement(entry, f"{{{ATOM}}}link", {"rel": "via", "href": _writable(hit.url)})
    _text(entry, "content", hit.snippet.text if hit.snippet else "")
    return entry


def _entry(site: Site, change: Change, base: str) -> Element:
    entry = Element(f"{{{ATOM}}}entry")
    kinds = ", ".join(change.kinds) + (" (stealth)" if change.stealth else "")
    _text(entry, "title", f"{change.title or change.url} [{kinds}]")
    _text(entry, "id", f"urn:scraper:{change.article_id}:{change.version}")
    _text(entry, "updated", _stamp(change.at))
    _text(SubElement(entry, f"{{{ATOM}}}author"), "name", change.outlet)
    page = f"{base}articles/{change.article_id}?version={change.version}"
    SubElement(entry, f"{{{ATOM}}}link", {"rel": "alternate", "href": page, "type": "text/html"})
    SubElement(entry, f"{{{ATOM}}}link", {"rel": "via", "href": _writable(change.url)})
    for kind in change.kinds:
        SubElement(entry, f"{{{ATOM}}}category", {"term": kind})
    html = edits.fragment(site, change)
    _text(entry, "content", html or f"<p>{kinds}: version {change.version}</p>", {"type": "html"})
    return entry


def _text(parent: Element, name: str, text: str, attributes: dict[str, str] | None = None) -> None:
    SubElement(parent, f"{{{ATOM}}}{name}", attributes or {}).text = _writable(text)


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
