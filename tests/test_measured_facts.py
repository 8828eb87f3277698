"""Twelve things that were measured before this program was written: what would show that one is forgotten.

Most are held by tests that stand with the code; `HELD` says by which, so that none of them is dropped unnoticed. The
rest is here.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
import trafilatura

from scraper.errors import ArchiveError, ExtractError
from scraper.extract import read
from scraper.store.archive import FileArchive
from tests.extract.pages import page, texts
from tests.extract.pages import read as read_page
from tests.fakes import article_page
from tests.matrix.row import MIB
from tests.matrix.table import ROWS
from tests.matrix.transport import bomb
from tests.site import Program, Site, serve

FETCH, DECIDE = "fetch/test_transport.py", "fetch/test_decisions.py"
HELD = {
    "a forged answer waits on a connection that is used again": (f"{FETCH}::test_forged_answer_is_never_read",),
    "nothing but an own deadline ends a slow answer": (f"{FETCH}::test_deadline_for_all", f"{FETCH}::test_crumbs"),
    "one step of a decoder may be a gibibyte": (f"{DECIDE}::test_memory_of_a_bomb", f"{FETCH}::test_memory_of_bombs"),
    "a cut gzip body is no error of the library": (f"{DECIDE}::test_every_cut_is_seen", f"{DECIDE}::test_members"),
    "exceptions are not only the library's": ("extract/test_charset.py::test_no_codec_comes_from_outside_the_table",),
    "small pages kill parsers": ("test_worker.py::test_the_next_page_is_read_after_harm",),
    "text may be lost in silence": ("extract/test_hostile.py::test_text_nested_deeper_than_other_parsers_go_is_kept",),
    "an address is not its name": ("fetch/test_guard.py::test_not_public", "fetch/test_guard.py::test_rebinding"),
    "a torn file hides what follows": (
        "store/test_scan.py::test_what_follows_a_torn_record_is_found",
        "store/test_scan.py::test_a_record_torn_at_any_byte_is_cut_off",
    ),
}
# Rows of the table of hostile answers that say the same from the outside.
PLAYED = (
    "cl-long", "slow-headers", "slow-body", "endless-1xx", "br-bomb", "zstd-bomb", "bomb-on-404", "gzip-layers",
    "gzip-cut", "tls-cut", "loc-label", "charset-zlib", "charset-rot13", "charset-idna", "charset-punycode",
    "charset-nul", "utf16-nobom",
    "formatting-3k", "attrs-100k", "nest-100k", "options-200k", "p-200k", "links-200k", "pdf-ops",
    "deep-text", "entity-huge", "gzip-undeclared-bomb", "ssrf-nat64", "ssrf-6to4", "ssrf-short", "ssrf-decimal",
)  # fmt: skip


@pytest.mark.parametrize("fact", sorted(HELD))
def test_what_holds_a_fact_is_there(fact: str) -> None:
    """A test that is renamed or dropped is missed here."""
    for place in HELD[fact]:
        file, _, name = place.partition("::")
        assert re.search(rf"^(async )?def {name}\(", (Path(__file__).parent / file).read_text("utf-8"), re.MULTILINE)


def test_the_rows_that_hold_a_fact_are_played() -> None:
    """All of them."""
    assert set(PLAYED) - {row.id for row in ROWS} == set()


def test_the_second_reader_is_never_given_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would unpack them without a limit; and compressed bytes are refused before anybody reads them."""
    given: list[object] = []

    def record(filecontent: object, **_: object) -> None:
        given.append(filecontent)

    monkeypatch.setattr(trafilatura, "bare_extraction", record)
    with pytest.raises(ExtractError):
        read(bomb(200 * MIB), "https://paper.example/x", content_type="text/html")
    read_page(b"<title>T</title><span>x</span>")
    assert [type(one) for one in given] == [str]


def test_text_behind_references_to_no_character_is_kept() -> None:
    """One such reference made another parser lose the whole article."""
    lines = [
        "A first line of the council's report, of some length&#0;.",
        "A second one, which &#xFFFFFFFF; stands behind it.",
    ]
    assert len(texts(read_page(page(lines)))) == len(lines)


# Texts on which comparing every piece with every other takes minutes.
REPEATED = {
    "12,000 characters": (["ab" * 6_000], ["ab" * 3_000 + "ba" * 3_000]),
    "12,000 short words": (["a b " * 6_000], ["b a " * 3_000 + "a b " * 3_000 + "c"]),
    "3,000 lines": (["The same line."] * 3_000, ["The same line!"] * 1_500 + ["The same line."] * 1_499),
}


@pytest.fixture
def site() -> Iterator[Site]:
    """A site with an article for each."""
    with serve(Site()) as site:
        yield site


@pytest.mark.parametrize("name", sorted(REPEATED))
def test_a_difference_of_what_repeats_itself_is_made_within_seconds(name: str, tmp_path: Path, site: Site) -> None:
    """The system ends a command that takes more of the processor than that."""
    program, url = Program(tmp_path), "http://paper.example/story"
    program.configure(site, "paper.example")
    for lines in REPEATED[name]:
        site.routes["/story"] = article_page(*lines)
        program.fetch(url)
    for form in ([], ["--html"], ["--json"]):
        command = f"ulimit -t 15; exec {shlex.join(program.command('diff', url, *form))}"
        done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=110, check=False)
        assert (done.returncode, done.stderr, done.stdout != b"") == (0, b"", True)


def test_an_sqlite_that_may_corrupt_the_catalogue_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start, by the version that is linked, with what to do about it."""
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    with pytest.raises(ArchiveError, match="install a newer apsw"):
        FileArchive.open(tmp_path, create=True).__enter__()
