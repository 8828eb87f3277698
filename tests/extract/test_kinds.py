"""Pages that come with status 200 and are no article are told from those that only speak of such things."""

from __future__ import annotations

import pytest

from tests.extract.pages import PARAGRAPHS, TITLE, URL, ld, page, read

CARDS = "".join(
    f'<div class="card"><h3><a href="/2026/story-{n}/">Story number {n} of this long afternoon</a></h3><p>A line or two'
    f" about what happened in story {n}, and why it may matter.</p></div>"
    for n in range(12)
)
WORDS = " ".join(PARAGRAPHS)

LIVE = '<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"x"}</script>'


def bare(title: str, body: str, head: str = "") -> bytes:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


NO_ARTICLE = {
    "challenge": [
        bare("Just a moment...", "<h1>paper.example</h1><p>Checking if the site connection is secure</p>"),
        bare("Attention Required!", "<h1>Sorry, you have been blocked</h1><p>You cannot see paper.example</p>"),
        bare("paper.example", '<p>Please wait.</p><script src="/cdn-cgi/challenge-platform/h/b/x.js"></script>'),
        bare("Access denied", "<h1>Access Denied</h1><p>You do not have permission. Reference #18.2f</p>"),
        bare("Verify", '<h1>Please verify you are a human</h1><div class="g-recaptcha"></div>'),
        bare("Pardon Our Interruption", "<p>As you were browsing, something about your browser made us think.</p>"),
    ],
    "error": [
        bare("Page not found - The Harbour Paper", "<h1>404</h1><p>We looked everywhere, even under the pier.</p>"),
        bare("The Harbour Paper", "<h1>Page not found</h1><p>It may have moved. Try the search.</p>"),
        bare("Nicht gefunden", "<h1>Seite nicht gefunden</h1><p>Die Seite gibt es nicht mehr.</p>"),
        bare("Ой", "<h1>Страница не найдена</h1><p>Попробуйте начать с главной.</p>"),
        bare("The Harbour Paper", "<h1>Scheduled maintenance</h1><p>We are back at six.</p>"),
        bare("paper.example", "<h1>This domain is for sale</h1><p>Make an offer today.</p>"),
        bare("The Harbour Paper", "<p>This content is not available in your region.</p>"),
        bare("503 Service Unavailable", "<h1>503 Service Unavailable</h1><p>No server is available.</p>"),
    ],
    "login": [
        bare("Log in - The Harbour Paper", '<h1>Log in</h1><form><input name="u"><input type="password"></form>'),
        bare("Anmelden", '<h1>Anmelden</h1><form><input type="password"><button>Weiter</button></form>'),
    ],
    "consent": [
        bare("Before you continue", "<h1>Before you continue</h1><p>We use cookies.</p><button>Accept all</button>"),
        bare("The Harbour Paper", "<h1>We value your privacy</h1><p>We and our partners store information.</p>"),
    ],
    "listing": [
        bare("The Harbour Paper", f"<main>{CARDS}</main>"),
        page([], title="Stories about bridges", below=CARDS),
    ],
    "empty": [
        bare("The Harbour Paper", '<div id="app"></div><noscript>You need to enable JavaScript.</noscript>'),
        bare("The Harbour Paper", "<p>You need to enable JavaScript to run this app.</p>"),
        page([]),
    ],
    "video": [
        page([], title="The bridge from above", head='<meta property="og:type" content="video.other">'),
    ],
    "gallery": [
        page(
            [f"<figure><img><figcaption>Picture {n}: gulls over the market.</figcaption></figure>" for n in range(9)],
            title="The opening in pictures",
        ),
    ],
    "other": [
        b"!function(){var ferry = 1; console.log('The ferry is late again.');}();\n" * 40,
        b"day,ferries,late\nMonday,12,3\n" * 60,
        b"User-agent: *\nDisallow: /private\n" * 30,
        f'  {{"headline": "{TITLE}", "body": "<p>{WORDS}</p>"}}\n'.encode(),
        f'<?xml version="1.0"?><!-- <p> --><rss><channel><title>News</title><item><description>{WORDS}'
        "</description></item></channel></rss>".encode(),
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content>{WORDS}</content></entry></feed>'.encode(),
        f'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item>{WORDS}</item></r:RDF>'.encode(),
        f"<urlset><url><loc>https://paper.example/{WORDS[:40]}</loc></url></urlset>".encode(),
        bare("Ad blocker", "<h1>Ads!</h1><p>Please disable your ad blocker to continue reading this site.</p>"),
    ],
    "live": [
        page([f"14:0{n} The mayor says something new about the bridge and the bay." for n in range(9)], head=LIVE),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "html"), [(kind, html) for kind, pages in NO_ARTICLE.items() for html in pages])
def test_a_page_that_is_no_article_is_called_what_it_is(kind: str, html: bytes) -> None:
    article = read(html)
    assert article.kind == kind
    assert article.evidence, "a judgement comes with its evidence"


@pytest.mark.parametrize(
    "title",
    [
        "Page not found: how the library lost its catalogue",
        "404 people cross the bridge on its first day",
        "Why we are all asked whether we are a robot",
        "Council apologises: website under maintenance for a month",
        "Log in or stay out: ferry tickets go online",
        "Before you continue: what cookie banners really ask",
        "Access denied: fishermen turned away at the new pier",
    ],
)
def test_an_article_about_such_pages_is_an_article(title: str) -> None:
    assert read(page(title=title)).kind == "article"


@pytest.mark.parametrize("before", ["", "<?xml version='1.0'?><!-- <rss> -->", "[advertisement]", "{{ include }} "])
def test_an_article_behind_odd_first_words_is_an_article(before: str) -> None:
    assert read(before.encode() + page()).kind == "article"


def test_a_short_article_with_its_data_is_an_article() -> None:
    html = page(
        PARAGRAPHS[:3], title="404 people cross the bridge", head=ld(headline=TITLE, datePublished="2026-03-02")
    )
    assert read(html).kind == "article"


def test_the_front_page_is_a_list_even_if_its_first_story_is_long() -> None:
    html = bare("The Harbour Paper", f"<h2><a href='/1'>{TITLE}</a></h2><p>{WORDS}</p>{CARDS}")
    assert read(html, "https://paper.example/").kind == "listing"


def test_an_article_above_many_teasers_is_an_article() -> None:
    article = read(page(below=f"<section><h2>More</h2>{CARDS}</section>"))
    assert (article.kind, [block.text for block in article.blocks]) == ("article", list(PARAGRAPHS))


# ------------------------------------------------------------------------------------------------ how much is shown

WALL = (
    '<div class="wall"><h3>Subscribe to continue reading</h3><p>Already a subscriber? Log in</p>'
    '<a href="/subscribe">Subscribe</a></div>'
)


def test_a_beginning_above_a_wall_is_a_teaser() -> None:
    article = read(page(PARAGRAPHS[:2], head=ld(headline=TITLE, isAccessibleForFree=False), below=WALL))
    assert (article.kind, article.access) == ("article", "teaser")
    assert "teaser" in article.flags
    assert article.evidence


@pytest.mark.parametrize(
    "line",
    [
        "Il vous reste 57.09% de cet article à lire. La suite est réservée aux abonnés.",
        "This article is for subscribers only.",
        "Dieser Artikel ist nur für Abonnenten.",
        "この記事は有料会員限定です。",
    ],
)
def test_a_line_that_says_so_makes_a_teaser_in_any_language_and_is_no_text(line: str) -> None:
    article = read(page([*PARAGRAPHS[:2], line]))
    assert article.access == "teaser"
    assert [block.text for block in article.blocks] == list(PARAGRAPHS[:2])


def test_a_ghost_post_for_members_is_a_teaser() -> None:
    box = '<aside class="gh-post-upgrade-cta"><h2>This post is for subscribers only</h2><a>Subscribe</a></aside>'
    assert read(page(PARAGRAPHS[:2], below=box)).access == "teaser"


def test_a_whole_article_that_is_sold_is_paid_and_no_teaser() -> None:
    long = [f"{text} It was said again in line {n}." for n in range(6) for text in PARAGRAPHS]
    assert read(page(long, head=ld(headline=TITLE, isAccessibleForFree="False"))).access == "paid"


def test_far_fewer_words_than_the_page_declares_make_a_teaser() -> None:
    article = read(page(PARAGRAPHS[:2], head=ld(headline=TITLE, isAccessibleForFree=False, wordCount=900)))
    assert article.access == "teaser"


def test_a_free_article_is_free_and_an_open_question_stays_open() -> None:
    assert read(page(head=ld(headline=TITLE, isAccessibleForFree=True))).access == "free"
    assert read(page()).access is None


def test_the_text_in_a_pages_data_counts_where_scripts_would_have_shown_it() -> None:
    html = page([], head=ld(headline=TITLE, datePublished="2026-03-02", articleBody="\n\n".join(PARAGRAPHS)))
    article = read(html)
    assert [block.text for block in article.blocks] == list(PARAGRAPHS)
    assert (article.kind, article.origins["body"]) == ("article", "json-ld")


def test_the_text_in_a_paid_pages_data_is_not_what_readers_were_shown() -> None:
    data = ld(headline=TITLE, isAccessibleForFree=False, articleBody="\n\n".join(PARAGRAPHS * 3))
    assert len(read(page(PARAGRAPHS[:1], head=data, below=WALL)).blocks) == 1


def test_the_address_is_looked_at_like_everything_else() -> None:
    assert read(page([], title="Bridges", below=CARDS), "https://paper.example/tag/bridges/").kind == "listing"
    assert read(page(), URL).kind == "article"


def test_an_address_of_two_letters_is_a_front_page_only_with_headlines_on_it() -> None:
    assert read(page(), "https://paper.example/ok").kind == "article"
    assert read(page([], title="Nyheter", below=CARDS), "https://paper.example/sv/").kind == "listing"
