"""Figures as inline SVG: drawn by the server, styled by the style sheet, each with a table that says the same.

Places along the width are per cent of it and heights are pixels, so that a figure fills a phone as it fills a desk and
its letters stay as large as the page's. No meaning is in a colour alone: each mark has a shape of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from markupsafe import Markup, escape

from scraper.habits import Habits
from scraper.reports import Edition, Seen, Watch

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TICKS: Final = 640  # of a timeline, at most: about one a pixel
_MARGIN: Final = 40  # pixels that the style sheet leaves for letters beside a plot
_ROOM: Final = (3.0, 8.0)  # per cent of the width that a number takes on a desk and on a phone


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure and its numbers."""

    caption: str
    svg: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _svg(kind: str, height: int, label: str, parts: Iterable[str]) -> Markup:
    """The drawing; `parts` are made of numbers and escaped text only."""
    head = f'<svg class="{kind}" width="100%" height="{height}" role="img" aria-label="{escape(label)}">'
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704  # every part is ours


def _text(x: str, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    of_kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y:.1f}" text-anchor="{anchor}"{of_kind}>{escape(text)}</text>'


def _line(kind: str, x: tuple[float, float], y: tuple[float, float]) -> str:
    return f'<line class="{kind}" x1="{x[0]:.2f}%" y1="{y[0]:.1f}" x2="{x[1]:.2f}%" y2="{y[1]:.1f}"/>'


# ------------------------------------------------------------------------------------------------ one article

_AXIS: Final = 36
# Around the place where each stands.
_MARKS: Final = {
    "version": "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
    "stealth": "M0 -8L8 0L0 8L-8 0z",
    "gone": "M-6 -6L6 6M-6 6L6 -6",
    "back": "M-7 6L0 -7L7 6z",
    "visit": "M0 -6V6",
}
_MEANS: Final = {
    "version": "a version",
    "stealth": "edited in silence",
    "gone": "gone",
    "back": "back",
    "visit": "a visit that found nothing new",
}


def timeline(editions: Sequence[Edition], watch: Watch) -> Markup:
    """Visits as ticks, versions with their numbers, gone and back, all to scale of time; then what each mark means.

    It ends with the last visit: of what came after it nothing is known.
    """
    times = [*(one.captured_at for one in editions), *watch.times, *(one.at for one in watch.endings)]
    first, last = min(times), max(times)
    scale = _Scale(first, max((last - first).total_seconds(), 1.0))
    ticks = sorted({round(scale(at) * TICKS / 100) for at in watch.times})
    endings = [one for one in watch.endings if _ends(one)]
    parts = [_line("silence", (0, 100), (_AXIS, _AXIS))]
    parts += map(_tick, ticks)
    parts += [_mark(one.verdict, scale(one.at), f"{one.verdict} {_minute(one.at)}") for one in endings]
    parts += _versions(_apart(editions, [scale(one.captured_at) for one in editions]))
    said = _day if first.date() != last.date() else _minute  # the same word twice would say nothing
    parts.append(_text("0", _AXIS + 28, said(first)))
    parts += [_text("100%", _AXIS + 28, said(last), "end")] if first < last else []
    seen = {"version"} | {"stealth" for one in editions if one.stealth} | {one.verdict for one in endings}
    return _svg("timeline", _AXIS + 34, _told(editions, watch.visits), parts) + _legend(
        seen | ({"visit"} if ticks else set())
    )


@cache
def _tick(place: int) -> str:
    """A visit, at one of the TICKS places of the axis."""
    return _line("visit", (100 * place / TICKS,) * 2, (_AXIS - 6, _AXIS + 6))


def _legend(seen: set[str]) -> Markup:
    """What the marks that are there mean."""
    entries = (
        f'<li><svg width="20" height="18" aria-hidden="true"><g transform="translate(10 9)">{_path(kind)}</g></svg>'
        f"{said}</li>"
        for kind, said in _MEANS.items()
        if kind in seen
    )
    return Markup(f'<ul class="legend">{"".join(entries)}</ul>')  # noqa: S704  # ours


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    seconds: float

    def __call__(self, at: datetime) -> float:
        """Per cent of the way to the end."""
        share = (at - self.first).total_seconds() / self.seconds
        return 100 * min(max(share, 0.0), 1.0)


def _ends(one: Seen) -> bool:
    return one.verdict == "back" or (one.verdict == "gone" and "confirmed" in one.flags)


def _path(kind: str) -> str:
    return f'<path class="{kind}" d="{_MARKS[kind]}"/>'


def _mark(kind: str, x: float, told: str) -> str:
    return f'<svg x="{x:.2f}%" y="{_AXIS}"><title>{escape(told)}</title>{_path(kind)}</svg>'


def _versions(placed: Iterable[tuple[Edition, float]]) -> list[str]:
    """A mark a version; a number where there is room for one."""
    parts, numbered = [], [-100.0, -100.0]
    for one, x in placed:
        said = ", ".join(one.kinds) or one.verdict
        told = f"version {one.version:03d}, {said}, {_minute(one.captured_at)}"
        parts.append(_mark("stealth" if one.stealth else "version", x, told))
        on_desk = x - numbered[0] >= _ROOM[0]
        on_phone = on_desk and x - numbered[1] >= _ROOM[1]
        if on_desk:
            kind = "label" if on_phone else "label roomy"
            parts.append(_text(f"{x:.2f}%", _AXIS - 16, str(one.version), "middle", kind))
        numbered = [x if on_desk else numbered[0], x if on_phone else numbered[1]]
    return parts


def _apart(editions: Sequence[Edition], places: Sequence[float]) -> list[tuple[Edition, float]]:
    """Editions with their places; where there are more than pixels, one a pixel, the last."""
    pairs = list(zip(editions, places, strict=True))
    return pairs if len(pairs) <= TICKS else list({round(x * TICKS / 100): (one, x) for one, x in pairs}.values())


def _told(editions: Sequence[Edition], visits: int) -> str:
    edits = sum(bool(one.kinds) for one in editions)
    return f"{visits} visits, {len(editions)} versions, {edits} edits; the table below has them"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _minute(at: datetime) -> str:
    return at.isoformat(" ", "minutes")[:16]


# ------------------------------------------------------------------------------------------------ one outlet


def plots(habits: Habits, zone: str) -> tuple[Plot, ...]:
    """Posting rhythm, edit rate by age, and how long texts stay as they were."""
    return (_rhythm(habits, zone), _rates(habits), _survival(habits))


def _beside(y: float, text: str) -> str:
    return _text(str(-_MARGIN), y, text)


def _rhythm(habits: Habits, zone: str) -> Plot:
    most = max(map(max, habits.rhythm)) or 1
    wide = 100 / 24
    parts = [_beside(18 + 16 * day, name) for day, name in enumerate(DAYS)]
    for day, hours in enumerate(habits.rhythm):
        for hour, count in enumerate(hours):
            shade = f'fill-opacity="{0.06 + 0.94 * count / most:.2f}"'
            place = f'x="{hour * wide:.2f}%" y="{6 + 16 * day}" width="{0.93 * wide:.2f}%" height="14"'
            told = f"<title>{DAYS[day]} {hour:02d}:00, {count}</title>"
            parts.append(f'<rect class="cell" {place} {shade}>{told}</rect>')
    parts += [_text(f"{hour * wide:.2f}%", 134, f"{hour:02d}") for hour in range(0, 24, 3)]
    rows = tuple((f"{hour:02d}:00", *(str(habits.rhythm[day][hour]) for day in range(7))) for hour in range(24))
    caption = f"When articles are first seen, by weekday and hour ({zone})"
    return Plot(caption, _svg("plot", 140, caption, parts), ("Hour", *DAYS), rows)


def _rates(habits: Habits) -> Plot:
    most = max((rate for _, rate in habits.rates), default=0) or 1
    wide = 100 / len(habits.rates)
    parts = [_beside(14, f"{most:.3g}" if most < 1000 else f"{most:.0f}"), _line("axis", (0, 100), (110, 110))]
    labels = [_span(end) for end, _ in habits.rates]
    for place, (_, rate) in enumerate(habits.rates):
        high = 100 * rate / most
        told = f"<title>up to {labels[place]}: {rate:.3g} an hour</title>"
        size = f'width="{0.9 * wide:.2f}%" height="{high:.1f}"'
        parts.append(f'<rect class="bar" x="{place * wide:.2f}%" y="{110 - high:.1f}" {size}>{told}</rect>')
        parts.append(_text(f"{(place + 0.45) * wide:.2f}%", 126, labels[place], "middle"))
    rows = tuple((f"up to {label}", f"{rate:.4f}") for label, (_, rate) in zip(labels, habits.rates, strict=True))
    caption = "Edits an hour and article, by the article's age"
    return Plot(caption, _svg("plot", 134, caption, parts), ("Age", "Edits an hour"), rows)


def _survival(habits: Habits) -> Plot:
    end = max((age for age, _ in habits.survival), default=1.0) or 1.0
    steps = list(_thinned(habits.survival))
    parts = [_line("grid", (0, 100), (y, y)) for y in (10, 60, 110)]
    parts += [_beside(14, "100 %"), _beside(64, "50 %"), _beside(114, "0 %")]
    parts += [_text("0", 126, "0"), _text("100%", 126, _span(end), "end")]
    x, y, share = 0.0, 10.0, 1.0
    for age, share in steps:
        right, low = 100 * age / end, 110 - 100 * share
        parts += [_line("line", (x, right), (y, y)), _line("line", (right, right), (y, low))]
        x, y = right, low
    parts.append(_line("line", (x, 100), (y, y)))
    caption = f"Share of texts that stand as they were first seen, by age; {share:.0%} at the end"
    rows = tuple((_span(age), f"{after:.1%}") for age, after in steps)
    return Plot(caption, _svg("plot", 134, caption, parts), ("Age", "Unchanged"), rows)


def _thinned(steps: Sequence[tuple[float, float]], most: int = 60) -> Iterable[tuple[float, float]]:
    """At most `most` of the steps, evenly, the last among them."""
    every = -(-len(steps) // most)
    return (step for place, step in enumerate(steps) if place % every == 0 or place == len(steps) - 1)


def _span(hours: float) -> str:
    """`20 s`, `30 min`, `4 h`, `8 d`."""
    if hours < 1:
        return f"{hours * 3600:.0f} s" if hours < 1 / 30 else f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"
