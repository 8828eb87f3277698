"""The fields of an article, each with the place it was read from: declared data first, then the visible page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from scraper.extract import addresses, byline, dates, moments, people, structured, title
from scraper.extract.addresses import domain, own_address
from scraper.extract.names import words
from scraper.extract.structured import Declared, Node, string, strings
from scraper.extract.tree import Document, Element
from scraper.extract.updates import updates
from scraper.extract.words import tokens
from scraper.model import Outlet
from scraper.text import clean
from scraper.urls import resolve

_PUBLISHED: Final = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "article:published",
    "parsely-pub-date", "sailthru.date", "publish-date", "publish_date", "publishdate", "pubdate", "published_at",
    "article.published", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "dcterms.created", "dcterms.date",
    "dc.date.issued", "dc.date.created", "dc.date", "date.created", "date", "article_date_original", "publication_date",
    "ptime", "rnews:datepublished", "lastmodifieddate", "vr:published_time", "iso-8601-publish-date",
)  # fmt: skip
_MODIFIED: Final = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "dcterms.modified", "last-modified",
    "dc.date.modified", "article:modified", "lastmod", "revised",
)  # fmt: skip
_AUTHOR: Final = ("author", "parsely-author", "sailthru.author", "cxenseparse:author", "article:author", "dc.creator",
                  "dcterms.creator", "byl", "article:author_name", "og:article:author")  # fmt: skip
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_](?:([A-Za-z]{4})[-_]?)?([A-Za-z]{2}|\d{3})?)?(?:[-_].*)?")
_SECTIONS: Final = ("article:section", "og:article:section", "section", "parsely-section", "cxenseparse:category")
_KEYWORDS: Final = ("news_keywords", "keywords", "article:tag", "parsely-tags", "sailthru.tags")
MAX_KEYWORDS: Final = 40
MAX_FIELD: Final = 2_000
_OTHER: Final = (
    "og:title", "twitter:title", "dc.title", "title", "og:site_name", "application-name", "og:locale", "language",
    "content-language", "dc.language", "og:image", "og:image:url", "twitter:image", "og:url", "og:type",
    "og:description", "description", "article:content_tier",
)  # fmt: skip
READ: Final = frozenset((*_PUBLISHED, *_MODIFIED, *_AUTHOR, *_SECTIONS, *_KEYWORDS, *_OTHER))


@dataclass(slots=True)
class Fields:
    """What was found. `origins` names for each field where it came from.

    `signed` are the authors by which a site signs what nobody else has signed, with their origin.
    """

    values: dict[str, object] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    signed: tuple[tuple[str, ...], str] | None = None

    def put(self, name: str, value: object, origin: str) -> None:
        """Set a field, unless it is set or `value` says nothing."""
        if value and name not in self.values:
            self.values[name] = value
            self.origins[name] = origin

    def text(self, name: str) -> str | None:
        """A field as text."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def names(self, name: str) -> tuple[str, ...]:
        """A field as names."""
        value = self.values.get(name)
        return value if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True)
class Source:
    """What fields are read from: the page, what it declares, the node that describes this article, the outlet."""

    doc: Document
    declared: Declared
    node: Node
    outlet: Outlet | None
    canonical: str
    told: Mapping[str, list[str]]
    elements: Sequence[Element] = ()
    printed: Sequence[str] = ()

    @property
    def language(self) -> str | None:
        """The language the page says it is in, as written there; else the outlet's."""
        said = self.doc.lang or string(self.node.get("inLanguage")) or self.declared.meta("og:locale")
        return said or (self.outlet.language if self.outlet else None)

    @property
    def sites(self) -> tuple[str, ...]:
        """The names the site gives itself."""
        publisher = structured.resolve(self.node.get("publisher"), self.declared)
        found = [self.outlet.name if self.outlet else None, self.declared.meta("og:site_name", "application-name")]
        return tuple(
            filter(None, [*found, *strings(publisher), domain(self.doc.url), domain(self.doc.url, whole=True)])
        )


def source(doc: Document, declared: Declared, outlet: Outlet | None, told: Mapping[str, list[str]]) -> Source:
    """The source of fields of one page, with the data node that speaks of this very article.

    `told` holds the texts that the outlet's own rules found for a field.
    """
    address = own_address(doc)
    return Source(doc, declared, _own_node(declared, doc, address), outlet, address, told)


def seen(src: Source, elements: Sequence[Element], headline: Element | None, printed: Sequence[str]) -> Source:
    """`src` with those of the page's elements that may speak of the article, and the lines printed above its text."""
    return replace(src, elements=near(elements, headline), printed=printed)


def _own_node(declared: Declared, doc: Document, address: str) -> Node:
    """The article node of this page: the one with its address, else the one that says most."""
    # The entries of a live page have its address too, and are not the page.
    entries = {id(node) for node in updates(declared)}
    nodes = [node for node in declared.articles() if id(node) not in entries]
    heading = title.fold(declared.meta("og:title") or doc.title)

    def rank(node: Node) -> tuple[bool, bool, int]:
        urls = [string(node.get(key)) or "" for key in ("url", "@id")] + [_page_of(node)]
        own = any(_same(resolve(doc.url, url), address) or _same(resolve(doc.url, url), doc.url) for url in urls if url)
        head = title.fold(string(node.get("headline")) or "")
        return (
            own,
            bool(head) and head[:25] in heading,
            sum(bool(node.get(k)) for k in ("datePublished", "author", "headline")),
        )

    return max(nodes, key=rank, default={})


def _page_of(node: Node) -> str:
    page = node.get("mainEntityOfPage")
    if isinstance(page, dict):
        page = page.get("@id") or page.get("url")
    return page if isinstance(page, str) else ""


def _same(a: str | None, b: str) -> bool:
    return bool(a) and (a or "").split("#")[0].rstrip("/").partition("://")[2] == b.rstrip("/").partition("://")[2]


def read(src: Source) -> Fields:
    """All fields that declared data gives; the visible page fills the gaps later."""
    fields = Fields()
    _told(src, fields)
    _title(src, fields)
    _authors(src, fields)
    _times(src, fields)
    _about(src, fields)
    return fields


def _told(src: Source, fields: Fields) -> None:
    """What the outlet's rules point at."""
    for name, texts in src.told.items():
        match name:
            case "authors":
                fields.put(name, people.names(texts, src.sites), "rule")
            case "keywords":
                fields.put(name, _keywords(texts), "rule")
            case "published" | "modified":
                _when(name, [(text, "rule") for text in texts], src, fields)
            case "language":
                fields.put(name, _language(texts[0]), "rule")
            case "image":
                fields.put(name, resolve(src.doc.url, texts[0]), "rule")
            case _:
                fields.put(name, title.tidy(texts[0])[:MAX_FIELD], "rule")


def _title(src: Source, fields: Fields) -> None:
    seen = [text for e in src.elements if e.tag == "h1" and e.is_live and (text := clean(e.text()))]
    ld = [string(src.node.get(key)) or "" for key in ("headline", "name")]
    metas = [src.declared.meta(name) or "" for name in ("og:title", "twitter:title", "dc.title", "title")]
    found = title.choose(seen, [text for text in ld[:1] + metas + ld[1:] if text], src.doc.title, src.sites)
    if found:
        fields.put("title", found[0][:MAX_FIELD], found[1])


def _authors(src: Source, fields: Fields) -> None:
    """People named by the data, the metas, the markup of a byline, a printed line; else the site if it signs itself."""
    node = src.node
    declared = [structured.resolve(node.get(key), src.declared) for key in ("author", "contributor", "creator")]
    who = people.names(strings(declared[0]) or strings(declared[2]), src.sites)
    if who and not _is_site_only(who, src.sites):
        fields.put("authors", people.names([*who, *strings(declared[1])], src.sites), "json-ld")
        return
    metas = [(people.names(src.declared.metas.get(name, []), src.sites), f"meta {name}") for name in _AUTHOR]
    for found, origin in metas:
        if not _is_site_only(found, src.sites):
            fields.put("authors", found, origin)
    fields.put("authors", _marked(src), "byline")
    printed = byline.authors(src.printed, src.sites)
    if not _is_site_only(printed, src.sites):
        fields.put("authors", printed, "printed line")
    if "authors" not in fields.values:
        signed = ((found, origin) for found, origin in [(who, "json-ld"), *metas] if found)
        fields.signed = next((one for one in signed if not _says_nothing(one[0], src.outlet)), None)


def _says_nothing(found: Iterable[str], outlet: Outlet | None) -> bool:
    """Whether an outlet signs with nothing but its own name; known only of an outlet that is known."""
    return outlet is not None and all(title.fold(name) == title.fold(outlet.name) for name in found)


def _is_site_only(found: Iterable[str], sites: tuple[str, ...]) -> bool:
    """Whether all of the names are the site's: its own, or an account that begins like it."""
    own = {title.fold(site) for site in sites}
    first = {title.fold(site.split()[0]) for site in sites if len(site.split()[0]) > 4}
    return all(title.fold(name) in own or title.fold(name.split()[0]) in first for name in found)


_BYLINE: Final = tokens("byline author authors autor auteur authorname bylines verfasser")
_NOT_BYLINE: Final = tokens(
    "bio box image avatar comment comments description about title role job social more count share photo credit"
)


def _marked(src: Source) -> tuple[str, ...]:
    """The names that the markup calls the author's: `rel=author`, `itemprop=author`, or a class that says so."""
    picked = [e for e in src.elements if e.get("rel") == "author" or "author" in e.get("itemprop").split()][:12]
    picked += [e for e in src.elements if _is_byline(e)][:6]
    for element in picked:
        text = clean(element.text(dropped=True))
        found = people.names([text], src.sites) if 2 < len(text) < 120 else ()
        if found and not _is_site_only(found, src.sites) and all(map(people.is_plausible, found)):
            others = [clean(other.text(dropped=True)) for other in picked if _is_beside(other, element)]
            return people.names([text, *(other for other in others if 2 < len(other) < 120)], src.sites)
    return ()


def _is_beside(other: Element, element: Element) -> bool:
    """Whether two elements of one make stand side by side, as the names of several authors do."""
    makes = [(e.tag, e.get("class"), e.get("itemprop"), e.get("rel"), e.parent) for e in (other, element)]
    return other is not element and makes[0] == makes[1]


def _is_byline(element: Element) -> bool:
    said = {word for name in element.get("class").split() for word in words(name)}
    return bool(said & _BYLINE) and not said & _NOT_BYLINE


# Branches that are no text of the article and may still say who wrote it and when.
_OURS: Final = frozenset((None, "byline", "date", "meta", "hidden", "legal", "toolbar", "share"))


def near(elements: Sequence[Element], headline: Element | None) -> list[Element]:
    """The elements that may speak of this article: in nothing dropped as something else, nor in another article."""
    around = {above.order for above in headline.ancestors()} if headline is not None else set()
    far: set[int] = set()
    kept = []
    for element in elements:
        parent = element.parent
        other = element.tag == "article" and headline is not None and headline.order < element.order not in around
        if element.drop not in _OURS or other or (parent is not None and parent.order in far):
            far.add(element.order)
        else:
            kept.append(element)
    return kept


def _times(src: Source, fields: Fields) -> None:
    zone = src.outlet.timezone if src.outlet else None
    published = [(value, "json-ld") for key in ("datePublished", "dateCreated", "uploadDate")
                 for value in strings(src.node.get(key))]  # fmt: skip
    pages = [node for node in src.declared.nodes if "WebPage" in structured.types(node)]
    published += [(value, "json-ld page") for node in pages for value in strings(node.get("datePublished"))]
    published += [(value, f"meta {name}") for name in _PUBLISHED for value in src.declared.metas.get(name, ())]
    modified = [(value, "json-ld") for value in strings(src.node.get("dateModified"))]
    modified += [(value, "json-ld page") for node in pages for value in strings(node.get("dateModified"))]
    modified += [(value, f"meta {name}") for name in _MODIFIED for value in src.declared.metas.get(name, ())]
    _when("published", published, src, fields)
    _when("modified", modified, src, fields)
    for maker in (_from_time_tags, _from_lines, _from_text):
        if "published" not in fields.values and (found := next(maker(src), None)):
            _keep("published", [found], zone, fields)
    if "published" not in fields.values and (day := dates.in_path(src.canonical) or dates.in_path(src.doc.url)):
        _keep("published", [(day, "url")], zone, fields)
    if "modified" not in fields.values and (changed := next(moments.changes(src.elements, src.language), None)):
        _keep("modified", [changed], zone, fields)
    _time_of_day(src, fields, zone)
    # A change before the publication is none of what readers were shown.
    if dates.is_earlier(fields.values.get("modified"), fields.values.get("published")):
        del fields.values["modified"], fields.origins["modified"]


def _time_of_day(src: Source, fields: Fields, zone: str | None) -> None:
    """Give a day without time of day the time that the page shows for the same day."""
    day = fields.values.get("published")
    if not isinstance(day, date) or isinstance(day, datetime):
        return
    for maker in (_from_time_tags, _from_lines, _from_text):
        for when, origin in maker(src):
            if _sharper(when, day):
                fields.values["published"], fields.origins["published"] = dates.placed(when, zone), origin
                return


def _when(name: str, values: list[tuple[str, str]], src: Source, fields: Fields) -> None:
    read_ = [(when, origin) for text, origin in values[:60] if (when := dates.declared(text, src.language))]
    _keep(name, read_, src.outlet.timezone if src.outlet else None, fields)


def _keep(name: str, found: list[tuple[dates.When, str]], zone: str | None, fields: Fields) -> None:
    """The first plausible value; a later one is better if it adds the time to the day, or the zone to the time."""
    good = [(when, origin) for when, origin in found if dates.plausible(when)]
    if len(good) < len(found) and "implausible-date" not in fields.flags:
        fields.flags.append("implausible-date")
    if not good:
        return
    best, origin = good[0]
    for when, source_ in good[1:]:
        if _sharper(when, best):
            best, origin = when, source_
    fields.put(name, dates.placed(best, zone), origin)


def _sharper(new: dates.When, old: dates.When) -> bool:
    if not isinstance(new, datetime):
        return False
    if not isinstance(old, datetime):
        return new.date() == old
    if old.tzinfo is None and new.tzinfo is not None:
        return abs((new.replace(tzinfo=None) - old).total_seconds()) < 86_400
    midnight = (old.hour, old.minute, old.second) == (0, 0, 0)
    return midnight and new.date() == old.date() and (new.hour, new.minute) != (0, 0)


def _from_time_tags(src: Source) -> Iterator[moments.Found]:
    return moments.shown(src.elements, src.language)


def _from_lines(src: Source) -> Iterator[moments.Found]:
    if when := byline.moment([*map(moments.before_change, src.printed)], src.language):
        yield when, "printed line"


def _from_text(src: Source) -> Iterator[moments.Found]:
    return moments.named(src.elements, src.language)


def _about(src: Source, fields: Fields) -> None:
    node, meta, doc = src.node, src.declared.meta, src.doc
    tags: list[tuple[str, str | None, str]] = [
        ("language", _language(doc.lang), "html lang"),
        ("language", _language(string(node.get("inLanguage"))), "json-ld"),
        ("language", _language(meta("og:locale")), "meta og:locale"),
        ("language", _language(meta("content-language", "language", "dc.language")), "meta"),
        ("language", src.outlet.language if src.outlet else None, "outlet"),
        ("site", meta("og:site_name"), "meta og:site_name"),
        ("site", string(structured.resolve(node.get("publisher"), src.declared)), "json-ld"),
        ("site", meta("application-name"), "meta application-name"),
        ("site", src.outlet.name if src.outlet else None, "outlet"),
        ("section", next((s for s in strings(node.get("articleSection")) if len(s) < 80), None), "json-ld"),
        ("section", meta(*_SECTIONS), "meta"),
        ("image", _image(src), "json-ld"),
        ("image", resolve(doc.url, meta("og:image", "og:image:url", "twitter:image") or ""), "meta"),
    ]
    for name, value, origin in tags:
        fields.put(name, value[:MAX_FIELD] if value else None, origin)
    fields.put("keywords", _keywords(strings(node.get("keywords"))), "json-ld")
    for name in _KEYWORDS:
        fields.put("keywords", _keywords(src.declared.metas.get(name, [])), f"meta {name}")


def _image(src: Source) -> str | None:
    image = src.node.get("image")
    first = image[0] if isinstance(image, list) and image else image
    if isinstance(first, dict):
        first = first.get("url") or first.get("contentUrl") or first.get("@id")
    return resolve(src.doc.url, first) if isinstance(first, str) else None


def _keywords(values: list[str]) -> tuple[str, ...]:
    parts = [clean(part) for value in values for part in re.split(r"[,;，、]", value)] if len(values) == 1 else values
    return tuple(dict.fromkeys(part[:200] for part in parts if part))[:MAX_KEYWORDS]


def _language(tag: str | None) -> str | None:
    """A language tag as RFC 5646 writes it, None if it is none."""
    match = _LANGUAGE.fullmatch((tag or "").strip())
    if not match or match[1].lower() in {"xx", "und"}:
        return None
    parts = [match[1].lower(), (match[2] or "").title(), (match[3] or "").upper()]
    return "-".join(filter(None, parts))


def claims(src: Source) -> tuple[str, ...]:
    """The other addresses that the page says it has."""
    said = [src.declared.meta("og:url"), string(src.node.get("url")), _page_of(src.node)]
    return addresses.claims(src.doc, said, src.canonical)
