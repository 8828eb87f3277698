"""What runs now and what needs attention, for pages, programs and figures alike: the judgement of `scraper status`, in
its words."""

from __future__ import annotations

from typing import Any, Final

from scraper import attention, present
from scraper.attention import Need
from scraper.reports import Status
from scraper.serve.site import Site

ASKED: Final = 5  # fetches that somebody asked for


def now_of(site: Site) -> dict[str, Any]:
    """What the part of a page about now is made of."""
    status, found = site.library.status(site.now()), site.library.present(site.now())
    said, todo = present.working(found.at_work)
    looked = [one for one in status.sources if one.last_checked and site.now() - one.last_checked < present.LATELY]
    return {
        "said": said,
        "todo": todo,
        "present": found,
        "lately": present.briefly(found.visited),
        "looked": len(looked),
        "queue": status.queue,
        "needs": needs_of(site, status),
        "asked": site.jobs.last(ASKED) if site.jobs else [],
    }


def needs_of(site: Site, status: Status) -> tuple[Need, ...]:
    """Everything to look at, the worst first."""
    return attention.needs(
        status, site.outlets(), trouble_of(site), site.now(), low_water=site.low_water, shapes=site.shapes(),
        rules=site.rules(),
    )  # fmt: skip


def trouble_of(site: Site) -> str | None:
    """What keeps the daemon from its work, as `scraper status` says it: `disk-low: 3 MB are free …`."""
    word, why = site.trouble(), site.why()
    return f"{word}: {why}" if word and why else word
