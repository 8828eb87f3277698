"""`make screenshots`: pictures of the pages over the demo's archive, for README and docs.

scraper demo, played to its end → scraper run --role web → Chromium → docs/images/*.png
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.serve.browser import chromium
from tests.site import wait_for

IMAGES = Path(__file__).parent.parent / "docs" / "images"
LARGEST = 250_000  # bytes of a picture: a clone of this repository is not for looking at pictures
DESK, LOW, PHONE = (1100, 800), (1100, 520), (390, 800)
SCRAPER = (sys.executable, "-m", "scraper")


@dataclass(frozen=True, slots=True)
class Picture:
    """The page at `path`, or where a click on the first link called `link` in `within` leads from there."""

    name: str
    path: str
    size: tuple[int, int] = DESK
    dark: bool = False
    within: str = ""
    link: str = ""


PICTURES = (
    Picture("front", "/"),
    Picture("front-phone", "/", PHONE),
    Picture("front-dark", "/", dark=True),
    Picture("article", "/?kind=removal", within="article.card h2", link="Dam Gates"),
    Picture("diff", "/?kind=correction", LOW, within="article.card .edit .meta", link="version"),
    Picture("outlet", "/outlets/harbourpost.example"),
    Picture("search", "/search?q=ferry", LOW),
)


def main() -> None:
    """Take all pictures; fail if one is too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=Path, help="a demo that was kept (scraper demo --keep DIR) instead of a new one")
    parser.add_argument("--to", type=Path, default=IMAGES)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = asked.kept or Path(folder)
        if not asked.kept:
            subprocess.run([*SCRAPER, "demo", "--no-browser", "--keep", str(kept)], check=True)
        asked.to.mkdir(parents=True, exist_ok=True)
        with pages(kept) as base, chromium() as browser:
            for picture in PICTURES:
                take(browser, base, picture, asked.to / f"{picture.name}.png")


@contextmanager
def pages(kept: Path) -> Iterator[str]:
    """The pages over a demo's archive, without the daemon at work; gives their address."""
    log = kept / "pages.log"
    command = [*SCRAPER, "run", "--role", "web", "--archive", str(kept / "archive"), "--config", str(kept / "config")]
    env = os.environ | {"SCRAPER_SERVE_BIND": "127.0.0.1:0", "SCRAPER_LOG_FORMAT": "json"}
    with log.open("wb") as err, subprocess.Popen(command, env=env, stderr=err) as process:
        try:
            wait_for(lambda: b'"started"' in log.read_bytes())
            yield re.findall(r'(http://127[^"]+)/"', log.read_text("utf-8"))[0]
        finally:
            process.terminate()
            process.wait(20)


def take(browser: Browser, base: str, picture: Picture, to: Path) -> None:
    """One picture of what a person with a window of that size sees first."""
    wide, high = picture.size
    context = browser.new_context(
        viewport={"width": wide, "height": high},
        color_scheme="dark" if picture.dark else "light",
        locale="en-GB",
    )
    page: Page = context.new_page()
    page.goto(base + picture.path)
    if picture.link:
        page.locator(picture.within).get_by_role("link", name=picture.link).first.click()
    page.screenshot(path=to, scale="css")
    context.close()
    size = to.stat().st_size
    print(f"{to}  {size / 1000:.0f} kB")
    if size > LARGEST:
        sys.exit(f"{to} has {size} bytes; at most {LARGEST} are wanted")


if __name__ == "__main__":
    main()
