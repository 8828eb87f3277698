"""The pieces of the article's column → the pieces of the article: what stands before, between and after its paragraphs.

Each rule looks at one piece and its place. A piece that is dropped keeps the rule's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from scraper.extract import asking, dates, leads, phrases, walls
from scraper.extract.blocks import SENTENCE, Piece, live
from scraper.extract.container import DEK, sign
from scraper.extract.leads import SENTENCE_END
from scraper.extract.names import words
from scraper.extract.title import fold, is_same

_READING_TIME = re.compile(
    r"(?i)^\W*(?:lesezeit|reading time|temps de lecture|tempo de leitura|tiempo de lectura|lesedauer|время чтения|"
    r"lästid)?\W*"
    r"\d+\s*(?:min(?:ute[ns]?|uto?s?|uti|\.)?|мин\w*|хв\w*|分)\s*(?:read|lesezeit|de lecture|de lectura|read time|"
    r"di lettura)?\W*$"
)
_BY = re.compile(r"(?i)^(?:by|von|par|por|di|de|af|av|door|text|от|від|autor\w*|oleh|przez|skrevet av)\b\s*:?\s+\S+")
_CLOCK = re.compile(r"(?i)\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?")
_BRAND = r"(?:visa|master\s?card|american\s?express|amex|maestro|discover|jcb|paypal|(?:apple|google)\s?pay|мир)"
_PAYMENT = re.compile(rf"(?i){_BRAND}(?:[\s,·|]+{_BRAND})+|pai?y?ments? methods\W*")
_TIME = re.compile(r"\d{1,2}[:.]\d{2}")
# So many lines that are set apart are none.
MAX_APART: Final = 200
# Fewer letters stand in any paragraph.
MIN_QUOTE: Final = 30


# Where the children of an element stand in it, by the orders of both, once looked up.
Seats = dict[int, dict[int, int]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the article when its pieces are judged. `own` says whether a link stays on the site."""

    title: str
    authors: Sequence[str]
    summaries: Sequence[str]
    own: Callable[[str], bool]
    seats: Seats = field(default_factory=dict)


def trim(pieces: list[Piece], known: Known) -> None:
    """Mark the pieces that are not article."""
    _above(pieces, known)
    _preamble(pieces, known)
    _lines(pieces, known)
    _repeats(pieces)
    asking.drop_lines(pieces)
    asking.drop_runs(pieces)
    _tickers(pieces)
    _tail(pieces, known)
    _orphans(pieces)


def lines(pieces: list[Piece], known: Known) -> None:
    """Mark only what is judged line by line: for a stretch whose place on the page says nothing about it."""
    _lines(pieces, known)


def is_prose(piece: Piece) -> bool:
    """Whether a piece reads like a sentence of text."""
    return piece.kind != "subheading" and len(piece.text) >= SENTENCE and piece.link_share < 0.6


# ------------------------------------------------------------------------------------------------ before the text


def _above(pieces: list[Piece], known: Known) -> None:
    """The headline and what stands above it."""
    head = fold(known.title)
    at = next((n for n, piece in enumerate(pieces) if head and is_same(piece.text, head)), None)
    if at is None:
        at = next((n for n, piece in enumerate(pieces) if piece.element.tag == "h1"), None)
    if at is None:
        return
    before = sum(len(piece.text) for piece in pieces[:at] if is_prose(piece))
    after = sum(len(piece.text) for piece in pieces[at:] if is_prose(piece))
    if before * 6 <= after:
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
        beside = first is not None and piece.element is not first.element and _is_beside(piece, first)
        piece.drop = _preamble_rule(piece, known, beside)


def _is_beside(piece: Piece, first: Piece) -> bool:
    """Whether a piece stands where the first paragraph stands, or is a paragraph around the list that it is in."""
    if piece.kind == "subheading":
        return piece.element.parent is first.element.parent
    if _home(piece) == _home(first):
        return True
    return piece.element.tag == "p" and any(above is piece.element.parent for above in first.element.ancestors())


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
    return None if beside else _kicker_rule(piece, known)


def _kicker_rule(piece: Piece, known: Known) -> str | None:
    """For a line that stands elsewhere than the paragraphs: the line under the headline, or a label above the text."""
    if any(fold(piece.text) == fold(summary) for summary in known.summaries):
        return "dek"
    short = len(piece.text) < SENTENCE and not SENTENCE_END.search(piece.text)
    return "above-body" if piece.kind == "subheading" or (piece.kind == "paragraph" and short) else None


def _is_date(piece: Piece) -> bool:
    return len(piece.text) < 120 and not SENTENCE_END.search(piece.text) and dates.is_in(piece.text)


def _is_byline(piece: Piece, known: Known) -> bool:
    text = piece.text
    if len(text) > 160:
        return False
    named = any(author.casefold() in text.casefold() for author in known.authors if len(author) > 3)
    if named and not (SENTENCE_END.search(text) and len(text) > 70):
        return True
    return len(text) < 80 and bool(_BY.match(text)) and not SENTENCE_END.search(text)


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
    label = phrases.label(text)
    if not label:
        return "ornament"
    if label in phrases.ADVERT:
        return "advert"
    if label in phrases.LABEL and not _is_heading(piece, following, known.seats):
        return "label"
    return _by_pattern(piece, known)


def _by_pattern(piece: Piece, known: Known) -> str | None:
    return next((rule for rule, applies in _PATTERNS if applies(piece, known)), None)


def _reads_more(piece: Piece, known: Known) -> bool:
    """`Read also: …`, or a pointer and a link."""
    text = piece.text
    if not piece.linked:
        return False
    if phrases.POINTER.match(text):
        return any(map(known.own, piece.hrefs))
    return bool(phrases.OPENER.match(text)) and (piece.link_share > 0.5 or bool(phrases.OPENER_COLON.match(text)))


def _is_media_label(piece: Piece, _: Known) -> bool:
    return len(piece.text) < 120 and bool(phrases.MEDIA.match(piece.text) or phrases.COUNTER.match(piece.text))


def _is_audio_notice(piece: Piece, _: Known) -> bool:
    return len(piece.text) < 200 and bool(phrases.AUDIO.search(piece.text))


def _is_embed_notice(piece: Piece, _: Known) -> bool:
    return bool(phrases.EMBED.search(piece.text)) and not _quotes(piece.text)


def _is_stamp(piece: Piece, _: Known) -> bool:
    text = piece.text
    if len(text) >= 120:
        return False
    if phrases.AGO.match(text):
        return True
    return bool(phrases.STAMP.match(text)) and (dates.is_in(text) or bool(_TIME.search(text[:60])))


def _is_count(piece: Piece, _: Known) -> bool:
    """How many look at the page, or have done something with it."""
    text = piece.text
    counts = len(text) < 120 and piece.kind != "row"
    return counts and bool(phrases.READING_NOW.match(text) or phrases.COUNTS.match(text))


def _is_report(piece: Piece, _: Known) -> bool:
    return len(piece.text) < 200 and bool(phrases.REPORT.search(piece.text))


def _is_reading_time(piece: Piece, _: Known) -> bool:
    return len(piece.text) < 60 and bool(_READING_TIME.match(piece.text))


def _is_picture_credit(piece: Piece, _: Known) -> bool:
    return len(piece.text) < 250 and bool(phrases.CREDIT.match(piece.text))


def _is_plain_byline(piece: Piece, known: Known) -> bool:
    """A line of nothing but the article's authors."""
    if len(piece.text) >= 120 or not known.authors:
        return False
    bare = fold(_BY.sub(lambda match: match[0].split()[-1], piece.text, count=1))
    return bare in {fold(author) for author in known.authors} | {fold("".join(known.authors))}


_Test = Callable[[Piece, Known], bool]
_PATTERNS: Final[tuple[tuple[str, _Test], ...]] = (
    ("read-more", _reads_more),
    ("share", lambda piece, _: leads.to_sharing(piece)),
    ("comment", lambda piece, _: leads.to_talk(piece)),
    ("byline", lambda piece, _: asking.is_signature(piece)),
    ("links", lambda piece, known: leads.labelled(piece, known.own)),
    ("media", _is_media_label),
    ("audio", _is_audio_notice),
    ("consent", _is_embed_notice),
    ("date", _is_stamp),
    ("reading-time", _is_reading_time),
    ("counter", _is_count),
    ("report", _is_report),
    ("caption", _is_picture_credit),
    ("byline", _is_plain_byline),
)


def _quotes(text: str) -> bool:
    return text[:1] in "\"“„«»'‘"


def _is_sentence(piece: Piece) -> bool:
    return is_prose(piece) or (
        piece.kind == "paragraph" and piece.link_share < 0.5 and bool(SENTENCE_END.search(piece.text))
    )


def _is_heading(piece: Piece, following: Piece | None, seats: Seats) -> bool:
    """Whether a line heads the text that follows it, with no widget in between."""
    headed = _heads(piece) and following is not None and _is_sentence(following)
    return headed and not _follows_widget(piece, seats)


def _heads(piece: Piece) -> bool:
    """Whether a line looks like a heading of what follows it."""
    return piece.kind == "subheading" or piece.bold * 10 >= len(piece.text) * 9 or piece.text.isupper()


def _repeats(pieces: list[Piece]) -> None:
    """Pull quotes: lines set apart that stand in a paragraph, word for word, as well."""
    home = _home_of(pieces)
    apart = [
        piece
        for piece in live(pieces)
        if piece.kind == "quote" or (piece.kind == "paragraph" and (piece.element.tag != "p" or _home(piece) != home))
    ]
    # Where most lines stand apart, none does; and each is looked for in all the others.
    if len(apart) > MAX_APART:
        return
    quoted = [(piece, text) for piece in apart if len(text := fold(piece.text)) >= MIN_QUOTE]
    texts = [fold(piece.text) for piece in live(pieces) if len(piece.text) > 60] if quoted else []
    for piece, text in quoted:
        if any(text in other and len(text) < len(other) for other in texts):
            piece.drop = "pull-quote"


# ------------------------------------------------------------------------------------------------ after the text


def _tickers(pieces: list[Piece]) -> None:
    """A list of other news under a short heading, each under a bare time of day; and the names of means of payment.

    A live page has such times too, but they make up most of it.
    """
    rest = live(pieces)
    for piece in rest:
        if _PAYMENT.fullmatch(piece.text):
            piece.drop = "payment"
    times = [piece for piece in rest if _CLOCK.fullmatch(piece.text)]
    if len(times) < 2:
        return
    start = next(at for at, piece in enumerate(pieces) if piece is times[0]) - 1  # the heading, dropped already or not
    if start < 0 or len(pieces[start].text) >= SENTENCE or SENTENCE_END.search(pieces[start].text):
        return
    before, after = (sum(len(p.text) for p in live(part) if is_prose(p)) for part in (pieces[:start], pieces[start:]))
    for piece in live(pieces[start:]) if after < before else []:
        piece.drop = "ticker"


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
    if _is_credit_line(piece):
        return None
    if not home and leads.mostly(piece, known.own):
        return "links"
    return next((rule for rule, applies in _TAIL if applies(piece, home)), None)


def _is_credit_line(piece: Piece) -> bool:
    """Who else worked on it: short, last, and article."""
    text = piece.text
    return len(text) < 200 and bool(phrases.CONTRIBUTED.search(text)) and not phrases.COMMENTS.search(text)


def _matches(pattern: re.Pattern[str], limit: int) -> Callable[[Piece, bool], bool]:
    return lambda piece, home: len(piece.text) < limit and bool(pattern.search(piece.text)) and not _quotes(piece.text)


_TAIL: Final[tuple[tuple[str, Callable[[Piece, bool], bool]], ...]] = (
    ("links", lambda piece, home: piece.link_share > 0.8),
    ("orphan", lambda piece, home: piece.kind == "subheading" and not SENTENCE_END.search(piece.text)),
    ("wall", _matches(phrases.WALL, 250)),
    ("wall", lambda piece, home: not home and len(piece.text) < 250 and bool(walls.said("wall", piece.text))),
    ("cookie", lambda piece, home: not home and len(piece.text) < 600 and bool(walls.said("consent", piece.text))),
    ("follow", _matches(phrases.FOLLOW, 300)),
    ("comment", _matches(phrases.COMMENTS, 800)),
    ("comment", lambda piece, home: not home and bool(phrases.COMMENTS.search(piece.text))),
    ("tags", lambda piece, home: bool(phrases.TAGS.match(piece.text)) and bool(piece.linked or ":" in piece.text[:20])),
    ("legal", _matches(phrases.LEGAL, 200)),
)


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
    seats: Seats = {}
    following: Piece | None = None
    for piece in reversed(live(pieces)):
        alone = following is None or (following.kind == "subheading" and _follows_widget(piece, seats))
        if piece.kind == "subheading" and alone and not SENTENCE_END.search(piece.text):
            piece.drop = "orphan"
        else:
            following = piece


def _follows_widget(piece: Piece, seats: Seats) -> bool:
    """Whether the next thing on the page after a heading is a dropped branch with text in it.

    `seats` keeps where the children of an element stand in it, once looked up.
    """
    element = piece.element
    for _ in range(3):
        parent = element.parent
        if parent is None:
            return False
        if parent.order not in seats:
            seats[parent.order] = {kid.order: at for at, kid in enumerate(parent.kids) if not isinstance(kid, str)}
        kids = (parent.kids[at] for at in range(seats[parent.order][element.order] + 1, len(parent.kids)))
        following = next((kid for kid in kids if not isinstance(kid, str) and kid.size > 0), None)
        if following is not None:
            return following.drop is not None and following.drop not in {"advert", "caption", "control"}
        element = parent
    return False


def is_dek(piece: Piece) -> bool:
    """Whether a piece is named as the line under the headline."""
    return any(words(name) & DEK for name in piece.element.get("class").split())
