"""Where the keys of a TOML text stand."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.tomlfile.lines import Path, positions


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ("# no\n\n[t]\na = 1\n", ("t", "a"), 4),
        ("# no\n\n[t]\na = 1\n", ("t",), 3),
        ("[[r]]\na = 1\n[[r]]\na = 2\n", ("r", 1, "a"), 4),
        ("[[r]]\na = 1\n[[r]]\na = 2\n", ("r",), 1),
        ("[[r]]\n[r.f]\nx = 1\n[[r]]\n[r.f]\nx = 2\n", ("r", 1, "f", "x"), 6),
        ("[[r]]\n[[r.s]]\n[[r.s]]\nx = 1\n", ("r", 0, "s", 1, "x"), 4),
        ("a = [\n  1,\n  # no, [\n  2,\n]\n", ("a", 1), 4),
        ("a = [[1, 2], [\n3]]\n", ("a", 1, 0), 2),
        ('a = { b = 1, "c d" = { e = 2 } }\n', ("a", "c d", "e"), 1),
        ("a = [ { b = 1 },\n { b = 2 } ]\n", ("a", 1, "b"), 2),
        ("a.b.c = 1\n", ("a", "b"), 1),
        ('a = """\nb = 1\n"""\nc = 2\n', ("c",), 4),
        ("a = '''\nb = 1\n''''\nc = 2\n", ("c",), 4),
        ('a = """x""\\""""""\nc = 2\n', ("c",), 2),
        ('a = "# \\" ="\nc = 2\n', ("c",), 2),
        ("a = 1979-05-27 07:32:00 # x = 1\nc = 2\n", ("c",), 2),
        ('"a.b" = 1\n\'c "d\' = 2\n', ('c "d',), 2),
        ('"\\u0061" = 1\n', ("a",), 1),
        ("[ a . b ]\nx = 1\n", ("a", "b", "x"), 2),
        ("a = []\nb = {}\nc = 1", ("c",), 3),
    ],
)
def test_each_kind_of_key_is_found_on_its_line(text: str, path: Path, line: int) -> None:
    tomllib.loads(text)
    assert positions(text)[path] == line


def paths(data: Any, path: Path = ()) -> set[Path]:
    """Every path of keys and indices within `data`."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return ({path} if path else set()).union(*(paths(value, (*path, key)) for key, value in inner))


KEYS = st.one_of(st.sampled_from(["a", "b", "name", "0", "-"]), st.text(max_size=4))
TEXTS = st.one_of(st.text(max_size=8), st.sampled_from(["]", "}", "# x", "a = 1\nb", '"""', "'''", "[[t]]\n", "\\"]))
SCALARS = st.one_of(st.integers(-(2**60), 2**60), st.booleans(), st.dates(), st.floats(allow_nan=False), TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)


class Writer:
    """Writes TOML in one of many styles, and remembers on which line each key went."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.text = ""
        self.lines: dict[Path, int] = {}

    def mark(self, path: Path) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def table(self, path: Path, data: dict[str, Any]) -> None:
        for key, value in data.items():
            self.gap()
            self.pair((*path, key), key, value)
            self.text += self._draw(st.sampled_from(["\n", " # a = [\n", "\n\n"]))

    def header(self, path: Path, keys: list[str], brackets: int) -> None:
        self.gap()
        self.mark(path)
        self.text += "[" * brackets + " . ".join(map(self.key, keys)) + "]" * brackets + "\n"

    def pair(self, path: Path, key: str, value: Any) -> None:
        self.mark(path)
        self.text += f"{self.key(key)} = "
        self.value(path, value)

    def value(self, path: Path, value: Any) -> None:
        match value:
            case dict():
                self.text += "{ "
                for place, (key, inner) in enumerate(value.items()):
                    self.text += ", " if place else ""
                    self.pair((*path, key), key, inner)
                self.text += " }"
            case list():
                self.text += "["
                for place, inner in enumerate(value):
                    self.gap()
                    self.mark((*path, place))
                    self.value((*path, place), inner)
                    self.text += ","
                self.gap()
                self.text += "]"
            case str():
                self.text += self.string(value)
            case bool():
                self.text += str(value).lower()
            case _:
                self.text += str(value)

    def gap(self) -> None:
        self.text += self._draw(st.sampled_from(["", " ", "\n", "\n  # 'x' = [ {\n", "\t"]))

    def key(self, key: str) -> str:
        bare = key != "" and all(char.isascii() and (char.isalnum() or char in "-_") for char in key)
        return key if bare and self._draw(st.booleans()) else quoted(key)

    def string(self, value: str) -> str:
        styles = [quoted(value)]
        if "'" not in value and value.isprintable():
            styles.append(f"'{value}'")
        if "'''" not in value and not value.endswith("'") and all(c == "\n" or c.isprintable() for c in value):
            styles.append(f"'''\n{value}'''")
        styles.append('"""' + quoted(value)[1:-1].replace("\\n", "\n") + '"""')
        return self._draw(st.sampled_from(styles))


def quoted(value: str) -> str:
    """A basic string with everything escaped that may be."""
    plain = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}
    return '"' + "".join(plain.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in value) + '"'


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[Path, int]]:
    """A TOML text with tables and arrays of tables, and the line of each thing in it."""
    writer = Writer(draw)
    writer.table((), {f"top {key}": value for key, value in draw(TABLES).items()})
    for name in draw(st.lists(KEYS, unique=True, max_size=2)):
        writer.header((name,), [name], 1)
        writer.table((name,), draw(TABLES))
    for place in range(draw(st.integers(0, 3))):
        writer.mark(("many [[",))
        writer.header(("many [[", place), ["many [["], 2)
        writer.table(("many [[", place), {f"x{key}": value for key, value in draw(TABLES).items()})
        if draw(st.booleans()):
            writer.header(("many [[", place, "sub"), ["many [[", "sub"], 1)
            writer.table(("many [[", place, "sub"), draw(TABLES))
    return writer.text, writer.lines


@given(documents())
def test_every_key_of_any_document_is_found_where_it_was_written(document: tuple[str, dict[Path, int]]) -> None:
    text, lines = document
    found = positions(text)
    assert set(found) == paths(tomllib.loads(text))
    # A header may be preceded by a gap that the writer has counted to the thing before it.
    assert {path: line for path, line in found.items() if path != ("many [[",)} == {
        path: line for path, line in lines.items() if path != ("many [[",)
    }
