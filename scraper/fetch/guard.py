"""Which addresses may be dialled. The door to ssrfguard, and to the system's resolver.

A URL is judged by where its connection would go, never by how it is spelled: the name is looked up once, every answer
is checked, and exactly the checked addresses are handed to the dialler.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from ssrfguard import Policy
from ssrfguard.errors import BlockedAddressError

from scraper.errors import UsageError
from scraper.fetch.trouble import Forbidden, Trouble

_Address = IPv4Address | IPv6Address
Lookup = Callable[[str, int], Sequence[str]]

# Lookups that may hang at once. A thread costs little; with fewer, some dead names would block every other lookup.
_MOST_LOOKUPS: Final = 128
# A name with more addresses than this gains nothing by having them all tried.
_MOST_ADDRESSES: Final = 8


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host, as in a URL but without brackets, and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """From `host:port` or `[v6]:port`; raises UsageError.

        >>> Endpoint.parse("[::1]:8700")
        Endpoint(host='::1', port=8700)
        """
        host, colon, port = text.strip().rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0
        if not colon or not bare or not 0 < number < 65536 or (":" in bare and bare == host):
            raise UsageError(f"{text!r} is no host:port, such as 127.0.0.1:8700 or [::1]:8700")
        return cls.of(bare, number)

    @classmethod
    def of(cls, host: str, port: int) -> Endpoint:
        """The one form of `host`: lower case, without the dot of the root, addresses as short as they get."""
        address = literal(host)
        return cls(str(address) if address else host.lower().removesuffix("."), port)


def system_lookup(host: str, port: int) -> Sequence[str]:
    """The addresses of `host`, in the order in which the system prefers them. Blocks."""
    return [str(answer[4][0]) for answer in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Guard:
    """Says where a connection may go. Never connects, never asks anything but the resolver."""

    def __init__(
        self, private: Sequence[str] = (), connect_to: Mapping[str, str] | None = None, lookup: Lookup = system_lookup
    ) -> None:
        networks, endpoints = _permits(private)
        self._networks = networks
        self._endpoints = endpoints
        self._instead = {Endpoint.parse(a): Endpoint.parse(b) for a, b in (connect_to or {}).items()}
        self._public = Policy()
        self._resolver = _Resolver(lookup)

    def check_literal(self, endpoint: Endpoint) -> None:
        """Refuse an address written out in a URL, before anything is done for it. Names pass: see `addresses`."""
        address = literal(endpoint.host)
        if address is not None and endpoint not in self._instead:
            self._check(address, endpoint)

    async def addresses(self, endpoint: Endpoint, within: float) -> tuple[Endpoint, ...]:
        """Where to connect for `endpoint`: one lookup, every answer checked. One forbidden answer refuses the name.

        What `connect_to` names is not checked: it comes from the configuration, and holds for this endpoint only.
        """
        target = self._instead.get(endpoint, endpoint)
        address = literal(target.host)
        found = [str(address)] if address else await self._resolver.lookup(target.host, target.port, within)
        if target is endpoint:
            for answer in found:
                self._check(ip_address(answer), endpoint)
        return tuple(Endpoint(answer, target.port) for answer in dict.fromkeys(found))[:_MOST_ADDRESSES]

    def _check(self, address: _Address, endpoint: Endpoint) -> None:
        if self._is_named(address, endpoint):
            return
        try:
            self._public.check_address(address)
        except BlockedAddressError as blocked:
            raise Forbidden("private-address", f"{endpoint.host} is at {address}: {blocked.reason}") from blocked

    def _is_named(self, address: _Address, endpoint: Endpoint) -> bool:
        """Whether the configuration names this address, alone or in a network, or this very host and port."""
        named = {endpoint, Endpoint(str(address), endpoint.port)}
        return not named.isdisjoint(self._endpoints) or any(
            address.version == network.version and address in network for network in self._networks
        )


def _permits(private: Sequence[str]) -> tuple[tuple[IPv4Network | IPv6Network, ...], frozenset[Endpoint]]:
    """The networks and the single endpoints among `private`; raises UsageError."""
    networks: list[IPv4Network | IPv6Network] = []
    endpoints: set[Endpoint] = set()
    for entry in private:
        try:
            networks.append(ip_network(entry.strip()))
        except ValueError:
            endpoints.add(Endpoint.parse(entry))
    return tuple(networks), frozenset(endpoints)


def literal(host: str) -> _Address | None:
    """The address that `host` spells out in full; None for names, and for numbers that only a resolver understands."""
    try:
        return ip_address(host)
    except ValueError:
        return None


class _Resolver:
    """The system's resolver, in threads of its own.

    A lookup cannot be cancelled, only left behind: it keeps its thread until the system gives up. So whoever asks for
    the same name meanwhile joins it, and the number of threads is bounded. They are daemons: none delays the exit.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._running: dict[str, asyncio.Future[Sequence[str]]] = {}

    async def lookup(self, host: str, port: int, within: float) -> list[str]:
        """The addresses of `host`, at least one; raises Trouble."""
        try:
            async with asyncio.timeout(within):
                found = await asyncio.shield(self._start(host, port))
        except TimeoutError as error:
            raise Trouble("dns", f"no answer about {host} within {within:g} s") from error
        except socket.gaierror as error:
            # "There is no such name" is not news a minute later; "try again" is.
            unknown = error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
            raise Trouble("dns", f"{host}: {error.strerror}", transient=not unknown) from error
        except (OSError, ValueError) as error:
            raise Trouble("dns", f"{host}: {error}") from error
        answers = [answer for answer in found if literal(answer)]
        if not answers:
            raise Trouble("dns", f"{host} has no address")
        return answers

    def _start(self, host: str, port: int) -> asyncio.Future[Sequence[str]]:
        if host in self._running:
            return self._running[host]
        if len(self._running) >= _MOST_LOOKUPS:
            raise Trouble("dns", f"{_MOST_LOOKUPS} lookups are waiting for an answer already")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Sequence[str]] = loop.create_future()
        self._running[host] = future
        future.add_done_callback(lambda done: self._forget(host, done))
        thread = threading.Thread(target=self._work, args=(loop, future, host, port), daemon=True, name="lookup")
        try:
            thread.start()
        except RuntimeError as error:
            future.cancel()
            raise Trouble("resources", str(error)) from error
        return future

    def _work(
        self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[Sequence[str]], host: str, port: int
    ) -> None:
        try:
            found = self._lookup(host, port)
        except (OSError, ValueError) as error:
            _tell(loop, future.set_exception, error)
        else:
            _tell(loop, future.set_result, found)

    def _forget(self, host: str, done: asyncio.Future[Sequence[str]]) -> None:
        del self._running[host]
        if not done.cancelled():
            done.exception()  # taken, so that a lookup nobody waits for any more ends in silence


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., None], value: object) -> None:
    # The loop may have been closed while the system still searched: then nobody is left to tell.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call, value)
