"""A difference as people and programs read it: in a terminal, as HTML, as plain data.

Texts come from the network and are hostile: everything is escaped for where it goes, and characters that would steer a
terminal or turn the reading order are shown by their number.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from scraper.article import BlockKind
from scraper.compare.rows import BREAK, Diff, Row, Run, RunOp
from scraper.screen import columns

_STEERING = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
_IN_TERMINAL = re.compile(rf"[{_STEERING}\u061c\u200b\u200e\u200f\u2029\u2060-\u2065\ufeff]")
_IN_HTML = re.compile(f"[{_STEERING}]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_MARKS: dict[RunOp, tuple[str, str]] = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
_COLOURS: dict[RunOp, str] = {"equal": "", "delete": "\x1b[31;9m", "insert": "\x1b[32;4m"}
_RESET = "\x1b[0m"
COARSE = "So much changed that paragraphs are shown whole, and not compared word by word."
_PREFIX: dict[BlockKind, str] = {"item": "- ", "row": "- ", "quote": "> "}


def to_terminal(found: Diff, colour: bool, width: int = 80) -> str:
    """Lines of at most `width` columns: `[-old-]{+new+}`, or red and green; what did not change is only counted."""
    shown = [*_chapters(found)]
    if all(isinstance(chapter, int) for chapter in shown):
        return "no difference\n"
    said = f"{COARSE}\n\n" if found.coarse else ""
    return (
        said
        + "\n\n".join(
            _unchanged(chapter) if isinstance(chapter, int) else _block(chapter, colour, max(width, 8))
            for chapter in shown
        )
        + "\n"
    )


def to_html(found: Diff) -> str:
    """A self-contained fragment: block elements with `<ins>` and `<del>`, no script, no style, nothing unescaped."""
    body = "\n".join(
        f'<p class="unchanged">{_unchanged(chapter)}</p>' if isinstance(chapter, int) else _element(chapter)
        for chapter in _chapters(found)
    )
    said = f'<p class="unchanged">{COARSE}</p>\n' if found.coarse else ""
    return f'<div class="diff">\n{said}{body}\n</div>\n'


def to_json(found: Diff) -> dict[str, object]:
    """Plain data: every row with its words, unchanged ones too, so that both texts can be read from it."""
    return {"changed": found.changed, "coarse": found.coarse, "rows": [_plain(row) for row in found.rows]}


def _plain(row: Row) -> dict[str, object]:
    return {
        "op": row.op,
        "place": row.place,
        "old": {"at": row.old_at, "kinds": list(row.old)},
        "new": {"at": row.new_at, "kinds": list(row.new)},
        "moved": row.moved,
        "runs": [{"op": run.op, "text": run.text} for run in row.runs],
    }


def _chapters(found: Diff) -> Iterator[Row | int]:
    """Rows that changed, and between them the number of those that did not."""
    for same, rows in groupby(found.rows, key=lambda row: row.op == "equal"):
        if same:
            yield len([*rows])
        else:
            yield from rows


def _unchanged(count: int) -> str:
    return f"… {count} paragraph{'' if count == 1 else 's'} unchanged"


def _note(row: Row) -> str:
    if row.moved is None:
        return ""
    return "moved here: " if row.op == "insert" else "moved away: "


# ---------------------------------------------------------------------------------------------- terminal


def _block(row: Row, colour: bool, width: int) -> str:
    kind = (row.new or row.old)[0]
    prefix = _PREFIX.get(kind, "") if kind else ""
    runs = [Run("equal", _note(row) + prefix), *row.runs]
    return "\n".join(_wrapped(_pieces(runs, marks=not colour), colour, width))


Piece = tuple[RunOp, str]


def _pieces(runs: Iterable[Run], *, marks: bool) -> Iterator[Piece]:
    """Words, spaces and line ends, each with what became of it."""
    for run in runs:
        opening, closing = _MARKS[run.op] if marks else ("", "")
        text = _visible(run.text, _IN_TERMINAL).replace("\t", " ")
        for piece in re.findall(r"\n|[^\S\n]+|\S+", f"{opening}{text}{closing}"):
            yield run.op, piece


def _wrapped(pieces: Iterable[Piece], colour: bool, width: int) -> Iterator[str]:
    """Lines, broken at spaces; a word stays whole with the marks around it if a line can hold it."""
    line: list[Piece] = []
    room = width
    for space, together in groupby(pieces, key=lambda piece: piece[1].isspace()):
        word = list(together)
        size = sum(columns(text) for _, text in word)
        if ("\n" in (text for _, text in word)) or (line and room < size <= width):
            yield _painted(line, colour)
            line, room = [], width
        if space and not line:
            continue
        for op, part in _cut(word, room, width) if size > room else word:
            if columns(part) > room:
                yield _painted(line, colour)
                line, room = [], width
            line.append((op, part))
            room -= columns(part)
    yield _painted(line, colour)


def _cut(word: Iterable[Piece], room: int, width: int) -> Iterator[Piece]:
    """What is longer than a line, cut where lines end (scripts without spaces, long URLs)."""
    for op, text in word:
        part = ""
        for char in text:
            size = columns(char)
            if part and size > room:
                yield op, part
                part, room = "", width
            part, room = part + char, room - size
        yield op, part


def _painted(line: Sequence[Piece], colour: bool) -> str:
    ends = len("".join(text for _, text in line).rstrip())
    if not colour:
        return "".join(text for _, text in line)[:ends]
    painted, at = "", 0
    for op, same in groupby(line, key=lambda piece: piece[0]):
        text = "".join(piece for _, piece in same)[: max(0, ends - at)]
        at += len(text)
        painted += f"{_COLOURS[op]}{text}{_RESET}" if _COLOURS[op] and text else text
    return painted


def _visible(text: str, hidden: re.Pattern[str]) -> str:
    text = _SURROGATE.sub("\ufffd", text)
    return hidden.sub(lambda found: f"<U+{ord(found[0]):04X}>", text.replace(BREAK, "¶"))


# ---------------------------------------------------------------------------------------------- HTML

_ELEMENTS: dict[BlockKind, tuple[str, str]] = {
    "paragraph": ("<p{}>", "</p>"),
    "subheading": ("<h3{}>", "</h3>"),
    "item": ("<ul><li{}>", "</li></ul>"),
    "row": ("<ul><li{}>", "</li></ul>"),
    "quote": ("<blockquote{}>", "</blockquote>"),
    "code": ("<pre{}>", "</pre>"),
}


def _element(row: Row) -> str:
    kind = (row.new or row.old)[0]
    opening, closing = (
        _ELEMENTS[kind] if kind else ("<h2{}>", "</h2>") if row.place == "headline" else ("<p{}>", "</p>")
    )
    note = f"<small>{_note(row)}</small>" if row.moved is not None else ""
    attributes = f' class="{row.place}" dir="auto"'
    return opening.format(attributes) + note + "".join(map(_marked, row.runs)) + closing


def _marked(run: Run) -> str:
    text = html.escape(_visible(run.text, _IN_HTML))
    return text if run.op == "equal" else f"<{run.op[:3]}>{text}</{run.op[:3]}>"
