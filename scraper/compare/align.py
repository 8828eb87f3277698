"""The one door to rapidfuzz: the shortest way from one sequence to another, at a bounded cost.

Time and memory of the exact answer grow with the product of the lengths. Above `CELLS` the sequences are cut into
chunks (sentences) that are aligned first; what is still too large is given as one replacement. So the answer is always
correct, and only coarser where it would be dear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from rapidfuzz.distance import OSA, Indel

Tag = Literal["equal", "replace"]
Opcode = tuple[Tag, int, int, int, int]

# Measured: 40 million cells (6,300 tokens on both sides) take about 13 ms and 5 MB.
CELLS = 40_000_000
ITEMS = 1_000_000  # fewer than there are characters to stand for them
_SENTENCE_ENDS = frozenset(".!?…。！？؟۔।\u2029\n")


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """How to turn `old` into `new`: runs that are equal, and runs old[i1:i2] that become new[j1:j2].

    Both runs of a replacement may be empty, not both at once. Runs touch, in order, without gaps, and equal runs are
    separated by replacements.

    >>> opcodes("abcd", "abxd")
    [('equal', 0, 2, 0, 2), ('replace', 2, 3, 2, 3), ('equal', 3, 4, 3, 4)]
    """
    return list(_joined(_trimmed(old, new, 0, 0, cut=False)))


def encode(sequences: Iterable[Sequence[str]]) -> list[str]:
    """Each sequence as a string with one character for each different item, the same in all of them.

    Exact, where the hashes that are otherwise compared could be made to collide by who writes the page.
    """
    numbers: dict[str, str] = {}
    return ["".join([numbers.setdefault(item, chr(len(numbers))) for item in items]) for items in sequences]


def similarity(old: str, new: str) -> float:
    """How much of two encoded sequences is common and in the same order, from 0 to 1; for huge ones in any order."""
    if len(old) * len(new) <= CELLS:
        return Indel.normalized_similarity(old, new)
    return 2 * (Counter(old) & Counter(new)).total() / (len(old) + len(new))


def letters_apart(old: str, new: str) -> int:
    """How many letters were put in, left out, exchanged or swapped with their neighbour; more than 3 count as 4.

    >>> letters_apart("teh", "the"), letters_apart("goverment", "government")
    (1, 1)
    """
    return OSA.distance(old[:64], new[:64], score_cutoff=3)


def _trimmed(old: Sequence[str], new: Sequence[str], i: int, j: int, *, cut: bool) -> Iterator[Opcode]:
    """Opcodes of two sequences that begin at `i` and `j` of the whole. `cut`: they were cut into chunks before."""
    short = min(len(old), len(new))
    head = next((k for k in range(short) if old[k] != new[k]), short)
    tail = next((k for k in range(short - head) if old[-1 - k] != new[-1 - k]), short - head)
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    if head:
        yield "equal", i, i + head, j, j + head
    yield from _middle(a, b, i + head, j + head, cut=cut)
    if tail:
        yield "equal", i + head + len(a), i + len(old), j + head + len(b), j + len(new)


def _middle(old: Sequence[str], new: Sequence[str], i: int, j: int, *, cut: bool) -> Iterator[Opcode]:
    if not old and not new:
        return
    if not old or not new:
        yield "replace", i, i + len(old), j, j + len(new)
    elif len(old) * len(new) <= CELLS and len(old) + len(new) <= ITEMS:
        a, b = encode((old, new))
        for op in Indel.opcodes(a, b):
            tag: Tag = "equal" if op.tag == "equal" else "replace"
            yield tag, i + op.src_start, i + op.src_end, j + op.dest_start, j + op.dest_end
    elif cut:
        yield "replace", i, i + len(old), j, j + len(new)
    else:
        yield from _by_chunks(old, new, i, j)


def _by_chunks(old: Sequence[str], new: Sequence[str], i: int, j: int) -> Iterator[Opcode]:
    """Align sentences first, then what lies between equal ones."""
    a, b = _chunks(old), _chunks(new)
    names: dict[tuple[str, ...], str] = {}
    keys = [[names.setdefault(tuple(chunk), str(len(names))) for chunk in side] for side in (a, b)]
    starts_a, starts_b = _starts(a), _starts(b)
    for tag, i1, i2, j1, j2 in _trimmed(keys[0], keys[1], 0, 0, cut=True):
        s1, s2, t1, t2 = starts_a[i1], starts_a[i2], starts_b[j1], starts_b[j2]
        if tag == "equal":
            yield "equal", i + s1, i + s2, j + t1, j + t2
        else:
            yield from _trimmed(old[s1:s2], new[t1:t2], i + s1, j + t1, cut=True)


def _chunks(items: Sequence[str]) -> list[Sequence[str]]:
    ends = [k + 1 for k, item in enumerate(items) if item in _SENTENCE_ENDS] or [len(items)]
    edges = [0, *ends] if ends[-1] == len(items) else [0, *ends, len(items)]
    return [items[a:b] for a, b in pairwise(edges)]


def _starts(chunks: Iterable[Sequence[str]]) -> list[int]:
    starts = [0]
    for chunk in chunks:
        starts.append(starts[-1] + len(chunk))
    return starts


def _joined(found: Iterable[Opcode]) -> Iterator[Opcode]:
    """Neighbours of one tag as one run."""
    last: Opcode | None = None
    for op in found:
        if last and last[0] == op[0]:
            last = (last[0], last[1], op[2], last[3], op[4])
            continue
        if last:
            yield last
        last = op
    if last:
        yield last
