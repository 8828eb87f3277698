"""Reading a file: what cannot be read, and what is wrong in what can."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper.errors import ConfigError, Mistake, UsageError
from scraper.tomlfile import files, values
from scraper.tomlfile.files import Table
from tests.config.helpers import said


def read(tmp_path: Path, raw: bytes | str) -> tuple[Table | None, list[Mistake]]:
    path = tmp_path / "x.toml"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    notes: list[Mistake] = []
    return files.read(path, notes), notes


def whole(tmp_path: Path, text: str) -> tuple[Table, list[Mistake]]:
    table, notes = read(tmp_path, text)
    assert table
    return table, notes


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"a = 1\nb 2\n", 2, "is not TOML: Expected '='"),
        (b"a = 1\na = 2\n", 2, "is not TOML: Cannot overwrite"),
        (b"a = [1,\n2,\n", 3, "is not TOML: "),
        (b"a = 'x'\nb = '\xff'\n", 2, "is not UTF-8"),
        (b"a = 2023-02-30\n", 1, "is not TOML: Invalid date"),
        (b"a = " + b"9" * 5000, 0, "Exceeds the limit"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, 0, "nests too deeply"),
        (b"\nx = 1\na" + b" . a" * 50_000 + b" = 1", 3, "a key has too many parts"),
        (b"[a" + b'."a"' * 50_000 + b"]", 1, "a key has too many parts"),
        (b"x = {a" + b".a" * 50_000 + b" = 1}", 1, "a key has too many parts"),
        (b"#" * (files.MAX_BYTES + 1), 0, "is larger than 256 KiB"),
        (b"\xff\xfea\x00", 1, "is not UTF-8"),
        (b"a: !!python/object/apply:os.system ['x']", 1, "is not TOML"),
    ],
    ids=[
        "syntax",
        "twice",
        "end",
        "bytes",
        "date",
        "number",
        "deep",
        "parts",
        "header",
        "inline",
        "large",
        "utf-16",
        "yaml",
    ],
)
def test_what_cannot_be_read_is_one_mistake_at_its_line(tmp_path: Path, raw: bytes, line: int, message: str) -> None:
    table, notes = read(tmp_path, raw)
    assert table is None
    assert [(note.line, note.message[: len(message)]) for note in notes] == [(line, message)]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    table, notes = read(tmp_path, b"\xef\xbb\xbfa = 1\r\nb = 2\r\nc = 3\r\n")
    assert table
    table.note("c", "here")
    assert said(notes) == ["3 c: here"]


def test_a_file_that_everybody_may_write_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("a = 1\n")
    path.chmod(0o666)
    notes: list[Mistake] = []
    assert files.read(path, notes) is None
    assert "chmod o-w" in notes[0].message


def test_a_file_that_is_not_there_or_is_a_folder_is_a_mistake(tmp_path: Path) -> None:
    notes: list[Mistake] = []
    files.read(tmp_path / "none.toml", notes)
    files.read(tmp_path, notes)
    assert [note.message for note in notes] == ["No such file or directory", "Is a directory"]


def test_an_unknown_key_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    table, notes = whole(tmp_path, "timezne = 'x'\nquite_other = 1\n")
    table.take("timezone", values.text, None)
    table.close()
    assert said(notes) == [
        "1 timezne: is not a known key here; did you mean 'timezone'?",
        "2 quite_other: is not a known key here",
    ]


def test_a_key_that_slipped_below_a_header_is_told_where_it_belongs(tmp_path: Path) -> None:
    table, notes = whole(tmp_path, "[[sources]]\nurl = 'x'\nidentity = 'y'\n")
    table.has("identity")
    for source in table.tables("sources"):
        source.has("url")
        source.close()
    assert said(notes) == ["3 identity: is not a known key here; it belongs above the first line in square brackets"]


def test_a_wrong_value_is_noted_and_the_default_stands_in(tmp_path: Path) -> None:
    table, notes = whole(tmp_path, "\nname = 5\n")
    assert table.take("name", values.text, "default") == "default"
    assert said(notes) == ["2 name: has to be text in quotes, not a number"]


def test_a_missing_key_is_noted_at_its_table_with_an_example(tmp_path: Path) -> None:
    table, notes = whole(tmp_path, "a = 1\n[sub]\nb = 1\n")
    assert table.table("sub").need("url", values.text, '"x"') is None
    assert said(notes) == ['2 url: is missing; write url = "x"']


def test_each_wrong_item_of_a_list_is_noted_on_its_own_line(tmp_path: Path) -> None:
    table, notes = whole(tmp_path, "words = [\n  'good',\n  5,\n  '',\n]\n")
    assert table.each("words", values.text) == ("good",)
    assert said(notes) == ["3 words: has to be text in quotes, not a number", "4 words: is empty"]


def test_wrong_keys_and_values_of_a_table_are_both_noted(tmp_path: Path) -> None:
    table, notes = whole(tmp_path, "[map]\n'a:1' = 'b:2'\n'c' = 'd:4'\n'e:5' = 6\n")
    assert table.pairs("map", values.endpoint, values.endpoint) == {"a:1": "b:2"}
    assert [note.line for note in notes] == [3, 4]


@pytest.mark.parametrize("text", ["rules = 5", "rules = [5]", "[rules]\na = 1"])
def test_what_should_be_an_array_of_tables_and_is_not_is_noted(tmp_path: Path, text: str) -> None:
    table, notes = whole(tmp_path, text)
    assert list(table.tables("rules")) == []
    assert len(notes) == 1


def test_all_mistakes_are_raised_at_once_in_reading_order(tmp_path: Path) -> None:
    notes = [Mistake(tmp_path / name, line, "w", "m") for name, line in [("b", 1), ("a", 9), ("a", 2)]]
    with pytest.raises(ConfigError) as caught:
        files.raise_if_any(notes)
    assert [(one.file.name, one.line) for one in caught.value.mistakes] == [("a", 2), ("a", 9), ("b", 1)]


def test_a_missing_folder_is_answered_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"scraper outlets add https.* begins one.*--config DIR or SCRAPER_CONFIG"):
        files.require_folder(tmp_path / "none")
