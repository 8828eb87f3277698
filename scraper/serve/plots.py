"""Figures as inline SVG: drawn by the server, styled by the style sheet, each with a table that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup, escape

from scraper.habits import Habits
from scraper.reports import Edition, Seen, Watch

WIDE: Final = 720
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EDGE = 40
TICKS: Final = WIDE - 2 * _EDGE  # one a pixel


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure and its numbers."""

    caption: str
    svg: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _svg(height: int, label: str, parts: Iterable[str]) -> Markup:
    """The drawing; `parts` are made of numbers and escaped text only."""
    head = f'<svg viewBox="0 0 {WIDE} {height}" role="img" aria-label="{escape(label)}">'
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704  # every part is ours


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    of_kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{of_kind}>{escape(text)}</text>'


# ------------------------------------------------------------------------------------------------ one article


def timeline(editions: Sequence[Edition], watch: Watch, now: datetime) -> Markup:
    """Visits as ticks, versions as dots with their numbers, gone and back as marks, all to scale of time."""
    times = [one.captured_at for one in editions] + [*watch.times]
    first, last = min(times, default=now), max([*times, now])
    scale = _scale(first, last)
    parts = [f'<line class="silence" x1="{_EDGE}" y1="46" x2="{WIDE - _EDGE}" y2="46"/>']
    ticks = sorted({round(scale(at)) for at in watch.times})
    parts += [f'<line class="tick" x1="{x}" y1="40" x2="{x}" y2="52"/>' for x in ticks]
    parts += [_ending(scale(one.at), one) for one in watch.endings if _ends(one)]
    parts += _dots(editions, [scale(one.captured_at) for one in editions])
    said = _day if first.date() != last.date() else _minute  # the same word twice would say nothing
    parts.append(_text(_EDGE, 74, said(first)))
    parts.append(_text(WIDE - _EDGE, 74, said(last), "end"))
    return _svg(82, _told(editions, watch.visits), parts)


def _scale(first: datetime, last: datetime) -> _Scale:
    return _Scale(first, max((last - first).total_seconds(), 1.0))


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    seconds: float

    def __call__(self, at: datetime) -> float:
        share = (at - self.first) / timedelta(seconds=1) / self.seconds
        return _EDGE + min(max(share, 0.0), 1.0) * (WIDE - 2 * _EDGE)


def _ends(one: Seen) -> bool:
    return one.verdict == "back" or (one.verdict == "gone" and "confirmed" in one.flags)


def _ending(x: float, one: Seen) -> str:
    kind = "back" if one.verdict == "back" else "gone"
    title = f"<title>{kind} {escape(_minute(one.at))}</title>"
    return f'<rect class="{kind}" x="{x - 4:.1f}" y="38" width="8" height="16">{title}</rect>'


def _dots(editions: Sequence[Edition], places: Sequence[float]) -> list[str]:
    """A dot a version, as far as there are pixels; a number where there is room for one."""
    parts, taken = [], -20.0
    for one, x in _apart(editions, places):
        kind = "stealth" if one.stealth else "dot"
        said = ", ".join(one.kinds) or one.verdict
        parts.append(
            f'<circle class="{kind}" cx="{x:.1f}" cy="46" r="6"><title>version {one.version:03d}, {escape(said)}, '
            f"{escape(_minute(one.captured_at))}</title></circle>"
        )
        if x - taken >= 20:
            parts.append(_text(x, 30, str(one.version), "middle", "label"))
            taken = x
    return parts


def _apart(editions: Sequence[Edition], places: Sequence[float]) -> list[tuple[Edition, float]]:
    """Editions with their places; where there are more than pixels, one a pixel, the last."""
    pairs = list(zip(editions, places, strict=True))
    return pairs if len(pairs) <= TICKS else list({round(x): (one, x) for one, x in pairs}.values())


def _told(editions: Sequence[Edition], visits: int) -> str:
    edits = sum(bool(one.kinds) for one in editions)
    return f"{visits} visits, {len(editions)} versions, {edits} edits; the table below has them"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


# ------------------------------------------------------------------------------------------------ one outlet


def plots(habits: Habits, zone: str) -> tuple[Plot, ...]:
    """Posting rhythm, edit rate by age, and how long texts stay as they were."""
    return (_rhythm(habits, zone), _rates(habits), _survival(habits))


def _rhythm(habits: Habits, zone: str) -> Plot:
    most = max(map(max, habits.rhythm)) or 1
    wide = (WIDE - _EDGE) / 24
    parts = [_text(0, 18 + 16 * day, name) for day, name in enumerate(DAYS)]
    for day, hours in enumerate(habits.rhythm):
        for hour, count in enumerate(hours):
            shade = f'fill-opacity="{0.06 + 0.94 * count / most:.2f}"'
            place = f'x="{_EDGE + hour * wide:.1f}" y="{6 + 16 * day}" width="{wide - 2:.1f}" height="14"'
            told = f"<title>{DAYS[day]} {hour:02d}:00, {count}</title>"
            parts.append(f'<rect class="cell" {place} {shade}>{told}</rect>')
    parts += [_text(_EDGE + hour * wide, 134, f"{hour:02d}") for hour in range(0, 24, 3)]
    rows = tuple((f"{hour:02d}:00", *(str(habits.rhythm[day][hour]) for day in range(7))) for hour in range(24))
    caption = f"When articles are first seen, by weekday and hour ({zone})"
    return Plot(caption, _svg(140, caption, parts), ("Hour", *DAYS), rows)


def _rates(habits: Habits) -> Plot:
    most = max((rate for _, rate in habits.rates), default=0) or 1
    wide = (WIDE - _EDGE) / len(habits.rates)
    parts = [
        _text(0, 14, f"{most:.3g}" if most < 1000 else f"{most:.0f}"),
        f'<line class="axis" x1="{_EDGE}" y1="110" x2="{WIDE}" y2="110"/>',
    ]
    labels = [_span(end) for end, _ in habits.rates]
    for place, (_, rate) in enumerate(habits.rates):
        high = 100 * rate / most
        x = _EDGE + place * wide
        told = f"<title>up to {labels[place]}: {rate:.3g} an hour</title>"
        size = f'width="{wide - 6:.1f}" height="{high:.1f}"'
        parts.append(f'<rect class="bar" x="{x:.1f}" y="{110 - high:.1f}" {size}>{told}</rect>')
        parts.append(_text(x + wide / 2 - 3, 126, labels[place], "middle"))
    rows = tuple((f"up to {label}", f"{rate:.4f}") for label, (_, rate) in zip(labels, habits.rates, strict=True))
    caption = "Edits an hour and article, by the article's age"
    return Plot(caption, _svg(134, caption, parts), ("Age", "Edits an hour"), rows)


def _survival(habits: Habits) -> Plot:
    end = max((age for age, _ in habits.survival), default=1.0) or 1.0
    steps = list(_thinned(habits.survival))

    def x(age: float) -> float:
        return _EDGE + (WIDE - _EDGE - 8) * age / end

    path, share = [f"M{x(0):.1f},10"], 1.0
    for age, after in steps:
        path.append(f"H{x(age):.1f}V{110 - 100 * after:.1f}")
        share = after
    path.append(f"H{WIDE - 8}")
    grid = [f'<line class="grid" x1="{_EDGE}" y1="{y}" x2="{WIDE}" y2="{y}"/>' for y in (10, 60, 110)]
    labels = [_text(0, 14, "100 %"), _text(0, 64, "50 %"), _text(0, 114, "0 %"), _text(_EDGE, 126, "0")]
    labels.append(_text(WIDE, 126, _span(end), "end"))
    caption = f"Share of texts that stand as they were first seen, by age; {share:.0%} at the end"
    rows = tuple((_span(age), f"{after:.1%}") for age, after in steps)
    line = f'<path class="line" d="{"".join(path)}"/>'
    return Plot(caption, _svg(134, caption, [*grid, *labels, line]), ("Age", "Unchanged"), rows)


def _thinned(steps: Sequence[tuple[float, float]], most: int = 60) -> Iterable[tuple[float, float]]:
    """At most `most` of the steps, evenly, the last among them."""
    every = -(-len(steps) // most)
    return (step for place, step in enumerate(steps) if place % every == 0 or place == len(steps) - 1)


def _span(hours: float) -> str:
    """`20 s`, `30 min`, `4 h`, `8 d`."""
    if hours < 1:
        return f"{hours * 3600:.0f} s" if hours < 1 / 30 else f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"
