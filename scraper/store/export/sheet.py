"""One version a row, for spreadsheets: RFC 4180, UTF-8, lines ended by CR LF.

A spreadsheet takes a cell that begins like a formula for one, and runs it. Every such cell gets an apostrophe in front,
which spreadsheets hide; a cell that has apostrophes before such a character gets one more, so that `plain` can take it
away again whatever a page wrote. https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import re
from datetime import date, datetime
from io import TextIOWrapper
from typing import BinaryIO, Final

from scraper.store.export.columns import COLUMNS, Value, utf8, values
from scraper.store.export.view import View
from scraper.store.stamps import stamp

NAMES: Final = tuple(name for name, kind in COLUMNS.items() if kind != "parts")
_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠]|'*[\t\r\n]")
_BOM = "\ufeff"


def write(view: View, out: BinaryIO, *, bom: bool = False) -> None:
    """A line of names, then a row for each version. `bom`: begin with the mark by which Excel knows UTF-8."""
    text = TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        text.write(_BOM if bom else "")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(NAMES)
        for item in view.items():
            found = values(item)
            writer.writerow([cell(found[name]) for name in NAMES])
    finally:
        text.detach()


def cell(value: Value) -> str:
    """A value as a cell: nothing for none, a line for each of a list, times in UTC."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case tuple():
            return harmless(utf8("\n".join(map(str, value))))
        case _:
            return harmless(utf8(str(value)))


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("Storm"), harmless("'=1")
    ("'=1+1", 'Storm', "''=1")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def plain(text: str) -> str:
    """The inverse of `harmless`.

    >>> plain("'=1+1"), plain("'Tis the season")
    ('=1+1', "'Tis the season")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
