"""Old article and new article → verdict.

    page kind → first sight? → same text? → a worse page? → what differs → is any of it the outlet's doing? → edit

A version means an edit. So a page that got worse is `partial`, and what a template changes by itself (a field that
comes or goes alone, a counter before the headline, a date that moves with the clock, marks redrawn all over) is `same`,
although the text differs: the last version stands. Pure and deterministic; never looks at a clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scraper.article import Article, Kind, render
from scraper.compare import fields, live, typeset, words
from scraper.compare.classify import Classifier
from scraper.compare.diff import Diff, diff
from scraper.model import Edit, EditKind, Part, Verdict

# Reasons that a second visit with the same text overcomes; every other `partial` stays one for as long as it lasts.
SECOND_LOOK = frozenset({"shrunk", "undecodable"})
SHRUNK = 0.5
MOST_PARTS = 500

REASONS: dict[Kind, str] = {
    "challenge": "challenge",
    "consent": "consent-wall",
    "login": "login-wall",
    "error": "soft-404",
    "empty": "empty",
    "listing": "not-an-article: listing",
    "video": "not-an-article: video",
    "gallery": "not-an-article: gallery",
    "other": "not-an-article: other",
}
# Loss that reading reports by itself.
_LOSS = frozenset({"truncated", "text-lost", "undecodable"})
_STEALTHY: frozenset[EditKind] = frozenset({"headline", "figures", "names", "quotes", "removal"})


def compare(old: Article | None, new: Article, *, shrink_confirmed: bool = False) -> Verdict:
    """What a visit that gave `new` means for an article whose last version is `old` (None: never seen).

    `new`, `same`, `edited` or `partial`; nothing else. `shrink_confirmed` says that the visit before was judged
    `partial` for one of the reasons in `SECOND_LOOK` and gave the same text: now it is believed, and flagged. Raises
    nothing, whatever the articles hold; the cost is bounded.
    """
    reason = _not_article(new)
    if reason:
        return Verdict("partial", reason, flags=new.flags)
    if old is None:
        return Verdict("new", flags=_flags(new))
    if render(replace(new, canonical_url=old.canonical_url)) == render(old):
        return Verdict("same")
    entries = live.has_entries(old) and live.has_entries(new)
    if entries:
        # What fell off the page was neither removed nor lost.
        old = live.without(old, live.grown(old, new).fallen)
    worse = _worse(old, new)
    if worse and not (shrink_confirmed and worse.partition(":")[0] in SECOND_LOOK):
        return Verdict("partial", worse, flags=_flags(new, worse.partition(":")[0]))
    replaced, parts = _grown(old, new) if entries else _differences(old, new)
    if not parts:
        return Verdict("same")
    noted = {
        "shrunk": _shrunk(old, new),
        "replaced": replaced,
        "parts-capped": len(parts) > MOST_PARTS,
    }
    return Verdict("edited", edit=_edit(parts, old, new), flags=_flags(new, *(word for word in noted if noted[word])))


def _not_article(article: Article) -> str | None:
    reason = REASONS.get(article.kind)
    return reason or (None if _size(article) else "empty")


def _flags(article: Article, *more: str) -> tuple[str, ...]:
    own = [*(["teaser"] if _is_teaser(article) else []), *(["live"] if article.kind == "live" else [])]
    return tuple(dict.fromkeys((*article.flags, *own, *more)))


def _is_teaser(article: Article) -> bool:
    return article.access == "teaser" or "teaser" in article.flags


def _size(article: Article) -> int:
    """Characters of the body that are not spaces: fair to scripts that have none."""
    return sum(len("".join(block.text.split())) for block in article.blocks)


# ---------------------------------------------------------------------------------------------- worse pages


def _worse(old: Article, new: Article) -> str | None:
    """Why the new page is less than the old one, if it is."""
    before, after = _size(old), _size(new)
    loss = sorted(_LOSS.intersection(new.flags).difference(old.flags))
    if _is_teaser(new) and after < before and (not _is_teaser(old) or _begins(old, new)):
        return "teaser"
    if "undecodable" in loss and _unreadable(new) > _unreadable(old):
        return "undecodable"
    if after < SHRUNK * before:
        return "shrunk"
    if after < before and live.has_entries(old) and not live.has_entries(new):
        return "shrunk: entries"
    return f"shrunk: {loss[0]}" if loss and after < before else None


def _unreadable(article: Article) -> int:
    return render(article).count("\ufffd")


def _shrunk(old: Article, new: Article) -> bool:
    return _size(new) < SHRUNK * _size(old)


def _begins(old: Article, new: Article) -> bool:
    """Whether the new blocks, all but the last that may be cut, are where the old text begins."""
    whole = [block.text for block in new.blocks][:-1]
    return whole == [block.text for block in old.blocks][: len(whole)]


def _replaced(old: Article, new: Article, found: Diff) -> bool:
    """Whether nothing of the old article is left: another headline, and no block that became another."""
    kept = any(row.place == "body" and (row.op in {"equal", "change"} or row.moved is not None) for row in found.rows)
    return not kept and len(old.blocks) > 1 and words.words(old.title or "") != words.words(new.title or "")


# ---------------------------------------------------------------------------------------------- what differs


def _differences(old: Article, new: Article) -> tuple[bool, tuple[Part, ...]]:
    """Whether another text stands in its place, and the parts of the edit; none if nothing that differs is the
    outlet's doing.

    A field that merely came or went, or a date that moved on, makes no version by itself; beside a real edit it is
    named, since the text of the new version shows it.
    """
    old, new = typeset.settled(old, new)
    found = diff(old, new)
    body = [] if typeset.recut(old, new) else [*Classifier(old, new).body(found)]
    sure, weak = fields.parts(old, new)
    return _replaced(old, new, found), (*sure, *weak, *body) if sure or body else ()


def _grown(old: Article, new: Article) -> tuple[bool, tuple[Part, ...]]:
    """The same of a live page, entry by entry."""
    old, new = typeset.settled(old, new)
    growth = live.grown(old, new)
    body = live.parts(old, new, growth)
    sure, weak = fields.parts(old, new)
    other = not growth.pairs and bool(growth.gone) and words.words(old.title or "") != words.words(new.title or "")
    return other, (*sure, *weak, *body) if sure or body else ()


def _edit(parts: Sequence[Part], old: Article, new: Article) -> Edit:
    """The edit of all parts; only so many are kept as evidence, the first of each kind among them."""
    kinds = {part.kind for part in parts}
    # That a live page was modified says nothing of an edit where entries came as well.
    told = fields.is_newer(new, old) and not any(part.kind == "routine" and part.entry for part in parts)
    stealth = bool(kinds & _STEALTHY) and "correction" not in kinds and not told
    first = {part.kind: k for k, part in reversed([*enumerate(parts)])}
    kept = [part for k, part in enumerate(parts) if k < MOST_PARTS or first[part.kind] == k]
    return Edit(tuple(sorted(kinds)), tuple(kept), stealth)
