"""robots.txt (RFC 9309): what a site asks of us. The door to protego. Pure."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from protego import Protego

from scraper.fetch.policy import FetchPolicy

MOST_SITEMAPS: Final = 50
_LONGEST_SITEMAP: Final = 2048

# protego tries every pattern with a star on every URL: 25 µs each on a long one. No site needs so many.
_MOST_STARRED: Final = 5000
_AGENT: Final = re.compile(r"\s*user[- ]?agent\s*[:\s]\s*(.*)", re.IGNORECASE)
_MARKUP: Final = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml|!--|script|p|div)\b", re.IGNORECASE)
# Takes the place of all agents that are not us. No product token has a space.
_NOBODY: Final = "user-agent: nobody at all"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to one agent. `delay` is in seconds; `sitemaps` are as written, and not believed."""

    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()
    _agent: str = ""
    _rules: Protego | None = field(default=None, repr=False)

    def allows(self, url: str) -> bool:
        """Whether `url` may be asked for."""
        return self._rules is None or self._rules.can_fetch(url, self._agent)


def read(text: bytes, policy: FetchPolicy) -> Rules:
    """The rules for us in a robots.txt of any content. Never raises.

    What is longer than `max_robots` is cut at the end of a line: half a rule would be another rule.
    """
    head = text[: policy.max_robots]
    if len(text) > len(head):
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r"), 0)]
    said = _decoded(head)
    if _MARKUP.match(said):
        return Rules()
    rules = Protego.parse("\n".join(_for_us(said, policy.token)))
    delay = rules.crawl_delay(policy.token) or 0.0
    return Rules(
        delay=min(delay, policy.max_crawl_delay.total_seconds()),
        sitemaps=tuple(islice(dict.fromkeys(filter(_is_sitemap, rules.sitemaps)), MOST_SITEMAPS)),
        _agent=policy.token,
        _rules=rules,
    )


def _decoded(head: bytes) -> str:
    """UTF-8, as RFC 9309 wants it, or the UTF-16 that some editors save; without NULs, which no path has."""
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    said = head.decode("utf-16", "replace") if wide else head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    return said.replace("\x00", "")


def _is_sitemap(url: str) -> bool:
    return url.lower().startswith(("http://", "https://")) and len(url) <= _LONGEST_SITEMAP and url.isprintable()


def _for_us(text: str, token: str) -> list[str]:
    """The lines, with all agents that are not us under one name.

    protego keeps each rule once for every agent named above it: 40 000 agents over 6000 rules took more than 100 s.
    """
    lines: list[str] = []
    starred = 0
    for line in text.splitlines():
        agent = _AGENT.match(line)
        starred += "*" in line and not agent
        kept = _agent_line(agent.group(1).partition("#")[0], token) if agent else line
        is_repeated = agent and lines and lines[-1] == kept
        if not is_repeated and (agent or "*" not in line or starred <= _MOST_STARRED):
            lines.append(kept)
    return lines


def _agent_line(named: str, token: str) -> str:
    """`User-agent: named`, if that may be us. Many write the version behind the name, which is no part of it."""
    name = named.strip().lower().partition("/")[0]
    bare = name.replace("*", "")
    if name and not bare:
        return "user-agent: *"
    return f"user-agent: {bare}" if bare and bare in token else _NOBODY
