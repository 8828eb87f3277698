"""A printed article → Article: which paragraph is the headline, the byline, the date, the caption, and what is no text.

    lines | drop running heads | paragraphs | split off the printed address | head | body

The order is that of printing templates: logo, headline, subtitle, byline, date, photograph, caption with its credit in
bold, text, address. A part that is not there is left out; none is guessed from another.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from scraper import urls
from scraper.article import Article, Dropped
from scraper.errors import ExtractError
from scraper.extract import dates, people
from scraper.extract.draft import MAX_DROPPED_TEXT, Draft, Info, bare, is_caption
from scraper.extract.printed_blocks import blocks
from scraper.extract.reading import reading_of
from scraper.extract.regions import rows
from scraper.extract.sheets import Sheet, forwards, without_running
from scraper.extract.typeset import BULLETS, Paragraph, paragraphs
from scraper.model import Outlet
from scraper.text import clean

# Type this much larger than the body's is a heading, this much smaller a note.
_LARGER: Final = 1.15
_MAX_HEADLINE: Final = 300
_MAX_UNSEEN: Final = 100
# So many paragraphs behind the headline may be byline, date and caption.
_HEAD: Final = 7

_ADDRESS = re.compile(r"(?i)(?:original|source|article)\s*(?:url|link|address)\s*:")
_URL = re.compile(r"<?(https?://[^\s<>]+)>?")
_RELATED = re.compile(r"(?i)related\s+(?:article|story|stories|articles)\s*:\s*\S.*")
_EMBED = re.compile(r"(?i)(?:embed|link|video|audio)\s*:\s*<?https?://\S+>?")
_BY = re.compile(
    r"(?i)(?:(?:(?:written|reported)\s+by|by|von|par|por|di|door|av|af|przez|מאת|بقلم)\s+"
    r"|(?:by|text|texte|autor(?:in|en|zy|es)?|auteurs?|автор(?:ы|и|ка)?|текст|müəllif|հեղինակ)\s*[:՝]\s*)\S"
)
_UPDATED = re.compile(
    r"(?i)(?:last\s+)?(?:updated|modified|edited|aktualisiert|mis à jour|actualizado|обновлено|оновлено)\b"
)
_DATE_WORDS = re.compile(
    r"(?i)\b(?:published|posted|updated|last|modified|edited|on|at|um|uhr|veröffentlicht|aktualisiert|publié|le|mis|jour|à|"
    r"publicado|опубликовано|обновлено|опубліковано|оновлено|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|"
    r"\w+day|\w+tag|[ap]\.?m|gmt|utc|msk|cet|cest|eet|eest|bst|[ep][ds]t|г|р)\b\.?"
)
_FILE_NAME = re.compile(
    r"(?i)\.(?:docx?|indd|pdf|html?|txt|odt|pages)$|^microsoft word|^untitled|^about:blank|^https?://"
)


def compose(sheets: Sequence[Sheet], info: Info, url: str, outlet: Outlet | None, flags: tuple[str, ...]) -> Article:
    """The article printed on `sheets`. Pure. Raises ExtractError if there is nothing to read on them."""
    sheets = forwards(sheets)
    kept, running = without_running(rows(sheets))
    found = paragraphs(kept)
    if not found:
        raise ExtractError(url, "not-text", "holds no readable text")
    draft = Draft(found, _body_size(found), {n: sheet.pictures for n, sheet in enumerate(sheets)})
    draft.dropped += [Dropped("pdf:running", line.text[:MAX_DROPPED_TEXT]) for line in running]
    draft.dropped += [
        Dropped("pdf:unseen", line.text[:MAX_DROPPED_TEXT]) for sheet in sheets for line in sheet.unseen[:_MAX_UNSEEN]
    ]
    canonical = _address(draft, url, outlet)
    _drop_notes(draft, outlet)
    _headline(draft, info, url, outlet)
    _head(draft, outlet)
    body = tuple(blocks(draft))
    _from_info(draft, info, url, outlet)
    return Article(
        url=url,
        canonical_url=canonical,
        blocks=body,
        kind="article" if body else "empty",
        timezone=outlet.timezone if outlet else None,
        claims=draft.claims,
        origins=dict(draft.origins),
        dropped=tuple(draft.dropped),
        flags=flags,
        fingerprint=hashlib.sha256("\n".join(line.text for line in kept).encode("utf-8", "replace")).hexdigest()[:32],
        reading=reading_of(outlet),
        **draft.values,
    )


def _body_size(found: Sequence[Paragraph]) -> float:
    sizes: Counter[float] = Counter()
    for paragraph in found:
        sizes[round(paragraph.size * 2) / 2] += len(paragraph.text)
    return sizes.most_common(1)[0][0]


# ------------------------------------------------------------------------------------------------ address


def _address(draft: Draft, url: str, outlet: Outlet | None) -> str:
    """The address that the outlet prints for this text, if it is of the same site; else that of the file itself.

    One that is cut at the end of a line is put together.
    """
    draft.origins["canonical_url"] = "url"
    own = _without_witness(urls.canonical(url), outlet)
    at = next((n for n, p in enumerate(draft.left) if _ADDRESS.match(p.text)), None)
    if at is None:
        return own
    label = draft.left[at].glued
    rest = label[label.find(":") + 1 :].strip()
    used = draft.left[at : at + 1] if rest else draft.left[at : at + 2]
    match = _URL.search(rest or used[-1].glued)
    for paragraph in used if match else ():
        draft.drop(paragraph, "pdf:address")
    printed = urls.resolve(url, match[1]) if match else None
    if not printed:
        return own
    printed = urls.canonical(printed)
    if not urls.same_site(printed, url) and not (outlet and urls.belongs(printed, outlet)):
        draft.claims = (printed,)
        return own
    draft.origins["canonical_url"] = "printed address"
    return printed


def _without_witness(url: str, outlet: Outlet | None) -> str:
    if outlet and outlet.witness and url.endswith(outlet.witness) and urls.belongs(url, outlet):
        return url.removesuffix(outlet.witness)
    return url


# ------------------------------------------------------------------------------------------------ what is no text


def _drop_notes(draft: Draft, outlet: Outlet | None) -> None:
    rules = [(rule.name, re.compile(text)) for rule in (outlet.rules if outlet else ()) for text in rule.drop_text]
    for paragraph in list(draft.left):
        if _RELATED.fullmatch(paragraph.text):
            draft.drop(paragraph, "pdf:related")
        elif _EMBED.fullmatch(paragraph.text):
            draft.drop(paragraph, "pdf:embed")
        elif name := next((name for name, pattern in rules if pattern.fullmatch(paragraph.text)), None):
            draft.drop(paragraph, name)


# ------------------------------------------------------------------------------------------------ head


def _headline(draft: Draft, info: Info, url: str, outlet: Outlet | None) -> None:
    """The headline: what the document's title repeats, else the largest type of its first page, else bold above it all.

    What is printed above it is dropped, but for a date.
    """
    first = [p for p in draft.left if p.page == 0 and len(p.text) <= _MAX_HEADLINE and not _is_masthead(p, url, outlet)]
    chosen = next((p for p in first if _repeats(info.title, p.text)), None) or _largest(first, draft.size)
    if chosen is None:
        return
    draft.put("title", chosen.text, "print")
    for paragraph in draft.left[: draft.left.index(chosen)]:
        if _is_date(paragraph):
            _take_date(draft, paragraph, outlet.timezone if outlet else None)
        draft.drop(paragraph, "pdf:above-headline")
    draft.left.remove(chosen)


def _is_masthead(paragraph: Paragraph, url: str, outlet: Outlet | None) -> bool:
    """Whether it is but the name of the site, as in a logo set in type."""
    words = bare(paragraph.text)
    return bool(words) and (words in bare(urls.host(url)) or (outlet is not None and words == bare(outlet.name)))


def _repeats(title: str, text: str) -> bool:
    return len(text.split()) > 2 and bare(title).startswith(bare(text))


def _largest(found: Sequence[Paragraph], body: float) -> Paragraph | None:
    top = max((p.size for p in found), default=0.0)
    if top >= _LARGER * body:
        return next(p for p in found if p.size == top)
    lead = found[0] if found else None
    return lead if lead and lead.bold and not lead.text.endswith(".") else None


def _head(draft: Draft, outlet: Outlet | None) -> None:
    """Subtitle, byline, dates and the lead photograph's caption, from what follows the headline."""
    zone = outlet.timezone if outlet else None
    if "title" not in draft.values:
        return
    draft.left[:_HEAD] = [part for paragraph in draft.left[:_HEAD] for part in _marks_apart(paragraph)]
    candidates = draft.left[:_HEAD]
    marks = [n for n, p in enumerate(candidates) if _is_date(p) or _is_byline(p)]
    for n, paragraph in enumerate(candidates):
        if _is_date(paragraph):
            _take_date(draft, paragraph, zone)
        elif _is_byline(paragraph):
            _take_byline(draft, paragraph, zone)
        elif _is_name(paragraph) and n + 1 < len(candidates) and _is_date(candidates[n + 1]):
            # A name or a section: print does not say which.
            draft.drop(paragraph, "pdf:beside-date")
            continue
        elif n == 0 and _is_subtitle(paragraph, draft.size, bool(marks) and marks[0] == 1):
            draft.put("subtitle", paragraph.text, "print")
        elif "caption" not in draft.values and is_caption(draft, paragraph):
            draft.put("caption", paragraph.text, "print")
        else:
            continue
        draft.left.remove(paragraph)


def _marks_apart(paragraph: Paragraph) -> list[Paragraph]:
    """Byline and dates set close to each other, each line by itself; anything else as it is."""
    parts = [Paragraph(clean(line.text), (line,)) for line in paragraph.lines]
    dated = any(_is_date(part) for part in parts)
    return parts if all(_is_date(p) or _is_byline(p) or (dated and _is_name(p)) for p in parts) else [paragraph]


def _is_name(paragraph: Paragraph) -> bool:
    """Whether it could be the name of somebody, and nothing else: believed only beside a date."""
    words = paragraph.text.split()
    return 2 <= len(words) <= 4 and all(
        word[0].isalpha() and not word[0].islower() and word.isalpha() for word in words
    )


def _is_date(paragraph: Paragraph) -> bool:
    """Whether it is a date and no more than the words around one."""
    text = paragraph.text
    if len(text) > 90 or dates.in_text(text) is None:
        return False
    rest = _DATE_WORDS.sub(" ", _before_date(text) + " " + re.sub(r"\d{1,2}[:.]\d{2}", " ", text[_date_end(text) :]))
    return len(bare(re.sub(r"\d", "", rest))) <= 4


def _before_date(text: str) -> str:
    """What stands before the date in `text`."""
    words = text.split()
    for n in range(len(words), -1, -1):
        if dates.in_text(" ".join(words[n:])):
            return " ".join(words[:n])
    return text


def _date_end(text: str) -> int:
    """Where the date in `text` ends."""
    spaces = [match.start() for match in re.finditer(r"\s|$", text)]
    return next((end for end in spaces if dates.in_text(text[:end])), len(text))


def _take_date(draft: Draft, paragraph: Paragraph, zone: str | None) -> None:
    when = dates.in_text(paragraph.text)
    if when is not None and dates.plausible(when):
        name = "modified" if _UPDATED.match(paragraph.text) else "published"
        draft.put(name, dates.placed(when, zone), "print")


def _is_byline(paragraph: Paragraph) -> bool:
    text = paragraph.text
    return bool(_BY.match(text)) and len(text) <= 200 and not text.endswith((".", ":", "?", "!"))


def _take_byline(draft: Draft, paragraph: Paragraph, zone: str | None) -> None:
    """Names, and the date if it is printed in the same line."""
    text = paragraph.text
    when = dates.in_text(text)
    if when is not None and dates.plausible(when):
        draft.put("published", dates.placed(when, zone), "print")
        text = _before_date(text).rstrip(" ,|–—-")
    draft.put("authors", people.names([text]), "print")


def _is_subtitle(paragraph: Paragraph, body: float, before_marks: bool) -> bool:
    """Right behind the headline: set apart by its type, or followed by the byline or date."""
    if len(paragraph.text) > _MAX_HEADLINE or paragraph.text[:1] in BULLETS:
        return False
    apart = paragraph.size >= 1.05 * body or paragraph.bold or paragraph.italic
    return before_marks or apart


# ------------------------------------------------------------------------------------------------ properties


def _from_info(draft: Draft, info: Info, url: str, outlet: Outlet | None) -> None:
    """Fields that are not printed, from the outlet, the address and, last, the document's properties."""
    site = outlet.name if outlet else None
    draft.put("site", site, "outlet")
    own = (site or "", urls.host(url))
    is_site = bool(info.author) and bare(info.author) in {bare(part) for part in (*own, *urls.host(url).split("."))}
    if is_site:
        draft.put("site", info.author, "pdf properties")
    elif "title" in draft.values and " " in info.author:
        # One word is the name of an account.
        draft.put("authors", people.names([info.author]), "pdf properties")
    draft.put("language", _language(info.language), "pdf properties")
    draft.put("language", outlet.language if outlet else None, "outlet")
    if info.title and not _FILE_NAME.search(info.title):
        draft.put("title", info.title, "pdf properties")
    draft.put("published", dates.in_path(url), "url")


def _language(tag: str | None) -> str | None:
    match = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?", tag or "")
    return "-".join(filter(None, (match[1].lower(), (match[2] or "").upper()))) if match else None
