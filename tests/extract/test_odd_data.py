"""What publishers really write into their data, and what is read from it: a field that is not given is left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from html import escape

import pytest

from tests.extract.pages import PARAGRAPHS, TITLE, ld, outlet, page, read, texts

URL = "https://paper.example/harbour-bridge"
CEST = timezone(timedelta(hours=2))
NOON = datetime(2024, 8, 22, 12, tzinfo=CEST)
WHEN = "2024-08-22T12:00:00+02:00"
NODE = (
    f'"@type":"NewsArticle","headline":"{TITLE}","datePublished":"{WHEN}",'
    '"author":{"@type":"Person","name":"Ida Krol"}'
)


def script(text: str, kind: str = "application/ld+json") -> str:
    return f'<script type="{kind}">{text}</script>'


def naive(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - the page gives no zone


# ------------------------------------------------------------------------------------------------ where the node is

SHAPES = {
    "alone": f"{{{NODE}}}",
    "in an array": f'[{{"@type":"BreadcrumbList","itemListElement":[]}},{{{NODE}}}]',
    "in an array in an array": f"[[{{{NODE}}}]]",
    "in a graph": f'{{"@context":"https://schema.org","@graph":[{{"@type":"WebSite","name":"Paper"}},{{{NODE}}}]}}',
    "in the graph of a graph": f'{{"@graph":[{{"@graph":[{{{NODE}}}]}}]}}',
    "in a graph of one": f'{{"@graph":{{{NODE}}}}}',
    "main entity of a page": f'{{"@type":"WebPage","name":"Paper","mainEntity":{{{NODE}}}}}',
    "main entity of a page, in an array": f'{{"@type":"WebPage","mainEntity":[{{{NODE}}}]}}',
    "several types": "{" + NODE.replace('"NewsArticle"', '["Thing","NewsArticle","Article"]') + "}",
    "a type with its address": "{" + NODE.replace('"NewsArticle"', '"http://schema.org/NewsArticle"') + "}",
    "a type with a prefix": "{" + NODE.replace('"NewsArticle"', '"schema:NewsArticle"') + "}",
    "a type in small letters": "{" + NODE.replace('"NewsArticle"', '"newsarticle"') + "}",
    "a rare type": "{" + NODE.replace('"NewsArticle"', '"BackgroundNewsArticle"') + "}",
    "a technical type": "{" + NODE.replace('"NewsArticle"', '"TechArticle"') + "}",
    "a work of some kind": "{" + NODE.replace('"NewsArticle"', '"CreativeWork"') + "}",
    "no type at all": "{" + NODE.replace('"@type":"NewsArticle",', "") + "}",
}
BROKEN = {
    "byte order mark": f"\ufeff{{{NODE}}}",
    "HTML comment": f"<!--\n{{{NODE}}}\n-->",
    "HTML comment behind slashes": f"//<!--\n{{{NODE}}}\n//-->",
    "CDATA": f"<![CDATA[{{{NODE}}}]]>",
    "CDATA behind slashes": f"\n//<![CDATA[\n{{{NODE}}}\n//]]>\n",
    "CDATA in comments": f"/*<![CDATA[*/\n{{{NODE}}}\n/*]]>*/",
    "line comments": "{\n// the story\n" + NODE.replace(',"date', ', // when\n"date') + "\n}",
    "block comments": "{/* the story */" + NODE + "/* end */}",
    "trailing comma": f"{{{NODE},}}",
    "trailing comma in an array": f'{{{NODE},"keywords":["a","b",],}}',
    "semicolon": f"{{{NODE}}};",
    "two commas": "{" + NODE.replace(',"date', ',,"date') + "}",
    "a value that is missing": f'{{"image": ,{NODE}}}',
    "a value at the end that is missing": f'{{{NODE},"image": }}',
    "undefined": f'{{"image":undefined,{NODE}}}',
    "raw line break in a text": f'{{"description":"two\nlines\there",{NODE}}}',
    "quotes in a text": f'{{"description":"They said "one summer", and left",{NODE}}}',
    "quotes at the end of a text": f'{{"description":"They said "one summer"",{NODE}}}',
    "a quoted text before a comma": f'{{"description":"The "Gull", a ferry",{NODE}}}',
    "single quotes escaped": f'{{"description":"It\\\'s over",{NODE}}}',
    "an escape that is none": f'{{"description":"C:\\paper\\x",{NODE}}}',
    "several objects": f'{{"@type":"WebSite","name":"Paper"}}{{{NODE}}}',
    "several objects with commas": f'{{"@type":"WebSite","name":"Paper"}},\n{{{NODE}}}',
    "escaped": escape(f"{{{NODE}}}"),
    "escaped twice": escape(escape(f"{{{NODE}}}")),
    "a broken one before": '{"@type":"WebSite","name": oh no}</script><script type="application/ld+json">'
    + f"{{{NODE}}}",
    "an assignment": f"window.data = {{{NODE}}};",
}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_the_article_is_found_wherever_the_data_keep_it(name: str) -> None:
    article = read(page(head=script(SHAPES[name])), URL)
    assert (article.title, article.authors, article.published) == (TITLE, ("Ida Krol",), NOON)


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_data_that_no_parser_takes_are_read_all_the_same(name: str) -> None:
    article = read(page(head=script(BROKEN[name])), URL)
    assert (article.authors, article.published) == (("Ida Krol",), NOON)
    assert texts(article) == list(PARAGRAPHS)


@pytest.mark.parametrize("kind", ["application/ld+json;charset=utf-8", "application/LD+JSON", " application/ld+json "])
def test_the_type_of_a_data_block_may_be_written_in_other_ways(kind: str) -> None:
    assert read(page(head=script(f"{{{NODE}}}", kind)), URL).published == NOON


@pytest.mark.parametrize("kind", ["VideoObject", "ImageObject", "Comment", "Event", "Product", "Person"])
def test_other_things_on_the_page_lend_the_article_nothing(kind: str) -> None:
    other = NODE.replace('"NewsArticle"', f'"{kind}"')
    article = read(page(head=script(f"{{{other}}}")), URL)
    assert (article.authors, article.published) == ((), None)


# ------------------------------------------------------------------------------------------------ authors

AUTHORS: dict[str, tuple[object, tuple[str, ...]]] = {
    "a text": ("Ida Krol", ("Ida Krol",)),
    "a list of texts": (["Ida Krol", "Ole Berg"], ("Ida Krol", "Ole Berg")),
    "commas and a German and": ("Ida Krol, Ole Berg und Jana Hollister", ("Ida Krol", "Ole Berg", "Jana Hollister")),
    "commas and an Oxford comma": (
        "Ida Krol, Ole Berg, and Jana Hollister",
        ("Ida Krol", "Ole Berg", "Jana Hollister"),
    ),
    "a French and": ("Par Ida Krol et Ole Berg", ("Ida Krol", "Ole Berg")),
    "a Spanish and": ("Por Ida Krol y Ole Berg", ("Ida Krol", "Ole Berg")),
    "an Italian of": ("di Ida Krol", ("Ida Krol",)),
    "a Swedish text": ("Text: Ida Krol", ("Ida Krol",)),
    "Russian": ("Автор: Ида Кроль", ("Ида Кроль",)),
    "Ukrainian, two": ("Автори: Іда Кроль та Оле Берг", ("Іда Кроль", "Оле Берг")),
    "Chinese": ("文/记者 王小明", ("王小明",)),
    "Chinese with a colon": ("记者：王小明", ("王小明",)),
    "Chinese, two": ("作者：王小明、李华", ("王小明", "李华")),
    "Japanese": ("文・山田太郎", ("山田太郎",)),
    "Korean": ("김철수 기자", ("김철수",)),
    "Polish": ("Autor: Ida Król", ("Ida Król",)),
    "Greek": ("Του Νίκου Παπαδόπουλου", ("Νίκου Παπαδόπουλου",)),
    "a job": ("Ida Krol, Chief Political Correspondent", ("Ida Krol",)),
    "a job behind a dash": ("Ida Krol - Political Editor", ("Ida Krol",)),
    "a job behind a bar": ("Ida Krol | Political Editor", ("Ida Krol",)),
    "a job in brackets": ("Ida Krol (Redakteurin)", ("Ida Krol",)),
    "an address": ("Ida Krol <ida@paper.example>", ("Ida Krol",)),
    "an address alone": ("ida@paper.example", ()),
    "a handle": ("Ida Krol @idakrol", ("Ida Krol",)),
    "a handle alone": ("@idakrol", ()),
    "a link": ("https://paper.example/author/ida-krol", ()),
    "by": ("by Ida Krol", ("Ida Krol",)),
    "by and a colon": ("By: Ida Krol", ("Ida Krol",)),
    "von": ("von Ida Krol", ("Ida Krol",)),
    "von in a name": ("Ida von Krol", ("Ida von Krol",)),
    "de in a name": ("Ana de la Cruz", ("Ana de la Cruz",)),
    "y in a name of one word each": ("Ortega y Gasset", ("Ortega", "Gasset")),
    "an agency": ({"@type": "Organization", "name": "Reuters"}, ("Reuters",)),
    "somebody and an agency": ([{"name": "Ida Krol"}, {"@type": "Organization", "name": "AFP"}], ("Ida Krol", "AFP")),
    "names of nothing": ([{"@type": "Person", "name": ""}, {"@type": "Person", "name": " "}], ()),
    "a name of null": ({"@type": "Person", "name": None}, ()),
    "no name": ({"@type": "Person"}, ()),
    "given and family name": ({"@type": "Person", "givenName": "Ida", "familyName": "Krol"}, ("Ida Krol",)),
    "a name in a list": ({"@type": "Person", "name": ["Ida Krol", "Ole Berg"]}, ("Ida Krol", "Ole Berg")),
    "a name with a language": ({"@type": "Person", "name": {"@value": "Ida Krol", "@language": "pl"}}, ("Ida Krol",)),
    "in capitals": ("IDA KROL", ("IDA KROL",)),
    "doubled": (["Ida Krol", "ida krol", "Ida  Krol"], ("Ida Krol",)),
    "entities": ("Ida Kr&oacute;l &amp; Ole Berg", ("Ida Król", "Ole Berg")),
    "markup": ('<a href="/ida">Ida Krol</a>', ("Ida Krol",)),
    "an empty list": ([], ()),
    "a user": ("admin", ()),
    "a title": ("Dr. Ida Krol", ("Dr. Ida Krol",)),
    "an apostrophe": ("Siobhán O’Brien-Krol", ("Siobhán O’Brien-Krol",)),
    "a list in a set": ({"@list": [{"name": "Ida Krol"}]}, ("Ida Krol",)),
}


@pytest.mark.parametrize("name", sorted(AUTHORS))
def test_an_author_is_a_name_and_nothing_beside_it(name: str) -> None:
    author, names = AUTHORS[name]
    assert read(page(head=ld(headline=TITLE, author=author)), URL).authors == names


def test_authors_are_looked_up_where_the_data_only_refer_to_them() -> None:
    people = (
        '{"@type":"Person","@id":"https://paper.example/#/schema/person/1","name":"Ida Krol"},'
        '{"@type":"Person","@id":"#ob","name":"Ole Berg"}'
    )
    node = f'{{"@type":"NewsArticle","headline":"{TITLE}","author":[{{"@id":"https://paper.example/#/schema/person/1"}},{{"@id":"#ob"}}]}}'
    assert read(page(head=script(f'{{"@graph":[{node},{people}]}}')), URL).authors == ("Ida Krol", "Ole Berg")


@pytest.mark.parametrize("target", ["#nobody", "https://elsewhere.example/p"])
def test_a_reference_that_leads_nowhere_names_nobody(target: str) -> None:
    assert read(page(head=ld(headline=TITLE, author={"@id": target})), URL).authors == ()


# ------------------------------------------------------------------------------------------------ times

TIMES: dict[str, tuple[object, object]] = {
    "with a zone": (WHEN, NOON),
    "with Z": ("2024-08-22T10:00:00Z", datetime(2024, 8, 22, 10, tzinfo=UTC)),
    "small z": ("2024-08-22T10:00:00z", datetime(2024, 8, 22, 10, tzinfo=UTC)),
    "without a zone": ("2024-08-22T12:00:00", naive(2024, 8, 22, 12)),
    "without seconds": ("2024-08-22T12:00+02:00", NOON),
    "fractions": ("2024-08-22T12:00:00.000+02:00", NOON),
    "nine digits": ("2024-08-22T12:00:00.000000000+02:00", NOON),
    "a blank before the zone": ("2024-08-22 12:00:00 +0200", NOON),
    "a zone of two digits": ("2024-08-22T12:00:00+02", NOON),
    "a zone in brackets": ("2024-08-22T12:00:00+02:00[Europe/Berlin]", NOON),
    "a zone that cannot be": ("2024-08-22T12:00:00+47:00", None),
    "a day": ("2024-08-22", date(2024, 8, 22)),
    "a compact day": ("20240822", date(2024, 8, 22)),
    "compact": ("20240822T120000+0200", NOON),
    "slashes, year first": ("2024/08/22 12:00", naive(2024, 8, 22, 12)),
    "RFC 822": ("Thu, 22 Aug 2024 12:00:00 +0200", NOON),
    "RFC 822 with a name": ("Thu, 22 Aug 2024 10:00:00 GMT", datetime(2024, 8, 22, 10, tzinfo=UTC)),
    "RFC 822 with EDT": ("Thu, 22 Aug 2024 06:00:00 EDT", datetime(2024, 8, 22, 10, tzinfo=UTC)),
    "a script's own form": ("Thu Aug 22 2024 12:00:00 GMT+0200 (Central European Summer Time)", NOON),
    "seconds": ("1724320800", NOON),
    "seconds as a number": (1724320800, NOON),
    "milliseconds": ("1724320800000", NOON),
    "milliseconds as a number": (1724320800000, NOON),
    "day first, dots": ("22.08.2024 12:00", naive(2024, 8, 22, 12)),
    "day first, slashes": ("22/08/2024", date(2024, 8, 22)),
    "either way round": ("08/07/2024", None),
    "month first, certain": ("08/22/2024", date(2024, 8, 22)),
    "in words": ("August 22, 2024", date(2024, 8, 22)),
    "in words with a time": ("August 22, 2024 12:00 PM", naive(2024, 8, 22, 12)),
    "midnight of a clock of twelve hours": ("August 22, 2024 12:05 AM", naive(2024, 8, 22, 0, 5)),
    "zeros": ("0000-00-00T00:00:00", None),
    "a thirteenth month": ("2024-13-01", None),
    "a thirtieth of February": ("2024-02-30", None),
    "a Buddhist year": ("2567-08-22", None),
    "a Persian year": ("1403-06-01", None),
    "a Persian day in words": ("۱ شهریور ۱۴۰۳", None),
    "a Thai day in words": ("22 สิงหาคม 2567", None),
    "an Islamic year": ("1446-02-17", None),
    "ago": ("3 hours ago", None),
    "a list": ([WHEN, "2024-08-23"], NOON),
    "a node": ({"@type": "Date", "@value": WHEN}, NOON),
    "empty": ("", None),
    "nothing": (None, None),
    "a truth": (True, None),
    "a template": ("{{ published }}", None),
    "an invalid date": ("Invalid Date", None),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TIMES))
def test_a_time_is_what_the_data_say_or_nothing(name: str) -> None:
    told, when = TIMES[name]
    assert read(page(head=ld(headline=TITLE, datePublished=told)), URL).published == when


LINES: dict[str, tuple[str, object]] = {
    "en": ("Published August 22, 2024", date(2024, 8, 22)),
    "en-gb": ("Thursday 22nd August 2024", date(2024, 8, 22)),
    "de": ("22. März 2024", date(2024, 3, 22)),
    "de-at": ("22. Jänner 2024", date(2024, 1, 22)),
    "fr": ("le 1er août 2024", date(2024, 8, 1)),
    "fr-2": ("22 févr. 2024 à 12h05", naive(2024, 2, 22, 12, 5)),
    "fr-3": ("22 juillet 2024", date(2024, 7, 22)),
    "es": ("22 de septiembre de 2024", date(2024, 9, 22)),
    "es-of-the": ("22 de enero del 2024", date(2024, 1, 22)),
    "it": ("22 maggio 2024", date(2024, 5, 22)),
    "pt": ("22 de março de 2024", date(2024, 3, 22)),
    "nl": ("22 maart 2024", date(2024, 3, 22)),
    "sv": ("22 augusti 2024", date(2024, 8, 22)),
    "no": ("22. desember 2024", date(2024, 12, 22)),
    "da": ("22. oktober 2024", date(2024, 10, 22)),
    "fi": ("22. heinäkuuta 2024", date(2024, 7, 22)),
    "fi-2": ("22. toukokuuta 2024", date(2024, 5, 22)),
    "pl": ("22 sierpnia 2024", date(2024, 8, 22)),
    "pl-2": ("22 listopada 2024", date(2024, 11, 22)),
    "pl-3": ("22 lipca 2024", date(2024, 7, 22)),
    "cs": ("22. října 2024", date(2024, 10, 22)),
    "cs-2": ("22. června 2024", date(2024, 6, 22)),
    "cs-3": ("22. července 2024", date(2024, 7, 22)),
    "cs-4": ("22. listopadu 2024", date(2024, 11, 22)),
    "sk": ("22. októbra 2024", date(2024, 10, 22)),
    "hr": ("22. listopada 2024.", date(2024, 10, 22)),
    "en-and-who-knows": ("22. listopada 2024", None),
    "hu": ("2024. augusztus 22.", date(2024, 8, 22)),
    "hu-2": ("2024. május 22., 12:05", naive(2024, 5, 22, 12, 5)),
    "ro": ("22 iulie 2024", date(2024, 7, 22)),
    "tr": ("22 Ağustos 2024 12:05", naive(2024, 8, 22, 12, 5)),
    "tr-2": ("22 Şubat 2024", date(2024, 2, 22)),
    "ru": ("22 августа 2024, 12:05", naive(2024, 8, 22, 12, 5)),
    "uk": ("22 липня 2024", date(2024, 7, 22)),
    "uk-2": ("22 листопада 2024", date(2024, 11, 22)),
    "bg": ("22 юли 2024", date(2024, 7, 22)),
    "el": ("22 Αυγούστου 2024", date(2024, 8, 22)),
    "lt": ("2024 m. rugpjūčio 22 d.", date(2024, 8, 22)),
    "ca": ("22 d'agost de 2024", date(2024, 8, 22)),
    "id": ("22 Agustus 2024", date(2024, 8, 22)),
    "vi": ("22/08/2024", date(2024, 8, 22)),
    "ja": ("2024年8月22日 12:05", naive(2024, 8, 22, 12, 5)),
    "ja-2": ("2024年8月22日 12時05分", naive(2024, 8, 22, 12, 5)),
    "ko": ("2024년 8월 22일", date(2024, 8, 22)),
    "zh": ("2024-08-22 12:05", naive(2024, 8, 22, 12, 5)),
    "ar": ("22 أغسطس 2024", date(2024, 8, 22)),
    "he": ("22 באוגוסט 2024", date(2024, 8, 22)),
    "hi": ("22 अगस्त 2024", date(2024, 8, 22)),
    "th": ("22 สิงหาคม 2567", None),
    "fa": ("۱ شهریور ۱۴۰۳", None),
    "en-no-year": ("22 August", None),
    "ko-2": ("2024년 8월 22일 오후 3:05", naive(2024, 8, 22, 15, 5)),
    "zh-2": ("2024年8月22日 下午3:05", naive(2024, 8, 22, 15, 5)),
    "es-pm": ("22 de agosto de 2024, 3:05 p. m.", naive(2024, 8, 22, 15, 5)),
    "sl": ("22. avgust 2024", date(2024, 8, 22)),
    "et": ("22. juuli 2024", date(2024, 7, 22)),
    "sr": ("22. август 2024.", date(2024, 8, 22)),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LINES))
def test_a_printed_day_is_read_in_many_languages(name: str) -> None:
    line, when = LINES[name]
    html = page(above=f'<div class="date">{line}</div>').replace(b'lang="en"', f'lang="{name[:2]}"'.encode())
    assert read(html, URL).published == when


def day(visible: str, **told: object) -> object:
    """The publication of a page with a visible line above its text."""
    return read(page(head=ld(headline=TITLE, **told), above=visible), URL).published


@pytest.mark.parametrize(
    "visible",
    [
        '<time datetime="2024-08-22T12:00:00+02:00">22 August</time>',
        '<time datetime="2024-08-22">22.08.2024</time><time datetime="2024-08-22T12:00:00+02:00">12:00</time>',
        f'<span itemprop="datePublished" content="{WHEN}">22 August</span>',
    ],
)
def test_a_day_in_the_data_gets_the_time_that_the_page_shows(visible: str) -> None:
    assert day(f"<div>{visible}</div>", datePublished="2024-08-22") == NOON


@pytest.mark.parametrize(
    "visible",
    [
        '<p>Updated: <time datetime="2024-08-22T18:00:00+02:00">22 August, 18:00</time></p>',
        '<p class="date">Aktualisiert am 22.08.2024, 18:00 Uhr</p>',
        '<p><time datetime="2024-08-23T12:00:00+02:00">23 August</time></p>',
        '<time itemprop="dateModified" datetime="2024-08-22T18:00:00+02:00">22 August</time>',
    ],
)
def test_a_time_of_something_else_is_not_the_days(visible: str) -> None:
    assert day(visible, datePublished="2024-08-22") == date(2024, 8, 22)


def test_a_printed_time_of_the_same_day_is_the_days() -> None:
    assert day('<p class="date">22 August 2024, 12:05</p>', datePublished="2024-08-22") == naive(2024, 8, 22, 12, 5)


def test_a_day_on_the_page_gets_its_time_from_other_data() -> None:
    html = page(
        head=script(f'{{"@type":"WebPage","datePublished":"{WHEN}"}}'), above="<time datetime='2024-08-22'>22.8.</time>"
    )
    assert read(html, URL).published == NOON


@pytest.mark.parametrize("key", ["datePublished", "dateCreated", "uploadDate"])
def test_what_was_published_comes_before_what_was_created(key: str) -> None:
    told = {"dateCreated": "2024-08-20T12:00:00+02:00", "uploadDate": "2024-08-19", key: WHEN}
    if key == "datePublished":
        assert day("", **told) == NOON
    else:
        assert day("", **{key: WHEN}) == NOON


def test_a_change_before_the_publication_is_no_change() -> None:
    told = {"datePublished": WHEN, "dateModified": "2024-08-21T12:00:00+02:00"}
    article = read(page(head=ld(headline=TITLE, **told)), URL)
    assert (article.published, article.modified) == (NOON, None)


def test_a_time_without_zone_beside_the_same_one_with_it_gets_it() -> None:
    head = ld(headline=TITLE, datePublished="2024-08-22T12:00:00")
    assert read(page(head=f'{head}<meta property="article:published_time" content="{WHEN}">'), URL).published == NOON


def test_an_outlets_zone_is_given_to_a_time_without_one() -> None:
    html = page(head=ld(headline=TITLE, datePublished="2024-08-22T12:00:00"))
    assert read(html, URL, outlet=outlet(timezone="Europe/Berlin")).published == NOON


# ------------------------------------------------------------------------------------------------ headlines

OG = f'<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="The Harbour Paper">'
HEADS: dict[str, tuple[str, str]] = {
    "site behind a bar": (f"<title>{TITLE} | The Harbour Paper</title>", TITLE),
    "site behind a dash": (f"<title>{TITLE} – The Harbour Paper</title>", TITLE),
    "site in front": (f"<title>The Harbour Paper: {TITLE}</title>", TITLE),
    "site in capitals": (f"<title>{TITLE} - THE HARBOUR PAPER</title>", TITLE),
    "the site's address": (f"<title>{TITLE} - paper.example</title>", TITLE),
}
SHOWN: dict[str, str] = {
    "plain": f"<h1>{TITLE}</h1>",
    "a kicker in it": f'<h1><span class="kicker">Harbour</span> {TITLE}</h1>',
    "a kicker in a block in it": f'<h1><div class="kicker">Harbour</div><div>{TITLE}</div></h1>',
    "a kicker in a block without a name": f"<h1><div>Harbour</div><div>{TITLE}</div></h1>",
    "a break in it": f"<h1>{TITLE.replace(' after', '<br>after')}</h1>",
    "a break without blanks in it": f"<h1>{TITLE.replace(' after ', '<br/>after ')}</h1>",
    "soft hyphens": f"<h1>{TITLE.replace('bridge', 'bri&shy;dge')}</h1>",
    "no-break blanks": f"<h1>{TITLE.replace(' ', '&nbsp;')}</h1>",
    "a logo before it": f"<h1><a href='/'>The Harbour Paper</a></h1><h1>{TITLE}</h1>",
    "a logo as picture": f'<h1><a href="/"><img alt="Paper" src="/l.png"></a></h1><h2>{TITLE}</h2>',
    "only a logo": f"<h1>The Harbour Paper</h1><h2>{TITLE}</h2>",
    "doubled": f"<h1>{TITLE}</h1><h1>{TITLE}</h1>",
    "for readers of screens as well": f'<h1>{TITLE}<span class="sr-only"> - The Harbour Paper</span></h1>',
    "a link": f'<h1><a href="{URL}">{TITLE}</a></h1>',
    "a label in it": f'<h1>{TITLE} <span class="label">Premium</span></h1>',
    "none": "",
}


@pytest.mark.parametrize("name", sorted(HEADS))
def test_a_declared_title_loses_the_sites_name(name: str) -> None:
    head, title = HEADS[name]
    html = page(head='<meta property="og:site_name" content="The Harbour Paper">').decode()
    start, end = html.index("<title>"), html.index("</title>") + 8
    html = html.replace(f"<h1>{TITLE}</h1>", "")
    assert read((html[:start] + head + html[end:]).encode(), URL).title == title


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_a_headline_is_read_through_what_templates_put_around_it(name: str) -> None:
    html = page(head=OG).decode().replace(f"<h1>{TITLE}</h1>", SHOWN[name])
    article = read(html.encode(), URL)
    assert article.title == TITLE
    assert texts(article) == list(PARAGRAPHS)
