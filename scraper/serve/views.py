"""Pages as HTML: templates that escape everything, and the few words they need for times, sizes and reasons."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from scraper.reasons import explained

STATIC: Final = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("scraper.serve"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {"when": when, "kinds": kinds, "bytes": _bytes, "why": explained}
    return made


def prepare() -> None:
    """Make all templates, which are kept as long as the program runs."""
    for name in _environment().list_templates(["html"]):
        _environment().get_template(name)


def page(name: str, code: int = 200, headers: dict[str, str] | None = None, **values: Any) -> Response:
    """The page `name` with these values."""
    text = _environment().get_template(f"{name}.html").render(**values)
    # What no encoding can write is a lone surrogate.
    return Response(text.encode("utf-8", "replace"), code, headers, media_type="text/html; charset=utf-8")


def static(name: str) -> bytes:
    """A file of the style."""
    return resources.files("scraper.serve").joinpath("static", name).read_bytes()


def when(at: datetime) -> Markup:
    """A moment in UTC, to the minute for people: there are hundreds on a page, so it is no macro."""
    text = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup(f'<time datetime="{text[:19]}Z">{text[:10]} {text[11:16]}</time>')  # noqa: S704  # of digits


_SILENT: Final = "Headline, figures, names, quotes or a removal, with no correction notice and no newer date of change"


@lru_cache(maxsize=256)
def kinds(names: tuple[str, ...], stealth: bool) -> Markup:
    """What an edit was. There are few kinds, and few of them together."""
    known = Markup("").join(Markup('<span class="kind">{}</span>').format(name) for name in names)
    silent = Markup('<span class="kind stealth" title="{}">in silence</span>').format(_SILENT) if stealth else ""
    return Markup('<span class="kinds">{}{}</span>').format(known, silent)


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
