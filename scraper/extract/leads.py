"""Lines that only lead elsewhere: to other pages of the site, to readers' comments, to where a page is shared."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from scraper.extract import phrases
from scraper.extract.blocks import Piece

SENTENCE_END: Final = re.compile(r"""[.!?…。！？।։؟]["'”’»)\]]*$""")
MAX_LABEL: Final = 30
MIN_TITLE: Final = 22
MIN_WORDS: Final = 8
_TOPIC: Final = re.compile(
    r"(?i)/(?:tags?|topics?|themen?|thema|temas?|temy|theme|keywords?|labels?|hashtag|sujets?|schlagwort\w*|etiquetas?)/[^/]+/?$"
)
_TALK: Final = re.compile(r"(?i)#(?:comments?|respond|disqus\w*|kommentare?|comentarios|commentaires)\b")
MOSTLY: Final = 0.8
_SHARER: Final = re.compile(
    r"(?i)//(?:[\w-]+\.)*(?:facebook\.com/(?:sharer|dialog/share)|(?:twitter|x)\.com/(?:intent|share)|t\.me/share|vk\.com/share|"
    r"linkedin\.com/share|wa\.me/\?text|api\.whatsapp\.com/send|connect\.ok\.ru|reddit\.com/submit|pinterest\.\w+/pin/create|"
    r"getpocket\.com/save|flipboard\.com/share|line\.me/R/msg|threads\.net/intent|bsky\.app/intent)|^mailto:\?"
)
MAX_TALK: Final = 160
MAX_SHARING: Final = 120


def to_sharing(piece: Piece) -> bool:
    """Whether a line leads to a form in which a reader passes the page on."""
    return len(piece.text) < MAX_SHARING and any(map(_SHARER.search, piece.hrefs))


def to_talk(piece: Piece) -> bool:
    """Whether a line leads to readers' comments, or asks something and leads down the page."""
    if len(piece.text) >= MAX_TALK:
        return False
    if any(map(_TALK.search, piece.hrefs)):
        return True
    down = any(href[:1] == "#" and len(href) > 1 for href in piece.hrefs) and piece.linked >= MIN_WORDS
    return down and "?" in piece.text


def labelled(piece: Piece, own: Callable[[str], bool]) -> bool:
    """`Label: link within the site`, or a label and nothing but a few links."""
    label, colon, rest = piece.text.replace("：", ":").partition(":")
    if (
        not piece.linked
        or piece.kind not in {"paragraph", "quote"}
        or len(label) > MAX_LABEL
        or piece.text[-1:] in ".!?"
    ):
        return False
    topics = phrases.TAGS.match(piece.text) or all(map(_TOPIC.search, piece.hrefs))
    if topics and len(piece.text) - piece.linked <= MAX_LABEL:
        return True
    # Bytes, so that a few signs of Chinese are as much of a title as they are.
    titled = colon and len(piece.hrefs) == 1 and len(rest.encode()) >= MIN_TITLE
    return bool(titled) and piece.linked >= 0.9 * len(rest.strip()) and any(map(own, piece.hrefs))


def mostly(piece: Piece, own: Callable[[str], bool]) -> bool:
    """`Label: link`, or a line that is half a link to another page of the site."""
    if len(piece.text) >= 200 or not any(map(own, piece.hrefs)):
        return False
    if SENTENCE_END.search(piece.text) and ":" not in piece.text and piece.link_share < MOSTLY:
        return False  # a sentence that begins with a link
    return piece.link_share > 0.4 or piece.linked * 10 >= len(piece.text.partition(":")[2]) * 8 > 0
