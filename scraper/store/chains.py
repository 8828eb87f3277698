"""The chain of hashes through one article: each version remembers a reading of the one before, and each reading all
readings before it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from scraper.store.sidecar import Json

# The sidecars of one article by version and revision: path, what it says of the archive, its own hash.
Chain = dict[tuple[int, int], tuple[str, Json, str]]


def broken(chain: Chain) -> Iterator[tuple[str, str]]:
    """Sidecars that are not what a later one remembers: the path, and who remembers it otherwise."""
    for (version, revision), (_, ours, _) in sorted(chain.items()):
        if previous := ours.get("previous"):
            yield from _unlike(chain, previous["version"], previous, f"version {version}")
        for past in ours.get("history", ()):
            yield from _unlike(chain, version, past, f"revision {revision} of version {version}")


def _unlike(chain: Chain, version: int, link: Json, by: str) -> Iterator[tuple[str, str]]:
    same = [
        (path, sha256)
        for (number, _), (path, ours, sha256) in sorted(chain.items())
        if number == version and ours["text_sha256"] == link["text_sha256"]
    ]
    if same and all(sha256 != link["sidecar_sha256"] for _, sha256 in same):
        yield same[0][0], by
