"""JSON as pages hold it → values: in comments, escaped, with quotes and line breaks that break it, or several in a row.

What cannot be mended is left out: nothing is made up to close what was cut off.
"""

from __future__ import annotations

import html
import json
import re
from typing import Final

MAX_VALUES: Final = 50
_ESCAPED = re.compile(r"[^\"&]{0,200}&(?:amp;)*(?:quot|#34|#x22);")
_BLANK = re.compile(r"[\s;,]*")
# Outside texts: where one begins, and what is no JSON.
_OUTSIDE = re.compile(r'"|//[^\n]*|/\*.*?(?:\*/|\Z)|<!--|-->|<!\[CDATA\[|\]\]>', re.DOTALL)
# What follows the quote that ends a value, or a key.
_END = r"\s*(?:[}\]]|,\s*(?:[\"{\[\]},\d/-]|true\b|false\b|null\b|\Z)|//|/\*|\Z"
_VALUE_END = re.compile(_END + ")")
_ANY_END = re.compile(_END + "|:)")
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.?))', re.DOTALL)
_GAPS = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[,}\]])|:(?=\s*[,}\]])|\bundefined\b', re.DOTALL)


def values(text: str) -> list[object]:
    """All values in `text`, up to the first that cannot be mended. Linear in its length; raises nothing."""
    for _ in range(3):
        if not _ESCAPED.match(text):
            break
        text = html.unescape(text)
    start = min((at for at in (text.find("{"), text.find("[{")) if at >= 0), default=-1)
    if start < 0:
        return []
    found, whole = _decode(text[start:])
    if whole:
        return found
    mended, _ = _decode(mend(text[start:]))
    return max(found, mended, key=len)


def mend(text: str) -> str:
    """`text` without comments, with its texts and its gaps as JSON has them.

    >>> mend('{"a": "She said "no"", /* b */ "c": ,}')
    '{"a": "She said \\\\"no\\\\"",  "c":null }'
    """
    parts: list[str] = []
    at = 0
    before = ""
    while match := _OUTSIDE.search(text, at):
        parts.append(text[at : match.start()])
        before = parts[-1].rstrip()[-1:] or before
        at = match.end()
        if match[0] == '"':
            end = _end_of(text, at, _VALUE_END if before == ":" else _ANY_END)
            parts.append(_quoted(text[at:end]))
            before, at = '"', end + 1
    parts.append(text[at:])
    return _GAPS.sub(_filled, "".join(parts))


def _end_of(text: str, at: int, ends: re.Pattern[str]) -> int:
    """Where the text that begins at `at` ends: at a quote that is not escaped and that something follows."""
    while (quote := text.find('"', at)) >= 0:
        bare = quote
        while bare > at and text[bare - 1] == "\\":
            bare -= 1
        if (quote - bare) % 2 == 0 and ends.match(text, quote + 1):
            return quote
        at = quote + 1
    return len(text)


def _quoted(body: str) -> str:
    body = _ESCAPE.sub(lambda m: m[0] if m[1] else m[2] if m[2] == "'" else f"\\\\{m[2]}", body)
    return '"' + re.sub(r'(\\.)|"', lambda m: m[1] or '\\"', body, flags=re.DOTALL) + '"'


def _filled(match: re.Match[str]) -> str:
    text = match[0]
    if text[0] == '"':
        return text
    return {",": "", ":": ":null"}.get(text, "null")


def _decode(text: str) -> tuple[list[object], bool]:
    """The values at the beginning of `text`, and whether there is nothing else."""
    decoder = json.JSONDecoder(strict=False)
    found: list[object] = []
    at = 0
    try:
        while at < len(text) and len(found) < MAX_VALUES:
            value, at = decoder.raw_decode(text, at)
            found.append(value)
            rest = _BLANK.match(text, at)
            at = rest.end() if rest else at
    except (ValueError, RecursionError):
        return found, False
    return found, True
