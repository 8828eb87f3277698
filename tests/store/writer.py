"""A process that archives edits of articles until it is told to stop, or killed: `writer.py ROOT NAME ARTICLES COUNT`.

Prints one line for every version that was acknowledged.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from scraper.store.archive import FileArchive
from tests.store.kit import START, article, intent, page


def main(root: Path, name: str, articles: int, count: int) -> None:
    """Edit each of `articles` in turn; every text names who wrote it."""
    with FileArchive.open(root, create=True, warc_size=60_000) as archive:
        for number in range(count):
            url = f"https://news.example/story-{number % articles}"
            text = f"{name} {number}"
            seen = page(url, text.encode() * 50, START + timedelta(minutes=number))
            made = None
            while made is None:
                entry = archive.find(url)
                made = archive.commit(
                    intent("edited" if entry else "new", seen, archive.capture(seen), entry, article(text, url))
                )
            print(made.path, made.version, text, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
