"""URLs as this verb takes them: what is checked here is, character for character, what is asked for."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

from scraper.fetch.guard import Endpoint, literal
from scraper.fetch.trouble import Forbidden, Trouble
from scraper.fetch.wire import URL, InvalidURL

LONGEST_URL: Final = 8192

_PORTS: Final = {"http": 80, "https": 443}
# Letters, digits, hyphens and the underscores that exist in the wild; labels of at most 63 (RFC 1035, 2.3.4).
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*")
_IPV6: Final = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*")

_NUMBERS: Final = re.compile(r"\s*(?:\w+:)?//([0-9a-fx.]+)(?:[:/?#]|$)", re.IGNORECASE)
# Hosts of figures with a port or without, as parsers other than ours read them.
_FIGURES: Final = re.compile(r"(?i)(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?(?::[0-9]*)?", re.ASCII)


def parse(url: str, wrong: str = "bad-url") -> URL:
    """The URL to ask for, without fragment. Raises Trouble(`wrong`) if it is none, Forbidden if it must not be asked.

    Credentials and backslashes before the host are refused rather than repaired: parsers disagree about them, and
    they occur in traps, not in news.
    """
    if len(url) > LONGEST_URL:
        raise Trouble(wrong, f"{len(url)} characters are too many for a URL", transient=False)
    try:
        parsed = URL(url.strip())
    except (InvalidURL, ValueError) as error:
        raise _unparsable(url, error, wrong) from error
    return _checked(parsed, url, wrong)


def join(base: URL, location: bytes) -> URL:
    """Where a redirect leads. Raises Trouble("bad-redirect") or Forbidden."""
    try:
        text = location.decode("utf-8").strip()
        if not text:
            raise Trouble("bad-redirect", "an empty Location", transient=False)
        if len(text) > LONGEST_URL:
            raise Trouble("bad-redirect", f"a Location of {len(text)} characters", transient=False)
        joined = base.join(text)
    except UnicodeDecodeError as error:
        raise Trouble("bad-redirect", f"{location[:100]!r} is not UTF-8", transient=False) from error
    except (InvalidURL, ValueError) as error:
        raise _unparsable(text, error, "bad-redirect") from error
    return _checked(joined, text, "bad-redirect")


def _unparsable(url: str, error: Exception, wrong: str) -> Trouble:
    numbers = _NUMBERS.match(url)
    if numbers and literal(numbers.group(1)) is None:
        # Such as 0177.0.0.1, which the system's resolver takes for loopback.
        return Forbidden("bad-url", f"{url[:100]!r}: an address that is not written as one")
    authority = re.match(r"\s*(?:\w+:)?//([^/?#]*)", url)
    if authority and _is_dressed_up(authority[1]):
        return Forbidden("bad-url", f"{url[:100]!r}: an address in letters that stand for its figures")
    return Trouble(wrong, f"{url[:100]!r}: {error}", transient=False)


def _is_dressed_up(host: str) -> bool:
    """Whether some parser would read an address of figures in what is no host.

    >>> _is_dressed_up("%31%32%37.0.0.1"), _is_dressed_up("１２７.0.0.1:80"), _is_dressed_up("-paper-.example")
    (True, True, False)
    """
    plain = unicodedata.normalize("NFKC", unquote(host)).replace("\u3002", ".")
    return plain != host and _FIGURES.fullmatch(plain) is not None


def _checked(url: URL, text: str, wrong: str) -> URL:
    if url.scheme not in _PORTS:
        raise Forbidden("scheme", f"{url.scheme[:20]!r} is neither http nor https")
    if "\\" in text.partition("?")[0]:
        raise Forbidden("bad-url", "a backslash in the address")
    if url.userinfo:
        raise Forbidden("bad-url", "credentials in the address")
    host = url.raw_host.decode("ascii", "replace").removesuffix(".").lower()
    if not host:
        raise Forbidden("bad-url", "no host")
    if not (_NAME.fullmatch(host) or _IPV6.fullmatch(host)):
        if _is_dressed_up(host):
            raise Forbidden("bad-url", f"{host[:100]!r}: an address in letters that stand for its figures")
        raise Trouble(wrong, f"{host[:100]!r} is no host", transient=False)
    if url.port is not None and not 0 < url.port < 65536:
        raise Trouble(wrong, f"there is no port {url.port}", transient=False)
    return url.copy_with(host=host, fragment=None)


def endpoint(url: URL) -> Endpoint:
    """Where `url` would be asked."""
    return Endpoint.of(url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme])


def origin(url: URL) -> str:
    """Scheme, host and port: what one robots.txt speaks for.

    >>> origin(URL("https://Example.org/a"))
    'https://example.org:443'
    """
    at = endpoint(url)
    host = f"[{at.host}]" if ":" in at.host else at.host
    return f"{url.scheme}://{host}:{at.port}"
