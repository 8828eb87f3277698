"""XML as outlets send it → XML that a parser can be given.

    bytes → unpack → decode → no prolog, no DTD → no stray ampersands, no forbidden characters

No document type reaches a parser, so there is nothing to expand and nothing to load: a document that declares entities
made of entities, or long ones, is refused, a reference to any other declared entity becomes U+FFFD. What is left may
still be badly nested or cut.
"""

from __future__ import annotations

import re
import zlib
from html.entities import html5
from typing import Final

from scraper.charset import decode
from scraper.errors import Failed

LARGEST: Final = 50 << 20
_LAYERS: Final = 2
_STEP: Final = 1 << 16
_MEMBERS: Final = 1000
_GZIP: Final = b"\x1f\x8b"

_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:\[(.*?)\]\s*+)?>", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s+(?:%\s+)?([^\s\"'<>&;]+)\s+(?:\"([^\"]*)\"|'([^']*)')?")
_NESTED = re.compile(r"[&%][A-Za-z_]")
_LONGEST_ENTITIES: Final = 1000

# CDATA and comments pass as they are; each alternative that opens one also ends the scan, so it stays linear.
_LOOSE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?!(?:amp|lt|gt|quot|apos);)(?:#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));|([A-Za-z][A-Za-z0-9_.-]{0,31});|)",
    re.DOTALL,
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# A real start tag of a feed or sitemap has a dozen attributes; parsers need seconds for a hundred thousand.
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{65536}")


def unpack(body: bytes, url: str) -> tuple[bytes, bool]:
    """`body` without the gzip it may be packed in, once or twice, and whether its end is missing.

    Sitemaps are files that happen to be compressed, whatever the headers say. Never more than `LARGEST` bytes are
    produced. Raises Failed (`too-large`, `broken-gzip`).
    """
    whole = True
    for _ in range(_LAYERS):
        if not body.startswith(_GZIP):
            break
        body, ended = _gunzip(body, url)
        whole = whole and ended
    if not body and not whole:
        raise Failed(url, "broken-gzip", "ends before its first byte")
    if len(body) > LARGEST:
        raise Failed(url, "too-large", f"more than {LARGEST} bytes")
    return body, not whole


def _gunzip(body: bytes, url: str) -> tuple[bytes, bool]:
    """All members of a gzip file one after the other (RFC 1952), and whether the last one ended."""
    out, member, members = bytearray(), zlib.decompressobj(31), 1
    for at in range(0, len(body), _STEP):
        data = body[at : at + _STEP]
        while data:
            if member.eof:
                member, members = zlib.decompressobj(31), members + 1
            try:
                out += member.decompress(data, LARGEST + 1 - len(out))
            except zlib.error as exc:
                # What follows the last member may be padding; what breaks off inside one is a cut file.
                if out:
                    return bytes(out), not data.startswith(_GZIP) and members > 1
                raise Failed(url, "broken-gzip", str(exc)) from exc
            if len(out) > LARGEST or members > _MEMBERS:
                raise Failed(url, "too-large", f"unpacks to more than {LARGEST} bytes or {_MEMBERS} members")
            data = member.unused_data
    return bytes(out), member.eof


def text_of(body: bytes, content_type: str | None, url: str) -> str:
    """The decoded text of a document, without blanks around it. Raises Failed (`empty`)."""
    text = decode(body, content_type).text.strip(" \t\r\n\ufeff\x00")
    if not text:
        raise Failed(url, "empty", "an answer without content is not the same as no news")
    return text


def tame(text: str, url: str) -> str:
    """`text` from its root element on, well-formed but for its nesting. Raises Failed (`entities`, `too-heavy`,
    `broken-xml`)."""
    start, declared = _after_prolog(text, url)
    if _LONG_TAG.search(text, start):
        raise Failed(url, "too-heavy", "a tag of more than 64 KiB")

    def mend(match: re.Match[str]) -> str:
        if match[0][0] == "<":
            return match[0]
        if match[3]:
            return _named(match[3], declared)
        if match[1] or match[2]:
            return _numbered(int(match[1], 16) if match[1] else int(match[2]))
        return "&amp;"

    return _FORBIDDEN.sub("", _LOOSE.sub(mend, text[start:]))


def _named(name: str, declared: frozenset[str]) -> str:
    if name in declared:
        return "\ufffd"
    known = html5.get(f"{name};")
    return known if known and known not in "<>&" else f"&amp;{name};"


def _numbered(code: int) -> str:
    if code in {9, 10, 13} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF:
        return f"&#{code};"
    return ""


def _after_prolog(text: str, url: str) -> tuple[int, frozenset[str]]:
    """Where the root element begins, and the names of the entities that were declared before it."""
    at, declared = 0, frozenset[str]()
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<?", at):
            at = _past(text, "?>", at)
        elif text.startswith("<!--", at):
            at = _past(text, "-->", at)
        elif match := _DOCTYPE.match(text, at):
            declared |= _declared(match[1] or "", url)
            at = match.end()
        elif text.startswith("<!", at):
            raise Failed(url, "broken-xml", "a document type that does not end")
        else:
            return at, declared
    return len(text), declared


def _past(text: str, ending: str, at: int) -> int:
    end = text.find(ending, at)
    return len(text) if end < 0 else end + len(ending)


def _declared(subset: str, url: str) -> frozenset[str]:
    """The entities of an internal subset. Harmless ones are only forgotten; those that grow refuse the document."""
    entities = _ENTITY.findall(subset)
    values = [double or single for _, double, single in entities]
    if any(map(_NESTED.search, values)) or sum(map(len, values)) > _LONGEST_ENTITIES:
        raise Failed(url, "entities", "declares entities that grow; documents are read without their DTD")
    return frozenset(name for name, *_ in entities)
