"""Reading WARC files that were cut, overwritten or made up; and going on after a torn tail."""

from __future__ import annotations

import gzip
import io
import shutil
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.store.scan import Gap, Record
from tests.store.kit import START, Clock, dumped, findings, opened, page, pieces, texts, visit

DAY = timedelta(days=1)


def written(root: Path) -> Path:
    """An archive of three versions, and its one WARC file."""
    with opened(root) as archive:
        for number, text in enumerate("ABC"):
            visit(archive, text, at=START + number * DAY)
    return next(root.glob("warc/*/*/*.gz"))


def test_a_whole_file_has_no_gaps(tmp_path: Path) -> None:
    """Every record is found at its offset, the file covered from end to end, and no digest is wrong."""
    content = written(tmp_path).read_bytes()
    found = pieces(content)
    assert all(isinstance(piece, Record) and piece.wrong is None for piece in found)
    assert [piece.offset for piece in found][1:] == [piece.offset + piece.length for piece in found][:-1]
    assert found[-1].offset + found[-1].length == len(content)


def test_a_cut_at_any_byte_of_the_last_record_is_a_gap(tmp_path: Path) -> None:
    """W1: wherever the cut, all records before it are found and the rest is one gap."""
    content = written(tmp_path).read_bytes()
    *before, last = pieces(content)
    for size in range(last.offset + 1, len(content)):
        *found, gap = pieces(content[:size])
        assert found == before
        assert gap == Gap(last.offset, size - last.offset, "is cut short")


def test_what_follows_a_torn_record_is_found(tmp_path: Path) -> None:
    """W2: an ordinary reader gives up at a hole; here the hole has an end."""
    content = written(tmp_path).read_bytes()
    whole = pieces(content)
    torn = whole[3]
    damaged = content[: torn.offset + torn.length // 2] + content[torn.offset + torn.length :]
    found = pieces(damaged)
    assert len(found) == len(whole)
    assert [isinstance(piece, Gap) for piece in found].index(True) == 3

    ids = [[p.headers["warc-record-id"] for p in each[4:] if isinstance(p, Record)] for each in (found, whole)]
    assert ids[0] == ids[1]


def member(head: str, block: bytes = b"", end: bytes = b"\r\n\r\n") -> bytes:
    return gzip.compress(f"WARC/1.1\r\n{head}\r\n\r\n".encode() + block + end, mtime=0)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\0" * 4096, "is not a gzip member"),
        (member("WARC-Type: response\r\nContent-Length: 9", b"short"), "is shorter than it says"),
        (member("WARC-Type: response\r\nContent-Length: 2", b"longer"), "is longer than it says"),
        (member("WARC-Type: response\r\nContent-Length: -1"), "has no length"),
        (member("WARC-Type: response\r\nContent-Length: 1e9"), "has no length"),
        (member("WARC-Type: response\r\nContent-Length: ٤", b"four"), "has no length"),
        (member("WARC-Type: response"), "has no length"),
        (member("WARC-Type: response\r\nContent-Length: 99999999999999999999"), "has no length"),
        (member("WARC-Type: response\r\nContent-Length: 0", end=b""), "is shorter than it says"),
        (gzip.compress(b"HTTP/1.1 200 OK\r\n\r\n", mtime=0), "does not begin like a WARC record"),
        (gzip.compress(b"W" * 200_000, mtime=0), "has no end of its header"),
        (gzip.compress(b"", mtime=0), "is shorter than it says"),
    ],
)
def test_a_lie_is_named(content: bytes, why: str) -> None:
    """W3, W4: zeros, lengths that are not true, and what is no WARC at all."""
    assert pieces(content) == [Gap(0, len(content), why)]


def test_a_bomb_costs_no_memory() -> None:
    """A record of 128 MiB of zeros is read through without being held."""
    size = 1 << 27
    squeezed = io.BytesIO()
    with gzip.GzipFile(fileobj=squeezed, mode="wb", compresslevel=1) as file:
        file.write(f"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: {size}\r\n\r\n".encode())
        for _ in range(size >> 24):
            file.write(bytes(1 << 24))
        file.write(b"\r\n\r\n")
    tracemalloc.start()
    (found,) = pieces(squeezed.getvalue())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found, Record)
    assert peak < 32 << 20


# ------------------------------------------------------------------------------------------------ going on


@pytest.mark.parametrize("tail", [b"\x1f\x8b\x08torn", b"\0" * 4096, b"garbage"])
def test_a_torn_tail_is_cut_off_and_kept(tmp_path: Path, tail: bytes) -> None:
    """I7: the next record follows the last whole one, and what was cut is in quarantine."""
    root = tmp_path / "archive"
    path = written(root)
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(tail)
    shutil.rmtree(root / ".run")  # as after a restart of the machine
    with opened(root, seed=1, clock=Clock(START + DAY)) as archive:
        kept = next((root / "quarantine").glob("*[0-9]"))
        cut = f"cut back to {whole}; {len(tail)} torn bytes kept as quarantine/{kept.name}"
        assert archive.repairs == [f"{path.relative_to(root)} {cut}"]
        assert kept.read_bytes() == tail
        visit(archive, "D", at=START + 4 * DAY)
        assert texts(archive) == list("ABCD")
    with path.open("rb") as file:
        assert len(list(ArchiveIterator(file))) == 1 + 4 * 3
    assert findings(root) == []


def test_a_record_torn_at_any_byte_is_cut_off(tmp_path: Path) -> None:
    """W1: an unfinished capture, cut at every tenth byte and at its last twenty, never hides what comes after."""
    template = tmp_path / "template"
    path = written(template)
    known = path.stat().st_size
    with opened(template, seed=1) as archive:
        archive.capture(page(at=START + 5 * DAY))
    shutil.rmtree(template / ".run")
    size = path.stat().st_size
    for cut in sorted({*range(known + 1, size, 61), *range(size - 8, size)}):
        root = tmp_path / "archive"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template, root)
        with (root / path.relative_to(template)).open("r+b") as file:
            file.truncate(cut)
        with opened(root, seed=2) as archive:
            visit(archive, "D", at=START + 6 * DAY)
            assert texts(archive) == list("ABCD")
        assert findings(root) == []


@pytest.mark.parametrize("size", [3000, 1 << 30])
def test_a_catalogue_from_a_backup_learns_from_the_files(tmp_path: Path, size: int) -> None:
    """S14: an older catalogue over newer files takes in what it missed, also from files it never heard of."""
    root = tmp_path / "archive"
    clock = Clock()
    with opened(root, warc_size=size, clock=clock) as archive:
        visit(archive, "A")
    shutil.copy(root / "catalogue.sqlite", tmp_path / "backup")
    with opened(root, warc_size=size, seed=1, clock=clock) as archive:
        for number, text in enumerate("BCDE", 1):
            visit(archive, text, at=START + number * DAY)
    newer = dumped(root)
    assert (len(list(root.glob("warc/*/*/*"))) > 1) == (size == 3000)
    shutil.copy(tmp_path / "backup", root / "catalogue.sqlite")
    with opened(root, warc_size=size, seed=2, clock=clock) as archive:
        assert texts(archive) == list("ABCDE")
    assert dumped(root) == newer
    assert findings(root) == []
