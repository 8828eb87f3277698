"""Labelled pages: what each says of itself is in the TOML files beside, how sites print it in `templates.toml`.

A page is `raw` (a whole document), `main` (markup inside the furniture of a site), a list (`cards` without `text`), or
a story (`text`: paragraphs apart by blank lines, `## ` a subheading, `- ` an item, `> ` a quotation, `<` markup).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import cycle, islice
from pathlib import Path
from string import Template
from typing import Any

HERE = Path(__file__).parent
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he"})


@dataclass(frozen=True)
class Labelled:
    """A page and what it is. `also` are other kinds that are as good an answer."""

    id: str
    url: str
    html: bytes
    kind: str
    access: str
    also: tuple[str, ...] = ()

    @property
    def identity(self) -> bytes:
        """What makes it another page, or another label."""
        return f"{self.kind} {self.access} {' '.join(self.also)}\n".encode() + self.html

    @property
    def is_story(self) -> bool:
        """Whether there is an article on it, whole or in part."""
        return self.kind in {"article", "live"}


@dataclass(frozen=True)
class Case:
    """One table of a TOML file."""

    id: str
    kind: str
    lang: str = "en"
    template: str = "wordpress"
    access: str = ""
    also: tuple[str, ...] = ()
    title: str = ""
    path: str = ""
    text: str = ""
    sub: str = ""
    author: str = ""
    date: str = ""
    type: str = "NewsArticle"  # of the data block of a story; empty for none
    free: bool | None = None
    declared: Mapping[str, Any] = field(default_factory=dict)  # more of the data block
    cards: int = 3
    head: str = ""
    below: str = ""
    main: str = ""
    raw: str = ""


def read(folder: str) -> list[Labelled]:
    """All pages of one set, in the order of their names."""
    sites = tomllib.loads((HERE / "outlets.toml").read_text(encoding="utf-8"))
    templates = tomllib.loads((HERE / "templates.toml").read_text(encoding="utf-8"))
    return sorted((built(case, sites[case.lang], templates[case.template]) for case in cases(folder)), key=_by_id)


def _by_id(one: Labelled) -> str:
    return one.id


def cases(folder: str) -> Iterator[Case]:
    """What the files of one set say; two cases of one name are a mistake."""
    seen: set[str] = set()
    for file in sorted((HERE / folder).glob("*.toml")):
        for table in tomllib.loads(file.read_text(encoding="utf-8"))["page"]:
            case = Case(**{"kind": file.stem, **table})
            assert case.id not in seen, f"{file.name}: two pages are called {case.id}"
            seen.add(case.id)
            yield case


def built(case: Case, site: Mapping[str, Any], template: Mapping[str, str]) -> Labelled:
    """The page itself."""
    url = f"https://{site['host']}{case.path or '/2026/03/' + case.id + '/'}"
    html = case.raw or _framed(case, site, template, url)
    return Labelled(case.id, url, html.strip().encode(), case.kind, case.access, tuple(case.also))


def _framed(case: Case, site: Mapping[str, Any], template: Mapping[str, str], url: str) -> str:
    told = {
        **{key: escape(value) for key, value in site.items() if isinstance(value, str)},
        "site": escape(site["name"]),
        "lang": case.lang,
        "dir": "rtl" if case.lang in RIGHT_TO_LEFT else "ltr",
        "url": url,
        "title": escape(case.title),
        "doctitle": escape(f"{case.title} - {site['name']}" if case.title else site["name"]),
        "nav": "".join(f'<li><a href="/{n}/">{escape(name)}</a></li>' for n, name in enumerate(site["sections"])),
        "links": "".join(f'<li><a href="/s/{n}">{escape(head)}</a></li>' for n, (head, _) in enumerate(site["heads"])),
        "head": case.head + _data(case, site, url),
        "bodyclass": template["bodyclass"] if case.text else "archive",
        "sub": f"<p>{escape(case.sub)}</p>" if case.sub else "",
        "author": escape(case.author),
        "date": case.date,
        "day": case.date[:10],
        "below": case.below,
        "body": "".join(_block(piece) for piece in case.text.strip().split("\n\n")),
    }
    told["cards"] = "".join(_cards(case, site, template))
    told["main"] = _main(case, template, told)
    return Template(template["page"]).substitute(told)


def _main(case: Case, template: Mapping[str, str], told: Mapping[str, str]) -> str:
    if case.text:
        return Template(template["article"]).substitute(told)
    if case.main:
        return case.main.replace("$cards", told["cards"]).replace("$letter", told["letter"])
    heading = f"<h1>{told['title']}</h1>" if case.title else ""
    return f"{heading}<div>{told['cards']}</div><p><a href='?page=2'>{told['more']}</a></p>"


def _cards(case: Case, site: Mapping[str, Any], template: Mapping[str, str]) -> Iterator[str]:
    for n, (head, text) in enumerate(islice(cycle(site["heads"]), case.cards)):
        told = {"href": f"/2026/03/story-{n}/", "cardhead": escape(head), "cardtext": escape(text)}
        yield Template(template["card"]).substitute(told)


def _data(case: Case, site: Mapping[str, Any], url: str) -> str:
    if not (case.text and case.type) and not case.declared:
        return ""
    node: dict[str, Any] = {"@context": "https://schema.org", "@type": case.type, "headline": case.title, "url": url}
    node["publisher"] = {"@type": "Organization", "name": site["name"]}
    if case.date:
        node["datePublished"] = case.date
    if case.author:
        node["author"] = {"@type": "Person", "name": case.author}
    if case.free is not None:
        node["isAccessibleForFree"] = case.free
    return f'<script type="application/ld+json">{json.dumps(node | dict(case.declared), ensure_ascii=False)}</script>'


def _block(piece: str) -> str:
    if piece.startswith("<"):
        return piece
    if piece.startswith("- "):
        return "<ul>" + "".join(f"<li>{escape(line[2:])}</li>" for line in piece.split("\n")) + "</ul>"
    for mark, tag in (("## ", "h2"), ("> ", "blockquote")):
        if piece.startswith(mark):
            return f"<{tag}>{escape(piece.removeprefix(mark))}</{tag}>"
    return f"<p>{escape(piece)}</p>"
