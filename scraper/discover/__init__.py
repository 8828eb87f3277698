"""Outlet → Sightings: what an outlet announces, seen but never believed.

    source → ask → unpack → parse → admit → count → Round

Only here is decided what a link looks like and whether it is an outlet's own. Nothing is fetched but through the `get`
that is handed in, nothing is stored, and nothing is known of what was seen before.
"""

from scraper.discover.admit import refusal
from scraper.discover.rounds import discover
from scraper.discover.sources import COMMON, find_sources, robots_sitemaps

__all__ = ["COMMON", "discover", "find_sources", "refusal", "robots_sitemaps"]
