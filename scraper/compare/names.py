"""Which words of two articles are names, as far as their writing shows it.

Evidence, not a list: a name is a word that stands with a capital in the middle of a sentence and nowhere without one.
Scripts without case give no such evidence, and German gives every noun a capital: there a name is a word in capitals
only, or one beside another capitalised word. What is not recognised is `wording` and lost to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from scraper.article import Article
from scraper.compare import words

_NOUNS_IN_CAPITALS = frozenset({"de", "lb", "nds", "gsw"})
_OPENING = frozenset("\"'([{") | words.QUOTE_MARKS
_TITLE_CASE = 0.6  # of the longer words (five or more): so is a heading set, and its capitals say nothing
_POSSESSIVE = re.compile(r"['’]s?$")
# Two forms of one Slavic name: what differs is an ending of declension.
_DECLENSION = (
    "а у ю я е и і ї ы ь й о ё є ом ем ём ім им ым ою ею єю ой ей єм ий ый ій ая яя ого его ому ему ова ову"
    " ів їв ов ев ам ям ах ях ами ями ові еві єві ої їй ією"
)
_ENDINGS = frozenset(["", *_DECLENSION.split()])
_CYRILLIC = re.compile("[\u0400-\u04ff]")


def proper(old: Article, new: Article) -> frozenset[str]:
    """The names in two articles, as `key` writes them."""
    language = (new.language or old.language or "").partition("-")[0].lower()
    found: set[str] = {key(word) for each in (old, new) for author in each.authors for word in author.split()}
    common: set[str] = set()
    for text in _texts(old, new):
        capital, lower = _sorted(text, nouns=language in _NOUNS_IN_CAPITALS)
        found |= capital
        common |= lower
    return frozenset(found - common)


def key(word: str) -> str:
    """A name as it is looked up: folded, without case and possessive ending.

    >>> key("Zelensky’s")
    'zelensky'
    """
    return _POSSESSIVE.sub("", words.fold(word).casefold())


def same_name(old: str, new: str) -> bool:
    """Whether two keys are one name, possibly in another grammatical case.

    >>> same_name("зеленський", "зеленського"), same_name("зеленський", "зелинський")
    (True, False)
    """
    if old == new or not _CYRILLIC.match(old):
        return old == new
    head = next((k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return head >= 3 and all(rest in _ENDINGS for rest in (old[head:], new[head:]))


def is_capital(word: str) -> bool:
    """Whether a word begins with a capital of a script that has them."""
    return word[:1].isupper() or word[:1].istitle()


def _texts(*articles: Article) -> Iterator[str]:
    for article in articles:
        yield from filter(None, (article.subtitle, article.caption))
        yield from (block.text for block in article.blocks if block.kind != "subheading")


def _sorted(text: str, *, nouns: bool) -> tuple[set[str], set[str]]:
    """The words of one text that look like names, and those that do not."""
    found = list(_words(text))
    long = [is_capital(word) for word, starts in found if len(word) > 3 and not starts]
    if len(long) > 4 and sum(long) > _TITLE_CASE * len(long) and not nouns:
        return set(), set()
    lower = {key(word) for word, _ in found if not is_capital(word)}
    if nouns:
        shouted = {key(word) for word, _ in found if len(word) > 1 and word.isupper()}
        beside = {key(w) for (a, _), (b, starts) in pairwise(found) if is_capital(a) and is_capital(b) and not starts
                  for w in (a, b)}  # fmt: skip
        return shouted | beside, lower
    return {key(word) for word, starts in found if is_capital(word) and not starts and len(word) > 1}, lower


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Each word with whether its capital may come from its place: the start of a sentence, of a quotation, of a list.

    A dot after a capital or a short title ("J.", "Gen.") ends no sentence.
    """
    starts, opened, last = True, False, ""
    for each in words.tokens(text):
        if words.is_word(each):
            yield each, starts or opened
            starts, opened, last = False, False, each
        elif each.isspace():
            opened = False
        elif each in _OPENING:
            opened = True
        elif each == ":" or (words.ends_sentence(each) and not (each == "." and is_capital(last) and len(last) <= 3)):
            starts = True


def named(text: str, names: frozenset[str]) -> list[str]:
    """The names in a piece of text, as `key` writes them."""
    return [name for name in map(key, _capitals(words.tokens(text))) if name in names]


def _capitals(tokens: Iterable[str]) -> Iterator[str]:
    return (each for each in tokens if words.is_word(each) and is_capital(each))
