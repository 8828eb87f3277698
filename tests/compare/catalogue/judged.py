"""The catalogue of cases: read from its folders, judged, and counted."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from scraper import extract
from scraper.article import Article
from scraper.compare import compare
from scraper.model import Page, Verdict
from scraper.pipeline import judge

FOLDER = Path(__file__).parents[1] / "cases"
AT = datetime(2026, 3, 7, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A page before and after, and what has to be said of the difference. `words` stand in the parts of an edit."""

    name: str
    before: bytes
    after: bytes
    url: str
    url_after: str
    verdict: str
    reason: str | None
    kinds: tuple[str, ...]
    stealth: bool
    words: tuple[str, ...]

    @property
    def is_edit(self) -> bool:
        """Whether somebody at the outlet changed what readers are shown."""
        return self.verdict == "edited"

    @property
    def what(self) -> str:
        """What the case is about: `edit-figures`, `noise-card`."""
        return "-".join(self.name.split("-")[:2])

    @property
    def language(self) -> str:
        """The language of the article."""
        return self.name.rsplit("-", 1)[-1]

    @property
    def template(self) -> str:
        """The template of the page before."""
        return self.name.rsplit("-", 2)[-2]


def load(folder: Path = FOLDER) -> list[Case]:
    """All cases, by name."""
    return [_case(each) for each in sorted(folder.iterdir())]


def _case(folder: Path) -> Case:
    told = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    return Case(
        name=folder.name,
        before=(folder / "before.html").read_bytes(),
        after=(folder / "after.html").read_bytes(),
        url=told["url"],
        url_after=told.get("url_after", told["url"]),
        verdict=told["verdict"],
        reason=told.get("reason"),
        kinds=tuple(told.get("kinds", ())),
        stealth=told.get("stealth", False),
        words=tuple(told.get("words", ())),
    )


def compared(case: Case) -> Verdict:
    """Both pages read, the article named as a visit names it, and compared."""
    old, new = (_named(page, url) for page, url in ((case.before, case.url), (case.after, case.url_after)))
    return compare(old, new)


def _named(page: bytes, url: str) -> Article:
    article = extract(page, url)
    seen = Page(url, url, 200, "OK", (), (), page, page, AT)
    return replace(article, canonical_url=judge.name(article, seen, None))


# ---------------------------------------------------------------------------------------------- what is wrong


def false(case: Case, verdict: Verdict) -> bool:
    """A version of what is no edit."""
    return not case.is_edit and verdict.kind == "edited"


def missed(case: Case, verdict: Verdict) -> bool:
    """An edit without a version."""
    return case.is_edit and verdict.kind != "edited"


def astray(case: Case, verdict: Verdict) -> bool:
    """No version, as it should be, but for another reason: a worse page taken for the same, or the other way round."""
    reason = (verdict.reason or "").partition(":")[0]
    return not case.is_edit and not false(case, verdict) and (verdict.kind, reason or None) != (
        case.verdict, case.reason)  # fmt: skip


def kinds_wrong(case: Case, verdict: Verdict) -> bool:
    """An edit that is found, but not as what it is."""
    return case.is_edit and verdict.edit is not None and set(verdict.edit.kinds) != set(case.kinds)


def stealth_wrong(case: Case, verdict: Verdict) -> bool:
    """An edit that is said to be made in stealth and is not, or the other way round."""
    return case.is_edit and verdict.edit is not None and verdict.edit.stealth != case.stealth


def words_lost(case: Case, verdict: Verdict) -> bool:
    """An edit whose parts do not show the words that were changed."""
    shown = "\n".join(f"{p.old}\n{p.new}" for p in verdict.edit.parts) if verdict.edit else ""
    return case.is_edit and verdict.edit is not None and not all(word in shown for word in case.words)


WRONGS: Mapping[str, Callable[[Case, Verdict], bool]] = {
    "false": false,
    "missed": missed,
    "astray": astray,
    "kinds": kinds_wrong,
    "stealth": stealth_wrong,
    "words": words_lost,
}
Judged = list[tuple[Case, Verdict]]


def count(judged: Iterable[tuple[Case, Verdict]]) -> dict[str, int]:
    """How many cases, and how many of them are wrong in each way."""
    found = list(judged)
    return {"cases": len(found)} | {name: sum(map(_is(wrong), found)) for name, wrong in WRONGS.items()}


def _is(wrong: Callable[[Case, Verdict], bool]) -> Callable[[tuple[Case, Verdict]], bool]:
    return partial(lambda test, each: test(*each), wrong)


def by(judged: Judged, key: Callable[[Case], str]) -> dict[str, Judged]:
    """The judged cases in groups, the groups in order."""
    groups: dict[str, Judged] = defaultdict(list)
    for case, verdict in judged:
        groups[key(case)].append((case, verdict))
    return dict(sorted(groups.items()))
