"""What extraction is worth after a redesign: the same saved pages, each changed as templates change, scored again.

    python -m tests.benchmarks.redesigns DIR                    one table: corpus, change, figures
    python -m tests.benchmarks.redesigns DIR --only names bare --worst 15
    python -m tests.benchmarks.redesigns DIR --only names --lines        what was lost and what was kept, line by line

DIR holds `truth.jsonl`, `pages/` and `score.py`. Each change is general and deterministic: it knows tags, never a page.
Where something is added, it is added behind the smallest branch that holds the headline and most of the truth's lines.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper import charset, extract
from tests.benchmarks.corpus import Record, load, scorer

TYPE: Final = "text/html; charset=utf-8"
_PIECES = re.compile(
    r"<!--.*?-->|<(script|style|textarea|title|xmp)\b.*?</\1\s*>|<(/?)([a-zA-Z][^\s>/]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_NAMED = re.compile(r"\s(class|id|for|aria-labelledby|data-[\w-]+)=\"([^\"]*)\"")
_MARK: Final = "\ue000here\ue001"
_LANDMARKS: Final = frozenset(("article", "main", "aside", "nav", "footer", "section", "header"))

Tag = Callable[[str, str, str], str]


@dataclass(frozen=True)
class Page:
    """A saved page as the parser writes it, and what stands in the others of its corpus."""

    html: str
    truth: list[str]
    other_title: str
    other: list[str]


def tags(html: str, change: Tag) -> str:
    """`html` with every tag replaced by what `change` makes of it: its slash, name and attributes."""

    def one(match: re.Match[str]) -> str:
        return match[0] if match[3] is None else change(match[2], match[3].lower(), match[4])

    return _PIECES.sub(one, html)


def digest(text: str) -> str:
    """A name that says nothing, always the same for the same text."""
    return "q" + hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def _renamed(tag: str, slash: str, attrs: str, names: dict[str, str]) -> str:
    return f"<{slash}{names.get(tag, tag)}{attrs}>"


def _hashed(attrs: str) -> str:
    return _NAMED.sub(lambda m: f' {m[1]}="{" ".join(map(digest, m[2].split()))}"', attrs)


def names(page: Page) -> str:
    """Every class, id and data hook is a hash; names of elements that a site has made up as well."""
    return tags(page.html, lambda s, t, a: f"<{s}{digest(t) + '-x' if '-' in t else t}{_hashed(a)}>")


def divs(page: Page) -> str:
    """No landmarks: article, main, aside, nav, footer, section and header are `<div>`."""
    return tags(page.html, lambda s, t, a: _renamed(t, s, a, dict.fromkeys(_LANDMARKS, "div")))


def paragraphs(page: Page) -> str:
    """Each `<p>` is a `<div>`."""
    return tags(page.html, lambda s, t, a: _renamed(t, s, a, {"p": "div"}))


def wrapped(page: Page) -> str:
    """A wrapper around every paragraph."""
    return tags(
        page.html,
        lambda s, t, a: f"<{s}{t}{a}>" if t != "p" else "</p></div>" if s else f'<div class="qwrap"><p{a}>',
    )


def no_data(page: Page) -> str:
    """No JSON-LD."""
    return re.sub(r"<script[^>]*ld\+json.*?</script\s*>", "", page.html, flags=re.DOTALL)


def no_metas(page: Page) -> str:
    """No metas at all."""
    return tags(page.html, lambda s, t, a: "" if t == "meta" else f"<{s}{t}{a}>")


def no_heading(page: Page) -> str:
    """The headline is in a `<div>` with a hash."""

    def change(slash: str, tag: str, attrs: str) -> str:
        if tag != "h1":
            return f"<{slash}{tag}{attrs}>"
        return "</div>" if slash else '<div class="q1f3a9c2">'

    return tags(page.html, change)


def minified(page: Page) -> str:
    """No white space between tags, none but single blanks within text."""
    packed = re.sub(r">\s+<", "><", page.html)
    return re.sub(r"[ \t\r\n]+", " ", packed) if "<pre" not in packed else packed


def in_form(page: Page) -> str:
    """All of the body is in one form, as some systems have it; other forms go, for forms do not nest."""
    bare = tags(page.html, lambda s, t, a: f"<{s}div{a}>" if t == "form" else f"<{s}{t}{a}>")
    opened = re.sub(r"(<body\b[^>]*>)", r'\1<form method="post" action="./">', bare, count=1)
    return opened.replace("</body>", "</form></body>")


def soup(page: Page) -> str:
    """Paragraphs, items, cells and rows are never closed."""
    return tags(page.html, lambda s, t, a: "" if s and t in {"p", "li", "td", "tr", "dd", "dt"} else f"<{s}{t}{a}>")


def next_article(page: Page) -> str:
    """Another article follows the first, as on pages without an end."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in page.other)
    return _behind(page, f'<article class="qnext"><h1>{escape(page.other_title)}</h1><div>{lines}</div></article>')


def next_in_div(page: Page) -> str:
    """The same, without a tag or heading that says so."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in page.other)
    return _behind(page, f'<div class="qnext"><h2>{escape(page.other_title)}</h2><div>{lines}</div></div>')


def comments(page: Page) -> str:
    """A thread of sixty long comments, under a heading, with names that say nothing."""
    lines = [line for line in page.other if len(line) > 60] or [
        "Nobody has said anything of this kind before, and so it goes."
    ]
    items = "".join(
        f'<div class="q71"><div class="q72"><span>reader{n}</span> <time>{n} hours ago</time></div>'
        f'<div class="q73"><p>{escape(lines[n % len(lines)])}</p></div><button>Reply</button></div>'
        for n in range(60)
    )
    return _behind(page, f'<section class="q70"><h3>60 comments</h3>{items}</section>')


def menu(page: Page) -> str:
    """A header with three hundred links in lists."""
    links = "".join(f'<li><a href="/s{n}/">Section number {n} of the paper</a></li>' for n in range(300))
    head = f'<header class="q60"><div><ul>{links}</ul></div></header>'
    return re.sub(r"(<body\b[^>]*>)", lambda m: m[0] + head, page.html, count=1)


def bare(page: Page) -> str:
    """Hashes for names, no landmarks, no `<p>`, no `<h1>`: text in boxes."""
    html = names(page)
    for change in (divs, paragraphs, no_heading):
        html = change(Page(html, page.truth, "", []))
    return html


CHANGES: Final[dict[str, Callable[[Page], str]]] = {
    "none": lambda page: page.html,
    "names": names,
    "divs": divs,
    "names-divs": lambda page: divs(Page(names(page), page.truth, "", [])),
    "paragraphs": paragraphs,
    "wrapped": wrapped,
    "no-data": no_data,
    "no-metas": no_metas,
    "no-heading": no_heading,
    "minified": minified,
    "form": in_form,
    "soup": soup,
    "next-article": next_article,
    "next-in-div": next_in_div,
    "comments": comments,
    "menu": menu,
    "bare": bare,
}


def _squeezed(text: str) -> str:
    return "".join(re.findall(r"\w+", text.casefold()))


def _behind(page: Page, added: str) -> str:
    """`page` with `added` behind the smallest branch that holds its headline and most of its lines."""
    parser = LexborHTMLParser(page.html)
    keys = [key for line in page.truth if len(key := _squeezed(line)[:40]) >= 20]
    node = parser.body
    assert node is not None
    while (kid := _holder(node, keys)) is not None:
        node = kid
    if node.tag == "body":
        node.insert_child(_MARK)
    else:
        node.insert_after(_MARK)
    return (parser.html or "").replace(_MARK, added)


def _holder(node: LexborNode, keys: Sequence[str]) -> LexborNode | None:
    titled = node.css_first("h1") is not None
    for kid in node.iter():
        if titled and kid.css_first("h1") is None:
            continue
        text = _squeezed(kid.text())
        if kid.tag not in {"p", "h1", "table", "tbody", "tr"} and sum(key in text for key in keys) >= 0.8 * max(
            len(keys), 1
        ):
            return kid
    return None


def lines_of(record: Record) -> list[str]:
    """The lines of the article that the truth gives."""
    truth = record.truth
    if "sections" not in truth:
        return [line for line in str(truth["body"]).split("\n") if line.strip()]
    return [line for section in truth["sections"] for line in section["paragraphs"]]  # type: ignore[attr-defined]  # JSON


def pages(records: Sequence[Record]) -> list[tuple[Record, Page]]:
    """Each record as a page, with the text of the record that is five before it."""
    found = []
    for at, record in enumerate(records):
        other = records[at - 5]
        text = charset.decode(record.body, None).text
        html = LexborHTMLParser(text).html or ""
        title = str(other.truth.get("title") or lines_of(other)[0][:80])
        found.append((record, Page(html, lines_of(record), title, lines_of(other))))
    return found


def answer(html: str, url: str) -> dict[str, object]:
    """What is scored of one page."""
    article = extract(html.encode("utf-8", "replace"), url, content_type=TYPE)
    when = None if article.published is None else str(article.published)
    return {"body": article.body, "title": article.title, "authors": list(article.authors), "date": when}


def differences(truth: Sequence[str], body: str) -> list[str]:
    """Lines that are missing (-) and surplus (+), compared without marks and spaces."""
    mine = [line for line in body.split("\n") if line.strip()]
    a, b = list(map(_squeezed, truth)), list(map(_squeezed, mine))
    found = []
    for op, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op != "equal":
            found += [f"  - {line[:150]}" for line in truth[i:j] if _squeezed(line) not in b]
            found += [f"  + {line[:150]}" for line in mine[k:m] if _squeezed(line) not in a]
    return found


def main() -> None:
    """Change, extract, score, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--only", nargs="+", choices=CHANGES, default=list(CHANGES))
    parser.add_argument("--corpus", nargs="+", choices=["aeb", "news"], default=["aeb", "news"])
    parser.add_argument("--worst", type=int, default=0, help="name the pages that lose most against the unchanged ones")
    parser.add_argument("--lines", action="store_true", help="and what they lose and keep")
    args = parser.parse_args()
    measure, records = scorer(args.bench), load(args.bench)
    for corpus in args.corpus:
        todo = pages([record for record in records if record.corpus == corpus])
        print(f"\n| {corpus} | F1 | precision | recall | exact / title, authors, day, instant |\n|---|---|---|---|---|")
        plain: dict[str, float] = {}
        for name in args.only:
            given = [(record, answer(CHANGES[name](page), record.url)) for record, page in todo]
            figures = measure.figures(corpus, given)
            first, rest = list(figures.values())[:3], list(figures.values())[3:]
            print(
                f"| {name} | {' | '.join(f'{x:.3f}' for x in first)} | {' '.join(f'{x:.3f}' for x in rest)} |",
                flush=True,
            )
            if args.worst:
                plain = plain or {r.id: measure.figures(corpus, [(r, answer(p.html, r.url))])["f1"] for r, p in todo}
                each = {r.id: measure.figures(corpus, [(r, a)])["f1"] for r, a in given}
                for lost in sorted(each, key=lambda i: each[i] - plain[i])[: args.worst]:
                    if each[lost] < plain[lost]:
                        print(f"  {lost}: {plain[lost]:.3f} -> {each[lost]:.3f}")
                        page, told = next((p, a) for (r, p), (_, a) in zip(todo, given, strict=True) if r.id == lost)
                        if args.lines:
                            before = answer(page.html, next(r.url for r, _ in todo if r.id == lost))
                            old = [line for line in str(before["body"]).split("\n") if line.strip()]
                            print("\n".join(differences(old, str(told["body"]))[:14]))


if __name__ == "__main__":
    main()
