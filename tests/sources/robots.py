"""robots.txt files that are hostile, broken or odd, each with what may be asked for under it.

`article` and `private` are how a fetch of /article/x and of /private/x ends; `most` bounds the requests that the server
sees for both, `size` the bytes.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

from tests.fetch.hostile import CLOSED, Behaviour, Visit, answer, endless, hang, redirect
from tests.sources.rows import lazily

NO = "Disallow: /private\n"
OURS = "User-agent: scraper\n"
ALL = "User-agent: *\n"
MIB = 1024**2


@dataclass(frozen=True)
class Robots:
    """One robots.txt."""

    file: Behaviour
    article: str = "new"
    private: str = "refused robots"
    most: int = 8
    size: int = 2 * MIB
    more: dict[str, Behaviour] = field(default_factory=dict)


def text(said: str | bytes, status: str = "200 OK", **headers: str) -> bytes:
    """A robots.txt."""
    body = said.encode() if isinstance(said, str) else said
    return answer(body, status, **{"Content_Type": "text/plain", **headers})


async def drip(visit: Visit) -> None:
    """A byte now and then, for ever."""
    await visit.send(CLOSED)
    await visit.drip((ALL + NO).encode() * 1000, 0.2)


async def head_only(visit: Visit) -> None:
    """A head, and then nothing."""
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nUser-agent")
    await asyncio.sleep(60)


LATER = "deferred robots-unreachable"


def free(file: Behaviour, most: int = 8) -> Robots:
    """One that forbids nothing."""
    return Robots(file, "new", "new", most)


def unreachable(file: Behaviour) -> Robots:
    """One that cannot be had now."""
    return Robots(file, LATER, LATER)


CHAIN: dict[str, Behaviour] = {f"/r{n}.txt": redirect(f"/r{n + 1}.txt") for n in range(4)}
CHAIN["/r4.txt"] = text(ALL + NO)

ROBOTS: dict[str, Robots] = {
    "robots-ok": Robots(text(ALL + NO)),
    "robots-404": free(text("no", "404 Not Found")),
    "robots-403": free(text("no", "403 Forbidden")),
    "robots-500": unreachable(text("no", "500 Internal Server Error")),
    "robots-hang": unreachable(hang),
    "robots-slow": unreachable(drip),
    "robots-stall": unreachable(head_only),
    "robots-cut": unreachable(text(ALL + NO, Content_Length="900")),
    "robots-redirect": Robots(redirect("/r0.txt"), more=CHAIN),
    "robots-loop": free(redirect("/robots.txt"), most=20),
    "robots-canary": unreachable(redirect("http://127.0.0.3:{port}/robots.txt")),
    "robots-file": unreachable(redirect("file:///etc/passwd")),
    "robots-10mb": Robots(lazily(lambda: text(ALL + "Disallow: /x\n" * 5000 + NO + "Disallow: /y\n" * 700_000))),
    "robots-endless": Robots(endless(CLOSED + (ALL + NO).encode(), b"Disallow: /z\n"), size=24 * MIB),
    "robots-html": free(answer(b"<!doctype html><html><body>Disallow: /</body></html>")),
    "robots-binary": free(text(random.Random(1).randbytes(50_000))),
    "robots-nul": Robots(text(b"\x00" * 1000 + (ALL + NO).encode())),
    "robots-bom-cr": Robots(text("\ufeffuSeR-aGeNt : * # all\r  dIsAlLoW :  /private  # no\r")),
    "robots-utf16": Robots(text((ALL + NO).encode("utf-16"))),
    "robots-delay-bad": Robots(
        text(ALL + NO + "".join(f"Crawl-delay: {d}\n" for d in ("-5", "NaN", "inf", "1e400", "soon")))
    ),
    "robots-delay-nan": Robots(text(f"{ALL}Crawl-delay: NaN\n{NO}")),
    "robots-delay-inf": Robots(text(f"{ALL}Crawl-delay: 1e400\n{NO}")),
    "robots-wildcards": Robots(text(ALL + f"Disallow: /{'*a' * 200}$\n" * 50 + NO)),
    "robots-rules-100k": Robots(lazily(lambda: text(ALL + NO + "".join(f"Disallow: /r{n}\n" for n in range(100_000))))),
    "robots-sitemaps": Robots(
        text("Sitemap: http://127.0.0.3:80/s.xml\nSitemap: file:///etc/passwd\n" + ALL + NO + "Sitemap: /s\n" * 5000)
    ),
    "robots-agents": Robots(
        text("User-agent: other\nDisallow: /\n\n" + ALL + "Disallow: /\n\n" + OURS + NO + "Allow: /article\n")
    ),
    "robots-longest": Robots(text(ALL + "Disallow: /\nAllow: /article/\nDisallow: /art\n")),
    "robots-empty": free(answer(b"")),
}
