"""A printable PDF → Article: a second witness of a text, and the one door to PDFium.

    bytes → glyphs (ink.py: seen or not) → lines → paragraphs → fields

No file that the document names is opened, no script, action or form in it runs, no password is guessed. PDFium is not
thread-safe and ends its whole process when memory runs out: call this in a worker process that may be killed.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # PDFium's wrapper has no annotations
from pypdfium2 import raw

from scraper.article import Article
from scraper.errors import ExtractError
from scraper.extract.draft import Info
from scraper.extract.glyphs import Glyph, runs
from scraper.extract.ink import Ink
from scraper.extract.printed import compose
from scraper.extract.sheets import Picture, Sheet
from scraper.model import Outlet
from scraper.text import clean

MAX_PAGES: Final = 200
# PDFium takes about 2.5 KB for each object of a page; a news article has some hundreds.
MAX_OBJECTS: Final = 200_000
# Half a million characters are a whole book, and seven seconds.
MAX_CHARACTERS: Final = 500_000
_MAX_PICTURES: Final = 200
_MAX_DRAWINGS: Final = 2_000
# Points; a bullet is about a third of the type size.
_MAX_MARK: Final = 8
# Points: the largest sheet that PDF knows (ISO 32000-1, annex C).
_LARGEST: Final = 14_400.0
# A text of which more than this is signs without meaning is no text.
_UNREADABLE: Final = 0.4
# So many pages in a row that are not there end a document whose page count is a lie.
_MISSING_IN_A_ROW: Final = 3

_HYPHEN_MARKS: Final = frozenset((0x02, 0xFFFE))
_LINE_ENDS: Final = frozenset((0x0A, 0x0D))
_BOLD_NAMES: Final = ("bold", "black", "heavy", "semibold", "demi")
_ITALIC_NAMES: Final = ("italic", "oblique")
_PUBLIC_ERRORS: Final = {raw.FPDF_ERR_PASSWORD: "encrypted", raw.FPDF_ERR_SECURITY: "encrypted"}


def read_pdf(page: bytes, url: str, outlet: Outlet | None = None) -> Article:
    """The article that a PDF file found at `url` prints. Pure: no network, no clock, no disk.

    Fields are what is printed; the document's own properties count only where nothing is. More than 200 pages, or more
    characters than fit, are left out and flagged `truncated`. Raises ExtractError: `bad-pdf`, `encrypted`, `too-heavy`,
    `not-text` (pictures of text only, or fonts that do not say which characters they draw).
    """
    if b"%PDF-" not in page[:1024]:
        raise ExtractError(url, "bad-pdf", "does not begin like a PDF file")
    try:
        with closing(pdfium.PdfDocument(page)) as document:
            sheets, flags = _read(document, url)
            info = _info(document)
    except pdfium.PdfiumError as exc:
        reason = _PUBLIC_ERRORS.get(exc.err_code, "bad-pdf")
        detail = "needs a password" if reason == "encrypted" else "is damaged beyond reading"
        raise ExtractError(url, reason, detail) from exc
    if not any(line.text.strip() for sheet in sheets for line in sheet.lines):
        raise ExtractError(url, "not-text", "holds no text, only pictures")
    if b"%%EOF" not in page[-2048:]:
        flags.add("truncated")
    return compose(sheets, info, url, outlet, tuple(sorted(flags)))


def _read(document: pdfium.PdfDocument, url: str) -> tuple[list[Sheet], set[str]]:
    sheets: list[Sheet] = []
    flags: set[str] = set()
    budget = _Budget(url)
    missing = 0
    count = len(document)
    for number in range(min(count, MAX_PAGES)):
        sheet = _sheet(document, number, budget)
        if sheet is None:
            missing += 1
            if missing == _MISSING_IN_A_ROW:
                return _checked(sheets, budget, flags)
            continue
        if missing or budget.cut:
            flags.add("truncated")
        missing = 0
        sheets.append(sheet)
        if budget.cut:
            break
    if count > MAX_PAGES:
        flags.add("truncated")
    return _checked(sheets, budget, flags)


def _checked(sheets: list[Sheet], budget: _Budget, flags: set[str]) -> tuple[list[Sheet], set[str]]:
    if not sheets:
        raise ExtractError(budget.url, "bad-pdf", "has no page that can be read")
    if budget.unmapped > budget.characters * _UNREADABLE:
        raise ExtractError(budget.url, "not-text", "its fonts do not say which characters they draw")
    if budget.unmapped > budget.characters * 0.02:
        flags.add("undecodable")
    return sheets, flags


@dataclass(slots=True)
class _Budget:
    """What one document may still cost, and how much of its text has no characters."""

    url: str
    left: int = field(default_factory=lambda: MAX_CHARACTERS)
    characters: int = 0
    unmapped: int = 0
    cut: bool = False

    def take(self, wanted: int) -> int:
        """How many of `wanted` characters may be read."""
        allowed = min(wanted, self.left)
        self.left -= allowed
        self.characters += allowed
        self.cut = self.cut or allowed < wanted
        return allowed


def _sheet(document: pdfium.PdfDocument, number: int, budget: _Budget) -> Sheet | None:
    """One page; None if it cannot be loaded."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return None
    with closing(page):
        if raw.FPDFPage_CountObjects(page) > MAX_OBJECTS:
            raise ExtractError(budget.url, "too-heavy", f"page {number + 1} has more than {MAX_OBJECTS} objects")
        frame = _Frame.of(page)
        with closing(page.get_textpage()) as textpage:
            count = budget.take(textpage.count_chars())
            glyphs = list(_glyphs(textpage.raw, count, frame, Ink(page)))
        seen = [glyph for glyph in glyphs if glyph.seen]
        unseen = [glyph for glyph in glyphs if not glyph.seen]
        if len(seen) < len(unseen):
            # What was read off a scanned picture lies unseen upon it.
            seen, unseen = glyphs, []
        budget.unmapped += sum(glyph.char == "\ufffd" for glyph in seen)
        return Sheet(tuple(runs(seen)), tuple(_pictures(page, frame)), tuple(_marks(page, frame)), tuple(runs(unseen)))


# ------------------------------------------------------------------------------------------------ glyphs


@dataclass(frozen=True, slots=True)
class _Frame:
    """The visible part of a page, and how it is turned: user space → points from its upper left corner."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> _Frame:
        """The frame of `page`."""
        left, bottom, right, top = page.get_bbox()
        return cls(left, bottom, right, top, page.get_rotation())

    def point(self, x: float, y: float) -> tuple[float, float]:
        """`x` to the right and `y` down, as a reader sees the page."""
        match self.turn:
            case 90:
                return y - self.bottom, x - self.left
            case 180:
                return self.right - x, y - self.bottom
            case 270:
                return self.top - y, self.right - x
            case _:
                return x - self.left, self.top - y

    def upright(self, a: float, b: float) -> bool:
        """Whether text running in the direction (a, b) of user space is read from left to right."""
        along = {0: a, 90: b, 180: -a, 270: -b}.get(self.turn, a)
        return along > 0.95 * math.hypot(a, b)

    def shows(self, x: float, y: float) -> bool:
        """Whether a point of user space is on the page at all."""
        return self.left - 1 <= x <= self.right + 1 and self.bottom - 1 <= y <= self.top + 1


@dataclass(slots=True)
class _Fonts:
    """What the fonts of a page are, asked once each."""

    known: dict[int, tuple[bool, bool]] = field(default_factory=dict)

    def style(self, textobj: object) -> tuple[bool, bool]:
        """Whether the font is bold, and whether it is italic."""
        font = raw.FPDFTextObj_GetFont(textobj)
        if not font:
            return False, False
        key = ctypes.addressof(font.contents)
        if key not in self.known:
            name = ctypes.create_string_buffer(128)
            raw.FPDFFont_GetBaseFontName(font, name, 128)
            words = name.value.decode("ascii", "replace").lower()
            bold = any(word in words for word in _BOLD_NAMES) or raw.FPDFFont_GetWeight(font) >= 700
            self.known[key] = bold, any(word in words for word in _ITALIC_NAMES)
        return self.known[key]


def _glyphs(textpage: object, count: int, frame: _Frame, ink: Ink) -> Iterator[Glyph]:
    """The upright glyphs of a page, in the order of its content; blanks that PDFium infers among them."""
    fonts = _Fonts()
    x, y = ctypes.c_double(), ctypes.c_double()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    last_object, style, size, upright, seen = 0, (False, False), 0.0, True, True
    for i in range(count):
        code = raw.FPDFText_GetUnicode(textpage, i)
        if code in _LINE_ENDS:
            continue
        handle = raw.FPDFText_GetTextObject(textpage, i)
        here = ctypes.addressof(handle.contents) if handle else 0
        if here and here != last_object:
            raw.FPDFText_GetMatrix(textpage, i, matrix)
            size = raw.FPDFText_GetFontSize(textpage, i) * math.hypot(matrix.c, matrix.d)
            upright = frame.upright(matrix.a, matrix.b)
            style = fonts.style(handle)
        raw.FPDFText_GetCharOrigin(textpage, i, x, y)
        if here and here != last_object:
            seen = ink.shows(handle, x.value, y.value, size)
            last_object = here
        # Files may multiply sizes until they are no numbers any more; nothing is larger than the largest sheet.
        if not (upright and 0 < size <= _LARGEST and frame.shows(x.value, y.value)):
            continue
        raw.FPDFText_GetLooseCharBox(textpage, i, box)
        left, across = frame.point(x.value, y.value)
        ends = frame.point(box.left, box.bottom)[0], frame.point(box.right, box.top)[0]
        # A slanted glyph's box is wider than the glyph by what its height leans over.
        lean = abs(matrix.c * (box.top - box.bottom) / matrix.d) if matrix.d else 0.0
        char = "\ufffd" if raw.FPDFText_HasUnicodeMapError(textpage, i) == 1 else _char(code)
        right = max(ends) - lean
        yield Glyph(char, left, right if left < right < math.inf else left, across, size, *style, seen)


def _char(code: int) -> str:
    if code in _HYPHEN_MARKS:
        return "-"
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return chr(code)


# ------------------------------------------------------------------------------------------------ pictures, properties


def _pictures(page: pdfium.PdfPage, frame: _Frame) -> Iterator[Picture]:
    images = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return (_place(image, frame) for image in islice(images, _MAX_PICTURES))


def _marks(page: pdfium.PdfPage, frame: _Frame) -> Iterator[Picture]:
    """Small drawings, about as wide as high: browsers draw the bullets of a list, and write none."""
    drawn = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)
    for place in (_place(path, frame) for path in islice(drawn, _MAX_DRAWINGS)):
        width, height = place.x1 - place.x0, place.bottom - place.top
        if 1 < width < _MAX_MARK and 0.8 * width < height < 1.25 * width:
            yield place


def _place(drawn: pdfium.PdfObject, frame: _Frame) -> Picture:
    left, bottom, right, top = drawn.get_bounds()
    (x0, y0), (x1, y1) = frame.point(left, bottom), frame.point(right, top)
    return Picture(min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1))


def _info(document: pdfium.PdfDocument) -> Info:
    """What the document says about itself."""
    return Info(
        title=clean(document.get_metadata_value("Title")[:1000]),
        author=clean(document.get_metadata_value("Author")[:1000]),
        language=_language(document),
    )


def _language(document: pdfium.PdfDocument) -> str | None:
    size = raw.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < size <= 80:
        return None
    buffer = (raw.FPDF_WCHAR * (size // 2))()
    raw.FPDFCatalog_GetLanguage(document, buffer, size)
    return clean(bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")) or None
