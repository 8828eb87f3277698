"""The configuration that comes with the program, and the page that explains it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper import outlets, settings
from scraper.discover.admit import refusal
from scraper.model import Outlet, Paging, Rule, SourceKind
from scraper.settings import Settings
from scraper.text import clean
from tests.config.helpers import folder

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
DOCS = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
SHIPPED = (CONFIG / "scraper.toml").read_text(encoding="utf-8")
FILES = sorted((CONFIG / "outlets").glob("*.toml"))
FIRST = ["kyivindependent.com", "themoscowtimes.com", "theatlasnews.co"]


@pytest.fixture(scope="module")
def shipped() -> outlets.Outlets:
    return outlets.load(CONFIG)


def test_there_is_no_mistake_in_what_is_shipped() -> None:
    assert outlets.check(CONFIG) == []


def test_the_first_three_outlets_are_there(shipped: outlets.Outlets) -> None:
    assert set(FIRST) <= set(shipped)


def test_the_shipped_settings_are_the_defaults() -> None:
    assert settings.load(CONFIG, {}) == Settings()


def test_the_defaults_shown_in_the_file_are_those_of_the_program(tmp_path: Path) -> None:
    shown = re.sub(r"(?m)^# (?=[a-z_]+ = )", "", SHIPPED)
    assert settings.load(folder(tmp_path, settings=shown), {}) == Settings()


def test_the_file_shows_every_key_with_its_default() -> None:
    shown = tomllib.loads(re.sub(r"(?m)^# (?=[a-z_]+ = )", "", SHIPPED))
    assert {name: set(keys) for name, keys in shown.items()} == {
        name: set(keys) for name, keys in settings.KEYS.items()
    }


def tables(heading: str) -> dict[str, str]:
    """First column → second, of the table under `heading` in the page."""
    _, _, after = DOCS.partition(f"\n{heading}\n")
    assert after, heading
    rows = re.findall(r"(?m)^\| `([a-z_]+)` \| (.*?) \|", re.split(r"\n##", after)[0])
    return dict(rows)


@pytest.mark.parametrize("section", settings.KEYS)
def test_every_setting_is_explained(section: str) -> None:
    assert set(tables(f"### `[{section}]`")) == set(settings.KEYS[section])


@pytest.mark.parametrize("section", settings.KEYS)
def test_the_defaults_in_the_page_are_those_of_the_file(section: str) -> None:
    shown = tomllib.loads(re.sub(r"(?m)^# (?=[a-z_]+ = )", "", SHIPPED))[section]
    told = {key: cell.strip("`") for key, cell in tables(f"### `[{section}]`").items() if cell.startswith("`")}
    assert {key: tomllib.loads(f"x = {cell}")["x"] for key, cell in told.items()} == {
        key: value for key, value in shown.items() if key != "user_agent"
    }


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("## An outlet: `outlets/<domain>.toml`",
         {field.name for field in fields(Outlet)} - {"id", "sources", "admit", "pages", "rules"}),
        ("### `[[sources]]`: where it announces articles", {"kind", "url", "every", "cron"}),
        ("### `[admit]`: which addresses are articles", {"only", "never"}),
        ("### `[pages]`: articles on several pages", {field.name for field in fields(Paging)}),
        ("### `[[rules]]`: what its pages look like", {field.name for field in fields(Rule)}),
        ("### `[[examples]]`: proofs of the patterns", {"url", "article", "same_as"}),
    ],
)  # fmt: skip
def test_every_word_of_an_outlets_file_is_explained(heading: str, keys: set[str]) -> None:
    assert set(tables(heading)) == keys


@pytest.mark.parametrize("word", [*outlets.FIELDS, *get_args(SourceKind)])
def test_every_field_and_kind_is_named_in_the_page(word: str) -> None:
    assert re.search(rf'`"?{word}"?`', DOCS)


def test_the_examples_in_the_page_are_right(tmp_path: Path) -> None:
    small, large, preset = re.findall(r"(?s)```toml\n(.*?)```", DOCS)
    folder(tmp_path / "a", example_com=large, preset_ghost=preset)
    folder(tmp_path / "b", example_com=small)
    assert [outlets.check(tmp_path / "a"), outlets.check(tmp_path / "b")] == [[], []]


def used(data: Any) -> set[str]:
    """All keys within `data`."""
    if isinstance(data, dict):
        return set(data).union(*map(used, data.values()))
    return set().union(*map(used, data)) if isinstance(data, list) else set()


def test_the_example_in_the_page_uses_every_word() -> None:
    large = tomllib.loads(re.findall(r"(?s)```toml\n(.*?)```", DOCS)[1])
    assert used(large) >= {field.name for field in fields(Outlet)} - {"id"} | {field.name for field in fields(Rule)}
    assert used(large) >= {field.name for field in fields(Paging)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_each_outlet_has_sources_and_examples_of_both_kinds(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    assert data["sources"]
    assert {example["article"] for example in data["examples"]} >= {True}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_discovery_agrees_with_the_examples(path: Path, shipped: outlets.Outlets) -> None:
    outlet = shipped[path.stem]
    for example in tomllib.loads(path.read_text(encoding="utf-8"))["examples"]:
        assert (refusal(outlet, example["url"]) is None) is example["article"], example["url"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_an_example_is_found_to_be_its_outlets(path: Path, shipped: outlets.Outlets) -> None:
    for example in tomllib.loads(path.read_text(encoding="utf-8"))["examples"]:
        assert shipped.for_url(example["url"]) is shipped[path.stem]


def test_no_source_is_asked_more_often_than_every_ten_minutes(shipped: outlets.Outlets) -> None:
    rhythms = [source.every for outlet in shipped.values() for source in outlet.sources]
    assert min(every for every in rhythms if every) >= timedelta(minutes=10)


def test_notices_of_correction_are_never_dropped(shipped: outlets.Outlets) -> None:
    dropped = [selector for outlet in shipped.values() for rule in outlet.rules for selector in rule.drop]
    assert not [selector for selector in dropped if re.search(r"(?i)correct|clarif|editor.?s?.?note", selector)]


@pytest.mark.parametrize(
    "line",
    [
        "AFP contributed reporting.",
        "Shifting Dynamics",
        "What Happened:",
        "The Details:",
        "Editor's note: This is a developing story and is being updated.",
        "Correction: An earlier version of this article misspelled a name.",
        "Subscribe",
        "Read more",
        "Reporting by Ann Example; Editing by Bo Example",
        "Become a member of the European Union: that is what the government wants by 2030.",
    ],
)
def test_short_true_lines_survive_the_rules_of_all_outlets(shipped: outlets.Outlets, line: str) -> None:
    patterns = [pattern for outlet in shipped.values() for rule in outlet.rules for pattern in rule.drop_text]
    assert not [pattern for pattern in patterns if re.fullmatch(pattern, line)]


def test_loading_loads_no_parser_and_no_scheduler() -> None:
    """Whoever only wants help or a setting does not wait for libraries that read pages."""
    code = (
        "import sys, pathlib; from scraper import outlets, settings; "
        f"settings.load(pathlib.Path({str(CONFIG)!r}), {{}}); outlets.signature(pathlib.Path({str(CONFIG)!r})); "
        "print(*sorted({'lxml', 'selectolax', 'apscheduler', 'tld', 'trafilatura', 'httpx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


SEEDS = sorted(path.parent for path in (ROOT / "seeds").glob("*/page.html"))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: str(path.name))
def test_rules_leave_every_line_of_the_reference_articles(seed: Path, shipped: outlets.Outlets) -> None:
    outlet = shipped[tomllib.loads((seed / "meta.toml").read_text(encoding="utf-8"))["outlet"]]
    page = LexborHTMLParser((seed / "page.html").read_bytes())
    for selector in [selector for rule in outlet.rules for selector in rule.drop]:
        for node in page.css(selector):
            node.decompose()
    left = clean(page.body.text() if page.body else "")
    text = next(seed.glob("000_*.txt")).read_text(encoding="utf-8")
    body = [line for line in text.split("\n\n")[3:-2] if len(line) > 1]
    assert len(body) > 5
    assert not [line for line in body if line.removeprefix("> ") not in left]
