"""Past and future layouts: each older catalogue is made again with all it knew, a newer one is refused by everybody.

`layouts/N.sql` is the schema of the catalogue's layout N as its last program wrote it, the present one among them.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import apsw
import pytest

from scraper.errors import ArchiveNewer
from scraper.store import catalogue
from scraper.store.archive import FileArchive
from scraper.store.catalogue import APPLICATION, VERSION
from scraper.store.reindex import reindex
from scraper.store.warc import metadata
from tests.site import Program, Site
from tests.store.kit import HARBOUR, START, dumped, findings, opened, texts, visit

LAYOUTS = Path(__file__).parent / "layouts"
# Never change one of these: catalogues with that layout are on people's disks. (No program ever wrote layout 4.)
PAST = {
    1: "a60dc08bfbd2612a",
    2: "d6bf0caa8921a3f0",
    3: "ee429ca552be7704",
    5: "fc437044836699d2",
    6: "5f648f18ca581d2d",
    7: "7c7957cbc86c70f8",
}
CHANGED = (
    "schema.sql is not that of layout {0} any more: raise VERSION in catalogue.py and keep the new schema as "
    "tests/store/layouts/{1}.sql, so that what was made with {0} is known to be old"
)


def plain(schema: str) -> str:
    """A schema without its remarks and spaces: what SQLite makes of it."""
    return " ".join(re.sub(r"--[^\n]*", "", schema).split())


def of(layout: int) -> str:
    """The schema of one layout."""
    return (LAYOUTS / f"{layout}.sql").read_text()


def test_no_schema_changes_without_a_new_number() -> None:
    """Else a catalogue that lacks a column would be taken for one that has it."""
    assert plain(catalogue.sql("schema.sql")) == plain(of(VERSION)), CHANGED.format(VERSION, VERSION + 1)


def test_every_past_layout_is_kept_as_it_was() -> None:
    """A fixture that is mended proves nothing."""
    kept = sorted(int(path.stem) for path in LAYOUTS.glob("*.sql"))
    assert kept == [*PAST, VERSION], "a layout has no file, or no digest in PAST"
    assert {layout: hashlib.sha256(plain(of(layout)).encode()).hexdigest()[:16] for layout in PAST} == PAST


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive with two versions, closed."""
    with opened(tmp_path / "archive") as archive:
        visit(archive, "A")
        visit(archive, "B")
    return tmp_path / "archive"


def laid_out(root: Path, layout: int) -> None:
    """Put a catalogue of that layout in place, which knows only what no file holds."""
    place = root / "catalogue.sqlite"
    place.unlink()
    with apsw.Connection(str(place)) as db:
        db.execute(of(layout))
        db.pragma("application_id", APPLICATION)
        db.pragma("user_version", layout)
        db.execute(
            "INSERT INTO frontier (key, url, host, outlet, priority, next_visit, edits) "
            "VALUES ('news.example/waiting', 'https://news.example/waiting', 'news.example', 'news.example', 1, 77, 3)"
        )
        db.execute("INSERT INTO sources (url, outlet, items) VALUES ('https://news.example/rss', 'news.example', 7)")
        db.execute("INSERT INTO hosts (host, blocked) VALUES ('slow.example', 99)")


@pytest.mark.parametrize("layout", PAST)
def test_a_catalogue_of_every_past_layout_is_made_again(root: Path, layout: int) -> None:
    """C11: what the files say is the same as ever, what only the old one knew is carried over, and it is kept."""
    before = dumped(root)
    laid_out(root, layout)
    with FileArchive.open(root) as archive:
        assert f"older layout {layout}: made again" in archive.repairs[0]
        row = archive.frontier.lookup("https://news.example/waiting")
        source = archive.frontier.source("https://news.example/rss")
        assert row
        assert row.edits == 3
        assert source
        assert source.items == 7
        assert texts(archive) == ["A", "B"]
        assert dumped(root) == before
    kept = (root / "quarantine").glob("*catalogue.sqlite")
    assert layout in map(_layout, kept)
    assert findings(root) == []


def _layout(path: Path) -> int:
    db = apsw.Connection(f"file:{path}?immutable=1", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    return int(db.pragma("user_version"))


@pytest.mark.parametrize("command", [["status"], ["fetch", HARBOUR], ["run"], ["prune", "--older-than", "9d"]])
def test_a_newer_layout_is_refused_in_one_line(root: Path, tmp_path: Path, command: list[str]) -> None:
    """B3: an older program after a newer one says which it needs, and changes nothing."""
    with apsw.Connection(str(root / "catalogue.sqlite")) as db:
        db.pragma("user_version", VERSION + 1)
    program = Program(tmp_path)
    program.configure(Site(address="127.0.0.1:1"))
    before = (root / "catalogue.sqlite").read_bytes()
    done = program.run(*command)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "use the newer program" in done.stderr
    assert (root / "catalogue.sqlite").read_bytes() == before


def test_records_of_a_newer_program_are_not_taken_for_a_strangers(root: Path) -> None:
    """B3: without its catalogue too an archive is not read by half: what a newer program wrote is no noise."""
    with next(root.glob("warc/*/*/*.gz")).open("ab") as file:
        file.write(metadata(HARBOUR, START, "<urn:uuid:0>", None, b'{"format": "scraper-visit/2"}'))
    with pytest.raises(ArchiveNewer, match="scraper-visit/2"):
        reindex(root)
    with pytest.raises(ArchiveNewer, match="scraper-visit/2"), FileArchive.open(root):
        pass
