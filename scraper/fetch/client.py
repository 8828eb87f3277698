"""Request → Page: the one gate for everything that goes out.

URL → address → robots.txt → the host's turn → one connection → head → body → Page
 ↑                                                                │
 └─────────────── Location, checked like a first URL ─────────────┘
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final

import structlog

from scraper.errors import Deferred, FetchError, UsageError
from scraper.fetch import headers, retry, target
from scraper.fetch.exchange import Answer, Exchange
from scraper.fetch.guard import Endpoint, Guard, Lookup, system_lookup
from scraper.fetch.pace import Ask, Pace, Turn
from scraper.fetch.policy import FetchPolicy, Kind
from scraper.fetch.queues import OutOfPatience, Queues
from scraper.fetch.robots import Rules
from scraper.fetch.rulebook import Rulebook
from scraper.fetch.trouble import Forbidden, Trouble
from scraper.fetch.wire import URL, Transport, tls_context
from scraper.model import Hop, Page, Request
from scraper.notices import Delivery, Receipt
from scraper.text import clean

_ROBOTS_HOPS: Final = 5
_LONGEST_LOGGED: Final = 500
_POST_DEADLINE: Final = timedelta(seconds=20)  # for an answer that is nothing but a status
# With these the host itself was not reached or not understood: its pages would fare no better than its robots.txt.
_NOT_ABOUT_ROBOTS: Final = frozenset({"dns", "connect", "tls", "protocol", "resources", "state"})

_log = structlog.get_logger("scraper.fetch")


@dataclass(slots=True)
class _Trip:
    """One request on its way: what is left of the caller's patience and of the time for asking, in seconds; `at` is
    when the last hop was asked."""

    asked: str
    kind: Kind
    delay: float
    patience: float
    time: float
    at: datetime
    etag: str | None = None
    last_modified: str | None = None
    hops: list[Hop] = field(default_factory=list)
    seen: set[URL] = field(default_factory=set)


class Client:
    """The fetcher (`interfaces.Fetcher`). `state` is the folder that all processes of one archive share.

    `now` tells the time in UTC, `monotonic` measures; `lookup` asks for a host's addresses. Never sends cookies or
    credentials, never uses a proxy or anything else that only the environment names, apart from OpenSSL's own
    SSL_CERT_FILE and SSL_CERT_DIR. Raises UsageError if the policy does not make sense.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        state: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._policy = policy
        self._state = state
        self._now = now
        self._monotonic = monotonic
        self._guard = Guard(policy.private, policy.connect_to, lookup)
        self._pace = Pace(state, policy, now)
        self._rulebook = Rulebook(state, policy)
        self._asking_rules = Queues()
        self._tls: ssl.SSLContext | None = None
        self._exchange = Exchange(Transport(self._guard, self._trusted), policy, monotonic)

    async def __aenter__(self) -> Client:
        try:
            self._state.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{self._state}: {error.strerror}; the fetcher keeps there who asks which host") from error
        if self._policy.ca_file:
            self._trusted()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing stays open between requests."""

    async def get(self, request: Request) -> Page:
        """One whole response to `request`, whatever its status; see `interfaces.Fetcher`.

        A host that answers 429 or 503 is left alone, for as long as it asks, and Deferred is raised.
        """
        with self._reporting(request.url):
            delay = self._policy.delay if request.delay is None else request.delay
            trip = _Trip(
                request.url,
                request.kind,
                delay.total_seconds(),
                request.patience.total_seconds(),
                self._policy.time(request.kind),
                self._now(),
                request.etag,
                request.last_modified,
            )
            return await self._travel(trip)

    async def sitemaps(self, url: str, patience: timedelta = timedelta(minutes=2)) -> tuple[str, ...]:
        """The `Sitemap:` lines, at most 50, in the robots.txt that speaks for `url`. They are claims, not checked.

        Raises Refused, Deferred or Failed, as `get` does.
        """
        with self._reporting(url):
            delay = self._policy.delay.total_seconds()
            trip = _Trip(url, "robots", delay, patience.total_seconds(), self._policy.time("robots"), self._now())
            return (await self._rules(target.parse(url), trip)).sitemaps

    async def post(self, delivery: Delivery) -> Receipt:
        """Hand over `delivery` to the operator's own receiver; see `interfaces.Poster`.

        Nothing is logged here: such an address may be a secret in itself.
        """
        seconds = min(self._policy.deadline, _POST_DEADLINE).total_seconds()
        try:
            url = target.parse(delivery.url)
            self._guard.check_literal(target.endpoint(url))
            async with asyncio.timeout(seconds):
                status, head = await self._exchange.post(url, tuple(delivery.headers.items()), delivery.body)
        except TimeoutError as error:
            raise Trouble("timeout", f"no answer within {seconds:g} s").about(delivery.url) from error
        except Trouble as trouble:
            raise trouble.about(delivery.url) from trouble
        said = headers.text(head, b"retry-after")
        return Receipt(status, retry.retry_after(said, self._now(), self._policy.max_retry_after))

    async def check(self, host: str, port: int) -> None:
        """Look up `host` and check where a connection would go; see `interfaces.Poster`."""
        try:
            await self._guard.addresses(Endpoint.of(host, port), self._policy.connect_timeout.total_seconds())
        except Trouble as trouble:
            raise trouble.about(f"{host}:{port}") from trouble

    @contextmanager
    def _reporting(self, url: str) -> Iterator[None]:
        """Every failure leaves as an error that names `url`, and as one line in the log."""
        try:
            yield
        except Trouble as trouble:
            error = trouble.about(url)
            self._say(error)
            raise error from trouble
        except Deferred as error:
            self._say(error)
            raise

    def _say(self, error: FetchError) -> None:
        event = f"fetch-{type(error).__name__.lower()}"
        # Whoever asked says what it means for the article or source; this is the detail.
        _log.debug(event, url=clean(error.url)[:_LONGEST_LOGGED], reason=error.reason, detail=error.detail)

    async def _travel(self, trip: _Trip) -> Page:
        url = target.parse(trip.asked)
        while True:
            self._guard.check_literal(target.endpoint(url))
            rules = await self._rules(url, trip)
            if not rules.allows(str(url)):
                raise Forbidden("robots", f"{url.copy_with(raw_path=b'/robots.txt')} does not want it")
            answer = await self._ask(url, trip, max(trip.delay, rules.delay))
            if not answer.leads_on:
                return _page(trip, url, answer)
            url = self._follow(url, answer, trip)

    def _follow(self, url: URL, answer: Answer, trip: _Trip) -> URL:
        """Where `answer` leads, noted as a hop."""
        location = headers.location(answer.headers)
        came = replace(_page(trip, url, answer), url=str(url), hops=())
        trip.hops.append(Hop(str(url), answer.status, location.decode("latin-1"), came))
        trip.seen.add(url)
        onward = target.join(url, location)
        if onward in trip.seen:
            raise Trouble("redirect-loop", f"back to {onward}", transient=False)
        if len(trip.hops) > self._policy.redirects:
            raise Trouble("redirect-loop", f"over {self._policy.redirects} redirects", transient=False)
        return onward

    async def _ask(self, url: URL, trip: _Trip, delay: float) -> Answer:
        """One request, in its host's turn."""
        ask = Ask(trip.asked, target.endpoint(url).host, delay, trip.patience, self._policy.a_day(trip.kind))
        waiting_since = self._monotonic()
        async with self._pace.turn(ask) as turn:
            trip.patience -= self._monotonic() - waiting_since
            try:
                answer = await self._in_time(url, trip)
            except Forbidden:
                turn.unused()
                raise
            except Trouble as trouble:
                turn.failed(trouble)
                raise
            if answer.asks_to_wait:
                raise self._wait(answer, trip, turn)
            turn.answered(answer.status)
            return answer

    async def _in_time(self, url: URL, trip: _Trip) -> Answer:
        """One request, within what is left of the time for all of the trip."""
        if trip.time <= 0:
            raise Trouble("too-slow", "redirects have used up the time")
        trip.at = self._now()
        condition = tuple(headers.condition(trip.etag, trip.last_modified, trip.at))
        started = self._monotonic()
        try:
            async with asyncio.timeout(trip.time):
                return await self._exchange.get(url, trip.kind, condition)
        except TimeoutError as error:
            raise Trouble("timeout", f"no whole answer within {self._policy.time(trip.kind):g} s") from error
        finally:
            trip.time -= self._monotonic() - started

    def _wait(self, answer: Answer, trip: _Trip, turn: Turn) -> Deferred:
        """The host asked to be left alone, or at least said that it is asked too much."""
        said = headers.text(answer.headers, b"retry-after")
        now = self._now()
        pause = turn.asked_to_wait(answer.status, retry.retry_after(said, now, self._policy.max_retry_after))
        detail = f"the server asks to wait ({said[:40]})" if said else "the server is asked too much"
        return Deferred(trip.asked, f"http-{answer.status}", detail, now + pause)

    async def _rules(self, url: URL, trip: _Trip) -> Rules:
        """The robots.txt that speaks for `url`, asked for if the copy at hand is older than a day."""
        origin = target.origin(url)
        copy, rules = self._rulebook.find(origin, self._now().timestamp())
        if copy.is_fresh(self._now().timestamp()) or url.raw_path == b"/robots.txt":
            # robots.txt itself may always be asked for (RFC 9309, 2.2.2).
            return rules
        waiting_since = self._monotonic()
        try:
            async with self._asking_rules.turn(origin, trip.patience):
                trip.patience -= self._monotonic() - waiting_since
                return await self._new_rules(url, origin, trip)
        except OutOfPatience as error:
            at = self._now() + timedelta(seconds=trip.delay)
            raise Deferred(trip.asked, "pace", f"the robots.txt of {origin} has not come yet", at) from error

    async def _new_rules(self, url: URL, origin: str, trip: _Trip) -> Rules:
        """As `_rules`, by one request at a time for each origin; others may have brought the copy meanwhile."""
        now = self._now().timestamp()
        copy, rules = self._rulebook.find(origin, now)
        if copy.is_fresh(now) or (copy.again(now) and copy.is_usable(now)):
            return rules
        if copy.again(now):
            raise self._no_rules(trip, origin, copy.again(now), "it failed a while ago")
        try:
            text = await self._ask_rules(url, trip)
        except Deferred as error:
            if error.reason.startswith("http-"):
                self._rulebook.failed(origin, self._now())
            raise
        except Trouble as trouble:
            if trouble.reason in _NOT_ABOUT_ROBOTS or isinstance(trouble, Forbidden):
                raise
            failed = self._rulebook.failed(origin, self._now())
            now = self._now().timestamp()
            if failed.is_usable(now):
                return rules
            raise self._no_rules(trip, origin, failed.again(now), trouble.reason) from trouble
        return self._rulebook.keep(origin, text, self._now())

    def _no_rules(self, trip: _Trip, origin: str, seconds: float, why: str) -> Deferred:
        """Without its robots.txt nobody knows what a site wants, so nothing is asked for (RFC 9309, 2.3.1.4)."""
        at = self._now() + timedelta(seconds=seconds)
        return Deferred(trip.asked, "robots-unreachable", f"{origin}/robots.txt: {why}", at)

    async def _ask_rules(self, url: URL, trip: _Trip) -> bytes:
        """The text of the robots.txt for `url`; none if there is none, or too many redirects lead to it."""
        ways = _Trip(trip.asked, "robots", trip.delay, trip.patience, self._policy.time("robots"), trip.at)
        here = url.copy_with(raw_path=b"/robots.txt")
        try:
            answer = await self._ask_checked(here, ways)
            for _ in range(_ROBOTS_HOPS):
                if not answer.leads_on:
                    return _rules_text(answer)
                here, answer = await self._follow_rules(here, answer, ways)
        finally:
            trip.patience = ways.patience
        return b"" if answer.leads_on else _rules_text(answer)

    async def _follow_rules(self, here: URL, answer: Answer, ways: _Trip) -> tuple[URL, Answer]:
        try:
            onward = target.join(here, headers.location(answer.headers))
            return onward, await self._ask_checked(onward, ways)
        except Forbidden as forbidden:
            # Not the site is forbidden, only where its robots.txt is said to be: that is as good as not reached.
            raise Trouble("bad-redirect", forbidden.detail) from forbidden

    async def _ask_checked(self, url: URL, trip: _Trip) -> Answer:
        self._guard.check_literal(target.endpoint(url))
        return await self._ask(url, trip, trip.delay)

    def _trusted(self) -> ssl.SSLContext:
        """One TLS context for all connections: making one takes 20 ms."""
        if self._tls is None:
            try:
                self._tls = tls_context(self._policy)
            except OSError as error:
                raise UsageError(f"network.ca_file {self._policy.ca_file}: {error}") from error
        return self._tls


def _rules_text(answer: Answer) -> bytes:
    """What a robots.txt says, by its status (RFC 9309, 2.3.1). Raises Trouble if that cannot be known now."""
    if answer.status >= 500:
        raise Trouble(f"http-{answer.status}")
    return answer.body if answer.status < 300 else b""


def _page(trip: _Trip, url: URL, answer: Answer) -> Page:
    return Page(
        url=trip.asked,
        final_url=str(url),
        status=answer.status,
        reason=answer.reason,
        headers=headers.decoded(answer.headers),
        request_headers=headers.decoded(answer.request_headers),
        raw=answer.raw,
        body=answer.body,
        fetched_at=trip.at,
        address=answer.address,
        hops=tuple(trip.hops),
        http_version=answer.http_version,
    )
