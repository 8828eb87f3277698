"""What a rule, a pattern or a selector in a configuration file may be.

Checks as in `values`. On top of being well-formed, a rule must not be able to hang the program, nor to drop what every
article is made of.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Any, Final

from scraper.tomlfile.files import Wrong
from scraper.tomlfile.patterns import danger
from scraper.tomlfile.values import text

MAX_SELECTOR: Final = 300

_ATTRIBUTE = re.compile(r"[A-Za-z_][\w:.-]*", re.ASCII)

# An article without any class or id of its own: a rule that drops a piece of it would drop every article.
_PLAIN: Final = (
    "<!doctype html><html><head><title>t</title></head><body><main><article><header><h1>t</h1></header><section><div>"
    "<p>t</p><p>t</p><h2>t</h2><ul><li>t</li><li>t</li></ul><blockquote><p>t</p></blockquote><p>t</p>"
    "</div></section></article></main></body></html>"
)
# Reporting that no rule for whole blocks may match.
_REPORTING: Final = ("The ministry said on Tuesday that 12 people were hurt.", "Shifting dynamics", "В Киеве", "12")


def pattern(value: object) -> str:
    """A regular expression that cannot keep the program busy for ever."""
    word = text(value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(word)
            why = danger(word)
    except (re.error, OverflowError, RecursionError, Warning) as exc:
        raise Wrong(f"'{word}' is not a regular expression: {exc}") from exc
    if why:
        raise Wrong(f"'{word}' {why}")
    return word


def url_pattern(value: object) -> str:
    """A `pattern` for addresses, that does not match each and every one."""
    word = pattern(value)
    if all(re.search(word, path) for path in ("/", "/a", "/2024/06/b-c.html?d=1")):
        raise Wrong(f"'{word}' matches every address")
    return word


def block_pattern(value: object) -> str:
    """A `pattern` for whole blocks, that does not match plain reporting."""
    word = pattern(value)
    if any(re.fullmatch(word, block) for block in _REPORTING):
        raise Wrong(f"'{word}' matches any text; it would drop reporting")
    return word


def witness(value: object) -> str:
    """An ending of an address path, such as `/pdf`."""
    word = text(value, 60)
    if not re.fullmatch(r"[/.][\w./-]*", word, re.ASCII):
        raise Wrong(f'"{word}" has to be the end of an address such as "/pdf"')
    return word


def page_pattern(value: object) -> str:
    """A `url_pattern` with one group: the number of a page."""
    word = url_pattern(value)
    if re.compile(word).groups != 1:
        raise Wrong(f"'{word}' has to have one group, which matches the page's number, such as '[?&]page=([0-9]+)'")
    return word


def link_selector(value: object) -> str:
    """A `selector` of links, or `rel=next` for what HTML calls so; never each and every link."""
    word = text(value)
    if word == "rel=next":
        return '[rel~="next"]'
    if _select(word) or _matches_plain_link(word):
        raise Wrong(f"'{word}' matches a plain link; name a class, an id or a rel")
    return word


def selector(value: object) -> str:
    """A CSS selector that the extractor's own engine accepts."""
    word = text(value)
    _select(word)
    return word


def drop_selector(value: object) -> str:
    """A `selector` that does not drop what every article is made of."""
    word = text(value)
    if hit := _select(word):
        raise Wrong(f"'{word}' matches a plain <{hit}> and would drop articles; name a class or an id")
    return word


def sign_selector(value: object) -> str:
    """A `selector` that tells pages apart: it does not match what every page is made of."""
    word = text(value)
    if hit := _select(word):
        raise Wrong(f"'{word}' matches a plain <{hit}> and would tell nothing; name what only this system writes")
    return word


def field_selector(value: object) -> str:
    """A `selector`, or `selector@attribute`."""
    word = text(value)
    left, at, attribute = word.rpartition("@")
    _select(left.strip() if at and _ATTRIBUTE.fullmatch(attribute) else word)
    return word


@lru_cache(maxsize=4096)
def _select(word: str) -> str | None:
    """The name of the first element of a plain article that `word` matches. Raises Wrong."""
    from selectolax.lexbor import SelectolaxError  # noqa: PLC0415 - only outlets have selectors

    if len(word) > MAX_SELECTOR:
        raise Wrong(f"is longer than {MAX_SELECTOR} characters; split it")
    if not _is_closed(word):
        raise Wrong(f"'{word}' leaves a bracket or a quote open")
    try:
        first = _plain_article().css_first(word)
    except SelectolaxError as exc:
        raise Wrong(f"'{word}' is not a CSS selector") from exc
    return first.tag if first else None


def _matches_plain_link(word: str) -> bool:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only outlets have selectors

    return LexborHTMLParser('<main><p><a href="/">t</a></p></main>').css_first(word) is not None


@lru_cache(maxsize=1)
def _plain_article() -> Any:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only outlets have selectors

    return LexborHTMLParser(_PLAIN)


def _is_closed(word: str) -> bool:
    """The engine closes what is left open by itself, and then means something else than was written."""
    bare = re.sub(r"""\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", "", word)
    count = 1
    while count:
        bare, count = re.subn(r"""\([^()\[\]"']*\)|\[[^()\[\]"']*\]""", "", bare)
    return not set(bare) & set("()[]\"'\\")
