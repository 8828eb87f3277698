"""The pieces of the article's column → the pieces of the article: what stands before, between and after its paragraphs.

Each rule looks at one piece and its place. A piece that is dropped keeps the rule's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from scraper.extract import appeals, dates, phrases
from scraper.extract.blocks import Piece
from scraper.extract.container import DEK, sign
from scraper.extract.names import words
from scraper.extract.title import fold

# A piece of this length is prose, not a label.
SENTENCE: Final = 50
# Where so large a part of the pieces speaks to the reader, that is what the article is about.
MAX_ASKING: Final = 0.5
_END = re.compile(r"""[.!?…。！？।։؟]["'”’»)\]]*$""")
_READING_TIME = re.compile(
    r"(?i)^\W*(?:lesezeit|reading time|temps de lecture|tempo de leitura|tiempo de lectura|lesedauer|время чтения|lästid)?\W*"
    r"\d+\s*(?:min(?:ute[ns]?|uto?s?|uti|\.)?|мин\w*|хв\w*|分)\s*(?:read|lesezeit|de lecture|de lectura|read time|di lettura)?\W*$"
)
_BY = re.compile(r"(?i)^(?:by|von|par|por|di|de|af|av|door|text|от|від|autor\w*|oleh|przez|skrevet av)\b\s*:?\s+\S+")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the article when its pieces are judged. `own` says whether a link stays on the site."""

    title: str
    authors: Sequence[str]
    summaries: Sequence[str]
    own: Callable[[str], bool]


def trim(pieces: list[Piece], known: Known) -> None:
    """Mark the pieces that are not article."""
    _above(pieces, known)
    _preamble(pieces, known)
    _lines(pieces, known)
    _repeats(pieces)
    _asking(pieces)
    _tail(pieces, known)
    _orphans(pieces)


def live(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces that are not dropped."""
    return [piece for piece in pieces if piece.drop is None]


def is_prose(piece: Piece) -> bool:
    """Whether a piece reads like a sentence of text."""
    return piece.kind != "subheading" and len(piece.text) >= SENTENCE and piece.link_share < 0.6


# ------------------------------------------------------------------------------------------------ before the text


def _above(pieces: list[Piece], known: Known) -> None:
    """The headline and what stands above it."""
    head = fold(known.title)
    at = next((n for n, piece in enumerate(pieces) if head and fold(piece.text) == head), None)
    if at is None:
        at = next((n for n, piece in enumerate(pieces) if piece.element.tag == "h1"), None)
    if at is None:
        return
    before = sum(len(piece.text) for piece in pieces[:at] if is_prose(piece))
    after = sum(len(piece.text) for piece in pieces[at:] if is_prose(piece))
    if before * 2 <= after:
        for piece in pieces[:at]:
            piece.drop = "above-headline"
    pieces[at].drop = "headline"


def _preamble(pieces: list[Piece], known: Known) -> None:
    """Bylines, dates, kickers and reading times between the headline and the first paragraph."""
    rest = live(pieces)
    home = _home_of(pieces)
    text = [p for p in rest if is_prose(p) and not _is_byline(p, known) and not _is_date(p)]
    first = next((p for p in text if _home(p) == home), text[0] if text else None)
    for piece in rest:
        if piece is first:
            return
        beside = (
            first is not None and piece.element.parent is first.element.parent and piece.element is not first.element
        )
        piece.drop = _preamble_rule(piece, known, beside)


def _preamble_rule(piece: Piece, known: Known, beside: bool) -> str | None:
    text = piece.text
    if is_prose(piece) and len(text) > 160:
        return None
    if _is_date(piece):
        return "date"
    if _is_byline(piece, known):
        return "byline"
    if piece.link_share > 0.6:
        return "links"
    if beside:
        return None
    if any(fold(text) == fold(summary) for summary in known.summaries):
        return "dek"
    if piece.kind in {"paragraph", "subheading"}:
        if piece.kind == "subheading" or (len(text) < SENTENCE and not _END.search(text)):
            return "above-body"
    return None


def _is_date(piece: Piece) -> bool:
    return len(piece.text) < 120 and not _END.search(piece.text) and dates.is_in(piece.text)


def _is_byline(piece: Piece, known: Known) -> bool:
    text = piece.text
    if len(text) > 160:
        return False
    named = any(author.casefold() in text.casefold() for author in known.authors if len(author) > 3)
    if named and not (_END.search(text) and len(text) > 70):
        return True
    return len(text) < 80 and bool(_BY.match(text)) and not _END.search(text)


# ------------------------------------------------------------------------------------------------ between paragraphs


def _lines(pieces: list[Piece], known: Known) -> None:
    """Lines that templates print anywhere; from the end, so that each knows what follows it."""
    following: Piece | None = None
    for piece in reversed(pieces):
        if piece.drop is None:
            piece.drop = _line(piece, known, following)
            following = following if piece.drop else piece


def _line(piece: Piece, known: Known, following: Piece | None) -> str | None:
    text = piece.text
    if len(text) > 400 or piece.kind == "code":
        return None
    label = phrases.fold(text)
    if not label:
        return "ornament"
    if label in phrases.ADVERT:
        return "advert"
    if label in phrases.LABEL and not (_heads(piece) and following is not None and is_prose(following)):
        return "label"
    return _by_pattern(piece, known)


def _by_pattern(piece: Piece, known: Known) -> str | None:
    text = piece.text
    if piece.linked and phrases.OPENER.match(text) and (piece.link_share > 0.5 or phrases.OPENER_COLON.match(text)):
        return "read-more"
    if piece.linked and phrases.POINTER.match(text) and any(map(known.own, piece.hrefs)):
        return "read-more"
    if len(text) < 120 and (phrases.MEDIA.match(text) or phrases.COUNTER.match(text)):
        return "media"
    if len(text) < 200 and phrases.AUDIO.search(text):
        return "audio"
    if phrases.EMBED.search(text) and not _quotes(text):
        return "consent"
    if len(text) < 120 and phrases.STAMP.match(text) and (dates.is_in(text) or re.search(r"\d{1,2}[:.]\d{2}", text[:60])):
        return "date"
    if len(text) < 60 and _READING_TIME.match(text):
        return "reading-time"
    if len(text) < 250 and phrases.CREDIT.match(text):
        return "caption"
    if len(text) < 120 and _is_plain_byline(text, known.authors):
        return "byline"
    return None


def _quotes(text: str) -> bool:
    return text[:1] in "\"“„«»'‘"


def _heads(piece: Piece) -> bool:
    """Whether a line looks like a heading of what follows it."""
    return piece.kind == "subheading" or piece.bold * 10 >= len(piece.text) * 9 or piece.text.isupper()


def _is_plain_byline(text: str, authors: Sequence[str]) -> bool:
    """A line of nothing but the article's authors."""
    bare = fold(_BY.sub(lambda match: match[0].split()[-1], text, count=1))
    return bool(authors) and bare in {fold(author) for author in authors} | {fold("".join(authors))}


def _repeats(pieces: list[Piece]) -> None:
    """Pull quotes: lines set apart that stand in a paragraph, word for word, as well."""
    home = _home_of(pieces)
    texts = [fold(piece.text) for piece in live(pieces) if len(piece.text) > 60]
    for piece in live(pieces):
        apart = piece.kind == "quote" or (piece.kind == "paragraph" and (piece.element.tag != "p" or _home(piece) != home))
        if apart and len(text := fold(piece.text)) >= 30 and any(text in other and len(text) < len(other) for other in texts):
            piece.drop = "pull-quote"


def _asking(pieces: list[Piece]) -> None:
    """Runs of pieces in which the site speaks to its reader for itself."""
    rest = live(pieces)
    counts = [appeals.cues(piece.text, soft=_stands_apart(piece)) if piece.kind != "code" else 0 for piece in rest]
    for at in range(len(rest) - 1, -1, -1):
        # Behind the last paragraph there is no article of advice any more.
        soft = appeals.cues(rest[at].text)
        if not soft and len(rest[at].text) >= SENTENCE:
            break
        counts[at] = soft
    if sum(map(bool, counts)) > MAX_ASKING * len(rest):
        return
    at = 0
    while at < len(rest):
        if not counts[at]:
            at += 1
            continue
        end = at + 1
        while end < len(rest) and (
            counts[end] or (len(rest[end].text) < SENTENCE and end + 1 < len(rest) and counts[end + 1])
        ):
            end += 1
        if _is_appeal(rest[at:end], counts[at:end], last=end >= len(rest) - 1):
            for piece in rest[at:end]:
                piece.drop = "appeal"
        at = end


def _stands_apart(piece: Piece) -> bool:
    """Whether a piece leads somewhere to sign up or pay."""
    return any(map(phrases.CALL.search, piece.hrefs))


def _is_appeal(run: Sequence[Piece], counts: Sequence[int], *, last: bool) -> bool:
    called = any(phrases.CALL.search(href) for piece in run for href in piece.hrefs)
    total = sum(counts)
    if total >= 3:
        return True
    return (
        total >= 2 and (last or called or len(run) > 1) or (total == 1 and last and called and len(run[-1].text) < 300)
    )


# ------------------------------------------------------------------------------------------------ after the text


def _tail(pieces: list[Piece], known: Known) -> None:
    """What follows the last paragraph."""
    home = _home_of(pieces)
    _sections(pieces, home)
    for piece in reversed(live(pieces)):
        rule = _tail_rule(piece, known, home=_home(piece) == home)
        if rule is None:
            return
        piece.drop = rule


def _tail_rule(piece: Piece, known: Known, *, home: bool) -> str | None:
    text = piece.text
    if phrases.CONTRIBUTED.search(text) and len(text) < 200 and not phrases.COMMENTS.search(text):
        return None
    if piece.link_share > 0.8:
        return "links"
    if piece.kind == "subheading" and not _END.search(text):
        return "orphan"
    if not home and any(map(known.own, piece.hrefs)) and piece.linked * 10 >= len(text.partition(":")[2]) * 8 > 0:
        return "links"
    if len(text) < 250 and phrases.WALL.search(text) and not _quotes(text):
        return "wall"
    if len(text) < 200 and piece.link_share > 0.4 and not home and any(map(known.own, filter(None, piece.hrefs))):
        return "links"
    if len(text) < 300 and phrases.FOLLOW.search(text):
        return "follow"
    if (len(text) < 800 or not home) and phrases.COMMENTS.search(text):
        return "comment"
    if len(text) < 300 and re.match(
        r"(?i)^\W*(?:tags?|labels|topics|filed under|schlagwort\w*|themen|étiquettes|etiquetas|теги|теми)\b\s*:?", text
    ):
        return "tags" if piece.linked or ":" in text[:20] else None
    if len(text) < 200 and re.match(r"(?i)^\W*(?:copyright|all rights reserved|©)", text):
        return "legal"
    return None


def _home_of(pieces: list[Piece]) -> tuple[str, frozenset[str]] | None:
    """What most of the paragraphs stand in."""
    homes = Counter(_home(piece) for piece in live(pieces) if is_prose(piece))
    return homes.most_common(1)[0][0] if homes else None


def _sections(pieces: list[Piece], home: tuple[str, frozenset[str]] | None) -> None:
    """A label such as `Related articles` ends the article if what follows it stands elsewhere than its paragraphs."""
    for at, piece in enumerate(pieces):
        if piece.drop in {"label", "links", "linked-line"} and phrases.fold(piece.text) in phrases.SECTION:
            after = live(pieces[at + 1 :])
            if after and not any(is_prose(p) and _home(p) == home for p in after):
                for p in after:
                    p.drop = "section"


def _home(piece: Piece) -> tuple[str, frozenset[str]]:
    parent = piece.element.parent
    return (parent.tag, sign(parent)) if parent is not None else ("", frozenset())


def _orphans(pieces: list[Piece]) -> None:
    """Headings of which nothing is left."""
    following: Piece | None = None
    for piece in reversed(live(pieces)):
        if piece.kind == "subheading" and (
            following is None or (following.kind == "subheading" and _follows_widget(piece))
        ):
            piece.drop = "orphan"
        else:
            following = piece


def _follows_widget(piece: Piece) -> bool:
    """Whether the next thing on the page after a heading is a dropped branch with text in it."""
    element = piece.element
    for _ in range(3):
        parent = element.parent
        if parent is None:
            return False
        kids = [kid for kid in parent.kids if not isinstance(kid, str)]
        after = kids[kids.index(element) + 1 :]
        following = next((kid for kid in after if kid.size > 0), None)
        if following is not None:
            return following.drop is not None and following.drop not in {"advert", "caption", "control"}
        element = parent
    return False


def is_dek(piece: Piece) -> bool:
    """Whether a piece is named as the line under the headline."""
    return any(words(name) & DEK for name in piece.element.get("class").split())
