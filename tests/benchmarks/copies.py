"""How many copies of a text are found, and how many links are false, in an archive of generated articles.

    python -m tests.benchmarks.copies [--articles 5000] [--seed 1] [--wrong]

Articles go through the catalogue as they do in an archive, without files on disk. Recall is over pairs of a story and
a copy of it, by how the copy was made; precision over all links that are given. Times are of this process (CPU).
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw

from scraper import likeness
from scraper.copies import Copy
from scraper.model import Entry, Snapshot
from scraper.store import catalogue, copies, index, paths, sidecar
from scraper.store.files import Files
from scraper.store.shelves import entry_of
from tests.stories import Told, world

START = datetime(2024, 6, 2, tzinfo=UTC)


@dataclass
class Found:
    """What was linked. `recall` counts, for each way to make a copy, how many were found of how many."""

    recall: dict[str, tuple[int, int]] = field(default_factory=dict)
    links: int = 0
    false: list[tuple[Told, Told, Copy]] = field(default_factory=list)
    missed: list[tuple[Told, Told]] = field(default_factory=list)
    marking: float = 0.0
    looking: float = 0.0

    @property
    def precision(self) -> float:
        """The share of links that are right."""
        return 1 - len(self.false) / self.links if self.links else 1.0

    @property
    def found(self) -> float:
        """Recall over all ways."""
        return sum(a for a, _ in self.recall.values()) / sum(b for _, b in self.recall.values())


@contextlib.contextmanager
def shelved(articles: Mapping[str, Told]) -> Generator[tuple[apsw.Connection, dict[str, Snapshot]]]:
    """A catalogue of `articles`, by id."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "catalogue.sqlite")
        catalogue.create(place, Files())
        db = catalogue.connect(place, apsw.SQLITE_OPEN_READWRITE)
        try:
            db.execute("BEGIN")
            made = {name: _add(db, name, told, number) for number, (name, told) in enumerate(articles.items())}
            db.execute("COMMIT")
            yield db, made
        finally:
            db.close()


def _add(db: apsw.Connection, name: str, told: Told, number: int) -> Snapshot:
    at = {"captured_at": "2024-06-02T09:30:00Z", "url": url(told), "status": 200, "record_id": f"<urn:uuid:{number}>"}
    data: dict[str, Any] = {
        "url": url(told),
        "articleBody": [{"kind": "paragraph", "text": text} for text in told.body],
        "archive": {
            "article_id": name,
            "version": 0,
            "outlet": told.outlet,
            "verdict": "new",
            "captured_at": at["captured_at"],
            "text_sha256": "",
            "edit": None,
            "forms": [],
            "verdict_flags": [],
            "found_at": url(told),
            "kind": "article",
            "http": {"status": 200, "final_url": url(told)},
            "warc": {
                "file": "warc/2024/06/scraper-20240602093000-00001.warc.gz",
                "offset": number,
                "length": 1,
                "record_id": at["record_id"],
                "payload_digest": "",
            },
        },
    }
    path = f"articles/{told.outlet}/{name}/000.txt"
    index.add_version(db, data, path, "", 1)
    return sidecar.snapshot_from(data, path)


def url(told: Told) -> str:
    """Where it was."""
    return f"https://{told.outlet}/{told.name}"


def measure(told: list[Told]) -> Found:
    """Look for the copies of every article."""
    articles = {paths.article_id(url(one)): one for one in told}
    ids = {one.name: name for name, one in articles.items()}
    found, linked = Found(), Counter[tuple[str, str]]()
    begun = time.process_time()
    for one in told:
        likeness.marks(one.body)
    found.marking = (time.process_time() - begun) / len(told)
    with shelved(articles) as (db, made):
        begun = time.process_time()
        for name, one in articles.items():
            for copy in _copies(db, name, made):
                linked[name, copy.entry.id] += 1
                if articles[copy.entry.id].family != one.family:
                    found.false.append((one, articles[copy.entry.id], copy))
        found.looking = (time.process_time() - begun) / len(told)
    found.links = len(linked)
    for one in told:
        if one.of in ids:
            hit = (ids[one.of], ids[one.name]) in linked
            hits, of = found.recall.get(one.how, (0, 0))
            found.recall[one.how] = (hits + hit, of + 1)
            if not hit:
                found.missed.append((one, articles[ids[one.of]]))
    return found


def _copies(db: apsw.Connection, name: str, made: Mapping[str, Snapshot]) -> list[Copy]:
    entry = _find(db, name)
    return copies.copies(copies.pairs(db, entry, _find), lambda other, _: made[other]) if entry else []


def _find(db: apsw.Connection, name: str) -> Entry | None:
    return entry_of(db, "article_by_id", {"id": name})


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", action="store_true", help="name false links and copies that were missed")
    args = parser.parse_args()
    told = world(args.seed, args.articles)
    found = measure(told)
    print(f"{len(told)} articles, {Counter(one.how for one in told)}")
    for how, (hits, of) in sorted(found.recall.items()):
        print(f"{how:<12} found {hits:5} of {of:5}  {100 * hits / of:5.1f} %")
    print(f"recall {100 * found.found:.2f} %, precision {100 * found.precision:.2f} % of {found.links} links")
    print("false links:", dict(Counter(f"{one.how} ~ {other.how}" for one, other, _ in found.false)))
    print(f"marks of a text {1e3 * found.marking:.2f} ms, all copies of an article {1e3 * found.looking:.2f} ms")
    for one, other, copy in found.false[:20] if args.wrong else ():
        print(f"false  {one.name} ~ {other.name}: {copy.similarity} {copy.contained}")
    for one, other in found.missed[:40] if args.wrong else ():
        print(f"missed {one.name} ~ {other.name}: {likeness.likeness(one.body, other.body)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
