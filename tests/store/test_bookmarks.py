"""The place that a run of `verify` notes: what is read back is what was written, and nothing else is believed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.store.bookmarks import FORMAT, Bookmark, Keeper, Part, Stopped, Unusable, dumps, loads
from scraper.store.checks import Finding
from tests.tally import Tally

AT = datetime(2024, 6, 2, 9, 30, tzinfo=UTC)
HERE = "the first visit 1 2 3"

# Names come from a disk: any bytes, those that are no text as lone surrogates.
names = st.binary(max_size=20).map(lambda name: name.decode("utf-8", "surrogateescape"))
numbers = st.integers(0, (1 << 63) - 1)
moments = st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # beside it
parts = st.builds(Part, moments, moments, names, numbers, numbers)
found = st.builds(Finding, names, names, names, moments)
marks = st.builds(
    Bookmark,
    archive=names,
    deep=st.booleans(),
    parts=st.lists(parts, max_size=3).map(tuple),
    since=numbers,
    file=names,
    folder=names,
    versions=numbers,
    row=names,
    checked=st.dictionaries(names, numbers, max_size=3),
    found=st.lists(found, max_size=3).map(tuple),
    surplus=st.lists(names, max_size=3).map(tuple),
    accounted=st.lists(names, max_size=3).map(tuple),
)
MARK = Bookmark(HERE, True, (Part(AT, AT, "versions", 3, 4),), 5, "w", "articles/a", 3, "articles/b", {"w": 9})
jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def sealed(body: bytes) -> bytes:
    """Bytes whose hash is right, whatever they say."""
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def refused(data: bytes) -> str:
    with pytest.raises(Unusable) as error:
        loads(data)
    return str(error.value)


@given(marks)
def test_what_was_noted_is_read_back(mark: Bookmark) -> None:
    """Any names, also such as are no text."""
    assert loads(dumps(mark)) == mark


@given(st.binary(max_size=200))
def test_any_bytes_are_no_place(data: bytes) -> None:
    assert refused(data)


@given(jsons)
def test_any_json_under_its_right_hash_is_no_place(said: object) -> None:
    assert refused(sealed(json.dumps(said).encode()))


@given(st.sampled_from(sorted(json.loads(dumps(MARK).split(b"\n")[1]))), jsons)
def test_any_value_in_place_of_one_is_refused_or_believed_as_it_is(key: str, value: object) -> None:
    """What is believed is of the right type in every part: written down again it is the same."""
    said = {**json.loads(dumps(MARK).split(b"\n")[1]), key: value}
    try:
        mark = loads(sealed(json.dumps(said).encode()))
    except Unusable:
        return
    assert loads(dumps(mark)) == mark


def test_each_bit_that_is_flipped_is_noticed(effort: int, tally: Tally) -> None:
    data = dumps(MARK)
    flipped = [(place, bit) for place in range(0, len(data), max(1, 10 // effort)) for bit in (0, 5)]
    for place, bit in flipped:
        harmed = bytearray(data)
        harmed[place] ^= 1 << bit
        assert refused(bytes(harmed))
    tally("bits of a noted place", len(flipped), len(flipped))


def test_deep_nesting_is_damage_and_nothing_worse() -> None:
    assert refused(sealed(b'{"format":' + b"[" * 100_000)) == "the place that was noted is damaged"


def test_another_format_is_said_to_be_one() -> None:
    said = {**json.loads(dumps(MARK).split(b"\n")[1]), "format": FORMAT.replace("1", "2")}
    assert "another version of this program" in refused(sealed(json.dumps(said).encode()))


# ------------------------------------------------------------------------------------------------ on the disk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".run").mkdir()
    return tmp_path


def keeper(root: Path, *, deep: bool = True, resume: bool = False, at: datetime = AT, said: list[str] | None = None,
           allowed: float | None = None) -> Keeper:  # fmt: skip
    """One that notes its place wherever it is asked to."""
    say = [] if said is None else said
    return Keeper(root, deep=deep, resume=resume, every=0, clock=lambda: at, say=say.append, allowed=allowed)


def noted(root: Path, **how: object) -> None:
    with keeper(root, **how) as here:  # type: ignore[arg-type]  # as named
        here.at(lambda: MARK)


def begun(root: Path, archive: str = HERE, **how: object) -> tuple[Bookmark | None, str]:
    """From where a run goes on, and what it says of that."""
    said: list[str] = []
    with keeper(root, resume=True, said=said, **how) as here:  # type: ignore[arg-type]  # as named
        return here.begins(archive), " ".join(said)


def test_the_next_run_begins_where_the_last_one_was(root: Path) -> None:
    noted(root)
    mark, said = begun(root)
    assert mark is not None
    assert (mark.folder, mark.checked, len(mark.parts)) == ("articles/a", {"w": 9}, 1)
    assert "2024-06-02T09:30:00Z" in said


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"archive": "another visit 1 2 3"}, "in another archive"),
        ({"archive": ""}, "the catalogue cannot be read"),
        ({"deep": False}, "only a run with --deep was cut short"),
        ({"at": AT - timedelta(days=2)}, "at a time that is yet to come"),
    ],
)
def test_a_place_that_is_not_this_runs_is_ignored_with_a_sentence(root: Path, how: dict[str, object], why: str) -> None:
    noted(root)
    mark, said = begun(root, **how)  # type: ignore[arg-type]  # as named
    assert (mark, why in said, "begins at the beginning" in said) == (None, True, True), said


def test_a_clock_that_was_set_back_a_little_costs_nothing(root: Path) -> None:
    noted(root)
    assert begun(root, at=AT - timedelta(hours=3))[0]


def test_a_damaged_place_is_ignored_with_a_sentence(root: Path) -> None:
    noted(root)
    [place] = (root / ".run" / "verify").iterdir()
    place.write_bytes(place.read_bytes()[:-1])
    assert begun(root) == (None, "the place that was noted is damaged; this run begins at the beginning")


def test_a_folder_in_its_place_is_ignored_with_a_sentence(root: Path) -> None:
    (root / ".run" / "verify" / "place-deep.json").mkdir(parents=True)
    mark, said = begun(root)
    assert (mark, "cannot be read" in said) == (None, True)


def test_where_nothing_was_cut_short_it_begins(root: Path) -> None:
    assert begun(root) == (None, "no run was cut short; this run begins at the beginning")


def test_a_run_that_came_to_its_end_leaves_no_place(root: Path) -> None:
    noted(root)
    with keeper(root) as here:
        here.done(0)
    assert begun(root)[0] is None


def test_a_deep_run_and_another_keep_places_of_their_own(root: Path) -> None:
    noted(root)
    with keeper(root, deep=False) as here:
        here.at(lambda: replace(MARK, deep=False, folder="articles/z"))
    assert [mark.folder for mark in (begun(root)[0], begun(root, deep=False)[0]) if mark] == [
        "articles/a",
        "articles/z",
    ]


def test_a_second_run_leaves_the_place_of_the_first_alone(root: Path) -> None:
    """And says that it keeps none, and why."""
    said: list[str] = []
    with keeper(root) as first, keeper(root, said=said) as second:
        first.at(lambda: MARK)
        second.at(lambda: replace(MARK, folder="articles/other"))
        second.done(0)
    assert "another `scraper verify` keeps its place here" in " ".join(said)
    mark, _ = begun(root)
    assert mark is not None
    assert mark.folder == "articles/a"


def test_who_begins_anew_is_told_what_could_be_gone_on_with(root: Path) -> None:
    noted(root)
    said: list[str] = []
    with keeper(root, said=said) as here:
        assert here.begins(HERE) is None
    assert "--resume goes on with it" in " ".join(said)


def test_a_place_that_cannot_be_noted_is_a_trouble_and_no_error(root: Path) -> None:
    (root / ".run" / "verify").write_text("no folder")
    with keeper(root) as here:
        here.at(lambda: MARK)
        assert here.trouble


def test_more_problems_than_are_read_again_are_not_noted(root: Path) -> None:
    """The place of before stays: half of the findings would be worse than an earlier place."""
    many = tuple(Finding(f"{number:0500}", "x", "y", AT) for number in range(10_000))
    with keeper(root) as here:
        here.at(lambda: MARK)
        here.at(lambda: replace(MARK, found=many, folder="articles/z"))
        assert here.trouble == "there are too many problems to note"
    assert begun(root)[0] == replace(MARK, parts=(Part(AT, AT),))


def test_where_the_time_is_over_it_ends_and_has_noted_its_place(root: Path) -> None:
    with keeper(root, allowed=0) as here, pytest.raises(Stopped):
        here.at(lambda: MARK)
    assert begun(root)[0]


def test_what_cannot_be_gone_on_with_is_not_ended_for_want_of_time(root: Path) -> None:
    with keeper(root, allowed=0) as here:
        here.at(lambda: MARK, hurry=False)
        here.interrupted = True
        with pytest.raises(Stopped):
            here.at(lambda: MARK, hurry=False)
