"""Several versions of an article as one text to search in: what they have in common stands there once. Pure.

    articles → their blocks, each once, with the versions in which it stands → words by column, and `pieces`

An archive is mostly versions that differ in a sentence: so a second version costs what it changed. Which versions a
block stands in is a number of as many bits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

from scraper import words
from scraper.article import Article

COLUMNS: Final = ("title", "subtitle", "author", "caption", "body")
VERSIONS: Final = 32  # in a sheet: one that is added costs reading them all, and each further sheet costs a whole text


def parts(article: Article) -> Iterator[tuple[int, str]]:
    """What of an article can be found: each text with the number of its column, in the order of the page."""
    yield from ((0, article.title or ""), (1, article.subtitle or ""))
    yield from ((2, name) for name in article.authors)
    yield (3, article.caption or "")
    yield from ((4, block.text) for block in article.blocks)


@dataclass(frozen=True)
class Pieces:
    """The blocks of a sheet by column: `lengths` in words, `masks` with the versions in which they stand."""

    versions: int
    lengths: tuple[tuple[int, ...], ...]
    masks: tuple[tuple[int, ...], ...]

    @property
    def whole(self) -> int:
        """The mask of all versions."""
        return (1 << self.versions) - 1

    @property
    def changed(self) -> bool:
        """Whether some block does not stand in all versions."""
        return any(mask != self.whole for column in self.masks for mask in column)

    @cached_property
    def _ends(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(accumulate(column)) for column in self.lengths)

    def standing(self, column: int, places: Iterable[int], width: int) -> int:
        """In which versions a row of `width` words stands whose first words are at `places` in a column.

        A row that goes on from one block to the next is none.
        """
        ends, masks, found = self._ends[column], self.masks[column], 0
        for place in places:
            piece = bisect_right(ends, place)
            if place + width <= ends[piece]:
                found |= masks[piece]
                if found == self.whole:
                    break
        return found

    def packed(self) -> bytes:
        """As bytes; a block that stands in all versions takes two or three."""
        numbers = [self.versions]
        for lengths, masks in zip(self.lengths, self.masks, strict=True):
            numbers.append(len(lengths))
            for length, mask in zip(lengths, masks, strict=True):
                numbers += [length, mask ^ self.whole]
        return packed(numbers)

    @classmethod
    def unpacked(cls, data: bytes) -> Pieces:
        """The inverse of `packed`. Raises IndexError or ValueError for what is none of its."""
        versions, *numbers = unpacked(data)
        whole, at = (1 << min(versions, VERSIONS)) - 1, 0
        lengths, masks = list[tuple[int, ...]](), list[tuple[int, ...]]()
        for _ in COLUMNS:
            end = at + 1 + 2 * numbers[at]
            lengths.append(tuple(numbers[at + 1 : end : 2]))
            masks.append(tuple([mask ^ whole for mask in numbers[at + 2 : end : 2]]))
            at = end
        return cls(versions, tuple(lengths), tuple(masks))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is kept of some versions: the words of each column, apart by blanks; those of them that do not stand in the
    last version; their blocks; each word as spelled."""

    columns: tuple[str, ...]
    gone: tuple[str, ...]
    pieces: Pieces
    spelled: frozenset[tuple[str, str]]


def sheet(articles: Sequence[Article]) -> Sheet:
    """The sheet of versions in order."""
    blocks: dict[tuple[int, str], int] = {}
    for number, article in enumerate(articles):
        for part in parts(article):
            blocks[part] = blocks.get(part, 0) | 1 << number
    columns: list[list[str]] = [[] for _ in COLUMNS]
    lengths: list[list[int]] = [[] for _ in COLUMNS]
    masks: list[list[int]] = [[] for _ in COLUMNS]
    before: list[set[str]] = [set() for _ in COLUMNS]
    still: list[set[str]] = [set() for _ in COLUMNS]
    spelled: set[tuple[str, str]] = set()
    for (column, text), mask in blocks.items():
        if found := words.spelled(text):
            spelled.update(found)
            columns[column] += [word for _, word in found]
            lengths[column].append(len(found))
            masks[column].append(mask)
            (still if mask >> len(articles) - 1 & 1 else before)[column].update(word for _, word in found)
    gone = tuple(" ".join(sorted(old - new)) for old, new in zip(before, still, strict=True))
    pieces = Pieces(len(articles), tuple(map(tuple, lengths)), tuple(map(tuple, masks)))
    return Sheet(tuple(map(" ".join, columns)), gone, pieces, frozenset(spelled))


def packed(numbers: Iterable[int]) -> bytes:
    """Numbers from 0 on as bytes, seven bits in each, the low ones first; the highest bit says that more follow."""
    made = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:
            made.append(rest & 0x7F | 0x80)
            rest >>= 7
        made.append(rest)
    return bytes(made)


def unpacked(data: bytes) -> Sequence[int]:
    """The inverse of `packed`."""
    # Mostly each number is one byte, and then there is nothing to take apart.
    return tuple(data) if data.isascii() else tuple(_joined(data))


def _joined(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0
