"""What the stable reason words of visits mean, for people."""

from __future__ import annotations

from typing import Final

# What the reason words mean. What follows the word in a record is shown behind it.
MEANING: Final = {
    "not-modified": "the server said that nothing was modified",
    "same-bytes": "the very same bytes as at the visit before",
    "same-page": "only what surrounds the article changed",
    "same-text": "the page was built otherwise, the text is the same",
    "template": "what differs is what a template, a clock or a counter does by itself",
    "known-text": "another process had just stored this text",
    "superseded": "a later capture was stored before this one",
    "crowded": "a page that changes all the time: as many versions a day as are kept",
    "witness": "the second form of the article says something else; it testifies and makes no version",
    "headline-test": "the headline alternates between forms that are known: a test on readers",
    "challenge": "a page that wants to know whether a person is asking",
    "consent-wall": "a page that asks for consent instead of the article",
    "login-wall": "a login form instead of the article",
    "soft-404": "a page that says it is not there, with status 200",
    "not-an-article": "a page of another kind",
    "empty": "no text",
    "teaser": "only the part before a paywall, where the whole text was known",
    "shrunk": "less than half of the text that was known: a second look has to agree",
    "undecodable": "letters that cannot be read where they could be before: a second look has to agree",
    "replaced": "another story in its place: a second look has to agree",
    "moved": "the address leads to another story",
    "reused": "another article stands at the address now; the one before it keeps its history",
    "pages": "not all pages of the article could be had",
    "too-heavy": "reading it takes more time or memory than one page may; only --force tries the same bytes again",
    "robots": "robots.txt does not allow it",
    "private-address": "an address that nobody outside may lead to",
    "timeout": "the server took too long",
    "too-large": "more than may be taken",
}


def explained(reason: str | None) -> str:
    """A recorded reason, `word` or `word: detail`, as a person reads it.

    >>> explained("same-bytes")
    'the very same bytes as at the visit before'
    """
    word, _, more = (reason or "").partition(":")
    said = MEANING.get(word, word or "no reason was recorded")
    return f"{said} ({more.strip()})" if more.strip() else said
