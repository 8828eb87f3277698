"""The door to httpx and httpcore: one request, one connection, every byte counted.

httpx is used for its types and its transport interface only. Its client is not: it keeps cookies, builds a request
from every hostile `Location`, and opens bodies without a limit. Its pool is not either: a connection that is used again
can be made to file one page's text under the next URL (an answer behind the answer, see RFC 9112, 9.2).

The connections are httpcore's, over a network backend of ours that dials what the guard allows and nothing else.
"""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
import sys
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Final

import anyio
import httpcore
import httpx
from anyio.streams.tls import TLSAttribute, TLSStream

from scraper.fetch.guard import Endpoint, Guard
from scraper.fetch.policy import FetchPolicy
from scraper.fetch.trouble import Trouble

if find_spec("sniffio") is None:
    # httpcore asks for it at every lock. Where it is not installed, each asking looks through all places that hold
    # packages, which took a tenth of a request; after this it is known not to be there.
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # as the import system spells it

URL = httpx.URL
InvalidURL = httpx.InvalidURL
Question = httpx.Request
Reply = httpx.Response

# Smaller reads than httpcore asks for: each is parsed in one go, and other hosts wait meanwhile.
_READ: Final = 32 * 1024
# What may come before an answer is complete: its headers, and some 1xx answers before it.
_MOST_BEFORE_BODY: Final = 256 * 1024
# Chunk sizes, extensions and trailers, beyond the body itself.
_MOST_FRAMING: Final = 8 * 1024**2

_OUR_OWN_FAULT: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Meter:
    """Counts what one connection receives and ends it when it is too much or too slow."""

    def __init__(self, policy: FetchPolicy, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.received = 0
        self.answered = False
        self.ended = False
        self.address: str | None = None
        self._monotonic = monotonic
        self._least_rate = policy.least_rate
        self._window = policy.rate_window.total_seconds()
        self._limit = _MOST_BEFORE_BODY
        self._since: float | None = None
        self._in_window = 0
        self._warm = False

    def expect(self, body: int) -> None:
        """The head has come; a body of so many bytes may follow."""
        self.answered = True
        self._limit = self.received + body + _MOST_FRAMING

    def count(self, received: int) -> None:
        """So many bytes came (0: the end). Raises Trouble."""
        if not received:
            self.ended = True
            return
        self.received += received
        if self.received > self._limit:
            said = f"{self.received} bytes and no end"
            raise Trouble("too-large" if self.answered else "protocol", said)
        self._check_rate(received)

    def _check_rate(self, received: int) -> None:
        now = self._monotonic()
        self._since = now if self._since is None else self._since
        self._in_window += received
        elapsed = now - self._since
        if elapsed < self._window:
            return
        if self._warm and self._in_window < self._least_rate * elapsed:
            raise Trouble("too-slow", f"under {self._least_rate} bytes a second")
        self._warm, self._since, self._in_window = True, now, 0


def question(
    url: URL, headers: Sequence[tuple[str, str]], meter: Meter, policy: FetchPolicy, body: bytes | None = None
) -> Question:
    """A GET of `url`, or a POST of `body` to it, counted by `meter`."""
    silence = policy.silence.total_seconds()
    timeout = {"connect": policy.connect_timeout.total_seconds(), "read": silence, "write": silence}
    method = "GET" if body is None else "POST"
    # Without one httpx writes it itself, and raises idna's own errors over a Punycode host that stands for no name.
    named = [("Host", url.netloc.decode("ascii")), *headers]
    return Question(method, url, headers=named, content=body, extensions={"meter": meter, "timeout": timeout})


class Transport(httpx.AsyncBaseTransport):
    """Sends one request over one connection of its own (HTTP/1.1), which closing the response closes.

    The request carries its Meter and its timeouts as extensions. Raises what `mapped` maps.
    """

    def __init__(self, guard: Guard, tls: Callable[[], ssl.SSLContext]) -> None:
        self._guard = guard
        self._tls = tls

    async def handle_async_request(self, request: Question) -> Reply:
        """The head of the response; its stream reads the body as it comes."""
        meter: Meter = request.extensions["meter"]
        secure = request.url.scheme == "https"
        at = request.url.port or (443 if secure else 80)
        connection = httpcore.AsyncHTTPConnection(
            httpcore.Origin(request.url.raw_scheme, request.url.raw_host, at),
            ssl_context=self._tls() if secure else None,
            network_backend=_Dialler(self._guard, meter),
        )
        try:
            response = await connection.handle_async_request(_core_request(request, at))
        except BaseException:
            await connection.aclose()
            raise
        if not isinstance(response.stream, AsyncIterable):
            raise TypeError("httpcore gave a body that cannot be awaited")
        return Reply(
            response.status,
            headers=response.headers,
            stream=_Stream(connection, response.stream),
            extensions=response.extensions,
            request=request,
        )


def _core_request(request: Question, port: int) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.content,
        extensions={"timeout": request.extensions["timeout"]},
    )


class _Stream(httpx.AsyncByteStream):
    """The body as received, without its transfer coding."""

    def __init__(self, connection: httpcore.AsyncHTTPConnection, stream: AsyncIterable[bytes]) -> None:
        self._connection = connection
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece

    async def aclose(self) -> None:
        """Close the connection at once; what was not read is not read."""
        await self._connection.aclose()


class _Dialler(httpcore.AsyncNetworkBackend):
    """Connects to what the guard allows."""

    def __init__(self, guard: Guard, meter: Meter) -> None:
        self._guard = guard
        self._meter = meter

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Dial the checked addresses, one after the other, within `timeout` for all of them."""
        ends = time.monotonic() + (timeout or 60)
        found = await self._guard.addresses(Endpoint.of(host, port), timeout or 60)
        for tried, address in enumerate(found):
            last = tried == len(found) - 1
            # An address that swallows packets must not use up the time of the next one.
            share = (ends - time.monotonic()) / (len(found) - tried)
            try:
                async with asyncio.timeout(max(share, 0.1)):
                    return _Socket(await anyio.connect_tcp(address.host, address.port), self._meter, address.host)
            except TimeoutError as error:
                if last:
                    raise Trouble("connect", f"no answer from {address.host} port {address.port}") from error
            except OSError as error:
                if last or _is_ours(error):
                    raise
        raise Trouble("dns", f"{host} has no address")


class _Socket(httpcore.AsyncNetworkStream):
    """One connection, counted. Over TLS an end without close_notify is not an end (RFC 9112, 9.8)."""

    def __init__(
        self, raw: anyio.abc.SocketStream, meter: Meter, address: str, top: anyio.abc.ByteStream | None = None
    ) -> None:
        self._raw = raw
        self._top = top or raw
        self._meter = meter
        self._address = address
        meter.address = address

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's interface
        """The next bytes, none at the end."""
        try:
            async with asyncio.timeout(timeout):
                data = await self._top.receive(min(max_bytes, _READ))
        except TimeoutError as error:
            raise Trouble("timeout", f"{timeout:g} s of silence") from error
        except anyio.EndOfStream:
            data = b""
        self._meter.count(len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's interface
        """Send all of `buffer`."""
        try:
            async with asyncio.timeout(timeout):
                await self._top.send(buffer)
        except TimeoutError as error:
            raise Trouble("timeout", "the request was not taken") from error
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            # httpcore then reads what the server had to say before it closed.
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close without a word: nothing is drained, and no peer can hold up the end."""
        await self._raw.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> httpcore.AsyncNetworkStream:
        """The same connection under TLS, the server's name verified."""
        try:
            async with asyncio.timeout(timeout):
                top = await TLSStream.wrap(
                    self._raw, ssl_context=ssl_context, hostname=server_hostname, server_side=False
                )
        except BaseException as error:
            await self._raw.aclose()
            if isinstance(error, TimeoutError):
                raise Trouble("tls", f"no handshake within {timeout:g} s") from error
            if isinstance(error, (OSError, ValueError, anyio.BrokenResourceError, anyio.EndOfStream)):
                raise Trouble("tls", _said(error)) from error
            raise
        return _Socket(self._raw, self._meter, self._address, top)

    def get_extra_info(self, info: str) -> Any:
        """The TLS object, by which httpcore asks for the protocol that was agreed on."""
        if info != "ssl_object":
            return None
        return self._top.extra(TLSAttribute.ssl_object, None)  # noqa: S610 - anyio's extra attributes, not Django's


@contextmanager
def mapped(meter: Meter) -> Iterator[None]:
    """Turn whatever the libraries raise during one request into Trouble with a stable reason."""
    try:
        yield
    except (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, httpcore.NetworkError) as error:
        raise _lost(meter, error) from error
    except (httpcore.ProtocolError, httpx.ProtocolError, httpx.StreamError) as error:
        cut = meter.ended and (meter.answered or not meter.received)
        raise _lost(meter, error) if cut else Trouble("protocol", _said(error)) from error
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise Trouble("timeout", _said(error)) from error
    except OSError as error:
        raise Trouble("resources", _said(error)) if _is_ours(error) else _lost(meter, error) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpcore.UnsupportedProtocol, ValueError, RuntimeError) as error:
        raise Trouble("protocol", _said(error)) from error


def _lost(meter: Meter, error: BaseException) -> Trouble:
    """A connection that ended before its answer did, or before there was any."""
    return Trouble("incomplete" if meter.received else "connect", _said(error))


def _said(error: BaseException) -> str:
    """What an error says, or what caused it if it says nothing."""
    cause = error.__cause__ or error.__context__
    return str(error) or (str(cause) if cause else "") or type(error).__name__


def _is_ours(error: OSError) -> bool:
    """Whether we ran out of something, so that the host is not to blame."""
    causes = (error, error.__cause__)
    return any(isinstance(cause, OSError) and cause.errno in _OUR_OWN_FAULT for cause in causes)


def tls_context(policy: FetchPolicy) -> ssl.SSLContext:
    """Trust in the system's store, as OpenSSL finds it (SSL_CERT_FILE), and in `ca_file`.

    Where the system has no store, certifi's takes its place: without one nobody would be trusted.
    """
    context = ssl.create_default_context()
    # Some builds hide ends without close_notify; here they tell a cut page from a whole one.
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    if not _system_store():
        import certifi  # noqa: PLC0415 - rarely needed

        context.load_verify_locations(certifi.where())
    if policy.ca_file:
        context.load_verify_locations(policy.ca_file)
    return context


def _system_store() -> bool:
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or (bool(paths.capath) and any(os.scandir(paths.capath)))
