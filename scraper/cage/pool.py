"""The parent's side: who is at work, who is slow, who is ended and who is replaced.

    job → a place → a child (idle, or a new one) → answer
                 ↘ after `SLOW` seconds it makes room for others, and goes on in one of the places for slow ones

A child that breaks any rule is killed, reaped and forgotten: nothing is ever repaired. One that has read many pages,
or holds on to memory, is replaced between two jobs. Use a pool inside one event loop; when that ends, the children do.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar, TypeVarTuple

from scraper.cage import frames

#: Good pages take a tenth of this: who needs longer must not keep them waiting.
SLOW: Final = 2.0
#: Jobs after which a child is replaced, and the memory (resident bytes) beyond that after its first job.
MOST_JOBS: Final = 500
GROWTH: Final = 192 << 20

_START: Final = 30.0  # seconds, also on a machine that is very busy
_WARM: Final = 1 << 30
_STEP: Final = 0.25
_PIECE: Final = 1 << 20

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Broken(Exception):
    """The child ended, or answered garbage."""


class Pool:
    """At most `size` children at ordinary work, and as many at slow work.

    `warm` is called in each new one before its first job, so that no job pays for loading libraries.
    """

    def __init__(self, size: int, warm: Callable[[], object] | None = None) -> None:
        self._warm = warm
        self._places = asyncio.Semaphore(size)
        self._slow = asyncio.Semaphore(size)
        self._idle: list[Child] = []
        self._children: set[Child] = set()
        self._minder: asyncio.Task[None] | None = None

    @property
    def pids(self) -> frozenset[int]:
        """The children that are there."""
        return frozenset(child.pid for child in self._children)

    async def call(self, memory: int, seconds: float, func: Callable[[*Ts], T], *args: *Ts) -> T:
        """What `func(*args)` returns or raises in a child, which may take so much more address space (bytes), and so
        many seconds from when it is free.

        Raises TimeoutError, Broken if the child ended or lied, and OSError if none can be started.
        """
        job = frames.job(memory, seconds, func, args)
        async with _Place(self._places, self._slow) as place, self._child() as child:
            async with asyncio.timeout(seconds):
                answer = await place.wait(child, job)
        if answer.error:
            raise answer.error
        value: T = answer.value
        return value

    @asynccontextmanager
    async def _child(self) -> AsyncGenerator[Child]:
        """A child for one job; it is idle again afterwards, or gone."""
        child = await self._take()
        try:
            yield child
        except BaseException:
            self._end(child)
            raise
        if child.is_worn():
            self._end(child)
        else:
            self._idle.append(child)

    async def _take(self) -> Child:
        self._mind()
        for child in [child for child in self._idle if child.is_gone()]:
            self._idle.remove(child)
            self._end(child)
        if self._idle:
            return self._idle.pop()
        child = Child()
        self._children.add(child)
        try:
            async with asyncio.timeout(_START):
                await child.ready()
                if self._warm:
                    await child.ask(frames.job(_WARM, _START, self._warm, ()))
        except (Broken, TimeoutError) as error:
            self._end(child)
            raise OSError(errno.EAGAIN, "no reading process could be started") from error
        except BaseException:
            self._end(child)
            raise
        return child

    def _end(self, child: Child) -> None:
        self._children.discard(child)
        child.end()

    def _mind(self) -> None:
        if self._minder is None or self._minder.done():
            self._minder = asyncio.get_running_loop().create_task(self._until_the_end())

    async def _until_the_end(self) -> None:
        """End all children when the loop ends: it cancels what still runs."""
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            for child in tuple(self._children):
                self._end(child)
            self._idle.clear()


class _Place:
    """A place for one job: an ordinary one, given back for one of the slow when the job turns out to be slow.

    If those are all taken, it keeps the place it has.
    """

    def __init__(self, ordinary: asyncio.Semaphore, slow: asyncio.Semaphore) -> None:
        self._held = ordinary
        self._slow = slow

    async def __aenter__(self) -> _Place:
        await self._held.acquire()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._held.release()

    async def wait(self, child: Child, job: frames.Job) -> frames.Answer:
        """The child's answer. Raises Broken."""
        asking = asyncio.ensure_future(child.ask(job))
        try:
            await asyncio.wait({asking}, timeout=SLOW)
            while not asking.done() and self._held is not self._slow:
                if not self._slow.locked():
                    await self._slow.acquire()
                    self._held.release()
                    self._held = self._slow
                    child.yield_to_others()
                await asyncio.wait({asking}, timeout=_STEP)
            return await asking
        finally:
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError, Broken):
                await asking


class Child:
    """One process, and the socket to it."""

    def __init__(self) -> None:
        """Start it. Raises OSError."""
        self._sock, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603  # this very program
                    _command(theirs.fileno()),
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                )  # fmt: skip
            except BaseException:
                self._sock.close()
                raise
        self._sock.setblocking(False)
        self._jobs = 0
        self._held = 0
        self._first = 0

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_gone(self) -> bool:
        """Whether it has ended by itself, or said something that nobody asked for."""
        if self._process.poll() is not None:
            return True
        try:
            self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def is_worn(self) -> bool:
        """Whether it is to be replaced before the next job."""
        return self._jobs >= MOST_JOBS or self._held > self._first + GROWTH

    def yield_to_others(self) -> None:
        """Let it have what processor time others leave."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, 10)

    async def ready(self) -> None:
        """Wait until it takes jobs. Raises Broken."""
        await self._answer(frames.UNASKED)

    async def ask(self, job: frames.Job) -> frames.Answer:
        """Its answer to a job. Raises Broken."""
        try:
            await asyncio.get_running_loop().sock_sendall(self._sock, job.told)
        except OSError as error:
            raise Broken(error.strerror or "it ended") from error
        answer = await self._answer(job.seal)
        self._jobs += 1
        # What ran out of memory may have left it in pieces that nobody can use.
        self._held = sys.maxsize if isinstance(answer.error, MemoryError) else answer.memory
        self._first = self._first or answer.memory
        return answer

    async def _answer(self, seal: bytes) -> frames.Answer:
        try:
            kind, memory, size = frames.head(await self._exactly(frames.ANSWER.size), seal)
            return frames.answer(kind, memory, await self._exactly(size))
        except frames.Garbage as error:
            raise Broken(str(error)) from error
        except OSError as error:
            raise Broken(error.strerror or "it ended") from error

    async def _exactly(self, size: int) -> bytes:
        loop, found = asyncio.get_running_loop(), bytearray()
        while len(found) < size:
            piece = await loop.sock_recv(self._sock, min(size - len(found), _PIECE))
            if not piece:
                raise Broken("it ended")
            found += piece
        return bytes(found)

    def end(self) -> None:
        """Kill it, if it is there. It is reaped beside the loop: letting go of a gigabyte takes the kernel a while."""
        self._sock.close()
        self._process.kill()
        with contextlib.suppress(RuntimeError):  # no thread to spare: then by whoever starts the next process
            threading.Thread(target=self._process.wait, daemon=True, name="reaper").start()


def _command(descriptor: int) -> list[str]:
    """A Python with the same modules in reach, and nothing of the parent's main module."""
    begin = f"import sys; sys.path[:] = {sys.path!r}; from scraper.cage.child import main"
    return [sys.executable, "-c", f"{begin}; main({descriptor}, {os.getpid()})"]
