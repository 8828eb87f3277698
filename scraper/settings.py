"""The service's settings: `config/scraper.toml`, with SCRAPER_<TABLE>_<KEY> in the environment laid over it.

Read once, by whoever starts the program, and handed on as frozen values; nothing here is global. Durations are
timedeltas, sizes are bytes. Every key is explained in `docs/configuration.md`.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from scraper.errors import Mistake
from scraper.notices import Notice
from scraper.tomlfile import files, values
from scraper.tomlfile.files import Table, TomlFile, Wrong
from scraper.tomlfile.notices import notices

FILE: Final = "scraper.toml"

# What stands in the place of a file's name where a variable is wrong.
_ENVIRONMENT: Final = Path("environment")

_MB: Final = 1000**2
_MIB: Final = 1024**2
_GIB: Final = 1024**3


@dataclass(frozen=True, slots=True)
class Network:
    """What may be asked, how fast, how much and how long. `connect_to` maps `host:port` to where to connect instead."""

    user_agent: str = "scraper/0.1 (news archive; its operator has not set a contact)"
    private: tuple[str, ...] = ()
    connect_to: Mapping[str, str] = field(default_factory=dict)
    ca_file: Path | None = None
    delay: timedelta = timedelta(seconds=2)
    deadline: timedelta = timedelta(seconds=60)
    pdf_deadline: timedelta = timedelta(seconds=180)
    connect_timeout: timedelta = timedelta(seconds=10)
    silence: timedelta = timedelta(seconds=20)
    redirects: int = 6
    max_body: int = 10 * _MB
    max_feed: int = 20 * _MIB
    max_sitemap: int = 50 * _MIB
    max_pdf: int = 50 * _MIB


@dataclass(frozen=True, slots=True)
class Serve:
    """Where the API and the pages listen, the token that anything but loopback needs, and under which names (`hosts`)
    they are asked for besides those of the machine itself. `public` is the address under which readers reach the pages,
    with a slash at its end; messages link there."""

    bind: str = "127.0.0.1:8765"
    token: str | None = None
    hosts: tuple[str, ...] = ()
    public: str | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host, without brackets, and port of `bind`."""
        return values.split_endpoint(self.bind)


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """When a WARC file is full, and the free disk space below which nothing new is taken."""

    warc_size: int = _GIB
    low_water: int = _GIB


@dataclass(frozen=True, slots=True)
class ExtractLimits:
    """How many processes read pages, and what one page may cost."""

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    memory: int = _GIB
    timeout: timedelta = timedelta(seconds=20)
    pdf_memory: int = 1536 * _MIB
    pdf_timeout: timedelta = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Visits:
    """How far back a new outlet is read, and how much is asked."""

    first_look_back: timedelta = timedelta(days=30)
    per_host_day: int = 2000
    hosts_at_once: int = 64


@dataclass(frozen=True, slots=True)
class Log:
    """`format` is auto, console or json; `level` debug, info, warning or error."""

    format: str = "auto"
    level: str = "info"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that `config/scraper.toml` can say, with its defaults. `notify` are its `[[notify]]` tables."""

    network: Network = field(default_factory=Network)
    serve: Serve = field(default_factory=Serve)
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)
    extract: ExtractLimits = field(default_factory=ExtractLimits)
    visits: Visits = field(default_factory=Visits)
    log: Log = field(default_factory=Log)
    notify: tuple[Notice, ...] = ()


# ---------------------------------------------------------------------------------------------------- checks


def _token(value: object) -> str:
    word = values.text(value)
    if len(word) < 16 or not word.isascii() or " " in word:
        raise Wrong("has to be 16 characters or more, without spaces; make one with: openssl rand -hex 32")
    return word


def _host(value: object) -> str:
    word = values.text(value, 253)
    if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:]+", word):
        raise Wrong('has to be a host without a port, such as "archive.example.org"')
    return word.lower()


def _public(value: object) -> str:
    word = str(values.url(value))
    if "?" in word:
        raise Wrong('has to end before the "?"')
    return word if word.endswith("/") else f"{word}/"


def _user_agent(value: object) -> str:
    word = values.text(value, 200)
    if not word.isascii():
        raise Wrong("has to be plain ASCII: it is sent as a header")
    return word


def _workers(value: object) -> int:
    return values.number(0, 256)(value) or os.cpu_count() or 1


def _file_in(folder: Path) -> files.Check[Path]:
    def check(value: object) -> Path:
        path = folder / Path(values.text(value)).expanduser()
        if not path.is_file():
            raise Wrong(f'"{path}" is no file')
        return path

    return check


# How a key is taken from its table: one value, a list or a table of them.
_Take = Callable[[Table, str, Any], Any]


def _one(check: files.Check[Any]) -> _Take:
    return lambda table, key, default: table.take(key, check, default)


def _list(check: files.Check[Any]) -> _Take:
    return lambda table, key, default: table.each(key, check) if table.has(key) else default


def _pairs(table: Table, key: str, default: Any) -> Any:
    return table.pairs(key, values.endpoint, values.endpoint) if table.has(key) else default


def _file(table: Table, key: str, default: Any) -> Any:
    return table.take(key, values.optional(_file_in(table.file.path.parent)), default)


_limit = _one(values.size("1KB", "100GB"))
_space = _one(values.size("0B", "100TB"))
_memory = _one(values.size("64MiB", "1TiB"))
_wait = _one(values.duration("10ms", "1d"))

KEYS: Final[Mapping[str, Mapping[str, _Take]]] = {
    "network": {
        "user_agent": _one(_user_agent),
        "private": _list(values.private),
        "connect_to": _pairs,
        "ca_file": _file,
        "delay": _one(values.duration("0s", "1d")),
        "deadline": _wait,
        "pdf_deadline": _wait,
        "connect_timeout": _wait,
        "silence": _wait,
        "redirects": _one(values.number(0, 20)),
        "max_body": _limit,
        "max_feed": _limit,
        "max_sitemap": _limit,
        "max_pdf": _limit,
    },
    "serve": {
        "bind": _one(values.listener),
        "token": _one(values.optional(_token)),
        "hosts": _list(_host),
        "public": _one(values.optional(_public)),
    },
    "archive": {"warc_size": _one(values.size("1KB", "1TB")), "low_water": _space},
    "extract": {
        "workers": _one(_workers),
        "memory": _memory,
        "timeout": _wait,
        "pdf_memory": _memory,
        "pdf_timeout": _wait,
    },
    "visits": {
        "first_look_back": _one(values.duration("0s", "36500d")),
        "per_host_day": _one(values.number(1, 1_000_000)),
        "hosts_at_once": _one(values.number(1, 10_000)),
    },
    "log": {
        "format": _one(values.choice("auto", "console", "json")),
        "level": _one(values.choice("debug", "info", "warning", "error")),
    },
}


# ---------------------------------------------------------------------------------------------------- loading


def load(config_dir: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings in `config_dir`, with the variables of `environ` laid over them; defaults for what neither says.

    None stands for no folder at all. Raises UsageError if there is no such folder, and ConfigError with all mistakes at
    once.
    """
    notes: list[Mistake] = []
    top = _top(config_dir, notes)
    sections = {name: _section(top, name, _default(name), environ, notes) for name in KEYS}
    sections["notify"] = notices(top, config_dir / "outlets" if config_dir else None, environ, notes)
    top.close()
    notes.extend(_strays(environ))
    settings = Settings(**sections)
    if not settings.serve.token and not _is_loopback(settings.serve.address[0]):
        _note_open(top, settings.serve.bind, environ, notes)
    files.raise_if_any(notes)
    return settings


def _top(config_dir: Path | None, notes: list[Mistake]) -> Table:
    if config_dir is None:
        return Table(TomlFile(_ENVIRONMENT, "", notes), (), {})
    files.require_folder(config_dir)
    files.note_open_folder(config_dir, notes)
    path = config_dir / FILE
    found = files.read(path, notes) if path.exists() else None
    return found or Table(TomlFile(path, "", notes), (), {})


def _note_open(top: Table, bind: str, environ: Mapping[str, str], notes: list[Mistake]) -> None:
    """Note that `bind` needs a token, where it was set: a file that says nothing of it is not to blame."""
    variable, why = _variable("serve", "bind"), f"{bind} can be reached from outside, so [serve] needs a token"
    if variable in environ:
        notes.append(Mistake(_ENVIRONMENT, 0, variable, f"{why} or {_variable('serve', 'token')}"))
    else:
        top.table("serve").note("bind", why)


def exposed(config_dir: Path | None) -> str | None:
    """A sentence if `config/scraper.toml` holds something secret and every user of the machine may read it.

    A word of advice, no mistake: within a container, say, all users are one.
    """
    path = config_dir / FILE if config_dir else None
    if path is None or not files.everybody_reads(path):
        return None
    ignored: list[Mistake] = []
    top = _top(config_dir, ignored)
    serve = _section(top, "serve", Serve(), {}, ignored)
    if not serve.token and not any(one.to or one.secret for one in notices(top, None, {}, ignored)):
        return None
    return f"{path} holds a token or a secret, and every user of this machine may read it; run: chmod o-r on it"


def signature(config_dir: Path) -> str:
    """A text that changes when `config/scraper.toml` is written."""
    return files.signature([config_dir / FILE])


def _default(name: str) -> Any:
    return getattr(Settings(), name)


def _section(top: Table, name: str, default: Any, environ: Mapping[str, str], notes: list[Mistake]) -> Any:
    table = top.table(name)
    found = {}
    for key, take in KEYS[name].items():
        value = take(table, key, getattr(default, key))
        variable = _variable(name, key)
        found[key] = _laid_over(variable, environ[variable], take, value, notes) if variable in environ else value
    table.close()
    return replace(default, **found)


def _variable(section: str, key: str) -> str:
    return f"SCRAPER_{section}_{key}".upper()


def _laid_over(variable: str, word: str, take: _Take, default: Any, notes: list[Mistake]) -> Any:
    """What `word` says: text as it stands, or else a number, a list or a table as in the file."""
    wrong: list[Mistake] = []
    for value in (word, _literal(word)):
        found: list[Mistake] = []
        result = take(Table(TomlFile(_ENVIRONMENT, "", found), (), {variable: value}), variable, default)
        if not found:
            return result
        wrong = found
    notes.extend(replace(mistake, word=variable) for mistake in wrong)
    return default


def _literal(word: str) -> object:
    try:
        return tomllib.loads(f"value = {word}").get("value", word)
    except (ValueError, RecursionError):
        return word


def _strays(environ: Mapping[str, str]) -> list[Mistake]:
    """Variables that are nearly ours: a misspelt limit must not be taken for one that is set."""
    known = {_variable(section, key) for section, keys in KEYS.items() for key in keys}
    prefixes = tuple(_variable(section, "") for section in KEYS)
    strays = sorted(name for name in environ if name.startswith(prefixes) and name not in known)
    return [Mistake(_ENVIRONMENT, 0, n, f"is not a known variable{files.meant(n, known)}") for n in strays]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
