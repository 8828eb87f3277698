"""Lines, rows and columns: whatever a page wrote, what is read back is what was stored."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.article import Article
from scraper.model import Snapshot
from scraper.store.export import columns, sheet
from scraper.store.sidecar import dumps, edit_json, snapshot_from
from scraper.store.stamps import stamp
from tests.export.kit import TITLES, Command, snapshots
from tests.store.kit import START, article, capture_and_commit, opened
from tests.tally import Tally


def lines(content: bytes) -> list[dict[str, Any]]:
    """JSON Lines, read as strictly as they can be."""
    assert content.endswith(b"\n")
    return [json.loads(line) for line in content.decode("utf-8").split("\n")[:-1]]


def rows(content: bytes) -> list[dict[str, str]]:
    """CSV, as RFC 4180 has it."""
    return list(csv.DictReader(StringIO(content.decode("utf-8"), newline=""), strict=True))


def table(path: Path) -> list[dict[str, Any]]:
    """Parquet, as pyarrow reads it."""
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


# ------------------------------------------------------------------------------------------------ jsonl


def test_a_line_is_the_snapshot_whole(kept: Path, run: Command) -> None:
    """Sidecar and text lead back to the same snapshot, and to files with the same hashes."""
    found = lines(run(kept, "jsonl").out)
    assert [(snapshot_from(line["sidecar"], line["snapshot"]), line["text"]) for line in found] == snapshots(kept)
    for line in found:
        assert hashlib.sha256(line["text"].encode()).hexdigest() == line["sha256"]
        assert hashlib.sha256(dumps(line["sidecar"])).hexdigest() == line["sidecar_sha256"]


def test_a_line_says_in_short_what_the_sidecar_says(kept: Path, run: Command) -> None:
    """Version, edit and time, without digging."""
    for line, (snapshot, _) in zip(lines(run(kept, "jsonl").out), snapshots(kept), strict=True):
        short = (line["version"], line["captured_at"], line["edit"], line["title"], line["problem"])
        edit = edit_json(snapshot.edit)
        assert short == (snapshot.version, stamp(snapshot.captured_at), edit, snapshot.article.title, None)


def test_no_line_can_steer_a_terminal_or_be_taken_for_two(kept: Path, run: Command) -> None:
    """Also for readers who end lines where Unicode does."""
    out = run(kept, "jsonl").out.decode()
    assert len(out.splitlines()) == len(snapshots(kept))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", out)


# ------------------------------------------------------------------------------------------------ csv


def test_a_row_is_the_snapshot_again(kept: Path, run: Command) -> None:
    """Each cell, once the apostrophes are taken away."""
    for row, (snapshot, text) in zip(rows(run(kept, "csv").out), snapshots(kept), strict=True):
        assert expected_cells(snapshot, text).items() <= {n: sheet.plain(v) for n, v in row.items()}.items()


def expected_cells(snapshot: Snapshot, text: str) -> dict[str, str]:
    """What a row has to say of a snapshot."""
    said = snapshot.article
    return {
        "article_id": snapshot.article_id,
        "version": str(snapshot.version),
        "captured_at": stamp(snapshot.captured_at),
        "title": said.title or "",
        "subtitle": said.subtitle or "",
        "authors": "\n".join(said.authors),
        "keywords": "\n".join(said.keywords),
        "caption": said.caption or "",
        "section": said.section or "",
        "published_day": said.day.isoformat() if said.day else "",
        "edit_kinds": "\n".join(snapshot.edit.kinds) if snapshot.edit else "",
        "stealth": "true" if snapshot.edit and snapshot.edit.stealth else "false",
        "sha256": snapshot.sha256,
        "snapshot": snapshot.path,
        "warc_offset": str(snapshot.capture.offset),
        "text": text,
    }


def test_no_cell_is_a_formula(kept: Path, run: Command) -> None:
    """None begins with a character that a spreadsheet acts on."""
    cells = [cell for row in rows(run(kept, "csv").out) for cell in row.values()]
    assert not [cell for cell in cells if re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", cell)]
    assert [cell for cell in cells if cell.startswith("'=")]


def test_lines_end_as_the_standard_says(kept: Path, run: Command) -> None:
    """CR LF, names first; the mark for Excel only where it is asked for."""
    plain, marked = run(kept, "csv").out, run(kept, "csv", "--bom").out
    assert plain.startswith(b"article_id,version,revision,outlet,url,")
    assert plain.endswith(b"\r\n")
    assert marked == b"\xef\xbb\xbf" + plain


@given(st.text())
def test_an_apostrophe_can_always_be_taken_away(text: str) -> None:
    """What is harmless comes back as it was, whatever it was, and is no formula."""
    cell = sheet.harmless(text)
    assert sheet.plain(cell) == text
    assert not re.match(r"\s*[=+\-@＝＋－＠]", cell)


# ------------------------------------------------------------------------------------------------ parquet


def test_columns_have_types_and_hold_the_snapshot(kept: Path, run: Command, tmp_path: Path) -> None:
    """Times are times in UTC, lists are lists, and nothing is neutralised."""
    assert run(kept, "parquet", "-o", str(tmp_path / "a.parquet")).code == 0
    for row, (snapshot, text) in zip(table(tmp_path / "a.parquet"), snapshots(kept), strict=True):
        said = snapshot.article
        assert (row["text"], row["title"], row["captured_at"]) == (text, said.title, snapshot.captured_at)
        assert (tuple(row["authors"]), tuple(row["keywords"])) == (said.authors, said.keywords)
        assert (row["published"], row["published_day"]) == (said.published, said.day)
        assert (row["modified"], row["modified_day"]) == (None, said.modified)
        parts = [(part["kind"], part["old"], part["new"], part["block"]) for part in row["edit_parts"]]
        assert parts == [(p.kind, p.old, p.new, p.block) for p in (snapshot.edit.parts if snapshot.edit else ())]


def test_the_schema_is_the_same_whatever_is_in_it(kept: Path, run: Command, tmp_path: Path) -> None:
    """So that files of several days can be read as one table."""
    run(kept, "parquet", "-o", str(tmp_path / "all.parquet"))
    run(kept, "parquet", "-o", str(tmp_path / "none.parquet"), "--version", "77")
    whole, empty = (pq.read_schema(tmp_path / f"{n}.parquet") for n in ("all", "none"))
    assert whole == empty
    assert [field.name for field in whole] == list(columns.COLUMNS)
    assert str(whole.field("captured_at").type) == "timestamp[us, tz=UTC]"


def test_without_pyarrow_a_sentence_names_the_extra(
    kept: Path, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is left behind."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    said = run(kept, "parquet", "-o", str(tmp_path / "a.parquet"))
    assert (said.code, list(tmp_path.iterdir())) == (2, [])
    assert "pip install 'scraper[parquet]'" in said.err


# ------------------------------------------------------------------------------------------------ anything

WORDS = st.one_of(st.sampled_from(TITLES), st.text(max_size=30))
TIMES = st.one_of(
    st.none(),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.timezones()),  # noqa: DTZ001  # bounds are naive by contract
)
ARTICLES = st.builds(
    article,
    text=WORDS,
    title=st.one_of(st.none(), WORDS),
    subtitle=st.one_of(st.none(), WORDS),
    authors=st.lists(WORDS.map(lambda text: " ".join(text.split())), max_size=3).map(tuple),
    keywords=st.lists(st.sampled_from(TITLES), max_size=3).map(tuple),
    published=TIMES,
    modified=TIMES,
    section=st.one_of(st.none(), st.text(st.characters(categories=["L", "Cs"]), max_size=5)),
)


def test_whatever_an_article_says_comes_back(
    run: Command, tmp_path_factory: pytest.TempPathFactory, tally: Tally, effort: int
) -> None:
    """Through each of the three formats, from an archive of any articles."""

    @settings(max_examples=20 * effort, deadline=None)
    @given(st.lists(ARTICLES, min_size=1, max_size=4))
    def holds(found: list[Article]) -> None:
        folder = tmp_path_factory.mktemp("any")
        root = folder / "archive"
        with opened(root) as archive:
            for number, one in enumerate(found):
                capture_and_commit(archive, one, f"https://news.example/{number}", START, "news.example")
        stored = snapshots(root)
        assert [
            (snapshot_from(n["sidecar"], n["snapshot"]), n["text"]) for n in lines(run(root, "jsonl").out)
        ] == stored
        for row, (snapshot, text) in zip(rows(run(root, "csv").out), stored, strict=True):
            cells = {name: columns.utf8(cell) for name, cell in expected_cells(snapshot, text).items()}
            assert cells.items() <= {n: sheet.plain(v) for n, v in row.items()}.items()
        assert run(root, "parquet", "-o", str(folder / "a.parquet")).code == 0
        for typed, (snapshot, text) in zip(table(folder / "a.parquet"), stored, strict=True):
            said = snapshot.article
            assert (typed["text"], typed["sha256"], typed["published_day"]) == (text, snapshot.sha256, said.day)
            assert [columns.utf8(name) for name in said.authors] == typed["authors"]
            assert typed["published"] == instant(said.published)
        tally("versions exported and read back", 3 * len(stored), 3 * len(stored))

    holds()


def instant(at: datetime | date | None) -> datetime | None:
    """The moment in UTC, if it is one."""
    try:
        return at.astimezone(UTC) if isinstance(at, datetime) and at.tzinfo else None
    except OverflowError:
        return None
