"""What needs attention, for pages, programs and figures alike: the judgement of `scraper status`, in its words."""

from __future__ import annotations

from scraper import attention
from scraper.attention import Need
from scraper.reports import Status
from scraper.serve.site import Site


def needs_of(site: Site, status: Status) -> tuple[Need, ...]:
    """Everything to look at, the worst first."""
    return attention.needs(status, site.outlets(), trouble_of(site), site.now(), low_water=site.low_water)


def trouble_of(site: Site) -> str | None:
    """What keeps the daemon from its work, as `scraper status` says it: `disk-low: 3 MB are free …`."""
    word, why = site.trouble(), site.why()
    return f"{word}: {why}" if word and why else word
