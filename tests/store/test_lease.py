"""P3: two machines on one folder, whose locks the other does not see. A machine is played by a name of its own."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import ArchiveBusy, ArchiveTaken
from scraper.store import lease
from scraper.store.lease import Holder, Lease, elsewhere
from scraper.store.locks import Lock

HERE, THERE = "a" * 32, "b" * 32


Take = Callable[[str], Lease]


def machine(run: Path, name: str) -> Lease:
    """A process of the machine `name`, whose locks are its own."""
    made = Lease(run, name)
    made._lock = Lock(run.parent / f"{name}.lock")
    return made


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "archive" / ".run"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stands still is given up soon."""
    monkeypatch.setattr(lease, "WATCH", 0.05)
    monkeypatch.setattr(lease, "POLL", 0.01)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody watches anybody."""

    def never(_: float) -> None:
        raise AssertionError("it was waited for")

    monkeypatch.setattr(time, "sleep", never)


@pytest.fixture
def lively(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hearts beat fast, and nobody is given up soon."""
    monkeypatch.setattr(lease, "BEAT", 0.01)
    monkeypatch.setattr(lease, "POLL", 0.01)


@pytest.fixture
def taken(run: Path) -> Iterator[Take]:
    """Leases that are let go of in the end."""
    made = []

    def take(name: str) -> Lease:
        made.append(machine(run, name))
        made[-1].take()
        return made[-1]

    yield take
    for one in made:
        one.close()


def stops(one: Lease) -> Lease:
    """Its process stands still, or was killed: no heartbeat, and nothing was let go of."""
    one._ended.set()
    if one._beating:
        one._beating.join()
    return one


def says(run: Path) -> Holder:
    return Holder.of((run / "lease").read_bytes())


@pytest.mark.usefixtures("lively")
def test_a_lease_that_beats_is_refused(run: Path, taken: Take) -> None:
    taken(HERE)
    with pytest.raises(ArchiveBusy, match=rf"archive: is written by another machine, {os.uname().nodename}, since 20"):
        machine(run, THERE).take()
    assert says(run).machine == HERE


@pytest.mark.usefixtures("hasty")
def test_one_that_stands_still_is_taken_over(run: Path, taken: Take) -> None:
    stops(taken(HERE))
    said = machine(run, THERE).take()
    assert said is not None
    assert (says(run).machine, "stood still" in said) == (THERE, True)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", [HERE, THERE])
def test_one_that_was_let_go_of_is_taken_at_once(taken: Take, run: Path, name: str) -> None:
    taken(HERE).close()
    assert not says(run).held
    taken(name).check()
    assert says(run).held


@pytest.mark.usefixtures("at_once")
def test_a_machine_never_waits_for_its_own(taken: Take, run: Path) -> None:
    """Killed and started again, or a second process: flock is the truth among them."""
    stops(taken(HERE))
    since = says(run).since
    taken(HERE).check()
    assert (says(run).machine, says(run).since) == (HERE, since)


def test_the_last_of_a_machine_lets_go(taken: Take, run: Path) -> None:
    first, second = taken(HERE), taken(HERE)
    first.close()
    assert says(run).held
    second.close()
    assert not says(run).held


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("left", [True, False])
def test_who_stood_still_writes_no_more(taken: Take, run: Path, *, left: bool) -> None:
    """Also if the other machine has let go of it since: what this one remembers of the files is not so any more."""
    old = stops(taken(HERE))
    new = taken(THERE)
    if left:
        new.close()
    before = (run / "lease").read_bytes()
    with pytest.raises(ArchiveTaken, match="start again here" if left else "choose one of the two"):
        old.check()
    old.beat()
    old.close()
    assert (run / "lease").read_bytes() == before


def test_a_heart_goes_on_beating(monkeypatch: pytest.MonkeyPatch, taken: Take, run: Path) -> None:
    monkeypatch.setattr(lease, "BEAT", 0.01)
    taken(HERE)
    first = (run / "lease").read_bytes()
    changed = threading.Event()
    while (run / "lease").read_bytes() == first:
        changed.wait(0.01)
    assert says(run).held


def test_the_clock_says_nothing_of_who_is_alive(
    monkeypatch: pytest.MonkeyPatch, run: Path, taken: Take, lively: None
) -> None:
    """The other machine believes that it is 1970, and so does the file."""
    taken(HERE)
    text = (run / "lease").read_bytes()
    (run / "lease").write_bytes(text.replace(b"since 20", b"since 19").replace(b"beat 20", b"beat 19"))
    os.utime(run / "lease", (0, 0))
    with pytest.raises(ArchiveBusy):
        machine(run, THERE).take()


@pytest.mark.usefixtures("hasty")
def test_of_two_that_take_over_one_gets_it(
    monkeypatch: pytest.MonkeyPatch, run: Path, taken: Take, effort: int
) -> None:
    monkeypatch.setattr(lease, "BEAT", 0.01)
    for _ in range(3 * effort):
        stops(taken("c" * 32))
        done = dict[str, object]()
        ready = threading.Barrier(2)

        def race(name: str, done: dict[str, object] = done, ready: threading.Barrier = ready) -> None:
            mine = machine(run, name)
            ready.wait()
            try:
                done[name] = mine.take() and mine
            except ArchiveBusy as busy:
                done[name] = busy

        monkeypatch.setattr(lease, "WATCH", 0.5)
        threads = [threading.Thread(target=race, args=[name]) for name in (HERE, THERE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [winner] = [one for one in done.values() if isinstance(one, Lease)]
        assert says(run).machine == winner.machine
        winner.check()
        winner.close()


def test_one_that_beats_at_the_last_moment_keeps_it(
    monkeypatch: pytest.MonkeyPatch, run: Path, taken: Take, hasty: None
) -> None:
    """It beats after the other has looked for the last time, when its lease is just being moved away, and goes on."""
    old, rename = stops(taken(HERE)), Path.rename

    def waking(path: Path, target: Path) -> Path:
        old.beat()
        monkeypatch.setattr(time, "sleep", lambda _: old.beat())
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", waking)
    with pytest.raises(ArchiveBusy):
        machine(run, THERE).take()
    old.check()
    assert [path.name for path in run.glob("*lease-*")] == []


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("what", ["empty", "garbage", "folder", "link", "nowhere", "pipe"])
def test_what_makes_no_sense_is_watched_and_taken_over(run: Path, what: str, taken: Take) -> None:
    place, elsewhere_ = run / "lease", run.parent / "other"
    elsewhere_.write_text("keep me")
    make: dict[str, Callable[[], object]] = {
        "empty": place.touch,
        "garbage": lambda: place.write_bytes(b"\xff\x00state free\nmachine"),
        "folder": place.mkdir,
        "link": lambda: place.symlink_to(elsewhere_),
        "nowhere": lambda: place.symlink_to(run / "nothing"),
        "pipe": lambda: os.mkfifo(place),
    }
    make[what]()
    taken(HERE).check()
    assert (says(run).machine, elsewhere_.read_text()) == (HERE, "keep me")


def test_a_lease_that_somebody_removed_is_made_again(run: Path, taken: Take) -> None:
    mine = taken(HERE)
    (run / "lease").unlink()
    mine.check()
    assert says(run).machine == HERE


def test_nothing_is_made_where_the_disk_is_gone(run: Path, taken: Take) -> None:
    mine = taken(HERE)
    shutil.rmtree(run)
    mine.check()
    mine.beat()
    mine.close()
    assert not run.exists()


def test_a_lease_that_nobody_knows_any_more_stops_beating(monkeypatch: pytest.MonkeyPatch, run: Path) -> None:
    """An archive that was never closed, in a program that goes on."""
    monkeypatch.setattr(lease, "BEAT", 0.01)
    mine = Lease(run, HERE)
    mine.take()
    thread = mine._beating
    del mine
    assert thread
    thread.join(60)
    assert not thread.is_alive()


def test_another_machine_is_told_of_as_long_as_it_has_it(run: Path, taken: Take) -> None:
    mine = taken(HERE)
    told = elsewhere(run)
    mine.close()
    assert (told and told.host, elsewhere(run)) == (os.uname().nodename, None)
    taken(lease.machine())
    assert elsewhere(run) is None


@pytest.mark.parametrize(
    ("boot", "machine_id", "same"),
    [("one", "one", True), ("one", "two", True), ("two", "one", False), ("", "one", False)],
)
def test_a_machine_is_one_boot_of_one_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, boot: str, machine_id: str, *, same: bool
) -> None:
    """Containers with other machine-ids are one; clones with the same machine-id are two."""
    monkeypatch.setattr(lease, "BOOT_ID", tmp_path / "boot")
    monkeypatch.setattr(lease, "MACHINE_ID", tmp_path / "machine")
    names = []
    for boot_id, name in (("one", "one"), (boot, machine_id)):
        (tmp_path / "boot").write_text(f"{boot_id}\n")
        (tmp_path / "machine").write_text(f"{name}\n")
        names.append(lease.machine.__wrapped__())
    assert (names[0] == names[1]) is same


def test_without_a_boot_id_a_machine_has_a_name_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BOOT_ID", tmp_path / "none")
    monkeypatch.setattr(lease, "MACHINE_ID", tmp_path / "none")
    assert lease.machine.__wrapped__() == lease.machine.__wrapped__() != ""


@given(st.binary(max_size=300))
def test_anything_can_be_read_as_a_lease(data: bytes) -> None:
    holder = Holder.of(data)
    assert holder.held or b"state free" in data
