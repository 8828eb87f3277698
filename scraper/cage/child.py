"""The child's side: one job after the other, each under its limits, until the parent is gone.

A child ends with its parent, however that ends: idle it sees the socket close, at work the kernel ends it. It never
dumps core, and when memory runs out on the machine it is the first to go.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import pickle
import resource
import signal
import socket
import sys
import time
from io import BufferedRWPair
from typing import Any, Final

from scraper.cage import frames

_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG, see prctl(2)


def main(descriptor: int, parent: int) -> None:
    """Serve jobs that come over the socket with this number from the process `parent`."""
    _settle(parent)
    with socket.socket(fileno=descriptor) as sock, sock.makefile("rwb") as line:
        _say(line, frames.UNASKED, frames.READY, b"")
        while head := line.read(frames.JOB.size):
            seal, memory, seconds, size = frames.JOB.unpack(head)
            _limit(memory, seconds)
            _say(line, seal, *_done(line.read(size)))


def _settle(parent: int) -> None:
    # A signal to the whole group (Ctrl-C, a service manager) is for the parent: it ends its children when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):  # elsewhere than on Linux the limit of CPU time has to do
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:  # noqa: PTH123  # not a path of ours
        score.write("1000")


def _done(told: bytes) -> tuple[bytes, bytes]:
    """The kind of answer to one job, and the answer."""
    kind, value = frames.VALUE, None
    try:
        func, args = pickle.loads(told)  # noqa: S301  # from the parent, who is believed
        value = func(*args)
    except Exception as error:  # noqa: BLE001  # whatever it is, the parent hears of it
        kind, value = frames.ERROR, error
    try:
        return kind, frames.told(value)
    except Exception as error:  # noqa: BLE001  # as above
        kept = (
            MemoryError() if isinstance(error, MemoryError) else RuntimeError(f"{type(error).__name__}: cannot cross")
        )
        return frames.ERROR, pickle.dumps(kept)


def _say(line: BufferedRWPair[Any, Any], seal: bytes, kind: bytes, told: bytes) -> None:
    line.write(frames.ANSWER.pack(seal, kind, _held(), len(told)))
    line.write(told)
    line.flush()


def _held() -> int:
    """The memory that this process holds (resident), in bytes; 0 where the system does not say."""
    return _statm()[1]


def _statm() -> tuple[int, int]:
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  # not a path of ours
        space, held = statm.read().split()[:2]
        return int(space) * resource.getpagesize(), int(held) * resource.getpagesize()
    return 0, 0


def _limit(memory: int, seconds: float) -> None:
    """Bound the address space beyond what the libraries have taken already, and the CPU time. Soft limits: the next
    page may differ."""
    _soften(resource.RLIMIT_AS, _statm()[0] + memory)
    _soften(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds) + 1)


def _soften(what: int, limit: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
