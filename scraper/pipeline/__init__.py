"""One article, from being due to being kept: the verbs in their order, and the decisions between them.

    due → fetch → capture → read → name → compare → commit → frontier        visiting
    source → discover → frontier                                             sources
    version → capture → read again → revision                                reread, learning

Doers hand values on and decide nothing: `visiting`, `asked` (a visit out of turn), `chain` (articles on several
pages), `kin` (an article under a new address), `growing` (which version may wait), `reread`, `learning`, `sources`.
Deciders are pure and do nothing: `judge`, `stories`, `headlines`, `learn`. `services` is what they need of the world.
The daemon, `scraper fetch` and whatever comes later call `visit` and `look`, and have no way of their own.
"""

from __future__ import annotations

from scraper.pipeline.asked import visit_now
from scraper.pipeline.visiting import Outcome, visit

__all__ = ["Outcome", "visit", "visit_now"]
