"""Page → article: no network, no clock, no disk.

The package can be called like its function `extract`, so that `from scraper import extract` gives a verb that is also
the place of its parts. The parsers are loaded with the first page.
"""

from __future__ import annotations

import sys
from types import ModuleType

from scraper.article import Article
from scraper.model import Outlet


def extract(page: bytes, url: str, *, content_type: str | None = None, outlet: Outlet | None = None) -> Article:
    """The article on `page` (HTML or PDF), as found at `url`.

    Pure: the same bytes give the same article, and nothing is fetched, read from disk or asked of a clock.
    `content_type` is what the server said; `outlet` gives a zone, a language and rules, already those of the page's
    day. Raises ExtractError for what cannot be read as text (`not-text`, `empty`, `too-heavy`, `bad-pdf`). A page that
    can be read but is no article is an Article whose `kind` says what it is.
    """
    article = read(page, url, content_type=content_type, outlet=outlet)
    assert article is not None  # noqa: S101 - only a known fingerprint gives None
    return article


def read(
    page: bytes, url: str, *, content_type: str | None = None, outlet: Outlet | None = None, known: str | None = None
) -> Article | None:
    """Like `extract`; None if the page's fingerprint is `known`, that is, if it would give the same article."""
    from scraper.extract import incoming, reading  # noqa: PLC0415 - the parsers load with the first page, not with the program

    if incoming.is_pdf(page, content_type):
        from scraper.extract.pdf import read_pdf  # noqa: PLC0415 - PDFium is loaded for PDFs only

        article = read_pdf(page, url, outlet)
        return None if known and article.fingerprint == known else article
    return reading.read(page, url, content_type, outlet, known)


class _Verb(ModuleType):
    def __call__(
        self, page: bytes, url: str, *, content_type: str | None = None, outlet: Outlet | None = None
    ) -> Article:
        return extract(page, url, content_type=content_type, outlet=outlet)


sys.modules[__name__].__class__ = _Verb
