"""Reading the files under `config/` so that every mistake is found at once, each with its line.

    read    a file  → Table         what cannot be read at all is noted, and there is no table
    Table   key + check → value     what is wrong is noted, and the default stands in for it
    close   no key is left over     unknown ones are noted, with the word that was probably meant

Nothing raises for what a file says; whoever loads files raises ConfigError once all of them are read.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from scraper.errors import ConfigError, Mistake, UsageError
from scraper.tomlfile.lines import Path as KeyPath
from scraper.tomlfile.lines import positions

# The largest hand-written file is a hundredth of this; a generated one is a mistake.
MAX_BYTES: Final = 256 * 1024

# tomllib needs minutes for a key of some thousand parts.
_LONG_KEY = re.compile(r"(?:\.[ \t]*[\w\"'-]+[ \t]*){100}")
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_OTHERS_WRITE: Final = 0o002
_OTHERS_READ: Final = 0o004
_KINDS: Final = {
    str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table",
}  # fmt: skip

T = TypeVar("T")
D = TypeVar("D")
Check = Callable[[object], T]


class Wrong(ValueError):
    """What is wrong with one value, as the rest of a sentence that begins with it; raised by checks."""


class TomlFile:
    """One file as read: its text, what it says, and where mistakes in it are noted."""

    def __init__(self, path: Path, text: str, notes: list[Mistake]) -> None:
        self.path = path
        self._text = text
        self._notes = notes

    @cached_property
    def _lines(self) -> dict[KeyPath, int]:
        # Only a file with a mistake pays for this.
        return positions(self._text)

    def line(self, path: KeyPath) -> int:
        """The line of the key at `path`, or of the nearest thing around it; 0 for the file as a whole."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 0

    def note(self, path: KeyPath, message: str, word: str | None = None) -> None:
        """Note a mistake at `path`; `word` is the key unless it is given."""
        keys = [key for key in path if isinstance(key, str)]
        self._notes.append(
            Mistake(self.path, self.line(path), word if word is not None else (keys or [""])[-1], message)
        )


class Table:
    """One table of a file, at the key path `path`. Each key is taken once, else its mistakes are noted twice; `close`
    notes those nobody asked for."""

    def __init__(self, file: TomlFile, path: KeyPath, data: dict[str, Any], around: Table | None = None) -> None:
        self.file = file
        self.path = path
        self._data = data
        self._known: set[str] = set()
        self._around = around

    def has(self, key: str) -> bool:
        """Whether the file gives `key`."""
        self._known.add(key)
        return key in self._data

    def note(self, key: str | None, message: str, word: str | None = None, place: int | None = None) -> None:
        """Note a mistake at `key`, at the item `place` of its list, or about the table itself."""
        path = (*self.path, key) if key else self.path
        self.file.note(path if place is None else (*path, place), message, word)

    def take(self, key: str, check: Check[T], default: D) -> T | D:
        """The value of `key`; `default` if it is absent, or wrong and noted."""
        if not self.has(key):
            return default
        return self._checked((key,), check, self._data[key], default)

    def need(self, key: str, check: Check[T], example: str) -> T | None:
        """The value of `key`; None if it is absent or wrong, which is noted."""
        if not self.has(key):
            self.note(None, f"is missing; write {key} = {example}", key)
            return None
        return self._checked((key,), check, self._data[key], None)

    def each(self, key: str, check: Check[T]) -> tuple[T, ...]:
        """The items of the list at `key` that are right; the others are noted, one by one."""
        items = self.take(key, _a_list, [])
        found = (self._checked((key, place), check, item, None) for place, item in enumerate(items))
        return tuple(value for value in found if value is not None)

    def pairs(self, key: str, check_key: Check[str], check: Check[T]) -> dict[str, T]:
        """The entries of the table at `key` that are right, keys and values; the others are noted."""
        entries = self.take(key, _a_table, {})
        found = {}
        for name, entry in entries.items():
            left = self._checked((key, name), check_key, name, None)
            right = self._checked((key, name), check, entry, None)
            if left is not None and right is not None:
                found[left] = right
        return found

    def table(self, key: str) -> Table:
        """The table at `key`; an empty one if it is absent or no table."""
        return Table(self.file, (*self.path, key), self.take(key, _a_table, {}), self)

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of the array `[[key]]`, in order; what is no table is noted."""
        for place, item in enumerate(self.take(key, _an_array_of_tables, [])):
            data = self._checked((key, place), _a_table, item, None)
            if data is not None:
                yield Table(self.file, (*self.path, key, place), data, self)

    def close(self) -> None:
        """Note the keys that nobody asked for."""
        for key in self._data:
            if key not in self._known:
                self.note(key, f"is not a known key here{self._hint(key)}")

    def _hint(self, key: str) -> str:
        # In TOML, a key below a table's header belongs to that table: the commonest slip in such files.
        if self._around and key in self._around._known:
            return "; it belongs above the first line in square brackets"
        return meant(key, self._known)

    def _checked(self, at: KeyPath, check: Check[T], value: object, default: D) -> T | D:
        try:
            return check(value)
        except Wrong as why:
            self.file.note((*self.path, *at), str(why))
            return default


def meant(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?` if one of `known` is much like `word`, else nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - only needed once something is wrong

    written = {entry.lower(): entry for entry in sorted(known)}
    close = get_close_matches(word.lower(), list(written), n=1, cutoff=0.6)
    return f"; did you mean {written[close[0]]!r}?" if close else ""


def _a_list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Wrong(f"has to be a list in square brackets, not {kind(value)}")
    return value


def _an_array_of_tables(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Wrong(f"has to be written with two square brackets on each side, not as {kind(value)}")
    return value


def _a_table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Wrong(f"has to be a table, not {kind(value)}")
    return value


def kind(value: object) -> str:
    """What `value` is called in TOML, for messages."""
    return _KINDS.get(type(value), "a date or time")


# ---------------------------------------------------------------------------------------------------- files


def read(path: Path, notes: list[Mistake]) -> Table | None:
    """The top table of the file at `path`, or None with the reason in `notes`. Nothing in a file includes another.

    Refused are files that every user of the machine may write, that are larger than MAX_BYTES, or not UTF-8.
    """
    try:
        raw = _raw(path)
    except (OSError, Wrong) as exc:
        notes.append(Mistake(path, 0, "", str(exc.strerror if isinstance(exc, OSError) else exc)))
        return None
    return _parsed(path, raw, notes)


def _raw(path: Path) -> bytes:
    if os.name == "posix" and path.stat().st_mode & _OTHERS_WRITE:
        raise Wrong("can be changed by every user of this machine; run: chmod o-w on it")
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def note_open_folder(folder: Path, notes: list[Mistake]) -> None:
    """Note `folder` if every user of the machine may lay files in it, or put others in the place of those there."""
    if os.name == "posix" and folder.is_dir() and folder.stat().st_mode & _OTHERS_WRITE:
        notes.append(Mistake(folder, 0, "", "every user of this machine may put files here; run: chmod o-w on it"))


def everybody_reads(path: Path) -> bool:
    """Whether every user of the machine may read the file at `path`."""
    return os.name == "posix" and path.is_file() and bool(path.stat().st_mode & _OTHERS_READ)


def _parsed(path: Path, raw: bytes, notes: list[Mistake]) -> Table | None:
    if len(raw) > MAX_BYTES:
        notes.append(Mistake(path, 0, "", f"is larger than {MAX_BYTES // 1024} KiB"))
        return None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        if found := _LONG_KEY.search(text):
            notes.append(Mistake(path, text.count("\n", 0, found.start()) + 1, "", "a key has too many parts"))
            return None
        return Table(TomlFile(path, text, notes), (), tomllib.loads(text))
    except UnicodeDecodeError as exc:
        notes.append(Mistake(path, raw.count(b"\n", 0, exc.start) + 1, "", "is not UTF-8; save the file as UTF-8"))
    except RecursionError:
        notes.append(Mistake(path, 0, "", "nests too deeply"))
    except ValueError as exc:  # TOMLDecodeError, and numbers or dates that Python cannot hold
        notes.append(_syntax(path, text, str(exc)))
    return None


def _syntax(path: Path, text: str, message: str) -> Mistake:
    place = _PLACE.search(message)
    if not place:
        return Mistake(path, 0, "", message)
    line = int(place[1]) if place[1] else text.count("\n") + 1
    return Mistake(path, line, "", f"is not TOML: {message[: place.start()]}")


def names_in(folder: Path) -> list[Path]:
    """The `*.toml` files right in `folder`, by name, without hidden ones; none if there is no such folder."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml" and not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []


def require_folder(config_dir: Path) -> None:
    """Raise UsageError, with what to do about it, if there is no folder `config_dir`."""
    if not config_dir.is_dir():
        raise UsageError(
            f"there is no configuration folder {config_dir}; `scraper outlets add https://example.org/` begins one, "
            "with the outlet of that address; one that is elsewhere is named with --config DIR or SCRAPER_CONFIG"
        )


def raise_if_any(notes: list[Mistake]) -> None:
    """Raise ConfigError with all `notes` in reading order, if there are any."""
    if notes:
        raise ConfigError(tuple(sorted(notes, key=lambda mistake: (str(mistake.file), mistake.line))))


def signature(paths: Iterable[Path]) -> str:
    """A text that changes when one of `paths` is written, replaced, added or removed; contents are not read."""
    return "\n".join(filter(None, map(_state, paths)))


def _state(path: Path) -> str | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return f"{path} {stat.st_ino} {stat.st_mtime_ns} {stat.st_size}"
