"""Stories that were never printed, and what outlets make of them: copies of all kinds, and others that look alike.

Words are drawn from an invented vocabulary by Zipf's law, with the formulas that every newsroom uses, so that unrelated
stories share what unrelated stories share. The same seed gives the same world.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

LANGUAGES = ("en", "uk", "de", "ar", "zh")
_SYLLABLES = {
    "en": "ba ter con ly re in mo st ar den ou si per al ing ro me ver ti on",
    "uk": "по ка ми сло ні ра ти ве до го ра ще на ів ста ро би лю ко ць",
    "de": "ver ge un ten schaf ler be auf lich keit ner sta ung hal mei zu ein wer gen ach",
    "ar": "ال من كت با در سا ني مو حك عل ير ون ات رف جم شر قد تح مد صل",
    "zh": " ".join(chr(0x4E00 + 37 * n) for n in range(400)),
}
_VOCABULARY = 4000

Body = list[str]


@dataclass(frozen=True)
class Told:
    """One article: `family` is the story it tells; copies share it. `how` and `of` say how it was made, of which."""

    name: str
    outlet: str
    family: int
    how: str
    body: tuple[str, ...]
    language: str
    of: str | None = None


@cache
def _vocabulary(language: str) -> tuple[list[str], list[float]]:
    chance = random.Random(language)
    parts, most = _SYLLABLES[language].split(), 2 if language == "zh" else 4
    words = ["".join(chance.choices(parts, k=chance.randint(1, most))) for _ in range(_VOCABULARY)]
    return words, list(accumulate(1 / (rank + 8) for rank in range(len(words))))


class Newsroom:
    """Writes in one language, with a chance of its own."""

    def __init__(self, language: str, seed: int) -> None:
        self.language = language
        self.chance = random.Random(f"{language}{seed}")
        self.gap = "" if language == "zh" else " "
        formulas = Newsroom.__new__(Newsroom)
        formulas.language, formulas.chance, formulas.gap = language, random.Random(f"formulas {language}"), self.gap
        self.formulas = [formulas.words(formulas.chance.randint(4, 8)) for _ in range(60)]

    def words(self, number: int) -> list[str]:
        """`number` words."""
        words, weights = _vocabulary(self.language)
        return self.chance.choices(words, cum_weights=weights, k=number)

    def sentence(self, size: int) -> str:
        """About `size` words; some with a formula, some with a figure."""
        words = self.words(size)
        if self.chance.random() < 0.3:
            at = self.chance.randrange(len(words))
            words[at:at] = self.chance.choice(self.formulas)
        if self.chance.random() < 0.4:
            words.insert(self.chance.randrange(len(words)), f" {self.chance.randint(2, 9999)} ".strip())
        return self.gap.join(words) + ("。" if self.language == "zh" else ".")

    def paragraph(self, size: int | None = None) -> str:
        """Of about `size` words."""
        left, sentences = size or self.chance.randint(25, 60), []
        while left > 0:
            long = min(left + 3, self.chance.randint(9, 22))
            sentences.append(self.sentence(long))
            left -= long
        return self.gap.join(sentences)

    def story(self, least: int = 4, most: int = 14) -> Body:
        """A lead and what follows it."""
        lead = self.paragraph(self.chance.randint(35, 50))
        return [lead, *(self.paragraph() for _ in range(self.chance.randint(least, most)))]

    def changed(self, text: str, share: float) -> str:
        """`text` with that share of its words changed, left out, or joined by another."""
        words = list(text) if self.gap == "" else text.split()
        made: list[str] = []
        for word in words:
            if self.chance.random() >= share:
                made.append(word)
                continue
            made += self.chance.choice(([], self.words(1), [word, *self.words(1)]))
        return self.gap.join(made)

    # ------------------------------------------------------------------------------------------ copies

    def verbatim(self, body: Body) -> Body:
        """Nothing changed."""
        return list(body)

    def light(self, body: Body) -> Body:
        """One word in fifty."""
        return [self.changed(text, 0.02) for text in body]

    def edited(self, body: Body) -> Body:
        """One word in sixteen, and an own last paragraph."""
        return [*(self.changed(text, 0.06) for text in body), self.paragraph()]

    def heavy(self, body: Body) -> Body:
        """One word in ten, a paragraph left out, one put in, two that changed places."""
        made = [self.changed(text, 0.1) for text in body]
        del made[self.chance.randrange(2, len(made))]
        made.insert(self.chance.randrange(2, len(made) + 1), self.paragraph())
        made[-1], made[-2] = made[-2], made[-1]
        return made

    def cut(self, body: Body) -> Body:
        """Cut from the end, to about half, lightly edited."""
        return [self.changed(text, 0.01) for text in body[: max(2, int(len(body) * self.chance.uniform(0.35, 0.65)))]]

    def brief(self, body: Body) -> Body:
        """The first two paragraphs."""
        return body[:2]

    def preface(self, body: Body) -> Body:
        """With an own paragraph before it."""
        return [self.paragraph(30), *self.light(body)]

    def relead(self, body: Body) -> Body:
        """With an own lead instead of the agency's."""
        return [self.paragraph(40), *self.light(body[1:])]

    # ------------------------------------------------------------------------------------------ other stories

    def followed(self, body: Body) -> Body:
        """The next day: news first, then much of what was printed the day before."""
        return [*self.story(1, 3), *body[: max(2, int(len(body) * self.chance.uniform(0.4, 0.8)))]]

    def other_words(self, body: Body) -> Body:
        """The same event by somebody else: own words, and two sentences that were said to both."""
        made = self.story()
        for text in body[1:3]:
            made.insert(self.chance.randrange(1, len(made) + 1), text)
        return made


COPIES = ("verbatim", "light", "edited", "heavy", "cut", "brief", "preface", "relead")
OTHERS = ("followed", "other_words")


def world(seed: int = 1, most: int = 5000) -> list[Told]:
    """`most` articles of five languages and forty outlets."""
    found: list[Told] = []
    rooms = {language: Newsroom(language, seed) for language in LANGUAGES}
    chance = random.Random(seed)
    makers = [_syndicated, _syndicated, _sharing_background, _filled_in, _short_with_boilerplate]
    family = 0
    while len(found) < most:
        room = rooms[LANGUAGES[family % len(LANGUAGES)]]
        found += chance.choice(makers)(room, family)
        family += 100
    return found[:most]


def _outlets(room: Newsroom, number: int) -> list[str]:
    return [f"{room.language}{n}.example" for n in room.chance.sample(range(8), number)]


def _told(room: Newsroom, family: int, outlet: str, how: str, body: Body, of: str | None = None) -> Told:
    return Told(
        f"{how}-{family}-{room.chance.randrange(1 << 40):x}", outlet, family, how, tuple(body), room.language, of
    )


def _syndicated(room: Newsroom, family: int) -> Iterator[Told]:
    """A story, three copies of it at other outlets, one at home, and two stories that are none."""
    home, *away = _outlets(room, 6)
    body = room.story()
    first = _told(room, family, home, "original", body)
    yield first
    for how, outlet in zip(room.chance.sample(COPIES, 3), away, strict=False):
        make: Callable[[Body], Body] = getattr(room, how)
        yield _told(room, family, outlet, how, make(body), first.name)
    yield _told(room, family, home, "second-url", room.light(body), first.name)
    yield _told(room, family + 1, room.chance.choice((home, away[3])), "followed", room.followed(body))
    yield _told(room, family + 2, away[4], "other_words", room.other_words(body))


def _sharing_background(room: Newsroom, family: int) -> Iterator[Told]:
    """Six stories of one topic at three outlets: own news, the same background behind it."""
    background = [room.paragraph() for _ in range(4)]
    outlets = _outlets(room, 3)
    for n in range(6):
        news, known = room.story(0, 5), room.chance.sample(background, room.chance.randint(2, 4))
        yield _told(room, family + n, outlets[n % 3], "background", [*news, *known])


def _filled_in(room: Newsroom, family: int) -> Iterator[Told]:
    """The same report four days running: only the figures differ, and a few words."""
    outlet, form = _outlets(room, 1)[0], [room.words(14) for _ in range(7)]
    for n in range(4):
        sentences = [room.gap.join([*words[:5], f" {room.chance.randint(2, 99999)} ", *words[5:]]) for words in form]
        yield _told(room, family + n, outlet, "form", [room.changed(text, 0.02) for text in sentences])


def _short_with_boilerplate(room: Newsroom, family: int) -> Iterator[Told]:
    """Four short stories under the same greeting and above the same note about the outlet."""
    outlet, greeting, note = _outlets(room, 1)[0], room.paragraph(18), room.paragraph(40)
    for n in range(4):
        yield _told(room, family + n, outlet, "boilerplate", [greeting, *room.story(0, 2), note])
