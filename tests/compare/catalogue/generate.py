"""The catalogue as data → the folders of cases: python -m tests.compare.catalogue.generate

A case is a folder with the page before, the page after, and what comparing them has to say. The tests read the folders
only; that this gives the same bytes is a test of its own.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.compare.catalogue.machines import MACHINES
from tests.compare.catalogue.stories import HERE, Story, changed, story
from tests.compare.catalogue.templates import TEMPLATES

CASES = HERE.parent / "cases"
LISTS = ("noise.toml", "edits.toml", "fresh.toml")
_TOLD = ("verdict", "reason", "kinds", "stealth", "words")
_STEALTHY = {"headline", "figures", "names", "quotes", "removal"}


def entries() -> Iterator[dict[str, Any]]:
    """All cases as they are written down."""
    for name in LISTS:
        for entry in tomllib.loads((HERE / name).read_text(encoding="utf-8"))["case"]:
            yield _full(entry)


def _full(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with what goes without saying: an edit is stealthy by its kinds."""
    kinds = set(entry.get("kinds", []))
    edited = {"verdict": "edited", "stealth": bool(kinds & _STEALTHY) and "correction" not in kinds}
    return {**(edited if kinds else {}), **entry}


def sides(entry: Mapping[str, Any]) -> tuple[Story, Story]:
    """The story before and after."""
    first = changed(story(entry["name"].rsplit("-", 1)[-1]), entry.get("both", {}))
    second = changed(first, entry.get("story", {}))
    return first, replace(second, ui=story(entry["ui"]).ui) if "ui" in entry else second


def pages(entry: Mapping[str, Any]) -> tuple[str, str]:
    """The page before and after."""
    template = entry["name"].split("-")[-2]
    how = entry.get("data", [None, None])
    made = []
    for side, told in enumerate(sides(entry)):
        name = ("before", "after")[side]
        look = TEMPLATES[entry.get("template", template) if side else template]
        given = {} if how[side] is None else {"how": how[side]}
        html = look(told, entry.get("slots", {}).get(name, {}), **given)
        for machine in entry.get("machines", {}).get(name, []):
            html = MACHINES[machine](html)
        for old, new in entry.get("markup", []) if side else []:
            assert old in html, f"{entry['name']}: no {old!r} on the page"
            html = html.replace(old, new)
        made.append(html)
    return made[0], entry.get("page", made[1])


def files(entry: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a case's folder."""
    charsets = entry.get("charsets", ["utf-8", "utf-8"])
    html = pages(entry)
    encoded = [text.replace('charset="utf-8"', f'charset="{code}"', 1).encode(code)
               for text, code in zip(html, charsets, strict=True)]  # fmt: skip
    return {"before.html": encoded[0], "after.html": encoded[1], "expected.toml": _expected(entry).encode()}


def _expected(entry: Mapping[str, Any]) -> str:
    url = sides(entry)[0].url
    lines = [f"# {line}" for line in entry["note"].strip().splitlines()]
    lines += [f'url = "{url}"']
    if "url" in entry:
        lines.append(f'url_after = "{entry["url"].format(url=url)}"')
    lines += [f"{key} = {_toml(entry[key])}" for key in _TOLD if key in entry]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value).lower() if isinstance(value, bool) else f"'{value}'"


def main() -> None:
    """Write all folders anew."""
    shutil.rmtree(CASES, ignore_errors=True)
    for entry in entries():
        folder = CASES / entry["name"]
        folder.mkdir(parents=True)
        for name, content in files(entry).items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
