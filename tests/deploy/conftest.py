"""An archive with some history, served: the same as the pages' own tests have."""

from __future__ import annotations

from tests.serve.conftest import mine, site

__all__ = ["mine", "site"]
