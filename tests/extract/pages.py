"""Pages in our own words: an article, the furniture of a site, and widgets of every kind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape

from scraper import extract
from scraper.article import Article
from scraper.model import Outlet, Rule

URL = "https://paper.example/2026/03/harbour-bridge-reopens/"
TITLE = "Harbour bridge reopens after two winters of repairs"
PARAGRAPHS = (
    "Traffic crossed the harbour bridge again on Monday, two winters after engineers found cracks in its northern"
    " pier.",
    "The city spent eleven million crowns on the work, a third more than the council had agreed to in 2023.",
    "“We were told it would take one summer,” said Jana Hollister, who runs the ferry kiosk below the ramp.",
    "The ferry stays.",
    "Inspectors will look at the pier again in October, when the first frost is expected in the valley.",
    "A second bridge, planned upstream since the nineties, has been put off until after the next election.",
    "AFP contributed reporting.",
)


def page(
    body: Sequence[str] = PARAGRAPHS,
    *,
    title: str = TITLE,
    head: str = "",
    above: str = "",
    below: str = "",
    around: tuple[str, str] = ("", ""),
) -> bytes:
    """A page of the invented paper: `body` holds blocks, as text or (if they begin with `<`) as markup."""
    blocks = "\n".join(block if block.startswith("<") else f"<p>{escape(block)}</p>" for block in body)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - The Harbour Paper</title>{head}</head>
<body>{around[0]}
<header class="site-head"><nav><a href="/">Home</a> <a href="/city/">City</a> <a href="/sport/">Sport</a></nav></header>
<main><article><h1>{escape(title)}</h1>{above}<div class="story">
{blocks}
</div>{below}</article></main>
<footer><p>The Harbour Paper, 4 Quay Street. All letters are read, some are answered, none are returned.</p></footer>
{around[1]}</body></html>""".encode()


def read(html: bytes, url: str = URL, *, outlet: Outlet | None = None, content_type: str | None = None) -> Article:
    """The article on `html`."""
    return extract(html, url, outlet=outlet, content_type=content_type)


def texts(article: Article) -> list[str]:
    """The body's blocks as text."""
    return [block.text for block in article.blocks]


def ld(**fields: object) -> str:
    """A data block that describes an article."""
    node: Mapping[str, object] = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def outlet(*rules: Rule, **fields: object) -> Outlet:
    """The invented paper as an outlet, with rules."""
    told: dict[str, object] = {"language": "en", "timezone": "Europe/Prague", **fields}
    return Outlet("paper.example", "The Harbour Paper", "https://paper.example/", rules=rules, **told)  # type: ignore[arg-type]  # fields of Outlet by name


_WAVE = "As you know, this paper belongs to nobody but its readers."

# Name → markup. Each is complete in itself, as a template would put it between two paragraphs.
WIDGETS: dict[str, str] = {
    "advert": '<div class="ad-slot ad--inline"><span>Advertisement</span><div id="div-gpt-ad-3"></div></div>',
    "advert label alone": "<p>ADVERTISEMENT</p>",
    "advert, German": '<div class="anzeige-wrapper"><p>Anzeige</p></div>',
    "advert, hashed class": '<div class="Story_adContainer__x81Kq2"><p>Publicidad</p></div>',
    "newsletter form": '<form action="/letters"><h3>The morning letter</h3><p>Five stories before breakfast.</p>'
    '<input type="email"><button>Send it to me</button></form>',
    "newsletter box": '<div class="newsletter-box"><h3>Before breakfast</h3><p>Our editors pick five stories a day for'
    ' people who get up early, and for those who never went to bed.</p><a href="/letters/">Get the letter</a></div>',
    "newsletter box, no names": "<div><p>Sign up for our newsletter and have five stories in your inbox by seven.</p>"
    '<form action="/x"><input name="e"><button>OK</button></form></div>',
    "newsletter, French": "<div><p>Inscrivez-vous à notre newsletter et recevez chaque matin nos cinq histoires.</p>"
    '<a href="/newsletter/">S’inscrire</a></div>',
    "newsletter, Russian": "<div><p>Подпишитесь на нашу рассылку: наши редакторы выбирают пять историй в день.</p>"
    '<a href="/subscribe">Подписаться</a></div>',
    "membership appeal": "<section><h2>No owner, no wall</h2><p>Our journalism is paid for by eleven thousand people"
    " like you. If you can, please support us: it takes a minute.</p>"
    f'<p>{_WAVE}</p><a href="/membership">Become a member</a></section>',
    "donation, German": "<div><p>Unsere Recherchen kosten Geld. Unterstützen Sie unsere Arbeit mit Ihrer Spende.</p>"
    '<a href="/spenden">Jetzt spenden</a></div>',
    "donation, Ukrainian": "<div><p>Наша редакція працює завдяки вам. Підтримайте нас щомісячним внеском.</p>"
    '<a href="/support">Підтримати</a></div>',
    "donation, Spanish": "<div><p>Hazte socio y apoya el periodismo libre. Tu apoyo nos hace independientes.</p>"
    '<a href="/dona">Colabora</a></div>',
    "donation, Polish": "<div><p>Wesprzyj nasze dziennikarstwo. Dzięki Wam nasza redakcja jest wolna.</p>"
    '<a href="/wesprzyj">Wpłać</a></div>',
    "related list": '<div class="related"><h3>Related</h3><ul><li><a href="/1">Ferry fares go up again</a></li>'
    '<li><a href="/2">Council splits over second bridge</a></li></ul></div>',
    "related list, no names": '<ul><li><a href="/1">Ferry fares go up again</a></li>'
    '<li><a href="/2">Council splits over the second bridge</a></li></ul>',
    "related card": '<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="/bridge-cracks/">'
    '<div class="kg-bookmark-title">How the cracks were found</div><div class="kg-bookmark-description">A diver with a'
    " torch, a Tuesday and a phone call that nobody wanted to make. This is the story of the pier.</div></a></figure>",
    "related card, no names": '<div><a href="/bridge-cracks/"><h4>How the cracks were found</h4></a><p>A diver with a'
    " torch, a Tuesday and a phone call that nobody wanted to make. This is how it went.</p></div>",
    "related card, one link": '<a href="/bridge-cracks/"><p>How the cracks in the northern pier were found</p>'
    "<p>A diver with a torch, a Tuesday and a phone call that nobody wanted to make.</p></a>",
    "related line": '<p>Read more: <a href="/bridge-cracks/">How the cracks were found</a></p>',
    "related line, Italian": '<p><strong>Leggi anche:</strong> <a href="/crepe">Come furono trovate le crepe</a></p>',
    "related line, Ukrainian": '<p>Читайте також: <a href="/trishchyny">Як знайшли тріщини в опорі мосту</a></p>',
    "related line, linked": '<p><a href="/bridge-cracks/"><strong>HOW THE CRACKS WERE FOUND</strong></a></p>',
    "teaser article": '<article class="x"><h3><a href="/ferry">Ferry fares go up</a></h3><p>Third time this year, and'
    " not the last, the operator says in a letter to the council.</p></article>",
    "share bar": '<div class="share-tools"><a href="https://social.example/s">Share</a> <button>Copy'
    " link</button></div>",
    "share bar, no names": "<div><button>Share</button><button>Print</button><button>Mail</button></div>",
    "tags": '<div class="article-tags">Topics: <a href="/tag/bridge">Bridge</a>, <a href="/tag/city">City</a></div>',
    "audio notice": "<div><p>This audio is created with AI assistance</p><button>Play</button></div>",
    "audio player": '<div class="audio-player"><span>Listen to this article</span><span>0:00</span> /'
    " <span>4:31</span></div>",
    "ticker": "<aside><h3>News ticker</h3><div>5:29 PM</div><b>Gulls return.</b><p>They were seen over the fish"
    " market on"
    " Monday, a week early, by a boy with a bag of chips.</p></aside>",
    "video": '<div class="video-player"><p>The bridge from above, filmed on the day of the opening by a'
    " drone.</p></div>",
    "embed consent": "<div><p>Empfohlener externer Inhalt</p><p>An dieser Stelle finden Sie einen externen Inhalt."
    " Ich bin"
    " damit einverstanden, dass mir externe Inhalte angezeigt werden.</p><button>Anzeigen</button></div>",
    "cookie notice": '<div id="cookie-consent"><p>We and our partners store cookies to measure what you read and'
    " to show"
    " you what you might buy.</p><button>Accept</button></div>",
    "comments": '<section id="comments"><h3>3 comments</h3><div><b>gull77</b><p>About time! I have been driving'
    " around the"
    " bay for two years, and nobody paid me for the petrol.</p></div></section>",
    "picture": '<figure><img src="/b.jpg" alt="The bridge at dawn"><figcaption>The bridge at dawn. <span>Photo:'
    " Ole Berg"
    "</span></figcaption></figure>",
    "picture, no names": '<div><img src="/b.jpg"><span>The northern ramp on Monday. Ole Berg / Agency</span></div>',
    "gallery": '<div class="photo-gallery"><img src="/1.jpg"><p>The bridge in 1931, when it was opened for the'
    " first time by"
    " a mayor who had never learned to swim.</p></div>",
    "author box": '<div class="author-bio"><a href="/author/ida-krol">Ida Krol</a><p>Ida has covered the harbour'
    " since the"
    " days of coal, and keeps a boat that does not float.</p></div>",
    "author box, no names": "<div><p>Ida Krol has covered the harbour since the days of coal, and keeps a boat"
    " that does not"
    ' float.</p><div><a href="/author/ida-krol/">More from me</a></div></div>',
    "poll": '<div class="poll"><p>Will you take the bridge or the ferry from now on?</p><label>Bridge</label></div>',
    "hidden note": "<div hidden><p>Thank you! Look into your letter box, we have sent you a mail to confirm.</p></div>",
    "hidden by style": '<div style="display: none"><p>Thank you! We have sent you a mail that you need to'
    " confirm.</p></div>",
    "for screen readers": '<p class="sr-only">Skip the advertisement that follows here</p>',
    "app banner": '<div><p>Get our app and read the news on the bus.</p><a href="/plans/app">Download our'
    " app</a></div>",
    "survey": '<div class="reader-survey"><p>Tell us in two minutes what you think of the new front page of the'
    " paper.</p></div>",
    "back to top": '<a class="back-to-top" href="#top"><span>Back to top</span></a>',
    "loader": '<div class="loading-spinner"><span>Loading...</span></div>',
    "script": "<script>var a = '<p>This paragraph is not part of the story and never was.</p>'</script>",
    "unsafe template": "<template><p>A paragraph that no reader has ever seen on this page.</p></template>",
    "next article": "<article><h1>Second bridge put off</h1><p>The council voted on Thursday to put the second"
    " bridge off, and"
    " then went home early because of the fog.</p><p>Nobody has said what it will cost to wait.</p></article>",
}
