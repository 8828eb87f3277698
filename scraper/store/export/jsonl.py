"""One version a line, as JSON, with everything the archive says of it (https://jsonlines.org)."""

from __future__ import annotations

import json
import re
from typing import BinaryIO

from scraper.store.export.view import Item, View
from scraper.store.sidecar import Json, edit_json
from scraper.store.stamps import stamp

FORMAT = "scraper-version/1"
# What could steer a terminal or what some readers take for the end of a line; lone surrogates are not UTF-8. All can
# stand in strings only, where JSON has another way to write them.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def write(view: View, out: BinaryIO) -> None:
    """All versions as lines. One that is damaged is there with its `problem`, and without text and sidecar."""
    for item in view.items():
        text = json.dumps(line(item), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        out.write(_ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode() + b"\n")


def line(item: Item) -> Json:
    """The object of one version. `sidecar` is the file beside the text, as it is: written by the archive's rules (keys
    sorted, two spaces, one newline) it has the hash `sidecar_sha256`, and `text` has `sha256`."""
    row, stored = item.row, item.stored
    return {
        "format": FORMAT,
        "article_id": row.article_id,
        "outlet": row.outlet,
        "url": row.url,
        "version": row.version,
        "revision": row.revision,
        "verdict": row.verdict,
        "flags": list(row.flags),
        "captured_at": stamp(row.captured_at),
        "title": row.title,
        "edit": edit_json(stored.snapshot.edit) if stored else None,
        "snapshot": row.path,
        "sha256": row.sha256,
        "sidecar_sha256": row.sidecar_sha256,
        "text": stored.text.decode("utf-8") if stored else None,
        "sidecar": stored.data if stored else None,
        "problem": item.problem.problem if item.problem else None,
    }
