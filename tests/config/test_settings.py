"""The service's settings."""

from __future__ import annotations

import os
import pickle
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from scraper import settings
from scraper.errors import ConfigError, UsageError
from scraper.settings import Settings
from tests.config.helpers import folder, said


def mistakes(config: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings.load(config, environ or {})
    return said(caught.value.mistakes)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert settings.load(tmp_path, {}) == Settings()


def test_without_the_folder_the_answer_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--config DIR"):
        settings.load(tmp_path / "none", {})


def test_every_key_has_a_check_and_every_check_a_key() -> None:
    tables = [part.name for part in fields(Settings) if part.name != "notify"]  # [[notify]] is a list of tables
    wanted = {name: {field.name for field in fields(getattr(Settings(), name))} for name in tables}
    assert {name: set(keys) for name, keys in settings.KEYS.items()} == wanted


def test_what_the_file_says_is_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    config = folder(
        tmp_path,
        settings="""
        [network]
        user_agent = "tests/1.0 (+https://example.org/tests)"
        private = ["10.1.0.0/16", "127.0.0.1:8700"]
        connect_to = {"Example.com:443" = "127.0.0.1:8443"}
        ca_file = "ca.pem"
        delay = "200ms"
        max_body = "1MB"
        deadline = "1m30s"
        [serve]
        bind = "0.0.0.0:8000"
        token = "0123456789abcdef"
        [extract]
        workers = 3
        [log]
        format = "json"
        """,
    )
    read = settings.load(config, {})
    network = read.network
    assert (network.private, network.connect_to) == (
        ("10.1.0.0/16", "127.0.0.1:8700"),
        {"example.com:443": "127.0.0.1:8443"},
    )
    assert (network.delay, network.deadline, network.max_body) == (
        timedelta(milliseconds=200),
        timedelta(seconds=90),
        1_000_000,
    )
    assert (network.ca_file, read.serve.address) == (tmp_path / "ca.pem", ("0.0.0.0", 8000))
    assert (read.serve.token, read.extract.workers, read.log.format) == ("0123456789abcdef", 3, "json")


def test_zero_workers_means_one_for_each_processor(tmp_path: Path) -> None:
    config = folder(tmp_path, settings="[extract]\nworkers = 0\n")
    assert settings.load(config, {}).extract.workers == (os.cpu_count() or 1)


def test_all_mistakes_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    config = folder(
        tmp_path,
        settings="""\
        [network]
        dealy = "2s"
        delay = "2 seconds"
        private = [
          "10.0.0.0/8",
          "0.0.0.0/0",
        ]
        ca_file = "none.pem"
        [network.connect_to]
        "example.com" = "127.0.0.1:80"
        [serv]
        bind = "127.0.0.1:80"
        [extract]
        workers = "four"
        [log]
        level = "inf"
        """,
    )
    told = mistakes(config)
    assert [line.split(": ")[0] for line in told] == [
        "2 dealy", "3 delay", "6 private", "8 ca_file", "10 example.com", "11 serv", "14 workers", "16 level",
    ]  # fmt: skip
    assert told[0].endswith("did you mean 'delay'?")


def test_a_mistake_is_printed_as_file_line_word_and_what_is_wrong(tmp_path: Path) -> None:
    config = folder(tmp_path, settings="[network]\nredirects = 99\n")
    with pytest.raises(ConfigError) as caught:
        settings.load(config, {})
    assert str(caught.value) == f"{tmp_path}/scraper.toml:2: redirects: has to be a number from 0 to 20, not 99"


@pytest.mark.parametrize("bind", ["127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "localhost:0"])
def test_loopback_needs_no_token(tmp_path: Path, bind: str) -> None:
    config = folder(tmp_path, settings=f'[serve]\nbind = "{bind}"\n')
    assert settings.load(config, {}).serve.bind == bind


@pytest.mark.parametrize("bind", ["0.0.0.0:1", "[::]:1", "192.168.1.5:1", "example.com:1", "localhost.example.com:1"])
def test_any_other_bind_is_refused_without_a_token(tmp_path: Path, bind: str) -> None:
    config = folder(tmp_path, settings=f'[serve]\nbind = "{bind}"\n')
    assert mistakes(config) == [f"2 bind: {bind} can be reached from outside, so [serve] needs a token"]


@pytest.mark.parametrize("token", ["short", "with spaces in between it", "sechzehn-Zeichen-ü"])
def test_a_weak_token_is_refused(tmp_path: Path, token: str) -> None:
    config = folder(tmp_path, settings=f'[serve]\ntoken = "{token}"\n')
    assert "16 characters or more" in mistakes(config)[0]


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    config = folder(tmp_path, settings='[network]\ndelay = "9s"\nprivate = ["10.0.0.0/8"]\n')
    read = settings.load(
        config,
        {
            "SCRAPER_NETWORK_DELAY": "1s",
            "SCRAPER_NETWORK_PRIVATE": '["127.0.0.1:8700"]',
            "SCRAPER_NETWORK_CONNECT_TO": '{"a.example:443" = "127.0.0.1:8443"}',
            "SCRAPER_EXTRACT_WORKERS": "7",
            "SCRAPER_SERVE_TOKEN": "1234567890123456",
            "SCRAPER_ARCHIVE": "elsewhere",
            "SCRAPER_CONFIG": "here",
        },
    )
    assert (read.network.delay, read.network.private) == (timedelta(seconds=1), ("127.0.0.1:8700",))
    assert read.network.connect_to == {"a.example:443": "127.0.0.1:8443"}
    assert (read.extract.workers, read.serve.token) == (7, "1234567890123456")


def test_mistakes_in_the_environment_are_named_by_their_variable(tmp_path: Path) -> None:
    environ = {"SCRAPER_EXTRACT_WORKERS": "many", "SCRAPER_NETWORK_DELY": "1s"}
    assert mistakes(tmp_path, environ) == [
        '0 SCRAPER_EXTRACT_WORKERS: has to be a whole number, not "many"',
        "0 SCRAPER_NETWORK_DELY: is not a known variable; did you mean 'SCRAPER_NETWORK_DELAY'?",
    ]


def test_a_variable_that_opens_the_door_is_blamed_instead_of_the_file(tmp_path: Path) -> None:
    config = folder(tmp_path, settings='[serve]\nbind = "127.0.0.1:1"\n')
    [mistake] = mistakes(config, {"SCRAPER_SERVE_BIND": "0.0.0.0:1"})
    assert mistake.startswith("0 SCRAPER_SERVE_BIND: 0.0.0.0:1 can be reached from outside")


def test_without_a_folder_the_environment_is_heard(tmp_path: Path) -> None:
    assert settings.load(None, {}) == Settings()
    assert settings.load(None, {"SCRAPER_NETWORK_DELAY": "1s"}).network.delay == timedelta(seconds=1)


def test_settings_cross_into_other_processes() -> None:
    assert pickle.loads(pickle.dumps(Settings())) == Settings()  # noqa: S301  # our own bytes


def test_the_signature_changes_when_the_file_does(tmp_path: Path) -> None:
    before = settings.signature(tmp_path)
    folder(tmp_path, settings='[network]\ndelay = "1s"\n')
    assert settings.signature(tmp_path) != before


@pytest.mark.parametrize("mode", [0o777, 0o1777], ids=["plain", "sticky"])
def test_a_folder_that_everybody_may_put_files_into_is_not_believed(tmp_path: Path, mode: int) -> None:
    """S10: also a sticky one, in which nobody can replace what is there: a file that is missing is easily added."""
    config = folder(tmp_path / "config", settings="")
    config.chmod(mode)
    with pytest.raises(ConfigError, match="every user of this machine may put files here; run: chmod o-w") as caught:
        settings.load(config, {})
    assert [mistake.file for mistake in caught.value.mistakes] == [config]


TOKEN = '[serve]\ntoken = "0123456789abcdef"\n'
NOTIFY = '[[notify]]\nname = "all"\nto = "https://hooks.example/T0/B0/secret-in-the-address"\n'


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        (TOKEN, 0o644, True),
        (TOKEN, 0o640, False),
        (NOTIFY, 0o644, True),
        ('[serve]\nbind = "127.0.0.1:1"\n', 0o644, False),
        ('[serve]\nbind = "0.0.0.0:1"\n', 0o644, False),
    ],
    ids=["token", "token-of-a-group", "webhook", "no-secret", "token-in-the-environment"],
)
def test_a_secret_that_everybody_may_read_is_told_of(tmp_path: Path, text: str, mode: int, told: bool) -> None:
    """S10: advice in one sentence that does not repeat the secret; nothing is refused for it."""
    config = folder(tmp_path / "config", settings=text)
    (config / "scraper.toml").chmod(mode)
    said = settings.exposed(config)
    assert bool(said) == told
    assert not said or ("chmod o-r" in said and "0123" not in said and "hooks" not in said)
