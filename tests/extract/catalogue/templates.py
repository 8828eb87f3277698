"""One article as nine systems would print it, with room for one more block at any place between its paragraphs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

URL = "https://observer.example/coast/salt-marsh-returns"


@dataclass(frozen=True)
class Story:
    """What the pages tell. Paragraphs are plain text."""

    language: str
    title: str
    paragraphs: tuple[str, ...]


ENGLISH = Story(
    "en",
    "Salt marsh returns after sixty years behind the dyke",
    (
        "The sea came back to Ostrey Flats on Thursday morning, sixty years after farmers had shut it out with a dyke"
        " of clay and brushwood.",
        "An excavator needed twenty minutes to open the gap, and by noon the first gulls were standing where barley"
        " had grown last summer.",
        "“My grandfather would not have believed it,” said Edda Maronk, who sold her last eleven hectares to the"
        " county in 2019.",
        "Biologists expect glasswort within two years and, later, the eels that once paid for the village school.",
        "The dyke behind the flats was raised by a metre before the water was let in, at a cost of nine million"
        " crowns.",
        "Not everybody is content. The hunting club has lost its hut, and two families say that their cellars have"
        " been damp since autumn.",
    ),
)
UKRAINIAN = Story(
    "uk",
    "Солоні луки повертаються через шістдесят років",
    (
        "Море повернулося на Острейські луки в четвер уранці, через шістдесят років після того, як селяни"
        " відгородилися від нього дамбою з глини та хмизу.",
        "Екскаватору вистачило двадцяти хвилин, щоб прокопати отвір, і вже опівдні перші чайки стояли там, де торік"
        " ріс ячмінь.",
        "«Мій дід не повірив би», — сказала Едда Маронк, яка 2019 року продала округу останні одинадцять гектарів.",
        "Біологи сподіваються, що за два роки тут виросте солонець, а згодом повернуться вугрі, за яких колись"
        " утримували сільську школу.",
        "Дамбу за луками підняли на метр ще до того, як пустили воду; роботи коштували дев'ять мільйонів крон.",
        "Задоволені не всі. Мисливський клуб утратив хатину, а дві родини кажуть, що в їхніх льохах від осені вогко.",
    ),
)
GERMAN = Story(
    "de",
    "Nach sechzig Jahren kehrt die Salzwiese zurück",
    (
        "Am Donnerstagmorgen ist das Meer auf die Ostreyer Wiesen zurückgekehrt, sechzig Jahre nachdem die Bauern es"
        " mit einem Deich aus Lehm und Reisig ausgesperrt hatten.",
        "Ein Bagger brauchte zwanzig Minuten für die Öffnung, und gegen Mittag standen die ersten Möwen dort, wo im"
        " letzten Sommer noch Gerste wuchs.",
        "„Mein Großvater hätte das nicht geglaubt“, sagte Edda Maronk, die 2019 ihre letzten elf Hektar an den"
        " Landkreis verkauft hat.",
        "Biologen rechnen in zwei Jahren mit dem ersten Queller und später mit den Aalen, von denen einst die"
        " Dorfschule bezahlt wurde.",
        "Der Deich hinter den Wiesen wurde vorher um einen Meter erhöht, das hat neun Millionen Kronen gekostet.",
        "Zufrieden sind nicht alle. Der Jagdverein hat seine Hütte verloren, und zwei Familien klagen über feuchte"
        " Keller.",
    ),
)

NAV = '<header><nav><a href="/">Home</a> <a href="/coast">Coast</a> <a href="/letters">Letters</a></nav></header>'
FOOT = "<footer><p>The Observer, 11 Lock Lane</p><a href='/imprint'>Imprint</a></footer>"


def _page(story: Story, body: str, head: str = "", html: str = "") -> bytes:
    return (
        f'<!DOCTYPE html><html lang="{story.language}"{html}><head><meta charset="utf-8">'
        f"<title>{escape(story.title)} | The Observer</title>{head}</head><body>{body}</body></html>"
    ).encode()


def _plain(blocks: Sequence[str]) -> str:
    return "\n".join(block if block.startswith("<") else f"<p>{escape(block)}</p>" for block in blocks)


def _semantic(story: Story, blocks: Sequence[str]) -> bytes:
    return _page(story, f"{NAV}<main><article><h1>{escape(story.title)}</h1>{_plain(blocks)}</article></main>{FOOT}")


def _wordpress(story: Story, blocks: Sequence[str]) -> bytes:
    side = '<div id="secondary" class="widget-area"><h3>Latest</h3><ul><li><a href="/a">Tide tables</a></li></ul></div>'
    return _page(
        story,
        f'{NAV}<div id="content" class="site-content"><article class="post type-post hentry"><header'
        f' class="entry-header"><h1 class="entry-title">{escape(story.title)}</h1><span class="byline">by Ilse Brandt'
        f'</span></header><div class="entry-content">{_plain(blocks)}</div></article>{side}</div>{FOOT}',
        '<meta property="article:published_time" content="2026-02-03T08:00:00+00:00">',
    )


def _ghost(story: Story, blocks: Sequence[str]) -> bytes:
    return _page(
        story,
        f'<div class="gh-viewport">{NAV}<main class="gh-main"><article class="gh-article post"><header'
        f' class="gh-article-header"><h1 class="gh-article-title">{escape(story.title)}</h1></header><section'
        f' class="gh-content gh-canvas">{_plain(blocks)}</section></article></main>{FOOT}</div>',
    )


def _hashed(story: Story, blocks: Sequence[str]) -> bytes:
    wrapped = "".join(
        block if block.startswith("<") else f'<div class="k3b9a"><p class="u7f1">{escape(block)}</p></div>'
        for block in blocks
    )
    return _page(
        story,
        f'<div id="__next"><div class="a1f0">{NAV}<div class="b2e7"><div class="c3d6"><h1 class="d4c5">'
        f'{escape(story.title)}</h1><div class="e5b4">{wrapped}</div></div></div></div></div>',
    )


def _drupal(story: Story, blocks: Sequence[str]) -> bytes:
    return _page(
        story,
        f'{NAV}<div class="region region-content"><h1 class="page-title">{escape(story.title)}</h1><article'
        ' class="node node--type-article node--view-mode-full"><div class="node__content"><div class="clearfix'
        ' text-formatted field field--name-body field--type-text-with-summary field--label-hidden field__item">'
        f"{_plain(blocks)}</div></div></article></div>{FOOT}",
    )


def _tailwind(story: Story, blocks: Sequence[str]) -> bytes:
    return _page(
        story,
        f'{NAV}<div class="mx-auto max-w-3xl px-4"><h1 class="text-4xl font-bold">{escape(story.title)}</h1><div'
        f' class="prose prose-lg mt-8">{_plain(blocks)}</div></div>{FOOT}',
    )


def _breaks(story: Story, blocks: Sequence[str]) -> bytes:
    text = "".join(block if block.startswith("<") else f"{escape(block)}<br><br>\n" for block in blocks)
    return _page(story, f'<table><tr><td><h1>{escape(story.title)}</h1><div id="txt">{text}</div></td></tr></table>')


def _amp(story: Story, blocks: Sequence[str]) -> bytes:
    return _page(
        story,
        f'<amp-sidebar id="m"><ul><li><a href="/">Home</a></li></ul></amp-sidebar><main><h1>{escape(story.title)}</h1>'
        f'<amp-ad width="300" height="250"></amp-ad><div class="amp-body">{_plain(blocks)}</div></main>',
        html=" amp",
    )


def _arc(story: Story, blocks: Sequence[str]) -> bytes:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "author": {"@type": "Person", "name": "Ilse Brandt"},
        "datePublished": "2026-02-03T08:00:00Z",
    }
    body = "".join(
        block if block.startswith("<") else f'<p class="c-paragraph b-article-body__p">{escape(block)}</p>'
        for block in blocks
    )
    return _page(
        story,
        f'<div id="fusion-app">{NAV}<section class="grid"><div class="c-stack"><h1 class="b-headline">'
        f'{escape(story.title)}</h1><article class="b-article-body">{body}</article></div></section>{FOOT}</div>',
        f'<script type="application/ld+json">{json.dumps(data)}</script>',
    )


SHAPES = {
    "semantic": (_semantic, ENGLISH),
    "wordpress": (_wordpress, UKRAINIAN),
    "ghost": (_ghost, ENGLISH),
    "hashed": (_hashed, ENGLISH),
    "drupal": (_drupal, GERMAN),
    "tailwind": (_tailwind, UKRAINIAN),
    "breaks": (_breaks, ENGLISH),
    "amp": (_amp, GERMAN),
    "arc": (_arc, ENGLISH),
}
PLACES = (0, 1, 3, 6)  # above the first paragraph, below it, in the middle, below the last


def page(shape: str, extra: str = "", place: int = 0) -> bytes:
    """The article in the shape of one system, with `extra` before the paragraph number `place`."""
    build, story = SHAPES[shape]
    blocks = list(story.paragraphs)
    if extra:
        # All but a leading tag would be taken for text and escaped.
        blocks.insert(place, extra if extra.startswith("<") else f"<div>{extra}</div>")
    return build(story, blocks)
