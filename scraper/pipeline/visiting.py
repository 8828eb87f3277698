"""One visit to one article: the verbs in their order. Decides nothing.

    due → fetch → capture → read (→ further pages) → name → compare → commit → frontier          visit
                  capture → …                                                                    received

The daemon, `scraper fetch`, and whatever comes later call `visit` (and `sources.look`) and have no way of their own.
An import has its answers already: it calls `received` with each, and `visit` does the same with what it fetched.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scraper import cadence, hints, urls
from scraper.article import Article
from scraper.compare import compare
from scraper.errors import ArchiveDamaged, Deferred, ExtractError, Failed, FetchError
from scraper.model import (
    Capture,
    Due,
    Edit,
    Entry,
    Intent,
    Outlet,
    Page,
    Request,
    Revision,
    Snapshot,
    Verdict,
    VerdictKind,
)
from scraper.pipeline import attempts, chain, growing, judge, kin, stories
from scraper.pipeline import reread as rereading
from scraper.pipeline.services import Services

# What is done with an article's row after a visit.
Remember = Callable[[Services, Due], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one visit ended: the line that `scraper fetch --json` prints. `snapshot` is relative to the archive."""

    url: str
    final_url: str | None
    verdict: VerdictKind
    version: int | None = None
    snapshot: str | None = None
    article_id: str | None = None
    outlet: str | None = None
    title: str | None = None
    edit: Edit | None = None
    flags: tuple[str, ...] = ()
    reason: str | None = None
    retry_at: datetime | None = None
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one answer turned out to be, before anything is kept. `article` is given when a version has to be made,
    `seen` when a text was read at all. `permanent`: asking again soon is no use. `revision`: what the version known so
    far reads like today, if that is something else. `begins` says that this is a later page of an article, and where to
    look for its first. `further` and `addresses` are those of the pages after it. `follows` is the article that stood
    here so far, if another begins; `claims` are what the page says of its address and nothing proves."""

    verdict: Verdict
    outlet: str
    entry: Entry | None = None
    seen: Article | None = None
    latest: Snapshot | None = None
    permanent: bool = False
    revision: Revision | None = None
    retry_at: datetime | None = None
    begins: str | None = None
    further: tuple[Capture, ...] = ()
    addresses: tuple[str, ...] = ()
    follows: Entry | None = None
    claims: tuple[str, ...] = ()

    @property
    def article(self) -> Article | None:
        """The text of the version to be made, if one is."""
        kind, edit = self.verdict.kind, self.verdict.edit
        return self.seen if kind in {"new", "edited"} or (kind == "back" and edit) else None


async def visit(
    services: Services,
    due: Due,
    *,
    url: str | None = None,
    force: bool = False,
    patience: timedelta = timedelta(minutes=2),
) -> Outcome:
    """Look at one article once and keep what was found. Raises ArchiveError only, and that about the whole archive.

    `url` is another form of the article's address to ask this once: the row goes on to be visited under its own.
    Damage to this article's own files is an outcome like others: one bad file must not keep all articles waiting.
    """
    asked = due if url in {None, due.url} else replace(due, url=url, **judge.NOTHING_KNOWN)
    outlet = services.outlets.get(due.outlet)
    due, asked = chain.turned(due, asked, await chain.begin(services, asked.url, outlet))
    services = attempts.remembering(services, asked.url, outlet, force=force)
    return await _visit(services, due, asked, _Manner(time.monotonic(), patience, force=force))


def _remember(services: Services, row: Due) -> None:
    """Look again at articles that are kept, and at URLs of listed outlets; not at whatever was once asked by hand."""
    if row.article_id or services.outlets.get(row.outlet):
        services.frontier.done(row)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a visit is made. `turned`: it is one to the first page, after one to a later page. `remember` takes the row
    after it."""

    started: float
    patience: timedelta
    force: bool
    turned: bool = False
    remember: Remember = _remember


async def _visit(services: Services, due: Due, asked: Due, manner: _Manner) -> Outcome:
    request = _request(services, due, asked, manner)
    try:
        page = await services.fetcher.get(request)
    except FetchError as error:
        return await _unanswered(services, asked, error, manner, other=asked is not due)
    return await _received(services, due, asked, (request, page), manner)


async def received(services: Services, due: Due, page: Page, remember: Remember) -> Outcome:
    """What follows the fetch, for an answer that is there already: `page` was got at `page.fetched_at`, which is the
    `now` of all that is decided about it. Further pages of the article are asked of `services.fetcher`, at most.

    `remember` is given the row after the visit. What is known of the address but its digest is not used, and a later
    page of an article is not turned into a visit to the first: `page` is what there is. Raises as `visit` does.
    """
    request = Request(due.url, kind=judge.kind_of(due.url), patience=timedelta(minutes=2))
    manner = _Manner(time.monotonic(), request.patience, force=False, turned=True, remember=remember)
    return await _received(services, due, due, (request, page), manner)


async def _received(services: Services, due: Due, asked: Due, answer: tuple[Request, Page], manner: _Manner) -> Outcome:
    """Keep an answer, and what it turns out to be."""
    request, page = answer
    capture = await services.store(services.archive.capture, page)
    try:
        finding = await _examine(services, asked, (request, page, capture), manner)
        if finding.begins:
            return await _visit(services, *chain.turned(due, asked, finding.begins), replace(manner, turned=True))
        if asked is not due and finding.verdict.kind == "gone":
            # That one form of an address leads nowhere says nothing about the article.
            finding = replace(finding, verdict=Verdict("failed", finding.verdict.reason), permanent=True)
        if finding.revision:
            revised = await services.store(services.archive.revise, finding.revision)
            finding = replace(finding, latest=revised or finding.latest)
        snapshot = await services.store(services.archive.commit, _intent(services, asked, page, capture, finding))
    except ArchiveDamaged as error:
        verdict = Verdict("failed", f"damaged: {error}")
        return await _kept_from(services, asked, verdict, manner, permanent=True, other=asked is not due)
    row = _row(services, asked, page, capture, finding, snapshot)
    if asked is due:
        await services.store(manner.remember, services, row)
    elif finding.verdict.kind in {"new", "edited", "same", "back"}:
        kept = {name: getattr(due, name) for name in judge.NOTHING_KNOWN}
        await services.store(manner.remember, services, replace(row, url=due.url, **kept))
    return _outcome(asked, page, finding, snapshot, row, _since(manner.started))


def _request(services: Services, due: Due, asked: Due, manner: _Manner) -> Request:
    # Now and then the whole page is asked for, so that a server's "not modified" cannot hide an edit for ever.
    plainly = manner.force or cadence.ask_plainly(due, services.now())
    outlet = services.outlets.get(due.outlet)
    return Request(
        asked.url,
        kind=judge.kind_of(asked.url),
        etag=None if plainly else asked.etag,
        last_modified=None if plainly else asked.last_modified,
        delay=outlet.delay if outlet else None,
        patience=manner.patience,
    )


async def _unanswered(services: Services, due: Due, error: FetchError, manner: _Manner, *, other: bool) -> Outcome:
    """No answer came."""
    retry_at = error.retry_at if isinstance(error, Deferred) else None
    permanent = isinstance(error, Failed) and not error.transient
    verdict = judge.trouble(error)
    return await _kept_from(services, due, verdict, manner, retry_at=retry_at, permanent=permanent, other=other)


async def _kept_from(
    services: Services,
    due: Due,
    verdict: Verdict,
    manner: _Manner,
    *,
    retry_at: datetime | None = None,
    permanent: bool = False,
    other: bool = False,
) -> Outcome:
    """Nothing to keep but when to ask again, and not even that if it was an `other` form of the address."""
    row = judge.after(due, verdict, services.now(), retry_at=retry_at, permanent=permanent)
    if not other:
        await services.store(manner.remember, services, row)
    again = row.next_visit if verdict.kind in {"failed", "deferred"} and not permanent else None
    return Outcome(
        due.url,
        None,
        verdict.kind,
        article_id=due.article_id,
        outlet=due.outlet,
        reason=verdict.reason,
        retry_at=again,
        elapsed_ms=_since(manner.started),
    )


async def _examine(services: Services, due: Due, answer: tuple[Request, Page, Capture], manner: _Manner) -> Finding:
    """What the answer is: by its status, by its bytes, by its fingerprint, and only then by its text."""
    _, page, capture = answer
    outlet = services.outlets.for_url(page.final_url)
    owner = outlet.id if outlet else urls.host(page.final_url).removeprefix("www.")
    entry = await services.store(services.archive.find, due.url, outlet)
    if entry and page.origin and judge.is_past(page, entry, await services.store(services.archive.latest, entry.id)):
        return Finding(Verdict("same", judge.SUPERSEDED), owner, entry)
    if by_status := judge.status(page, due, entry):
        if page.status in judge.CHALLENGES and await _is_challenge(services, page, outlet):
            return Finding(Verdict("partial", f"challenge: http-{page.status}"), owner, entry)
        return Finding(by_status, owner, entry, permanent=judge.is_final(page.status))
    unchanged = Finding(Verdict("back" if entry and entry.gone_since else "same"), owner, entry)
    known = due if entry and not manner.force else replace(due, **judge.NOTHING_KNOWN)
    try:
        same = capture.digest == known.digest
        article = None if same else await services.reader.read(page, outlet, known.fingerprint)
    except ExtractError as error:
        return Finding(judge.unread(error, entry), owner, entry, permanent=error.reason != "resources")
    if article is None:
        return unchanged
    seen = Finding(Verdict("new"), owner, entry, begins=None if manner.turned else article.first_page)
    return seen if seen.begins else await _of_pages(services, due, answer, seen, article)


async def _of_pages(
    services: Services, due: Due, answer: tuple[Request, Page, Capture], finding: Finding, article: Article
) -> Finding:
    """What `article` is with all its pages; its text is not looked at before all of them are there."""
    request, page, _ = answer
    entry, outlet = finding.entry, services.outlets.for_url(page.final_url)
    claims = hints.claims((article.canonical_url, *article.claims), page.final_url)
    article = replace(article, canonical_url=judge.name(article, page, outlet))
    pages = await chain.follow(services, article, request, outlet)
    for form in (page.final_url, pages.pages[0].canonical_url, *pages.addresses):
        entry = entry or await services.store(services.archive.find, form, outlet)
    entry = entry or await kin.related(services, page, pages.article, claims, outlet)
    found = replace(finding, entry=entry, claims=claims, further=tuple(pages.further), addresses=tuple(pages.addresses))
    if trouble := pages.trouble:
        return _troubled(found, trouble, pages)
    found = await _weigh(services, due, page, replace(found, seen=pages.article), pages)
    lost = judge.unlinked(found.verdict, found.latest, pages.pages)
    if lost and outlet and outlet.pages and (trouble := await chain.probe(services, pages, lost, request, outlet)):
        return _troubled(found, trouble, pages)
    return found


def _troubled(finding: Finding, trouble: chain.Trouble, pages: chain.Chain) -> Finding:
    """No text is believed, and what was asked for is kept."""
    verdict, permanent, retry_at = trouble.verdict, trouble.permanent, trouble.retry_at
    further = tuple(pages.further)
    return replace(finding, seen=None, verdict=verdict, permanent=permanent, retry_at=retry_at, further=further)


async def _is_challenge(services: Services, page: Page, outlet: Outlet | None) -> bool:
    """Whether a refusal asks for proof of being human: that passes, a plain refusal does not."""
    try:
        article = await services.reader.read(page, outlet)
    except ExtractError:
        return False
    return article is not None and article.kind == "challenge"


async def _weigh(services: Services, due: Due, page: Page, finding: Finding, pages: chain.Chain) -> Finding:
    """Compare with the last version; when the reading has changed since, with today's reading of that version."""
    entry, outlet = finding.entry, services.outlets.for_url(page.final_url)
    article = finding.seen or pages.article
    latest = await services.store(services.archive.latest, entry.id) if entry else None
    if entry and latest and (kept := await growing.catch_up(services, due, entry, latest, article, outlet)):
        entry, latest = replace(entry, latest=kept.version), kept
        finding = replace(finding, entry=entry)
    old = latest.article if latest else None
    verdict = compare(old, article)
    if entry and latest and old and verdict.kind != "same" and old.reading != article.reading:
        old = await rereading.read_again(services, latest, outlet) or old
        verdict = judge.completed(old, pages.pages, latest) or compare(old, article)
        revision = await rereading.revised(services, entry, latest, old, outlet, page.fetched_at)
        finding = replace(finding, revision=revision)
    if entry and latest and old:
        there = await services.store(services.archive.find, page.final_url, outlet) if page.hops else None
        elsewhere = there is not None and there.id != entry.id
        verdict = stories.doubted(due, page, (entry, latest, outlet), (old, article), verdict, elsewhere=elsewhere)
    if latest and verdict.kind == "new":
        return replace(finding, verdict=verdict, entry=None, follows=entry, revision=None)
    if entry:
        verdict = await growing.held(services, due, entry, verdict, (page, article))
    if entry and entry.gone_since and verdict.kind in {"same", "edited"}:
        verdict = replace(verdict, kind="back")
    return replace(finding, verdict=verdict, latest=latest)


def _intent(services: Services, due: Due, page: Page, capture: Capture, finding: Finding) -> Intent:
    forms = [due.url, *(hop.url for hop in page.hops), page.final_url]
    if finding.seen:
        forms += [finding.seen.canonical_url, *finding.addresses]
    # What another story was reached by is no alias of this one.
    moved = finding.verdict.kind in {"partial", "gone", "failed"}
    return Intent(
        url=due.url,
        outlet=finding.outlet,
        verdict=judge.explained(finding.verdict, due, page, capture, (finding.latest, finding.seen)),
        at=page.fetched_at,
        entry=finding.entry,
        article=finding.article,
        capture=capture,
        page=page,
        aliases=(due.url,) if moved else tuple(dict.fromkeys(forms)),
        publisher=services.outlets.get(finding.outlet),
        further=finding.further,
        follows=finding.follows,
        claims=() if moved else finding.claims,
    )


def _row(
    services: Services, due: Due, page: Page, capture: Capture, finding: Finding, snapshot: Snapshot | None
) -> Due:
    """The frontier row with what the next request can use. Validators are kept only of an answer that was believed."""
    entry = finding.entry
    article_id = snapshot.article_id if snapshot else entry.id if entry else None
    row = replace(due, outlet=finding.outlet, article_id=article_id)
    if finding.follows:
        row = replace(row, first_seen=page.fetched_at, published=None, last_edit=None, edits=0)
    seen = finding.seen
    if finding.verdict.kind in {"new", "edited", "same", "back"} and "coalesced" not in finding.verdict.flags:
        row = replace(
            row,
            etag=page.header("etag"),
            last_modified=page.header("last-modified"),
            digest=due.digest if page.status == 304 else capture.digest,
            fingerprint=seen.fingerprint if seen else due.fingerprint,
            reading=seen.reading if seen else due.reading,
            published=judge.instant(seen) if seen else due.published,
        )
    if page.status == 304:
        row = replace(row, etag=due.etag, last_modified=due.last_modified)
    if growing.COALESCED in finding.verdict.flags:
        # The next answer is compared with this one too, also if it is what the last version was made of.
        row = replace(row, **judge.NOTHING_KNOWN)
    if finding.further:
        # That page 1 is the same says nothing about the others: all of them are asked for and read again.
        row = replace(row, etag=None, last_modified=None, digest=None)
    if snapshot and judge.is_witness(due.url, services.outlets.get(finding.outlet)):
        # Asked for its print first, an article is still watched where its readers are.
        row = replace(row, url=snapshot.article.canonical_url, **judge.NOTHING_KNOWN)
    return judge.after(row, finding.verdict, page.fetched_at, retry_at=finding.retry_at, permanent=finding.permanent)


def _outcome(due: Due, page: Page, finding: Finding, snapshot: Snapshot | None, row: Due, elapsed_ms: int) -> Outcome:
    verdict, entry, shown = finding.verdict, finding.entry, snapshot or finding.latest
    if finding.article and snapshot is None:  # another process kept the same text a moment ago
        verdict = Verdict("same")
    title, version = (entry.title, entry.latest) if entry else (None, None)
    return Outcome(
        due.url,
        page.final_url,
        verdict.kind,
        version=shown.version if shown else version,
        snapshot=shown.path if shown else None,
        article_id=row.article_id,
        outlet=finding.outlet,
        title=finding.seen.title if finding.seen else title,
        edit=verdict.edit,
        flags=verdict.flags,
        reason=verdict.reason,
        retry_at=row.next_visit if verdict.kind in {"failed", "partial"} and not finding.permanent else None,
        elapsed_ms=elapsed_ms,
    )


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
