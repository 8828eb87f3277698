"""`/metrics` for Prometheus: what is kept, what waits, what fails. Labels are outlets with a file, and never a URL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scraper import attention
from scraper.reports import OutletReport, Status
from scraper.serve.attending import needs_of
from scraper.serve.site import Site

MEDIA: Final = "text/plain; version=0.0.4; charset=utf-8"
MOST: Final = 1000  # outlets with rows of their own; the rest are one row together
RULES: Final = 100
OTHER: Final = "other"


def routes(site: Site) -> list[Route]:
    """`/metrics`."""
    registry = CollectorRegistry()
    registry.register(Archive(site))
    ProcessCollector(registry=registry)

    async def metrics(_request: Request) -> Response:
        return Response(await run_in_threadpool(generate_latest, registry), 200, media_type=MEDIA)

    return [Route("/metrics", metrics, methods=["GET"])]


class Archive(Collector):
    """Looks at the archive each time somebody asks."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def describe(self) -> list[Metric]:
        """Nothing is counted before anybody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All figures, as they are now."""
        status = self._site.library.status(self._site.now())
        yield from _totals(status)
        yield from self._outlets(status)
        yield from self._work(status)

    def _outlets(self, status: Status) -> Iterator[Metric]:
        families = {
            "articles": GaugeMetricFamily("scraper_articles", "Articles kept.", labels=["outlet"]),
            "versions": GaugeMetricFamily("scraper_versions", "Versions kept.", labels=["outlet"]),
            "gone": GaugeMetricFamily("scraper_gone", "Articles that are gone now.", labels=["outlet"]),
            "due": GaugeMetricFamily("scraper_due", "Articles due for a visit.", labels=["outlet"]),
        }
        newest = GaugeMetricFamily(
            "scraper_last_new_timestamp_seconds", "When the newest article was first seen.", labels=["outlet"]
        )
        for name, reports in self._rows(status).items():
            for key, family in families.items():
                family.add_metric([name], sum(getattr(one, key) for one in reports))
            if times := [one.last_new.timestamp() for one in reports if one.last_new]:
                newest.add_metric([name], max(times))
        yield from (*families.values(), newest)

    def _rows(self, status: Status) -> dict[str, list[OutletReport]]:
        """Reports by label: who lists a new host a minute must not make a new series a minute."""
        listed = set(sorted(self._site.outlets())[:MOST])
        rows: dict[str, list[OutletReport]] = {}
        for one in status.outlets:
            rows.setdefault(one.outlet if one.outlet in listed else OTHER, []).append(one)
        return rows

    def _work(self, status: Status) -> Iterator[Metric]:
        failing = GaugeMetricFamily("scraper_sources_failing", "Sources whose last look failed.", labels=["outlet"])
        listed = set(sorted(self._site.outlets())[:MOST])
        counts: dict[str, int] = {}
        for source in status.sources:
            name = source.outlet if source.outlet in listed else OTHER
            counts[name] = counts.get(name, 0) + (source.failures > 0)
        for name, number in sorted(counts.items()):
            failing.add_metric([name], number)
        yield failing
        visits = CounterMetricFamily("scraper_visits", "Visits of this process by verdict.", labels=["verdict"])
        for verdict, number in sorted(self._site.counts().items()):
            visits.add_metric([verdict], number)
        yield visits
        yield self._attention(status)
        yield from self._rules()
        ready = GaugeMetricFamily("scraper_ready", "1 while the daemon can do its work; else the word says why not.",
                                  labels=["word"])  # fmt: skip
        word = self._site.trouble()
        ready.add_metric([word or "ready"], 0 if word else 1)
        yield ready

    def _rules(self) -> Iterator[Metric]:
        """Rules of notifications have names that the operator gave; no more than so many have a row."""
        taken = CounterMetricFamily("scraper_messages_taken", "Messages of a rule that were taken.", labels=["rule"])
        lost = CounterMetricFamily("scraper_messages_given_up", "Messages of a rule that were given up.",
                                   labels=["rule"])  # fmt: skip
        waiting = GaugeMetricFamily("scraper_message_waits", "1 while a message of a rule is sent again and again.",
                                    labels=["rule"])  # fmt: skip
        for rule in self._site.rules()[:RULES]:
            taken.add_metric([rule.name], rule.sent)
            lost.add_metric([rule.name], rule.given_up)
            waiting.add_metric([rule.name], rule.waiting is not None)
        yield from (taken, lost, waiting)

    def _attention(self, status: Status) -> Metric:
        """All words at any time, so that an alert finds its series."""
        counts = Counter(need.word for need in needs_of(self._site, status))
        family = GaugeMetricFamily("scraper_attention", "What needs attention, as `scraper status` says.",
                                   labels=["word"])  # fmt: skip
        for word in attention.WORDS:
            family.add_metric([word], counts[word])
        return family


def _totals(status: Status) -> Iterator[Metric]:
    disk, queue = status.disk, status.queue
    for name, about, value in (
        ("scraper_queue", "Articles waiting for a visit.", queue.rows),
        ("scraper_queue_due", "Of these, due now.", queue.due),
        ("scraper_hosts_blocked", "Hosts that are left alone for a while.", len(queue.blocked)),
        ("scraper_disk_free_bytes", "Bytes free on the disk of the archive.", disk.free),
        ("scraper_wal_bytes", "Bytes of SQLite's log beside the catalogue; it grows while somebody reads.", disk.log),
        ("scraper_unfinished", "Writes that did not end; the next one repairs them.", disk.unfinished),
    ):
        yield GaugeMetricFamily(name, about, value=value)
    kept = GaugeMetricFamily("scraper_kept_bytes", "Bytes kept.", labels=["what"])
    for what in ("snapshots", "warcs", "catalogue"):
        kept.add_metric([what], getattr(disk, what))
    yield kept
    yield from _proofs(status)


def _proofs(status: Status) -> Iterator[Metric]:
    when = GaugeMetricFamily(
        "scraper_verified_timestamp_seconds", "When `scraper verify` last came to its end; 0 if never.", labels=["how"]
    )
    found = GaugeMetricFamily("scraper_verify_problems", "What it found then.", labels=["how"])
    for deep, how in ((False, "plain"), (True, "deep")):
        last = next((proof for proof in status.verified if proof.deep == deep), None)
        when.add_metric([how], last.ended.timestamp() if last else 0)
        found.add_metric([how], last.problems if last else 0)
    yield from (when, found)
