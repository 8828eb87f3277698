"""The digests that WARC records declare: SHA-1 in Base32 by most writers, others and other forms by some. Pure."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from scraper.gather.http import Unfit

_LENGTHS: Final = {"sha1": 20, "sha256": 32, "sha512": 64, "md5": 16}


def parsed(declared: str) -> tuple[str, bytes] | None:
    """Algorithm and digest; None if it is none that can be checked.

    >>> parsed("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")[1].hex()[:8], parsed("crc32:00000000")
    ('da39a3ee', None)
    """
    name, _, text = declared.strip().partition(":")
    algorithm = name.lower().replace("-", "")
    length = _LENGTHS.get(algorithm)
    if length is None:
        return None
    for decode in (bytes.fromhex, _from_base32):
        try:
            value = decode(text)
        except ValueError:
            continue
        if len(value) == length:
            return algorithm, value
    return None


def _from_base32(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))


def fits(declared: str, *forms: bytes) -> bool:
    """Whether one of `forms` is what a digest was declared of; also if that cannot be checked."""
    found = parsed(declared)
    if found is None:
        return True
    algorithm, value = found
    return any(hashlib.new(algorithm, form, usedforsecurity=False).digest() == value for form in forms)


def check(declared: str, *forms: bytes) -> None:
    """Raise Unfit("bad-digest") if none of `forms` fits."""
    if not fits(declared, *forms):
        raise Unfit("bad-digest", declared)


def differ(one: str, other: str) -> bool:
    """Whether two declared digests are surely of different bytes."""
    a, b = parsed(one), parsed(other)
    return a is not None and b is not None and a[0] == b[0] and a[1] != b[1]


def sha256(data: bytes) -> str:
    """The digest as this program writes it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
