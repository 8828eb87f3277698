"""PDF files for tests: print-like sheets made with fpdf2, and hand-made files that no program would write."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fpdf import FPDF

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f0001040100"
    "5fe5c34b0000000049454e44ae426082"
)


@dataclass(frozen=True)
class Text:
    """One line of print at a place; `y` is the baseline from the top."""

    text: str
    x: float
    y: float
    size: float = 12
    style: str = ""
    angle: float = 0


def lines(
    *texts: str, x: float = 50, y: float = 100, size: float = 12, style: str = "", lead: float = 16
) -> list[Text]:
    """Lines below each other."""
    return [Text(text, x, y + n * lead, size, style) for n, text in enumerate(texts)]


def shifted(texts: Sequence[Text], down: float) -> list[Text]:
    """The same lines further down."""
    return [replace(text, y=text.y + down) for text in texts]


def pdf(
    *pages: Sequence[Text], title: str = "", author: str = "", lang: str = "", password: str | None = None
) -> bytes:
    """A PDF file with these lines on its pages."""
    sheet = FPDF(format="A4", unit="pt")
    sheet.core_fonts_encoding = "windows-1252"
    sheet.set_auto_page_break(False)
    sheet.set_creation_date(datetime(2024, 5, 15, tzinfo=UTC))
    sheet.set_title(title)
    sheet.set_author(author)
    if lang:
        sheet.set_lang(lang)
    if password is not None:
        sheet.set_encryption(owner_password="owner", user_password=password)
    for page in pages:
        sheet.add_page()
        for text in page:
            sheet.set_font("helvetica", text.style, text.size)
            with sheet.rotation(text.angle, text.x, text.y):
                sheet.text(text.x, text.y, text.text)
    return bytes(sheet.output())


# ------------------------------------------------------------------------------------------------ by hand

LINE = b"BT /F1 12 Tf 50 700 Td (A plain line that is quite long enough to be read as a paragraph.) Tj ET"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
ONE_PAGE = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def raw(
    content: bytes = LINE,
    *,
    catalog: bytes = CATALOG,
    pages: bytes = ONE_PAGE,
    page: bytes = b"",
    trailer: bytes = b"",
    packed: int = 0,
    font: bytes = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
) -> bytes:
    """A file with one page object, written as given; `packed` times deflated."""
    for _ in range(packed):
        content = zlib.compress(content, 9)
    filters = b"/Filter [" + b"/FlateDecode " * packed + b"] " if packed else b""
    objects = [
        catalog,
        pages,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] " + page + b"/Resources << /Font << /F1 5 0 R >> >> "
        b"/Contents 4 0 R >>",
        b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(content), filters, content),
        font,
    ]
    return _file(objects, trailer)


def raw_font(*texts: str) -> bytes:
    """Lines in a font that numbers its glyphs and says of none which character it is."""
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Odd /Encoding /Identity-H /DescendantFonts [<< /Type /Font "
        b"/Subtype /CIDFontType2 /BaseFont /AAAAAA+Odd /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        b"/Supplement 0 >> /DW 600 >>] >>"
    )
    lines_ = [
        b"BT /F1 12 Tf 50 %d Td <%s> Tj ET" % (700 - 14 * n, b"".join(b"%04x" % (3 + ord(c) * 7 % 80) for c in text))
        for n, text in enumerate(texts)
    ]
    return raw(b" ".join(lines_), font=font)


def _file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, len(out))
    return out + head + table + end
