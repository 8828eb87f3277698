"""The search over an archive of made-up articles: how large its index is, how fast it is made and asked.

    python -m tests.benchmarks.search [--versions 20000] [--keep DIR]

Articles have a headline and 8 to 14 paragraphs of words by Zipf's law, in four languages of their own syllables, and
one to six versions, each of which rewords one paragraph, takes one out or adds one. `--keep` leaves the archive in DIR,
and uses the one that is there. Printed: what the index holds, bytes and seconds by version, the middle and the slow end
of queries by kind, and how many were cut short.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from scraper.article import Article, Block
from scraper.errors import QueryTooDear
from scraper.query import parse
from scraper.store.archive import FileArchive, Seams
from scraper.store.files import Files
from tests.store.kit import START, capture_and_commit

LANGUAGES = ("en", "de", "fr", "ru")
SYLLABLES = {
    "en": "ing er ment ther con ble tion ward un re light port house sea",
    "de": "ung lich keit haus schaft ver ent berg tal see hafen stadt gen er",
    "fr": "ment tion eau eux ette mer port ville gne ché pré sur ais our",
    "ru": "ость ство ный пере город море вать про дом лес при ник ова ение",
}
WORDS = 40_000  # of a language
COMMON = 20  # the most frequent words of a language: its articles and prepositions
ROUNDS = 60  # queries of each kind


class Hasty(Files):
    """A disk that need not survive anything: what is measured is not the archive."""

    def fsync(self, fd: int) -> None:
        """Nothing."""

    def sync_folder(self, folder: Path) -> None:
        """Nothing."""


class Language:
    """Words by Zipf's law, the same at every run."""

    def __init__(self, code: str) -> None:
        dice, syllables = random.Random(code), SYLLABLES[code].split()
        made = {"".join(dice.choices(syllables, k=dice.choice((1, 2, 2, 3, 3, 4, 5)))) for _ in range(4 * WORDS)}
        self.code = code
        self.words = dice.sample(sorted(made), WORDS)
        self._weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(self.words))))

    def text(self, dice: random.Random, count: int) -> str:
        """So many words."""
        return " ".join(dice.choices(self.words, cum_weights=self._weights, k=count))


def articles(versions: int) -> Iterator[tuple[int, list[Article]]]:
    """Articles with all of their versions, until there are as many versions as asked for."""
    dice, languages = random.Random(7), [Language(code) for code in LANGUAGES]
    made = 0
    for number in itertools.count():
        language = dice.choice(languages)
        url = f"https://outlet{number % 40}.example/{number}"
        day = START.replace(year=2020) + timedelta(hours=number)
        blocks = [Block("paragraph", language.text(dice, dice.randint(25, 55))) for _ in range(dice.randint(8, 14))]
        first = Article(
            url, url, title=language.text(dice, 8), authors=(language.text(dice, 2),), published=day,
            blocks=tuple(blocks), language=language.code,
        )  # fmt: skip
        history = [first]
        for _ in range(min(dice.choice((0, 0, 1, 1, 2, 3, 5)), versions - made - 1)):
            history.append(edited(history[-1], language, dice))
        made += len(history)
        yield number, history
        if made >= versions:
            return


def edited(article: Article, language: Language, dice: random.Random) -> Article:
    """The next version."""
    blocks, at = list(article.blocks), dice.randrange(len(article.blocks))
    blocks[at : at + dice.choice((0, 1, 1, 1))] = [Block("paragraph", language.text(dice, 40))] * dice.choice((0, 1, 1))
    return replace(article, blocks=tuple(blocks) or article.blocks)


def fill(archive: FileArchive, versions: int) -> None:
    """Store them all."""
    for number, history in articles(versions):
        for again, article in enumerate(history):
            at = START + timedelta(minutes=number, days=again)
            capture_and_commit(archive, article, article.url, at, f"outlet{number % 40}.example")


def queries() -> dict[str, list[str]]:
    """What people may ask, by kind."""
    dice, languages = random.Random(11), [Language(code) for code in LANGUAGES]

    def some(low: int, high: int, form: str) -> list[str]:
        made = []
        for _ in range(ROUNDS):
            words = dice.choice(languages).words
            made.append(form.format(*(words[dice.randint(low, high)] for _ in range(form.count("{}")))))
        return made

    return {
        "a rare word": some(2000, WORDS // 2, "{}"),
        "a frequent word": some(COMMON, 400, "{}"),
        "one of the commonest": some(0, COMMON, "{}"),
        "two words": some(20, 3000, "{} {}"),
        "five words": some(20, 500, "{} {} {} {} {}"),
        "two commonest, exactly": some(0, COMMON, '"{} {}"'),
        "either of two": some(20, 3000, "{} OR {}"),
        "without another": some(20, 3000, "{} -{}"),
        "removed": some(20, 3000, "{} removed:yes"),
        "each version": some(20, 3000, "{} version:all"),
        "of an outlet and year": some(0, 400, "{} outlet:outlet7.example after:2021"),
        "beginning, two letters": [f"{word[:2]}*" for word in some(20, 3000, "{}")],
        "beginning, four letters": [f"{word[:4]}*" for word in some(20, 3000, "{}")],
    }


def ask(archive: FileArchive, texts: Sequence[str]) -> tuple[list[float], int, int]:
    """Milliseconds of CPU of each, how many gave hits, and how many were cut short."""
    times, hits, cut = [], 0, 0
    for text in texts:
        began = time.thread_time()
        try:
            hits += bool(archive.search.find(parse(text)).hits)
        except QueryTooDear:
            cut += 1
        times.append(1000 * (time.thread_time() - began))
    return times, hits, cut


def holds(path: Path) -> None:
    """What the index holds, by table."""
    db = sqlite3.connect(path)
    pages = dict(db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")) if _has_dbstat(db) else {}
    for name, size in sorted(pages.items(), key=lambda item: -item[1])[:6]:
        print(f"    {name:24} {size / 1e6:8.1f} MB")
    counts = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM sheets), (SELECT count(*) FROM forms)"
    articles_, sheets, forms = db.execute(counts).fetchone()
    print(f"    {articles_} articles, {sheets} sheets, {forms} words under stems")
    db.close()


def _has_dbstat(db: sqlite3.Connection) -> bool:
    try:
        return bool(db.execute("SELECT 1 FROM dbstat LIMIT 1"))
    except sqlite3.OperationalError:
        return False


def measure(root: Path, versions: int) -> None:
    """Make what is not there, and print the figures."""
    seams = Seams(Hasty())
    with FileArchive.open(root, create=True, seams=seams) as archive:
        if not archive.reports.status(datetime.now(START.tzinfo)).disk.versions:
            began = time.perf_counter()
            fill(archive, versions)
            print(f"archive made in {time.perf_counter() - began:.0f} s")
        index = root / "search.sqlite"
        for old in root.glob("search.sqlite*"):
            old.unlink()
        began, cpu = time.perf_counter(), time.process_time()
        taken = archive.search.follow(float("inf")).taken
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        size = index.stat().st_size
        disk = archive.reports.status(datetime.now(START.tzinfo)).disk
        print(f"{taken} versions taken in: {1000 * took / taken:.2f} s by 1000 ({1000 * cpu / taken:.2f} s of CPU)")
        print(f"index {size / 1e6:.1f} MB, {size / taken:.0f} bytes by version; snapshots {disk.snapshots / taken:.0f}")
        holds(index)
        began = time.perf_counter()
        archive.search.follow(1)
        print(f"a look without news: {1000 * (time.perf_counter() - began):.1f} ms")
        print(f"{'milliseconds of CPU':26} {'p50':>7} {'p95':>7} {'most':>7}   found   cut short")
        for kind, texts in queries().items():
            times, hits, cut = ask(archive, texts)
            middle, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            print(f"{kind:26} {middle:7.1f} {slow:7.1f} {max(times):7.1f}   {hits:3}/{len(texts)}  {cut:5}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--versions", type=int, default=20_000)
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    if args.keep:
        measure(args.keep, args.versions)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "archive", args.versions)


if __name__ == "__main__":
    main()
