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
