"""The invented event as values: a story in one language, and what an outlet may change in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Story:
    """What an outlet wants to say. `body` holds (kind, text) with kinds p, h, li, q, tr; `ui` the site's own words."""

    lang: str
    dir: str
    site: str
    host: str
    slug: str
    title: str
    subtitle: str
    authors: tuple[str, ...]
    section: str
    tags: tuple[str, ...]
    published: str
    modified: str
    printed: str
    caption: str
    credit: str
    body: tuple[tuple[str, str], ...]
    ui: Mapping[str, Any]

    @property
    def url(self) -> str:
        """Where the article is found."""
        return f"https://{self.host}/news/{self.slug}"


@cache
def story(lang: str) -> Story:
    """The story in `lang`, as checked in."""
    told: dict[str, Any] = tomllib.loads((HERE / "stories.toml").read_text(encoding="utf-8"))[lang]
    lines = [line.partition(" ") for line in told["body"].strip().splitlines()]
    lists = {name: tuple(told[name]) for name in ("authors", "tags")}
    return Story(lang=lang, **{**told, **lists, "body": tuple((kind, text) for kind, _, text in lines)})


def changed(old: Story, change: Mapping[str, Any]) -> Story:
    """`old` after what a person at the outlet did: `replace`, `set`, `drop`, `add`, `move`, in this order.

    Blocks are counted from 0 in `old`. A replacement that is not there is a mistake in the catalogue.
    """
    new = old
    for before, after in change.get("replace", []):
        new = _replaced(new, before, after)
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in change.get("set", {}).items()
    }
    body = list(replace(new, **values).body)
    for at in sorted(change.get("drop", []), reverse=True):
        del body[at]
    for at, line in sorted(change.get("add", []), reverse=True):
        kind, _, text = line.partition(" ")
        body.insert(at, (kind, text))
    for start, end in change.get("move", []):
        body.insert(end, body.pop(start))
    return replace(new, **values, body=tuple(body))


def _replaced(old: Story, before: str, after: str) -> Story:
    text = {f.name: getattr(old, f.name) for f in fields(old) if f.name in {"title", "subtitle", "caption", "credit"}}
    hits = sum(value.count(before) for value in text.values()) + sum(line.count(before) for _, line in old.body)
    assert hits == 1, f"{before!r} stands {hits} times in the story"
    told: dict[str, Any] = {name: value.replace(before, after) for name, value in text.items()}
    return replace(old, **told, body=tuple((kind, line.replace(before, after)) for kind, line in old.body))


def plain(text: str) -> str:
    """`text` without its markup."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text.replace("**", ""))
