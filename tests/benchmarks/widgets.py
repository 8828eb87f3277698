"""What banners and widgets leave in articles, and what true lines are lost with them.

    python -m tests.benchmarks.widgets [--files widgets-2,lines-2] [--bench DIR] [--show]

Every snippet of the catalogue (`tests/extract/catalogue/`) is put into own pages of several systems, above, between
and below the paragraphs; with `--bench` also into saved real pages (`truth.jsonl`, `pages/<id>.html.gz`). Compared is
the article with the article of the same page without the snippet: a widget has *leaked* if anything was added
anywhere, and has done *harm* if a block of the page is gone or another; a line is *lost* if its words are not in the
body one after the other. Shares are of all insertions. `--show` names each snippet that fails, with the places.
"""

from __future__ import annotations

import argparse
import html
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from scraper import extract
from scraper.article import Article
from tests.benchmarks.corpus import Record, load
from tests.extract import catalogue
from tests.extract.catalogue import Snippet, templates

PARAGRAPH = re.compile(rb"<p\b[^>]*>(.*?)</p>", re.DOTALL | re.IGNORECASE)
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Trial:
    """One snippet in one place, and what came of it. `added` is the text that was not there before."""

    snippet: Snippet
    where: str
    added: tuple[str, ...]
    gone: tuple[str, ...]
    whole: bool

    @property
    def failed(self) -> bool:
        """Whether this is not as it should be: a line has to be whole, a widget to leave nothing."""
        if self.snippet.id.startswith("lines"):
            return not self.whole or bool(self.gone)
        return bool(self.added or self.gone)


def parts(article: Article) -> list[str]:
    """All that of an article which readers of a snapshot see, field by field and block by block."""
    fields = (article.title or "", article.subtitle or "", article.caption or "", *article.authors)
    return [*fields, *(block.text for block in article.blocks)]


def words(text: str) -> str:
    """The words of a text with one space around each."""
    return f" {' '.join(WORD.findall(text))} "


def shown(snippet: Snippet) -> str:
    """The words of a snippet."""
    return words(LexborHTMLParser(f"<body>{snippet.html}").body.text(separator=" "))  # type: ignore[union-attr]


def tried(snippet: Snippet, where: str, page: bytes, url: str, before: list[str]) -> Trial:
    """The article of `page`, which holds the snippet, beside the parts it has without it."""
    article = extract(page, url)
    now, then = Counter(parts(article)), Counter(before)
    shown_now = [article.subtitle or "", *(block.text for block in article.blocks)]
    whole = shown(snippet) in words(" ".join(shown_now))
    return Trial(snippet, where, tuple((now - then).elements()), tuple((then - now).elements()), whole)


def on_own_pages(snippets: Iterable[Snippet]) -> Iterator[Trial]:
    """Each snippet in all places of all own pages."""
    for shape in templates.SHAPES:
        before = parts(extract(templates.page(shape), templates.URL))
        for snippet in snippets:
            for place in templates.PLACES:
                page = templates.page(shape, snippet.html, place)
                yield tried(snippet, f"{shape}@{place}", page, templates.URL, before)


def gaps(page: bytes, article: Article) -> list[int]:
    """Where in the bytes of a page a paragraph of its article ends."""
    known = {words(block.text) for block in article.blocks}
    return [
        found.end()
        for found in PARAGRAPH.finditer(page)
        if words(html.unescape(re.sub(r"<[^>]+>", "", found[1].decode(errors="replace")))) in known
    ]


def on_saved_pages(snippets: list[Snippet], records: Iterable[Record], picks: int) -> Iterator[Trial]:
    """On each page some snippets, between two paragraphs and below the last; the same ones in every run."""
    for record in records:
        article = extract(record.body, record.url)
        ends = gaps(record.body, article)
        if len(ends) < 3:
            continue
        before, chance = parts(article), random.Random(record.id)
        for snippet in chance.sample(snippets, min(picks, len(snippets))):
            at = chance.choice([ends[0], ends[len(ends) // 2], ends[-1]])
            page = record.body[:at] + snippet.html.encode() + record.body[at:]
            yield tried(snippet, f"{record.id}@{ends.index(at)}", page, record.url, before)


def table(trials: list[Trial], key: Callable[[Trial], str]) -> None:
    """Shares by one property, the worst first."""
    groups: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        groups[key(trial)].append(trial)
    for name, some in sorted(groups.items(), key=lambda one: -sum(t.failed for t in one[1]) / len(one[1])):
        print(f"  {name:<14} {len(some):>6} {share(t.failed for t in some)} {share(bool(t.gone) for t in some)}")


def share(flags: Iterable[bool]) -> str:
    """How many of these are true, in percent."""
    all_of_them = list(flags)
    return f"{100 * sum(all_of_them) / max(1, len(all_of_them)):7.2f}%"


def report(title: str, trials: list[Trial], show: bool) -> None:
    """Everything about one set of trials."""
    failed = {trial.snippet.id for trial in trials if trial.failed}
    kinds = {trial.snippet.id for trial in trials}
    print(f"\n{title}: failed {share(t.failed for t in trials)}, harm {share(bool(t.gone) for t in trials)}", end="")
    print(f", {len(failed)} of {len(kinds)} snippets somewhere")
    table(trials, lambda trial: trial.snippet.category)
    table(trials, lambda trial: trial.snippet.language)
    if show:
        for one in sorted(failed):
            bad = [trial for trial in trials if trial.failed and trial.snippet.id == one]
            print(f"  {one} x{len(bad)} {' '.join(sorted({t.where for t in bad})[:40])}")
            print(f"      + {bad[0].added}  - {bad[0].gone}")


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", default="", help="files of the catalogue, by comma; all by default")
    parser.add_argument("--bench", type=Path, help="a folder of saved pages")
    parser.add_argument("--picks", type=int, default=20, help="snippets a saved page")
    parser.add_argument("--show", action="store_true", help="name what fails")
    args = parser.parse_args()
    for name in args.files.split(",") if args.files else catalogue.names("widgets") + catalogue.names("lines"):
        snippets = catalogue.load(name)
        report(f"{name}, own pages", list(on_own_pages(snippets)), args.show)
        if args.bench:
            report(f"{name}, saved pages", list(on_saved_pages(snippets, load(args.bench), args.picks)), args.show)


if __name__ == "__main__":
    main()
