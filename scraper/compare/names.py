"""Which words of two articles are names, as far as their writing shows it.

Evidence, not a list: a name is a word that stands with a capital in the middle of a sentence and nowhere without one.
Scripts without case give no such evidence, and German gives every noun a capital: there a name is a word in capitals
only, or one beside another capitalised word. What is not recognised is `wording` and lost to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scraper.article import Article
from scraper.compare import words

_NOUNS_IN_CAPITALS = frozenset({"de", "lb", "nds", "gsw"})
_OPENING = frozenset("\"'([{") | words.QUOTE_MARKS
# So many of the longer words in capitals, and so many longer words at least to tell: so is a headline set in English,
# and its capitals say nothing.
_TITLE_CASE = 0.6
_TELLING, _TELLING_HEADLINE = 5, 2
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
    for text, telling in _texts(old, new):
        capital, lower = _sorted(text, telling, nouns=language in _NOUNS_IN_CAPITALS)
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


def _texts(*articles: Article) -> Iterator[tuple[str, int]]:
    for article in articles:
        yield from ((text, _TELLING_HEADLINE) for text in (article.title, article.subtitle) if text)
        yield article.caption or "", _TELLING
        yield from ((block.text, _TELLING) for block in article.blocks if block.kind != "subheading")


def _sorted(text: str, telling: int, *, nouns: bool) -> tuple[set[str], set[str]]:
    """The words of one text that look like names, and those that do not."""
    found = words.tokens(words.fold(text))
    capital = [k for k, each in enumerate(found) if is_capital(each)]
    within = [k for k in capital if not _starts(found, k)]
    lower = {each for each in found if each.islower()}
    if nouns:
        return {key(found[k]) for k in capital if found[k].isupper() and len(found[k]) > 1} | _beside(
            found, within
        ), lower
    long = sum(len(each) > 3 and words.is_word(each) for each in found)
    if long >= telling and sum(len(found[k]) > 3 for k in capital) > _TITLE_CASE * long:
        return set(), set()
    return {key(found[k]) for k in within if len(found[k]) > 1}, lower


def _beside(found: Sequence[str], within: Sequence[int]) -> set[str]:
    """Capitalised words that follow one another."""
    pairs = [(k - 2, k) for k in within if k > 1 and found[k - 1] == " " and is_capital(found[k - 2])]
    return {key(found[k]) for pair in pairs for k in pair}


def _starts(found: Sequence[str], k: int) -> bool:
    """Whether the capital of a word may come from its place: the start of a sentence, a quotation, a list, a cell.

    A dot after a capital or a short title ("J.", "Gen.") ends no sentence.
    """
    if k and found[k - 1] in _OPENING:
        return True
    before = k - 1
    while before >= 0 and (found[before].isspace() or found[before] in _OPENING or found[before] in ")]}"):
        before -= 1
    if before < 0 or found[before] in ":|":
        return True
    title = found[before] == "." and before > 0 and is_capital(found[before - 1]) and len(found[before - 1]) <= 3
    return words.ends_sentence(found[before]) and not title
