"""A versioned archive of the news.

`scraper.extract(page, url)` reads one page. It is loaded when it is first named: the parsers behind it are heavy, and
most commands never need them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The package `scraper.extract` can be called like its own function, so that one name serves for both.
    from scraper.extract import extract as extract

__all__ = ["extract"]


def __getattr__(name: str) -> object:
    if name == "extract":
        from importlib import import_module  # noqa: PLC0415 - see above

        return import_module("scraper.extract")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
