"""How a line of text is written in the archive, whatever the page looked like."""

from __future__ import annotations

import re
import unicodedata

# Spaces that take no room or forbid a break are folded to plain ones; hints that readers never see are left out.
_TO_SPACE = dict.fromkeys(map(ord, "\u00a0\u200b\u202f\ufeff"), " ")
_TO_NOTHING = dict.fromkeys([0x00AD, 0x2060, 0x180E], None)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_FOLDED = _TO_SPACE | _TO_NOTHING
# Any of the above: one look tells that a text has nothing to fold, as most have.
_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\u00a0\u00ad\u180e\u200b\u202f\u2060\ufeff\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

# For classes of characters. Scripts written without spaces between words: one character (`SOLO`) is one word, with the
# marks that hang on it (`HANGS`).
SOLO = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e3f-\u0e46\u0e4f-\u0e5b\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1780-\u17b3\u17d7\u17dc"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303c\u3040-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f"
    "\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
HANGS = (
    "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059"
    "\u17b6-\u17d3\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
# Everything that is neither space nor digit nor one of `MARKS` is part of a word: so combining marks stay in theirs.
MARKS = (
    "\x00-\x1f!-/:-@\\[-`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u0387\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3"
    "\u05c6\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u0f04-\u0f14\u1360-\u1368\u17d4-\u17d6"
    "\u2000-\u200b\u200e-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d\u30a0\u30fb\ufe10-\ufe1f"
    "\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff\U0001f000-\U0001faff"
)


def clean(text: str) -> str:
    """Fold `text` to one line: NFC, plain single spaces, no control characters, no lone surrogates.

    Quotes and dashes stay as the outlet printed them.

    >>> clean(" A\\u00a0line\\n of  te\\u00adxt ")
    'A line of text'
    """
    if not text.isprintable() and _ODD.search(text):
        text = _CONTROL.sub("", _SURROGATE.sub("\ufffd", text).translate(_FOLDED))
    text = " ".join(text.split())
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


# C0 and C1 controls, and the marks that reorder or hide what follows them (Unicode TR9, "Trojan Source").
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    """`text` with everything that could steer a terminal or forge a log line written out as an escape.

    Tabs and newlines stay; whoever prints a single line cleans it first.
    """
    return _UNPRINTABLE.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 256 else f"\\u{ord(m[0]):04x}", text)
