"""Old article + new article → verdict, and for an edit its kinds, its parts and its difference. Pure."""

from scraper.compare.verdict import SECOND_LOOK, compare

__all__ = ["SECOND_LOOK", "compare"]
