"""What files say, as rows of the catalogue. Commits, repairs and `reindex` all go through here, so that a catalogue
made again from the files is the same one.

    metadata record → visit, its captures, the article's aliases
    sidecar         → version, its reading, article
    tombstone       → marker, `gone_since` of the article
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

import apsw

from scraper import hints, likeness
from scraper.store import paths
from scraper.store.catalogue import queries
from scraper.store.scan import Record
from scraper.store.sidecar import Json
from scraper.store.stamps import moment, ticks

_SHIFT = 40
_FORMAT = re.compile(rb'"format": "(scraper-(?:visit|prune)/[0-9]{1,4})"')


def sequence(file: str, offset: int) -> int:
    """The place of a record among all records of the archive. Raises ValueError if `file` is not a WARC of ours."""
    serial = paths.serial(file)
    if serial is None:
        raise ValueError(f"{file} is not a WARC file of this archive")
    return (serial << _SHIFT) + offset


def place(seq: int) -> tuple[int, int]:
    """The inverse of `sequence`: serial of the file, and offset."""
    return seq >> _SHIFT, seq & ((1 << _SHIFT) - 1)


def add_version(db: apsw.Connection, data: Json, path: str, sidecar_sha256: str, size: int) -> None:
    """Take in the sidecar `data` of the snapshot whose text is at `path`, and the article with it."""
    ours, warc = data["archive"], data["archive"]["warc"]
    edit = ours["edit"] or {"kinds": [], "stealth": False}
    marks = likeness.marks(block["text"] for block in data.get("articleBody", ()))
    row = {
        "article_id": ours["article_id"],
        "version": ours["version"],
        "outlet": ours["outlet"],
        "url": data["url"],
        "follows": ours.get("follows"),
        "path": path,
        "folder": path.rpartition("/")[0],
        "sha256": ours["text_sha256"],
        "sidecar_sha256": sidecar_sha256,
        "size": size,
        "verdict": ours["verdict"],
        "captured_at": ticks(moment(ours["captured_at"])),
        "seq": sequence(warc["file"], warc["offset"]),
        "title": data.get("headline"),
        "kinds": " ".join(edit["kinds"]),
        "stealth": int(edit["stealth"]),
        "flags": " ".join(ours["verdict_flags"]),
        "revision": ours.get("revision", 0),
        "reading": ours.get("reading", ""),
        "at": ticks(moment(ours.get("reread_at", ours["captured_at"]))),
        "marks": likeness.packed(marks),
    }
    for query in ("add_version", "add_reading", "add_article", "retitle_article"):
        db.execute(queries()[query], row)
    for key, _ in ours["forms"] if row["follows"] else ():
        values = {"key": key, "article_id": ours["article_id"], "follows": row["follows"]}
        db.execute(queries()["hand_over"], values)
    db.executemany(queries()["add_mark"], [{"mark": mark, "article_id": ours["article_id"]} for mark in marks])
    add_aliases(db, ours["article_id"], ours["forms"])


def add_aliases(db: apsw.Connection, article_id: str, forms: Sequence[tuple[str, str]]) -> None:
    """Remember under which keys and URLs an article was seen. A key that is another article's stays with it."""
    for key, url in forms:
        db.execute(queries()["add_alias"], {"key": key, "url": url, "article_id": article_id})
    add_hints(db, article_id, [hint for url in dict.fromkeys(url for _, url in forms) for hint in hints.of(url)])


def add_hints(db: apsw.Connection, article_id: str, found: Iterable[str]) -> None:
    """Remember where else an article may be met."""
    for hint in found:
        db.execute(queries()["add_hint"], {"hint": hint, "article_id": article_id})


def add_visit(db: apsw.Connection, visit: Json, file: str, offset: int, record_id: str) -> None:
    """Take in what one visit found, as its metadata record says it."""
    capture = visit["capture"]
    for kept in filter(None, (capture, *visit.get("pages", ()))):
        row = {name: kept[name] for name in ("length", "record_id", "type", "digest", "url", "status")}
        row |= {"refers_to": kept.get("refers_to"), "verdict": visit["verdict"], "version": visit["version"]}
        row |= {"seq": sequence(kept["file"], kept["offset"]), "at": ticks(moment(kept["captured_at"]))}
        db.execute(queries()["add_capture"], row)
    row = {name: visit[name] for name in ("article_id", "url", "outlet", "verdict", "reason", "version")}
    row |= {
        "seq": sequence(file, offset),
        "record_id": record_id,
        "key": visit["forms"][0][0] if visit["forms"] else visit["url"],
        "at": ticks(moment(visit["at"])),
        "flags": " ".join(visit["flags"]),
        "capture_seq": sequence(capture["file"], capture["offset"]) if capture else None,
    }
    db.execute(queries()["add_visit"], row)
    if capture and (origin := visit.get("imported")):
        brought = {"record_id": origin["record_id"], "payload": origin.get("payload", ""), "url": capture["url"]}
        for key in (origin["key"], *origin.get("also", ())):
            db.execute(queries()["add_import"], {**brought, "key": key, "capture_seq": row["capture_seq"]})
    if visit["article_id"]:
        add_aliases(db, visit["article_id"], visit["forms"])
        add_hints(db, visit["article_id"], [hint for url in visit.get("claims", ()) for hint in hints.claim(url)])


def add_marker(db: apsw.Connection, data: Json, path: str, sha256: str) -> None:
    """Take in a tombstone, or the file that ends one. One older than the last version says nothing about now."""
    row = {
        "path": path,
        "article_id": data["article_id"],
        "kind": data["kind"],
        "at": ticks(moment(data["at"])),
        "since": ticks(moment(data["gone_since"])) if data["kind"] == "gone" else None,
        "after_version": data["after_version"],
        "sha256": sha256,
    }
    db.execute(queries()["add_marker"], row)
    db.execute(queries()["mark_article"], row)


def add_widget(db: apsw.Connection, data: Json, path: str, sha256: str) -> None:
    """Take in a decision about a widget."""
    row = {
        "outlet": data["widget"]["outlet"],
        "number": data["number"],
        "path": path,
        "sha256": sha256,
        "at": ticks(moment(data["at"])),
        "decision": data["decision"],
        "data": json.dumps(data["widget"], sort_keys=True),
    }
    db.execute(queries()["add_widget"], row)


def add_pruning(db: apsw.Connection, file: str, record: Record) -> None:
    """Take in a record of a WARC file that was pruned: where it lies now; or, if it says so, which others are gone."""
    if record.kind in {"response", "revisit"}:
        name = record.headers.get("warc-record-id", "")
        db.execute(queries()["add_moved"], {"record_id": name, "seq": sequence(file, record.offset)})
        return
    if told := pruning_of(record.block or b""):
        row = {"serial": paths.serial(file), "at": ticks(moment(told["at"])), "why": told["why"]}
        db.executemany(queries()["add_pruned"], [{**row, "record_id": name} for name, *_ in told["dropped"]])


def pruning_of(block: bytes) -> Json | None:
    """What a metadata record says of how its file was pruned; None if it says something else."""
    if b'"scraper-prune/1"' not in block:
        return None
    told = json.loads(block)
    return told if isinstance(told, dict) and told.get("format") == "scraper-prune/1" else None


def newer_format(block: bytes) -> str | None:
    """The format of a record of ours that only a later program can read; None for all others."""
    match = _FORMAT.search(block) if visit_of(block) is None and pruning_of(block) is None else None
    return match[1].decode() if match else None


def visit_of(block: bytes) -> Json | None:
    """The visit that a metadata record holds; None if the record is somebody else's."""
    try:
        visit = json.loads(block)
    except (ValueError, RecursionError):
        return None
    return visit if isinstance(visit, dict) and visit.get("format") == "scraper-visit/1" else None
