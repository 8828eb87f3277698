"""The key under which a replay tool looks an address up: the host backwards, everything in one canonical form. Pure.

    https://www.paper.example/News/?b=2&a=1#top  →  example,paper)/news?a=1&b=2

The rules are those of the Internet Archive's URL keys, which pywb, OpenWayback and replayweb.page share: a page under a
key that is made in another way is never found. Bytes are compared, so what is not ASCII is percent-encoded.
https://specs.webrecorder.net/cdxj/0.1.0/
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

_PARTS = re.compile(rb"(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_TWICE = re.compile(rb"^(https?://)+")
_BLANKS = re.compile(rb"[\n\r\t]")
_WWW = re.compile(rb"www\d*\.")
_PORTS: Final = {b"http": b"80", b"https": b"443"}
_SAFE: Final = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
# Numbers of visitors and sessions, which say nothing about the page.
_PATH_SESSIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rb"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)/)([^\?]+\.aspx.*)$",
        rb"^(.*/)(?:\([0-9a-z]{24}\)/)([^\?]+\.aspx.*)$",
    )
)
_QUERY_SESSIONS = tuple(
    re.compile(rb"^(.*)(?:" + name + rb")(?:&(.*))?$", re.IGNORECASE)
    for name in (
        rb"jsessionid=[0-9a-zA-Z]{32}",
        rb"phpsessid=[0-9a-zA-Z]{32}",
        rb"sid=[0-9a-zA-Z]{32}",
        rb"ASPSESSIONID[a-zA-Z]{8}=[a-zA-Z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt(url: str) -> str:
    """The key of an http or https address, as ASCII.

    >>> surt("https://www.paper.example:443/News/?b=2&a=1#top"), surt("http://paper.example:8080")
    ('example,paper)/news?a=1&b=2', 'example,paper:8080)/')
    """
    data = _TWICE.sub(rb"\1", _BLANKS.sub(b"", url.encode("utf-8", "replace").strip()))
    match = _PARTS.fullmatch(data)
    scheme, authority, path, query = match.groups() if match else (None, None, data, None)
    host, port = _place(authority or b"", (scheme or b"http").lower())
    key = b",".join(reversed(host.split(b"."))) + (b":" + port if port else b"") + b")" + _path(path or b"")
    if query and (kept := _query(query)):
        key += b"?" + kept
    return key.decode("ascii", "replace")


def _place(authority: bytes, scheme: bytes) -> tuple[bytes, bytes]:
    place = authority.rpartition(b"@")[2]
    host, colon, port = place.rpartition(b":")
    if not colon or not (port.isdigit() or not port):
        host, port = place, b""
    host = _ascii(_unescaped(host)).replace(b"..", b".").strip(b".").lower()
    port = port.lstrip(b"0")
    return _WWW.sub(b"", _escaped(host), count=1) if _WWW.match(host) else _escaped(host), (
        b"" if port == _PORTS.get(scheme) else port
    )


def _ascii(host: bytes) -> bytes:
    """A host in letters of any script, as the DNS has it."""
    if host.isascii():
        return host
    try:
        return host.decode("utf-8", "ignore").encode("idna")
    except ValueError:
        return host


def _path(path: bytes) -> bytes:
    plain = _escaped(_normal(_unescaped(path))).lower()
    for pattern in _PATH_SESSIONS:
        plain = pattern.sub(rb"\1\2", plain)
    return plain[:-1] if plain.endswith(b"/") and len(plain) > 1 else plain


def _normal(path: bytes) -> bytes:
    """Without `.`, `..` and empty steps; a slash at the end stays."""
    kept: list[bytes] = []
    for step in path.split(b"/")[1:]:
        if step == b"..":
            kept = kept[:-1] if kept else [step]
        elif step != b".":
            kept.append(step)
    return b"/" + b"".join(step + b"/" for step, _ in pairwise(kept) if step) + (kept[-1] if kept else b"")


def _query(query: bytes) -> bytes:
    plain = _escaped(_unescaped(query))
    for pattern in _QUERY_SESSIONS:
        if match := pattern.match(plain):
            plain = match[1] + (match[2] or b"")
    plain = plain.lower()
    if len(plain) <= 1:
        return plain
    return b"&".join(b"=".join(pair) for pair in sorted(pair.split(b"=", 1) for pair in plain.split(b"&")))


def _unescaped(data: bytes) -> bytes:
    """Percent-decoded until nothing is left to decode."""
    while (plain := unquote_to_bytes(data)) != data:
        data = plain
    return data


def _escaped(data: bytes) -> bytes:
    return quote_from_bytes(data, safe=_SAFE).encode("ascii")
