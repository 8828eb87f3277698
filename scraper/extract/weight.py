"""A look at a page before it is parsed: some small pages cost any parser minutes or gigabytes.

Measured with lexbor: 3,000 unclosed `<b>` with a paragraph in each (41 KB) take 1.6 GB, 100,000 nested `<div>` 13 s,
100,000 attributes on one tag 17 s, 200,000 `<option>` over a minute. The limits below are some ten times what the
heaviest of a few thousand real news pages has. The process that reads pages has hard limits of its own; this look only
spares it from dying for what can be seen from outside.
"""

from __future__ import annotations

import re
from typing import Final

from scraper.errors import ExtractError
from scraper.extract.words import tokens

MAX_LENGTH: Final = 20_000_000
MAX_UNCLOSED_FORMATTING: Final = 300
MAX_DEPTH: Final = 2_000
MAX_ATTRIBUTES: Final = 20_000
MAX_OPTIONS: Final = 20_000
MAX_TAGS: Final = 1_500_000

_FORMATTING = re.compile(r"(?i)<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s>/])")
_NEVER_CLOSED = re.compile(r"<(?:!|(?:img|br|input|link|meta|source|hr)[\s/>])", re.IGNORECASE)
_VALUE = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_VOID: Final = tokens("area base br col embed hr img input link meta param source track wbr")
# Their start closes the one before; they do not nest by being repeated.
_FLAT: Final = tokens("p li td tr th dt dd option optgroup")


def check(html: str, url: str) -> None:
    """Raise ExtractError (`too-heavy`) for what no parser survives. Linear; a quarter of a millisecond for a page."""
    if len(html) > MAX_LENGTH:
        raise ExtractError(url, "too-heavy", f"{len(html)} characters")
    tags = html.count("<")
    if tags > MAX_TAGS:
        raise ExtractError(url, "too-heavy", f"{tags} tags")
    _check_attributes(html, url)
    # Half of a sound page's tags close something. What never closes is void, flat or trouble.
    if _has_unclosed(html, tags - 2 * html.count("</")) or tags > 2 * MAX_DEPTH:
        _check_formatting(html, url)
        _check_depth(html, url)
    if tags > MAX_OPTIONS and len(re.findall("(?i)<option", html)) > MAX_OPTIONS:
        raise ExtractError(url, "too-heavy", "options without end")


def _has_unclosed(html: str, unclosed: int) -> bool:
    return unclosed > MAX_UNCLOSED_FORMATTING and unclosed - len(_NEVER_CLOSED.findall(html)) > MAX_UNCLOSED_FORMATTING


def _check_attributes(html: str, url: str) -> None:
    # A tag longer than two windows fills at least one of them without an end.
    for start in range(0, len(html), MAX_ATTRIBUTES):
        if html.find(">", start, start + MAX_ATTRIBUTES) < 0 and _has_too_many(html, start):
            raise ExtractError(url, "too-heavy", "attributes without end")


def _has_too_many(html: str, at: int) -> bool:
    begin = html.rfind("<", 0, at + 1)
    end = html.find(">", max(begin, 0))
    if 0 <= end < at:
        return False  # text, such as a script of a million words
    tag = html[begin + 1 : end if end >= 0 else len(html)] if begin >= 0 else ""
    if not tag[:1].isalpha() or not _many_words(tag):
        return False
    return _many_words(_VALUE.sub("=", tag))  # one attribute may hold a whole article


def _many_words(tag: str) -> bool:
    return len(tag.split(maxsplit=MAX_ATTRIBUTES)) > MAX_ATTRIBUTES


def _check_formatting(html: str, url: str) -> None:
    closes = _FORMATTING.findall(html)
    if len(closes) - 2 * closes.count("/") > MAX_UNCLOSED_FORMATTING:
        raise ExtractError(url, "too-heavy", "formatting that is never closed")


def _check_depth(html: str, url: str) -> None:
    depth = deepest = 0
    for close, tag in _TAG.findall(html):
        if close:
            depth = max(0, depth - 1)
        elif (name := tag.lower()) not in _VOID and name not in _FLAT:
            depth += 1
            deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise ExtractError(url, "too-heavy", f"elements nested {deepest} deep")
