"""Who says nothing, or takes nothing, keeps nobody from the web side."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from scraper.connections import connections
from scraper.web import listen_on
from tests.serve.shown import serving

MANY = 6
LARGE = 40_000_000


async def _small(_request: Request) -> Response:
    return Response(b"here")


async def _large(_request: Request) -> Response:
    return Response(bytes(LARGE))


async def _long(_request: Request) -> Response:
    return StreamingResponse(iter([bytes(LARGE // 500)] * 500))


APP = Starlette(routes=[Route("/", _small), Route("/large", _large), Route("/long", _long)])


@pytest.fixture
def port() -> Iterator[int]:
    """A service that looks at its connections often, and has few."""
    with serving(APP, http=connections(look=0.3, at_once=MANY)) as port:
        yield port


def connected(port: int) -> socket.socket:
    """A connection that says nothing yet."""
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def asked(sock: socket.socket, path: str = "/", end: str = "\r\n") -> None:
    """Ask for `path`; without `end` not all of it."""
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{end}".encode())


def is_over(sock: socket.socket) -> bool:
    """Whether the other side hangs up; waits for it."""
    try:
        while sock.recv(1 << 20):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("said", ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX: y"])
def test_who_does_not_ask_is_hung_up_on(port: int, said: str) -> None:
    with connected(port) as sock:
        sock.sendall(said.encode())
        assert is_over(sock)


def test_who_takes_no_answer_is_hung_up_on(port: int) -> None:
    with connected(port) as sock:
        asked(sock, "/large")
        with connected(port) as other:
            assert is_over(other)  # some looks later
        received = 0
        try:
            while data := sock.recv(1 << 20):
                received += len(data)
        except ConnectionError:
            pass
        assert received < LARGE


def test_many_silent_connections_keep_nobody_out(port: int) -> None:
    with ExitStack() as held:
        silent = [held.enter_context(connected(port)) for _ in range(10 * MANY)]
        sock = held.enter_context(connected(port))
        asked(sock)
        assert sock.recv(1000).startswith(b"HTTP/1.1 200")
        assert all(is_over(one) for one in silent[:MANY])


def test_a_crowd_that_takes_nothing_keeps_nobody_out(port: int) -> None:
    """The slowest of those who have the most make room, all of those who come in one moment."""
    with ExitStack() as held:
        slow = [held.enter_context(connected(port)) for _ in range(5 * MANY)]
        for one in slow:
            asked(one, "/large")
        sock = held.enter_context(connected(port))
        asked(sock)
        assert sock.recv(1000).startswith(b"HTTP/1.1 200")


def test_who_takes_a_long_answer_steadily_gets_all_of_it() -> None:
    """It is written as fast as it is taken, so that there is always something left."""
    with serving(APP, http=connections(look=1, at_once=MANY)) as port, connected(port) as sock:
        asked(sock, "/long")
        received = 0
        while data := sock.recv(1 << 16):
            received += len(data)
            time.sleep(0.004)
            if received >= LARGE:
                break
        assert received >= LARGE


def test_a_kept_connection_may_ask_again(port: int) -> None:
    with connected(port) as sock:
        for _ in range(3):
            asked(sock)
            answer = b""
            while not answer.endswith(b"here"):
                answer += sock.recv(1000)


def test_the_socket_says_that_it_is_tcp() -> None:
    """Else asyncio leaves Nagle's algorithm on, and every answer takes 40 ms longer."""
    with listen_on("127.0.0.1:0") as sock:
        assert sock.proto == socket.IPPROTO_TCP
