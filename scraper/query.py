"""What a person may ask the archive's texts for: a small language, read into values. Pure.

    harbour strike                 both words, in any of their forms
    "harbour strike"               these words, in this order, exactly so
    ferry OR boat                  either
    strike -rail    strike NOT rail
    harb*                          words that begin so
    title:strike author:brandt     in one field: title, subtitle, author, caption, body
    outlet:paper.example lang:en after:2024-05 before:2024-06-15
    removed:yes                    what no longer stands in the last version
    version:latest                 what stands there now; version:3, version:all

OR joins its neighbours only: `a b OR c d` asks for a, for b or c, and for d. Every text is a query or a sentence that
says what is wrong with it. Nothing of it ever reaches the syntax of a database: words hold letters and digits only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, cast, get_args

from scraper import words
from scraper.errors import QueryError
from scraper.text import HANGS, SOLO

Field = Literal["title", "subtitle", "author", "caption", "body"]
Versions = Literal["any", "latest", "all"]
FIELDS: Final[tuple[str, ...]] = get_args(Field)

LONGEST: Final = 1000  # characters
MOST_WORDS: Final = 32
MOST_BEGINNINGS: Final = 4  # `harb*`: each costs as much as all the words that begin so
SHORTEST_BEGINNING: Final = 2

_ITEM = re.compile(
    r'(?P<minus>-+)?(?:(?P<name>[a-z]{2,10}):)?(?:"(?P<quoted>[^"]*)"(?P<star>\*?)|(?P<bare>[^\s"]+))',
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
_BETWEEN_SOLO = re.compile(rf"(?<=[{SOLO}{HANGS}]) (?=[{SOLO}])")
_OUTLET = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Term:
    """One or several words side by side. `typed` are they as spelled, `words` as they are compared.

    `exact`: no other form of the word will do. `begins`: the last word need only begin so. `field`: only there.
    """

    typed: tuple[str, ...]
    words: tuple[str, ...]
    exact: bool = False
    begins: bool = False
    field: Field | None = None

    def __str__(self) -> str:
        text = _BETWEEN_SOLO.sub("", " ".join(self.typed))
        text = f'"{text}"' if self.exact else text
        return f"{self.field + ':' if self.field else ''}{text}{'*' if self.begins else ''}"


@dataclass(frozen=True, slots=True)
class Clause:
    """Any of the terms; if `excluded`, the one term must not be there."""

    terms: tuple[Term, ...]
    excluded: bool = False

    def __str__(self) -> str:
        return ("-" if self.excluded else "") + " OR ".join(map(str, self.terms))


@dataclass(frozen=True, slots=True)
class Query:
    """All that is asked for: every clause must hold in one and the same version of an article.

    `outlets` and `languages`: any of them; empty for all. `after` and `before` are days of publication by the outlet
    (of the first capture if it gave none): from `after` on, up to the day before `before`. `removed`: true for what no
    longer stands in the last version, false for what does. `versions`: one hit an article, wherever it holds (`any`);
    where it holds in the last version (`latest`) or in that of a number; or one hit for each version (`all`).
    """

    clauses: tuple[Clause, ...]
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None
    removed: bool | None = None
    versions: Versions | int = "any"

    def __str__(self) -> str:
        """The query as it could be typed: reading it again gives the same."""
        parts = [*map(str, self.clauses), *(f"outlet:{name}" for name in self.outlets)]
        parts += [f"lang:{name}" for name in self.languages]
        parts += [f"{name}:{day}" for name, day in (("after", self.after), ("before", self.before)) if day]
        parts += [] if self.removed is None else [f"removed:{'yes' if self.removed else 'no'}"]
        return " ".join(parts + ([] if self.versions == "any" else [f"version:{self.versions}"]))

    def narrowed(
        self,
        *,
        outlets: tuple[str, ...] = (),
        languages: tuple[str, ...] = (),
        after: date | None = None,
        before: date | None = None,
    ) -> Query:
        """This query with further filters; what they say twice, both have to agree to."""
        return replace(
            self,
            outlets=_both("outlet", self.outlets, outlets),
            languages=_both("lang", self.languages, languages),
            after=max(filter(None, (self.after, after)), default=None),
            before=min(filter(None, (self.before, before)), default=None),
        )


def _both(name: str, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if not one or not other:
        return one or other
    if common := tuple(each for each in one if each in other):
        return common
    raise QueryError(f"{name}: asks for {', '.join(one)} and for {', '.join(other)}: nothing is both")


def parse(text: str) -> Query:
    """The query that `text` is.

    Raises QueryError with what is wrong and what to write instead.

    >>> str(parse("Harbour  strike -rail “two words” after:2024"))
    'harbour strike -rail "two words" after:2024-01-01'
    """
    if len(text) > LONGEST:
        raise QueryError(f"the query has {len(text)} characters; at most {LONGEST} are read, so ask for less at once")
    line = words.plain(text)
    if line.count('"') % 2:
        raise QueryError('a quotation mark is not closed; write "so that it ends"')
    reader = _Reader()
    for match in _ITEM.finditer(line):
        reader.item(match)
    return reader.query()


class _Reader:
    """One reading of a text, from left to right. `joins` and `excludes` are what the word before asks of the next."""

    def __init__(self) -> None:
        self.clauses: list[Clause] = []
        self.filters = Query(())
        self.joins = self.excludes = False

    def item(self, match: re.Match[str]) -> None:
        """Take up one word, phrase, operator or filter."""
        bare, name = match["bare"], match["name"]
        if name is None and match["minus"] is None and bare in {"AND", "OR", "NOT"}:
            self._operator(bare)
        elif bare and name is None and bare.removesuffix(":") in {*FIELDS, *_FILTERS} and bare.endswith(":"):
            raise QueryError(f"{bare} is followed by nothing; write {bare}word without a blank")
        elif name in _FILTERS:
            if match["minus"] or self.excludes or self.joins:
                raise QueryError(f"{name}: can neither be left out nor be an alternative; it holds for the whole query")
            value = (match["quoted"] if bare is None else bare).strip()
            self.filters = _FILTERS[name](self.filters, value)
        elif name is None or name in FIELDS:
            self._term(match, bare, cast("Field | None", name))
        else:  # a name that means nothing here is a word like others
            self._term(match, f"{name}:{bare if bare is not None else match['quoted']}", None)

    def _operator(self, word: str) -> None:
        if word == "AND":
            return
        if word == "OR":
            if not self.clauses or self.clauses[-1].excluded or self.joins or self.excludes:
                raise QueryError("OR stands between two words that are looked for: ferry OR boat")
            self.joins = True
        else:
            if self.joins:
                raise QueryError("what is left out cannot be an alternative; write ferry -boat")
            self.excludes = True

    def _term(self, match: re.Match[str], bare: str | None, field: Field | None) -> None:
        begins = match["star"] == "*" if bare is None else bare.endswith("*")
        found = words.spelled(match["quoted"] if bare is None else bare)
        if not found:
            return  # punctuation alone
        typed, compared = zip(*found, strict=True)
        if begins and len(compared[-1]) < SHORTEST_BEGINNING and not words.is_solo(compared[-1]):
            raise QueryError(f"{typed[-1]}* is too short; at least {SHORTEST_BEGINNING} letters have to be given")
        term = Term(typed, compared, bare is None or len(typed) > 1, begins, field)
        excluded = self.excludes or match["minus"] is not None
        if self.joins and excluded:
            raise QueryError("what is left out cannot be an alternative; write ferry -boat")
        if self.joins:
            self.clauses[-1] = Clause((*self.clauses[-1].terms, term))
        else:
            self.clauses.append(Clause((term,), excluded))
        self.joins = self.excludes = False

    def query(self) -> Query:
        """What was read. Raises QueryError if it asks for nothing, or for too much."""
        if self.joins or self.excludes:
            raise QueryError(f"{'OR' if self.joins else 'NOT'} is followed by no word")
        terms = [term for clause in self.clauses for term in clause.terms]
        if not terms:
            raise QueryError("there is no word to look for")
        if all(clause.excluded for clause in self.clauses):
            raise QueryError("only says what to leave out; name a word to look for as well")
        if (many := sum(len(term.words) for term in terms)) > MOST_WORDS:
            raise QueryError(f"asks for {many} words; at most {MOST_WORDS} can be looked for at once")
        if (many := sum(term.begins for term in terms)) > MOST_BEGINNINGS:
            raise QueryError(f"has {many} words with a star; at most {MOST_BEGINNINGS} can be looked for at once")
        return replace(self.filters, clauses=tuple(self.clauses))


# ------------------------------------------------------------------------------------------------ filters


def day(name: str, value: str) -> date:
    """The first day that `value` names: `2024`, `2024-06` or `2024-06-02`. Raises QueryError."""
    match = _DATE.fullmatch(value)
    try:
        if match:
            return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        pass
    raise QueryError(f"{name}:{value} is no date; write {name}:2024-06-02, {name}:2024-06 or {name}:2024")


def outlet(value: str) -> str:
    """The id of an outlet, as typed. Raises QueryError for what can be none."""
    value = value.lower()
    if not _OUTLET.fullmatch(value):
        raise QueryError(f"outlet:{value} is no outlet; write its domain as `scraper outlets` lists it")
    return value


def language(value: str) -> str:
    """The code of a language, without its country. Raises QueryError for what can be none."""
    code = value.lower().replace("_", "-").partition("-")[0]
    if not _LANGUAGE.fullmatch(code):
        raise QueryError(f"lang:{value} is no language; write its code, such as lang:en")
    return code


def versions(value: str) -> Versions | int:
    """Which versions count. Raises QueryError."""
    if value in get_args(Versions):
        return cast("Versions", value)
    if value.isascii() and value.isdecimal() and len(value) <= 6:
        return int(value)
    raise QueryError(f"version:{value} is none; write version:latest, version:all, version:any or a number")


def _removed(query: Query, value: str) -> Query:
    if value not in {"yes", "no"}:
        raise QueryError(f"removed:{value} says neither yes nor no")
    return replace(query, removed=value == "yes")


def _another(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return values if value in values else (*values, value)


_FILTERS: Final[dict[str, Callable[[Query, str], Query]]] = {
    "outlet": lambda query, value: replace(query, outlets=_another(query.outlets, outlet(value))),
    "lang": lambda query, value: replace(query, languages=_another(query.languages, language(value))),
    "after": lambda query, value: query.narrowed(after=day("after", value)),
    "before": lambda query, value: query.narrowed(before=day("before", value)),
    "removed": _removed,
    "version": lambda query, value: replace(query, versions=versions(value)),
}
