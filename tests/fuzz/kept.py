"""What the archive writes and reads again: snapshots, sidecars, WARC records; and the comparison of two texts."""

from __future__ import annotations

import gzip
import io
import unicodedata
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from scraper.article import Article, Block, render
from scraper.compare import compare
from scraper.compare.diff import apply, diff, lines
from scraper.errors import ArchiveDamaged
from scraper.store import sidecar
from scraper.store.scan import Gap, Record, scan, whole
from scraper.text import clean
from tests.fuzz.taker import Taker, article

SIDECAR = Path("000_0000000000000000.json")
GOOD = gzip.compress(b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 4\r\n\r\ngood\r\n\r\n", mtime=0)


# ------------------------------------------------------------------------------------------------ snapshots


def check_snapshot(data: bytes) -> None:
    """An article of clean texts is rendered as the seed format says, and its sidecar gives back the same text."""
    made = tidy(article(Taker(data)))
    text = render(made)
    check_text(text, made)
    again = sidecar.article_from(sidecar.loads(sidecar.dumps(sidecar.article_json(made)), SIDECAR))
    assert render(again) == text
    assert again == made


def tidy(made: Article) -> Article:
    """`made` as extraction would have it: every text one clean line, none of them empty."""
    return replace(
        made,
        canonical_url=f"https://example.com/{quote(made.canonical_url, errors='replace')}",
        title=_line(made.title),
        subtitle=_line(made.subtitle),
        authors=tuple(filter(None, map(clean, made.authors))),
        caption=_line(made.caption),
        blocks=tuple(Block(b.kind, text, b.entry, b.at) for b in made.blocks if (text := clean(b.text))),
    )


def _line(text: str | None) -> str | None:
    return clean(text or "") or None


def check_text(text: str, made: Article) -> None:
    """What holds of every snapshot."""
    assert text.endswith(f"\n\nOriginal url:\n\n<{made.canonical_url}>\n") or text == (
        f"Original url:\n\n<{made.canonical_url}>\n"
    )
    assert unicodedata.is_normalized("NFC", text)
    assert "\n\n\n" not in text
    assert not text.startswith("\n")
    for line in text.splitlines():
        assert line == line.rstrip()
    assert text.splitlines() == text.removesuffix("\n").split("\n")
    text.encode("utf-8")


def check_sidecar(data: bytes) -> None:
    """A sidecar of any bytes is a snapshot or damaged, never anything else; any article, of whatever values, comes
    back from its own sidecar as it was."""
    try:
        told = sidecar.loads(data, SIDECAR)
        found = sidecar.checked(SIDECAR, lambda: sidecar.snapshot_from(told, "a.txt"))
        sidecar.checked(SIDECAR, lambda: render(found.article))
    except ArchiveDamaged:
        pass
    made = article(Taker(data))
    assert sidecar.article_from(sidecar.loads(sidecar.dumps(sidecar.article_json(made)), SIDECAR)) == made


# ------------------------------------------------------------------------------------------------ WARC files


def check_warc(data: bytes) -> None:
    """Records and gaps cover any file from end to end; what is called whole can be read again at its place; and a good
    record is found whatever stands before it."""
    take = Taker(data)
    packed = take.byte()
    body = b"".join(_member(take.raw(), packed) for _ in range(packed % 5)) + take.rest() if packed else take.rest()
    content = body + GOOD
    file = io.BytesIO(content)
    at = 0
    last: Record | Gap | None = None
    for piece in scan(file, 0, len(content), lambda _: True):
        assert piece.offset == at
        assert piece.length > 0
        at, last = at + piece.length, piece
        if isinstance(piece, Record):
            assert piece == whole(file, piece.offset, len(content))
            assert piece.block is not None
    assert at == len(content)
    assert isinstance(last, Record)
    assert last.block == b"good"


def _member(block: bytes, form: int) -> bytes:
    head = b"WARC/1.1\r\nWARC-Type: response\r\n"
    head += b"Content-Type: application/http\r\n" if form & 32 else b""
    length = len(block) + (form >> 6) - 1
    made = gzip.compress(head + b"Content-Length: %d\r\n\r\n" % length + block + b"\r\n\r\n", mtime=0)
    return made[:-3] if form & 16 else made


# ------------------------------------------------------------------------------------------------ two texts


def check_compare(data: bytes) -> None:
    """The difference of two articles, applied to the first, gives the second; the same article twice is the same."""
    take = Taker(data)
    before = tidy(article(take))
    after = replace(tidy(article(take)), canonical_url=before.canonical_url, url=before.url)
    mixed = replace(after, blocks=(*before.blocks[: take.byte() % 5], *after.blocks, *before.blocks[-2:]))
    for new in (after, mixed):
        found = diff(before, new)
        assert apply(found, lines(before)) == lines(new)
        verdict = compare(before, new)
        assert (verdict.kind == "edited") == (verdict.edit is not None)
    assert compare(before, before).kind in {"same", "partial"}
