"""What became of the fields around the body: headline, subtitle, byline, date, caption.

Captions, bylines and subtitles vanish and appear with the template of a page far more often than by somebody's hand,
and a date can be the time of the request. So a change from one value to another counts, while a field that only came or
went counts if the page gives evidence for it: a newer dateModified, or its source still feeds other fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from scraper.article import Article
from scraper.compare import typeset, words
from scraper.model import EditKind, Part

# "(3) " or "[12+] " before a headline counts unread messages in the reader's tab.
_COUNTER = re.compile(r"^\s*[(\[（【]\s*\d{1,4}\+?\s*[)\]）】]\s*(?=\S)")
# The credit at the end of a caption: in brackets, behind a stroke or a dash, or plain.
_CREDIT = re.compile(
    r"\s*[(\[|/•·–—-]*\s*((?:©|(?:photos?|pictures?|images?|credits?|courtesy|fotos?|bild(?:er)?|crédits?|fotograf\w*|"
    r"фото|зображення|zdjęcie|صور|تصوير|摄影|攝影|撮影|写真|图|圖)\b)[^()\[\]]*?)[)\]]?\s*$",
    re.IGNORECASE,
)
# A time of publication so near to that of modification is likely the time of the request, twice.
_TIED = timedelta(hours=1)
_DECLARED = frozenset({"json-ld", "meta", "microdata"})


def parts(old: Article, new: Article) -> tuple[list[Part], list[Part]]:
    """The fields that differ: first those that are the outlet's doing, then those that may be only the template's."""
    sure: list[Part] = []
    weak: list[Part] = []
    for name, kind, before, after in _values(old, new):
        if _drawn(kind, before) != _drawn(kind, after):
            (sure if _is_sure(name, old, new, before, after) else weak).append(Part(kind, before, after))
    if dated := _date(old, new):
        (sure if dated[1] else weak).append(dated[0])
    return sure, weak


def is_newer(new: Article, old: Article) -> bool:
    """Whether the page says that it was modified since: its dateModified is later than what the old one said last."""
    if old.modified is None and old.origins.get("published") != new.origins.get("published"):
        return False  # a template that says more about itself than the last one did says nothing about an edit
    before = old.modified or old.published
    return new.modified is not None and (before is None or _later(new.modified, before))


def _values(old: Article, new: Article) -> Iterator[tuple[str, EditKind, str, str]]:
    yield "title", "headline", _headline(old), _headline(new)
    yield "subtitle", "subtitle", old.subtitle or "", new.subtitle or ""
    yield "authors", "byline", ", ".join(old.authors), ", ".join(new.authors)
    yield "caption", "caption", old.caption or "", new.caption or ""


def _headline(article: Article) -> str:
    return _COUNTER.sub("", article.title or "")


def _drawn(kind: EditKind, text: str) -> str:
    """A field comes from several places of a page that set quotes, spaces, (for names) capitals and (for captions) the
    credit in their own way."""
    folded = typeset.quotes(" ".join(words.fold(text).split()))
    if kind == "caption":
        folded = _CREDIT.sub(r" \1", folded)
    return folded.casefold() if kind == "byline" else folded


def _is_sure(name: str, old: Article, new: Article, before: str, after: str) -> bool:
    was, now = old.origins.get(name), new.origins.get(name)
    if before and after:
        return name == "title" or was is None or now is None or was == now or is_newer(new, old)
    held, lacking, origin = (old, new, was) if before else (new, old, now)
    return is_newer(new, old) or _still_feeds(name, origin, held, lacking)


def _still_feeds(name: str, origin: str | None, held: Article, lacking: Article) -> bool:
    """Whether the declared data a field was read from is there on the page that lacks it, without it."""
    group = (origin or "").partition(" ")[0]
    if group not in _DECLARED:
        return False
    others = [{key for key, at in each.origins.items() if at.startswith(group)} for each in (held, lacking)]
    return len((others[0] & others[1]) - {name}) > 0


def _date(old: Article, new: Article) -> tuple[Part, bool] | None:
    """The change of the printed day, and whether it can be believed.

    A day that moves on by itself may be "now" at every request: it counts if the page was modified since, at another
    time than it now says it was published. A day that moves back cannot be.
    """
    before, after = old.day, new.day
    if before == after or _same_instant(old, new):
        return None
    part = Part("date", before.isoformat() if before else "", after.isoformat() if after else "")
    if before is None or after is None:
        held, lacking = (new, old) if before is None else (old, new)
        return part, is_newer(new, old) or _still_feeds("published", held.origins.get("published"), held, lacking)
    if old.origins.get("published") != new.origins.get("published"):
        return part, False
    return part, after < before or (is_newer(new, old) and not _tied(new))


def _same_instant(old: Article, new: Article) -> bool:
    """Whether only the precision or the zone in which a time is given changed."""
    a, b = old.published, new.published
    if a is None or b is None:
        return False
    if isinstance(a, datetime) and isinstance(b, datetime):
        return (a.tzinfo is None) == (b.tzinfo is None) and a == b
    timed = isinstance(a, datetime) or isinstance(b, datetime)
    return timed and abs(_day(a) - _day(b)) <= timedelta(days=1)


def _tied(article: Article) -> bool:
    published, modified = article.published, article.modified
    if not isinstance(published, datetime) or not isinstance(modified, datetime):
        return True
    return abs(_instant(published) - _instant(modified)) < _TIED


def _later(a: datetime | date, b: datetime | date) -> bool:
    """Whether `a` is later than `b`; of two that are known only by the day, a later day."""
    if isinstance(a, datetime) and isinstance(b, datetime):
        return _instant(a) > _instant(b)
    return _day(a) > _day(b)


def _instant(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _day(at: datetime | date) -> date:
    return at.date() if isinstance(at, datetime) else at
