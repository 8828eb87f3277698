"""Full-text search over HTTP: what the query says, who answers it, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from scraper import query
from scraper.errors import ArchiveError, QueryError, QueryTooDear
from scraper.hits import Facets, Found, Hit, Marked
from scraper.query import Query
from scraper.serve import endpoint as take
from scraper.serve.endpoint import Field, Reply, Values
from scraper.serve.problems import Problem, bad
from scraper.serve.shapes import FoundShape, HitShape
from scraper.serve.site import Site

_OUTLET: Final[take.Schema] = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$"}
_CURSOR: Final[take.Schema] = {"type": "string", "pattern": "^[0-9]{1,9}[.][0-9]{1,6}$"}
CATCH_UP: Final = 0.02  # seconds that taking in what is new may delay a search: the daemon does the rest
VERSIONS: Final = ("any", "latest", "all")

FIELDS: Final = (
    Field("q", "The query: words, \"phrases\", OR, -without, begin*, title:, author:, removed:yes; see docs/search.md.",
          take.plain, take.PLAIN | {"minLength": 1, "maxLength": query.LONGEST}, required=True),
    Field("outlet", "At this outlet only.", take.plain, _OUTLET),
    Field("language", "In this language only, such as `en`.", take.language, take.LANGUAGE),
    Field("since", "Published from this day on.", take.moment, take.WHEN),
    Field("until", "Published before this day.", take.moment, take.WHEN),
    Field("version", "One hit an article wherever it holds (`any`), where it holds in the last version (`latest`), or "
          "one for each version (`all`).", take.one_of(*VERSIONS), take.words(*VERSIONS), default="any"),
    Field("removed", "Only what no longer stands in the last version.", take.flag, take.FLAG, default=False),
    Field("cursor", "What the page before gave as `next`.", take.plain, _CURSOR),
)  # fmt: skip


def asked(values: Values) -> Query:
    """The query of these values. Raises Problem with what is wrong with it."""
    try:
        found = query.parse(values["q"]).narrowed(
            outlets=(query.outlet(values["outlet"]),) if values["outlet"] else (),
            languages=(values["language"],) if values["language"] else (),
            after=_day(values["since"]),
            before=_day(values["until"]),
        )
    except QueryError as error:
        raise bad("q", str(error)) from None
    return replace(found, versions=values["version"], removed=True if values["removed"] else found.removed)


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def catch_up(site: Site) -> int:
    """Let the search take in what is new, as far as a moment allows; how many versions it does not know yet."""
    return site.search.follow(CATCH_UP).behind


def find(site: Site, wanted: Query, limit: int, cursor: str | None) -> Found:
    """One page of hits, of all that is new too. Raises Problem."""
    catch_up(site)
    return known(site, wanted, limit, cursor)


def known(site: Site, wanted: Query, limit: int, cursor: str | None) -> Found:
    """One page of hits, of what the search has taken in. Raises Problem."""
    try:
        return site.search.find(wanted, limit=limit, cursor=cursor)
    except QueryTooDear as error:
        raise Problem(400, "too-dear", str(error)) from None
    except QueryError as error:
        raise bad("q", str(error)) from None


def facets(site: Site, wanted: Query) -> Facets | None:
    """Counts beside the hits; None if they would take too long."""
    try:
        return site.search.facets(wanted)
    except (QueryError, ArchiveError):
        return None


def search(site: Site, values: Values) -> Reply:
    """The endpoint of the API."""
    found = find(site, asked(values), values["limit"], values["cursor"])
    return Reply(FoundShape(tuple(map(shape, found.hits)), found.cursor))


def shape(hit: Hit) -> HitShape:
    """A hit as the API tells it."""
    return HitShape(
        article=hit.article_id, outlet=hit.outlet, url=hit.url, title=hit.title.text, language=hit.language,
        published=hit.published.isoformat() if hit.published else None, version=hit.version,
        captured_at=hit.captured_at, versions=hit.versions, latest=hit.latest, removed_in=hit.removed_in,
        gone_since=hit.gone_since, snippet=_snippet(hit.snippet),
        snippet_marks=hit.snippet.marks if hit.snippet else (),
    )  # fmt: skip


def _snippet(marked: Marked | None) -> str | None:
    return marked.text if marked else None


def shown(hit: Hit) -> dict[str, Any]:
    """A hit as the page needs it."""
    at = hit.published.date() if isinstance(hit.published, datetime) else hit.published or hit.day
    rows = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in hit.versions)
    return {"hit": hit, "day": at.isoformat(), "versions": rows}
