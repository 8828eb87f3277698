"""Fill changedetection.io with a list as long as one likes, to be compared by tests/benchmarks/pages.py.

    python -m tests.benchmarks.peer DIR [--watches 1000]

DIR is what it made of itself at a start with one watch in it, while it does not run: the first `watch.json` in it is
the model of the others. Each watch is one made-up article of tests/benchmarks/bulk.py that was edited, with all its
versions as texts, in the files that the program itself writes: `watch.json`, `history.txt`, a text for each version.
All are paused, so that it does nothing but show them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import uuid
from itertools import islice
from pathlib import Path

from tests.benchmarks import bulk


def fill(folder: Path, watches: int) -> int:
    """Write so many; how many texts they have."""
    model = json.loads(next(folder.glob("*/watch.json")).read_text(encoding="utf-8"))
    told = (story for story in bulk.stories(100_000, 300_000) if 1 < len(story.history) < 100)
    return sum(_watch(folder, model, story) for story in islice(told, watches))


def _watch(folder: Path, model: dict[str, object], story: bulk.Told) -> int:
    url = story.history[0][1].url
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, url))
    place = folder / name
    place.mkdir()
    lines, digest = list[str](), ""
    for at, article in story.history:
        digest = hashlib.md5(article.text.encode(), usedforsecurity=False).hexdigest()
        (place / f"{digest}.txt").write_text(article.text, encoding="utf-8")
        lines.append(f"{int(at.timestamp())},{digest}.txt\n")
    (place / "history.txt").write_text("".join(lines), encoding="utf-8")
    last = int(story.history[-1][0].timestamp())
    own = {"uuid": name, "url": url, "title": story.history[0][1].title, "paused": True, "previous_md5": digest}
    times = {"date_created": last, "last_checked": last, "check_count": len(lines), "last_viewed": 0}
    (place / "watch.json").write_text(json.dumps(model | own | times), encoding="utf-8")
    return len(lines)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--watches", type=int, default=1000)
    args = parser.parse_args()
    print(f"{args.watches} watches with {fill(args.folder, args.watches)} texts")


if __name__ == "__main__":
    main()
