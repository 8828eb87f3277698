"""The file beside a snapshot: schema.org NewsArticle as JSON-LD, with one `archive` object of our own.

    Article   ⇄ article_json / article_from     exact, but for pieces of `dropped` beyond a bound, which are counted
    Snapshot  ⇄ snapshot_json / snapshot_from

Keys are sorted, indented by two spaces, text is not escaped, and the file ends in one newline, so that `diff` and git
can read it. A field the page does not give is left out. https://schema.org/NewsArticle
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from scraper.article import Article, Block, Dropped
from scraper.errors import ArchiveDamaged
from scraper.model import Capture, Edit, Page, Part, Revision, Snapshot, VerdictKind
from scraper.store.stamps import moment, stamp

Json = dict[str, Any]
T = TypeVar("T")

# What was dropped is there to explain a reading, not to keep the page twice: the WARC has that.
DROPPED_PIECES = 400
DROPPED_CHARACTERS = 400


# Keys of the `archive` object that say how the page was read; everything else there is about the visit.
_OF_THE_READING = frozenset(
    {"found_at", "kind", "access", "timezone", "claims", "origins", "dropped", "dropped_more", "evidence", "flags"}
    | {"fingerprint", "reading", "next_page", "first_page"}
)


def dumps(data: Mapping[str, object]) -> bytes:
    """`data` as the archive writes JSON. Lone surrogates become escapes, which JSON reads back as they were."""
    text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def loads(data: bytes, path: Path) -> Json:
    """What `dumps` wrote. Raises ArchiveDamaged if it is not a JSON object."""
    return checked(path, lambda: _object(_parsed(data)))


def _parsed(data: bytes) -> object:
    """As `json.loads` reads it and as it says what is wrong, in half the time where nothing is odd."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return json.loads(data)


def checked(path: Path, make: Callable[[], T]) -> T:
    """What `make` makes of a file at `path`; whatever is wrong with its content is ArchiveDamaged."""
    try:
        return make()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as exc:
        why = f"is not what the archive writes ({type(exc).__name__}: {exc}); restore it from a backup"
        raise ArchiveDamaged(path, why) from exc


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise TypeError("not a JSON object")
    return value


# ------------------------------------------------------------------------------------------------ article


def article_json(article: Article) -> Json:
    """`article` as JSON-LD; what schema.org has no word for is under `archive`."""
    shown = {
        "headline": article.title,
        "alternativeHeadline": article.subtitle,
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "datePublished": _when_text(article.published),
        "dateModified": _when_text(article.modified),
        "inLanguage": article.language,
        "articleSection": article.section,
        "keywords": list(article.keywords),
        "image": _image(article),
        "isAccessibleForFree": article.access == "free" if article.access else None,
        "publisher": {"@type": "Organization", "name": article.site} if article.site is not None else None,
        "articleBody": [_block(block) for block in article.blocks],
    }
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "url": article.canonical_url,
        "archive": _reading(article),
        **_given(shown),
    }


def _block(block: Block) -> Json:
    data = {"kind": block.kind, "text": block.text}
    return data | ({"entry": block.entry} if block.entry else {}) | ({"at": block.at.isoformat()} if block.at else {})


def _block_from(data: Json) -> Block:
    at = data.get("at")
    return Block(data["kind"], data["text"], data.get("entry", ""), datetime.fromisoformat(at) if at else None)


def _reading(article: Article) -> Json:
    pieces = article.dropped[:DROPPED_PIECES]
    return _given(
        {
            "found_at": article.url,
            "kind": article.kind,
            "access": article.access,
            "timezone": article.timezone,
            "claims": list(article.claims),
            "origins": dict(article.origins),
            "dropped": [{"rule": piece.rule, "text": _cut(piece.text)} for piece in pieces],
            "dropped_more": len(article.dropped) - len(pieces) or None,
            "evidence": list(article.evidence),
            "flags": list(article.flags),
            "fingerprint": article.fingerprint,
            "reading": article.reading,
            "next_page": article.next_page,
            "first_page": article.first_page,
        }
    )


def _cut(text: str) -> str:
    return text if len(text) <= DROPPED_CHARACTERS else text[: DROPPED_CHARACTERS - 1] + "…"


def _image(article: Article) -> Json | None:
    if article.image is None and article.caption is None:
        return None
    return {"@type": "ImageObject", **_given({"url": article.image, "caption": article.caption})}


def _given(values: Mapping[str, Any]) -> Json:
    """Without what is not there. An empty string is something: it is told from None."""
    return {key: value for key, value in values.items() if value is not None and value not in ([], {})}


def _when_text(at: datetime | date | None) -> str | None:
    return at.isoformat() if at else None


def _when(text: str | None) -> datetime | date | None:
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def article_from(data: Json) -> Article:
    """The inverse of `article_json`. Raises KeyError, TypeError or ValueError for anything else."""
    ours, image = data["archive"], data.get("image", {})
    return Article(
        url=ours["found_at"],
        canonical_url=data["url"],
        title=data.get("headline"),
        subtitle=data.get("alternativeHeadline"),
        authors=tuple(author["name"] for author in data.get("author", ())),
        published=_when(data.get("datePublished")),
        modified=_when(data.get("dateModified")),
        caption=image.get("caption"),
        blocks=tuple(map(_block_from, data.get("articleBody", ()))),
        language=data.get("inLanguage"),
        site=data.get("publisher", {}).get("name"),
        section=data.get("articleSection"),
        keywords=tuple(data.get("keywords", ())),
        image=image.get("url"),
        access=ours.get("access"),
        kind=ours["kind"],
        timezone=ours.get("timezone"),
        claims=tuple(ours.get("claims", ())),
        origins=dict(ours.get("origins", {})),
        dropped=tuple(Dropped(piece["rule"], piece["text"]) for piece in ours.get("dropped", ())),
        evidence=tuple(ours.get("evidence", ())),
        flags=tuple(ours.get("flags", ())),
        fingerprint=ours.get("fingerprint", ""),
        reading=ours.get("reading", ""),
        next_page=ours.get("next_page"),
        first_page=ours.get("first_page"),
    )


# ------------------------------------------------------------------------------------------------ snapshot


@dataclass(frozen=True, slots=True)
class Link:
    """The version before, in the chain of hashes."""

    version: int
    text_sha256: str
    sidecar_sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """All that a sidecar says. `named` is what the page calls itself now, if that differs from the article's URL;
    `aliases` are all URLs under which it was seen so far, `forms` the identity keys and URLs seen on this visit.
    `further` are the captures of page 2 and those after it, `follows` the id of the article that stood at this address
    before."""

    article_id: str
    outlet: str
    version: int
    verdict: VerdictKind
    captured_at: datetime
    article: Article
    capture: Capture
    page: Page | None
    text_sha256: str
    previous: Link | None
    edit: Edit | None = None
    flags: tuple[str, ...] = ()
    named: str | None = None
    aliases: tuple[str, ...] = ()
    forms: tuple[tuple[str, str], ...] = ()
    further: tuple[Capture, ...] = ()
    follows: str | None = None


def snapshot_json(record: Record) -> Json:
    """The sidecar of a version."""
    data = article_json(record.article)
    if record.aliases:
        data["sameAs"] = list(record.aliases)
    data["archive"] |= {
        "article_id": record.article_id,
        "outlet": record.outlet,
        "version": record.version,
        "verdict": record.verdict,
        "captured_at": stamp(record.captured_at),
        "warc": _warc(record.capture),
        "http": _http(record),
        "text_sha256": record.text_sha256,
        "previous": asdict(record.previous) if record.previous else None,
        "edit": edit_json(record.edit),
        "verdict_flags": list(record.flags),
        "forms": [list(form) for form in record.forms],
        **_given(
            {
                "named": record.named,
                "pages": [_page(capture) for capture in record.further],
                "follows": record.follows,
            }
        ),
    }
    return data


def is_told_already(data: Json, revision: Revision) -> bool:
    """Whether the sidecar `data` has the edit and the flags of `revision`."""
    ours = data["archive"]
    return bool(ours["edit"] == edit_json(revision.edit) and ours["verdict_flags"] == list(revision.flags))


def revised_json(before: Json, before_sha256: str, revision: Revision, text_sha256: str) -> Json:
    """The sidecar of another reading of the version that the sidecar `before` describes.

    What the outlet sent and when stays as it was; `history` names all readings before, the last one by its hash.
    """
    was, data = before["archive"], article_json(revision.article)
    number = was.get("revision", 0)
    past = {
        "revision": number,
        "reading": was.get("reading", ""),
        "text_sha256": was["text_sha256"],
        "sidecar_sha256": before_sha256,
    }
    if "sameAs" in before:
        data["sameAs"] = before["sameAs"]
    kept = {key: value for key, value in was.items() if key not in _OF_THE_READING}
    data["archive"] |= kept | {
        "edit": edit_json(revision.edit),
        "verdict_flags": list(revision.flags),
        "text_sha256": text_sha256,
        "revision": number + 1,
        "reread_at": stamp(revision.at),
        "reread_because": revision.reason,
        "history": [*was.get("history", ()), past],
    }
    return data


def _warc(capture: Capture) -> Json:
    return {
        "file": capture.file,
        "offset": capture.offset,
        "length": capture.length,
        "record_id": capture.record_id,
        "payload_digest": capture.digest,
        **_given({"refers_to": capture.refers_to}),
    }


def _page(capture: Capture) -> Json:
    """One of the pages that follow the first."""
    at = stamp(capture.captured_at)
    return {"url": capture.url, "status": capture.status, "captured_at": at, "warc": _warc(capture)}


def _http(record: Record) -> Json:
    page, capture = record.page, record.capture
    headers = {"etag": "etag", "last_modified": "last-modified", "content_type": "content-type"}
    found = {key: page.header(name) for key, name in headers.items()} if page else {}
    return {"status": capture.status, "final_url": capture.url, **_given(found)}


def snapshot_from(data: Json, path: str) -> Snapshot:
    """The snapshot at `path` (its text file) that the sidecar `data` describes.

    Raises KeyError, TypeError or ValueError for anything else.
    """
    ours = data["archive"]
    http, captured_at = ours["http"], moment(ours["captured_at"])
    return Snapshot(
        article_id=ours["article_id"],
        version=ours["version"],
        path=path,
        sha256=ours["text_sha256"],
        verdict=ours["verdict"],
        captured_at=captured_at,
        article=article_from(data),
        capture=_capture(ours["warc"], http["final_url"], http["status"], captured_at),
        edit=edit_from(ours["edit"]),
        flags=tuple(ours["verdict_flags"]),
        revision=ours.get("revision", 0),
        further=tuple(
            _capture(page["warc"], page["url"], page["status"], moment(page["captured_at"]))
            for page in ours.get("pages", ())
        ),
    )


def _capture(warc: Json, url: str, status: int, at: datetime) -> Capture:
    """The inverse of `_warc`."""
    return Capture(
        file=warc["file"],
        offset=warc["offset"],
        length=warc["length"],
        record_id=warc["record_id"],
        digest=warc["payload_digest"],
        url=url,
        status=status,
        captured_at=at,
        refers_to=warc.get("refers_to"),
    )


def edit_json(edit: Edit | None) -> Json | None:
    """An edit as JSON: its kinds, its parts, whether it was made in silence."""
    if edit is None:
        return None
    parts = [{"kind": part.kind, **_unlike(part, Part(part.kind))} for part in edit.parts]
    return {"kinds": list(edit.kinds), "parts": parts, "stealth": edit.stealth}


def edit_from(data: Json | None) -> Edit | None:
    """The inverse of `edit_json`."""
    if data is None:
        return None
    parts: Sequence[Json] = data["parts"]
    return Edit(tuple(data["kinds"]), tuple(Part(**part) for part in parts), data["stealth"])


def _unlike(value: Part, default: Part) -> Json:
    pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
    return cast("Json", {name: given for name, given in pairs if given != getattr(default, name)})
