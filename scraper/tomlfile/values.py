"""What a single value in a configuration file may be: each check takes what TOML gave and returns what the program
uses, or raises Wrong with the rest of a sentence that begins with the key.

Libraries that only some values need are loaded where they are needed.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import date, datetime, timedelta
from typing import Any, Final

from scraper.tomlfile.files import Check, Wrong, kind, meant

_DURATION = re.compile(
    r"(?:(?P<days>[0-9]{1,6})d)?(?:(?P<hours>[0-9]{1,6})h)?(?:(?P<minutes>[0-9]{1,6})m)?"
    r"(?:(?P<seconds>[0-9]{1,6}(?:\.[0-9]{1,3})?)s)?(?:(?P<milliseconds>[0-9]{1,6})ms)?"
)
_SIZE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?([kKMGT]i?)?B")
_POWERS: Final = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)*{_LABEL}")
_ENDPOINT = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[^\[\]:/@\s]+)):(?P<port>[0-9]{1,5})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-[A-Za-z0-9]{5,8})*")
_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


# ---------------------------------------------------------------------------------------------------- plain


def text(value: object, most: int = 500) -> str:
    """One line of text."""
    if not isinstance(value, str):
        raise Wrong(f"has to be text in quotes, not {kind(value)}")
    if not value.strip():
        raise Wrong("is empty")
    if len(value) > most:
        raise Wrong(f"is longer than {most} characters")
    if _CONTROL.search(value):
        raise Wrong("contains a line break or another control character")
    if value != value.strip():
        raise Wrong("begins or ends with a space")
    return value


def optional(check: Check[Any]) -> Check[Any]:
    """`check`, where empty text says that there is none."""
    return lambda value: None if value == "" else check(value)


def flag(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Wrong(f"has to be true or false, not {kind(value)}")
    return value


def number(least: int, most: int) -> Check[int]:
    """A whole number from `least` to `most`."""

    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong(f"has to be a whole number, not {_shown(value)}")
        if not least <= value <= most:
            raise Wrong(f"has to be a number from {least} to {most}, not {value}")
        return value

    return check


def choice(*words: str) -> Check[str]:
    """One of `words`."""

    def check(value: object) -> str:
        if value not in words:
            raise Wrong(f"has to be {_or(words)}, not {_shown(value)}{meant(str(value), words)}")
        return str(value)

    return check


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"')))


def _shown(value: object) -> str:
    return f'"{value[:100]}"' if isinstance(value, str) else kind(value) if not isinstance(value, int) else str(value)


def name(value: object) -> str:
    """A short word of small letters, digits, `-`, `_` and `.`; never a path."""
    word = text(value, 60)
    if not _NAME.fullmatch(word):
        raise Wrong(f'"{word}" has to be small letters, digits and "-"')
    return word


def day(value: object) -> date:
    """A calendar day, as TOML writes it."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise Wrong("has to be a day without quotes and time of day, such as 2026-02-03")


# ---------------------------------------------------------------------------------------------------- amounts


def duration(least: str, most: str) -> Check[timedelta]:
    """A length of time from `least` to `most`: `1h30m`, `200ms`; units d, h, m, s, ms in this order."""

    def check(value: object) -> timedelta:
        found = _duration(value)
        if not _duration(least) <= found <= _duration(most):
            raise Wrong(f"has to be from {least} to {most}, not {value}")
        return found

    return check


def _duration(value: object) -> timedelta:
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if not match:
        raise Wrong(f'has to be a length of time such as "10m", "1h30m" or "200ms", not {_shown(value)}')
    return timedelta(**{unit: float(amount) for unit, amount in match.groupdict().items() if amount})


def size(least: str, most: str) -> Check[int]:
    """An amount of memory or disk in bytes, from `least` to `most`: `10MB` is 10⁷, `10MiB` 10·2²⁰."""

    def check(value: object) -> int:
        found = _size(value)
        if not _size(least) <= found <= _size(most):
            raise Wrong(f"has to be from {least} to {most}, not {value}")
        return found

    return check


def _size(value: object) -> int:
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise Wrong(f'has to be a size such as "10MB" or "512KiB", not {_shown(value)}')
    prefix = (match[2] or "").upper()
    step = 1024 if prefix.endswith("I") else 1000
    factor: int = step ** _POWERS[prefix[:1]]
    return round(float(match[1]) * factor)


# ---------------------------------------------------------------------------------------------------- network


def url(value: object) -> str:
    """A whole http or https address, as written in one way by `urls.parse`; without fragment."""
    from scraper.errors import UrlError  # noqa: PLC0415 - with urls: settings without addresses start without them
    from scraper.urls import parse  # noqa: PLC0415

    word = text(value, 2000)
    if "#" in word:
        raise Wrong('has to end before the "#", which is never sent')
    try:
        return parse(word)
    except UrlError as exc:
        raise Wrong(str(exc)) from exc


def host(value: object) -> str:
    """A host name in small letters, international ones in Punycode; `*.` in front means all below it."""
    word = text(value, 300).lower()
    bare, _, port = word.removeprefix("*.").partition(":")
    if not _HOST.fullmatch(_ascii(bare)) or (port and not _is_port(port)):
        raise Wrong(f'"{word}" has to be a host name such as "example.com" or "*.example.com"')
    return ("*." if word.startswith("*.") else "") + _ascii(bare) + (f":{port}" if port else "")


def is_domain(word: str) -> bool:
    """Whether `word` can name an outlet: a whole host name as it is looked up, an address, or localhost."""
    return bool(_HOST.fullmatch(word)) and ("." in word or word == "localhost")


def is_nameless(host_name: str) -> bool:
    """Whether a host has no domain to be called by: an address, or this machine."""
    return host_name == "localhost" or _is_address(host_name)


def _ascii(word: str) -> str:
    try:
        return word.encode("idna").decode() if not word.isascii() else word
    except UnicodeError:
        return word


def _is_port(port: str) -> bool:
    return port.isdecimal() and 0 < int(port) < 65536


def endpoint(value: object) -> str:
    """A host and a port: `127.0.0.1:8443`, `[::1]:80`, `example.com:443`."""
    return _endpoint(value, 1)


def listener(value: object) -> str:
    """An `endpoint` to listen at; port 0 lets the system choose one."""
    return _endpoint(value, 0)


def _endpoint(value: object, least: int) -> str:
    word = text(value, 300)
    match = _ENDPOINT.fullmatch(word)
    if not match or not least <= int(match["port"]) < 65536:
        raise Wrong(f'"{word}" has to be a host and a port such as "example.com:443"')
    if match["six"]:
        return f"[{_address(match['six'])}]:{int(match['port'])}"
    if not _HOST.fullmatch(_ascii(match["name"].lower())):
        raise Wrong(f'"{word}" does not begin with the name or address of a host')
    return f"{_ascii(match['name'].lower())}:{int(match['port'])}"


def _address(word: str) -> ipaddress.IPv6Address:
    try:
        return ipaddress.IPv6Address(word)
    except ValueError as exc:
        raise Wrong(f'"{word}" is no IPv6 address: {exc}') from exc


def split_endpoint(word: str) -> tuple[str, int]:
    """Host, without brackets, and port of a checked endpoint."""
    left, _, port = word.rpartition(":")
    return left.strip("[]"), int(port)


def private(value: object) -> str:
    """A network such as `10.1.0.0/16`, or one exact `host:port`, that may be reached although it is private."""
    word = text(value, 300)
    if "/" not in word and not _is_address(word):
        return _private_endpoint(word)
    try:
        network = ipaddress.ip_network(word, strict=False)
    except ValueError as exc:
        raise Wrong(f'"{word}" is no network such as "10.1.0.0/16": {exc}') from exc
    if "/" in word and str(network.network_address) != word.split("/")[0].lower():
        raise Wrong(f'"{word}" names a host within a network; write "{network}" for the network')
    if network.prefixlen == 0:
        raise Wrong(f'"{word}" would open every address there is; name the network that is meant')
    return str(network)


def _private_endpoint(word: str) -> str:
    try:
        return endpoint(word)
    except Wrong as exc:
        raise Wrong(f'"{word}" has to be a network such as "10.1.0.0/16", or a host and a port') from exc


def _is_address(word: str) -> bool:
    try:
        return bool(ipaddress.ip_address(word))
    except ValueError:
        return False


# ---------------------------------------------------------------------------------------------------- when and where


def language(value: object) -> str:
    """A language tag (BCP 47): `en`, `pt-BR`, `sr-Latn`. Its shape is checked, not its registration."""
    word = text(value, 40)
    if not _LANGUAGE.fullmatch(word):
        raise Wrong(f'"{word}" has to be a language tag such as "en" or "pt-BR"')
    return word


def zone(value: object) -> str:
    """A time zone of the IANA database."""
    from zoneinfo import ZoneInfo, available_timezones  # noqa: PLC0415 - settings know no zones

    word = text(value, 60)
    try:
        return ZoneInfo(word).key
    except (KeyError, ValueError, OSError) as exc:
        raise Wrong(f'"{word}" is not a time zone such as "Europe/Kyiv"{meant(word, available_timezones())}') from exc


def cron(value: object) -> str:
    """A cron expression of five fields. Days of the week go by name, because numbers mean other days elsewhere."""
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - slow to load, and few sources use cron

    word = text(value, 200)
    fields = word.split()
    # crontab(5) counts from Sunday, the scheduler from Monday.
    if len(fields) == 5 and re.search(r"(?<![/#])\b[0-9]", fields[4]):
        raise Wrong(f'"{word}" has to name days of the week: mon, tue, wed …')
    try:
        CronTrigger.from_crontab(word, timezone="UTC")
    except ValueError as exc:
        raise Wrong(f'"{word}" is not a cron expression such as "*/10 * * * *": {exc}') from exc
    return word
