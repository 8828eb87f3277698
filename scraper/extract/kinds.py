"""What kind of page it is, and how much of an article it shows: each judgement with its evidence.

An answer with status 200 may be a challenge, a login, an error or a list. None of these is ever taken for an article's
text, and an article that speaks of them is never taken for one: most signs count only where there is little text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from scraper.article import Access, Kind
from scraper.extract import phrases
from scraper.extract.blocks import Piece
from scraper.extract.structured import Declared, Node, string, strings, types
from scraper.extract.tree import Document, Element
from scraper.extract.words import tokens
from scraper.text import clean

# Characters of text from which on a page that says `not found` is an article about it.
LITTLE: Final = 900
# A page with an article's data and so much text is an article, whatever words it uses.
ENOUGH: Final = 250
# So many linked headlines make a list.
MANY: Final = 8

_CHALLENGE = re.compile(
    r"(?i)\b(?:just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|(?:verify|confirm|"
    r"prove)\b.{0,30}\bhuman|"
    r"checking (?:your browser|if the site connection)|ddos protection|pardon our interruption|unusual traffic|"
    r"security (?:check|verification)|captcha|request (?:unsuccessful|blocked)|you have been blocked|bot "
    r"(?:detection|protection)|"
    r"enable (?:javascript and )?cookies to continue|please wait while we|one more step|not a robot|kein roboter|"
    r"pas un robot|"
    r"не робот|ロボットではありません)\b"
)
_CHALLENGE_MARK = re.compile(
    r"/cdn-cgi/challenge-platform|cf-chl-|_Incapsula_Resource|px-captcha|captcha-delivery\.com|awswaf|g-recaptcha|"
    r"h-captcha|"
    r"cf-turnstile|geo\.captcha|/_sec/cp_challenge|arkoselabs|ddos-guard"
)
_ERROR = re.compile(
    r"(?i)\b(?:404|410|50[0234])\b|\bnot found\b|\bpage (?:you|that|is|has|does|can|could|no longer|unavailable|"
    r"missing)\b.{0,60}|"
    r"\b(?:can(?:no|')t|could ?n.t) (?:be )?(?:found|find)\b|\bno longer (?:available|exists)\b|\bdoes(?:n.t| "
    r"not) exist\b|"
    r"\b(?:under|scheduled|site) maintenance\b|\btemporarily unavailable\b|\bbe (?:right )?back soon\b|\bservice "
    r"unavailable\b|"
    r"\bdomain\b.{0,40}\b(?:for sale|parked|expired|may be for sale)\b|\bbuy this domain\b|\bsomething went wrong\b|"
    r"\bnot available in your (?:region|country|location|area)\b|\bunavailable (?:for legal reasons|in your)\b|"
    r"\bgeo-?(?:blocked|restricted)\b|"
    r"\bwe(?:'|’)?re sorry\b|\boops\b|\bseite (?:wurde )?nicht (?:gefunden|verfügbar)\b|\bwartungsarbeiten\b|"
    r"\bpage (?:introuvable|non trouvée)\b|"
    r"\bpágina no (?:encontrada|existe|disponible)\b|\bpágina não (?:encontrada|existe)\b|\bpagina non trovata\b|"
    r"\bpagina niet gevonden\b|"
    r"\bstrona nie (?:istnieje|została znaleziona)\b|\bстраница не (?:найдена|существует)\b|\bсторінк[ау] не "
    r"(?:знайдено|існує)\b|"
    r"\bsayfa bulunamadı\b|\bsidan (?:kunde inte hittas|finns inte)\b|\bsiden (?:ble ikke funnet|finnes ikke|blev "
    r"ikke fundet)\b|"
    r"\bsivua ei löyt\w+|ページが見つかりません|페이지를 찾을 수 없|页面不存在|الصفحة غير موجودة"
)
_LOGIN = re.compile(
    r"(?i)^\W*(?:log ?in|sign ?in|log ?on|anmelden|einloggen|anmeldung|connexion|se connecter|identifiez-vous|"
    r"iniciar sesión|acceder|entrar|"
    r"accedi|inloggen|logg inn|logga in|log ind|kirjaudu|zaloguj|logowanie|přihlášení|войти|вход|увійти|giriş|登录|"
    r"ログイン|로그인)\b"
)
_CONSENT = re.compile(
    r"(?i)\b(?:before you continue|we (?:and our|value your|care about your|use cookies)|our partners|accept "
    r"(?:all|cookies)|manage (?:preferences|options)|"
    r"your (?:privacy|choices)|privacy (?:choices|settings)|consent|store and/or access|cookies? (?:zu|"
    r"akzeptieren|zustimmen)|einwilligung|"
    r"datenschutz|mit werbung (?:weiter)?lesen|vos données|paramétrer les cookies|continuer sans accepter|tus "
    r"datos|cookie-?instellungen|samtykke)\b"
)
_SHELL = re.compile(
    r"(?i)\b(?:enable|activate|turn on|requires?|need)\b.{0,30}\bjavascript\b|\bjavascript\b.{0,40}\b(?:enable|"
    r"disabled|required|aktivieren|deaktiviert)\b"
)
# Boxes that were dropped for asking something.
_ASKING: Final = tokens("appeal subscribe paywall login dialog newsletter membership theme control form")
_LISTS: Final = frozenset(
    ("CollectionPage", "SearchResultsPage", "ItemList", "ProfilePage", "AboutPage", "ContactPage")
)
_GALLERIES: Final = frozenset(("ImageGallery", "MediaGallery", "Gallery"))
_LIST_PATH = re.compile(
    r"(?i)/(?:tags?|category|categories|topics?|search|authors?|archives?|themen|thema|rubrik|page/\d+|feed|"
    r"rss)(?:/|$)|[?&](?:s|q|search)="
)


@dataclass(frozen=True, slots=True)
class Page:
    """What judging looks at: the parsed page, its raw text, what it declares, its column and the pieces found in it."""

    doc: Document
    html: str
    declared: Declared
    node: Node
    title: str
    pieces: Sequence[Piece]
    column: Sequence[Element]
    live: tuple[str, ...] = ()

    @property
    def text(self) -> int:
        """The number of characters that are article."""
        return sum(len(piece.text) for piece in self.pieces if piece.drop is None)

    @property
    def is_described(self) -> bool:
        """Whether the page's data describe an article with a date."""
        return bool(self.node.get("datePublished") or self.declared.meta("article:published_time"))


def judge(page: Page) -> tuple[Kind, tuple[str, ...]]:
    """The kind of a page and the evidence for it."""
    types_ = {name for node in page.declared.nodes for name in types(node)}
    if page.live:
        return "live", page.live
    if found := _no_article(page):
        return found
    if found := _listing(page, types_):
        return found
    if page.text < LITTLE and (found := _media(page, types_)):
        return found
    if not page.text:
        return "empty", ("needs a browser",) if _SHELL.search(_seen(page)) else ("no text found",)
    return "article", ()


def _seen(page: Page) -> str:
    return f"{page.doc.title} {page.title} {page.doc.root.text(dropped=True)[:4000]}"


def _no_article(page: Page) -> tuple[Kind, tuple[str, ...]] | None:
    """Challenges, errors, logins, consent: little text, and no article's data."""
    if page.text > LITTLE or (page.is_described and page.text >= ENOUGH):
        return None
    heads = [text for text in (page.doc.title, page.title, *_headings(page.doc.root)) if text]
    mark = _CHALLENGE_MARK.search(page.html) if page.text < ENOUGH and not page.is_described else None
    signs: tuple[tuple[Kind, re.Match[str] | None], ...] = (
        ("challenge", _said(_CHALLENGE, heads, page.text) or mark),
        ("error", _said(_ERROR, heads, page.text)),
        ("login", _said(_LOGIN, heads, page.text) if _has_password(page.doc) else None),
        ("consent", _said(_CONSENT, heads, page.text)),
    )
    for kind, match in signs:
        if match:
            return kind, (f"says {match[0].strip()[:80]!r}",)
    return _from_text(page)


def _said(pattern: re.Pattern[str], heads: Sequence[str], text: int) -> re.Match[str] | None:
    """Where a heading says it; above more than a few lines of text it must hardly say anything else."""
    for head in heads:
        match = pattern.search(head)
        if match and (text < ENOUGH or len(head) <= 2 * len(match[0]) + 10):
            return match
    return None


def _from_text(page: Page) -> tuple[Kind, tuple[str, ...]] | None:
    """The same, for pages whose headings say nothing: the words must be most of what there is."""
    text = _seen(page)
    if page.is_described or page.text >= ENOUGH or len(text.split()) > 250:
        return None
    if _has_password(page.doc):
        return "login", ("a password is asked for",)
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("challenge", _CHALLENGE),
        ("error", _ERROR),
        ("consent", _CONSENT),
    )
    for kind, pattern in kinds:
        if match := pattern.search(text):
            return kind, (f"says {match[0].strip()[:80]!r}",)
    if match := _SHELL.search(text):
        return "empty", ("needs a browser",)
    return None


def _headings(root: Element) -> list[str]:
    return [node.text()[:200] for node in root.walk() if node.tag in {"h1", "h2"}][:3]


def _has_password(doc: Document) -> bool:
    return doc.parser is not None and doc.parser.css_first('input[type="password"]') is not None


def _listing(page: Page, types_: set[str]) -> tuple[Kind, tuple[str, ...]] | None:
    """Front, section, tag and search pages: links with headlines, and hardly any text of their own."""
    if page.node and page.is_described and page.text >= ENOUGH:
        return None
    if urlsplit(page.doc.url).path in {"", "/"} and not page.node:
        return "listing", ("the address is a front page's",)
    cards = _cards([page.doc.root])
    if types_ & _LISTS and not page.node and cards >= 3:
        return "listing", (f"json-ld {min(types_ & _LISTS)}",)
    if _LIST_PATH.search(page.doc.url) and not page.node and cards >= 4:
        return "listing", ("the address is a list's",)
    own = cards if page.text < ENOUGH else _cards(page.column)
    longest = max((len(piece.text) for piece in page.pieces if piece.drop is None), default=0)
    if own >= MANY and not page.is_described and longest < 400 and page.text < own * 250:
        return "listing", (f"{own} linked headlines",)
    return None


def _cards(roots: Iterable[Element]) -> int:
    """How many headings below `roots` are links, dropped ones counted."""
    nodes = (node for root in roots for node in _everything(root) if node.tag in {"h2", "h3", "h4"})
    return sum(1 for node in nodes if node.linked * 10 >= node.size * 8 > 0)


def _everything(root: Element) -> list[Element]:
    found = [root]
    for node in found:
        found.extend(node.elements())
    return found


def _media(page: Page, types_: set[str]) -> tuple[Kind, tuple[str, ...]] | None:
    og = (page.declared.meta("og:type") or "").lower()
    if og.startswith("video") or ("VideoObject" in types_ and not page.node):
        return "video", ("og:type video",) if og.startswith("video") else ("json-ld VideoObject",)
    if types_ & _GALLERIES:
        return "gallery", (f"json-ld {min(types_ & _GALLERIES)}",)
    captions = sum(1 for node in _everything(page.doc.root) if node.drop == "caption" and node.size > 20)
    if captions >= 6 and page.text < ENOUGH:
        return "gallery", (f"{captions} pictures with captions",)
    return None


# ------------------------------------------------------------------------------------------------ access


def access(page: Page) -> tuple[Access | None, tuple[str, ...]]:
    """How much of the article is shown, None if the page does not say: `teaser` if it ends at a wall."""
    free = _is_free(page)
    line = next((piece for piece in page.pieces if piece.drop == "wall"), None)
    if line is not None and free is not True:
        return "teaser", (f"says {line.text[:80]!r}",)
    if free is not True and _is_cut(page) and (wall := _wall(page)):
        return "teaser", (wall,)
    if free is False:
        cut = _shortfall(page)
        return ("teaser", (cut,)) if cut else ("paid", ("isAccessibleForFree false",))
    return ("free", ("isAccessibleForFree true",)) if free else (None, ())


def _is_free(page: Page) -> bool | None:
    nodes = [page.node, *(node for node in page.declared.nodes if "WebPage" in types(node))]
    for node in nodes:
        said = node.get("isAccessibleForFree")
        if isinstance(said, bool):
            return said
        if isinstance(said, str) and said.rsplit("/", 1)[-1].lower() in {"true", "false"}:
            return said.lower().endswith("true")
    tier = (page.declared.meta("article:content_tier") or "").lower()
    return {"free": True, "locked": False, "metered": None}.get(tier)


def _wall(page: Page) -> str | None:
    """Where the page says that the rest is for subscribers."""
    if "members-only" in page.doc.comments or any(c.strip() == "members-only" for c in page.doc.comments):
        return "a members-only mark"
    for node in _everything(page.doc.root):
        if (15 < node.run < 300 and node.drop is None) or node.drop in _ASKING:
            text = node.text(dropped=True)[:600]
            if len(text) > 20 and (match := phrases.WALL.search(text)):
                return f"says {clean(match[0])[:80]!r}"
    return None


def _is_cut(page: Page) -> bool:
    """Whether the text looks like a beginning: short, or ending without an end."""
    kept = [piece.text for piece in page.pieces if piece.drop is None]
    return page.text < 1_500 or bool(_shortfall(page)) or (bool(kept) and kept[-1].rstrip().endswith(("…", "...")))


def _shortfall(page: Page) -> str | None:
    """Evidence that the page holds less than the article has."""
    words = string(page.node.get("wordCount"))
    shown = sum(len(piece.text.split()) for piece in page.pieces if piece.drop is None)
    if words and words.isdigit() and len(words) < 7 and shown * 1.6 < int(words) and int(words) > 80:
        return f"{shown} of {words} words"
    selectors = strings([part.get("cssSelector") for part in _parts(page.node)])
    hidden = [e for selector in selectors[:3] for e in page.doc.select(selector)]
    if selectors and not any(e.size > 200 for e in hidden) and page.text < 2_500:
        return "the paid part is not on the page"
    return None


def _parts(node: Node) -> list[Node]:
    parts = node.get("hasPart")
    parts = parts if isinstance(parts, list) else [parts]
    return [part for part in parts if isinstance(part, dict)]
