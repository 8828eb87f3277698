"""Exported WARC files: what other people's readers make of them, and that no byte of a record has changed."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from tests.export.kit import Command
from tests.store.kit import HARBOUR, pieces
from tests.store.test_prune import busy, pruned

CHOICES = [(), ("--outlet", "news.example"), ("--version", "latest"), ("--stealth",), ("--version", "77")]
LONG = "https://news.example/long"
AFTER_PRUNING = [(), ("--version", "latest"), ("--version", "0")]


def records(content: bytes) -> list[dict[str, Any]]:
    """All records as warcio reads them, each with what it says of its digests."""
    found = []
    for record in ArchiveIterator(BytesIO(content), check_digests=True):
        payload = record.raw_stream.read()
        told = dict(record.rec_headers.headers)
        found.append(told | {"type": record.rec_type, "ok": record.digest_checker.passed, "payload": payload})
    return found


@pytest.mark.parametrize("options", CHOICES, ids=str)
def test_both_libraries_read_it_to_the_end(kept: Path, run: Command, options: tuple[str, ...]) -> None:
    """WARC 1.1, a member a record, `warcinfo` first, every digest right, no name twice."""
    content = run(kept, "warc", *options).out
    found = records(content)
    assert found[0]["type"] == "warcinfo"
    assert all(each["ok"] is not False or each["type"] == "revisit" for each in found)
    names = [each["WARC-Record-ID"] for each in found]
    assert len(names) == len(set(names)) == len(pieces(content))
    kinds = []
    for record in FastIterator(BytesIO(content), parse_http=False, strict_mode=True):
        record.freeze()
        assert record.verify_block_digest()
        kinds.append(record.headers["WARC-Type"])
    assert kinds == [each["type"] for each in found]


@pytest.mark.parametrize("options", CHOICES, ids=str)
def test_whatever_is_referred_to_is_there(kept: Path, run: Command, options: tuple[str, ...]) -> None:
    """What a repeat stands for, and the answer that a request or a visit belongs to, each before it."""
    seen: set[str] = set()
    for each in records(run(kept, "warc", *options).out):
        wanted = {each[name] for name in ("WARC-Refers-To", "WARC-Concurrent-To") if name in each}
        assert wanted <= seen
        seen.add(each["WARC-Record-ID"])


@pytest.mark.parametrize("options", CHOICES, ids=str)
def test_each_record_is_the_archives_own(kept: Path, run: Command, options: tuple[str, ...]) -> None:
    """Byte for byte, in the same order; without a filter, all of them."""
    [path] = kept.glob("warc/*/*/*")
    ours, theirs = path.read_bytes(), run(kept, "warc", *options).out
    members = [ours[p.offset : p.offset + p.length] for p in pieces(ours)][1:]
    exported = [theirs[p.offset : p.offset + p.length] for p in pieces(theirs)][1:]
    places = [members.index(each) for each in exported]
    assert places == sorted(places)
    assert options or exported == members


def test_a_version_brings_all_that_it_was_read_from(kept: Path, run: Command) -> None:
    """The answers of both pages, what page 1 repeats, the requests, and what was made of them."""
    found = records(run(kept, "warc", "--version", "1", "--since", "2024-06-08").out)[1:]
    first, second, again = [each for each in found if each["type"] in {"response", "revisit"}][:3]
    assert [each["WARC-Target-URI"] for each in (first, second, again)] == [LONG, LONG, f"{LONG}?page=2"]
    assert second["WARC-Refers-To"] == first["WARC-Record-ID"]
    assert [each["type"] for each in found].count("request") == 3
    [told] = [json.loads(each["payload"]) for each in found if each["type"] == "metadata"]
    assert (told["verdict"], told["version"], told["url"]) == ("edited", 1, LONG)


def test_visits_that_made_no_version_are_in_the_whole_only(kept: Path, run: Command) -> None:
    """A filter chooses versions; without one, "unchanged" and "gone" are evidence too."""
    whole, chosen = (records(run(kept, "warc", *options).out) for options in ((), ("--since", "2000-01-01")))
    statuses = [{each["type"] for each in found if each.get("WARC-Target-URI") == HARBOUR} for found in (whole, chosen)]
    assert statuses == [{"response", "request", "revisit"}, {"response", "request"}]


def test_it_says_what_it_is(kept: Path, run: Command) -> None:
    """In its first record: which part of the archive, and of when."""
    whole, chosen = (records(run(kept, "warc", *o).out)[0]["payload"].decode() for o in ((), ("--stealth",)))
    assert "description: an archive of news, whole\r\n" in whole
    assert "as-of: 2024-06-08T09:30:00Z\r\n" in chosen
    assert "all versions, stealth\r\n" in chosen


@pytest.mark.parametrize("options", AFTER_PRUNING, ids=str)
def test_what_pruning_left_is_exported_from_where_it_lies_now(
    tmp_path: Path, run: Command, options: tuple[str, ...]
) -> None:
    """The sidecars still name the places of before. Of what was dropped nothing is asked for."""
    busy(tmp_path / "archive")
    before = {each["WARC-Record-ID"] for each in records(run(tmp_path / "archive", "warc", *options).out)}
    assert any(done.records for done in pruned(tmp_path / "archive"))
    done = run(tmp_path / "archive", "warc", *options)
    assert (done.code, done.err.count("damaged")) == (0, 0)
    after = {each["WARC-Record-ID"] for each in records(done.out)}
    assert bool(before - after) is not bool(options)
