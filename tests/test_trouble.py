"""Trouble of the daemon as values: when it is looked at, and how often it is said."""

from __future__ import annotations

from itertools import pairwise

from scraper.trouble import LONGEST_PAUSE, SAY_AGAIN, STEADY, Trouble


def looked_at(trouble: Trouble, until: int, start: int = 0) -> list[int]:
    """The seconds at which trouble that lasts is looked at, one second after the other."""
    found = []
    for second in range(start, until):
        if trouble.is_to_be_looked_at(second):
            trouble.met("archive-unwritable", "the disk is full", second)
            found.append(second)
    return found


def test_a_disk_that_is_full_for_hours_is_said_once_an_hour() -> None:
    """Not twenty thousand lines for one week."""
    trouble = Trouble()
    said = sum(trouble.met("disk-low", f"{free} MB are free", at, "disk-low") for free, at in enumerate(range(7200)))
    assert said == 2


def test_it_is_looked_at_soon_and_then_less_often() -> None:
    """What passes in seconds costs seconds, what lasts costs little."""
    trouble = Trouble()
    trouble.met("archive-unwritable", "the disk is full", 0)
    found = looked_at(trouble, 600)
    assert found[:4] == [5, 15, 35, 75]
    assert max(b - a for a, b in pairwise(found)) <= LONGEST_PAUSE


def test_trouble_that_comes_back_at_once_is_the_old_one() -> None:
    """A folder nobody may write to looks fine until something has to be written there: that is no storm of attempts."""
    trouble = Trouble()
    for second in (0, 6):
        trouble.met("archive-unwritable", "permission", second)
        trouble.over(second + 5)
    trouble.met("archive-unwritable", "permission", 12)
    assert not trouble.is_to_be_looked_at(12 + 19)
    assert trouble.is_to_be_looked_at(12 + 20)


def test_after_a_quiet_time_it_is_new_trouble() -> None:
    """The pauses begin small again."""
    trouble = Trouble()
    trouble.met("archive-unwritable", "permission", 0)
    looked_at(trouble, 300)
    trouble.over(300)
    trouble.met("archive-unwritable", "permission", 300 + STEADY + 1)
    assert trouble.is_to_be_looked_at(300 + STEADY + 6)


def test_the_end_is_said_if_the_beginning_was() -> None:
    """Two lines for each trouble, none for one that flickers."""
    trouble = Trouble()
    times = (0, 100, 200, SAY_AGAIN + 1)
    told = [(trouble.met("archive-unwritable", "permission", at), trouble.over(at + 50)) for at in times]
    assert told == [(True, True), (False, False), (False, False), (True, True)]
