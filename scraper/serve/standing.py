"""How the archive is doing, as the API tells it: outlets, sources, needs, and what runs now. Times are UTC."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from scraper import present
from scraper.model import Outlet, SourceState
from scraper.present import Coming, Present
from scraper.reports import OutletReport
from scraper.serve.attending import needs_of
from scraper.serve.endpoint import Reply, Values
from scraper.serve.jobs import brief
from scraper.serve.problems import not_found
from scraper.serve.shapes import ArticleId, ArticleShape, Count, JobShape, Moment
from scraper.serve.site import Site

VISITED: Final = 50  # outlets, the busiest
ASKED: Final = 20  # fetches that somebody asked for

# ------------------------------------------------------------------------------------------------ what is told


@dataclass(frozen=True, slots=True)
class OutletShape:
    """One outlet: what is watched, and what came of it."""

    id: str
    name: str | None
    home: str | None
    language: str | None
    listed: bool
    articles: Count
    versions: Count
    gone: Count
    due: Count
    last_new: Moment | None
    last_version: Moment | None
    last_error: str | None
    last_error_at: Moment | None


@dataclass(frozen=True, slots=True)
class OutletsShape:
    """All outlets."""

    items: tuple[OutletShape, ...]


@dataclass(frozen=True, slots=True)
class SourceShape:
    """Where an outlet announces articles, and how looking there went."""

    url: str
    outlet: str
    last_checked: Moment | None
    last_ok: Moment | None
    last_new: Moment | None
    last_error: str | None
    failures: Count
    items: Count

    @classmethod
    def of(cls, one: SourceState) -> SourceShape:
        """As the catalogue has it."""
        return cls(
            one.url, one.outlet, one.last_checked, one.last_ok, one.last_new, one.last_error, one.failures, one.items
        )


@dataclass(frozen=True, slots=True)
class NeedShape:
    """One thing to look at: a stable word, a sentence, and the outlet if it is about one."""

    word: str
    said: str
    outlet: str | None


@dataclass(frozen=True, slots=True)
class AtWorkShape:
    """A process that has roles of a daemon (`scheduler`, `worker`, `web`), and since when."""

    process: str
    roles: tuple[str, ...]
    since: Moment


@dataclass(frozen=True, slots=True)
class VisitedShape:
    """Visits of the last ten minutes to articles of one outlet: how many, how many found what, and the last of them."""

    outlet: str
    visits: Count
    new: Count
    edited: Count
    failed: Count
    last: Moment


@dataclass(frozen=True, slots=True)
class ComingShape:
    """A visit that is planned. `article_id` and `title` are null for what was not stored yet."""

    at: Moment
    outlet: str
    url: str
    article_id: ArticleId | None
    title: str | None

    @classmethod
    def of(cls, one: Coming) -> ComingShape:
        """As the catalogue has it."""
        return cls(one.at, one.outlet, one.url, one.article_id, one.title)


@dataclass(frozen=True, slots=True)
class NowShape:
    """What runs now. `said` is whether a daemon is at work, `todo` the command that helps if none is, `lately` the last
    ten minutes in a line, all as the first page has them; `visited` has the busiest outlets first, `coming` the next
    visits, `went` articles whose address lately came to lead nowhere."""

    said: str
    todo: str | None
    lately: str
    at_work: tuple[AtWorkShape, ...]
    visited: tuple[VisitedShape, ...]
    coming: tuple[ComingShape, ...]
    went: tuple[ArticleShape, ...]

    @classmethod
    def of(cls, found: Present) -> NowShape:
        """As locks and catalogue have it: a bounded part of either."""
        return cls(
            *present.working(found.at_work),
            present.lately(found.visited),
            tuple(AtWorkShape(one.process, one.roles, one.since) for one in found.at_work),
            tuple(VisitedShape(**asdict(one)) for one in found.visited[:VISITED]),
            tuple(map(ComingShape.of, found.coming)),
            tuple(map(ArticleShape.of, found.went)),
        )


@dataclass(frozen=True, slots=True)
class StatusShape:
    """How the archive is doing. `state` is `ready`, or the word for what keeps the daemon from its work; `attention`
    is what a person should look at, the worst first, as `scraper status` says it; `asked` are the last fetches that
    somebody asked for, the newest first."""

    state: str
    attention: tuple[NeedShape, ...]
    now: NowShape
    asked: tuple[JobShape, ...]
    articles: Count
    versions: Count
    gone: Count
    queue: Count
    due: Count
    next_visit: Moment | None
    hosts_blocked: Count
    sources: tuple[SourceShape, ...]
    bytes_kept: Count
    bytes_free: Count
    outlets: tuple[OutletShape, ...]


# ------------------------------------------------------------------------------------------------ answers


def outlets(site: Site, _values: Values) -> Reply:
    """`GET /outlets`."""
    return Reply(OutletsShape(tuple(outlet_shapes(site))))


def outlet(site: Site, values: Values) -> Reply:
    """`GET /outlets/{name}`. Raises Problem."""
    for shape in outlet_shapes(site):
        if shape.id == values["name"]:
            return Reply(shape)
    raise not_found("outlet")


def outlet_shapes(site: Site) -> list[OutletShape]:
    """All outlets that are listed, or that the archive has something of."""
    listed, reports = site.outlets(), {one.outlet: one for one in site.library.status(site.now()).outlets}
    return [
        _outlet_shape(name, listed.get(name), reports.get(name) or OutletReport(name))
        for name in sorted({*listed, *reports})
    ]


def _outlet_shape(name: str, outlet: Outlet | None, report: OutletReport) -> OutletShape:
    return OutletShape(
        id=name,
        name=outlet.name if outlet else None,
        home=outlet.home if outlet else None,
        language=outlet.language if outlet else None,
        listed=outlet is not None,
        articles=report.articles,
        versions=report.versions,
        gone=report.gone,
        due=report.due,
        last_new=report.last_new,
        last_version=report.last_version,
        last_error=report.last_error,
        last_error_at=report.last_error_at,
    )


def status(site: Site, _values: Values) -> Reply:
    """`GET /status`."""
    found = site.library.status(site.now())
    return Reply(
        StatusShape(
            state=site.trouble() or "ready",
            attention=tuple(NeedShape(one.word, one.said, one.outlet) for one in needs_of(site, found)),
            now=NowShape.of(site.library.present(site.now())),
            asked=tuple(JobShape(**asdict(brief(job))) for job in (site.jobs.last(ASKED) if site.jobs else ())),
            articles=sum(one.articles for one in found.outlets),
            versions=found.disk.versions,
            gone=sum(one.gone for one in found.outlets),
            queue=found.queue.rows,
            due=found.queue.due,
            next_visit=found.queue.next_visit,
            hosts_blocked=len(found.queue.blocked),
            sources=tuple(map(SourceShape.of, found.sources)),
            bytes_kept=found.disk.snapshots + found.disk.warcs + found.disk.catalogue,
            bytes_free=found.disk.free,
            outlets=tuple(outlet_shapes(site)),
        )
    )
