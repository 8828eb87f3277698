"""The brakes of the daemon: room on the disk, and a clock that can be right."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.limits import ClockWatch, shortage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_disk_with_room_is_no_trouble(tmp_path: Path) -> None:
    """Nothing is said when nothing is wrong."""
    (tmp_path / "catalogue.sqlite").touch()
    assert shortage(tmp_path, 0, NOON) is None


def test_a_disk_that_is_nearly_full_is_said_with_both_figures(tmp_path: Path) -> None:
    """And with the name of the setting that decides it."""
    (tmp_path / "catalogue.sqlite").touch()
    found = shortage(tmp_path, 10**18, NOON)
    assert found
    assert found.word == "disk-low"
    assert "less than low_water under [archive] in scraper.toml (1000000000000 MB)" in found.why


def test_an_archive_that_has_vanished_has_no_room(tmp_path: Path) -> None:
    """An unmounted disk is a reason to wait, not to fall over."""
    found = shortage(tmp_path / "gone", 0, NOON)
    assert found
    assert found.word == "archive-gone"
    assert "No such file" in found.why


def test_a_bare_folder_where_the_disk_was_mounted_is_no_archive(tmp_path: Path) -> None:
    """Nobody begins to write below a mount point."""
    found = shortage(tmp_path, 0, NOON)
    assert found
    assert found.word == "archive-gone"


def test_a_clock_that_says_1970_is_a_reason_to_wait(tmp_path: Path) -> None:
    """T3: no capture is dated by a machine that does not know what time it is yet."""
    found = shortage(tmp_path, 0, datetime(1970, 1, 1, 0, 2, tzinfo=UTC))
    assert found
    assert found.word == "clock-unset"
    assert "1970-01-01" in found.why


def test_a_clock_that_was_set_is_noticed_once() -> None:
    """T1, T2: by how much, forward or back; that it goes on from there is no news."""
    watch = ClockWatch(NOON, 100.0)
    hour, day = timedelta(hours=1), timedelta(days=365)
    told = [
        watch.jumped(NOON + timedelta(seconds=1), 101.0),
        watch.jumped(NOON - hour + timedelta(seconds=2), 102.0),
        watch.jumped(NOON - hour + timedelta(seconds=3), 103.0),
        watch.jumped(NOON + day, 104.0),
    ]
    assert [round(by) for by in told] == [0, -3600, 0, 365 * 86400 + 3600 - 4]


def test_a_clock_that_is_nudged_is_left_in_peace() -> None:
    """What NTP corrects is no event, however often it does."""
    watch = ClockWatch(NOON, 0.0)
    assert not any(watch.jumped(NOON + timedelta(seconds=n * 0.9), float(n)) for n in range(1000))


HEAPS = """
import ctypes, sys, threading
from scraper import limits
if sys.argv[1] == "one":
    limits.one_heap()
barrier = threading.Barrier(8)
def work():
    kept = [bytes(n) for n in range(600, 60_000, 600)]
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[each.start() for each in threads], [each.join() for each in threads]
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file), libc.fclose(file)
"""


def test_threads_share_one_heap(tmp_path: Path) -> None:
    """Else the daemon's memory grows for days: glibc gives a thread a heap of its own, and pieces of it are kept."""
    heaps = {}
    for how in ("one", "many"):
        subprocess.run([sys.executable, "-c", HEAPS, how, tmp_path / how], check=True)
        heaps[how] = (tmp_path / how).read_text().count("<heap ")
    assert heaps["one"] == 1
    assert heaps["many"] > 1
