"""The bytes of an answer: what they are, by themselves and by what the server says, before anything is parsed."""

from __future__ import annotations

import re
from typing import Final

from scraper import charset
from scraper.errors import ExtractError

# How archives, compressed files, pictures, sound and programs begin: some hold enough plain text to pass for it.
_FILES: Final = (
    *(b"PK\x03\x04", b"\x1f\x8b", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!\x1a", b"\x28\xb5\x2f\xfd", b"\x7fELF"),
    *(b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"OggS\0", b"ID3\x03", b"ID3\x04"),
)
_ODD = re.compile("[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\ufffd]")


def is_pdf(page: bytes, content_type: str | None) -> bool:
    """Whether `page` is a PDF, by its first bytes or by what the server says."""
    start = page[:1024].lstrip()
    if start.startswith(b"%PDF-"):
        return True
    said = (content_type or "").split(";")[0].strip().lower() in {"application/pdf", "application/x-pdf"}
    return (b"%PDF-" in start or said) and not start.startswith(b"<")


def text(page: bytes, url: str, content_type: str | None) -> charset.Decoded:
    """The text of a page. Raises ExtractError (`empty`, `not-text`)."""
    if not page.strip(b" \t\r\n\0"):
        raise ExtractError(url, "empty", "the answer has no content")
    if page.startswith(_FILES):
        raise ExtractError(url, "not-text", "a file of another kind, whatever the server says")
    decoded = charset.decode(page, content_type)
    sample = decoded.text[:8192]
    if len(_ODD.findall(sample)) * 20 > len(sample):
        raise ExtractError(url, "not-text", "the bytes are no text in any encoding")
    return decoded


def utf8(page: bytes, decoded: charset.Decoded) -> str | bytes:
    """What the parser is given: it reads UTF-8, and what is UTF-8 already need not be written again."""
    whole = decoded.codec == "utf-8" and decoded.origin != "bom" and not decoded.damaged and b"\0" not in page
    return page if whole else decoded.text
