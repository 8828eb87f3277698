"""A real browser that prints a page. It is given a file, no network, and a profile that is thrown away."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

_OWN_HEAD: Final = '<meta name="print" content="browser head">'
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """The program, None if none is installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def printed(html: str) -> bytes:
    """`html` as the browser prints it; with the browser's own date, title, address and page numbers if it asks so."""
    program = browser()
    if program is None:
        raise FileNotFoundError("no Chromium or Chrome")
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(html, encoding="utf-8")
        command = [
            program,
            "--headless",
            # It runs as root in a container, reads one file of our own, and reaches no network.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={out}",
            "--disable-pdf-tagging",
            *([] if _OWN_HEAD in html else ["--no-pdf-header-footer"]),
            page.as_uri(),
        ]
        subprocess.run(command, check=True, timeout=60, capture_output=True)
        return out.read_bytes()
