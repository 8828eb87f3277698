"""A query as the database is asked, and what its answer says about versions.

    words → their other forms → quoted phrases joined by AND and OR → FTS5
    where each phrase stands → versions with it → versions in which the whole query holds

FTS5 finds the sheets; in which versions all of it stands at once, and what may not stand there, is worked out here. No
text of anybody's is ever part of its syntax: phrases are letters and digits. https://sqlite.org/fts5.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import apsw

from scraper import words
from scraper.query import Clause, Query, Term
from scraper.store.search.file import queries
from scraper.store.search.sheets import COLUMNS, Pieces
from scraper.store.search.stems import stemmer

# Other forms of one word, and of all words of a query together: each is looked up by itself.
_FORMS: Final = 60
_ALL_FORMS: Final = 600


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is looked up as one: words side by side, the last perhaps only a beginning, perhaps in one column only."""

    words: tuple[str, ...]
    begins: bool = False
    column: str | None = None

    def __str__(self) -> str:
        if not all(word.isalnum() or not word.isascii() for word in self.words):
            raise ValueError(f"no words: {self.words}")  # neither a query nor a text has them: the file is damaged
        quoted = f'"{" ".join(self.words)}"{" *" if self.begins else ""}'
        return f"{self.column} : {quoted}" if self.column else quoted


@dataclass(frozen=True, slots=True)
class Part:
    """A clause as phrases, any of which will do."""

    phrases: tuple[Phrase, ...]
    excluded: bool


@dataclass(frozen=True)
class Match:
    """A whole query, ready to be asked."""

    parts: tuple[Part, ...]

    @cached_property
    def _groups(self) -> tuple[tuple[tuple[int, Phrase], ...], ...]:
        """What is asked for: of each group something has to be there. Phrases come with the number of their part.

        What must not be there in the same version is in the last group together with what has to be there anyway: so it
        excludes no sheet, and its places are told too.
        """
        numbered = list(enumerate(self.parts))
        wanted = [tuple((number, phrase) for phrase in part.phrases) for number, part in numbered if not part.excluded]
        unwanted = [(number, phrase) for number, part in numbered if part.excluded for phrase in part.phrases]
        return (*wanted, (*wanted[0], *unwanted)) if unwanted else tuple(wanted)

    @cached_property
    def text(self) -> str:
        """In the syntax of FTS5, which numbers phrases from left to right."""
        return " AND ".join(f"({' OR '.join(str(phrase) for _, phrase in group)})" for group in self._groups)

    @cached_property
    def plain(self) -> bool:
        """Whether it holds in all versions of a sheet of which each block stands in all: nothing is excluded, and no
        row of words is asked for, which could go on from one block to the next."""
        single = all(len(phrase.words) == 1 for part in self.parts for phrase in part.phrases)
        return single and not any(part.excluded for part in self.parts)

    @cached_property
    def gone(self) -> str | None:
        """What a sheet has to have lost, in the syntax of FTS5, if it has the query in a version but not in the last.

        None if that cannot be said by single words.
        """
        phrases = dict.fromkeys(str(phrase) for part in self.parts for phrase in part.phrases)
        return " OR ".join(phrases) if self.plain else None

    @cached_property
    def _phrases(self) -> tuple[tuple[int, Phrase], ...]:
        return tuple(each for group in self._groups for each in group)

    def standing(self, api: apsw.FTS5ExtensionApi, pieces: bytes) -> int:
        """In which versions of a sheet the query holds, as a mask: the function `standing` of queries.sql."""
        found = Pieces.unpacked(pieces)
        stands = [0] * len(self.parts)
        for number, (part, phrase) in enumerate(self._phrases):
            if stands[part] != found.whole:
                stands[part] |= _standing(api, found, number, phrase)
        mask = found.whole
        for clause, held in zip(self.parts, stands, strict=True):
            mask &= ~held if clause.excluded else held
        return mask


def _standing(api: apsw.FTS5ExtensionApi, pieces: Pieces, number: int, phrase: Phrase) -> int:
    width = len(phrase.words)
    if pieces.versions == 1 and width == 1:
        return int(len(api.phrase_columns(number)) > 0)
    mask = 0
    for column, places in enumerate(api.phrase_locations(number)):
        mask |= pieces.standing(column, places, width)
    return mask


def match(db: apsw.Connection, query: Query) -> Match:
    """What to ask for, with the other forms of each word that the archive has."""
    known = [row[0] for row in db.execute(queries()["languages"])]
    languages = [str(code) for code in known if not query.languages or code in query.languages]
    terms = [term for clause in query.clauses for term in clause.terms if _has_forms(term)]
    most = min(_FORMS, _ALL_FORMS // max(1, len(terms)))
    return Match(tuple(dict.fromkeys(_part(db, clause, languages, most) for clause in query.clauses)))


def _part(db: apsw.Connection, clause: Clause, languages: list[str], most: int) -> Part:
    phrases: dict[Phrase, None] = {}
    for term in clause.terms:
        # Korean writes its particles onto the word.
        begins = term.begins or (not term.exact and words.is_hangul(term.words[-1]) and len(term.words[-1]) > 1)
        phrases[Phrase(term.words, begins, term.field)] = None
        if _has_forms(term):
            for word in _forms(db, term, languages, most):
                phrases.setdefault(Phrase((word,), column=term.field))
    return Part(tuple(phrases), clause.excluded)


def _has_forms(term: Term) -> bool:
    return not term.exact and not term.begins and len(term.words) == 1


def _forms(db: apsw.Connection, term: Term, languages: list[str], most: int) -> list[str]:
    """Words that have a stem in common with this one, in any of the languages; the shortest ones first."""
    found: dict[str, None] = {}
    for code in languages:
        stem = stemmer(code)
        for stemmed in {stem(term.typed[0]), stem(term.words[0])} if stem else ():
            rows = db.execute(queries()["forms"], {"language": code, "stem": stemmed, "limit": most})
            found |= dict.fromkeys(str(word) for (word,) in rows)
    return sorted(found, key=lambda word: (len(word), word))[:most]


def columns_of(phrase: Phrase) -> range | tuple[int, ...]:
    """The numbers of the columns in which a phrase is looked for."""
    return (COLUMNS.index(phrase.column),) if phrase.column else range(len(COLUMNS))
