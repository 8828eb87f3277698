"""Pages as HTML: templates that escape everything, and the few words they need for times, sizes and reasons."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from scraper.reasons import explained

STATIC: Final = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("scraper.serve"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {"iso": _iso, "moment": _moment, "bytes": _bytes, "why": explained}
    return made


def prepare() -> None:
    """Make all templates, which are kept as long as the program runs."""
    for name in _environment().list_templates(["html"]):
        _environment().get_template(name)


def page(name: str, code: int = 200, headers: dict[str, str] | None = None, **values: Any) -> Response:
    """The page `name` with these values."""
    text = _environment().get_template(f"{name}.html").render(**values)
    return Response(_sound(text), code, headers, media_type="text/html; charset=utf-8")


def static(name: str) -> bytes:
    """A file of the style."""
    return resources.files("scraper.serve").joinpath("static", name).read_bytes()


def _sound(text: str) -> str:
    """Without lone surrogates, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
