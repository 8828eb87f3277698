"""When, as the visible page says it: `<time>`, marked elements, lines named as dates; and when it was changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from scraper.extract import dates
from scraper.extract.names import words
from scraper.extract.tree import Element
from scraper.extract.words import tokens
from scraper.text import clean

Found = tuple[dates.When, str]

# What is printed before the time of a change.
_CHANGED = re.compile(
    r"(?i)\b(?:updat|modif|revis|edited|aktualis|geändert|bearbeitet|überarbeitet|mis[e]? à jour|actuali[sz]|aggiorn|"
    r"atualiz|bijgewerkt|gewijzigd|uppdater|oppdater|opdater|zaktual|aktuali[sz]|обновл|оновл|güncel|päivit|muokattu|"
    r"frissít|módosít|atnaujin|uuenda|posodob|ažurir|ενημερ)|màj\b|更新|修正|수정|업데이트|تحديث|محدث|עודכן|अपडेट|अद्यतन"
)
_CHANGE_WORDS: Final = tokens("updated update modified lastmodified lastupdated datemodified aktualisiert")
_DATED: Final = tokens("date time published publish timestamp datum pubdate posted datetime datepublished fecha data")
MAX_LINE: Final = 200
MAX_BEFORE: Final = 60


def shown(elements: Sequence[Element], language: str | None) -> Iterator[Found]:
    """The moments of `<time>` and of what is marked as the publication, but those of a change, in reading order."""
    for element in elements:
        if _is_marked(element) and not is_change(element):
            yield from _values(element, language)


def changes(elements: Sequence[Element], language: str | None) -> Iterator[Found]:
    """The moments that the page says are those of a change."""
    for element in elements:
        if (_is_marked(element) or "datemodified" in element.get("itemprop").lower()) and is_change(element):
            yield from _values(element, language)


def named(elements: Sequence[Element], language: str | None) -> Iterator[Found]:
    """The moments in lines whose class or id says that they are dates, up to where they speak of a change."""
    for element in elements:
        if not 0 < element.size < MAX_LINE:
            continue
        said = {word for name in [*element.get("class").split(), element.get("id")] for word in words(name)}
        if said & _DATED and not said & _CHANGE_WORDS:
            line = before_change(clean(element.text(dropped=True)))
            if when := dates.in_text(line, language):
                yield when, "text"


def before_change(line: str) -> str:
    """A line up to where it speaks of a change.

    >>> before_change("22 August 2024, 12:05 (updated 14:00)")
    '22 August 2024, 12:05 ('
    """
    return _CHANGED.split(line, maxsplit=1)[0]


def is_change(element: Element) -> bool:
    """Whether an element with a time says, or stands behind something that says, that it is the time of a change."""
    if "datemodified" in element.get("itemprop").lower():
        return True
    if any(words(name) & _CHANGE_WORDS for name in element.get("class").split()):
        return True
    return bool(_CHANGED.search(element.text(dropped=True)[:MAX_LINE]) or _CHANGED.search(_before(element)))


def _is_marked(element: Element) -> bool:
    return element.tag == "time" or "datepublished" in element.get("itemprop").lower()


def _values(element: Element, language: str | None) -> Iterator[Found]:
    """What the attribute says, and then what is printed if that adds the time of day."""
    text = clean(element.text(dropped=True))
    told = dates.declared(clean(element.get("datetime") or element.get("content")) or text, language)
    if told is None:
        return
    yield told, "time"
    printed = dates.in_text(text, language)
    if isinstance(printed, datetime) and not isinstance(told, datetime) and printed.date() == told:
        yield printed, "time"


def _before(element: Element) -> str:
    """The last words in front of an element, from the one before it that has a time."""
    for _ in range(2):
        parent = element.parent
        if parent is None or parent.size > MAX_LINE:
            return ""
        found: list[str] = []
        for kid in parent.kids:
            if kid is element:
                break
            if isinstance(kid, str):
                found.append(kid)
            else:
                found = [] if kid.tag == "time" else [*found, kid.text(dropped=True)]
        if text := "".join(found).strip():
            return text[-MAX_BEFORE:]
        element = parent
    return ""
