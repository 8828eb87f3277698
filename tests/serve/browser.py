"""The distribution's Chromium, driven as a person would drive it; it says whatever it complained of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.extract.browser import browser as browser_here


@dataclass
class Tab:
    """One page being looked at. `complaints` are errors on its console, `strangers` hosts other than ours it asked."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go there; nothing may be wrong with it."""
        answer = self.page.goto(self.base + path)
        assert answer
        assert answer.ok, answer.status
        return self.page


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window."""
    found = browser_here()
    if found is None:
        pytest.skip("no browser to show pages with: install Chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def tab(browser: Browser, base: str, *, width: int = 1200, script: bool = True) -> Iterator[Tab]:
    """A tab of its own, of this width, with or without script."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=script, color_scheme="light"
    )
    try:
        it = Tab(context.new_page(), base)
        it.page.on("console", lambda message: it.complaints.append(message.text) if message.type == "error" else None)
        it.page.on("pageerror", lambda error: it.complaints.append(str(error)))
        ours = urlsplit(base).netloc
        it.page.on("request", lambda asked: _note(it, asked.url, ours))
        yield it
    finally:
        context.close()


def _note(it: Tab, url: str, ours: str) -> None:
    if urlsplit(url).netloc != ours and not url.startswith(("data:", "about:")):
        it.strangers.append(url)
