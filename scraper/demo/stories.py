"""What the demo's outlets report, and each text that a report has in turn: `stories.toml`, read into values. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """One text of a report. `kind` is the edit that led to it (`new` for the first, `gone` if it is taken away);
    `honest` whether the outlet moved its date of modification; `status` what a request for it is answered with; `later`
    how many hours after publication it came, in the past that is made up."""

    kind: str
    title: str
    subtitle: str | None
    authors: tuple[str, ...]
    caption: str | None
    credit: str | None
    body: tuple[str, ...]
    honest: bool = True
    status: int = 200
    later: float = 0.0


@dataclass(frozen=True, slots=True)
class Story:
    """One report: where it is found (`path` is a date format), how old it is when the demo begins, and its texts."""

    host: str
    path: str
    section: str
    hours: float
    states: tuple[State, ...]


def load(name: str = "stories.toml") -> tuple[Story, ...]:
    """The stories in a file that is part of the program."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tuple(map(_story, tomllib.loads(text)["story"]))


def _story(table: Table) -> Story:
    states = [
        State(
            kind="new",
            title=table["title"],
            subtitle=table.get("subtitle"),
            authors=tuple(table["authors"]),
            caption=table.get("caption"),
            credit=table.get("credit"),
            body=tuple(table["body"]),
        )
    ]
    for edit in table.get("edits", ()):
        states.append(_edited(states, edit))
    return Story(table["host"], table["path"], table["section"], table["hours"], tuple(states))


def _edited(states: list[State], edit: Table) -> State:
    """The text after `edit`; every edit changes something, else ValueError."""
    last = states[-1]
    state = replace(states[edit.get("back_to", len(states) - 1)], title=edit.get("title", last.title))
    if "back_to" in edit:
        state = states[edit["back_to"]]
    for old, new in edit.get("swap", ()):
        state = _swapped(state, old, new)
    body = list(state.body)
    if "remove" in edit:
        del body[edit["remove"] - 1]
    if "add" in edit:
        body.insert(edit["after"], edit["add"])
    state = replace(
        state,
        kind=edit["kind"],
        body=tuple(body),
        honest=edit.get("honest", False),
        status=edit.get("status", 200),
        later=edit.get("later", 0.0),
    )
    if replace(state, kind=last.kind, honest=last.honest, later=last.later) == last:
        raise ValueError(f"an edit of {last.title!r} changes nothing: {edit}")
    return state


def _swapped(state: State, old: str, new: str) -> State:
    if not any(old in text for text in state.body):
        raise ValueError(f"{old!r} is not in {state.title!r}")
    return replace(state, body=tuple(text.replace(old, new) for text in state.body))
