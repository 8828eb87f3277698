"""What goes over the socket between parent and child: jobs down, answers up. Pure.

A child has read hostile bytes with libraries written in C: what comes back from it is not believed. An answer has a
size that is bounded before it is read, and may be made of values of this program and of plain ones only.
"""

from __future__ import annotations

import dataclasses
import io
import pickle
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

JOB: Final = struct.Struct("!16sQdQ")  # seal, memory in bytes, CPU seconds, size of what follows
ANSWER: Final = struct.Struct("!16scQQ")  # seal, kind, memory the child holds in bytes, size of what follows
#: The seal of what is said unasked: that a child is ready.
UNASKED: Final = bytes(16)
VALUE, ERROR, READY = b"v", b"e", b"r"
#: A sitemap at its limits gives some 30 MiB.
LARGEST: Final = 128 << 20

_PLAIN: Final = {
    ("builtins", "set"), ("builtins", "frozenset"), ("builtins", "complex"), ("builtins", "bytearray"),
    ("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"), ("datetime", "timedelta"),
    ("datetime", "timezone"), ("collections", "Counter"),
}  # fmt: skip


class Garbage(Exception):
    """A child answered what is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `value`, or the `error` that was raised in its place. `memory` is what the child holds, in bytes."""

    memory: int
    value: Any = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One job as bytes, under a seal that nobody can know before it is asked and that its answer has to bear: an answer
    that was there already is to another question."""

    seal: bytes
    told: bytes


def job(memory: int, seconds: float, func: Callable[..., object], args: tuple[object, ...]) -> Job:
    """A job. Raises whatever pickle does for what cannot cross."""
    seal, told = secrets.token_bytes(16), pickle.dumps((func, args), protocol=pickle.HIGHEST_PROTOCOL)
    return Job(seal, JOB.pack(seal, memory, seconds, len(told)) + told)


def head(data: bytes, seal: bytes) -> tuple[bytes, int, int]:
    """Kind, memory and size of the answer that follows `data`. Raises Garbage."""
    found, kind, memory, size = ANSWER.unpack(data)
    if found != seal or kind not in ({READY} if seal == UNASKED else {VALUE, ERROR}):
        raise Garbage("it answered out of turn")
    if size > LARGEST:
        raise Garbage(f"it answered with {size} bytes")
    return kind, memory, size


def answer(kind: bytes, memory: int, told: bytes) -> Answer:
    """The answer in `told`. Raises Garbage."""
    if kind == READY:
        return Answer(memory)
    try:
        value = _Values(io.BytesIO(told)).load()
    except Exception as error:  # a pickle that is not believed may raise anything at all
        raise Garbage(f"it answered what cannot be read ({type(error).__name__})") from error
    if kind != ERROR:
        return Answer(memory, value)
    if not isinstance(value, Exception):
        raise Garbage("it raised what is no error")
    return Answer(memory, error=value)


def told(value: object) -> bytes:
    """`value` as bytes that `answer` can read. Raises whatever pickle does for what cannot cross."""
    buffer = io.BytesIO()
    _Told(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


class _Told(pickle.Pickler):
    """Time zones go by their names: pickle itself would have the reader call `getattr`."""

    def reducer_override(self, obj: object) -> Any:
        """See `pickle.Pickler`."""
        if isinstance(obj, ZoneInfo) and obj.key:
            return zone, (obj.key,)
        return NotImplemented


def zone(key: str) -> ZoneInfo:
    """The time zone with this name."""
    return ZoneInfo(key)


class _Values(pickle.Unpickler):
    """Makes values only: nothing that is called to make one can do anything else."""

    def find_class(self, module: str, name: str) -> Any:
        """See `pickle.Unpickler`."""
        if (module, name) == (__name__, zone.__name__):
            return zone
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module == "builtins" or module.startswith("scraper."):
            found = super().find_class(module, name)
            if isinstance(found, type) and (issubclass(found, Exception) or _is_frozen(found)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


def _is_frozen(kind: type) -> bool:
    return dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen  # type: ignore[attr-defined]  # no name of its own
