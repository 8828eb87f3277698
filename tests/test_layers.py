"""Who may import whom, and why. An arrow that is not allowed here fails the build."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import scraper

ROOT = Path(scraper.__file__).parent
VERBS = {"discover", "fetch", "gather", "extract", "compare", "store", "serve", "notify"}
NOUNS = {
    "article",
    "model",
    "errors",
    "text",
    "screen",
    "urls",
    "trackers",
    "hints",
    "charset",
    "codings",
    "interfaces",
    "cadence",
    "widgets",
    "paging",
    "likeness",
    "copies",
    "reports",
    "present",
    "drift",
    "attention",
    "words",
    "query",
    "hits",
    "habits",
    "reasons",
    "notices",
}
DATA = {"settings", "outlets", "tomlfile"}

# Each outside library has one door, so that its errors and habits meet us in one place only.
DOORS = {
    "httpx": {"fetch"},
    "httpcore": {"fetch"},
    "ssrfguard": {"fetch", "settings", "outlets", "tomlfile"},
    "protego": {"fetch"},
    "trafilatura": {"extract"},
    "selectolax": {"extract", "discover", "tomlfile", "outlets"},
    "pypdfium2": {"extract"},
    "feedparser": {"discover"},
    "fastfeedparser": {"discover"},
    "warcio": {"store"},
    "apsw": {"store"},
    "pyarrow": {"store"},
    "snowballstemmer": {"store"},
    "rapidfuzz": {"compare"},
    "yarl": {"urls"},
    "tld": {"urls"},
    "starlette": {"serve", "demo"},
    "uvicorn": {"web", "connections", "demo"},
    "jinja2": {"serve"},
    "prometheus_client": {"serve"},
    "apprise": {"notify"},
    "apscheduler": {"daemon", "schedule", "outlets", "tomlfile"},
}
# Extraction and comparison are pure: the same bytes give the same answer, anywhere and at any time.
IMPURE = {
    "socket",
    "asyncio",
    "anyio",
    "os",
    "pathlib",
    "tempfile",
    "subprocess",
    "time",
    "random",
    "sqlite3",
    "urllib.request",
}


def modules() -> list[tuple[str, Path]]:
    """Each module with the part it belongs to: the first folder, or the file's own name."""
    return [(path.relative_to(ROOT).parts[0].removesuffix(".py"), path) for path in sorted(ROOT.rglob("*.py"))]


@cache
def imports(path: Path) -> frozenset[str]:
    """All modules that `path` imports, wherever in the file it does so."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return frozenset(found)


def parts_imported(path: Path) -> set[str]:
    """The parts of this program that `path` imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("scraper.")}


@pytest.mark.parametrize(
    ("part", "path"), modules(), ids=lambda value: str(value) if isinstance(value, str) else value.name
)
def test_imports_point_down(part: str, path: Path) -> None:
    """Nouns know nothing but nouns, data knows nouns, a verb never knows another verb nor the settings."""
    used = parts_imported(path) - {part}
    if part in NOUNS:
        assert used <= NOUNS
    elif part in DATA:
        assert used <= NOUNS | DATA
    elif part in VERBS:
        assert used <= NOUNS


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_one_door(library: str) -> None:
    """A library is imported where its door is, and nowhere else."""
    users = {part for part, path in modules() if any(n.split(".")[0] == library for n in imports(path))}
    assert users <= DOORS[library]


@pytest.mark.parametrize("verb", ["extract", "compare"])
def test_pure_verbs_see_no_world(verb: str) -> None:
    """No socket, disk, clock or chance in extraction and comparison."""
    for part, path in modules():
        if part == verb:
            assert not imports(path) & IMPURE, path


def test_no_outlet_in_the_code() -> None:
    """Outlets are data: the package names none of them."""
    domains = [path.stem for path in (ROOT.parent / "config" / "outlets").glob("*.toml")]
    assert domains
    pattern = re.compile("|".join(map(re.escape, domains)))
    guilty = [p for part, p in modules() if part != "demo" and pattern.search(p.read_text(encoding="utf-8"))]
    assert not guilty
