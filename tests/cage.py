"""Jobs for children in a cage that do not do what children should. They are sent to a real one by name."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from scraper.cage import frames

HOARD: list[bytes] = []


def hang() -> None:
    """Never come back."""
    time.sleep(600)


def spin() -> None:
    """Never come back, and use all the processor there is."""
    while True:
        pass


def eat() -> int:
    """Take more memory than there is."""
    return len(bytearray(8 << 30))


def hoard(size: int) -> int:
    """Keep memory for good."""
    HOARD.append(b"x" * size)
    return os.getpid()


def die(number: int = signal.SIGSEGV) -> None:
    """End the process as a parser does that crashes."""
    os.kill(os.getpid(), number)


def stop() -> None:
    """Neither live nor die."""
    os.kill(os.getpid(), signal.SIGSTOP)


def leave() -> None:
    """Go, as if that were an answer."""
    os._exit(0)


def say(data: bytes) -> None:
    """Put these bytes where an answer belongs, then hang."""
    line().sendall(data)
    hang()


def stutter() -> None:
    """An answer that begins and never ends."""
    say(frames.ANSWER.pack(seal(), frames.VALUE, 0, 1000) + b"half")


def boast() -> None:
    """An answer that says of itself that it has no end."""
    say(frames.ANSWER.pack(seal(), frames.VALUE, 0, 1 << 60))


def babble() -> None:
    """What is no answer at all."""
    say(b"HTTP/1.1 200 OK\r\n" * 100)


def lie(told: bytes, kind: bytes = frames.VALUE) -> None:
    """An answer made of these bytes."""
    say(frames.ANSWER.pack(seal(), kind, 0, len(told)) + told)


def giant() -> bytes:
    """An answer that is larger than any answer may be."""
    return bytes(frames.LARGEST + 1)


def many() -> str:
    """Two answers to one question: the second one would be taken for that to the next."""
    told = pickle.dumps("first")
    line().sendall((frames.ANSWER.pack(seal(), frames.VALUE, 0, len(told)) + told) * 3)
    return "second"


def seal() -> bytes:
    """What the answer has to bear: a child that was taken over knows it as soon as it is asked."""
    frame = sys._getframe()
    while "seal" not in frame.f_locals:
        assert frame.f_back
        frame = frame.f_back
    return bytes(frame.f_locals["seal"])


def line() -> socket.socket:
    """The socket that answers go over."""
    found = max(int(name) for name in os.listdir("/proc/self/fd") if _is_socket(int(name)))  # noqa: PTH208  # procfs
    return socket.socket(fileno=os.dup(found))


def _is_socket(number: int) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{number}").startswith("socket:")  # noqa: PTH115  # procfs
    except OSError:
        return False


class Evil:
    """A value that does something when it is made."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def limits() -> dict[str, float]:
    """What this process holds itself to."""
    return {
        "cpu": resource.getrlimit(resource.RLIMIT_CPU)[0] - time.process_time(),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "oom": float(Path("/proc/self/oom_score_adj").read_text(encoding="ascii")),
    }
