"""The web pages: newest edits, an article and its versions, outlets, what is gone, and a box to archive a URL.

No script is needed, none is served. Whatever came from a page is text: templates escape it, and a link leads out only
to http and https.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import structlog
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from scraper import attention
from scraper.article import Block, byline
from scraper.errors import ArchiveDamaged, ArchivePruned
from scraper.model import Entry, Outlet, SourceState
from scraper.reasons import explained
from scraper.reports import Change, Edition, Harm
from scraper.serve import api, asking, edits, finding, manual, plots, standing, views
from scraper.serve import endpoint as take
from scraper.serve.attending import now_of
from scraper.serve.endpoint import Field
from scraper.serve.problems import Problem, not_found
from scraper.serve.site import Site

log = structlog.get_logger("scraper.serve")

EDITS: Final = 20  # each costs a comparison of two texts, about a millisecond, when it is first shown
VERSIONS: Final = 50
VISITS: Final = 50
GONE: Final = 200
NEWEST: Final = 30
HITS: Final = 20
Answer = Callable[[Site, Request], Response]


def routes(site: Site, *, locked: bool = False) -> list[Route]:
    """All pages; `locked` where a token is needed."""

    def get(path: str, answer: Answer) -> Route:
        async def respond(request: Request) -> Response:
            return _tagged(request, await run_in_threadpool(answer, site, request))

        return Route(path, respond, methods=["GET"])

    async def post(request: Request) -> Response:
        job = asking.ask(site, asking.pasted(await asking.body_of(request)))
        return RedirectResponse(f"/fetch/{job.id}", 303)

    async def follow(request: Request) -> Response:
        return await run_in_threadpool(_job, site, request)

    return [
        get("/", lambda site, request: _front(site, request, "/", "Newest edits")),
        get("/stealth", lambda site, request: _front(site, request, "/stealth", "Edits made in silence")),
        get("/articles/{id}", _article),
        get("/articles/{id}/diff", _diff),
        get("/articles/{id}/evidence", _evidence),
        get("/outlets", _outlets),
        get("/outlets/{name}", _outlet),
        get("/gone", _gone),
        get("/search", _search),
        get("/status", _status),
        get(api.DOCS, lambda site, request: _manual(site, request, locked=locked)),
        get("/static/{name}", _static),
        Route("/fetch", post, methods=["POST"]),
        Route("/fetch/{job}", follow, methods=["GET"]),
    ]


def _tagged(request: Request, answer: Response) -> Response:
    """With an ETag, so that a page that is the same is not sent again."""
    if answer.status_code != 200:
        return answer
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    answer.headers["ETag"] = tag
    kept = {name: text for name, text in answer.headers.items() if not name.startswith("content-")}
    return Response(None, 304, kept) if take.has_it(request, tag) else answer


def problem(error: Problem) -> Response:
    """An error as a page."""
    return views.page("problem", error.status, error.headers, title=_WORDS.get(error.status, "That did not work"),
                      detail=error.detail, here="")  # fmt: skip


_WORDS: Final = {404: "Not found", 400: "That is not understood", 429: "Too many at once", 503: "Not possible just now"}


def _values(request: Request, *fields: Field) -> dict[str, Any]:
    """Values of the query; empty ones, as forms send them, are none, and unknown ones are left alone."""
    return {one.name: one.take([text for text in request.query_params.getlist(one.name) if text]) for one in fields}


# ------------------------------------------------------------------------------------------------ edits


_CURSOR: Final = Field("cursor", "", api.place_of, {})


def _front(site: Site, request: Request, here: str, title: str) -> Response:
    values = _values(request, *api.WANTED, _CURSOR)
    asked = dict(request.query_params)
    if here == "/stealth":
        values["stealth"] = True
    if values["until"] and "T" not in asked["until"]:  # the day that a person chose is meant as a whole
        values["until"] = min(values["until"], _LAST_DAY) + timedelta(days=1)
    found = site.library.edits(api.wanted(site, values), values["cursor"], EDITS)
    listed = standing.outlet_shapes(site)
    query = {name: text for name, text in asked.items() if name != "cursor" and text}
    notice = site.notice() if here == "/" else None
    again = {"Refresh": str(notice.again)} if notice and notice.again and not any(asked.values()) else {}
    return views.page(
        "front", headers=again, notice=notice, title=title, here=here, groups=_groups(site, found.items),
        outlets=listed, all_kinds=sorted(api.KINDS), languages=sorted({one.language for one in listed if one.language}),
        now=now_of(site) if here == "/" and not values["cursor"] else None,
        chosen={name: asked.get(name, "") for name in ("outlet", "kind", "language", "since", "until", "stealth")},
        next=f"{here}?{urlencode(query | {'cursor': api.cursor_of(found.next)})}" if found.next else None,
        empty=not any(one.articles for one in listed), state=site.trouble() or "ready",
        feeds=[{"title": title, "url": f"/feeds/changes.atom?{urlencode(query | _told(here, values))}"}],
    )  # fmt: skip


def _told(here: str, values: dict[str, Any]) -> dict[str, str]:
    """What a feed of these edits is asked with that the query does not say as it is meant."""
    until = {"until": values["until"].isoformat()} if values["until"] else {}
    return until | ({"stealth": "true"} if here == "/stealth" else {})


_LAST_DAY: Final = datetime(9999, 12, 30, tzinfo=UTC)


def _groups(site: Site, changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Edits by article; an article stands where its newest edit is."""
    groups: dict[str, dict[str, Any]] = {}
    for one in changes:
        group = groups.setdefault(
            one.article_id,
            {"id": one.article_id, "title": one.title, "url": one.url, "outlet": one.outlet, "edits": []},
        )
        html = edits.fragment(site, one)
        group["edits"].append(
            {"at": one.at, "version": one.version, "kinds": one.kinds, "stealth": one.stealth, "html": _own(html)}
        )
    return list(groups.values())


def _own(html: str | None) -> Markup | None:
    """A fragment that our own comparison wrote, everything in it escaped."""
    return None if html is None else Markup(html)  # noqa: S704


# ------------------------------------------------------------------------------------------------ one article


_VERSION: Final = Field("version", "", take.number, {})


def _article(site: Site, request: Request) -> Response:
    entry = api.entry_of(site, _id(request))
    wanted = _version(request, entry)
    try:
        snapshot = api.snapshot_of(site, entry.id, wanted)
    except Problem as error:
        if not isinstance(error.__cause__, ArchiveDamaged):
            raise
        return _harmed(site, entry, wanted, error)
    article, editions = snapshot.article, site.library.editions(entry.id)
    watch, listed = site.library.watch(entry.id, plots.TICKS), _listed(editions, snapshot.version)
    return views.page(
        "article", title=article.title or entry.url, here="", entry=entry, snapshot=snapshot, article=article,
        byline=byline(article), runs=_runs(article.blocks), editions=editions,
        timeline=plots.timeline(editions, watch), copies=site.library.copies(entry.id),
        visits=list(reversed(site.library.visits(entry.id, VISITS))), listed=listed,
        more_visits=watch.visits if watch.visits > VISITS else 0, harmed=_harms(site, entry, listed),
        follower=site.library.follower(entry.id), earlier=site.library.earlier(entry), safe_url=_link(entry.url),
        feeds=[],
    )  # fmt: skip


def _version(request: Request, entry: Entry) -> int:
    """The version that is asked for, else the last."""
    asked = _values(request, _VERSION)["version"]
    return (entry.latest or 0) if asked is None else cast("int", asked)


def _harmed(site: Site, entry: Entry, version: int, error: Problem) -> Response:
    """Instead of a version that is damaged: its neighbours, which are not."""
    log.warning("archive-trouble", error=str(error.__cause__))
    listed = _listed(site.library.editions(entry.id), version)[::-1]
    return views.page("harmed", error.status, title=entry.title or entry.url, here="", entry=entry, why=error.detail,
                      editions=listed, feeds=[], harmed=_harms(site, entry, listed))  # fmt: skip


def _harms(site: Site, entry: Entry, listed: Iterable[Edition]) -> dict[int, Harm]:
    """Which of the versions that are listed are damaged, and where: all of them would be too many to read."""
    return {one.version: one for one in site.library.harmed(entry.id, {one.version for one in listed})}


def _listed(editions: Sequence[Edition], chosen: int) -> list[Edition]:
    """The last versions, newest first, and the one that is looked at."""
    last = list(reversed(editions[-VERSIONS:]))
    return last + [one for one in editions[:-VERSIONS] if one.version == chosen]


def _runs(blocks: Iterable[Block]) -> list[tuple[str, list[Block]]]:
    return [(kind, list(run)) for kind, run in groupby(blocks, key=lambda block: block.kind)]


def _link(url: str) -> str | None:
    """`url` if it may be followed from a page of ours."""
    return url if urlsplit(url).scheme in {"http", "https"} else None


def _id(request: Request) -> str:
    try:
        return take.article_id(request.path_params["id"])
    except ValueError:
        raise not_found("article") from None


def _evidence(site: Site, request: Request) -> Response:
    """What a version was made from, read again now: a digest that does not hold is an error, not a page."""
    entry = api.entry_of(site, _id(request))
    snapshot = api.snapshot_of(site, entry.id, _version(request, entry))
    try:
        captures, missing = site.library.captures(snapshot), None
    except ArchivePruned as error:
        captures, missing = (), str(error)
    return views.page(
        "evidence", title=f"Evidence for {entry.title or entry.url}, {snapshot.version}", here="", feeds=[],
        entry=entry, snapshot=snapshot, article=snapshot.article, captures=captures, missing=missing,
    )  # fmt: skip


_VIEW: Final = Field("view", "", take.one_of("inline", "side"), {}, default="inline")
_FROM: Final = Field("from", "", take.number, {})
_TO: Final = Field("to", "", take.number, {})


def _diff(site: Site, request: Request) -> Response:
    entry = api.entry_of(site, _id(request))
    values = _values(request, _FROM, _TO, _VIEW)
    new = api.snapshot_of(site, entry.id, (entry.latest or 0) if values["to"] is None else values["to"])
    old = api.snapshot_of(site, entry.id, max(0, new.version - 1) if values["from"] is None else values["from"])
    found = site.differ.between(old.article, new.article)
    is_side = values["view"] == "side"
    return views.page(
        "diff", title=f"{entry.title or entry.url}, {old.version} → {new.version}", here="", entry=entry, old=old,
        new=new, edit=new.edit if old.version == new.version - 1 else None, chosen=values["view"], feeds=[],
        known={one.version for one in site.library.editions(entry.id)}, changed=found.changed,
        coarse=found.coarse, html="" if is_side else _own(found.html()),
        pairs=_pairs(cast("list[dict[str, Any]]", found.data()["rows"])) if is_side else [],
    )  # fmt: skip


def _pairs(rows: Iterable[dict[str, Any]]) -> list[tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    """Each row as what it was and what it is."""
    made = []
    for row in rows:
        runs = [(run["op"], run["text"]) for run in row["runs"]]
        made.append(([r for r in runs if r[0] != "insert"], [r for r in runs if r[0] != "delete"]))
    return made


# ------------------------------------------------------------------------------------------------ outlets


def _outlets(site: Site, _request: Request) -> Response:
    listed, now = standing.outlet_shapes(site), site.now()
    sources: dict[str, list[SourceState]] = {}
    for source in site.library.status(now).sources:
        sources.setdefault(source.outlet, []).append(source)
    states = {one.id: attention.state(sources.get(one.id, ()), now, listed=one.listed) for one in listed}
    return views.page("outlets", title="Outlets", here="/outlets", outlets=listed, states=states, feeds=[])


_BEFORE: Final = Field("before", "", take.moment, {})


def _outlet(site: Site, request: Request) -> Response:
    name = request.path_params["name"]
    shape = next((one for one in standing.outlet_shapes(site) if one.id == name), None)
    if shape is None:
        raise not_found("outlet")
    sources = [one for one in site.library.status(site.now()).sources if one.outlet == name]
    found = site.library.habits(name, _zone(site.outlets().get(name)), site.now())
    often = [(entry, count) for id_, count in found.most_edited if (entry := site.library.entry(id_))]
    newest = site.library.newest(name, _values(request, _BEFORE)["before"], NEWEST)
    older = urlencode({"before": newest[-1].first_seen.isoformat()}) if len(newest) == NEWEST else None
    return views.page(
        "outlet", title=shape.name or name, here="", outlet=shape, sources=sources, habits=found, newest=newest,
        often=often, state=attention.state(sources, site.now(), listed=shape.listed).capitalize() + ".",
        next=f"/outlets/{name}?{older}" if older else None,
        plots=plots.plots(found, _zone_name(site.outlets().get(name))),
        feeds=[{"title": f"Edits at {name}", "url": f"/feeds/outlets/{name}.atom"}],
    )  # fmt: skip


def _zone_name(outlet: Outlet | None) -> str:
    return (outlet.timezone if outlet else None) or "UTC"


def _zone(outlet: Outlet | None) -> ZoneInfo:
    return ZoneInfo(_zone_name(outlet))


def _gone(site: Site, request: Request) -> Response:
    outlet = _values(request, Field("outlet", "", take.plain, {}))["outlet"]
    found = site.library.gone(outlet, GONE)
    return views.page("gone", title="Gone", here="/gone", articles=found, outlet=outlet, most=GONE, feeds=[])


def _search(site: Site, request: Request) -> Response:
    chosen = {name: request.query_params.get(name, "") for name in _SEARCH}
    listed = standing.outlet_shapes(site)
    shown: dict[str, Any] = {"hits": [], "next": None, "wrong": None, "facets": None}
    asked = bool(chosen["q"].strip())
    behind = finding.catch_up(site) if asked else site.search.behind()
    if asked:
        shown |= _found(site, request)
    query = {name: text for name, text in chosen.items() if text}
    following = urlencode(query | {"cursor": shown["next"]}) if shown["next"] else None
    return views.page(
        "search", title="Search", here="/search", chosen=chosen, outlets=listed, base=urlencode(query),
        languages=sorted({one.language for one in listed if one.language}), behind=behind,
        feeds=[{"title": f"Search: {chosen['q']}", "url": f"/feeds/search.atom?{urlencode(query)}"}] if query else [],
        **(shown | {"next": f"/search?{following}" if following else None}),
    )  # fmt: skip


_SEARCH: Final = ("q", "outlet", "language", "since", "until", "removed")


def _found(site: Site, request: Request) -> dict[str, Any]:
    """Hits and counts, or what is wrong with the query."""
    try:
        values = _values(request, *finding.FIELDS)
        wanted = finding.asked(values)
        found = finding.known(site, wanted, HITS, values["cursor"])
    except Problem as problem:
        return {"wrong": problem.detail.removeprefix("q: ")}
    counts = None if values["cursor"] else finding.facets(site, wanted)
    return {"hits": list(map(finding.shown, found.hits)), "next": found.cursor, "facets": counts}


def _status(site: Site, _request: Request) -> Response:
    found, now = site.library.status(site.now()), now_of(site)
    return views.page(
        "status", title="Status", here="", status=found, needs=now["needs"], now=now, feeds=[],
        state=site.trouble() or "ready", rules=site.rules(),
        articles=sum(one.articles for one in found.outlets), failing=[s for s in found.sources if s.failures],
        kept=found.disk.snapshots + found.disk.warcs + found.disk.catalogue,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ the rest


def _job(site: Site, request: Request) -> Response:
    job = asking.jobs_of(site).get(request.path_params["job"])
    plain = {"Cache-Control": "no-store"}
    if job is None:
        return views.page("job", 404, plain, title="Not known any more", here="", job=None, feeds=[])
    result = job.result or {}
    article = result.get("article_id")
    if job.state == "done" and article and result.get("verdict") in {"new", "edited", "same", "back", "gone"}:
        return RedirectResponse(f"/articles/{article}", 303)
    waiting = job.state in {"queued", "running"}
    return views.page(
        "job", title="Archiving" if waiting else "Not archived", here="", job=job, feeds=[],
        known=None if waiting else next(iter(api.found_under(site, job.url)), None),
        verdict=f"{result.get('verdict')}: {explained(cast('str | None', result.get('reason')))}.",
        headers=plain | ({"Refresh": "1"} if waiting else {}),
    )  # fmt: skip


def _manual(site: Site, request: Request, *, locked: bool) -> Response:
    told = manual.manual(site, str(request.base_url), locked=locked)
    return views.page("manual", title="API", here="", manual=told, feeds=[])


def _static(_site: Site, request: Request) -> Response:
    name = request.path_params["name"]
    if name not in views.STATIC:
        raise not_found("file")
    return Response(
        views.static(name), headers={"Cache-Control": "private, max-age=3600"}, media_type=views.STATIC[name]
    )
