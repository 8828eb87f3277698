"""A commit, ready to be written: the visit, and the files it makes. Pure: no disk, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Final

from scraper import urls
from scraper.errors import UrlError
from scraper.model import Capture, Entry, Intent, Outlet, Revision
from scraper.store import paths, warc
from scraper.store.plan import Known, Plan, named, snapshot_text
from scraper.store.sidecar import Json, Record, dumps, revised_json, snapshot_json
from scraper.store.stamps import stamp
from scraper.store.warc import hop_json

FORMAT = "scraper-visit/1"
MARKER_FORMAT = "scraper-marker/1"
# What stands for a verdict in the record of a revision: nobody looked at the outlet.
REREAD: Final = "reread"
_ALIASES = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """`files` in the order in which they get their names: a snapshot's text comes last, so that where it is, all is.
    `data` is the JSON among them, `version` its number if it is a version."""

    record_id: str
    visit: Json
    entry: Entry | None
    files: tuple[tuple[str, bytes], ...] = ()
    data: Json | None = None
    version: int | None = None


def forms_of(intent: Intent) -> tuple[tuple[str, str], ...]:
    """All forms of the address with their keys: that of the outlet's own pattern, and the general one."""
    found: dict[tuple[str, str], None] = {}
    for url in dict.fromkeys((intent.url, *intent.aliases, *_canonical(intent))):
        for key in keys_of(url, intent.publisher):
            found[key, url] = None
    return tuple(found)


def _canonical(intent: Intent) -> tuple[str, ...]:
    return (intent.article.canonical_url,) if intent.article else ()


def keys_of(url: str, outlet: Outlet | None) -> tuple[str, ...]:
    """The identity keys of `url`, the outlet's own first; none if it is no address."""
    try:
        keys = (urls.identity(url, outlet), urls.identity(url)) if outlet else (urls.identity(url),)
    except UrlError:
        return ()
    return tuple(dict.fromkeys(keys))


def visit_draft(intent: Intent, known: Known | None, plan: Plan, record_id: str) -> Draft:
    """A visit that makes no file."""
    return Draft(record_id, _visit(intent, known.entry if known else None, plan), known.entry if known else None)


def version_draft(
    intent: Intent, known: Known | None, plan: Plan, record_id: str, entry: Entry, seen: Sequence[str]
) -> Draft:
    """A visit that makes a version of `entry`, which for a new article is the one to be made. `seen` are the URLs
    under which it was known before."""
    if intent.article is None or intent.capture is None:
        raise ValueError("a version needs an article and its capture")
    article, number = named(intent.article, known), known.next_version if known else 0
    text = snapshot_text(article)
    forms = forms_of(intent)
    record = Record(
        article_id=entry.id,
        outlet=entry.outlet,
        version=number,
        verdict=plan.verdict,
        captured_at=intent.capture.captured_at,
        article=article,
        capture=intent.capture,
        page=intent.page,
        text_sha256=hashlib.sha256(text).hexdigest(),
        previous=known.last if known else None,
        edit=intent.verdict.edit if known else None,
        flags=plan.flags,
        named=intent.article.canonical_url if intent.article.canonical_url != article.canonical_url else None,
        aliases=tuple(sorted({url for _, url in forms} | set(seen)))[:_ALIASES],
        forms=forms,
        further=intent.further,
        follows=entry.follows,
    )
    data = snapshot_json(record)
    stem = f"{entry.path}/{paths.snapshot(number, record.text_sha256)}"
    files = ((f"{stem}.json", dumps(data)), (f"{stem}.txt", text))
    visit = _visit(intent, entry, plan, version=number, files=files)
    return Draft(record_id, visit, entry, files, data, number)


def revision_draft(revision: Revision, stem: str, current: tuple[Json, str], record_id: str) -> Draft:
    """Another reading of a version. `stem` is the path of its files without endings, `current` the sidecar of the
    reading that it follows, with its hash."""
    text = snapshot_text(revision.article)
    data = revised_json(*current, revision, hashlib.sha256(text).hexdigest())
    files = ((f"{stem}.json", dumps(data)), (f"{stem}.txt", text))
    entry = revision.entry
    visit = {
        "format": FORMAT,
        "url": entry.url,
        "outlet": entry.outlet,
        "at": stamp(revision.at),
        "verdict": REREAD,
        "reason": revision.reason,
        "flags": list(revision.flags),
        "article_id": entry.id,
        "version": revision.version,
        "files": [[path, hashlib.sha256(content).hexdigest()] for path, content in files],
        "capture": None,
        "asked": entry.url,
        "hops": [],
        "forms": [],
    }
    return Draft(record_id, visit, entry, files, data, revision.version)


def marker_draft(intent: Intent, known: Known, plan: Plan, record_id: str, data: Json) -> Draft:
    """A visit that sets up a tombstone, or ends one."""
    at = intent.at
    name = f"{known.entry.path}/{paths.marker(plan.writes or '', at, data.pop('number'))}"
    whole = {
        "format": MARKER_FORMAT,
        "kind": plan.writes,
        "article_id": known.entry.id,
        "url": known.entry.url,
        "at": stamp(at),
        "reason": plan.reason,
        "after_version": known.entry.latest,
        "capture": _capture(intent.capture) if intent.capture else None,
        **data,
    }
    files = ((name, dumps(whole)),)
    return Draft(record_id, _visit(intent, known.entry, plan, files=files), known.entry, files, whole)


def new_entry(intent: Intent, article_id: str, path: str) -> Entry:
    """The article that begins with this intent."""
    if intent.article is None or intent.capture is None:
        raise ValueError("a new article needs its text and capture")
    url = intent.article.canonical_url
    follows = intent.follows.id if intent.follows else None
    at, title = intent.capture.captured_at, intent.article.title
    return Entry(article_id, intent.outlet, url, path, title, at, None, follows=follows)


def _visit(
    intent: Intent,
    entry: Entry | None,
    plan: Plan,
    *,
    version: int | None = None,
    files: Sequence[tuple[str, bytes]] = (),
) -> Json:
    """What the metadata record says: all that the catalogue cannot learn from the files it names."""
    page = intent.page
    return {
        "format": FORMAT,
        "url": intent.url,
        "outlet": intent.outlet,
        "at": stamp(intent.at),
        "verdict": plan.verdict,
        "reason": plan.reason,
        "flags": list(plan.flags),
        "article_id": entry.id if entry else None,
        "version": version,
        "files": [[path, hashlib.sha256(data).hexdigest()] for path, data in files],
        "capture": _capture(intent.capture) if intent.capture else None,
        "asked": page.url if page else intent.url,
        "hops": [hop_json(hop) for hop in page.hops] if page else [],
        "forms": [list(form) for form in forms_of(intent)],
        **({"imported": warc.origin_json(page.origin)} if page and page.origin else {}),
        **({"claims": list(intent.claims)} if intent.claims else {}),
        **({"pages": [_capture(capture) for capture in intent.further]} if intent.further else {}),
    }


def _capture(capture: Capture) -> Json:
    return {
        **asdict(capture),
        "captured_at": stamp(capture.captured_at),
        "type": "revisit" if capture.refers_to else "response",
    }


def is_text(path: str) -> bool:
    """Whether `path` is a snapshot's text."""
    match = paths.SNAPSHOT.fullmatch(PurePosixPath(path).name)
    return match is not None and match["kind"] == "txt"


def is_sidecar(path: str) -> bool:
    """Whether `path` is a snapshot's sidecar."""
    match = paths.SNAPSHOT.fullmatch(PurePosixPath(path).name)
    return match is not None and match["kind"] == "json"


def is_marker(path: str) -> bool:
    """Whether `path` is a tombstone or the end of one."""
    return paths.MARKER.fullmatch(PurePosixPath(path).name) is not None
