"""One version a row, in columns with types: Apache Parquet. The one door to pyarrow, which is an extra.

Rows are written in groups of a bounded size, so that memory does not grow with the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, BinaryIO, Final

from scraper.errors import UsageError
from scraper.store.export.columns import COLUMNS, Type, Value, utf8, values
from scraper.store.export.view import View

# A group of a thousand versions is some megabytes: readers can skip by it, and writing it takes little memory.
GROUP_ROWS: Final = 1000
GROUP_CHARACTERS: Final = 8 << 20
FORMAT: Final = "scraper-versions/1"


def write(view: View, out: BinaryIO) -> None:
    """All versions as one table. Raises UsageError if pyarrow is not installed."""
    pa, writer_of = _library()
    schema = pa.schema(
        [pa.field(name, _type(pa, kind)) for name, kind in COLUMNS.items()],
        metadata={"format": FORMAT, "as_of": view.as_of.isoformat()},
    )
    with writer_of(out, schema, compression="zstd") as writer:
        for group in _groups(view):
            writer.write_table(pa.Table.from_pylist(group, schema=schema), row_group_size=GROUP_ROWS)
        if view.problems:
            writer.add_key_value_metadata({"incomplete": f"{view.problems} problems; see the column `problem`"})


def check() -> None:
    """Raise UsageError if pyarrow is not installed."""
    _library()


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415  # an extra, and slow to import
        from pyarrow.parquet import ParquetWriter  # noqa: PLC0415
    except ImportError as exc:
        what = "needs pyarrow, which is not installed; `pip install 'scraper[parquet]'` brings it"
        raise UsageError(f"--format parquet {what}") from exc
    return pa, ParquetWriter


def _type(pa: Any, kind: Type) -> Any:
    texts = ((name, pa.string()) for name in ("kind", "old", "new", "entry"))
    types: dict[Type, Any] = {
        "text": pa.string(),
        "number": pa.int64(),
        "truth": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
        "day": pa.date32(),
        "texts": pa.list_(pa.string()),
        "parts": pa.list_(pa.struct([*texts, ("block", pa.int64())])),
    }
    return types[kind]


def _groups(view: View) -> Iterator[list[dict[str, object]]]:
    group: list[dict[str, object]] = []
    size = 0
    for item in view.items():
        group.append({name: _cell(value) for name, value in values(item).items()})
        size += len(item.stored.text) if item.stored else 0
        if len(group) >= GROUP_ROWS or size >= GROUP_CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _cell(value: Value) -> object:
    if isinstance(value, str):
        return utf8(value)
    if isinstance(value, tuple):
        return [utf8(each) if isinstance(each, str) else _part(asdict(each)) for each in value]
    return value


def _part(part: dict[str, Any]) -> dict[str, Any]:
    return {name: utf8(value) if isinstance(value, str) else value for name, value in part.items()}
