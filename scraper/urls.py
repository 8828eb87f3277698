"""Addresses: the one place where URLs are taken apart, and the one door to yarl and tld.

    parse      an address as it may be asked for
    canonical  the same without what only says how a reader came there
    identity   a key that all forms of one article's address share

Nothing here looks at the network or believes what an address says about itself: whether a host may be reached is
decided where the connection is made, on the address that name resolution gave. Follows RFC 3986 and, where browsers
differ from it (numbers as hosts, blanks at the ends), the WHATWG URL standard.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from yarl import URL

from scraper.errors import UrlError
from scraper.model import Outlet
from scraper.trackers import NAMES, PREFIXES

MAX_LENGTH: Final = 8192

_HTTP = re.compile(r"(?i)https?://([^/?#]*)")
_SCHEME = re.compile(r"(?i)([a-z][a-z0-9+-]*):")
_FORBIDDEN = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_AUTHORITY = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^\[\]:@\s]+)(?::[0-9]{0,5})?", re.ASCII)
_PARSED = re.compile(
    r"https?://(?=[^/]{1,253}/)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?",
    re.ASCII,
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.ASCII)
_BREAKS = str.maketrans("", "", "\t\n\r")
_BLANKS = "".join(map(chr, range(0x21))) + "\u00a0\ufeff"

# ------------------------------------------------------------------------------------------------ one way to write it


def parse(url: str) -> str:
    """`url` as an absolute http or https address, written in one way: what may be asked for.

    Host in lower case and Punycode, numeric hosts in dotted form, default port and dot segments dropped,
    percent-encodings in one case, blanks and non-ASCII escaped, an empty path as `/`. Path case, the order of
    parameters, a trailing slash and the fragment stay. Idempotent. Raises UrlError, saying why, for anything else:
    nothing is completed or guessed.

    >>> parse("HTTP://Example.COM:80/a/../b c?q=%c3%a9")
    'http://example.com/b%20c?q=%C3%A9'
    """
    # Most addresses that are parsed came out of here before, or might have: a sitemap has fifty thousand of them.
    return url if len(url) <= MAX_LENGTH and _PARSED.fullmatch(url) else str(_parsed(url))


@lru_cache(maxsize=1024)
def _parsed(url: str) -> URL:
    text = url.strip(_BLANKS)
    authority_ends = _check(text)
    head, rest = text[:authority_ends], text[authority_ends:].replace(" ", "%20")
    try:
        parsed = _with_host(URL(head + (rest if rest.startswith("/") else f"/{rest}")))
    except ValueError as exc:
        raise UrlError(_short(url), f"is not a valid address: {exc}") from exc
    if len(str(parsed)) > MAX_LENGTH:
        raise UrlError(_short(url), f"is longer than {MAX_LENGTH} characters")
    return parsed


def _check(text: str) -> int:
    """Where the authority of `text` ends. Raises UrlError for what no later step would notice."""
    if len(text) > MAX_LENGTH:
        raise UrlError(_short(text), f"is longer than {MAX_LENGTH} characters")
    if bad := _FORBIDDEN.search(text):
        raise UrlError(text, f"contains the character {bad[0]!r}, which no address may hold")
    if not (match := _HTTP.match(text)):
        raise UrlError(text, _why_not_http(text))
    if "@" in match[1]:
        at = match.start(1)  # a sentence is logged, and read by others
        raise UrlError(
            f"{text[:at]}…{text[at + match[1].rindex('@') :]}", "contains a user name or password; they are never sent"
        )
    if not match[1] or match[1].startswith(":"):
        raise UrlError(text, "names no host")
    if not _AUTHORITY.fullmatch(match[1]):
        raise UrlError(text, "has a malformed host or port")
    return match.end()


def _why_not_http(text: str) -> str:
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() in {"http", "https"}:
        return "names no host; it has to begin with https:// or http://"
    if scheme:
        return f"is not http or https but {scheme[1].lower()}"
    if "." in text.partition("/")[0] and " " not in text:
        return f"is not a whole address; write https://{text}"
    return "is not an address; it has to begin with https:// or http://"


def _with_host(parsed: URL) -> URL:
    """`parsed` with its host checked, and written as numbers if it means numbers. Raises ValueError."""
    raw = (parsed.raw_host or "").lower()
    if parsed.explicit_port == 0:
        raise ValueError("no server listens on port 0")
    if parsed.raw_authority.startswith("["):
        return parsed.with_host(str(ipaddress.IPv6Address(raw)))
    labels = raw.removesuffix(".").split(".")
    if len(raw) > 254 or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("its host is not a name that can be looked up")
    if _NUMBER.fullmatch(labels[-1]):
        return parsed.with_host(_ipv4(labels))
    # Of a name that is in part not ASCII, yarl leaves the other labels as they were written.
    return parsed if parsed.raw_host == raw else parsed.with_host(raw)


def _ipv4(labels: list[str]) -> str:
    """The dotted form of a numeric host: name resolution takes `0x7f.1` for 127.0.0.1, so it is written like that."""
    numbers = [int(label, _base(label)) if label != "0x" else 0 for label in labels]
    *front, last = numbers
    if len(numbers) > 4 or any(n > 255 for n in front) or last >= 256 ** (5 - len(numbers)):
        raise ValueError("its host is neither a name nor an IPv4 address")
    value = last + sum(n << 8 * (3 - place) for place, n in enumerate(front))
    return str(ipaddress.IPv4Address(value))


def _base(label: str) -> int:
    return 16 if label.startswith("0x") else 8 if label.startswith("0") and len(label) > 1 else 10


def _short(url: str) -> str:
    return url if len(url) <= 200 else url[:200] + "…"


def canonical(url: str) -> str:
    """`parse` without tracking parameters, without fragment (but `#!`) and without a dot behind the host.

    Scheme, `www.`, trailing slash and the order of the other parameters stay: the result is still an address the
    outlet itself would give. Idempotent. Raises UrlError.

    >>> canonical("https://www.example.com./a/?utm_source=rss&id=7#top")
    'https://www.example.com/a/?id=7'
    """
    parsed = _parsed(url)
    if (parsed.raw_host or "").endswith("."):
        parsed = _parsed(str(parsed.with_host((parsed.raw_host or "").removesuffix("."))))
    kept = [part for part in parsed.raw_query_string.split("&") if part and not _is_tracker(part)]
    query = "?" + "&".join(kept) if kept else ""
    fragment = f"#{parsed.raw_fragment}" if parsed.raw_fragment.startswith("!") else ""
    path = _SESSION.sub("", parsed.raw_path)
    return f"{parsed.scheme}://{_netloc(parsed, parsed.raw_host or '')}{path}{query}{fragment}"


_SESSION = re.compile(r"(?i);jsessionid=[^/;]*")


def _is_tracker(part: str) -> bool:
    # Feeds that escape twice give `&amp;utm_source=…`.
    name = unquote(part.partition("=")[0]).lower().removeprefix("amp;")
    return name in NAMES or name.startswith(PREFIXES)


def resolve(base: str, ref: str) -> str | None:
    """The absolute address that a link `ref` on the page `base` leads to; None if it is empty, broken or not http(s).

    Line breaks and tabs within `ref` are left out, as browsers do.
    """
    ref = ref.translate(_BREAKS).strip(_BLANKS)
    if not ref or len(ref) > MAX_LENGTH or _FORBIDDEN.search(ref):
        return None
    try:
        if _SCHEME.match(ref):
            return parse(ref)
        return parse(str(_parsed(base).with_fragment(None).join(URL(ref))))
    except (UrlError, ValueError):
        return None


# ------------------------------------------------------------------------------------------------ which article it is

_INDEX = re.compile(r"/index\.(?:html?|php)$")
_FORM = re.compile(r"(?:/amp|/print|\.amp)(?:\.html?)?$")
_ON = {"", "1", "true", "yes", "y"}
_FORM_QUERY: Final = {
    "amp": _ON | {"amp"},
    "print": _ON | {"print"},
    "output": {"amp", "print"},
    "outputtype": {"amp"},
}


def identity(url: str, outlet: Outlet | None = None) -> str:
    """A key that all forms of one article's address share, and no two articles do. Not an address.

    Folded are http and https, `www.`, `m.`, `mobile.` and `amp.`, a trailing slash, `index.html`, AMP and print forms,
    the outlet's witness form and page numbers, tracking parameters and the order of the others. If `outlet` has a
    pattern that names its articles and the address is the outlet's own, the pattern's groups are the key. Path case
    and all other parameters count. Raises UrlError.

    >>> identity("http://m.example.com/2024/a-title/amp/?utm_medium=x&id=3")
    'example.com/2024/a-title?id=3'
    """
    page = numbered(url, outlet) if outlet else None
    parsed = _parsed(canonical(page[0] if page else url))
    site = _plain_netloc(parsed)
    witness = outlet.witness if outlet else None
    path = _plain_path(parsed.raw_path, witness)
    parts = (part for part in parsed.raw_query_string.split("&") if part)
    query = "&".join(sorted(part for part in parts if not _is_form(part, witness)))
    whole = f"{path}?{query}" if query else path
    if outlet and outlet.identity and belongs(url, outlet):
        match = re.search(outlet.identity, path) or re.search(outlet.identity, whole)
        name = _name(match) if match else ""
        if name:
            return f"{site} {name}"
    fragment = f"#{parsed.raw_fragment}" if parsed.raw_fragment else ""
    return f"{site}{whole}{fragment}"


def numbered(url: str, outlet: Outlet) -> tuple[str, int] | None:
    """`url` without its page number, and that number; None if by the outlet's own pattern it has none.

    The number of a page is small: one above `outlet.pages.most` is a year, or part of a name. Raises nothing.
    """
    pattern = outlet.pages.number if outlet.pages else None
    if outlet.pages is None or pattern is None or not belongs(url, outlet):
        return None
    plain = canonical(url)
    start = plain.index("/", plain.index("//") + 2)
    match = re.search(pattern, plain[start:])
    digits = match[1] if match and match.re.groups else None
    if match is None or not digits or not (digits.isascii() and digits.isdecimal()) or len(digits) > 4:
        return None
    before, after = plain[: start + match.start()], plain[start + match.end() :]
    if "?" in match[0] and after.startswith("&"):
        after = f"?{after[1:]}"
    bare = (before + after).removesuffix("?")
    named = bool(bare[start:].strip("/")) and int(digits) <= outlet.pages.most
    return (bare, int(digits)) if named else None


def _name(match: re.Match[str]) -> str:
    return "-".join(filter(None, match.groups())) if match.re.groups else match[0]


def _plain_path(path: str, witness: str | None) -> str:
    """`path` without the endings that only choose a form; the root is empty."""
    while True:
        short = _INDEX.sub("", path).rstrip("/")
        for bare in (_FORM.sub("", short), short.removesuffix(witness or "")):
            # `/print` alone is a page of that name, not the print form of the front page.
            if bare.strip("/") and len(bare) < len(short):
                short = bare
                break
        if short.startswith("/amp/"):
            short = short[4:]
        if short == path:
            return path
        path = short


def _is_form(part: str, witness: str | None) -> bool:
    if witness and part == witness.lstrip("?&"):
        return True
    name, _, value = part.partition("=")
    return value.lower() in _FORM_QUERY.get(name.lower(), ())


# ------------------------------------------------------------------------------------------------ whose it is


def host(url: str) -> str:
    """The host of `url` in lower case and Punycode, without port, brackets and trailing dot. Raises UrlError."""
    return _host(_parsed(url))


def _host(parsed: URL) -> str:
    return (parsed.raw_host or "").removesuffix(".")


def origin(url: str) -> str:
    """Scheme, host and port (if it is not the default) of `url`: `https://example.com`. Raises UrlError."""
    parsed = _parsed(url)
    return f"{parsed.scheme}://{_netloc(parsed, _host(parsed))}"


def _netloc(parsed: URL, name: str) -> str:
    port = "" if parsed.is_default_port() else f":{parsed.port}"
    return f"[{name}]{port}" if ":" in name else name + port


def _plain_netloc(parsed: URL) -> str:
    return _netloc(parsed, _bare(_host(parsed)))


@lru_cache(maxsize=1024)
def _bare(name: str) -> str:
    """`name` without the labels that only choose a form of the site."""
    while True:
        label, _, rest = name.partition(".")
        if "." not in rest or not (label == "www" or (label in {"m", "mobile", "amp"} and name != _site(name))):
            return name
        name = rest


def same_site(a: str, b: str) -> bool:
    """Whether two addresses lie under one registrable domain (public suffix list); hosts without one must be equal.

    Raises UrlError.
    """
    return _site(host(a)) == _site(host(b))


@lru_cache(maxsize=1024)
def _site(name: str) -> str:
    from tld import get_fld  # noqa: PLC0415 - loads the suffix list; most calls of the program never need it

    labels = name.split(".")
    if ":" in name or labels[-1].isdigit() or len(labels) == 1:
        return name
    return get_fld(f"https://{name}/", fail_silently=True) or ".".join(labels[-2:])


def belongs(url: str, outlet: Outlet) -> bool:
    """Whether `url` is on one of the outlet's own hosts; False also for what is no address.

    Its own are the host of its home page, with or without `www.`, `m.`, `mobile.` and `amp.`, and those in
    `outlet.hosts` (`*.example.com` for all below). Other subdomains and other ports are somebody else's: shops, image
    servers, mirrors, a service on the same machine.
    """
    try:
        parsed, home = _parsed(url), _parsed(outlet.home)
    except UrlError:
        return False
    bare, name = _plain_netloc(parsed), _netloc(parsed, _host(parsed))
    return bare == _plain_netloc(home) or any(_fits(bare, name, own) for own in outlet.hosts)


def _fits(bare: str, name: str, own: str) -> bool:
    own = own.lower().removesuffix(".")
    if own.startswith("*."):
        return name.endswith(own[1:])
    return own in {bare, name} or own.removeprefix("www.") == bare


# ------------------------------------------------------------------------------------------------ what to call it

_EXTENSION = re.compile(r"(?i)\.(?:html?|s?html|php\d?|aspx?|jsp|cms|ece|amp|pdf)$")
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", re.ASCII)
_UNSAFE = re.compile(r"[^a-z0-9]+", re.ASCII)


def slug(url: str) -> str:
    """A short name for a folder, from the last telling segment of the address; never taken as identity.

    Only `a-z`, `0-9` and inner `-`, 1 to 80 characters, never a name that a file system reserves. Two addresses may
    share one. Raises UrlError.

    >>> slug("https://example.com/2024/06/A%20T%C3%ACtle.html?x=1")
    'a-title'
    """
    parsed = _parsed(canonical(url))
    segments = _plain_path(parsed.raw_path, None).split("/")
    words = (_word(_EXTENSION.sub("", unquote(segment))) for segment in reversed(segments))
    name = next(filter(None, words), None) or _word(_host(parsed)) or "page"
    return f"{name}-page" if _DEVICES.fullmatch(name) else name


def _word(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text[:500]).encode("ascii", "ignore").decode().lower()
    return _UNSAFE.sub("-", plain).strip("-")[:80].rstrip("-")
