"""One row of the table: what a server does, how each fetch of it has to end, and how much of it the server may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape

from tests.fetch.hostile import BEHAVIOURS, Behaviour, Visit, answer

MIB = 1024**2
# In every body that is no article of the row's: must not stand in any file of an article.
POISON = "POISON"


@dataclass(frozen=True)
class Row:
    """`id` names the row and its host; `does` says what the server does, in words.

    `ends` holds one end for each fetch, as `said` puts it: verdict, stable word, `again` if it is tried again soon,
    flags in brackets. `serves` is the behaviour, None for the one of the server's own that has this name. With several
    `paths` the fetches go to one after the other. `marks` must stand in the stored texts, and no other mark may;
    `holds` must stand in the last one. The rest bounds what the server sees in all fetches together: requests, bytes
    sent, seconds a request, bytes of a request's head; `gap` is the least time between two requests. `server` is the
    one that plays the host, `secure` says that it is asked over TLS.
    """

    id: str
    does: str
    ends: tuple[str, ...]
    serves: Behaviour | None = None
    paths: tuple[str, ...] = ()
    marks: tuple[str, ...] | None = None
    holds: tuple[str, ...] = ()
    requests: int = 0
    sent: int = 32 * MIB
    seconds: float = 75
    gap: float = 0
    server: str = "main"
    secure: bool = False

    @property
    def host(self) -> str:
        """The host that does nothing else."""
        return f"{self.id.replace('_', '-').lower()}.example"

    @property
    def asked(self) -> tuple[str, ...]:
        """The path of each fetch."""
        paths = self.paths or (f"/{self.id}",)
        return paths if len(paths) > 1 else paths * len(self.ends)

    @property
    def urls(self) -> tuple[str, ...]:
        """The address of each fetch."""
        return tuple(f"{'https' if self.secure else 'http'}://{self.host}{path}" for path in self.asked)

    @property
    def behaviour(self) -> Behaviour:
        """What the server does at the path."""
        return BEHAVIOURS[self.asked[0]] if self.serves is None else self.serves

    @property
    def versions(self) -> int:
        """How many versions have to be stored."""
        return sum(end.split()[0] in {"new", "edited"} for end in self.ends)

    @property
    def expected(self) -> set[str]:
        """The marks in what is stored."""
        return set() if not self.versions else {self.id} if self.marks is None else set(self.marks)

    @property
    def most_requests(self) -> int:
        """What the server may be asked altogether, its robots.txt left out: each fetch once, unless the row says so, or
        the host has asked to be left alone: then it is asked again, a few times."""
        return self.requests or max(len(self.ends), 4 * self.ends[-1].startswith("deferred"))


LINES = (
    "The harbour council voted on Monday to rebuild the old pier, which a storm had broken in two last winter.",
    "Engineers expect the work to take 14 months and to cost 3.2 million crowns, a third of it paid by the region.",
    "Fishermen who moor there say they were never asked, and have called a meeting for next week.",
    "The mayor said the plans would be shown in the library from Thursday, and that all comments would be read.",
)


def marked(mark: str) -> str:
    """A sentence by which a stored text is known."""
    return f"The clerk filed the report as MARK-{mark} and nobody has asked for it since."


def story(
    mark: str,
    *lines: str,
    title: str = "Council votes to rebuild the old pier",
    head: str = "",
    tail: str = "",
    date: str = "2026-03-01T09:00:00+00:00",
) -> str:
    """An article page. `lines` are markup; `head` and `tail` stand at the end of head and body."""
    body = "".join(f"<p>{line}</p>" for line in (marked(mark), *(lines or LINES)))
    published = f'<meta property="article:published_time" content="{date}">' if date else ""
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(title)}</title>{published}{head}</head>'
        '<body><header><nav><a href="/">Home</a> <a href="/news/">News</a></nav></header>'
        f"<main><article><h1>{escape(title)}</h1>{body}</article></main>{tail}"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    )


def html(page: str, status: str = "200 OK", **headers: str) -> bytes:
    """`page` as a whole answer."""
    return answer(page.encode(), status, **headers)


def told(mark: str, *lines: str, **more: str) -> bytes:
    """An article page as a whole answer; what begins with a capital is a header."""
    headers = {name: more.pop(name) for name in list(more) if name[0].isupper()}
    return html(story(mark, *lines, **more), **headers)


def other(title: str, body: str, head: str = "") -> str:
    """A page that is no article, whatever it looks like; all of it is poison."""
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head>"
        f"<body>{body}<p>{POISON}</p></body></html>"
    )


def poisoned(status: str, **headers: str) -> bytes:
    """A good article page, under a status that says it is none."""
    return html(story(POISON, f"{POISON} in good words.", *LINES, title=f"{POISON} of the day"), status, **headers)


def turns(*behaviours: Behaviour) -> Behaviour:
    """One behaviour at each request, the last one from then on."""

    async def behave(visit: Visit) -> None:
        await visit.act(behaviours[min(visit.turn, len(behaviours) - 1)])

    return behave


def counted(make: Callable[[int], bytes]) -> Behaviour:
    """An answer that is made for the number of the request, from 0."""

    async def behave(visit: Visit) -> None:
        await visit.act(make(visit.turn))

    return behave


_MAKERS: list[Callable[[], bytes]] = []


def lazily(make: Callable[[], bytes]) -> Behaviour:
    """An answer that takes time to make: made once, by `make_all`, before any clock runs."""
    made = cache(make)
    _MAKERS.append(made)
    return counted(lambda _turn: made())


def make_all() -> None:
    """Make what takes time."""
    for make in _MAKERS:
        make()


def conditional(known: bytes, unknown: bytes) -> Behaviour:
    """`known` to a request with a condition, `unknown` to any other."""

    async def behave(visit: Visit) -> None:
        names = {name.lower() for name in visit.headers}
        await visit.act(known if {"if-none-match", "if-modified-since"} & names else unknown)

    return behave
