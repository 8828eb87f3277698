"""What keeps the daemon from storing: when to look whether it is over, and whether to say it once more. Pure: seconds
of a clock that nobody sets come in with each call.

    met → the work rests → looked at after 5 s, 10 s, 20 s … → over → met again soon after: the pauses go on growing

A disk that is full for a week is one line in the log, not twenty thousand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from scraper.errors import ArchiveError, ArchiveReadOnly, ArchiveUnwritable

FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 60.0  # how late the daemon may notice that all is well again
STEADY: Final = 600.0  # seconds without trouble after which the next one is a new one
SAY_AGAIN: Final = 3600.0  # the same words are not said more often than this
REMEMBERED: Final = 100  # different words

FOR_GOOD: Final = "archive-read-only"  # what does not end by itself


def of(error: ArchiveError) -> tuple[str, str, str]:
    """The trouble that an error of the archive means: its word, its sentence, and the key by which it is said once."""
    if isinstance(error, ArchiveReadOnly):
        return FOR_GOOD, str(error), FOR_GOOD
    return "archive-unwritable" if isinstance(error, ArchiveUnwritable) else "archive-trouble", str(error), ""


def then(word: str) -> str:
    """What is done about it, and how it ends."""
    ends = " until it is started again" if word == FOR_GOOD else "; it goes on by itself when this is over"
    return f"outlets are left alone{ends}"


@dataclass
class Trouble:
    """The trouble of one daemon. `word` is None while there is none; `why` is a sentence for people."""

    word: str | None = None
    why: str = ""
    pause: float = FIRST_PAUSE
    said_now: bool = False
    _look: float = 0.0
    _ended: float = float("-inf")
    _said: dict[str, float] = field(default_factory=dict)

    def met(self, word: str, why: str, now: float, key: str = "") -> bool:
        """It is so, or still so; whether to say it. `key` stands for `why` if that is worded otherwise each time."""
        key = key or why
        if self.word is None and now - self._ended > STEADY:
            self.pause = FIRST_PAUSE
        self.word, self.why = word, why
        self._look, self.pause = now + self.pause, min(2 * self.pause, LONGEST_PAUSE)
        say = now - self._said.get(key, float("-inf")) >= SAY_AGAIN
        if say:
            self.said_now = True
            self._said[key] = now
            while len(self._said) > REMEMBERED:
                del self._said[next(iter(self._said))]
        return say

    def is_to_be_looked_at(self, now: float) -> bool:
        """Whether it is time to see if it is over."""
        return self.word is not None and now >= self._look

    def over(self, now: float) -> bool:
        """It is over; whether to say it: only if somebody was told that it began."""
        say, self.said_now = self.said_now, False
        self.word, self.why, self._ended = None, "", now
        return say
