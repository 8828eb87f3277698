"""What the first who asks would wait for, done before: templates made, outlets counted, the newest edits compared."""

from __future__ import annotations

from scraper.reports import Wanted
from scraper.serve import edits, pages, views
from scraper.serve.site import Site


def warm(site: Site) -> None:
    """Make ready what most pages need. Blocks for a second or some; raises ArchiveError. Needed by nobody."""
    views.prepare()
    site.library.status(site.now())
    for change in site.library.edits(Wanted(), None, pages.EDITS).items:
        edits.fragment(site, change)
    site.search.behind()
