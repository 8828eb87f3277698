"""The headers by which a receiver can tell that a message is ours, whole, new, and not one it has had already. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime


def headers(id_: str, body: bytes, secret: str | None, now: datetime) -> Mapping[str, str]:
    """The headers of a POST of `body`. A message that is sent again has its id again, and the time of the sending.

    The signature is over time and id too: one over the body alone could be sent again by anybody who saw it.
    """
    stamp = str(int(now.timestamp()))
    plain = {
        "Content-Type": "application/json",
        "X-Scraper-Id": id_,
        "X-Scraper-Timestamp": stamp,
        "Idempotency-Key": id_,
    }
    return plain | ({"X-Scraper-Signature": signature(secret, stamp, id_, body)} if secret else {})


def signature(secret: str, stamp: str, id_: str, body: bytes) -> str:
    """HMAC-SHA256 (RFC 2104) of `<time>.<id>.<body>`, in hex.

    >>> signature("a secret of some length", "1", "n1", b"{}")[:20]
    'sha256=548231f4e94a5'
    """
    signed = f"{stamp}.{id_}.".encode() + body
    return f"sha256={hmac.digest(secret.encode(), signed, 'sha256').hex()}"
