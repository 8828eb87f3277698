"""The JSON API: everything the archive knows, to read. Each endpoint is data, see `endpoint.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, cast, get_args

from scraper import urls
from scraper.errors import ArchiveDamaged, UrlError
from scraper.model import EditKind, Entry, Snapshot
from scraper.reports import Place, Wanted
from scraper.serve import endpoint as take
from scraper.serve import finding, standing
from scraper.serve.endpoint import Endpoint, Field, Reply, Values
from scraper.serve.problems import Problem, bad, not_found
from scraper.serve.shapes import (
    ArticleShape,
    ArticlesShape,
    ChangesShape,
    CopiesShape,
    CopyShape,
    DiffShape,
    EditionShape,
    FoundShape,
    IndexShape,
    RouteShape,
    RowShape,
    VersionShape,
    VersionsShape,
    VisitShape,
    VisitsShape,
)
from scraper.serve.site import Site
from scraper.serve.standing import OutletShape, OutletsShape, StatusShape

ROOT: Final = "/api/v1"
DOCS: Final = f"{ROOT}/docs"
OPENAPI: Final = f"{ROOT}/openapi.json"
# What `asking.py` answers, as it is described.
FETCHING: Final[tuple[tuple[Literal["GET", "POST"], str, str], ...]] = (
    ("POST", f"{ROOT}/fetch", "Fetch a URL now and archive it."),
    ("GET", f"{ROOT}/fetch/{{job}}", "How a fetch is going."),
)
PAGE: Final = 50
MOST: Final = 200
TEXT: Final = "text/plain; charset=utf-8"
WARC: Final = "application/warc"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Microseconds until the year 5138: no place is later, and none overflows.
_CURSOR = re.compile(r"([0-9]{1,17})-([0-9a-f]{16})-([0-9]{1,9})", re.ASCII)
KINDS: Final = cast("tuple[str, ...]", get_args(EditKind))
_PLACE: Final[take.Schema] = {"type": "string", "pattern": "^[0-9]{1,17}-[0-9a-f]{16}-[0-9]{1,9}$"}
_URL: Final[take.Schema] = {
    "type": "string",
    "format": "uri",
    "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://",
    "maxLength": take.LONGEST,
}

# ------------------------------------------------------------------------------------------------ what is asked

_ID: Final = Field("id", "The id of an article: 16 hex digits.", take.article_id, take.ID, "path", what="article")
_N: Final = Field("n", "The number of a version, from 0.", take.number, take.NUMBER, "path", what="version")
_LIMIT: Final = Field(
    "limit", f"How many to give; what is above {MOST} or below 1 is brought within.", take.up_to(MOST), take.COUNT,
    default=PAGE,
)  # fmt: skip
_OUTLET: Final = Field("outlet", "Of this outlet only.", take.plain, take.PLAIN)


def cursor_of(place: Place | None) -> str | None:
    """A place in the list of edits, as a plain word."""
    if place is None:
        return None
    return f"{(place.at - _EPOCH) // timedelta(microseconds=1)}-{place.article_id}-{place.version}"


def place_of(text: str) -> Place:
    """The inverse of `cursor_of`. Raises ValueError for anything else."""
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise ValueError("is what another page of this list gave as `next`")
    return Place(_EPOCH + timedelta(microseconds=int(match[1])), match[2], int(match[3]))


WANTED: Final = (
    _OUTLET,
    Field("language", "Of outlets in this language only, such as `en`.", take.language, take.LANGUAGE),
    Field("kind", "Of this kind only.", take.one_of(*KINDS), take.words(*KINDS)),
    Field("stealth", "Only those made in silence.", take.flag, take.FLAG, default=False),
    Field("since", "Captured from then on; in UTC if no zone is named.", take.moment, take.WHEN),
    Field("until", "Captured before then.", take.moment, take.WHEN),
)


def wanted(site: Site, values: Values) -> Wanted:
    """The edits that the values of `WANTED` ask for."""
    outlets = frozenset({values["outlet"]}) if values["outlet"] else None
    if language := values["language"]:
        speaking = frozenset(one.id for one in site.outlets().values() if one.language == language)
        outlets = speaking if outlets is None else outlets & speaking
    kinds = frozenset({cast("EditKind", values["kind"])}) if values["kind"] else frozenset[EditKind]()
    return Wanted(values["since"], values["until"], outlets, kinds, values["stealth"])


# ------------------------------------------------------------------------------------------------ what is told


def entry_of(site: Site, article_id: str) -> Entry:
    """The article. Raises Problem."""
    found = site.library.entry(article_id)
    if found is None:
        raise not_found("article")
    return found


def snapshot_of(site: Site, article_id: str, version: int) -> Snapshot:
    """One version of an article. Raises Problem, also for one that is damaged: its neighbours may be whole."""
    try:
        found = site.library.snapshot(article_id, version)
        if found:
            site.library.text(found)
    except ArchiveDamaged as error:
        said = f"version {version} is damaged ({error.path.name}); `scraper verify` says more"
        raise Problem(503, "archive", said) from error
    if found is None:
        raise not_found("version")
    return found


def _index(_site: Site, _values: Values) -> Reply:
    asked = (*(("GET", one.path, one.summary) for one in ENDPOINTS), *FETCHING)
    first = (DOCS, OPENAPI, f"{ROOT}/status", f"{ROOT}/changes", "/feeds/changes.atom")
    return Reply(IndexShape(*first, tuple(RouteShape(*one) for one in asked)))


def _articles(site: Site, values: Values) -> Reply:
    if values["url"] is not None:
        return Reply(ArticlesShape(tuple(map(ArticleShape.of, found_under(site, values["url"]))), None))
    found = site.library.articles(values["outlet"], values["cursor"], values["limit"])
    more = found[-1].id if len(found) == values["limit"] else None
    return Reply(ArticlesShape(tuple(map(ArticleShape.of, found)), more))


def found_under(site: Site, url: str) -> list[Entry]:
    """The article known under any form of `url`, or none. Raises Problem for what is no address."""
    known = site.outlets()
    outlet = cast("Any", known).for_url(url) if hasattr(known, "for_url") else None
    try:
        entry = site.library.find(urls.canonical(url), outlet)
    except UrlError as error:
        raise bad("url", str(error)) from None
    return [entry] if entry else []


def _article(site: Site, values: Values) -> Reply:
    return Reply(ArticleShape.of(entry_of(site, values["id"])))


def _versions(site: Site, values: Values) -> Reply:
    entry = entry_of(site, values["id"])
    items = tuple(map(EditionShape.of, site.library.editions(entry.id)))
    return Reply(VersionsShape(ArticleShape.of(entry), items))


def _version(site: Site, values: Values) -> Reply:
    snapshot = snapshot_of(site, entry_of(site, values["id"]).id, values["n"])
    form = values["format"] or _preferred(values["accept"])
    name = snapshot.path.rpartition("/")[2]
    if form == "text":
        return Reply(body=site.library.text(snapshot).encode(), media=TEXT,
                     headers=take.BY_ACCEPT | {"Content-Disposition": f'inline; filename="{name}"'})  # fmt: skip
    if form == "warc":
        name = f"{snapshot.article_id}-{snapshot.version:03d}.warc.gz"
        return Reply(stream=site.library.records(snapshot), media=WARC,
                     headers=take.BY_ACCEPT | {"Content-Disposition": f'attachment; filename="{name}"',
                                           "Content-Security-Policy": "sandbox; default-src 'none'"})  # fmt: skip
    sidecar = json.loads(site.library.sidecar(snapshot))
    return Reply(VersionShape.of(snapshot, site.library.text(snapshot), sidecar), headers=take.BY_ACCEPT)


def _preferred(accept: str) -> str:
    """`text` or `warc` for who asks for just that; JSON for everybody else."""
    kind = accept.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0].strip().lower()
    return {"text/plain": "text", WARC: "warc"}.get(kind, "json")


def _visits(site: Site, values: Values) -> Reply:
    entry = entry_of(site, values["id"])
    seen = site.library.visits(entry.id, values["limit"] + 1)
    kept = tuple(map(VisitShape.of, reversed(seen[-values["limit"] :])))
    return Reply(VisitsShape(kept, len(seen) > len(kept)))


def _copies(site: Site, values: Values) -> Reply:
    entry = entry_of(site, values["id"])
    return Reply(CopiesShape(tuple(map(CopyShape.of, site.library.copies(entry.id)))))


def _changes(site: Site, values: Values) -> Reply:
    found = site.library.edits(wanted(site, values), values["cursor"], values["limit"])
    return Reply(ChangesShape.of(found.items, cursor_of(found.next)))


def _diff(site: Site, values: Values) -> Reply:
    entry = entry_of(site, values["article"])
    last = entry.latest or 0
    new = snapshot_of(site, entry.id, last if values["to"] is None else values["to"])
    old = snapshot_of(site, entry.id, max(0, new.version - 1) if values["from"] is None else values["from"])
    found = site.differ.between(old.article, new.article)
    rows = tuple(map(RowShape.of, cast("list[dict[str, object]]", found.data()["rows"])))
    return Reply(DiffShape(entry.id, old.version, new.version, found.changed, found.coarse, rows, found.html()))


def _cursor(read: Callable[[str], object], schema: take.Schema) -> Field:
    return Field("cursor", "What the page before gave as `next`.", read, schema)


INDEX: Final = Endpoint(ROOT, "What can be asked here; a browser is led to the page that describes it.", _index,
                        IndexShape, page=DOCS)  # fmt: skip
ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    INDEX,
    Endpoint(
        f"{ROOT}/articles", "Articles in order of their ids, or the one known under any form of a URL.", _articles,
        ArticlesShape,
        (_OUTLET, Field("url", "Any form of an article's URL.", take.plain, _URL), _cursor(take.article_id, take.ID),
         _LIMIT),
    ),
    Endpoint(f"{ROOT}/articles/{{id}}", "One article.", _article, ArticleShape, (_ID,), missing="article"),
    Endpoint(
        f"{ROOT}/articles/{{id}}/versions", "Its versions, oldest first.", _versions, VersionsShape, (_ID,),
        missing="article",
    ),
    Endpoint(
        f"{ROOT}/articles/{{id}}/versions/{{n}}",
        "One version: JSON, or the text or the WARC records it was read from by `format` or `Accept`.",
        _version, VersionShape,
        (_ID, _N, Field("format", "In which form.", take.one_of("json", "text", "warc"),
                        take.words("json", "text", "warc"))),
        media=("text/plain", WARC), missing="version",
    ),
    Endpoint(
        f"{ROOT}/articles/{{id}}/visits", "The last visits to it, newest first.", _visits, VisitsShape, (_ID, _LIMIT),
        missing="article",
    ),
    Endpoint(
        f"{ROOT}/articles/{{id}}/copies", "Other articles with the same text.", _copies, CopiesShape, (_ID,),
        missing="article",
    ),
    Endpoint(
        f"{ROOT}/diff", "How one version became another, by word; without numbers the last edit.", _diff, DiffShape,
        (
            Field("article", "The id of an article.", take.article_id, take.ID, required=True),
            Field("from", "The older version; the one before `to` by default.", take.number, take.NUMBER),
            Field("to", "The newer version; the last by default.", take.number, take.NUMBER),
        ),
        missing="article or version",
    ),
    Endpoint(
        f"{ROOT}/changes", "Edits, newest first.", _changes, ChangesShape,
        (*WANTED, _cursor(place_of, _PLACE), _LIMIT),
    ),
    Endpoint(
        f"{ROOT}/search", "Full text of all versions, also what was taken out again.", finding.search, FoundShape,
        (*finding.FIELDS, _LIMIT),
    ),
    Endpoint(f"{ROOT}/outlets", "All outlets.", standing.outlets, OutletsShape),
    Endpoint(
        f"{ROOT}/outlets/{{name}}", "One outlet.", standing.outlet, OutletShape,
        (Field("name", "Its domain, as its file is called.", take.plain, take.PLAIN, "path", what="outlet"),),
        missing="outlet",
    ),
    Endpoint(f"{ROOT}/status", "How the archive is doing, and what runs now.", standing.status, StatusShape),
)  # fmt: skip
