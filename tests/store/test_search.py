"""Full-text search over all versions: what is found, what is said of it, and how it follows the archive."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper import words
from scraper.article import Article, Block
from scraper.errors import ArchiveNewer, ArchiveUnwritable, QueryError, QueryTooDear
from scraper.hits import Hit
from scraper.model import Revision
from scraper.query import parse
from scraper.store.archive import FileArchive
from scraper.store.catalogue import connect, make
from scraper.store.files import Files
from scraper.store.reindex import reindex
from scraper.store.search import file, search, sheets, snippets
from scraper.store.search.match import Match, Part, Phrase
from tests.store.kit import HARBOUR, START, article, capture_and_commit, findings, gone, opened, visit
from tests.tally import Tally

DAY = timedelta(days=1)
ASKED = [first + second for first in "bcdfgh" for second in "aeiou"][:30]
NORTH = "https://north.example/2024/06/ice"


def store(archive: FileArchive, text: str, url: str = HARBOUR, *, days: int = 0, **more: object) -> None:
    """One visit that found a text of several paragraphs, parted by blank lines, at an outlet named by its address."""
    blocks = tuple(Block("paragraph", part) for part in text.split("\n\n"))
    found = article("", url, **{"blocks": blocks, "title": "News", "language": "en", **more})
    capture_and_commit(archive, found, url, START + days * DAY, url.split("/")[2])


def found(archive: FileArchive, text: str, *, limit: int = 20) -> list[Hit]:
    """The hits of a query, with everything taken in."""
    archive.search.follow(60)
    return list(archive.search.find(parse(text), limit=limit).hits)


def ids(archive: FileArchive, text: str) -> set[str]:
    """The addresses of the articles that are found."""
    return {hit.url for hit in found(archive, text)}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    """An empty one."""
    with opened(tmp_path / "archive") as made:
        yield made


def edited(archive: FileArchive) -> None:
    """An article whose second paragraph goes in version 2, and another one."""
    store(archive, "The harbour opens on Friday.\n\nThe mayor will resign.")
    store(archive, "The harbour opens on Saturday.\n\nThe mayor will resign.", days=1)
    store(archive, "The harbour opens on Saturday.", days=2)
    store(archive, "Ice closes the northern harbours.", NORTH, title="Ice", language="en-GB")


# ------------------------------------------------------------------------------------------------ finding


def test_a_removed_sentence_is_found_and_said_to_be_removed(archive: FileArchive) -> None:
    """With the versions in which it stood, and the sentence itself."""
    edited(archive)
    (hit,) = found(archive, "mayor resign")
    assert (hit.versions, hit.version, hit.latest, hit.removed_in) == (((0, 1),), 1, 2, 2)
    assert hit.snippet
    assert [text for text, marked in hit.snippet.runs if marked] == ["mayor", "resign"]


def test_what_comes_back_stands_in_two_rows_of_versions(archive: FileArchive) -> None:
    """And is not called removed."""
    for day, text in enumerate(("One pier.", "No more.", "One pier.", "One pier, then.")):
        store(archive, text, days=day)
    (hit,) = found(archive, "pier")
    assert (hit.versions, hit.removed_in) == (((0, 0), (2, 3)), None)


def test_all_words_stand_in_one_version(archive: FileArchive) -> None:
    """What stood there at different times was never said together."""
    edited(archive)
    assert not found(archive, "friday saturday")
    assert found(archive, "saturday resign")[0].versions == ((1, 1),)


def test_what_is_left_out_is_left_out_of_the_version(archive: FileArchive) -> None:
    """The article is found by the version that lacks it."""
    edited(archive)
    (hit,) = found(archive, "opens -resign")
    assert (hit.versions, hit.version) == (((2, 2),), 2)
    assert not found(archive, "opens -harbour")


def test_versions_can_be_chosen(archive: FileArchive) -> None:
    """What stands now, what stood in one, each by itself, what was taken out and what was not."""
    edited(archive)
    assert not found(archive, "resign version:latest")
    assert [hit.version for hit in found(archive, "resign version:0")] == [0]
    assert [hit.version for hit in found(archive, "opens version:all")] == [2, 1, 0]
    assert ids(archive, "harbour removed:yes") == set()
    assert ids(archive, "friday removed:yes") == {HARBOUR}
    assert ids(archive, "friday removed:no") == set()


def test_other_forms_of_a_word_are_found_and_exact_ones_are_not(archive: FileArchive) -> None:
    """By the language of the article; quotation marks ask for the word as it is."""
    edited(archive)
    store(archive, "Die Häuser am Hafen.", "https://b.example/1", language="de")
    assert ids(archive, "harbour") == {HARBOUR, NORTH}
    assert ids(archive, '"harbours"') == {NORTH}
    assert ids(archive, "resigning") == {HARBOUR}
    assert ids(archive, "Haus") == {"https://b.example/1"}
    assert ids(archive, "harb*") == {HARBOUR, NORTH}


FIELDS = {"title": "news", "subtitle": "below", "author": "brandt", "caption": "boat", "body": "text"}


def test_fields_are_told_apart(archive: FileArchive) -> None:
    """A word of the headline is none of the body."""
    store(archive, "The text.", subtitle="Below it", caption="A boat, seen", authors=("Ann Author", "Bo Brandt"))
    for field, word in FIELDS.items():
        assert ids(archive, f"{field}:{word}") == {HARBOUR}
        assert not ids(archive, f"{'body' if field == 'title' else 'title'}:{word}")


def test_a_phrase_does_not_go_on_in_another_block(archive: FileArchive) -> None:
    """Two paragraphs, and two authors, are two texts."""
    store(archive, "It rains\n\ntoday in town", authors=("Ann Lee", "Bo Lee"))
    assert ids(archive, '"today in town"') == {HARBOUR}
    assert not found(archive, '"rains today"')
    assert not found(archive, 'author:"lee bo"')


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("東京タワーが閉まる", ["タワー", "東", "京タ", "閉まる"]),
        ("ร้านค้าปิดแล้ว", ["ค้าปิด", "ปิด"]),
        ("대통령이 말했다", ["대통령", "대통령이"]),
        ("רָאשֵׁי הָעִיר", ["ראשי", "העיר"]),
        ("قال الرَّئيسُ أحمد", ["الرئيس", "احمد"]),
        ("Ёлка в Łodzi, STRASSE, İzmir", ["елка", "lodzi", "straße", "izmir"]),
    ],
)
def test_scripts_of_the_world(archive: FileArchive, text: str, queries: list[str]) -> None:
    """Without spaces by any part, and without the marks that readers leave out."""
    store(archive, f"{text}\n\nsomething else", language=None)
    assert [query for query in queries if not found(archive, query)] == []


def test_outlets_languages_and_days_narrow_it(archive: FileArchive) -> None:
    """By the day of publication, which the outlet gives; else by the first capture."""
    edited(archive)
    store(archive, "Harbour lights.", "https://c.example/1", published=None, language="de", days=9)
    assert ids(archive, "harbour outlet:north.example") == {NORTH}
    assert ids(archive, "harbour lang:en") == {HARBOUR, NORTH}
    assert ids(archive, "harbour after:2024-06-11") == {"https://c.example/1"}
    assert ids(archive, "harbour before:2024-06-03") == {HARBOUR, NORTH}


def test_a_headline_weighs_more_than_a_mention(archive: FileArchive) -> None:
    """The most telling come first."""
    store(archive, "A word about harvest, among many others that fill this line.", "https://a.example/1", title="Sheep")
    store(archive, "Nothing but sheep, sheep and some more words that fill it.", "https://a.example/2", title="Harvest")
    assert [hit.url for hit in found(archive, "harvest")] == ["https://a.example/2", "https://a.example/1"]


def test_pages_follow_each_other_without_gap_or_repeat(archive: FileArchive) -> None:
    """The cursor of one page begins the next, also in the middle of an article's versions."""
    for number in range(7):
        store(archive, f"Rain number {number}.", f"https://a.example/{number}")
        store(archive, f"Rain number {number}, again.", f"https://a.example/{number}", days=1)
    archive.search.follow(60)
    for text, count in (("rain", 7), ("rain version:all", 14)):
        seen: list[tuple[str, int]] = []
        cursor = None
        while len(seen) < 30:
            page = archive.search.find(parse(text), limit=3, cursor=cursor)
            seen += [(hit.url, hit.version) for hit in page.hits]
            if (cursor := page.cursor) is None:
                break
        assert len(seen) == len(set(seen)) == count
    with pytest.raises(QueryError):
        archive.search.find(parse("rain"), cursor="1; DROP")


def test_facets_count_articles(archive: FileArchive) -> None:
    """By outlet, language and year, of those that are found."""
    edited(archive)
    archive.search.follow(60)
    facets = archive.search.facets(parse("harbour"))
    assert facets.articles == 2
    assert sorted(facets.outlets) == [("news.example", 1), ("north.example", 1)]
    assert (facets.languages, facets.years, facets.more) == ((("en", 2),), (("2024", 2),), False)
    assert archive.search.facets(parse("friday version:latest")).articles == 0


def test_an_article_of_very_many_versions_is_counted_once(archive: FileArchive) -> None:
    """Its versions are on several sheets, each of which has the word."""
    for number in range(sheets.VERSIONS + 4):
        store(archive, f"The harbour opens at {number}.", days=number)
    store(archive, "A harbour.", "https://north.example/a")
    archive.search.follow(60)
    facets = archive.search.facets(parse("harbour"))
    assert (facets.articles, sorted(facets.outlets)) == (2, [("news.example", 1), ("north.example", 1)])


def test_facets_count_what_is_found(archive: FileArchive) -> None:
    """Some are counted without a look at their versions, and some have many: the counts are the same."""
    edited(archive)
    for number in range(40):  # more than one sheet
        words_ = "harbour" if number % 7 else "sluice"
        visit(archive, f"The {words_} is open, notice {number}.", url="https://north.example/notices")
    archive.search.follow(60)
    for asked in ("harbour", "harb*", "notice", "harbour sluice", '"harbour is"', "notice -sluice", "title:harbour",
                  "harbour version:latest", "sluice removed:yes", "harbour OR sluice", "-notice harbour"):  # fmt: skip
        found = archive.search.find(parse(asked), limit=200)
        assert archive.search.facets(parse(asked)).articles == len({hit.article_id for hit in found.hits}), asked


def test_a_tombstone_is_told(archive: FileArchive) -> None:
    """What is gone from the outlet is found all the same."""
    visit(archive, "Nobody may know this.")
    gone(archive, at=START + DAY)
    (hit,) = found(archive, "nobody")
    assert hit.gone_since == START + DAY


def test_long_histories_are_searched_as_one(archive: FileArchive) -> None:
    """Versions are kept in several sheets; a hit tells of all of them, once."""
    last = sheets.VERSIONS + 4
    for number in range(last + 1):
        early = "\n\nan early remark" if number < 3 else ""
        late = "\n\na late remark" if number == last else ""
        store(archive, f"Entry {number} of the ticker{early}{late}", days=number)
    (ticker,) = found(archive, "ticker")
    (remark,) = found(archive, "early")
    (both,) = found(archive, "remark")
    assert (ticker.versions, ticker.removed_in) == (((0, last),), None)
    assert (remark.versions, remark.removed_in) == (((0, 2),), 3)
    assert (both.versions, both.removed_in) == (((0, 2), (last, last)), None)
    assert not found(archive, "early late")


# ------------------------------------------------------------------------------------------------ snippets


def test_the_snippet_shows_the_densest_place(archive: FileArchive) -> None:
    """Of a long paragraph, where most of what was asked stands; cut at blanks, with marks that fit."""
    filler = "word " * 200
    store(archive, f"A harbour. {filler}the harbour strike of the dockers {filler}a strike")
    (hit,) = found(archive, "harbour dockers strike")
    assert hit.snippet
    assert "the harbour strike of the dockers" in hit.snippet.text
    assert (hit.snippet.begins, hit.snippet.ends) == (False, False)
    assert [text for text, marked in hit.snippet.runs if marked] == ["harbour", "strike", "dockers"]
    assert len(hit.snippet.text) <= snippets.WIDTH


def test_the_snippet_shows_what_was_taken_out(archive: FileArchive) -> None:
    """Of two places that say the same, the one that is no longer there."""
    store(archive, "The toll is 3.\n\nPolice: the toll is 4.")
    store(archive, "The toll is 3.", days=1)
    (hit,) = found(archive, "toll police")
    assert hit.snippet
    assert hit.snippet.text == "Police: the toll is 4."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(max_size=600), st.text(min_size=1, max_size=12))
def test_marks_stay_within_the_snippet(text: str, asked: str) -> None:
    """In order, apart, and of words that are there, for any text and any query."""
    phrase = tuple(words.words(asked)) or ("a",)
    match = Match((Part((Phrase(phrase, begins=True), Phrase(phrase[:1])), excluded=False),))
    found_ = snippets.snippet(Article("u", "u", blocks=(Block("paragraph", text),)), match)
    edges = [edge for mark in found_.marks for edge in mark]
    assert edges == sorted(edges)
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(found_.text))
    assert "".join(piece for piece, _ in found_.runs) == found_.text


# ------------------------------------------------------------------------------------------------ hostile


def test_a_hostile_text_costs_no_more_than_any_other(archive: FileArchive) -> None:
    """`a a a` 200,000 times: found, and shown in a snippet, within a budget that counts steps and not seconds."""
    store(archive, "a " * 200_000, title="Nothing but one letter")
    for text in ("a", '"a a a a"', "a letter", '"a b"', "a -b", "a removed:no"):
        hits = found(archive, text)
        assert all(hit.snippet and len(hit.snippet.text) <= snippets.WIDTH for hit in hits)
        assert len(hits) == ("b" not in text or text == "a -b")


def test_what_takes_too_long_is_cut_short_with_a_word(archive: FileArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is interrupted, and the next search goes on as ever."""
    monkeypatch.setattr(search, "STEPS", 1000)
    for number in range(40):
        store(archive, " ".join(f"wood{n}" for n in range(number, number + 200)), f"https://a.example/{number}")
    archive.search.follow(60)
    with pytest.raises(QueryTooDear, match="longer than 0 s"):
        archive.search.find(parse("wo* woo* wood* ne*"), seconds=0)
    assert found(archive, "wood7")


@pytest.mark.parametrize("char", [*"'\"();:*^+-{}[]<>=,.%&|\\/~`!?#$@_\x00\ud800🙂", "NEAR(", "a:"])
def test_no_character_reaches_the_database(archive: FileArchive, char: str) -> None:
    """Each of them alone, before, behind and within a word: an answer, or a sentence."""
    store(archive, "A harbour.")
    archive.search.follow(60)
    for text in (char, f"{char}harbour", f"harbour{char}", f"har{char}bour", f"{char}harbour{char} {char}", char * 50):
        with contextlib.suppress(QueryError):
            archive.search.find(parse(text))


LONGEST = (
    " OR ".join([*(f"{word}harbour" for word in ASKED), "ice"]),
    " ".join(["harbour"] * 32),
    '"' + "the " * 32 + '"',
    " ".join(["harbour", *(f"-{word}x" for word in ASKED)]),
    "ha* ic* th* cl*",
)


@pytest.mark.parametrize("text", LONGEST)
def test_the_longest_queries_are_answered(archive: FileArchive, text: str) -> None:
    """As many words, alternatives and beginnings as the language allows."""
    edited(archive)
    assert ids(archive, text) == ({NORTH} if text in {LONGEST[0], LONGEST[4]} else ids(archive, text))


WORDS = st.sampled_from(["harbour", "harbours", "ferry", "ice", "icy"])
TEXTS = st.tuples(WORDS, st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3))
QUERIES = ("harbour", "ferry ice", "harbour OR icy", "title:ice", "title:ferry body:ice", "ic*", "body:harb* ferry",
           "ferry -ice", '"ferry ice"', '"ice ferry" OR harbour')  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.lists(TEXTS, min_size=2, max_size=5), st.booleans())
def test_what_was_removed_is_what_the_last_version_lacks(
    tmp_path_factory: pytest.TempPathFactory, versions: list[tuple[str, list[str]]], late: bool
) -> None:
    """Whatever is asked, and however it was taken in: `removed:yes` finds what holds somewhere and not at the end."""
    with opened(tmp_path_factory.mktemp("gone") / "archive") as archive:
        for number, (title, blocks) in enumerate(versions):
            store(archive, "\n\n".join(blocks), title=title, days=number)
            if late:
                archive.search.follow(60)
        for text in QUERIES:
            holds = [hit.versions[-1][1] < hit.latest for hit in found(archive, text)]
            removed = [True for _ in found(archive, f"{text} removed:yes")]
            assert removed == [True] * sum(holds), text


# ------------------------------------------------------------------------------------------------ following


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(st.lists(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_word_of_any_stored_version_is_found(
    tmp_path_factory: pytest.TempPathFactory, versions: list[list[str]]
) -> None:
    """Whatever was stored, and followed at whatever moment: each word leads to the versions that have it."""
    with opened(tmp_path_factory.mktemp("any") / "archive") as archive:
        for number, texts in enumerate(versions):
            store(archive, "\n\n".join(texts), days=number)
            if number % 2:
                archive.search.follow(60)
        entry = archive.find(HARBOUR)
        assert entry
        stored = archive.versions(entry.id)
        for snapshot in stored:
            for word in set(words.words(snapshot.article.body.replace("\n", " "))):
                hits = found(archive, f'"{word}"' if len(word) > 1 else f'body:"{word}" version:all')
                rows = [row for hit in hits for row in hit.versions]
                assert any(first <= snapshot.version <= last for first, last in rows), word


def test_following_takes_in_only_what_is_new(archive: FileArchive) -> None:
    """A look at an archive without news reads nothing and changes nothing."""
    edited(archive)
    assert archive.search.follow(60).taken == 4
    before = (archive.root / "search.sqlite").read_bytes()
    assert archive.search.follow(60).taken == 0
    assert (archive.root / "search.sqlite").read_bytes() == before
    store(archive, "Thaw.", NORTH, days=4)
    assert archive.search.follow(60).taken == 2
    assert ids(archive, "thaw") == {NORTH}


def test_following_goes_on_where_it_was_cut_short(archive: FileArchive) -> None:
    """A moment at a time, with the number of versions that are still to come."""
    for number in range(30):
        store(archive, f"Story {number}.", f"https://a.example/{number}")
    left = [archive.search.follow(0).behind for _ in range(32)]
    assert left == sorted(left, reverse=True)
    assert left[0] > left[-1] == 0
    assert len(found(archive, "story", limit=50)) == 30


def test_a_new_reading_takes_the_place_of_the_old(archive: FileArchive) -> None:
    """What is searched is each version as it is read now."""
    store(archive, "Advertisement. The harbour.")
    archive.search.follow(60)
    entry = archive.find(HARBOUR)
    assert entry
    read_anew = article("The harbour.", language="en", reading="extract 2")
    archive.revise(Revision(entry, 0, read_anew, START + DAY, "extract 1 → extract 2"))
    assert not found(archive, "advertisement")
    assert found(archive, "harbour")


@pytest.mark.parametrize("damage", ["gone", "empty", "garbage", "torn", "foreign", "older"])
def test_a_lost_or_damaged_file_is_made_again(archive: FileArchive, damage: str) -> None:
    """Whatever happened to it: the next search finds what it should, and verify has nothing to say."""
    edited(archive)
    archive.search.follow(60)
    path = archive.root / "search.sqlite"
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage in {"foreign", "older"}:
        make(path, Files(), "CREATE TABLE x (y)", (file.APPLICATION if damage == "older" else 1, file.VERSION - 1))
    else:
        broken = {"empty": b"", "garbage": b"x" * 9000, "torn": content[: len(content) // 2]}[damage]
        path.write_bytes(broken)
    assert {hit.url for hit in archive.search.find(parse("harbour")).hits} == {HARBOUR, NORTH}
    assert not archive.search.follow(60).behind
    assert findings(archive.root) == []


def test_any_bytes_in_its_place_are_survived(archive: FileArchive, effort: int, tally: Tally) -> None:
    """Damage in the middle gives hits or none, and nothing else than the archive's own; then it is whole again."""
    edited(archive)
    archive.search.follow(60)
    path, dice, right = archive.root / "search.sqlite", random.Random(5), 0
    whole = path.read_bytes()
    for _ in range(rounds := 15 * effort):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 200)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        for log in path.parent.glob("search.sqlite*"):
            log.unlink()
        path.write_bytes(broken)
        try:
            hits = archive.search.find(parse("harbour strike OR mayor")).hits
            archive.search.follow(60)
        except ArchiveNewer:
            hits = ()
        right += all(hit.url in {HARBOUR, NORTH} for hit in hits)
    tally("bytes mutated", rounds, right)
    assert right == rounds


@pytest.mark.parametrize(
    "harm",
    [
        "ALTER TABLE articles RENAME COLUMN latest TO newest",
        "UPDATE OR IGNORE forms SET word = '{\"'",
        "UPDATE sheets SET pieces = x'05ff'",
        "UPDATE state SET value = 'soon' WHERE name = 'mark'",
        "DROP TABLE words",
    ],
)
def test_what_makes_no_sense_is_damage(archive: FileArchive, harm: str) -> None:
    """A database that is whole and says what this program never writes is made again too."""
    edited(archive)
    archive.search.follow(60)
    db = connect(archive.root / "search.sqlite", apsw.SQLITE_OPEN_READWRITE)
    db.execute(harm)
    db.close()
    hits = archive.search.find(parse("harbour")).hits
    archive.search.follow(60)
    assert {hit.url for hit in hits} == ids(archive, "harbour") == {HARBOUR, NORTH}


def test_a_newer_file_is_left_alone(archive: FileArchive) -> None:
    """It is a newer program's."""
    make(archive.root / "search.sqlite", Files(), "CREATE TABLE x (y)", (file.APPLICATION, file.VERSION + 1))
    with pytest.raises(ArchiveNewer):
        archive.search.find(parse("harbour"))


def test_a_catalogue_made_again_is_followed(archive: FileArchive) -> None:
    """Reindexing neither disturbs it nor leaves anything unfound; what is lost for good is found no more."""
    edited(archive)
    archive.search.follow(60)
    entry = archive.find(NORTH)
    assert entry
    archive.close()
    shutil.rmtree(archive.root / "warc")
    shutil.rmtree(archive.root / entry.path)
    reindex(archive.root)
    with opened(archive.root) as again:
        assert ids(again, "harbour") == {HARBOUR}
        assert not again.search.follow(60).behind


def test_a_damaged_version_is_passed_over_until_it_is_restored(archive: FileArchive) -> None:
    """The others are found; it is counted, and found again when the file is back and a day has passed."""
    edited(archive)
    entry = archive.find(HARBOUR)
    assert entry
    side = next((archive.root / entry.path).glob("000_*.json"))
    content = side.read_bytes()
    side.chmod(0o644)
    side.write_bytes(b"{}")
    followed = archive.search.follow(60)
    assert (followed.taken, followed.damaged, followed.behind) == (3, 1, 0)
    assert not found(archive, "friday")
    assert found(archive, "saturday")[0].versions == ((1, 2),)
    side.write_bytes(content)
    clock = archive._settings.clock
    clock.at += 2 * DAY  # type: ignore[attr-defined]  # the kit's own
    assert found(archive, "friday")[0].versions == ((0, 0),)


def test_a_version_damaged_later_is_a_hit_without_text(archive: FileArchive) -> None:
    """Nothing is shown that is not as it was stored."""
    edited(archive)
    archive.search.follow(60)
    entry = archive.find(NORTH)
    assert entry
    next((archive.root / entry.path).glob("000_*.json")).unlink()
    (hit,) = found(archive, "ice")
    assert (hit.snippet, hit.url) == (None, NORTH)


def test_where_nothing_can_be_written_what_is_there_is_searched(archive: FileArchive) -> None:
    """Behind the archive, and saying so; where there is nothing, and nothing can be made, there is a plain sentence."""
    edited(archive)
    archive.search.follow(60)
    store(archive, "Thaw.", NORTH, days=4)
    archive.close()
    shutil.rmtree(archive.root / ".run")
    (archive.root / ".run").touch()  # a lock can neither be made nor found there
    with FileArchive.open(archive.root, read_only=True) as reading:
        followed = reading.search.follow(60)
        assert (followed.taken, followed.behind) == (0, 1)
        assert followed.why
        assert {hit.url for hit in reading.search.find(parse("harbour")).hits} == {HARBOUR, NORTH}
        (archive.root / "search.sqlite").unlink()
        assert reading.search.follow(60).behind == 5
        with pytest.raises(ArchiveUnwritable):
            reading.search.find(parse("harbour"))


# ------------------------------------------------------------------------------------------------ processes

FOLLOW = """
import sys, pathlib
from scraper.store.archive import FileArchive
with FileArchive.open(pathlib.Path(sys.argv[1]), read_only=True) as archive:
    print("ready", flush=True)
    sys.stdin.readline()
    while archive.search.follow(0.05).behind:
        print("step", flush=True)
    print("done", flush=True)
"""


def following(root: Path) -> subprocess.Popen[str]:
    """A process that takes in what is new, a moment at a time, from the word to begin on."""
    process = subprocess.Popen(
        [sys.executable, "-c", FOLLOW, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdin
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    return process


def many(archive: FileArchive, count: int) -> None:
    """Articles of some length, each with a word of its own."""
    for number in range(count):
        text = " ".join(f"common{n} w{number}n{n}" for n in range(150))
        store(archive, f"{text} own{number}x", f"https://a.example/{number}")


def test_killed_while_following_nothing_is_lost(archive: FileArchive, effort: int, tally: Tally) -> None:
    """kill -9 at any moment; whoever comes next goes on, and in the end all of it is found, once."""
    many(archive, 60)
    for round_ in range(rounds := 4 * effort):
        process = following(archive.root)
        threading.Event().wait(0.02 + 0.03 * (round_ % 7))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert archive.search.find(parse("common1"), limit=100) is not None
        if round_ % 4 == 3:
            right = len(found(archive, "common1", limit=100)) == 60 and len(found(archive, "own7x")) == 1
            assert right
            (archive.root / "search.sqlite").unlink()
    tally("crash points", rounds, rounds)
    assert len(found(archive, "common1", limit=100)) == 60


def test_two_processes_follow_and_a_third_writes(archive: FileArchive) -> None:
    """One of them does the work; both end with all of it, and what is stored meanwhile is not missed."""
    many(archive, 30)
    both = [following(archive.root), following(archive.root)]
    store(archive, "A latecomer.", NORTH)
    outputs = [process.communicate(timeout=60)[0].splitlines()[-1] for process in both]
    assert outputs == ["done", "done"]
    assert len(found(archive, "common1 OR latecomer", limit=100)) == 31
    db = connect(archive.root / "search.sqlite", apsw.SQLITE_OPEN_READONLY)
    try:
        assert db.execute("SELECT count(*), count(DISTINCT id) FROM articles").fetchone() == (31, 31)
    finally:
        db.close()


def test_days_are_those_of_the_outlet(archive: FileArchive) -> None:
    """The day that a hit goes by is told."""
    edited(archive)
    assert {hit.day for hit in found(archive, "harbour")} == {date(2024, 6, 2)}
