"""An outlet as the text of its file, in the style of those that are shipped. Pure.

Names and addresses come from pages: whatever they hold, the file that is written says just that when it is read again,
and nothing in it can end a comment or a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from scraper.model import Outlet, Source
from scraper.text import clean, printable

# What would end a quoted text, and what an editor would not show as what it is.
_ESCAPED = re.compile(
    '[\\\\"\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]'
)


def quoted(text: str) -> str:
    r"""`text` as a basic string of TOML, on one line.

    >>> quoted('A "b"\n')
    '"A \\"b\\"\\u000a"'
    """
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in '\\"':
        return f"\\{char}"
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def outlet_file(
    outlet: Outlet, head: Iterable[str], about: Mapping[str, str], unused: Iterable[tuple[Source, str]] = ()
) -> str:
    """The file of `outlet`. `head` are the lines of comment at its top, `about` a comment by key or address of a
    source, `unused` sources that are only mentioned, with the reason. Only what such a file says of a new outlet is
    written: name, home, language, time zone, preset, hosts and sources."""
    lines = [*map(_comment, head)]
    for key in ("name", "home", "language", "timezone", "preset", "hosts"):
        value = getattr(outlet, key)
        if key in about:
            lines.append(_comment(about[key]))
        if value:
            lines.append(f"{key} = {_value(value)}")
    for source in outlet.sources:
        lines += ["", *_source(source, about.get(source.url))]
    rest = [_comment(f"{source.kind} {source.url}: {why}") for source, why in unused]
    if rest:
        lines += ["", _comment("Not taken:"), *rest]
    return "\n".join(lines) + "\n"


def _value(value: str | tuple[str, ...]) -> str:
    return quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"


def _source(source: Source, note: str | None) -> Iterator[str]:
    yield "[[sources]]"
    if note:
        yield _comment(note)
    yield f"kind = {quoted(source.kind)}"
    yield f"url = {quoted(source.url)}"
    if source.every:
        yield f"every = {quoted(_span(source.every))}"
    if source.cron:
        yield f"cron = {quoted(source.cron)}"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    unit, size = next(((u, s) for u, s in (("d", 86400), ("h", 3600), ("m", 60)) if seconds % s == 0), ("s", 1))
    return f"{seconds // size}{unit}"


def _comment(text: str) -> str:
    return f"# {printable(clean(text))[:400]}"
