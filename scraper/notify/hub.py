"""The door to apprise, an extra: messages to services behind one address, such as `ntfy://topic`.

Its addresses are the operator's own. It connects by itself, so that the gate cannot stand in between: a host that an
address names is checked before, a redirect is not followed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from scraper.errors import UsageError
from scraper.notices import Notice
from scraper.notify import message
from scraper.notify.message import Message

_MISSING: Final = "is sent by apprise, which is not installed; run: pip install 'scraper[notify]'"


@dataclass(frozen=True, slots=True)
class Target:
    """One service. `shown` is its address without what is secret; `host` and `port` are where it is, if it says so."""

    shown: str
    host: str | None
    port: int
    _service: Any = field(repr=False)

    def send(self, made: Message) -> bool:
        """Send `made` as plain text; whether the service took it. Blocks, for as long as apprise does."""
        from apprise import NotifyFormat  # noqa: PLC0415 - an extra

        body = message.text(made, self._service.body_maxlen)
        return bool(self._service.notify(body=body, title=message.title(made), body_format=NotifyFormat.TEXT))


def target(notice: Notice) -> Target:
    """The service that `notice` names. Raises UsageError if there is no such service, or no apprise."""
    scheme = notice.to.partition("://")[0]
    try:
        from apprise import Apprise  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UsageError(f"{notice.where}: to: {scheme}:// {_MISSING}") from error
    # What it logs quotes strangers and addresses; what came of a message is said here.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    service: Any = Apprise.instantiate(notice.to, asset=_asset())
    if service is None:
        raise UsageError(f"{notice.where}: to: apprise does not understand this {scheme}:// address")
    host = _host(service)
    return Target(str(service.url(privacy=True)), host, service.port or (443 if service.secure else 80), service)


def _host(service: Any) -> str | None:
    """The host that an address names. In most there is a token in its place, which nobody else is to be asked about."""
    if named := getattr(service, "smtp_host", None):
        return str(named)
    if "host" not in service.template_tokens or getattr(service, "mode", None) == "cloud":
        return None
    return str(service.host).strip("[]") or None


@lru_cache(maxsize=1)
def _asset() -> Any:
    from apprise import AppriseAsset, PersistentStoreMode  # noqa: PLC0415 - an extra

    return AppriseAsset(
        app_id="scraper", app_desc="scraper", async_mode=False, http_redirects=False, secure_logging=True,
        storage_mode=PersistentStoreMode.MEMORY,
    )  # fmt: skip
