"""What kind of page it is: each judgement with its evidence.

    live → says so in a heading → player or pictures → a list → says so in its text → a thing, not a story → empty

An answer with status 200 may be a challenge, a login, an error or a list. None of these is ever taken for an article's
text, and an article that speaks of them is never taken for one: signs count only where there is little text, where a
heading says hardly anything else, or where most of the text says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from scraper.article import Kind
from scraper.extract import walls
from scraper.extract.access import access
from scraper.extract.structured import Node, strings, types
from scraper.extract.title import fold
from scraper.extract.tree import Element
from scraper.extract.view import (
    ENOUGH,
    SCRAP,
    Page,
    everything,
    has_password,
    has_player,
    headings,
    is_signed,
    signs,
    stories,
    weight,
)
from scraper.extract.words import tokens
from scraper.text import clean

Found = tuple[Kind, tuple[str, ...]]

# Characters of text from which on a page that says `not found` is an article about it.
LITTLE: Final = 900
# So many linked headlines make a list; fewer do where nothing else looks like a story.
MANY: Final = 8
FEW: Final = 3

_CHALLENGE_MARK = re.compile(
    r"/cdn-cgi/challenge-platform|cf-chl-|_cf_chl_opt|_Incapsula_Resource|px-captcha|captcha-delivery\.|awswaf|"
    r"g-recaptcha|h-captcha|cf-turnstile|geo\.captcha|/_sec/cp_challenge|sec-if-cpt|bm-verify=|arkoselabs|ddos-guard"
)
_SHELL = re.compile(
    r"(?i)\b(?:enable|activate|turn on|requires?|need)\b.{0,30}\bjavascript\b|\bjavascript\b.{0,40}\b(?:enable|"
    r"disabled|required|aktivieren|deaktiviert)\b"
)
_MEDIA_WORD = re.compile(
    r"(?i)(?<!\w)(?:videos?|vidéos?|vídeos?|watch|podcasts?|audio|listen|wideo|видео|відео|βίντεο|فيديو|شاهد|ویدیو|"
    r"וידאו|צפו|वीडियो)(?!\w)|動画|映像|视频|影片|영상|동영상"
)
_PICTURES_WORD = re.compile(
    r"(?i)(?<!\w)(?:in pictures|in photos|photos?|pictures|gallery|bilderstrecke|bildergalerie|fotostrecke|bilder|en "
    r"images|diaporama|fotos?|galería|imágenes|galleria|galeria|fotogaleria|zdjęcia|zdjęciach|foto galeri|galeri|"
    r"фото|фоторепортаж|фотогалерея|φωτογραφίες|صور|بالصور|תמונות|तस्वीरें|ảnh|foto's|beeld)(?!\w)|组图|图集|写真|フォト|화보|포토"
)
# What cookies are called; half of the languages have the English word.
_COOKIE = re.compile(
    r"(?i)cookie|\bkakor\b|\bkuki\b|\bkuk[iy]s\b|eväste|çerez|kolačić|sütik|бисквитк|куки|кукі|informasjonskapsl|traceurs"
    r"|ملفات تعريف الارتباط|کوکی|עוגיות|कुकी|クッキー|쿠키"
)
_THING = re.compile(
    r"^(?:Product|ProductGroup|\w*Event|Festival|JobPosting|Recipe|AboutPage|ContactPage|FAQPage|Course|Offer)$"
)
_LISTS: Final = frozenset(("CollectionPage", "SearchResultsPage", "ItemList", "ProfilePage"))
_GALLERIES: Final = frozenset(("ImageGallery", "MediaGallery", "Gallery"))
_PLAYED: Final = frozenset(
    ("VideoObject", "AudioObject", "PodcastEpisode", "RadioEpisode", "Episode", "Clip", "MusicRecording")
)
_FRONT_PATH = re.compile(r"(?i)/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:index\.\w+|home/?)?")
_LIST_PATH = re.compile(
    r"(?i)/(?:tags?|category|categories|topics?|search|authors?|archives?|themen|thema|rubrik|page/\d+|feed|rss|"
    r"rubrics?|rubrika|sections?|tema|temas|temi|tematy|sujets?|etiquetas?|etiquettes?|mots?-cles?|auteurs?|autor|autores|"
    r"autori|autore|autorzy|yazar|yazarlar|suche|recherche|busqueda|buscar|busca|cerca|szukaj|zoeken|sok|arama|poisk|"
    r"kategor\w+|chu-de|tac-gia|penulis|profiles?|contributors?|staff|people|etiket|konu|tagi?|latest|newsletters?)"
    r"(?:/|$)|[?&](?:s|q|search|query)="
)
_LOOKED_UP_PATH = re.compile(
    r"(?i)/(?:weather|wetter|meteo|el-tiempo|tempo|previsao|weer|vader|pogoda|pohoda|pocasi|hava-durumu|kairos|cuaca|"
    r"subscribe|subscriptions?|subscription-offers|abo|abonnement\w*|suscripcion\w*|assine|abbonamenti|prenumerata|"
    r"pricing|plans|offers|horoscopes?|horoskop|tv-guide|tv-programm|jobs?|careers|imprint|impressum|privacy|"
    r"datenschutz|terms|agb|contact|kontakt|about|about-us|uber-uns|shop)(?:/[^/]*)?/?$"
)
# What begins a tag; and the roots of XML that lists or reports, and is no page.
_TAG = re.compile(r"<(?:[!?/]|([A-Za-z][\w:.-]*))", re.ASCII)
_COMMENTS = re.compile(r"(?s)<!--.*?-->")
_XML_ROOTS: Final = frozenset(("rss", "feed", "rdf", "urlset", "sitemapindex", "opml", "error"))
_FURNITURE: Final = tokens("nav footer related links linked-line aside card tags share control")


def judge(page: Page) -> Found:
    """The kind of a page and the evidence for it."""
    if data := _data(page.html):
        return "other", (data,)
    if page.live:
        return "live", page.live
    steps = (_heading, _media, _listing, _speech, _thing)
    if page.text <= 4 * LITTLE and (found := next(filter(None, (step(page) for step in steps)), None)):
        return found
    if page.text and (found := _nameless(page)):
        return found
    if not page.text:
        return "empty", ("needs a browser",) if _SHELL.search(_seen(page)) else ("no text found",)
    return "article", ()


def _seen(page: Page) -> str:
    return f"{page.doc.title} {page.title} {page.doc.root.text(dropped=True)[:4000]}"


def _data(html: str) -> str | None:
    """Why an answer is no page at all: a script, a table, a list for machines, sent as if it were one."""
    if not _TAG.search(html):
        return "no markup"
    text = html.strip("\ufeff \t\r\n")
    if (text[:1], text[-1:]) in {("{", "}"), ("[", "]")}:
        return "json"
    tags = _TAG.finditer(_COMMENTS.sub("", text[:4096]))
    root = next((tag[1] for tag in tags if tag[1]), "").rpartition(":")[2].lower()
    return f"xml: {root}" if root in _XML_ROOTS else None


# ------------------------------------------------------------------------------------------------ walls

_WALLS: Final[tuple[walls.Word, ...]] = ("challenge", "error", "consent", "login")
_KINDS: Final[dict[walls.Word, Kind]] = {
    "challenge": "challenge",
    "error": "error",
    "consent": "consent",
    "login": "login",
}


def _heading(page: Page) -> Found | None:
    """Challenges, errors, logins, consent by their headings: little text, and no article's data."""
    if page.text > LITTLE or (page.is_described and page.text >= ENOUGH):
        return None
    heads = [text for text in (page.title, page.doc.title, *headings(page.doc.root)) if text]
    for word in _WALLS:
        for head in heads:
            if walls.is_all(word, head) and _means(page, word):
                return _KINDS[word], (f"is headed {clean(head)[:80]!r}",)
    if not page.is_described and page.text < ENOUGH:
        return _hint(page, heads)
    return None


def _means(page: Page, word: walls.Word) -> bool:
    """Whether the rest of the page agrees with such a heading; a story with data has to say it in its text as well."""
    if word == "login":
        return has_password(page.doc)
    if page.is_described:
        return _share(page, word) > 0.5 or (not page.text and word != "consent")
    return word != "consent" or not page.text or _share(page, word) > 0.3 or walls.hits(word, _rest(page)) > 1


def _hint(page: Page, heads: Sequence[str]) -> Found | None:
    """What a longer heading says, if the little text below does not tell another story; scripts that ask."""
    for word in _WALLS[:3]:
        said = next((hit for head in heads if (hit := walls.said(word, head))), "")
        if said and (page.text < SCRAP or _share(page, word) > 0.3):
            return _KINDS[word], (f"says {said[:80]!r}",)
    if page.text < SCRAP and (mark := _CHALLENGE_MARK.search(page.html)) and len(stories(page.doc.root)) < FEW:
        return "challenge", (f"holds {mark[0]!r}",)
    return None


def _speech(page: Page) -> Found | None:
    """The same by the text: most of it has to say so."""
    if page.is_described and page.is_story and page.text:
        return None
    rest = _rest(page) if page.text < SCRAP else ""
    for word in _WALLS[:3]:
        is_enough = word != "consent" or (not page.is_described and walls.hits(word, rest or _words(page)) > 1)
        if is_enough and (_share(page, word) > 0.5 or (rest and walls.said(word, rest))):
            return _KINDS[word], (f"says {walls.said(word, rest or _words(page))[:80]!r}",)
    return _asks_who(page) or _is_hollow(page, rest)


def _asks_who(page: Page) -> Found | None:
    """A form to sign in beside nothing that could be read, or beside a line that says what it is for."""
    if page.text >= ENOUGH or page.is_described or not has_password(page.doc) or len(_seen(page).split()) >= 250:
        return None
    is_said = walls.said("login", _words(page)) or walls.said("wall", _words(page))
    return ("login", ("a password is asked for",)) if page.text < SCRAP or is_said else None


def _is_hollow(page: Page, rest: str) -> Found | None:
    if page.text < LITTLE and _share(page, "consent") > 0.9:
        return "empty", ("nothing but a notice about cookies",)
    if page.text < ENOUGH and not page.is_described and (match := _SHELL.search(_words(page) or rest)):
        return "empty", ("needs a browser", f"says {match[0][:80]!r}")
    return None


def _words(page: Page) -> str:
    return " ".join(piece.text for piece in page.kept)


def _rest(page: Page) -> str:
    """What else is on the page, without menus, footers and lists of stories."""
    parts: list[str] = []
    stack: list[Element | str] = [page.doc.root]
    while stack and len(parts) < 400:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node.drop not in _FURNITURE or node.drop == "control":
            stack.extend([" ", *reversed(node.kids)])
    return clean(" ".join(parts))[:1500]


def _share(page: Page, word: walls.Word) -> float:
    """How much of the article's text stands in pieces that speak so."""
    speaking = sum(weight(piece) for piece in page.kept if walls.said(word, piece.text))
    return speaking / max(1, page.text)


def _nameless(page: Page) -> Found | None:
    """A few lines that nothing on the page calls a story: no data, no date, no author; or as little about cookies.

    Walls speak in more ways than can be listed, and hardly a story of three lines comes without any of these.
    """
    told = page.is_story or page.is_described or page.signs or is_signed(page) or page.is_called_article
    if told or page.text >= LITTLE or (access(page)[0] == "teaser" and _share(page, "wall") <= 0.5):
        return None
    about = sum(weight(piece) for piece in page.kept if _COOKIE.search(piece.text))
    if 3 * about > page.text and not page.kept[0].linked and len(page.kept) < 6:
        return "consent", ("little but cookies, and no date, author or data of a story",)
    if page.text >= ENOUGH or _is_told(page):
        return None
    return "other", ("a few lines without date, author or data of a story",)


def _is_told(page: Page) -> bool:
    """Whether the few lines are at least set like a story: an article element around headline and text, or a headline
    above paragraphs of whole sentences."""
    own = [piece for piece in page.kept if not piece.linked and piece.kind == "paragraph" and len(piece.text) >= 12]
    above = (node for piece in own for node in piece.element.ancestors() if node.tag == "article")
    if any(node.tag == "h1" for article in above for node in everything(article)):
        return True
    whole = sum(piece.text.rstrip("”»\"')").endswith((".", "!", "?", "。", "۔", "।", "…")) for piece in own)
    return whole >= 2 and bool(headings(page.doc.root))


# ------------------------------------------------------------------------------------------------ lists


def _listing(page: Page) -> Found | None:
    """Front, section, tag, author and search pages: links with headlines, and hardly any text of their own."""
    if page.node and page.is_described and page.text >= ENOUGH:
        return None
    address = urlsplit(page.doc.url)
    if address.path in {"", "/"} and not address.query and not page.node:
        return "listing", ("the address is a front page's",)
    if page.is_story or (page.is_described and page.text):
        return None
    cards = len(stories(page.doc.root))
    why = _of_a_list(page) if cards >= FEW else None
    return ("listing", (why,)) if why else _searched(page) or _mostly_links(page, cards)


def _of_a_list(page: Page) -> str | None:
    """Why a page with some linked headlines is a list whatever else is on it."""
    address = urlsplit(page.doc.url)
    if _FRONT_PATH.fullmatch(address.path) and not address.query:
        return "the address is that of a language's front page"
    if page.types & _LISTS:
        return f"json-ld {min(page.types & _LISTS)}"
    return "the address is a list's" if _LIST_PATH.search(page.doc.url) else None


def _searched(page: Page) -> Found | None:
    heads = [page.title, page.doc.title, *headings(page.doc.root)]
    said = next((head for head in heads if head and (walls.is_all("search", head) or walls.said("search", head))), None)
    return ("listing", (f"is headed {clean(said)[:80]!r}",)) if said and page.text < ENOUGH else None


def _mostly_links(page: Page, cards: int) -> Found | None:
    """Many linked headlines beside little text; how many are needed depends on what else looks like a story."""
    if cards < FEW:
        return None
    longest = max((len(piece.text) for piece in page.kept), default=0)
    alike = signs(page)
    least = FEW if alike == 0 else FEW + 2 if alike == 1 else MANY if not page.text else 1000
    if cards >= least and longest < 400 and page.text < cards * 100:
        return "listing", (f"{cards} linked headlines",)
    own = _linked_heads(page.column) if page.text >= ENOUGH else 0
    if own >= MANY and not page.is_described and alike < 3 and longest < 400 and ENOUGH <= page.text < own * 250:
        return "listing", (f"{own} linked headlines",)
    return None


def _linked_heads(roots: Iterable[Element]) -> int:
    """How many headings below `roots` are links, dropped ones counted."""
    nodes = (node for root in roots for node in everything(root) if node.tag in {"h2", "h3", "h4"})
    return sum(1 for node in nodes if node.linked * 10 >= node.size * 8 > 0)


# ------------------------------------------------------------------------------------------------ players, pictures


def _media(page: Page) -> Found | None:
    """A player or pictures that are the page, with a line or two."""
    if page.text >= LITTLE or _LIST_PATH.search(page.doc.url):
        return None
    return next(filter(None, (*_played(page), *_pictured(page))), None)


def _played(page: Page) -> Iterator[Found | None]:
    if (page.declared.meta("og:type") or "").lower().startswith("video"):
        yield "video", ("og:type video",)
    if page.is_story and page.text >= ENOUGH:
        return
    named = [node for node in page.declared.nodes if _PLAYED.intersection(types(node))]
    if named and not page.is_story and (has_player(page.doc) or any(_same(node, page) for node in named)):
        yield "video", (f"json-ld {types(named[0])[0]}",)
    said = _MEDIA_WORD.search(page.title) or _MEDIA_WORD.search(page.doc.title)
    is_played = has_player(page.doc) or "video" in page.node
    own = [piece for piece in page.kept if not piece.linked]
    if said and is_played and len(own) <= 2 and sum(map(weight, own)) < ENOUGH:
        yield "video", (f"a player, and the heading says {said[0]!r}",)


def _same(node: Node, page: Page) -> bool:
    """Whether a declared thing is what the page is headed with."""
    name = fold(next(iter(strings(node.get("name"))), ""))
    return len(name) > 4 and (name in fold(page.title) or fold(page.title) in name)


def _pictured(page: Page) -> Iterator[Found | None]:
    if page.is_story and page.text >= ENOUGH:
        return
    if page.types & _GALLERIES and not (page.is_story and page.text):
        yield "gallery", (f"json-ld {min(page.types & _GALLERIES)}",)
    nodes = everything(page.doc.root)
    captions = sum(1 for node in nodes if node.drop == "caption" and node.size > 10)
    said = _PICTURES_WORD.search(page.title)
    if captions >= (4 if said else 6) and page.text < ENOUGH:
        yield "gallery", (f"{captions} pictures with captions",)
    pictures = sum(1 for node in nodes if node.tag in {"img", "amp-img", "picture"})
    if said and pictures >= 4 and not page.is_described and pictures >= len(page.kept) - 1:
        yield "gallery", (f"{pictures} pictures, and the heading says {said[0]!r}",)


# ------------------------------------------------------------------------------------------------ things


def _thing(page: Page) -> Found | None:
    """Things to buy, to attend, to apply for, to look up."""
    if page.is_story or (page.is_described and page.text >= ENOUGH):
        return None
    name = next((name for node in page.declared.nodes for name in types(node) if _THING.match(name)), None)
    if name and not page.is_described:
        return "other", (f"json-ld {name}",)
    if page.text < LITTLE and not page.is_described and _LOOKED_UP_PATH.search(urlsplit(page.doc.url).path):
        return "other", ("the address is that of a service",)
    return None
