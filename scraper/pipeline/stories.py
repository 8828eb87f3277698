"""Whether two texts are one story: pure decisions about identity that need the texts.

    same address, another story, seen twice    → another article begins there
    same address, rewritten from scratch       → the same article, flagged `replaced`
    another address that hints at an article   → the same article, if the text agrees

Nothing here knows what an address means; `urls` does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from scraper import urls
from scraper.article import Article
from scraper.compare import compare
from scraper.model import Due, Entry, Outlet, Page, Snapshot, Verdict
from scraper.pipeline import judge

PHRASE, COMPARED = 12, 20_000  # characters
# Two articles of an outlet share under a twentieth of their phrases, an article and its heavy edit over a third.
SHARED: Final = 0.2
# How much of all phrases of two texts they share, at least: under one headline, under two, if nothing else speaks for
# one story; and how many phrases make a text that can be told from a form.
RETOLD, MOVED, EQUAL, TELLING = 0.3, 0.6, 0.9, 200
REUSED: Final = "reused"
# The flag of a text under another headline and behind a redirect that is alike enough to be believed.
MOVED_ON: Final = "moved"
# What a page may be said to be and still be another story, whole, at an address that is used again.
_LESS: Final = frozenset({"shrunk", "teaser"})


def moved(old: Article, new: Article) -> bool:
    """Whether another story stands in its place: another headline, and hardly a phrase in common.

    Phrases are runs of characters, so that scripts without spaces count alike. Words would not do: any two articles
    of a language share a third of them, phrases under a twentieth.
    """
    if old.title == new.title:
        return False
    before, after = phrases(old), phrases(new)
    return len(before & after) < SHARED * max(1, min(len(before), len(after)))


def phrases(article: Article) -> set[str]:
    """All runs of `PHRASE` characters of the body, without its spaces; of a shorter one, the whole."""
    text = "".join(article.body[:COMPARED].split())
    return {text[at : at + PHRASE] for at in range(max(1, len(text) - PHRASE + 1))}


def alike(old: Article, new: Article, *, said: bool) -> bool:
    """Whether two pages at two addresses tell one story. `said`: one of them calls itself by the other's address.

    An outlet that moves an article keeps nearly all of its text; one that quotes another keeps its own. Without such a
    word the day of publication has to be the same, or all but a little of a text of some length: a column, or a report
    that comes each day from one form, is another article each time.
    """
    before, after = phrases(old), phrases(new)
    shared = len(before & after) / max(1, len(before | after))
    one = shared >= (RETOLD if old.title and old.title == new.title else MOVED)
    if said or (old.day is not None and old.day == new.day):
        return one and (said or len(before) >= TELLING)
    return shared >= EQUAL and len(before) >= TELLING


def succeeds(latest: Snapshot, old: Article, new: Article, verdict: Verdict) -> bool:
    """Whether `new` is an article that stands where `old` stood, and no edit of it.

    It is another story, and if the page says when it was published, that is later: on a later day, or after the last
    version was captured. If it does not say so, nothing at all may be left of the old text. Who rewrites a story keeps
    its headline or its date.
    """
    word = (verdict.reason or "").partition(":")[0]
    if (verdict.kind != "edited" and word not in _LESS) or not moved(old, new):
        return False
    at = judge.instant(new)
    if at is None or new.day is None:
        return "replaced" in verdict.flags
    return at > latest.captured_at or (old.day is not None and new.day > old.day)


def doubted(
    due: Due,
    page: Page,
    known: tuple[Entry, Snapshot, Outlet | None],
    texts: tuple[Article, Article],
    verdict: Verdict,
    *,
    elsewhere: bool = False,
) -> Verdict:
    """`verdict` as far as it can be believed: is this the article's own page, its first form, and seen twice?

    `new` says that another article begins here. `elsewhere`: another article is kept under the address that answered.
    """
    (entry, latest, outlet), (old, new) = known, texts
    if verdict.kind == "same":
        return verdict
    is_story = verdict.kind == "edited" or (verdict.reason or "").partition(":")[0] in judge.THERE
    if is_story and led_astray(entry, page, outlet) and (elsewhere or moved(old, new)):
        return Verdict("partial", f"moved: {page.final_url}")
    other = not judge.is_witness(new.url, outlet) and succeeds(latest, old, new, verdict)
    verdict = judge.testified(old, new, verdict, outlet)
    remembered = judge.second_look(verdict, new, other=other)
    if remembered is None:
        strays = verdict.kind == "edited" and old.title != new.title and led_astray(entry, page, outlet)
        return replace(verdict, flags=(*verdict.flags, MOVED_ON)) if strays else verdict
    if due.last_error != remembered:
        return Verdict("partial", remembered, flags=verdict.flags)
    if other:
        return Verdict("new", f"{REUSED}: {entry.id} was here", flags=compare(None, new).flags)
    return compare(old, new, shrink_confirmed=True)


def led_astray(entry: Entry, page: Page, outlet: Outlet | None) -> bool:
    """Whether redirects led to an address that is none of this article's own (http to https leads nowhere else)."""
    return bool(page.hops) and urls.identity(page.final_url, outlet) != urls.identity(entry.url, outlet)
