"""What machines do to a page without anybody having edited: page → page, by name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from itertools import count

_PIECES = re.compile(r"(<script.*?</script>|<style.*?</style>|<!--.*?-->|<[^>]*>)", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{9,}")


def in_text(html: str, change: Callable[[str], str]) -> str:
    """`html` with `change` made to the text of its body, and to nothing in tags."""
    at = html.index("<body")
    pieces = _PIECES.split(html[at:])
    pieces[::2] = [change(text) for text in pieces[::2]]
    return html[:at] + "".join(pieces)


def _paragraphs(html: str, change: Callable[[str], str]) -> str:
    """`change` made to each paragraph's markup, from its first tag to its last."""
    return re.sub(r"<p(?: [^>]*)?>.*?</p>", lambda found: change(found[0]), html, flags=re.DOTALL)


def minified(html: str) -> str:
    return re.sub(r"\s*\n\s*", "", re.sub(r">\s+<(?!/?(?:a|span|small|time)\b)", "><", html))


def indented(html: str) -> str:
    return re.sub(r"\n(?=<)", "\n\n\t      ", html.replace("<p>", "<p>\n    ").replace("</p>", "\n  </p>"))


def capital_tags(html: str) -> str:
    return re.sub(r"</?(?!script|style)[a-z][a-z0-9]*(?=[\s>])", lambda tag: tag[0].upper(), html)


def no_break_spaces(html: str) -> str:
    return in_text(html, lambda text: re.sub(r"(?<=\b\w\w) (?=\S)|(?<=\d) (?=\S)", "\u00a0", text))


def thin_spaces(html: str) -> str:
    return in_text(html, lambda text: re.sub(r"(?<=\d) (?=\S)|(?<=«) | (?=»)|(?<=«)(?=\S)|(?<=\S)(?=»)",
                                             lambda gap: "\u202f" if gap[0] else "", text))  # fmt: skip


def zero_width_spaces(html: str) -> str:
    return in_text(html, lambda text: _WORD.sub(lambda word: f"{word[0][:5]}\u200b{word[0][5:]}", text))


def soft_hyphens(html: str) -> str:
    return in_text(html, lambda text: _WORD.sub(lambda word: f"{word[0][:4]}\u00ad{word[0][4:]}", text))


def soft_hyphen_entities(html: str) -> str:
    return in_text(html, lambda text: _WORD.sub(lambda word: f"{word[0][:4]}&shy;{word[0][4:]}", text))


def word_breaks(html: str) -> str:
    return in_text(html, lambda text: _WORD.sub(lambda word: f"{word[0][:6]}<wbr>{word[0][6:]}", text))


def decomposed(html: str) -> str:
    return unicodedata.normalize("NFD", html)


def entities(html: str) -> str:
    return html.encode("ascii", "xmlcharrefreplace").decode()


def named_entities(html: str) -> str:
    names = {"“": "&ldquo;", "”": "&rdquo;", "’": "&rsquo;", "é": "&eacute;", "è": "&egrave;", "«": "&laquo;",
             "»": "&raquo;", "ü": "&uuml;", "ä": "&auml;", "ß": "&szlig;", "„": "&bdquo;", "—": "&mdash;"}  # fmt: skip
    return in_text(html, lambda text: "".join(names.get(char, char) for char in text))


def straight_quotes(html: str) -> str:
    return in_text(html, lambda text: text.translate({ord(c): '"' for c in "“”„«»"} | {ord(c): "'" for c in "‘’"}))


def curly_quotes(html: str) -> str:
    def curl(text: str) -> str:
        text = re.sub(r'"(?=\w)', "“", text).replace('"', "”")
        return re.sub(r"(?<=\w)'", "’", text)

    return in_text(html, curl)


def guillemets_to_low_quotes(html: str) -> str:
    return in_text(html, lambda text: text.replace("»", "“").replace("«", "„"))


def line_breaks(html: str) -> str:
    return re.sub(r"</p>\s*<p>", "<br><br>", html)


def b_for_strong(html: str) -> str:
    return re.sub(r"(</?)strong>", r"\1b>", html)


def wordpress_paragraph_ids(html: str) -> str:
    number = count(101)
    return re.sub(r"<(p|h2|li)(?=[ >])", lambda tag: f'<{tag[1]} id="b{next(number)}" data-block="{tag[1]}"', html)


def wrappers(html: str) -> str:
    number = count(1)
    return _paragraphs(html, lambda p: f'<div class="w w-{next(number)}"><div>{p}</div></div>')


def spans(html: str) -> str:
    return re.sub(r"(<p(?: [^>]*)?>)(.*?)(</p>)", r'\1<span style="font-weight:400">\2</span>\3', html, flags=re.DOTALL)


def split_text_nodes(html: str) -> str:
    return in_text(html, lambda text: re.sub(r"(?<=\w) (?=\w)", "<!-- --> ", text))


def _hash(name: str, salt: str) -> str:
    return "x" + hashlib.sha256((salt + name).encode()).hexdigest()[:6]


def rehashed(html: str, salt: str = "build-2") -> str:
    def new(found: re.Match[str]) -> str:
        return f'class="{" ".join(_hash(name, salt) for name in found[1].split())}"'

    return re.sub(r'class="([^"]*)"', new, html)


def rehashed_again(html: str) -> str:
    return rehashed(html, "build-3")


def dark(html: str) -> str:
    return re.sub(r"<body( class=\")?", lambda tag: f'<body class="dark theme-night {"" if tag[1] else chr(34)}', html)


def insecure_canonical(html: str) -> str:
    return html.replace('rel="canonical" href="https://', 'rel="canonical" href="http://')


def other_images(html: str) -> str:
    return re.sub(
        r"https://cdn\.([^/]+)/i/fire-(\d+)\.jpg", r"https://img2.\1/resize/\2x675/q72/fire.webp?v=8831", html
    )


def alt_texts(html: str) -> str:
    return html.replace('alt=""', 'alt="Firefighters stand before a tall grey building"')


def lazy_images(html: str) -> str:
    blank = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
    return re.sub(r'<img src="([^"]*)"', rf'<img class="lazy" src="{blank}" data-src="\1"', html)


def timed_comments(html: str) -> str:
    return html.replace("</main>", "</main><!-- rendered in 0.231 s by node 7 at 1772530511 -->") + "<!-- cached -->\n"


MACHINES: dict[str, Callable[[str], str]] = {
    each.__name__: each
    for each in (
        minified, indented, capital_tags, no_break_spaces, thin_spaces, zero_width_spaces, soft_hyphens,
        soft_hyphen_entities, word_breaks, decomposed, entities, named_entities, straight_quotes, curly_quotes,
        guillemets_to_low_quotes, line_breaks, b_for_strong, wordpress_paragraph_ids, wrappers, spans,
        split_text_nodes, rehashed, rehashed_again, dark, insecure_canonical, other_images, alt_texts, lazy_images,
        timed_comments,
    )
}  # fmt: skip
