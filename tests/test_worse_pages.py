"""Pages that got worse, are not there, or are something else: tables of visits through the whole pipeline.

A row says what the address of an article answers at each visit, and what the archive makes of it: never a version of
what is not the article, never a tombstone before it is confirmed, and nothing believed that was seen but once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.errors import Deferred, Failed, Refused
from scraper.model import Page
from tests.fakes import Answer, answered
from tests.stage import HOME, PIER, SNOW, Stage, Story, page, staged

pytestmark = pytest.mark.anyio

URL = f"{HOME}2026/03/01/pier-vote-goes-to-the-council/"
LONG = Story(
    "What the inquiry into the ferry heard in twenty days",
    tuple(
        f"On day {n} of the inquiry into the ferry a witness from district {n} spoke for {n * 7} minutes about what "
        f"the crew had been told, and document number {n * 31} was read aloud."
        for n in range(1, 21)
    ),
)
EDITED = replace(LONG, text=(*LONG.text[:19], "On the last day the chair thanked all witnesses and set a date in May."))


def cut(count: int) -> str:
    """The first so many of twenty paragraphs."""
    return page(replace(LONG, text=LONG.text[:count]))


def bare(title: str, *texts: str, more: str = "", head: str = "") -> str:
    """A page that is no article."""
    body = "".join(f"<p>{text}</p>" for text in texts)
    top = f"<!doctype html><html><head><title>{title}</title>{head}</head>"
    return f"{top}<body><h1>{title}</h1>{body}{more}</body></html>"


WHOLE = page(LONG)
SAME_DAY = page(replace(SNOW, date=PIER.date))
STOPPED = WHOLE[: WHOLE.index("day 17 ") + 40]
CHALLENGE = bare(
    "Just a moment...",
    "Checking your browser before accessing paper.example.",
    "Enable JavaScript and cookies to continue.",
    more='<form id="challenge-form" action="/cdn-cgi/challenge-platform/x" method="POST"></form>',
)
CONSENT = bare(
    "Before you continue",
    "We and our 842 partners store and access information on your device, such as cookies.",
    more="<button>Accept all</button><button>Reject all</button>",
)
LOGIN = bare(
    "Log in",
    "Please log in to continue reading.",
    more='<form><input type="email" name="user"><input type="password" name="password"><button>Log in</button></form>',
)
PARKED = bare("paper.example", "This domain is for sale. Buy this domain from its owner today.")
MAINTENANCE = bare("Down for maintenance", "We'll be back soon. The site is under scheduled maintenance.")
TEASER = page(
    replace(LONG, text=LONG.text[:3]),
    head='<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","isAccessibleForFree":false}</script>',
    tail='<div class="paywall"><p>Subscribe to continue reading.</p></div>',
)
LISTING = (
    "<!doctype html><html><head><title>News</title></head><body><h1>News</h1>"
    + "".join(
        f'<article><h2><a href="/news/{n}/a-story-of-some-length">A story of some length, {n}</a></h2></article>'
        for n in range(40)
    )
    + "</body></html>"
)
SOFT = {
    "English": bare("Page not found", "Sorry, the page you are looking for does not exist."),
    "German": bare("Seite nicht gefunden", "Die gesuchte Seite existiert leider nicht mehr."),
    "French": bare("Page introuvable", "La page que vous recherchez n'existe plus."),
    "Spanish": bare("Página no encontrada", "La página que busca no existe."),
    "Russian": bare("Страница не найдена", "Такой страницы не существует или она была удалена."),
    "Ukrainian": bare("Сторінку не знайдено", "Такої сторінки не існує."),
    "Polish": bare("Nie znaleziono strony", "Strona nie istnieje lub została usunięta."),
    "Japanese": bare("ページが見つかりません", "お探しのページは存在しません。"),
}


@pytest.fixture
def anyio_backend() -> str:
    """The daemon runs on asyncio."""
    return "asyncio"


@dataclass(frozen=True)
class On:
    """What the address answers from then on; `hours` after the visit before; with `via`, after a redirect there."""

    answer: Answer
    hours: float = 1
    via: str | None = None
    force: bool = False


@dataclass(frozen=True)
class Row:
    """What the visits end in, how many versions there are then, and whether a tombstone stands."""

    name: str
    visits: tuple[On | Answer, ...]
    verdicts: tuple[str, ...]
    versions: int = 1
    gone: bool = False


def worse(name: str, answer: Answer, reason: str, via: str | None = None) -> Row:
    """An answer that is never believed, however often it is given; then the article is there as if nothing was."""
    visits = (WHOLE, *(On(answer, 5, via),) * 4, WHOLE)
    return Row(name, visits, ("new", *(reason,) * 4, "same"))


def second(name: str, answer: Answer, reason: str, *, head: Answer = WHOLE) -> Row:
    """An answer that is believed when it is given again, and not before."""
    return Row(name, (head, answer, head, answer, answer), ("new", reason, "same", reason, "edited"), 2)


NEVER = [
    worse("a challenge with status 200", CHALLENGE, "partial: challenge"),
    worse("a consent wall", CONSENT, "partial: consent-wall"),
    worse("a consent wall behind a redirect", CONSENT, "partial: consent-wall", f"{HOME}consent?next=x"),
    worse("a login wall", LOGIN, "partial: login-wall"),
    worse("a login wall behind a redirect", LOGIN, "partial: login-wall", f"{HOME}login?next=x"),
    *(worse(f"a soft 404 in {name}", text, "partial: soft-404") for name, text in SOFT.items()),
    worse("an error page", bare("Internal Server Error", "Something went wrong."), "partial: soft-404"),
    worse("a page for the days of maintenance", MAINTENANCE, "partial: soft-404"),
    worse("a domain that is for sale", PARKED, "partial: soft-404"),
    worse("an empty body", b"", "partial: empty"),
    worse("a template without its text", page(replace(LONG, text=())), "partial: empty"),
    worse("a section", LISTING, "partial: not-an-article"),
    worse("a section behind a redirect", LISTING, "partial: not-an-article", f"{HOME}news/"),
    worse("a teaser after the whole text", TEASER, "partial: teaser"),
    worse("another article behind a redirect", page(SNOW), "partial: moved", f"{HOME}2026/03/04/snow/"),
    worse("403", 403, "failed: http-403"),
    worse("401", 401, "failed: http-401"),
    worse("451", 451, "failed: http-451"),
    worse("500", 500, "failed: http-500"),
    worse("503", 503, "failed: http-503"),
    worse("no answer in time", Failed(URL, "timeout"), "failed: timeout"),
    worse("robots.txt forbids it from some day on", Refused(URL, "robots"), "refused"),
]

ONCE_MORE = [
    second("less than half of the paragraphs", cut(9), "partial: shrunk"),
    second("one paragraph", cut(1), "partial: shrunk"),
    second("bytes that cannot be read", WHOLE.encode().replace(b"crew", b"cr\xff\xfe\xfdw"), "partial: undecodable"),
    second("another, shorter story under the same date", page(replace(SNOW, date=LONG.date)), "partial: shrunk"),
    second("another story under the same date", SAME_DAY, "partial: replaced", head=page(PIER)),
    Row("another loss at each visit", (WHOLE, cut(9), cut(8), cut(7), cut(6)), ("new", *("partial: shrunk",) * 4)),
    Row("half of the paragraphs and a little more", (WHOLE, cut(11)), ("new", "edited"), 2),
    Row("trouble between the two looks", (WHOLE, cut(3), 503, Failed(URL, "timeout"), cut(3)),
        ("new", "partial: shrunk", "failed: http-503", "failed: timeout", "edited"), 2),
    Row("a challenge between the two looks", (WHOLE, cut(3), CHALLENGE, cut(3)),
        ("new", "partial: shrunk", "partial: challenge", "partial: shrunk")),
    Row("fetch --force is a look as well", (WHOLE, cut(3), On(cut(3), force=True)),
        ("new", "partial: shrunk", "edited"), 2),
    Row("a page cut off in the middle", (WHOLE, WHOLE[: WHOLE.index("day 7")], WHOLE),
        ("new", "partial: shrunk", "same")),
    Row("a page that stops in the last quarter, served twice", (WHOLE, STOPPED, WHOLE, STOPPED, STOPPED),
        ("new", "partial: shrunk", "same", "partial: shrunk", "edited"), 2),
    Row("a page without the ends that may be left out", (WHOLE, WHOLE.replace("</body></html>", "")), ("new", "same")),
    Row("the whole text after a teaser", (TEASER, WHOLE), ("new", "edited"), 2),
    Row("a teaser, the whole text, a teaser", (TEASER, WHOLE, TEASER, TEASER),
        ("new", "edited", *("partial: teaser",) * 2), 2),
    Row("an old copy out of a cache", (WHOLE, page(EDITED), WHOLE, page(EDITED)),
        ("new", "edited", "edited", "edited"), 4),
    Row("a first visit that meets a challenge", (CHALLENGE, WHOLE), ("partial: challenge", "new")),
    Row("a first visit that meets a soft 404", (SOFT["German"], SOFT["German"], WHOLE),
        (*("partial: soft-404",) * 2, "new")),
    Row("a first visit that meets a 404", (404, WHOLE), ("failed: http-404", "new")),
]  # fmt: skip

DAY = 25
PAUSED = Deferred(URL, "host-paused", "", datetime(2026, 3, 3, tzinfo=UTC))
DELETED = (On(410, 7),) * 2
G4, G10, FRONT = "gone: http-404", "gone: http-410", "gone: redirect-to-front"
NOT_HERE = [
    Row("404 once", (WHOLE, 404, WHOLE), ("new", G4, "same")),
    Row("404 three times within an hour", (WHOLE, *(On(404, 0.3),) * 3), ("new", G4, G4, G4)),
    Row("404 twice in a day", (WHOLE, 404, On(404, DAY)), ("new", G4, G4)),
    Row("404 three times in a day", (WHOLE, 404, On(404, 12), On(404, 13)), ("new", G4, G4, G4), gone=True),
    Row("410 twice at once", (WHOLE, 410, On(410, 0.5)), ("new", G10, G10)),
    Row("410 twice in seven hours", (WHOLE, 410, On(410, 7)), ("new", G10, G10), gone=True),
    Row("410 then 404, in seven hours", (WHOLE, 410, On(404, 7)), ("new", G10, G4)),
    Row("410 then 404, over two days", (WHOLE, 410, On(404, DAY), On(404, DAY)), ("new", G10, G4, G4), gone=True),
    Row("404 then 410, in seven hours", (WHOLE, 404, On(410, 7)), ("new", G4, G10)),
    Row("404, 404, 410 in seven hours: one 410 is one 410", (WHOLE, 404, 404, On(410, 6)), ("new", G4, G4, G10)),
    Row("404, 410, 404 over two days", (WHOLE, 404, On(410, DAY), On(404, DAY)), ("new", G4, G10, G4), gone=True),
    Row("404 and then the front page", (WHOLE, 404, On(WHOLE, 12, HOME), On(WHOLE, 13, HOME)),
        ("new", G4, FRONT, FRONT), gone=True),
    Row("the front page three times", (WHOLE, *(On(LISTING, 13, HOME),) * 3), ("new", FRONT, FRONT, FRONT), gone=True),
    Row("the front page once", (WHOLE, On(LISTING, 13, HOME), WHOLE), ("new", FRONT, "same")),
    Row("a section never is a tombstone", (WHOLE, *(On(LISTING, DAY, f"{HOME}news/"),) * 4),
        ("new", *("partial: not-an-article",) * 4)),
    Row("a login page never is a tombstone", (WHOLE, *(On(LOGIN, DAY, f"{HOME}login"),) * 4),
        ("new", *("partial: login-wall",) * 4)),
    Row("a 5xx between two 404s", (WHOLE, 404, On(503, 12), On(404, 13), On(404, 1)),
        ("new", G4, "failed: http-503", G4, G4), gone=True),
    Row("a 5xx is no third", (WHOLE, 404, On(503, 12), On(404, 13)), ("new", G4, "failed: http-503", G4)),
    Row("a challenge between 404s denies nothing", (WHOLE, 404, On(CHALLENGE, 12), On(404, 13), 404),
        ("new", G4, "partial: challenge", G4, G4), gone=True),
    Row("a teaser between 404s is the article", (WHOLE, 404, 404, On(TEASER, 12), On(404, 13), 404),
        ("new", G4, G4, "partial: teaser", G4, G4)),
    Row("the article between 404s", (WHOLE, 404, On(404, 12), WHOLE, On(404, 13), 404),
        ("new", G4, G4, "same", G4, G4)),
    Row("404s, and robots.txt between", (WHOLE, 404, Refused(URL, "robots"), On(404, DAY), 404),
        ("new", G4, "refused", G4, G4), gone=True),
    Row("robots.txt alone, for months", (WHOLE, *(On(Refused(URL, "robots"), 700),) * 4), ("new", *("refused",) * 4)),
    Row("404 with force", (WHOLE, *(On(404, 13, force=True),) * 3), ("new", G4, G4, G4), gone=True),
    Row("a clock that goes back", (WHOLE, 404, On(404, -48), On(404, 0.1), On(404, 0.1)), ("new", *(G4,) * 4)),
    Row("a clock that ran ahead and was set right",
        (WHOLE, On(404, 24 * 365), On(404, -24 * 365), On(404, 13), On(404, 13)),
        ("new", *(G4,) * 4), gone=True),
    Row("gone, and the same text", (WHOLE, *DELETED, On(WHOLE, 24)), ("new", G10, G10, "back")),
    Row("gone, and another text", (WHOLE, *DELETED, On(page(EDITED), 24)), ("new", G10, G10, "back"), 2),
    Row("gone, and back after a month", (WHOLE, *(On(404, 13),) * 3, *(On(404, 720),) * 2, WHOLE),
        ("new", *(G4,) * 5, "back")),
    Row("gone, back, and gone again", (WHOLE, *DELETED, WHOLE, *DELETED),
        ("new", G10, G10, "back", G10, G10), gone=True),
    Row("gone, and a challenge", (WHOLE, *DELETED, CHALLENGE), ("new", G10, G10, "partial: challenge"), gone=True),
    Row("gone, and a teaser", (WHOLE, *DELETED, TEASER), ("new", G10, G10, "partial: teaser"), gone=True),
    Row("gone, and half of the text, twice", (WHOLE, *DELETED, cut(5), cut(5)),
        ("new", G10, G10, "partial: shrunk", "back"), 2),
    Row("gone, and the domain is for sale", (WHOLE, *DELETED, PARKED, PARKED),
        ("new", G10, G10, *("partial: soft-404",) * 2), gone=True),
    Row("gone, and deferred", (WHOLE, *DELETED, PAUSED),
        ("new", G10, G10, "deferred"), gone=True),
]  # fmt: skip

ROWS = [*NEVER, *ONCE_MORE, *NOT_HERE]


async def play(stage: Stage, row: Row) -> None:
    """Visit as often as the row says."""
    for each in row.visits:
        on = each if isinstance(each, On) else On(each)
        if on.force:
            stage.clock.at += timedelta(hours=on.hours)
            stage.web.pages[URL] = on.answer
            await stage.visit(URL, force=True)
        else:
            await stage.see(URL, on.answer, via=on.via, hours=on.hours)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_what_is_believed(row: Row, tmp_path: Path) -> None:
    """Each visit ends in its verdict, and is kept; `staged` proves the files."""
    with staged(tmp_path / "archive") as stage:
        await play(stage, row)
        assert tuple(stage.told) == row.verdicts
        assert stage.versions() == [row.versions]
        (entry,) = stage.histories()
        assert (entry.gone_since is not None) is row.gone
        replies = [verdict for verdict in row.verdicts if verdict.partition(":")[0] not in {"refused", "deferred"}]
        kept = stage.archive.reports.visits(URL) if row.verdicts[0] == "new" else ()
        assert len(kept) == (len(replies) - row.verdicts.count("failed: timeout") if kept else 0)


@pytest.mark.parametrize("status", [403, 503])
async def test_a_challenge_under_an_error(status: int, tmp_path: Path) -> None:
    """It is known for what it is, and is no word about the article."""
    with staged(tmp_path / "archive") as stage:
        await stage.see(URL, WHOLE)
        told = await stage.see(URL, replace(stage_page(stage, CHALLENGE), status=status))
        assert (told.verdict, stage.versions()) == ("partial", [1])


def stage_page(stage: Stage, text: str) -> Page:
    return answered(URL, text, stage.clock)


def test_there_are_many_rows() -> None:
    """And no two of one name."""
    assert len({row.name for row in ROWS}) == len(ROWS) >= 70
