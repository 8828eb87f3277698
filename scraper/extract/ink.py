"""Which text of a page of a PDF file readers see: not what is drawn without ink, white on white, or far too small.

Asks PDFium about text objects and what is drawn behind them; draws nothing itself.
"""

from __future__ import annotations

import ctypes
from itertools import islice
from typing import Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # PDFium's wrapper has no annotations
from pypdfium2 import raw

_NO_INK: Final = frozenset((raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP))
_WHITE: Final = 250
# Points; nobody reads type this small.
_SMALLEST: Final = 1.0
_MAX_DRAWN: Final = 2_000

Box = tuple[float, float, float, float]


class Ink:
    """The text objects of one page, and what lies behind them. Lengths are those of the page's own user space."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self._behind: list[Box] | None = None

    def shows(self, textobj: object, x: float, y: float, size: float) -> bool:
        """Whether the text of `textobj`, set at (x, y) in type of `size`, can be seen."""
        if size < _SMALLEST or raw.FPDFTextObj_GetTextRenderMode(textobj) in _NO_INK:
            return False
        return not _is_pale(textobj) or self._has_ground(x, y + size / 4)

    def _has_ground(self, x: float, y: float) -> bool:
        if self._behind is None:
            self._behind = list(islice(self._grounds(), _MAX_DRAWN))
        return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in self._behind)

    def _grounds(self) -> list[Box]:
        """Where something is drawn that white type can be seen on. Within a form nobody knows where that is."""
        everywhere = (float("-inf"), float("-inf"), float("inf"), float("inf"))
        grounds: list[Box] = []
        for drawn in islice(self._page.get_objects(max_depth=1), _MAX_DRAWN):
            if drawn.type in {raw.FPDF_PAGEOBJ_FORM, raw.FPDF_PAGEOBJ_SHADING}:
                return [everywhere]
            is_fill = drawn.type == raw.FPDF_PAGEOBJ_PATH and not _is_pale(drawn.raw)
            if is_fill or drawn.type == raw.FPDF_PAGEOBJ_IMAGE:
                grounds.append(drawn.get_bounds())
        return grounds


def _is_pale(drawn: object) -> bool:
    """Whether it is filled with white, or with nothing that covers."""
    parts = [ctypes.c_uint() for _ in range(4)]
    if not raw.FPDFPageObj_GetFillColor(drawn, *parts):
        return False
    *colours, alpha = (part.value for part in parts)
    return alpha == 0 or min(colours) >= _WHITE
