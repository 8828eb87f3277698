"""The difference between two articles, block by block and word by word.

    lines of old, lines of new → blocks paired → words aligned within a pair → Diff → terminal, HTML, JSON

What is compared is what a snapshot prints: headline, subtitle, byline, caption, blocks. Pure; a `Diff` applied to the
old lines gives the new ones exactly, for any two articles.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from scraper.article import Article, byline
from scraper.compare import align, blocks, words
from scraper.compare.render import to_html, to_json, to_terminal
from scraper.compare.rows import BREAK, Diff, Line, Place, Row, RowOp, Run

__all__ = [
    "BREAK",
    "Diff",
    "Line",
    "Row",
    "Run",
    "aligned",
    "apply",
    "diff",
    "lines",
    "to_html",
    "to_json",
    "to_terminal",
]

_FIELDS: tuple[Place, ...] = ("headline", "subtitle", "byline", "caption")
# What somebody who waits for a page may ask for (`most`). Measured: so much takes half a second of CPU at worst, and of
# what an outlet edits hardly any comes to a hundredth of it.
SHOWN = 250_000
_MOVED = 0.8  # so much of a block that stands elsewhere now has to be the same
_MOVES = 30  # more blocks than this that came and went at once are only looked through for equal ones


def lines(article: Article) -> tuple[Line, ...]:
    """What a snapshot of `article` prints, line by line, without the URL."""
    printed: dict[Place, str | None] = {
        "headline": article.title,
        "subtitle": article.subtitle,
        "byline": byline(article),
        "caption": article.caption,
    }
    fields = [Line(place, text) for place, text in printed.items() if text]
    body = [Line("body", block.text, block.kind, at) for at, block in enumerate(article.blocks) if block.text]
    return (*fields, *body)


def diff(old: Article, new: Article, most: int | None = None) -> Diff:
    """How `old` became `new`. Equal texts give only `equal` rows, also where the kind of a block differs.

    The cost is bounded: what is too large to align word by word is given as one replacement. Where paragraphs of more
    than `most` characters of both texts are not the same, they went or came as a whole: `coarse`.
    """
    before, after = lines(old), lines(new)
    fields = [_field(place, before, after, most) for place in _FIELDS]
    old_body, new_body = ([line for line in side if line.place == "body"] for side in (before, after))
    coarse = most is not None and _is_more(old_body, new_body, most)
    body = _coarse(old_body, new_body) if coarse else _body(old_body, new_body)
    return Diff((*filter(None, fields), *_moves(body, near=not coarse)), coarse)


def _is_more(old: Sequence[Line], new: Sequence[Line], most: int) -> bool:
    if sum(len(line.text) for line in (*old, *new)) <= most:
        return False
    return blocks.changed([line.text for line in old], [line.text for line in new]) > most


def _coarse(old: Sequence[Line], new: Sequence[Line]) -> list[Row]:
    pairs = blocks.whole([line.text for line in old], [line.text for line in new])
    return [
        _same(old[i1], new[j1]) if i1 < i2 and j1 < j2 else _one(old[i1:i2], new[j1:j2]) for i1, i2, j1, j2 in pairs
    ]


def _whole(old: Sequence[Line], new: Sequence[Line]) -> Row:
    """A field that is another, not compared word by word."""
    runs = (*(Run("delete", line.text) for line in old), *(Run("insert", line.text) for line in new))
    op: RowOp = "insert" if not old else "delete" if not new else "change"
    return Row(op, (*old, *new)[0].place, runs, tuple(x.kind for x in old), tuple(x.kind for x in new))


def _one(old: Sequence[Line], new: Sequence[Line]) -> Row:
    """A line that went or came."""
    if old:
        return Row("delete", old[0].place, (Run("delete", old[0].text),), old=(old[0].kind,), old_at=old[0].at)
    return Row("insert", new[0].place, (Run("insert", new[0].text),), new=(new[0].kind,), new_at=new[0].at)


def apply(found: Diff, old: Iterable[Line]) -> tuple[Line, ...]:
    """The new lines, from the difference and the old ones. Raises ValueError if it was made from other lines."""
    left = deque(old)
    new = [line for row in found.rows for line in _applied(row, left)]
    if left:
        raise ValueError(f"{len(left)} lines that the difference does not know")
    return tuple(new)


def _applied(row: Row, left: deque[Line]) -> Iterator[Line]:
    taken = [left.popleft() for _ in row.old if left]
    if BREAK.join(line.text for line in taken) != row.before or len(taken) != len(row.old):
        raise ValueError(f"the difference was not made from this text: {row.before[:80]!r}")
    texts = row.after.split(BREAK) if len(row.new) > 1 else [row.after] * len(row.new)
    for k, (text, kind) in enumerate(zip(texts, row.new, strict=True)):
        yield Line(row.place, text, kind, None if row.new_at is None else row.new_at + k)


def _field(place: Place, before: Sequence[Line], after: Sequence[Line], most: int | None) -> Row | None:
    old, new = ([line for line in side if line.place == place] for side in (before, after))
    if not old and not new:
        return None
    return _row(old, new) if most is None or not _is_more(old, new, most) else _whole(old, new)


def _body(old: Sequence[Line], new: Sequence[Line]) -> list[Row]:
    pairs = blocks.pair([line.text for line in old], [line.text for line in new])
    return [row for i1, i2, j1, j2 in pairs for row in _rows(old[i1:i2], new[j1:j2])]


def _rows(old: Sequence[Line], new: Sequence[Line]) -> list[Row]:
    if len(old) == len(new) == 1 and old[0].text == new[0].text:
        return [_same(old[0], new[0])]
    several = len(old) + len(new) > 2
    if several and (any(BREAK in line.text for line in (*old, *new)) or _apart(old) or _apart(new)):
        return [*(_row([line], []) for line in old), *(_row([], [line]) for line in new)]
    return [_row(old, new)]


def _apart(side: Sequence[Line]) -> bool:
    """Whether an empty block stands between two lines: one row could then not say where they are."""
    return len(side) > 1 and side[0].at is not None and side[1].at != side[0].at + 1


def _same(old: Line, new: Line) -> Row:
    """What most rows are, with no more work than that takes."""
    return Row("equal", old.place, (Run("equal", old.text),), (old.kind,), (new.kind,), old.at, new.at)


def _row(old: Sequence[Line], new: Sequence[Line]) -> Row:
    before, after = (BREAK.join(line.text for line in side) for side in (old, new))
    op: RowOp = "insert" if not old else "delete" if not new else "equal" if before == after else "change"
    return Row(
        op,
        (*old, *new)[0].place,
        tuple(aligned(before, after)),
        tuple(line.kind for line in old),
        tuple(line.kind for line in new),
        old[0].at if old else None,
        new[0].at if new else None,
    )


def aligned(before: str, after: str) -> Iterator[Run]:
    """How one text became another, word by word."""
    if before == after:
        yield Run("equal", before)
        return
    old, new = _tokens(before), _tokens(after)
    for tag, i1, i2, j1, j2 in _without_islands(align.opcodes(old, new), old):
        if tag == "equal":
            yield Run("equal", "".join(old[i1:i2]))
            continue
        if i1 < i2:
            yield Run("delete", "".join(old[i1:i2]))
        if j1 < j2:
            yield Run("insert", "".join(new[j1:j2]))


def _tokens(text: str) -> list[str]:
    first, *rest = text.split(BREAK)
    return [*words.tokens(first), *(token for part in rest for token in (BREAK, *words.tokens(part)))]


def _without_islands(opcodes: Sequence[align.Opcode], old: Sequence[str]) -> Iterator[align.Opcode]:
    """A lone space between two changes is part of one change: that is how a person would mark it."""
    held: align.Opcode | None = None
    for k, op in enumerate(opcodes):
        between = 0 < k < len(opcodes) - 1 and op[2] - op[1] == 1
        if op[0] == "replace" or (between and old[op[1]].isspace() and old[op[1]] != BREAK):
            held = ("replace", held[1] if held else op[1], op[2], held[3] if held else op[3], op[4])
            continue
        if held:
            yield held
        held = None
        yield op
    if held:
        yield held


def _moves(rows: list[Row], *, near: bool) -> list[Row]:
    """Blocks that went here and came there, with the same words or nearly (`near`), know of each other."""
    gone = [k for k, row in enumerate(rows) if row.op == "delete"]
    came = [k for k, row in enumerate(rows) if row.op == "insert"]
    pairs = [*_equal_moves(rows, gone, came)]
    known = {row for pair in pairs for row in pair}
    gone, came = ([k for k in side if k not in known] for side in (gone, came))
    if near and len(gone) <= _MOVES and len(came) <= _MOVES:
        pairs += _near_moves(rows, gone, came)
    for a, b in pairs:
        rows[a], rows[b] = replace(rows[a], moved=rows[b].new_at), replace(rows[b], moved=rows[a].old_at)
    return rows


def _equal_moves(rows: Sequence[Row], gone: Sequence[int], came: Sequence[int]) -> Iterator[tuple[int, int]]:
    waiting: defaultdict[str, deque[int]] = defaultdict(deque)
    for k in gone:
        waiting[rows[k].before].append(k)
    for k in came:
        if waiting[rows[k].after]:
            yield waiting[rows[k].after].popleft(), k


def _near_moves(rows: Sequence[Row], gone: Sequence[int], came: Sequence[int]) -> list[tuple[int, int]]:
    coded = align.encode([*(words.words(rows[k].before) for k in gone), *(words.words(rows[k].after) for k in came)])
    old, new = dict(zip(gone, coded, strict=False)), dict(zip(came, coded[len(gone) :], strict=True))
    alike = [(align.similarity(old[a], new[b]), -a, -b) for a in gone for b in came if old[a] and new[b]]
    found: dict[int, int] = {}
    for score, a, b in sorted(alike, reverse=True):
        if score >= _MOVED and -a not in found and -b not in found.values():
            found[-a] = -b
    return list(found.items())
