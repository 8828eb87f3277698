"""An answer that is read as it is taken: memory holds one piece of it, however slowly it goes."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from scraper.errors import ArchiveError
from scraper.reports import Stream

log = structlog.get_logger("scraper.serve")


class Streamed(StreamingResponse):
    """All bytes of a stream, with their number before them. Where they end too early the connection is hung up on, so
    that nobody takes what there was for all of it."""

    def __init__(self, stream: Stream, headers: Mapping[str, str], media: str) -> None:
        self._pieces = stream.pieces()
        super().__init__(self._pieces, 200, {**headers, "Content-Length": str(stream.size)}, media)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See `starlette.responses.StreamingResponse`. What is left incomplete here, uvicorn ends the connection of."""
        try:
            await super().__call__(scope, receive, send)
        except* ArchiveError as errors:
            log.warning("download-cut", path=scope["path"], error=str(errors.exceptions[0]))
        finally:
            self._pieces.close()  # who hangs up leaves it half read, with its file open
