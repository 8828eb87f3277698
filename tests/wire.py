"""Wire stories in five languages, in our own words, with what an outlet may put to them and what another one wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Wire:
    """`story` as the agency sent it; `swaps` are words that an editor would change; `local` is an own paragraph.

    `elsewhere` is the same event by somebody else; `background` stands under many stories of the topic, such as `news`.
    """

    story: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...]
    local: str
    elsewhere: tuple[str, ...]
    background: tuple[str, ...]
    news: tuple[str, str]

    def edited(self, swaps: int = 99) -> tuple[str, ...]:
        """The story after the first `swaps` of the changes."""
        text = "\n".join(self.story)
        for old, new in self.swaps[:swaps]:
            assert old in text
            text = text.replace(old, new)
        return tuple(text.split("\n"))

    def heavy(self) -> tuple[str, ...]:
        """All changes, the last paragraph left out, and an own one instead."""
        return (*self.edited()[:-1], self.local)

    def cut(self) -> tuple[str, ...]:
        """The first half."""
        return self.story[: len(self.story) // 2]


def _wires() -> dict[str, Wire]:
    told = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return {language: Wire(**{key: _frozen(value) for key, value in wire.items()}) for language, wire in told.items()}


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


WIRES = _wires()
