"""How often one place may come with a wrong token. Who has the right one is never counted, and never kept waiting.

Whoever is told to come later is told so of a wrong token only: the right one is let in at any time, also from a place
that others try from. So this makes guessing no harder than the length of a token makes it. What it does: a client with
a token of yesterday is told to slow down, and the log names where somebody tries.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Final

MOST: Final = 30  # wrong tokens in a row
EVERY: Final = 2.0  # seconds until one more is answered
KEPT: Final = 1000  # places; of more, those where it was longest quiet are forgotten
_NETWORK: Final = 64  # bits of an IPv6 address that whoever has one can change at will


class Tries:
    """Wrong tokens by place. Of each place one moment is kept: when nothing would be counted of it any more (GCRA, as
    in ATM traffic management, I.371). Use it inside one event loop."""

    def __init__(
        self,
        most: int = MOST,
        every: float = EVERY,
        kept: int = KEPT,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._span, self._every, self._kept, self._now = most * every, every, kept, now
        self._quiet: OrderedDict[str, float] = OrderedDict()
        self._told: dict[str, float] = {}

    def wrong(self, place: str) -> int:
        """Count a wrong token from there. Gives the seconds that it has to wait, 0 if that is none too many."""
        now = self._now()
        quiet = max(self._quiet.pop(place, now), now)
        wait = quiet + self._every - now - self._span
        self._quiet[place] = quiet if wait > 0 else quiet + self._every
        if len(self._quiet) > self._kept:
            forgotten, _ = self._quiet.popitem(last=False)
            self._told.pop(forgotten, None)
        return math.ceil(wait) if wait > 0 else 0

    def is_news(self, place: str) -> bool:
        """Whether it is the first time since it was quiet there that a place is told to wait: for the log."""
        now = self._now()
        before = self._told.get(place, now)
        self._told[place] = self._quiet.get(place, now)
        return before <= now


def place_of(host: str | None) -> str:
    """Where a request comes from: an IPv4 address, or the network of one of IPv6; empty for what is neither.

    >>> place_of("2001:db8::1:2"), place_of("::ffff:192.0.2.1"), place_of("unix")
    ('2001:db8::/64', '192.0.2.1', '')
    """
    try:
        address = ip_address((host or "").partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> _NETWORK << _NETWORK)}/{_NETWORK}"
