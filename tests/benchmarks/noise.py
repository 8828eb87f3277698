"""What changes around an article from one visit to the next, made up: banners, stories, counts, tokens."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

_WORDS: Final = (
    *("harbour", "council", "ferry", "winter", "budget", "bridge", "school", "mayor", "storm", "museum", "market"),
    *("river", "tunnel", "strike", "vote", "garden", "doctor", "engine", "rail", "forest", "island", "library"),
    *("festival", "captain", "village", "tower", "border", "coast", "weather", "theatre", "station", "judge"),
)
_OPENING = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_DIV = re.compile(r"<div(?=[ >])")

Change = Callable[[str, random.Random], str]


def phrase(rng: random.Random, least: int, most: int) -> str:
    """Words without much sense, as a sentence without its full stop."""
    return " ".join(rng.choices(_WORDS, k=rng.randint(least, most))).capitalize()


def at_top(html: str, markup: str) -> str:
    """`html` with `markup` as the first thing in its body."""
    match = _OPENING.search(html)
    return html[: match.end()] + markup + html[match.end() :] if match else markup + html


def at_end(html: str, markup: str) -> str:
    """`html` with `markup` as the last thing in its body."""
    at = html.lower().rfind("</body>")
    return html[:at] + markup + html[at:] if at >= 0 else html + markup


def banner(html: str, rng: random.Random) -> str:
    """A banner on top, on two visits of three."""
    if rng.random() < 0.34:
        return html
    text = f"<p>{phrase(rng, 8, 20)}. {phrase(rng, 4, 9)}!</p><a href='/campaign/{rng.randint(1, 99)}'>Join now</a>"
    return at_top(html, f'<div class="promo-banner">{text}</div>')


def related(html: str, rng: random.Random) -> str:
    """A box of other stories below everything, others each time."""
    cards = "".join(
        f'<li><a href="/{rng.randint(1, 9999)}"><h4>{phrase(rng, 5, 9)}</h4></a><p>{phrase(rng, 8, 16)}.</p></li>'
        for _ in range(rng.randint(3, 6))
    )
    return at_end(html, f'<section class="related-stories"><h3>More stories</h3><ul>{cards}</ul></section>')


def comments(html: str, rng: random.Random) -> str:
    """A number of comments, and the last of them."""
    said = "".join(
        f"<li><b>{rng.choice(_WORDS)}</b><p>{phrase(rng, 6, 40)}.</p></li>" for _ in range(rng.randint(0, 4))
    )
    count = f'<div class="comments-count"><a href="#comments">{rng.randint(0, 400)} comments</a></div>'
    return at_end(html, f'{count}<section id="comments"><ul>{said}</ul></section>')


def tokens(html: str, rng: random.Random) -> str:
    """Tokens in attributes, a script, a style sheet's address, a comment."""
    token = f"{rng.getrandbits(64):016x}"
    html = _DIV.sub(f'<div data-token="{token}"', html, count=rng.randint(1, 30))
    tail = f'<script nonce="{token}">window.state={{"t":"{token}"}}</script><!-- made in {rng.random():.4f} s -->'
    return at_end(html.replace("</head>", f'<link rel="stylesheet" href="/app.{token}.css"></head>', 1), tail)


def times(html: str, rng: random.Random) -> str:
    """A ticker whose entries say how long ago they were."""
    lines = "".join(f"<li><time>{rng.randint(1, 59)} minutes ago</time> {phrase(rng, 4, 8)}</li>" for _ in range(5))
    return at_top(html, f"<aside><ul>{lines}</ul></aside>")


def advert(html: str, rng: random.Random) -> str:
    """A slot for an advertisement, filled with something else each time."""
    frame = f'<iframe src="https://ads.example/{rng.getrandbits(40):x}"></iframe>'
    return at_end(html, f'<div class="ad-slot" id="slot-{rng.randint(1, 999)}">{frame}{phrase(rng, 0, 12)}</div>')


CHANGES: dict[str, Change] = {
    "banner": banner,
    "related": related,
    "comments": comments,
    "tokens": tokens,
    "times": times,
    "advert": advert,
}


def visit(html: str, seed: int, names: tuple[str, ...] = tuple(CHANGES)) -> str:
    """`html` as one visit shows it: the same changes for the same seed."""
    for name in names:
        html = CHANGES[name](html, random.Random(f"{name} {seed}"))
    return html
