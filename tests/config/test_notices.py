"""The `[[notify]]` tables: what they say is read, and every mistake has its line."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from scraper import settings
from scraper.errors import ConfigError
from scraper.notices import Notice
from scraper.tomlfile.notices import KEYS
from tests.config.helpers import OUTLET, folder, said

ROOT = Path(__file__).parents[2]
LEAST = '[[notify]]\nname = "all"\nto = "https://hook.example/a"\n'


def mistakes(config: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings.load(config, environ or {})
    return said(caught.value.mistakes)


def read(config: Path, environ: dict[str, str] | None = None) -> Notice:
    (notice,) = settings.load(config, environ or {}).notify
    return notice


def test_two_lines_are_enough(tmp_path: Path) -> None:
    config = folder(tmp_path, settings=LEAST)
    assert read(config) == Notice("all", "https://hook.example/a", where=f"{config}/scraper.toml:1")


def test_what_a_table_says_is_read(tmp_path: Path) -> None:
    table = LEAST + (
        'secret = "0123456789abcdef"\noutlets = ["example.com"]\nkinds = ["figures", "quotes"]\nstealth = true\n'
        'words = ["port"]\ngone = true\nevery = "1h"\nmost = 5\n'
    )
    config = folder(tmp_path, settings=table, example_com=OUTLET)
    assert read(config) == Notice(
        "all", "https://hook.example/a", "0123456789abcdef", frozenset({"example.com"}),
        frozenset({"figures", "quotes"}), True, ("port",), True, True, timedelta(hours=1), 5,
        f"{config}/scraper.toml:1",
    )  # fmt: skip


def test_a_rule_may_be_about_what_went_only(tmp_path: Path) -> None:
    notice = read(folder(tmp_path, settings=LEAST + 'gone = "only"\n'))
    assert (notice.gone, notice.edits) == (True, False)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('gone = "onyl"', 'gone: has to be true, false, or "only"'),
        ('gone = "only"\nkinds = ["figures"]', '"only" tells of no edits; leave out kinds and stealth'),
        ('gone = "only"\nstealth = true', '"only" tells of no edits; leave out kinds and stealth'),
    ],
)
def test_what_a_rule_cannot_mean_is_a_mistake(tmp_path: Path, line: str, wrong: str) -> None:
    (mistake,) = mistakes(folder(tmp_path, settings=f"{LEAST}{line}\n"))
    assert wrong in mistake


def test_secrets_may_come_from_the_environment(tmp_path: Path) -> None:
    config = folder(tmp_path, settings='[[notify]]\nname = "my-hook"\n')
    environ = {"SCRAPER_NOTIFY_MY_HOOK_TO": "https://hook.example/b", "SCRAPER_NOTIFY_MY_HOOK_SECRET": "x" * 16}
    assert (read(config, environ).to, read(config, environ).secret) == ("https://hook.example/b", "x" * 16)


def test_what_is_secret_is_in_no_repr(tmp_path: Path) -> None:
    shown = repr(read(folder(tmp_path, settings=LEAST + 'secret = "0123456789abcdef"\n')))
    assert "0123456789abcdef" not in shown
    assert "hook.example" not in shown


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ('outlets = ["exampel.com"]', '4 outlets: "exampel.com" is no outlet: there is no outlets/exampel.com.toml; '
                                      "did you mean 'example.com'?"),
        ('kinds = ["figure"]', "did you mean 'figures'?"),
        ('every = "1s"', "4 every: has to be from 10s to 7d, not 1s"),
        ("most = 0", "4 most: has to be a number from 1 to 100, not 0"),
        ('secret = "short"', "4 secret: has to be 16 characters or more; make one with: openssl rand -hex 32"),
        ('word = ["a"]', "4 word: is not a known key here; did you mean 'words'?"),
        ('[[notify]]\nname = "all"\nto = "ntfy://a"', '5 name: "all" is the name of another [[notify]] table'),
        ('[[notify]]\nname = "b"', '4 to: is missing; write to = "https://example.org/hook"'),
        ('[[notify]]\nname = "b"\nto = "https://u:p@hook.example/"', "6 to: "),
        ('[[notify]]\nname = "b"\nto = "example.org"', "6 to: has to be an address such as"),
        ('[[notify]]\nname = "b"\nto = "ntfy://a"\nsecret = "0123456789abcdef"', "7 secret: signs webhooks only"),
        ('[[notify]]\nname = "../b"\nto = "ntfy://a"', "5 name: "),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_line(tmp_path: Path, line: str, mistake: str) -> None:
    found = mistakes(folder(tmp_path, settings=f"{LEAST}{line}\n", example_com=OUTLET))
    assert len(found) == 1
    assert mistake in found[0]


def test_a_variable_about_no_rule_is_a_mistake(tmp_path: Path) -> None:
    config = folder(tmp_path, settings=LEAST)
    (mistake,) = mistakes(config, {"SCRAPER_NOTIFY_AL_SECRET": "x" * 16})
    assert (
        "SCRAPER_NOTIFY_AL_SECRET: is about no [[notify]] table; did you mean 'SCRAPER_NOTIFY_ALL_SECRET'?" in mistake
    )


def test_every_key_is_explained() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    _, _, after = page.partition("\n### `[[notify]]`\n")
    assert set(re.findall(r"(?m)^\| `([a-z]+)` \|", re.split(r"\n##", after)[0])) == set(KEYS)


def test_the_example_in_the_page_is_right(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "notifications.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"(?s)```toml\n(.*?)```", page)
    loaded = settings.load(folder(tmp_path, settings=example), {"SCRAPER_NOTIFY_SILENT_FIGURES_SECRET": "x" * 32})
    assert [notice.name for notice in loaded.notify] == ["silent-figures", "harbour"]


def test_the_example_in_the_shipped_file_is_right(tmp_path: Path) -> None:
    shipped = (ROOT / "config" / "scraper.toml").read_text(encoding="utf-8")
    _, _, after = shipped.partition("# [[notify]]\n")
    lines = [line.removeprefix("#     ") for line in after.split("\n\n")[0].splitlines()]
    assert read(folder(tmp_path, settings="[[notify]]\n" + "\n".join(lines))).name == "figures"
