"""Timelines, drawn to scale whatever happened."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scraper.reports import Edition, Seen, Watch
from scraper.serve.plots import TICKS, timeline
from tests.store.kit import START

HOURS = st.floats(0, 24 * 400, allow_nan=False)


def edition(version: int, hours: float, *, stealth: bool = False) -> Edition:
    """A version captured so many hours after the start."""
    at = START + timedelta(hours=hours)
    return Edition(version, "", "", "edited" if version else "new", at, None, ("figures",), stealth, (), 0)


def ending(kind: str, hours: float) -> Seen:
    """A visit that found the article gone for good, or back."""
    at = START + timedelta(hours=hours)
    return Seen(at, "", kind, None, ("confirmed",), None, "")  # type: ignore[arg-type]  # gone or back


def placed(drawn: str, kind: str) -> list[float]:
    """Where the marks of a kind stand, in per cent of the width."""
    return [float(x) for x in re.findall(rf'<svg x="([\d.]+)%"[^>]*><title>[^<]*</title><path class="{kind}"', drawn)]


@given(st.lists(HOURS, min_size=1, max_size=40), st.lists(HOURS, max_size=40))
def test_marks_stand_where_their_times_are(captured: list[float], visited: list[float]) -> None:
    """In proportion, from the first that is known to the last."""
    hours = sorted(captured)
    watch = Watch(len(visited), tuple(START + timedelta(hours=hour) for hour in sorted(visited)))
    found = placed(timeline([edition(n, hour) for n, hour in enumerate(hours)], watch), "version")
    first, last = min(hours + visited), max(hours + visited)
    span = max(last - first, 1 / 3600)
    assert len(found) == len(hours)
    assert all(abs(x - 100 * (hour - first) / span) < 0.02 for x, hour in zip(found, hours, strict=True))


def test_each_mark_has_a_shape_of_its_own_and_is_explained() -> None:
    """Who sees no colours reads the same."""
    editions = [edition(0, 0), edition(1, 5, stealth=True)]
    drawn = timeline(editions, Watch(9, (START + timedelta(hours=1),), (ending("gone", 6), ending("back", 8))))
    shapes = dict(re.findall(r'<path class="(\w+)" d="([^"]+)"', drawn))
    assert len(set(shapes.values())) == len(shapes) == 5
    assert all(said in drawn for said in ("a version", "edited in silence", ">gone<", ">back<", "nothing new"))


def test_what_is_not_there_is_not_explained() -> None:
    """A legend of one entry for an article that was seen once."""
    drawn = timeline([edition(0, 0)], Watch())
    assert drawn.count("<li>") == 1


def test_a_thousand_versions_are_as_many_marks_as_there_is_room() -> None:
    """The page stays small."""
    drawn = timeline([edition(n, n / 60) for n in range(5000)], Watch())
    assert len(placed(drawn, "version")) <= TICKS + 1


def test_numbers_do_not_stand_on_each_other() -> None:
    """Nor on a phone, where fewer are shown."""
    drawn = timeline([edition(n, n) for n in range(60)], Watch())
    numbers = re.findall(r'<text x="([\d.]+)%"[^>]*class="(label[^"]*)"', drawn)
    for kinds, room in (({"label", "label roomy"}, 3), ({"label"}, 8)):
        places = [float(x) for x, kind in numbers if kind in kinds]
        assert all(b - a >= room for a, b in itertools.pairwise(places))
