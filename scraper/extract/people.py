"""Who wrote it: declared authors and printed bylines → names of people or desks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from scraper.extract.words import tokens
from scraper.text import clean

MAX_AUTHORS: Final = 30

# "By", in the languages whose bylines print it.
_BY = re.compile(
    r"(?i)^(?:written\s+by|reported\s+by|story\s+by|words\s+by|text(?:e)?\s*(?:by|von|:)|by|von|par|por|de|di|da|"
    r"af|av|door|מאת|بقلم|"
    r"autor(?:in|en|zy|ka|es|a)?\s*:|author(?:s)?\s*:|auteurs?\s*:|автор(?:ы|и|ка)?\s*:|oleh|tekijä|przez|"
    r"redakcja\s*:|opracowanie\s*:|yazar\s*:|kirjoittaja\s*:|szerző\s*:|από|του|της|text)\s*:?\s+|"
    r"^(?:(?:撰文|采写|文字|文|作者|記者|记者|執筆|著者|글|기자)\s*[/／:：・·]\s*)+(?:(?:本报)?(?:记者|記者)\s*)?"
)
# What stands behind a name in the East: the job, without a comma.
_EASTERN_ROLE = re.compile(r"\s+(?:(?:선임|전문)?기자|특파원|논설위원|記者|记者)$")
_CONJUNCTION = re.compile(r"(?i)^(?:and|und|et|y|og|och|en|и|та)\s+")
_DASHED = re.compile(r"\s+[|–—-]\s+")
_AND = re.compile(
    r"\s*(?:;|\||\s/\s|•|·|，|、|\n)\s*"
    r"|\s+(?:and|und|et|og|och|en|y|e|ja|i|ir|és|in|și|si|ve|und|dan|na|и|й|та|і|&|\+|with|mit|med|avec|con|com)\s+"
)
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_HANDLE = re.compile(r"(?<!\S)@[\w.]+")
_URLISH = re.compile(r"(?i)https?://|www\.|^[\w-]+(?:/[\w-]+)+$")
_PARENS = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]")
# A comma before one of these begins what somebody is, not who.
_ROLE = re.compile(
    r"(?i)\b(?:editor|reporter|correspondent|writer|journalist|columnist|contributor|producer|bureau|chief|fellow|"
    r"staff|"
    r"professor|redakteur|redakteurin|korrespondent|korrespondentin|reporterin|autor|autorin|volontär|chefredakteur|"
    r"journaliste|rédact|correspondant|envoyé|periodista|redactor|corresponsal|giornalista|caporedattore|inviato|"
    r"dziennikarz|dziennikarka|redaktor|zastępca|журналист|корреспондент|редактор|обозреватель|muhabir|yazar|editör|"
    r"journalist|redaktør|redaktör|verslaggever|freelance|politics|business|sports|news\s+reporter|profesorius)\w*"
)
_NOT_NAMES: Final = tokens(
    "admin administrator editor editors webmaster user author authors unknown none null undefined redaktion staff name "
    "anonymous guest root newsdesk byline n/a test redaktor"
)
_CONTROLS: Final = tokens(
    "twitter facebook instagram linkedin email share follow comments comment print whatsapp subscribe updated "
    "published more "
    "posts articles stories view all read"
)


def names(values: Iterable[str], sites: Iterable[str] = ()) -> tuple[str, ...]:
    """The names in declared or printed author values, each once, in order.

    Left out are addresses, handles, bare job words; and, where somebody else is named too, names of the site.

    >>> names(["By Ann Lee and Bo Ek, Staff Writer", "ann@example.com"])
    ('Ann Lee', 'Bo Ek')
    """
    found: dict[str, str] = {}
    for value in values:
        for name in _split(value)[: MAX_AUTHORS - len(found)]:
            found.setdefault(name.casefold(), name)
    own = {_bare(site) for site in sites if site}
    people = [name for name in found.values() if _bare(name) not in own]
    return tuple(people or found.values())


def _bare(name: str) -> str:
    return re.sub(r"\W+", "", name.casefold()).removeprefix("the")


def begins_with_by(text: str) -> bool:
    """Whether a line begins like a byline: `By`, in whatever language."""
    return bool(_BY.match(text))


def is_plausible(name: str) -> bool:
    """Whether a name read from markup is one: few words, none of them a network's or a control's.

    >>> is_plausible("Ann Lee"), is_plausible("Twitter Facebook")
    (True, False)
    """
    words = name.casefold().split()
    return len(words) <= 5 and not _CONTROLS & set(words)


def _split(value: str) -> list[str]:
    text = clean(_HANDLE.sub(" ", _EMAIL.sub(" ", value)))[:600]
    text = _PARENS.sub("", _BY.sub("", text))
    return [name for part in _people(text) for chunk in _AND.split(part) if chunk and (name := _name(chunk))]


def _people(text: str) -> list[str]:
    """What stands between commas, up to where it begins to say what somebody is."""
    kept: list[str] = []
    for part in re.split(r"\s*,\s*", text):
        part = _CONJUNCTION.sub("", part) if kept else part  # noqa: PLW2901 - the comma before the last `and`
        who, *rest = _DASHED.split(part, maxsplit=1)
        if who and rest and _ROLE.search(rest[0]):
            part = who  # noqa: PLW2901 - the job behind a dash
        if kept and (_ROLE.search(part) or _describes(part)):
            if _describes(part):
                break
            continue
        kept.append(part)
    return kept


def _describes(part: str) -> bool:
    """Many words, most of them small: no name."""
    words = part.split()
    return len(words) > 4 and sum(word[:1].islower() for word in words) * 2 > len(words)


def _is_address(text: str) -> bool:
    return ("/" in text or "." in text) and _URLISH.search(text) is not None


def _name(text: str) -> str | None:
    text = _EASTERN_ROLE.sub("", _BY.sub("", text).strip(" .,:;-–—|/*")).strip()
    text = text if text.count('"') != 1 else text.replace('"', "")
    if not 2 <= len(text) <= 80 or _is_address(text) or text.casefold() in _NOT_NAMES:
        return None
    # Dates, times and counts stand beside names; the number in a newsroom's name is part of a word.
    if not any(ch.isalpha() for ch in text) or any(
        word.strip(".,:").replace(":", "").isdigit() for word in text.split()
    ):
        return None
    if len(text.split()) > 7 or (text.islower() and "-" in text and " " not in text):
        return None
    return text
