"""How a line of text is written in the archive, whatever the page looked like."""

from __future__ import annotations

import re
import unicodedata

# Spaces that take no room or forbid a break are folded to plain ones; hints that readers never see are left out.
_TO_SPACE = dict.fromkeys(map(ord, "\u00a0\u200b\u202f\ufeff"), " ")
_TO_NOTHING = dict.fromkeys([0x00AD, 0x2060, 0x180E], None)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Fold `text` to one line: NFC, plain single spaces, no control characters, no lone surrogates.

    Quotes and dashes stay as the outlet printed them.

    >>> clean(" A\\u00a0line\\n of  te\\u00adxt ")
    'A line of text'
    """
    text = _SURROGATE.sub("\ufffd", text).translate(_TO_SPACE | _TO_NOTHING)
    text = " ".join(_CONTROL.sub("", text).split())
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


# C0 and C1 controls, and the marks that reorder or hide what follows them (Unicode TR9, "Trojan Source").
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """`text` with everything that could steer a terminal or forge a log line written out as an escape.

    Tabs and newlines stay; whoever prints a single line cleans it first.
    """
    return _UNPRINTABLE.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 256 else f"\\u{ord(m[0]):04x}", text)
