"""How a line of text is written: its words, figures and quotations, in every script.

Pure, and knows no language: what a word means is in `lexicon`. Nothing here changes what is stored; folding is only for
comparing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from scraper.text import HANGS, MARKS, SOLO

_LETTER = rf"[^\s\d{MARKS}{SOLO}]"
_NUMBER = r"\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,:٫٬'’]\d+)*"
_TOKEN = re.compile(
    rf"{_LETTER}+(?:['’״׳]{_LETTER}+)*|\s+"
    rf"|(?:(?<![^\s(\[])[-−–])?(?:{_NUMBER})"  # a minus belongs to its figure; a dash between two figures does not
    rf"|[{SOLO}][{HANGS}]*|.",
    re.DOTALL,
)
_IS_WORD = re.compile(rf"[{SOLO}]|{_LETTER}")
_SOLO_RE = re.compile(f"[{SOLO}]")

# Glyphs that differ only in how a mark is drawn.
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»״＂〝〞〟"), '"') | dict.fromkeys(map(ord, "‘’‚‛ʼ′＇`´‹›׳"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_DOTS = {ord("…"): "..."}
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "＂＇－"}
_FOLD = _QUOTES | _DASHES | _DOTS | _WIDE

_CURRENCY = frozenset("$€£¥₴₽₹₺₩₪₸₾֏₼¢₫₦%‰°％＄￥￡")
_GROUPED = re.compile(r"\d{1,3}(?:[, '’٬]\d{3})+|\d{1,3}(?:\.\d{3}){2,}")


def tokens(text: str) -> list[str]:
    """Cut `text` into words, figures, spaces and single marks; joined again they are `text`, whatever it holds.

    >>> tokens("It’s 1.5 m, 安全")
    ['It’s', ' ', '1.5', ' ', 'm', ',', ' ', '安', '全']
    """
    return list(_last(text)) if len(text) < _LONG_TEXT else _TOKEN.findall(text)


# A comparison asks twice for the same paragraphs: to pair them, and for what changed in them.
_LONG_TEXT = 5000


@lru_cache(maxsize=32)
def _last(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text))


def is_word(token: str) -> bool:
    """Whether `token` is made of letters."""
    return _IS_WORD.match(token) is not None


def is_figure(token: str) -> bool:
    """Whether `token` is a figure in digits of any script, or a sign that gives a figure its unit."""
    return token in _CURRENCY or token[0].isdecimal() or (token[0] in "-−–" and token[1:2].isdecimal())


def fold(text: str) -> str:
    """`text` with quotes, dashes, dots and wide forms drawn in one way. For comparing only."""
    return text.translate(_FOLD)


def words(text: str) -> list[str]:
    """The words and figures of `text`, folded, without case: two texts with equal words differ cosmetically.

    >>> words("The 1,200 ‘rebels’ — so") == words('the 1200 "rebels" so')
    True
    """
    return [key for t in tokens(text) if (key := _known(t) if len(t) < _LONG else _key(t))]


def _key(token: str) -> str:
    return value(token) if is_figure(token) else fold(token).casefold() if is_word(token) else ""


# News uses few words often. Only short ones are remembered: what a page can make us keep has to have an end.
_LONG = 40
_known = lru_cache(maxsize=1 << 14)(_key)


def value(token: str) -> str:
    """A figure as ASCII digits, without grouping; decimal points and commas stay, since they may mean different things.

    >>> value("10 000"), value("١٢"), value("1,5"), value("−3")
    ('10000', '12', '1,5', '-3')
    """
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in token)
    sign, digits = ("-", digits[1:]) if digits[:1] in {"-", "−", "–"} else ("", digits)
    if _GROUPED.fullmatch(digits):
        digits = re.sub(r"\D", "", digits)
    return sign + fold(digits).replace("٫", ".")


def weight(text: str) -> float:
    """How many words long `text` is, counting two characters of scripts without spaces as one word."""
    return sum(0.5 if _SOLO_RE.match(t) else 1.0 for t in tokens(text) if is_word(t) or is_figure(t))


def ends_sentence(token: str) -> bool:
    """Whether `token` is a mark that ends a sentence."""
    return token in {".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", "։", "።"}


# ---------------------------------------------------------------------------------------------- quotations

# What closes each opening mark. Some outlets close with the mark that others open with.
_CLOSERS = {
    "“": "”", "„": "“”", "‟": "”", "«": "»", "»": "«", "‹": "›", "›": "‹", "「": "」", "『": "』", "〝": "〞〟",
    "”": "”", '"': '"', "＂": "＂", "״": "״",
}  # fmt: skip
# Single marks are also apostrophes: a pair counts only if it opens before a word and closes after one.
_SINGLE = re.compile(
    r"(?<!\w)(?:‘(?=\S)[^‘’]{0,800}?(?:’\w[^‘’]{0,800}?)*’"
    r"|'(?=\S)[^'\n]{0,800}?(?:(?<=\w)'\w[^'\n]{0,800}?)*(?<=\S)')(?!\w)"
)
_OPENER = re.compile(f"[{''.join(_CLOSERS)}‘']")
QUOTE_MARKS = frozenset("“”„‟«»‹›「」『』〝〞〟\"＂״‘’‚‛'＇")


def quoted(text: str) -> list[tuple[int, int]]:
    """Where in `text` stands what is inside quotation marks of any style, as (start, end) without the outer marks.

    A quotation that is opened and not closed goes on to the end: that is how one of several paragraphs is printed.

    >>> [text[s:e] for text in ["He said “no, ‘never’ and it's so” and left."] for s, e in quoted(text)]
    ["no, ‘never’ and it's so"]
    """
    return list(_quoted(text))


def _quoted(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while found := _OPENER.search(text, at):
        at = found.start()
        single = _SINGLE.match(text, at) if found[0] in "‘'" else None
        if single:
            yield at + 1, single.end() - 1
            at = single.end()
        elif found[0] in _CLOSERS and _opens(text, at):
            end = _close(text, at)
            yield at + 1, end
            at = end + 1
        else:
            at += 1


def _opens(text: str, at: int) -> bool:
    """A straight mark after a digit is inches, one between letters an abbreviation, one before a space a stray."""
    if text[at] not in '"”״＂':
        return True
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return not before.isalnum() and after != "" and not after.isspace()


def _close(text: str, at: int) -> int:
    opener, closers, depth = text[at], _CLOSERS[text[at]], 1
    for found in re.compile(f"[{opener}{closers}]").finditer(text, at + 1):
        depth += -1 if found[0] in closers else 1
        if depth == 0:
            return found.start()
    return len(text)
