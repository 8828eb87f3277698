"""Bytes of a page → text: which encoding, decided once.

    byte order mark → Content-Type of the answer → <meta> in the page → the bytes themselves

Follows the WHATWG encoding standard: an encoding is known by its labels in a table, never by asking Python for a codec
of that name (which may be a decompressor, a cipher or quadratic in time). Declared Latin-1 means windows-1252. Where
the bytes contradict what is declared, the bytes win if they leave no doubt.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

# Encoding → labels (https://encoding.spec.whatwg.org/#names-and-labels). The key is the Python codec that decodes it.
_TABLE: Final = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
    "iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
    "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
    "iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
    "windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022_jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
    "windows-949",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
}
CODECS: Final = {label: codec for codec, labels in _TABLE.items() for label in labels.split()}

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PARAMETER = re.compile(r"(?i)charset\s*=[\s\"']*([^\s\"';,>]+)")
# <meta charset=…>, <meta http-equiv … content="…charset=…">, and the XML declaration of XHTML.
_META = re.compile(rb"(?i)<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=[\s\"']*([^\s\"'/>;?]+)")
_PRESCAN = 4096  # the standard says 1024; real pages put preloads and styles first
_SAMPLE = 1 << 16
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without NULs and byte order mark, the codec used, where the decision came from (`bom`, `http`, `meta`,
    `bytes`), and whether some bytes had to be shown as replacement characters."""

    text: str
    codec: str
    origin: str
    damaged: bool = False


def decode(page: bytes, content_type: str | None = None) -> Decoded:
    """Decode `page` as its writer meant it; never raises and never loses a byte silently.

    >>> decode("<p>Zürich".encode("cp1252"), "text/html; charset=iso-8859-1").text
    '<p>Zürich'
    """
    for bom, marked in _BOMS:
        if page.startswith(bom):
            return _decode(page[len(bom) :], marked, "bom")
    codec, origin = _declared(page, content_type)
    if codec and codec.startswith("utf-16"):
        codec = _wide(page)
    text = _strict(page, codec) if codec else None
    if codec and text is not None and not _contradicted(page, codec):
        return Decoded(_tidy(text), codec, origin)
    guess = _guess(page, codec)
    return _decode(page, guess, origin if guess == codec else "bytes")


def _declared(page: bytes, content_type: str | None) -> tuple[str | None, str]:
    match = _PARAMETER.search(content_type or "")
    codec = CODECS.get(match[1].lower()) if match else None
    if codec:
        return codec, "http"
    for found in _META.finditer(page[:_PRESCAN]):
        codec = CODECS.get(found[1].decode("latin-1").lower())
        if codec:
            # A page whose <meta> could be read byte by byte is not UTF-16, whatever it says.
            return ("utf-8" if codec.startswith("utf-16") else codec), "meta"
    return None, "bytes"


def _contradicted(page: bytes, codec: str) -> bool:
    """Whether bytes that can be read as `codec` are in fact UTF-8: no other text passes for it by accident."""
    if codec.startswith(("utf", "iso2022")) or page.isascii() or not _MULTIBYTE.search(page):
        return False
    return _strict(page, "utf-8") is not None


def _wide(page: bytes) -> str | None:
    """Which UTF-16 it is: markup has a NUL beside each of its letters."""
    even, odd = page[:1024:2].count(0), page[1:1024:2].count(0)
    return None if max(even, odd) * 8 < len(page[:1024]) else "utf-16-be" if even > odd else "utf-16-le"


def _guess(page: bytes, declared: str | None) -> str:
    if wide := _wide(page):
        return wide
    if _strict(page, "utf-8") is not None or _mostly_utf8(page, 1 if declared == "utf-8" else 9):
        return "utf-8"
    detected = _detected(page)
    if detected and _strict(page, detected) is not None:
        return detected
    return declared or detected or "cp1252"


def _mostly_utf8(page: bytes, times: int) -> bool:
    """UTF-8 with a foreign piece pasted into it: so many good sequences for each bad byte. No text in another encoding
    has even as many as bad ones, so that is enough where UTF-8 is declared."""
    good = len(_MULTIBYTE.findall(page))
    return good > 9 and page.decode("utf-8", "replace").count("\ufffd") * times < good


def _detected(page: bytes) -> str | None:
    import cchardet  # noqa: PLC0415 - most pages are declared right and never need it

    high = [line for line in page.splitlines() if not line.isascii()]
    found = cchardet.detect(b"\n".join(high)[:_SAMPLE])["encoding"]
    # The detector's own name for windows-949, which is no label of the standard.
    return CODECS.get("windows-949" if found == "UHC" else found.lower()) if found else None


def _strict(page: bytes, codec: str) -> str | None:
    try:
        return page.decode(codec)
    except UnicodeError:
        return None


def _decode(page: bytes, codec: str, origin: str) -> Decoded:
    text = page.decode(codec, "replace")
    return Decoded(_tidy(text), codec, origin, damaged=_strict(page, codec) is None)


def _tidy(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\0", "") if "\0" in text or text[:1] == "\ufeff" else text
