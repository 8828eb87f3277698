"""Whatever an address answers, in whatever order: what always holds."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import anyio
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.errors import Failed, Refused
from scraper.pipeline import Outcome
from scraper.pipeline.stories import REUSED
from scraper.store.index import sequence
from tests.fakes import Answer
from tests.stage import HOME, SNOW, THEFT, Stage, page, staged
from tests.test_worse_pages import CHALLENGE, CONSENT, EDITED, LISTING, LOGIN, LONG, SOFT, TEASER, URL, WHOLE, On, cut

AGAIN = replace(LONG, title="Ferry inquiry: what twenty days of hearings came to")
OTHER = replace(SNOW, text=tuple(f"{text} So it went for day {n}." for n in range(6) for text in SNOW.text))
GOOD: dict[str, Answer] = {
    "whole": WHOLE,
    "edited": page(EDITED),
    "retitled": page(AGAIN),
    "half": cut(5),
    "a little less": cut(19),
    "another story, dated later": page(replace(OTHER, date="2026-03-04T07:00:00+00:00")),
    "another story, same date": page(replace(OTHER, date=LONG.date)),
    "a third story, undated": page(replace(THEFT, date=None)),
}
BAD: dict[str, Answer] = {
    "challenge": CHALLENGE,
    "consent": CONSENT,
    "login": LOGIN,
    "soft 404": SOFT["French"],
    "listing": LISTING,
    "nothing": b"",
    "404": 404,
    "410": 410,
    "451": 451,
    "503": 503,
    "timeout": Failed(URL, "timeout"),
    "robots": Refused(URL, "robots"),
}
TITLES = {LONG.title, AGAIN.title, SNOW.title, THEFT.title}
ALL: dict[str, Answer] = GOOD | BAD | {"teaser": TEASER}
VIA: dict[str, tuple[Answer, float, str]] = {
    "front": (LISTING, 0, HOME),
    "section": (LISTING, 0, f"{HOME}news/"),
    "elsewhere": (page(SNOW), 0, f"{HOME}2026/snow/"),
}
# Two headlines over one text: a second look is at the text.
BODY = {"retitled": "whole"}
# Other texts under one headline and date: another story at an address is known by these.
STORY = dict.fromkeys(("edited", "half", "a little less"), "whole")
# What is kept of these was seen twice.
DOUBTED = {"shrunk", "replaced"}

pages = st.sampled_from([*ALL, *VIA, "404", "410", "410", "whole"])
pauses = st.sampled_from([0.2, 5.0, 7.0, 13.0, 25.0, 800.0, -30.0])
steps = st.lists(st.tuples(pages, pauses), min_size=1, max_size=9)


@dataclass
class Model:
    """The rule of tombstones, told once more: answers in a row that it is gone, each with its time and reason."""

    gone: bool = False
    missed: list[tuple[datetime, str]] = field(default_factory=list)
    last: str | None = None

    def take(self, done: Outcome, at: datetime) -> None:
        """One visit's outcome."""
        word = (done.reason or "").partition(":")[0]
        if done.verdict in {"new", "same", "edited", "back"}:
            self.gone, self.missed = False, []
        elif word in {"shrunk", "teaser", "replaced", "undecodable"}:
            self.missed = []
        elif done.verdict == "gone":
            self.missed.append((at, word))
            self.gone = self.gone or self.believed(at)
        if done.verdict not in {"refused", "deferred"} or not (self.last or "").endswith("agree"):
            self.last = word

    def believed(self, now: datetime) -> bool:
        """Three over a day, or two over six hours of which the last two are 410."""
        span = now - min(at for at, _ in self.missed)
        deleted = len(self.missed) >= 2 and self.last == self.missed[-1][1] == "http-410"
        return (len(self.missed) >= 3 and span >= timedelta(days=1)) or (deleted and span >= timedelta(hours=6))


def check(stage: Stage, model: Model) -> None:
    """What holds after each visit."""
    for entry in stage.histories():
        versions = stage.archive.versions(entry.id)
        places = [sequence(one.capture.file, one.capture.offset) for one in versions]
        assert places == sorted(set(places))
        assert [one.version for one in versions] == list(range(len(versions)))
        assert {one.article.title for one in versions} <= TITLES
    now = stage.archive.find(URL)
    assert (now is not None and now.gone_since is not None) == model.gone


async def play(root: Path, seen: list[tuple[str, float]]) -> None:
    """Visit, and look at everything after each visit; `staged` proves the files at the end."""
    with staged(root) as stage:
        model, answers = Model(), [""]
        for name, hours in seen:
            on = On(*VIA[name]) if name in VIA else On(ALL[name])
            before = sum(stage.versions())
            done = await stage.see(URL, on.answer, via=on.via, hours=hours)
            made = sum(stage.versions()) - before
            assert made == 0 or name in GOOD or (name == "teaser" and done.verdict == "new") or name in VIA
            assert made == 0 or done.verdict in {"new", "edited", "back"}
            reused = (done.reason or "").startswith(REUSED)
            if made and (reused or DOUBTED.intersection(done.flags)):
                same = STORY if reused else BODY
                assert same.get(answers[-1], answers[-1]) == same.get(name, name), "seen but once"
            if done.verdict not in {"failed", "refused"}:
                answers.append(name)
            model.take(done, stage.clock())
            check(stage, model)


@settings(max_examples=20, deadline=None)
@example([("another story, dated later", -30.0), ("whole", 0.2), ("edited", 0.2)])
@given(steps)
def test_any_sequence_of_visits(seen: list[tuple[str, float]]) -> None:
    """Versions are the article's, in the order of captures; tombstones follow the rule; the files prove themselves."""
    with tempfile.TemporaryDirectory() as place:
        anyio.run(play, Path(place) / "archive", seen)
