"""Make `mt-station-leaving-pdf/page.pdf`, the printable form of an article, in the order in which mPDF sets it.

    python seeds/make_pdf.py [FILE]

Needs fpdf2. The same text gives the same bytes: dates and identifiers are fixed, nothing is compressed, and the only
picture is kept as the JPEG it is.
"""

from __future__ import annotations

import base64
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from fpdf import FPDF

TARGET = Path(__file__).parent / "mt-station-leaving-pdf" / "page.pdf"

TITLE = "Russia Dismantling Kuldara Tracking Station, Agency Head Says"
DATE = "May 14, 2024"
CAPTION = "A convoy of flatbed trucks below the Kuldara tracking station in eastern Tajikistan."
CREDIT = "Zarina Karim / Pamir Photo"
# "\f" is where the page ends: in the middle of a compound, where mPDF may break a line.
BODY = (
    "Russia is taking apart its satellite tracking station on the Kuldara ridge in Tajikistan, the head of the Sky "
    "Survey Agency said Tuesday, ending four years of quarrels with the valley below.",
    "“It’s true, the domes are coming down,” Pavel Gorelik told reporters when asked about a video published by the "
    "Dushanbe newspaper Minbar.",
    "The video, which The Moscow Times could not verify, appears to show flatbed trucks leaving the gate under police "
    "escort on Sunday evening.",
    "Moscow leased the ridge in 2020 and sent some 300 technicians there after the two governments, meeting over an "
    "old power debt, had settled on a Tashkent-\fmediated swap of land for electricity.",
    "The station fell out of favor last September, when wildfire reached the village of Shorbed and its water trucks "
    "stayed where they were. Almost all of the villagers, some 900 people, lost their homes in one night.",
    "They spent the winter in the classrooms of three valley schools.",
    "Related article: After the Fire, Shorbed Counts What Is Left",
    "Tajikistan owns the ridge outright, but the site has been drawn as Russian on maps printed in Moscow ever since "
    "the lease was signed.",
    "The dispute has cooled ties between two governments that long counted each other as friends, while Russia has "
    "courted buyers for its electricity further south. Dushanbe, for its part, is talking to the same buyers about a "
    "cable of its own.",
    "Tajik Energy Minister Daler Isfarin said in March that his country had parked its membership in the Moscow-run "
    "Pamir Grid Union (PGU) — a regional power pool.",
    "He has asked more than once why the union's crews never came to Shorbed, and says he has yet to be given an "
    "answer in writing.",
    "Gorelik did not say where the two large mirrors would go.",
    "Reporting from Dushanbe by AFP.",
)
URL = "https://www.themoscowtimes.com/2024/05/14/russia-dismantling-kuldara-tracking-station-agency-head-says-a85110"

# Sixteen pixels by ten: a sky over a slope.
PHOTO = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6"
    "/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAK"
    "ABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAgAB/8QAFxABAAMAAAAAAAAAAAAAAAAAAAEiUf/EABUBAQEAAAAAAAAAAAAAAAAAAAAC"
    "/8QAFxEBAQEBAAAAAAAAAAAAAAAAAQAREv/aAAwDAQACEQMRAD8AFdVdGWSdNKZf/9k="
)


class Sheet(FPDF):
    """Left-aligned lines of words on A4, broken after spaces and hyphens, at places this class decides."""

    def __init__(self) -> None:
        super().__init__(format="A4", unit="pt")
        self.core_fonts_encoding = "windows-1252"
        self.set_compression(False)
        self.set_auto_page_break(False)
        self.set_margins(50, 46)
        self.set_creation_date(datetime(2024, 5, 15, 6, 0, tzinfo=UTC))
        self.set_producer("seeds/make_pdf.py")
        self.add_page()

    def file_id(self) -> str:
        """A fixed identifier instead of a digest of this library's version."""
        return "<5EED0000000000000000000000008511><5EED0000000000000000000000008511>"

    def paragraph(self, *runs: tuple[str, str], size: float, after: float) -> None:
        """Set `runs` of (style, text) as one paragraph, and leave `after` points below it."""
        self.set_x(self.l_margin)
        for style, text in runs:
            self.set_font("helvetica", style, size)
            for word in _pieces(text):
                self._place(word, size * 1.35)
        self.set_xy(self.l_margin, self.y + size * 1.35 + after)

    def _place(self, word: str, leading: float) -> None:
        if self.x + self.get_string_width(word.rstrip("\f ")) > self.w - self.r_margin:
            self.set_xy(self.l_margin, self.y + leading)
        self.cell(self.get_string_width(word.rstrip("\f")), leading, word.rstrip("\f"))
        if word.endswith("\f"):
            self.add_page()


def _pieces(text: str) -> list[str]:
    """Words with the space or hyphen behind them.

    >>> _pieces("a three-year lease")
    ['a ', 'three-', 'year ', 'lease']
    """
    return text.replace(" ", " \0").replace("-", "-\0").replace("-\0\f", "-\f\0").rstrip("\0").split("\0")


def make() -> bytes:
    """The PDF file."""
    sheet = Sheet()
    sheet.set_title(TITLE)
    sheet.set_author("The Moscow Times")
    sheet.image(BytesIO(PHOTO), x=50, y=40, w=64, h=24)
    sheet.set_y(92)
    sheet.paragraph(("B", TITLE), size=23, after=9)
    sheet.paragraph(("", DATE), size=10, after=14)
    sheet.image(BytesIO(PHOTO), x=50, y=sheet.y, w=495, h=404)
    sheet.set_y(sheet.y + 404 + 5)
    sheet.paragraph(("", CAPTION + " "), ("B", CREDIT), size=9, after=16)
    for text in BODY:
        sheet.paragraph(("", text), size=12, after=11)
    sheet.paragraph(("", "Original url:"), size=10, after=2)
    sheet.paragraph(("", URL), size=10, after=0)
    return bytes(sheet.output())


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else TARGET).write_bytes(make())
