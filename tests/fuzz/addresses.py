"""Addresses, lines of text, and where redirects lead."""

from __future__ import annotations

import re
import unicodedata

from scraper import urls
from scraper.errors import UrlError
from scraper.fetch import target
from scraper.fetch.trouble import Trouble
from scraper.fetch.wire import URL
from scraper.model import Outlet, Paging
from scraper.text import clean, printable
from tests.fuzz.taker import said, written

OUTLETS = (
    None,
    Outlet("example.com", "A", "https://www.example.com/", hosts=("*.example.net",), identity=r"-(a\d+)$",
           witness="/pdf", pages=Paging(number=r"/(\d+)$")),
    Outlet("example.org", "B", "http://example.org/", witness="?print=1", pages=Paging(number=r"[?&]page=(\d+)")),
)  # fmt: skip
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,83}[a-z0-9])?", re.ASCII)
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def check_addresses(data: bytes) -> None:
    """One address a line, the first is the page on which the others are links. Only UrlError is raised; each way to
    write an address is its own fixed point; every form has the identity of its canonical one."""
    base, *rest = written(data).split("\n")
    _check_one(base)
    for line in rest[:8]:
        _check_one(line)
        _check_link(base, line)


def _check_one(text: str) -> None:
    try:
        parsed = urls.parse(text)
    except UrlError as error:
        said(str(error))
        assert not any(urls.belongs(text, outlet) for outlet in OUTLETS if outlet)
        return
    assert urls.parse(parsed) == parsed
    assert parsed.isascii()
    assert len(parsed) <= urls.MAX_LENGTH
    canonical = urls.canonical(text)
    assert urls.canonical(canonical) == canonical
    assert urls.canonical(parsed) == canonical
    assert urls.parse(canonical) == canonical
    assert urls.same_site(text, canonical)
    assert urls.origin(parsed) == urls.origin(text)
    assert _SLUG.fullmatch(urls.slug(text))
    for outlet in OUTLETS:
        assert urls.identity(text, outlet) == urls.identity(canonical, outlet)
        if outlet:
            urls.numbered(text, outlet)
            assert urls.belongs(text, outlet) == urls.belongs(parsed, outlet)
    _check_asked(parsed)


def _check_asked(parsed: str) -> None:
    """What is asked for is what was meant: two libraries read one address, and have to see one host in it."""
    try:
        asked = target.parse(parsed)
    except Trouble:
        return
    assert target.endpoint(asked).host == urls.host(parsed)
    assert target.origin(asked).partition("://")[0] == urls.origin(parsed).partition("://")[0]


def _check_link(base: str, ref: str) -> None:
    found = urls.resolve(base, ref)
    if found is not None:
        assert urls.parse(found) == found
        assert found.startswith(("http://", "https://"))


def check_redirect(data: bytes) -> None:
    """A Location of any bytes leads to an address that may be asked for, or is refused with a reason."""
    for base in ("https://example.com/a/b?c", "http://[2001:db8::1]:8080/"):
        try:
            onward = target.join(URL(base), data)
        except Trouble as trouble:
            said(trouble.reason)
            continue
        assert target.parse(str(onward)) == onward
        assert onward.scheme in {"http", "https"}
        assert not onward.userinfo
        assert str(onward).isascii()


def check_lines(data: bytes) -> None:
    """A cleaned line is one line of NFC without anything to fold, and stays as it is; a printable text steers no
    terminal."""
    text = written(data)
    line = clean(text)
    assert clean(line) == line
    assert unicodedata.is_normalized("NFC", line)
    assert line == " ".join(line.split())
    assert not _UNSAFE.search(clean(printable(line)))
    shown = printable(text)
    assert not _UNSAFE.search(shown)
    assert printable(shown) == shown
