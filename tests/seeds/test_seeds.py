"""The reference documents: each page gives its snapshot, byte for byte."""

from __future__ import annotations

import hashlib
import runpy
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from scraper import extract, outlets
from scraper.article import Article, render
from scraper.model import Outlet

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
NAMES = sorted(folder.name for folder in SEEDS.iterdir() if folder.is_dir())


@dataclass(frozen=True)
class Seed:
    """A page and the snapshot it has to give."""

    page: bytes
    url: str
    content_type: str
    outlet: str
    snapshot: Path

    def read(self, outlet: Outlet | None) -> Article:
        return extract(self.page, self.url, content_type=self.content_type, outlet=outlet)


def seed(name: str) -> Seed:
    folder = SEEDS / name
    meta = tomllib.loads((folder / "meta.toml").read_text(encoding="utf-8"))
    (page,) = folder.glob("page.*")
    (snapshot,) = folder.glob("000_*.txt")
    return Seed(page.read_bytes(), meta["url"], meta["content_type"], meta["outlet"], snapshot)


def shipped(outlet: str) -> Outlet:
    """The outlet as `config/outlets` describes it."""
    return outlets.load(ROOT / "config")[outlet]


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_gives_its_snapshot_byte_for_byte(name: str) -> None:
    one = seed(name)
    assert render(one.read(shipped(one.outlet))).encode() == one.snapshot.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_without_the_outlets_rules_the_body_is_the_same(name: str) -> None:
    one = seed(name)
    assert one.read(None).blocks == one.read(shipped(one.outlet)).blocks


@pytest.mark.parametrize("name", NAMES)
def test_a_snapshot_is_named_after_its_bytes(name: str) -> None:
    snapshot = seed(name).snapshot
    digest = hashlib.sha256(snapshot.read_bytes()).hexdigest()
    assert snapshot.name == f"000_{digest[:16]}.txt"


@pytest.mark.parametrize("name", NAMES)
def test_a_snapshot_is_written_in_the_format(name: str) -> None:
    text = seed(name).snapshot.read_bytes().decode("utf-8")
    assert text.endswith(">\n")
    assert not {"\r", "\u00a0", "\ufeff", "\u200b"} & set(text)
    assert "\n\n\n" not in text


def test_the_two_pages_of_one_outlet_share_background_and_banners() -> None:
    """What repeats is not therefore noise: these pages would show a rule that thinks so."""
    first, second = (seed(name) for name in ("ki-station-leaving", "ki-station-gone"))
    shared = set(_paragraphs(first)) & set(_paragraphs(second))
    assert sum(len(text) > 80 for text in shared) == 2


def _paragraphs(one: Seed) -> list[str]:
    return one.snapshot.read_text(encoding="utf-8").split("\n\n")


def test_the_pdf_is_what_its_script_makes() -> None:
    script = runpy.run_path(str(SEEDS / "make_pdf.py"))
    assert script["make"]() == seed("mt-station-leaving-pdf").page
