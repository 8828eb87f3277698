"""Text as words to search by: where one begins and ends, and which spellings are taken for the same. Pure.

    text → folded (case, diacritics, width, digits, what takes no room) → words

A word of letters is a run of them, a number a run of digits; of scripts written without spaces each character is a word
by itself, so that any part of a sentence can be found as a row of words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

from scraper.text import HANGS, MARKS, SOLO, clean

# Of a longer word only the beginning counts, in texts and in queries alike.
LONGEST: Final = 64

_WORD = re.compile(rf"[^\s\d{MARKS}{SOLO}]+|\d+|[{SOLO}][{HANGS}]*")
_SOLO = re.compile(f"[{SOLO}]")
_HANGUL = re.compile("[\uac00-\ud7a3]+")
# Marks that hang on letters of scripts whose readers leave them out: Latin, Greek, Cyrillic accents; points of Hebrew;
# vowels, hamza and prolongation of Arabic; variation selectors. Vowels of Indic and Thai scripts are letters.
_HANGING = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U000e0100-\U000e01ef]"
)
# Letters that no decomposition takes apart, and that people type without: Turkish, Nordic, Polish; Persian and Arabic
# forms of one letter.
_SAME: Final = {
    "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe",
    "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
}  # fmt: skip
_VOICED = re.compile("[\u3099\u309a]")
_SPACES: Final = "\u200b\ufeff"


class _Folded(dict[int, str]):
    """What each character becomes, worked out once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


def _fold(char: str) -> str:
    if char in _SPACES or unicodedata.category(char) == "Cs":
        return " "
    if unicodedata.category(char) == "Cf":
        return ""  # it takes no room: joiners, soft hyphens, direction marks
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.decimal(char))
    bare = _HANGING.sub("", unicodedata.normalize("NFKD", char.casefold()))
    return "".join(_SAME.get(c, c) for c in unicodedata.normalize("NFC", bare).casefold())


_FOLDED: Final = _Folded()


def fold(text: str) -> str:
    """`text` as it is compared: what differs only in case, diacritics, width or invisible characters is the same.

    >>> fold("STRASSE") == fold("Straße"), fold("İstanbul"), fold("Łódź"), fold("ёлка")
    (True, 'istanbul', 'lodz', 'елка')
    """
    if text.isascii():
        return text.lower()
    if (western := _western(text)) is not None:
        return western
    folded = text.translate(_FOLDED)
    # Kana of half width have their voicing as a character of its own.
    return unicodedata.normalize("NFC", folded) if _VOICED.search(folded) else folded


_BYTES: Final = "cp1252"  # of a code page that has most of what Western Europe writes, a byte for a character


@cache
def _table() -> tuple[bytes, bytes]:
    """What each byte becomes, 0 where that is no single byte; and those that become nothing."""
    folded = [_FOLDED[ord(char)] for char in bytes(range(256)).decode(_BYTES, "replace")]
    made = [one.encode(_BYTES, "ignore")[:1] if len(one) == 1 else b"" for one in folded]
    return b"".join(one or b"\0" for one in made), bytes(code for code, one in enumerate(folded) if not one)


def _western(text: str) -> str | None:
    """`text` folded, ten times as fast, if it and what becomes of it can be written in a byte a character."""
    try:
        raw = text.encode(_BYTES)
    except UnicodeEncodeError:
        return None
    found = raw.translate(*_table())
    return None if 0 in found else found.decode(_BYTES)


def words(text: str) -> list[str]:
    """The words of `text` (NFC), folded, in their order. Each is letters or digits only, at most `LONGEST` of them.

    >>> words("Zürich’s 3.5 % – 東京")
    ['zurich', 's', '3', '5', '東', '京']
    """
    return [*map(_cut, _WORD.findall(fold(text)))]


def _cut(word: str) -> str:
    return (unicodedata.normalize("NFC", word) if word[-1] in "\u3099\u309a" else word)[:LONGEST]


def spelled(text: str) -> list[tuple[str, str]]:
    """Each word of `text` (NFC) as it is spelled, in small letters, and as it is compared. What stems need.

    >>> spelled("Häuser")
    [('häuser', 'hauser')]
    """
    found = words(text)
    if text.isascii():
        return list(zip(found, found, strict=True))
    typed = [word[:LONGEST] for word in _WORD.findall(unicodedata.normalize("NFC", text.casefold()))]
    if len(typed) != len(found):
        return list(zip(found, found, strict=True))
    # Folding can also move where words end: "0¹" is one number, and spelled so, two things.
    pairs = zip(typed, found, strict=True)
    return [(spelling if spelling == word or words(spelling) == [word] else word, word) for spelling, word in pairs]


def placed(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word of `text` as it is compared, and where it stands: from which character to before which."""
    quickly = text.lower() if text.isascii() else _western(text)
    if quickly is not None and len(quickly) == len(text):  # none has become nothing, and none has become two
        yield from ((_cut(match[0]), *match.span()) for match in _WORD.finditer(quickly))
        return
    folded = [_FOLDED[ord(char)] for char in text]
    origin = [at for at, piece in enumerate(folded) for _ in piece]
    for match in _WORD.finditer("".join(folded)):
        yield _cut(match[0]), origin[match.start()], origin[match.end() - 1] + 1


def is_solo(word: str) -> bool:
    """Whether `word` is a character of a script that writes no spaces."""
    return _SOLO.match(word) is not None


def is_hangul(word: str) -> bool:
    """Whether `word` is Korean, where particles are written onto the end of a word."""
    return _HANGUL.fullmatch(word) is not None


@cache
def _unquoted() -> dict[int, str]:
    return dict.fromkeys(map(ord, "“”„‟«»＂"), '"')


def plain(text: str) -> str:
    """What a person typed, on one line, with straight quotation marks."""
    return clean(text.translate(_unquoted()))
