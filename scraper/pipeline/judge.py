"""Pure decisions of one visit that need no text: what a status means, which URL names the article, who is in trouble.

Nothing here does anything; `pipeline` does, and decides nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from datetime import time as clock
from typing import Any, Literal
from urllib.parse import urlsplit

from scraper import cadence, urls
from scraper.article import Article, render
from scraper.compare import SECOND_LOOK, compare
from scraper.errors import Deferred, ExtractError, FetchError, Refused
from scraper.model import Capture, Due, Entry, Outlet, Page, Snapshot, Verdict

GONE = frozenset({404, 410})
# Under these statuses, too, a server may ask for proof that somebody is human.
CHALLENGES = frozenset({403, 429, 503})
# Answers that are worth asking for again soon; every other 4xx is the server's last word for a long while.
TRANSIENT = frozenset({408, 421, 425, 429})
AGREE = "a second look has to agree"
# The reason of a visit with a capture of a time before what is known already.
SUPERSEDED = "superseded"
# What is known of one address says nothing about another form of it.
NOTHING_KNOWN: dict[str, Any] = dict.fromkeys(("etag", "last_modified", "digest", "fingerprint"))
# Worse pages that show the article, or another in its place: it is not gone.
THERE = frozenset({*SECOND_LOOK, "teaser", "replaced"})
# Fields that print may leave out; and how much of a disagreement is told.
UNPRINTED = frozenset({"subtitle", "byline", "date", "caption"})
TOLD, SHOWN = 3, 120


def trouble(error: FetchError) -> Verdict:
    """The verdict when no answer came."""
    match error:
        case Refused():
            return Verdict("refused", error.said)
        case Deferred():
            return Verdict("deferred", error.said)
        case _:
            return Verdict("failed", error.said)


def unread(error: ExtractError, entry: Entry | None) -> Verdict:
    """The verdict when an answer cannot be read. Nothing at all, where an article was, is a worse page."""
    return Verdict("partial" if entry and error.reason == "empty" else "failed", error.said)


def is_final(code: int) -> bool:
    """Whether a status is the server's last word for a long while."""
    return 300 <= code < 500 and code not in TRANSIENT and code != 304


def status(page: Page, due: Due, entry: Entry | None) -> Verdict | None:
    """What the status alone decides; None if the body has to be read (200, 203).

    A redirect from a known article to a front page is how many outlets delete.
    """
    if entry and page.status == 304:
        return Verdict("back" if entry.gone_since else "same")
    if entry and page.status in GONE:
        return gone(f"http-{page.status}", page.status, due, page.fetched_at)
    if page.status not in {200, 203}:
        return Verdict("failed", f"http-{page.status}")
    if entry and page.hops and is_front(page.final_url) and not is_front(page.url):
        return gone("redirect-to-front", 404, due, page.fetched_at)
    return None


def is_past(page: Page, entry: Entry, latest: Snapshot | None) -> bool:
    """Whether `page` is somebody else's capture of a time before the last version, or before the article was gone: it
    is kept, and changes nothing. Versions never come between others."""
    times = [at for at in (latest.captured_at if latest else None, entry.gone_since) if at]
    return page.origin is not None and any(page.fetched_at < at for at in times)


def gone(reason: str, code: int, due: Due, now: datetime) -> Verdict:
    """`gone`, flagged `confirmed` once enough visits over enough time have agreed. One 410 among others is no two."""
    misses, since = due.misses + 1, _missed_since(due, now)
    if due.last_error != reason:
        code = 404
    confirmed = cadence.gone_confirmed(misses, since, code, now)
    return Verdict("gone", reason, flags=("confirmed",) if confirmed else ("unconfirmed",))


def _missed_since(due: Due, now: datetime) -> datetime:
    """Since when answers in a row say that it is gone; one after `now` was dated by a clock that was wrong."""
    return min(due.gone_first or now, now)


def is_front(url: str) -> bool:
    """Whether `url` is a front page: no path beyond a language, no query.

    >>> is_front("https://example.com/en/"), is_front("https://example.com/a-story/")
    (True, False)
    """
    parts = urlsplit(url)
    return not parts.query and re.fullmatch(r"/?([a-z]{2}([-_][a-zA-Z]{2})?/?)?(index\.\w+)?", parts.path) is not None


def name(article: Article, page: Page, outlet: Outlet | None) -> str:
    """The URL under which the article is kept: the page's own claim if it can be believed, else where it was found.

    A page may name another article as its canonical form. The claim is believed if it is another form of the same URL,
    or agrees with it in its last word, or the URL is only a number in a query (`/?p=123`).
    """
    found = urls.canonical(page.final_url)
    claim = article.canonical_url
    if not urls.same_site(found, claim) or is_front(claim):
        return found
    same = urls.identity(claim, outlet) == urls.identity(found, outlet) or urls.slug(claim) == urls.slug(found)
    bare = urlsplit(found).path in {"", "/"} and urlsplit(found).query != ""
    return urls.canonical(claim) if same or bare else found


def kind_of(url: str) -> Literal["page", "pdf"]:
    """What `url` promises by its end, before anybody has asked: print may be larger and slower than pages."""
    return "pdf" if urlsplit(url).path.lower().endswith((".pdf", "/pdf")) else "page"


def is_witness(url: str, outlet: Outlet | None) -> bool:
    """Whether `url` is that of the second form of an article, such as its print."""
    return bool(outlet and outlet.witness and urlsplit(url).path.rstrip("/").endswith(outlet.witness))


def testified(old: Article, new: Article, verdict: Verdict, outlet: Outlet | None) -> Verdict:
    """What a second form may say of an article whose last version is of the first: a disagreement is reported with the
    words, and is no edit. What print leaves out (byline, date, caption, subtitle) it does not deny."""
    if verdict.edit is None or not is_witness(new.url, outlet) or is_witness(old.url, outlet):
        return verdict
    parts = [part for part in verdict.edit.parts if part.new or part.kind not in UNPRINTED]
    if not parts:
        return Verdict("same")
    differs = ", ".join(sorted({part.kind for part in parts}))
    words = "; ".join(f"“{_short(part.new)}” for “{_short(part.old)}”" for part in parts[:TOLD])
    more = f"; and {len(parts) - TOLD} more" if len(parts) > TOLD else ""
    return Verdict("same", f"witness: the other form differs in {differs}: {words}{more}", flags=("witness-differs",))


def _short(text: str) -> str:
    """`text`, or as much of it as fits a line of a log."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def completed(old: Article, pages: Sequence[Article], latest: Snapshot) -> Verdict | None:
    """The verdict on an article that has been joined of `pages`, if its last version was read when the outlet's file
    did not say so, and is page 1 alone: a version, for there is more to keep, and no edit, for nobody made one. None if
    it is otherwise."""
    if len(pages) == 1 or latest.further or old.next_page is None or compare(old, pages[0]).kind != "same":
        return None
    return Verdict("edited", "pages: joined, page 1 is as it was", flags=("pages-joined",))


def unlinked(verdict: Verdict, latest: Snapshot | None, pages: Sequence[Article]) -> str | None:
    """Where the first page was that the last version had and this text has not, if it is about to be believed."""
    shrunk = verdict.kind == "partial" and (verdict.reason or "").startswith("shrunk")
    if latest is None or len(latest.further) < len(pages) or not (shrunk or verdict.kind in {"edited", "back"}):
        return None
    return latest.further[len(pages) - 1].url


def explained(
    verdict: Verdict, due: Due, page: Page, capture: Capture, texts: tuple[Snapshot | None, Article | None]
) -> Verdict:
    """`verdict` with how it is known that nothing changed, for the record of the visit."""
    latest, seen = texts
    if verdict.reason or verdict.kind not in {"same", "back"} or verdict.edit:
        return verdict
    if page.status == 304:
        return replace(verdict, reason="not-modified")
    if seen is None:
        return replace(verdict, reason="same-bytes" if capture.digest == due.digest else "same-page")
    before = latest.article if latest else seen
    unlike = render(replace(seen, canonical_url=before.canonical_url)) != render(before)
    return replace(verdict, reason="template" if unlike else "same-text")


def second_look(verdict: Verdict, article: Article, *, other: bool = False) -> str | None:
    """What has to be remembered until a second visit has seen the same text; None if `verdict` needs none.

    That is so where a text got much worse, and where another one stands in its place. An `other` story, with a date, is
    known by that and its headline: a page that is used again is often one that is edited all day.
    """
    word, seen = (verdict.reason or "").partition(":")[0], article.body
    if other or (verdict.kind == "edited" and "replaced" in verdict.flags):
        word = "replaced"
        if other and article.published:
            seen = f"{article.published.isoformat()} {article.title}"
    elif verdict.kind != "partial" or word not in SECOND_LOOK:
        return None
    mark = hashlib.sha256(seen.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{word}: text {mark}, {AGREE}"


def instant(article: Article) -> datetime | None:
    """When the article was published, as an instant; a plain date or a time without a zone is noon or that time UTC."""
    at = article.published
    if at is None:
        return None
    if not isinstance(at, datetime):
        return datetime.combine(at, clock(12), UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def after(
    due: Due, verdict: Verdict, now: datetime, *, retry_at: datetime | None = None, permanent: bool = False
) -> Due:
    """The frontier row after a visit that ended in `verdict`, with its counters and its next visit.

    Being refused or put off is not a visit: it neither confirms nor denies anything about the article.
    """
    answered = verdict.kind not in {"refused", "deferred", "failed"}
    waits = due.last_error is not None and due.last_error.endswith(AGREE)
    row = replace(due, last_error=verdict.reason if answered or not waits else due.last_error)
    match verdict.kind:
        case "new" | "edited" | "back":
            row = _answered(row, now, edits=due.edits + (verdict.kind == "edited"), unchanged=0, last_edit=now)
        case "same":
            row = _answered(row, now, edits=due.edits, unchanged=due.unchanged + 1, last_edit=due.last_edit)
        case "gone":
            since = _missed_since(due, now)
            row = replace(row, last_visit=now, misses=due.misses + 1, gone_first=since, failures=0)
        case "partial" | "failed":
            row = replace(row, last_visit=now, failures=due.failures + 1)
            if verdict.kind == "partial" and (verdict.reason or "").partition(":")[0] in THERE:
                row = replace(row, misses=0, gone_first=None)
        case "refused" | "deferred":
            pass
    return replace(row, next_visit=cadence.next_visit(row, verdict.kind, now, retry_at, permanent=permanent))


def _answered(row: Due, now: datetime, *, edits: int, unchanged: int, last_edit: datetime | None) -> Due:
    return replace(
        row,
        last_visit=now,
        edits=edits,
        unchanged=unchanged,
        last_edit=last_edit,
        failures=0,
        misses=0,
        gone_first=None,
    )
