"""Where a run of `verify` was, so that another one can go on: `.run/verify/place.json`, `place-deep.json`.

    SHA-256 of what follows, newline, JSON        replaced whole, now and then and when the run is asked to end

No part of the archive, and worth nothing in a copy of it: what was read here proves nothing about bytes elsewhere. So
it names the archive by its first visit and by the folders it lies in, and is not believed anywhere else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from scraper.errors import ArchiveBusy, ArchiveDamaged, ArchiveError
from scraper.reports import Proof
from scraper.store import paths, proofs
from scraper.store.checks import Finding, Step
from scraper.store.locks import Lock, said
from scraper.store.slips import LARGEST, Slips
from scraper.store.stamps import moment, now, stamp

#: Changes whenever a later program would check more, or in another order: what an earlier one did is not enough then.
FORMAT: Final = "scraper-verify/1"
EVERY: Final = 5.0  # seconds between two notes: as much is done again after a kill, and a sync costs milliseconds
AHEAD: Final = timedelta(days=1)  # that a clock may have been set back, or have gone wrong, since
PARTS: Final = 1000  # that are told of: so many nights
_DAMAGED: Final = "the place that was noted is damaged"
_OF: Final = {"bytes": "bytes of WARC files"}


class Unusable(Exception):
    """Why a run cannot go on where another one was."""


class Stopped(Exception):
    """The run ends before its end, as it was asked to. Its place is noted, unless the keeper has a `trouble`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the runs that make a whole one: when, and how far it came (of `what`, so much of so much)."""

    began: datetime
    ended: datetime
    what: str = ""
    done: int = 0
    total: int = 0

    @property
    def far(self) -> str:
        """How far it came, in words; none if it had not begun."""
        if not self.done:
            return ""
        of = f" of {self.total:,}" if self.total else ""
        return f"{self.done:,}{of} {_OF.get(self.what, self.what)}"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """What is checked, and what was found.

    `folder`: of articles, all up to this one. `since`: what visits up to this place made; it lay in the WARC file
    `file` then. `checked`: so many bytes of WARC files, so many lines of manifests. `row`: articles of the catalogue,
    all up to the one that lies there. `versions` were counted. `surplus` is what nothing accounted for when it was
    met, but for `accounted`.
    """

    archive: str
    deep: bool
    parts: tuple[Part, ...] = ()
    since: int = 0
    file: str = ""
    folder: str = ""
    versions: int = 0
    row: str = ""
    checked: Mapping[str, int] = field(default_factory=dict)
    found: tuple[Finding, ...] = ()
    surplus: tuple[str, ...] = ()
    accounted: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------ as bytes


def dumps(mark: Bookmark) -> bytes:
    """The bytes of the file."""
    told = {"format": FORMAT, **asdict(mark)}
    body = json.dumps(told, default=_plain, ensure_ascii=True, sort_keys=True).encode("ascii")
    return hashlib.sha256(body).hexdigest().encode("ascii") + b"\n" + body


def loads(data: bytes) -> Bookmark:
    """The inverse of `dumps`. Raises Unusable for anything else, and nothing else."""
    head, _, body = data.partition(b"\n")
    if head != hashlib.sha256(body).hexdigest().encode("ascii"):
        raise Unusable(_DAMAGED)
    try:
        told = json.loads(body)
        if isinstance(told, dict) and told.get("format") != FORMAT:
            raise Unusable("the place was noted by another version of this program")
        return _bookmark(_object(told))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as exc:
        raise Unusable(_DAMAGED) from exc


def _plain(value: object) -> str:
    return stamp(cast("datetime", value))


def _bookmark(told: dict[str, Any]) -> Bookmark:
    return Bookmark(
        archive=_text(told["archive"]),
        deep=_yes(told["deep"]),
        parts=tuple(
            Part(moment(_text(one["began"])), moment(_text(one["ended"])), _text(one["what"]), _number(one["done"]),
                 _number(one["total"]))
            for one in _list(told["parts"])
        ),
        since=_number(told["since"]),
        file=_text(told["file"]),
        folder=_text(told["folder"]),
        versions=_number(told["versions"]),
        row=_text(told["row"]),
        checked={_text(name): _number(done) for name, done in _object(told["checked"]).items()},
        found=tuple(
            Finding(_text(one["file"]), _text(one["problem"]), _text(one["repair"]), moment(_text(one["found_at"])))
            for one in _list(told["found"])
        ),
        surplus=tuple(map(_text, _list(told["surplus"]))),
        accounted=tuple(map(_text, _list(told["accounted"]))),
    )  # fmt: skip


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise TypeError(value)
    return value


def identity(root: Path, first: str) -> str:
    """An archive whose first visit has the record id `first`, in the folders it lies in: a copy has others. Numbers of
    devices are left out, since a reboot may change them."""
    return " ".join((first, *(str(_inode(root / part)) for part in ("", paths.ARTICLES, paths.WARC))))


def _inode(path: Path) -> int:
    try:
        return os.stat(path).st_ino  # noqa: PTH116  # beside the others of its kind
    except OSError:
        return 0


# ------------------------------------------------------------------------------------------------ on the disk


class Keeper:
    """Keeps the place of one run in the archive at `root`; use it in a `with`. `resume`: go on where the last one was.

    `allowed` seconds are worked, None for all that it takes; set `interrupted` to end it sooner. `say` is told, in
    sentences, from where it goes on and why. Two runs never keep one place: the second keeps none, which `trouble`
    says, as it says whatever else is in the way of it.
    """

    def __init__(
        self,
        root: Path,
        *,
        deep: bool,
        resume: bool = False,
        allowed: float | None = None,
        every: float | None = None,
        say: Callable[[str], object] = lambda _: None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.resume = resume
        self.interrupted = False
        self.trouble: str | None = None
        self.say = say
        self.parts: tuple[Part, ...] = ()
        self.clock = clock
        self._every = EVERY if every is None else every
        self._name = _name(deep=deep)
        self._root, self._deep = root.resolve(), deep
        self._slips = Slips(root.resolve(), proofs.FOLDER)
        self._lock = Lock(root.resolve() / paths.RUN / f"verify-{self._name}.lock")
        self._holds = False
        self._next = time.monotonic() + self._every
        self._until = None if allowed is None else time.monotonic() + allowed
        self._began, self._far = clock(), ("", 0, 0)

    def __enter__(self) -> Keeper:
        """Raises ArchiveBusy if `resume`, and another run goes on from there now."""
        if not self._lock.path.parent.is_dir():
            self.trouble = "there is no folder .run/ to note it in"
        elif said(self._lock.path.parent / paths.MISTRUST):
            self.trouble = "nothing is written to this archive, as `scraper status` says"
        else:
            self._claim()
        return self

    def _claim(self) -> None:
        try:
            self._lock.claim("another `scraper verify` keeps its place here", f"process {os.getpid()}".encode())
            self._holds = True
        except ArchiveBusy as exc:
            if self.resume:
                raise
            self.trouble = exc.why.partition(";")[0]
            self.say(f"{self.trouble}; this one keeps none, and begins anew if it is cut short")
        except ArchiveError as exc:
            self.trouble = exc.why

    def __exit__(self, *_: object) -> None:
        self._holds = False
        self._lock.close()

    # ------------------------------------------------------------------------------------------ going on

    def last(self, archive: str) -> Bookmark:
        """Where the last run on the archive with this identity was; it has none if its catalogue cannot be read. Raises
        Unusable."""
        mark = self._read()
        if not archive:
            raise Unusable("the catalogue cannot be read")
        if mark.archive != archive:
            raise Unusable("the place was noted in another archive, or the folders of this one are others now")
        if mark.deep != self._deep or not mark.parts:
            raise Unusable(_DAMAGED)
        if max(part.ended for part in mark.parts) > self.clock() + AHEAD:
            raise Unusable("the place was noted at a time that is yet to come")
        self.parts = mark.parts[-PARTS:]
        return mark

    def begins(self, archive: str) -> Bookmark | None:
        """The same if it is to be gone on from there, else None; which it is is said."""
        try:
            mark = self.last(archive) if self.resume else self._read()
        except Unusable as exc:
            if self.resume:
                self.say(f"{exc}; this run begins at the beginning")
            return None
        last = mark.parts[-1:]
        where = "".join(f"{part.far or 'the beginning'}, {stamp(part.ended)}" for part in last)
        if self.resume:
            self.say(f"goes on where the last run was ({where})")
            return mark
        if self._holds:
            self.say(f"a run was cut short ({where}); --resume goes on with it, this one begins anew")
        return None

    def _read(self) -> Bookmark:
        try:
            data = self._slips.read(self._name)
        except (ArchiveDamaged, OSError) as exc:
            raise Unusable("the place that was noted cannot be read") from exc
        if data is None:
            raise Unusable(self._nothing())
        return loads(data)

    def _nothing(self) -> str:
        try:
            other = self._slips.read(_name(deep=not self._deep)) is not None
        except ArchiveDamaged:
            other = False
        with_ = "without" if self._deep else "with"
        return f"only a run {with_} --deep was cut short" if other else "no run was cut short"

    # ------------------------------------------------------------------------------------------ being somewhere

    def telling(self, step: Step) -> Step:
        """`step`, and remember how far it is."""

        def tell(what: str, done: int, total: int) -> None:
            self._far = (what, done, total)
            step(what, done, total)

        return tell

    def at(self, made: Callable[[], Bookmark | None], *, hurry: bool = True) -> None:
        """Be at a place that can be gone on from; it is noted if that is due. Raises Stopped if it is time to end;
        with `hurry` also because the time allowed is over."""
        at = time.monotonic()
        ending = self.interrupted or (hurry and self._until is not None and at >= self._until)
        if ending or at >= self._next:
            self._note(made())
            self._next = time.monotonic() + self._every
        if ending:
            raise Stopped

    @property
    def part(self) -> Part:
        """This run, up to now."""
        return Part(self._began, max(self.clock(), self._began), *self._far)

    def _note(self, mark: Bookmark | None) -> None:
        if not self._holds:
            return
        try:
            self.trouble = "the catalogue cannot be read" if mark is None else self._written(mark)
        except ArchiveError as exc:
            self.trouble = exc.why

    def _written(self, mark: Bookmark) -> str | None:
        data = dumps(replace(mark, parts=(*self.parts, self.part)))
        if len(data) > LARGEST:
            return "there are too many problems to note"
        self._slips.write(self._name, data)
        return None

    def done(self, problems: int) -> None:
        """The run came to its end, with so many found: nothing is to be gone on with."""
        if self._holds:
            began = min(part.began for part in (*self.parts, self.part))
            with contextlib.suppress(ArchiveError):  # then the end is gone on with once more
                proofs.note(self._root, Proof(self._deep, began, self.part.ended, problems))
                self._slips.remove(self._name)


def _name(*, deep: bool) -> str:
    return "place-deep" if deep else "place"
