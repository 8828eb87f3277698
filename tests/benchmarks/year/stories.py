"""Stories that are written, edited and taken down over a year, with what an ideal reader would say of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from scraper.model import EditKind

PEOPLE = ("Vandel", "Okoro", "Lindqvist", "Marwick", "Tessel", "Brandt", "Aziz", "Moreau", "Kowal", "Duarte")
FIRST = ("Ada", "Bram", "Celia", "Dov", "Esra", "Finn", "Greta", "Hugo")
PLACES = ("Oakhaven", "Millbrook", "Sandport", "Highfield", "Eastwater", "Redmoor", "Whitcombe")
THINGS = ("bridges", "classrooms", "orchards", "ferries", "workshops", "vineyards", "boats", "wells")
PLAIN = ("slow", "costly", "careful", "public", "narrow", "early", "quiet", "modest")
OTHER = ("hasty", "cheap", "rough", "secret", "broad", "late", "loud", "grand")
BACKGROUND = (
    "The county has been run from the capital since its council was dissolved, and no date for an election is set.",
    "Fishing was the only trade of the coast until the cannery closed and half of its people moved inland.",
)
DEVELOPING = "This is a developing story and will be updated."
Shown = tuple[str, str, tuple[str, ...], date, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Text:
    """What readers are shown of a story at one time."""

    title: str
    subtitle: str
    authors: tuple[str, ...]
    published: datetime
    modified: datetime
    caption: str
    blocks: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> Shown:
        """All of it that counts as text."""
        return (self.title, self.subtitle, self.authors, self.published.date(), self.caption, self.blocks)


@dataclass(frozen=True)
class Change:
    """One edit: when, of which kind, whether the outlet says so, and the text from then on."""

    at: datetime
    kind: EditKind
    noted: bool
    text: Text


@dataclass
class Story:
    """One story: its first text, its edits in order, and when it cannot be had."""

    number: int
    first: Text
    changes: list[Change] = field(default_factory=list)
    gone: tuple[datetime, datetime | None] | None = None
    status: int = 404

    @property
    def path(self) -> str:
        """Where it is published."""
        return f"/{self.first.published:%Y/%m}/story-a{1000 + self.number}"

    def text(self, now: datetime) -> Text:
        """What is shown at `now`."""
        made = [change.text for change in self.changes if change.at <= now]
        return made[-1] if made else self.first

    def is_gone(self, now: datetime) -> bool:
        """Whether it is taken down."""
        return self.gone is not None and self.gone[0] <= now and (self.gone[1] is None or now < self.gone[1])


def sentence(rng: random.Random) -> str:
    """A sentence with a number, a name, a place and a quotation, in an order of its own."""
    who, place, thing = rng.choice(PEOPLE), rng.choice(PLACES), rng.choice(THINGS)
    number, plain = rng.randint(12, 890), rng.choice(PLAIN)
    return rng.choice(
        (
            f"Engineers have counted {number} {thing} around {place}, and the work on them was called {plain} there.",
            f"The office in {place} wrote that it would pay for {number} {thing} after a {plain} review last spring.",
            f"In a letter, councillor {who} asked why {number} {thing} near {place} were left to a {plain} inquiry.",
            f"“We were promised {number} {thing} and a {plain} answer,” said {who}, who has lived in {place} since.",
            f"At the meeting, {who} told neighbours that a {plain} plan for {place} costs {number} crowns a month.",
        )
    )


def write(number: int, at: datetime, rng: random.Random) -> Story:
    """A story published at `at`. One in four ends in background that others end in too."""
    place, thing = rng.choice(PLACES), rng.choice(THINGS)
    blocks = [("paragraph", sentence(rng)) for _ in range(rng.randint(6, 11))]
    blocks.insert(rng.randint(3, 5), ("subheading", f"What {place} was promised"))
    if rng.random() < 0.25:
        blocks.append(("paragraph", rng.choice(BACKGROUND)))
    text = Text(
        title=f"{place} waits for its {thing} as talks enter week {number + 2}",
        subtitle=f"Residents say that nobody has asked them about the {thing}",
        authors=(f"{rng.choice(FIRST)} {rng.choice(PEOPLE)}",),
        published=at,
        modified=at,
        caption=f"The road to {place} on a morning in week {number + 2}. Ida Roos / Coast Weekly",
        blocks=tuple(blocks),
    )
    return Story(number, text)


# ---------------------------------------------------------------------------------------------- edits


def _swap(pairs: dict[str, str]) -> Callable[[Text, random.Random], Text | None]:
    def edit(text: Text, rng: random.Random) -> Text | None:
        where = [
            (n, old)
            for n, (kind, line) in enumerate(text.blocks)
            for old in pairs
            if kind == "paragraph" and f" {old}" in line and "“" not in line
        ]
        if not where:
            return None
        n, old = rng.choice(where)
        return _with_line(text, n, text.blocks[n][1].replace(f" {old}", f" {pairs[old]}", 1))

    return edit


def _with_line(text: Text, n: int, line: str) -> Text:
    kind = text.blocks[n][0]
    return replace(text, blocks=(*text.blocks[:n], (kind, line), *text.blocks[n + 1 :]))


def _paragraphs(text: Text) -> list[int]:
    return [n for n, (kind, line) in enumerate(text.blocks) if kind == "paragraph" and line not in BACKGROUND]


def _figures(text: Text, rng: random.Random) -> Text | None:
    n = rng.choice(_paragraphs(text))
    line = text.blocks[n][1]
    numbers = [word for word in line.split() if word.isdigit()]
    if not numbers or "“" in line:
        return None
    return _with_line(text, n, line.replace(numbers[0], str(int(numbers[0]) * 10 + rng.randint(1, 9)), 1))


def _names(text: Text, rng: random.Random) -> Text | None:
    for n in _paragraphs(text):
        line = text.blocks[n][1]
        for who in PEOPLE:
            if f"councillor {who} " in line:
                other = rng.choice([name for name in PEOPLE if name != who])
                return _with_line(text, n, line.replace(who, other, 1))
    return None


def _quotes(text: Text, rng: random.Random) -> Text | None:
    for n in _paragraphs(text):
        line = text.blocks[n][1]
        if "“We were promised" in line:
            return _with_line(text, n, line.replace("“We were promised", "“We were refused", 1))
    return None


def _cosmetic(text: Text, rng: random.Random) -> Text | None:
    for n in _paragraphs(text):
        line = text.blocks[n][1]
        if ", and the work" in line:
            return _with_line(text, n, line.replace(", and the work", " and the work", 1))
    return None


def _typo(text: Text, rng: random.Random) -> Text | None:
    for right, wrong in (("neighbours", "neigbours"), ("Engineers", "Enginers"), ("meeting", "meetting")):
        for n in _paragraphs(text):
            line = text.blocks[n][1]
            if right in line and "“" not in line:
                return _with_line(text, n, line.replace(right, wrong, 1))
    return None


def _addition(text: Text, rng: random.Random) -> Text | None:
    at = rng.choice(_paragraphs(text))
    return replace(text, blocks=(*text.blocks[:at], ("paragraph", sentence(rng)), *text.blocks[at:]))


def _removal(text: Text, rng: random.Random) -> Text | None:
    paragraphs = _paragraphs(text)
    if len(paragraphs) < 5:
        return None
    at = rng.choice(paragraphs)
    return replace(text, blocks=(*text.blocks[:at], *text.blocks[at + 1 :]))


def _moved(text: Text, rng: random.Random) -> Text | None:
    paragraphs = _paragraphs(text)
    if len(paragraphs) < 5:
        return None
    line, rest = text.blocks[paragraphs[0]], [*text.blocks]
    rest.remove(line)
    rest.insert(paragraphs[-2], line)
    return replace(text, blocks=tuple(rest))


def _correction(text: Text, rng: random.Random) -> Text | None:
    line = f"Correction: An earlier version of this article gave the wrong name of a street in {rng.choice(PLACES)}."
    return None if ("paragraph", line) in text.blocks else replace(text, blocks=(*text.blocks, ("paragraph", line)))


def _routine(text: Text, rng: random.Random) -> Text | None:
    line = ("paragraph", DEVELOPING)
    blocks = tuple(b for b in text.blocks if b != line) if line in text.blocks else (*text.blocks, line)
    return replace(text, blocks=blocks)


def _headline(text: Text, rng: random.Random) -> Text | None:
    return replace(
        text, title=f"{rng.choice(PLACES)} {rng.choice(('fears', 'hopes', 'votes'))} for {rng.choice(THINGS)}"
    )


EDITS: dict[EditKind, Callable[[Text, random.Random], Text | None]] = {
    "headline": _headline,
    "subtitle": lambda text, rng: replace(text, subtitle=f"Nobody in {rng.choice(PLACES)} wants to be the first"),
    "byline": lambda text, rng: replace(text, authors=(f"{rng.choice(FIRST)} {rng.choice(PEOPLE)}",)),
    "date": lambda text, rng: replace(text, published=text.published - timedelta(days=1)),
    "caption": lambda text, rng: replace(text, caption=f"A street in {rng.choice(PLACES)}. Ida Roos / Coast Weekly"),
    "cosmetic": _cosmetic,
    "typo": _typo,
    "wording": _swap(dict(zip(PLAIN, OTHER, strict=True))),
    "figures": _figures,
    "names": _names,
    "quotes": _quotes,
    "addition": _addition,
    "removal": _removal,
    "correction": _correction,
    "moved": _moved,
    "routine": _routine,
}


def edit(story: Story, at: datetime, rng: random.Random) -> None:
    """Change a story once more at `at`, if the kind that was drawn fits its text."""
    before = story.changes[-1].text if story.changes else story.first
    kind = rng.choice(list(EDITS))
    after = EDITS[kind](before, rng)
    if after is None or after.shown == before.shown:
        return
    noted = kind in {"date", "correction"} or rng.random() < 0.5
    story.changes.append(Change(at, kind, noted, replace(after, modified=at if noted else before.modified)))


def year(articles: int, days: int, start: datetime, rng: random.Random) -> list[Story]:
    """All stories, in the order of publication. Most are edited once or twice, soon; some are taken down."""
    stories = []
    for number in range(articles):
        at = start + timedelta(
            days=number * (days - 20) / articles, hours=rng.randint(6, 20), minutes=rng.randint(0, 59)
        )
        story = write(number, at, rng)
        after = at
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            after += timedelta(hours=rng.choice((0.5, 1, 3, 9, 30, 100, 700)) * rng.uniform(0.8, 1.2))
            edit(story, after, rng)
        if rng.random() < 0.06:
            gone = after + timedelta(days=rng.randint(2, 60))
            back = gone + timedelta(days=rng.randint(20, 50)) if rng.random() < 0.5 else None
            story.gone, story.status = (gone, back), rng.choice((404, 410))
        stories.append(story)
    return stories
