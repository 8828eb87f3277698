"""What is said of edits: as JSON for programs, and as plain text that no chat program takes for markup. Pure.

Headlines and texts come from strangers. In JSON they are data; in text, signs that mean something to chat programs are
written as others that look like them, and nothing of a stranger begins a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from scraper.model import Edit
from scraper.notices import Notice
from scraper.reports import Happening
from scraper.text import clean, printable

SCHEMA: Final = "scraper-notification/1"
PARTS: Final = 3  # parts of an edit that are told, the first ones
LONGEST: Final = 300  # characters of one text
_SHORT: Final = 160  # the same in a message for people

Message = dict[str, Any]

# Emphasis, links, code, mentions, tags and quotations of Markdown, of its dialects in chat programs, and of HTML.
_LOOK_ALIKES: Final = str.maketrans("<>`*_~|[]\\@#", "‹›ʼ∗＿∼¦()⧵＠＃")
_LINK: Final = re.compile(r"(?<=[a-zA-Z]):(?=//)")


@dataclass(frozen=True, slots=True)
class Told:
    """A happening with the words it is told by."""

    happening: Happening
    edit: Edit | None = None


def message(notice: Notice, id_: str, at: datetime, told: Sequence[Told], more: int, public: str | None) -> Message:
    """One message of `told` and of `more` that are only counted. `public` is where the pages are, with a slash."""
    return {
        "schema": SCHEMA,
        "id": id_,
        "rule": notice.name,
        "at": _stamp(at),
        "test": False,
        "edits": [_edit(one, public) for one in told],
        "more": more,
    }


def test_message(notice: Notice, id_: str, at: datetime) -> Message:
    """A message that tells nothing, to see whether it comes."""
    return {**message(notice, id_, at, (), 0, None), "test": True}


def encoded(made: Message) -> bytes:
    """`made` as it is sent: always the same bytes. ASCII, so that no receiver has to guess."""
    return json.dumps(made, separators=(",", ":")).encode()


def _edit(told: Told, public: str | None) -> Message:
    change, parts = told.happening.change, told.edit.parts if told.edit else ()
    return {
        "article_id": change.article_id,
        "version": change.version,
        "outlet": change.outlet,
        "title": _cut(change.title or change.url, LONGEST),
        "url": change.url,
        "at": _stamp(change.at),
        "gone": told.happening.gone,
        "kinds": list(change.kinds),
        "stealth": change.stealth,
        "link": f"{public}articles/{change.article_id}?version={change.version}" if public else None,
        "parts": [
            {"kind": part.kind, "old": _cut(part.old, LONGEST), "new": _cut(part.new, LONGEST)}
            for part in parts[:PARTS]
        ],
        "more_parts": max(0, len(parts) - PARTS),
    }


def _cut(text: str, most: int) -> str:
    text = clean(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# ---------------------------------------------------------------------------------------------------- for people


def title(made: Message) -> str:
    """One line: how many edits, by which rule."""
    if made["test"]:
        return f"scraper: a test of {made['rule']}"
    number = len(made["edits"]) + made["more"]
    return f"scraper: {number} {'edit' if number == 1 else 'edits'} ({made['rule']})"


def text(made: Message, most: int = 1 << 20) -> str:
    """The message as plain text of at most `most` characters: as many edits as fit, the rest counted."""
    if made["test"]:
        return "This is only a test: messages about edits come here."
    lines, told = "", 0
    for edit in made["edits"]:
        longer = lines + _lines(edit)
        if len(longer) > most - len(_rest(9999)) and told:
            break
        lines, told = longer, told + 1
    more = len(made["edits"]) - told + made["more"]
    return (lines + (_rest(more) if more else "")).rstrip("\n")


def _rest(more: int) -> str:
    return f"… and {more} more"


def _lines(edit: Message) -> str:
    what = "gone" if edit["gone"] else ", ".join(edit["kinds"]) + (" (stealth)" if edit["stealth"] else "")
    lines = [f"{edit['outlet']}: {plain(edit['title'])}", f"  {what}, {edit['at']}"]
    for part in edit["parts"]:
        lines += [f"  {sign} {plain(part[key])}" for sign, key in (("−", "old"), ("+", "new")) if part[key]]
    lines.append(f"  {edit['link'] or _address(edit['url'])}")
    return "\n".join(lines) + "\n\n"


def _address(url: str) -> str:
    """`url` with everything escaped that could be taken for markup: it leads to the same place."""
    return quote(url, safe=":/?&=%+,;.-").replace("_", "%5F").replace("~", "%7E")


def plain(words: str) -> str:
    """Words of a stranger, short, on one line, without any sign that a chat program acts on.

    >>> plain("[win](http://evil.example) @everyone")
    '(win)(http∶//evil.example) ＠everyone'
    """
    return _LINK.sub("∶", printable(_cut(words, _SHORT)).translate(_LOOK_ALIKES))
