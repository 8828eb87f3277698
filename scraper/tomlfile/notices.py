"""The `[[notify]]` tables of `config/scraper.toml`, with SCRAPER_NOTIFY_<NAME>_TO and _SECRET laid over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args

from scraper.errors import Mistake
from scraper.model import EditKind
from scraper.notices import Notice
from scraper.tomlfile import files, values
from scraper.tomlfile.files import Table, Wrong

KEYS: Final = ("name", "to", "secret", "outlets", "kinds", "stealth", "words", "gone", "every", "most")
_ENVIRONMENT: Final = Path("environment")
_PREFIX: Final = "SCRAPER_NOTIFY_"
_SCHEME: Final = re.compile(r"([a-z0-9][a-z0-9+.-]*)://\S+", re.IGNORECASE)
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def notices(top: Table, outlets: Path | None, environ: Mapping[str, str], notes: list[Mistake]) -> tuple[Notice, ...]:
    """All tables that are right; the mistakes of the others are noted. `outlets` is the folder that names them."""
    known = {path.stem for path in files.names_in(outlets)} if outlets else set()
    found: dict[str, Notice] = {}
    variables: set[str] = set()
    for table in top.tables("notify"):
        name = table.need("name", _name, '"figures"')
        if name in found:
            table.note("name", f'"{name}" is the name of another [[notify]] table')
        notice = _notice(table, name or "", known, environ, notes)
        variables |= {_variable(name or "", "to"), _variable(name or "", "secret")}
        table.close()
        found |= {name: notice} if name else {}
    strays = sorted(name for name in environ if name.startswith(_PREFIX) and name not in variables)
    notes.extend(
        Mistake(_ENVIRONMENT, 0, n, f"is about no [[notify]] table{files.meant(n, variables)}") for n in strays
    )
    return tuple(found.values())


def _notice(table: Table, name: str, known: set[str], environ: Mapping[str, str], notes: list[Mistake]) -> Notice:
    plain = Notice(name, "")
    to = _laid_over(table, name, "to", environ, notes)
    if to is None and not table.has("to"):
        table.note(None, 'is missing; write to = "https://example.org/hook"', "to")
    secret = _laid_over(table, name, "secret", environ, notes)
    gone, edits = table.take("gone", _gone, (plain.gone, plain.edits))
    notice = Notice(
        name,
        to or "",
        secret,
        frozenset(table.each("outlets", _outlet(known))),
        frozenset(table.each("kinds", values.choice(*get_args(EditKind)))),  # type: ignore[arg-type]  # one of these words
        table.take("stealth", values.flag, plain.stealth),
        table.each("words", _word),
        gone,
        edits,
        table.take("every", values.duration("10s", "7d"), plain.every),
        table.take("most", values.number(1, 100), plain.most),
        f"{table.file.path}:{table.file.line(table.path)}",
    )
    if not edits and (notice.kinds or notice.stealth):
        table.note("gone", '"only" tells of no edits; leave out kinds and stealth, or write true')
    if secret and to and not notice.is_webhook:
        table.note("secret", "signs webhooks only; leave it out for other services")
    return notice


def _laid_over(table: Table, name: str, key: str, environ: Mapping[str, str], notes: list[Mistake]) -> str | None:
    """The value of `key`: the variable's, if there is one, else that of the file."""
    check = _to if key == "to" else values.optional(_secret)
    value: str | None = table.take(key, check, None)
    variable = _variable(name, key)
    if variable not in environ:
        return value
    try:
        result: str | None = check(environ[variable])
    except Wrong as why:
        notes.append(Mistake(_ENVIRONMENT, 0, variable, str(why)))
        return value
    return result


def _variable(name: str, key: str) -> str:
    return f"{_PREFIX}{name}_{key}".replace("-", "_").upper()


def _name(value: object) -> str:
    word = values.text(value, 40)
    if not _NAME.fullmatch(word):
        raise Wrong(f'"{word}" has to be small letters, digits and "-"')
    return word


def _to(value: object) -> str:
    word = values.text(value, 2000)
    match = _SCHEME.fullmatch(word)
    if not match:
        raise Wrong('has to be an address such as "https://example.org/hook" or "ntfy://topic"')
    if match[1].lower() in {"http", "https"}:
        values.url(word)
    return word


def _secret(value: object) -> str:
    word = values.text(value)
    if len(word) < 16 or not word.isascii():
        raise Wrong("has to be 16 characters or more; make one with: openssl rand -hex 32")
    return word


def _gone(value: object) -> tuple[bool, bool]:
    """Whether articles that went are told of, and whether edits are."""
    if value == "only":
        return True, False
    try:
        return values.flag(value), True
    except Wrong:
        raise Wrong('has to be true, false, or "only"') from None


def _word(value: object) -> str:
    return values.text(value, 100)


def _outlet(known: set[str]) -> files.Check[str]:
    def check(value: object) -> str:
        word = values.text(value, 253)
        if word not in known:
            raise Wrong(f'"{word}" is no outlet: there is no outlets/{word}.toml{files.meant(word, known)}')
        return word

    return check
