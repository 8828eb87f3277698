"""Ten sites in own markup: each prints a story with its furniture, and has slots where widgets may stand.

Slots: `head` (in <head>), `top` (before everything), `above` (over the headline), `beside` (in the line of author and
date), `under` (below that line), `lead` (before the first paragraph), `mid` (after the second), `late` (after the
fourth), `end` (after the last), `below` (after the article), `foot` (before the page ends). `data` says how the page
describes itself: ld, graph, metas, none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from tests.compare.catalogue.stories import Story

Slots = Mapping[str, str]


def inline(text: str) -> str:
    """Text with its markup as HTML."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text, quote=False))
    return re.sub(r"\[([^]]*)\]\(([^)]*)\)", r'<a href="\2">\1</a>', bold)


@dataclass(frozen=True)
class Dress:
    """How a template dresses each kind of block."""

    p: str = "<p>{}</p>"
    h: str = "<h2>{}</h2>"
    list: str = "<ul>\n{}\n</ul>"
    li: str = "<li>{}</li>"
    q: str = "<blockquote><p>{}</p></blockquote>"
    table: str = "<table>\n{}\n</table>"
    tr: str = "<tr>{}</tr>"
    td: str = "<td>{}</td>"


INDENTED = Dress(p="<p>\u3000\u3000{}</p>", h="<h3>{}</h3>")


def column(told: Story, slots: Slots, dress: Dress = Dress()) -> str:
    """The blocks of the story, with the slots between them."""
    return "\n".join(filter(None, _column(told, slots, dress)))


def _column(told: Story, slots: Slots, dress: Dress) -> Iterator[str]:
    yield slots.get("lead", "")
    paragraphs = 0
    for kind, run in groupby(told.body, key=lambda block: block[0]):
        texts = [text for _, text in run]
        if kind == "li":
            yield dress.list.format("\n".join(dress.li.format(inline(text)) for text in texts))
        elif kind == "tr":
            yield dress.table.format("\n".join(dress.tr.format(_cells(text, dress)) for text in texts))
        else:
            for text in texts:
                yield getattr(dress, kind).format(inline(text))
                paragraphs += kind == "p"
                if kind == "p":
                    yield slots.get({2: "mid", 4: "late"}.get(paragraphs, ""), "")
    yield slots.get("end", "")


def _cells(text: str, dress: Dress) -> str:
    return "".join(dress.td.format(inline(cell)) for cell in text.split(" | "))


# ---------------------------------------------------------------------------------------------- the page's own data


def data(told: Story, how: str, image: str = "https://cdn.{host}/i/fire-1200.jpg") -> str:
    """What the page says about itself, as `how` says it."""
    ld = '<script type="application/ld+json">{}</script>'
    if how == "ld":
        return ld.format(json.dumps(_node(told, image), ensure_ascii=False))
    if how == "graph":
        return ld.format(json.dumps({"@context": "https://schema.org", "@graph": _graph(told, image)}))
    if how == "metas":
        return _metas(told, image)
    return ""


def _node(told: Story, image: str) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": told.title,
        "description": told.subtitle,
        "image": [image.format(host=told.host)],
        "datePublished": told.published,
        "dateModified": told.modified,
        "author": [{"@type": "Person", "name": name} for name in told.authors],
        "publisher": {"@type": "Organization", "name": told.site},
        "mainEntityOfPage": told.url,
        "articleSection": told.section,
    }


def _graph(told: Story, image: str) -> list[dict[str, Any]]:
    site = f"https://{told.host}/"
    node = {**_node(told, image), "@id": f"{told.url}#article", "isPartOf": {"@id": told.url}}
    node["author"] = [{"@id": f"{site}#/person/{n}"} for n, _ in enumerate(told.authors)]
    people = [{"@type": "Person", "@id": f"{site}#/person/{n}", "name": name} for n, name in enumerate(told.authors)]
    page = {"@type": "WebPage", "@id": told.url, "name": told.title, "datePublished": told.published}
    return [node, page, {"@type": "WebSite", "@id": site, "name": told.site}, *people]


def _metas(told: Story, image: str) -> str:
    values = {
        "og:type": "article",
        "og:title": told.title,
        "og:description": told.subtitle,
        "og:site_name": told.site,
        "og:image": image.format(host=told.host),
        "article:published_time": told.published,
        "article:modified_time": told.modified,
    }
    lines = [f'<meta property="{name}" content="{escape(value)}">' for name, value in values.items()]
    return "\n".join([*lines, *(f'<meta name="author" content="{escape(name)}">' for name in told.authors)])


def _head(told: Story, slots: Slots, *, charset: str = "utf-8", more: str = "") -> str:
    return f"""<head>
<meta charset="{charset}">
<title>{escape(told.title)} | {escape(told.site)}</title>
<link rel="canonical" href="{told.url}">
{more}{slots.get("head", "")}
</head>"""


def _names(told: Story, pattern: str = "{}") -> str:
    return ", ".join(pattern.format(escape(name)) for name in told.authors)


def _lines(items: Iterable[str], pattern: str) -> str:
    return "\n".join(pattern.format(escape(item)) for item in items)


def _letter(told: Story, pattern: str) -> str:
    return pattern.format(*map(escape, told.ui["letter"]))


# ---------------------------------------------------------------------------------------------- the templates


def semantic(told: Story, slots: Slots, how: str = "ld") -> str:
    """A news site with the elements HTML has for it."""
    ui = told.ui
    return f"""<!DOCTYPE html>
<html lang="{told.lang}" dir="{told.dir}">
{_head(told, slots, more=data(told, how))}
<body>{slots.get("top", "")}
<header><a href="/">{told.site}</a><nav>{_lines(ui["nav"], '<a href="/s">{}</a>')}</nav></header>
<main><article>
<header>{slots.get("above", "")}
<h1>{escape(told.title)}</h1>
<p class="standfirst">{escape(told.subtitle)}</p>
<div class="meta">{ui["by"]} {_names(told, '<a rel="author" href="/people/x">{}</a>')}
 · <time datetime="{told.published}">{told.printed}</time>{slots.get("beside", "")}</div>
</header>{slots.get("under", "")}
<figure><img src="https://cdn.{told.host}/i/fire-1200.jpg" alt="">
<figcaption>{escape(told.caption)} <small>{escape(told.credit)}</small></figcaption></figure>
<div class="story-text">
{column(told, slots)}
</div>
<ul class="tags">{_lines(told.tags, '<li><a href="/tag/t">{}</a></li>')}</ul>
</article>{slots.get("below", "")}
<aside><h2>{ui["related"]}</h2>{_lines(ui["cards"], '<h3><a href="/news/n">{}</a></h3>')}</aside>
</main>
<footer><p>{ui["footer"]}</p></footer>{slots.get("foot", "")}
</body></html>
"""


def ghost(told: Story, slots: Slots, how: str = "ld") -> str:
    """A site on Ghost."""
    ui = told.ui
    dress = Dress(q="<blockquote>{}</blockquote>", h='<h2 id="section">{}</h2>')
    letter = '<section class="gh-subscribe"><h3>{}</h3><p>{}</p><button class="gh-btn">{}</button></section>'
    return f"""<!DOCTYPE html>
<html lang="{told.lang}" dir="{told.dir}">
{_head(told, slots, more=data(told, how) + data(told, "metas"))}
<body class="post-template tag-region">{slots.get("top", "")}
<header class="gh-head"><a class="gh-head-logo" href="/">{told.site}</a>
<nav class="gh-head-menu">{_lines(ui["nav"], '<a href="/s/">{}</a>')}</nav></header>
<main class="gh-main"><article class="gh-article post">
<header class="gh-article-header">{slots.get("above", "")}
<h1 class="gh-article-title">{escape(told.title)}</h1>
<p class="gh-article-excerpt">{escape(told.subtitle)}</p>
<div class="gh-article-meta"><h4 class="gh-article-author-name">{_names(told, '<a href="/author/x/">{}</a>')}</h4>
<time class="gh-article-meta-date" datetime="{told.published}">{told.printed}</time>{slots.get("beside", "")}</div>
{slots.get("under", "")}
<figure class="gh-article-image"><img src="https://cdn.{told.host}/i/fire-1200.jpg" alt="">
<figcaption>{escape(told.caption)} {escape(told.credit)}</figcaption></figure>
</header>
<section class="gh-content gh-canvas">
{column(told, slots, dress)}
</section></article>{slots.get("below", "")}
{_letter(told, letter)}
<section class="gh-read-next"><h3>{ui["related"]}</h3>
{_lines(ui["cards"], '<a class="gh-card" href="/n/"><h4 class="gh-card-title">{}</h4></a>')}</section>
</main>
<footer class="gh-foot"><p>{ui["footer"]}</p></footer>{slots.get("foot", "")}
</body></html>
"""


def classic(told: Story, slots: Slots, how: str = "graph") -> str:
    """A blog-like site on an old WordPress theme."""
    ui = told.ui
    author = '<span class="author vcard"><a class="fn" href="/author/x/">{}</a></span>'
    return f"""<!DOCTYPE html>
<html lang="{told.lang}" dir="{told.dir}">
{_head(told, slots, more=data(told, how))}
<body class="single single-post postid-4711">{slots.get("top", "")}
<div id="page"><div id="masthead"><a href="/">{told.site}</a>
<ul id="menu-main" class="menu">{_lines(ui["nav"], '<li class="menu-item"><a href="/s/">{}</a></li>')}</ul></div>
<div id="content"><div id="post-4711" class="post hentry">{slots.get("above", "")}
<h1 class="entry-title">{escape(told.title)}</h1>
<div class="entry-meta"><span class="posted-on"><time class="entry-date published" datetime="{told.published}">
{told.printed}</time></span>
<span class="byline">{ui["by"]} {_names(told, author)}</span>
{slots.get("beside", "")}</div>
{slots.get("under", "")}
<div class="entry-content">
{column(told, slots)}
<div class="sharedaddy"><h3>{ui["share"]}</h3><ul><li><a href="/share/f">F</a></li><li><a href="/share/x">X</a></li>
</ul></div>
</div>
<div class="entry-footer"><span class="tags-links">
{ui["tags"]}: {_lines(told.tags, '<a rel="tag" href="/tag/t/">{}</a>')}</span></div>
</div>{slots.get("below", "")}
<div id="comments"><h3>{ui["comments"]} (2)</h3></div></div>
<div id="secondary" class="widget-area"><div class="widget"><h3>{ui["related"]}</h3>
<ul>{_lines(ui["cards"], '<li><a href="/n/">{}</a></li>')}</ul></div></div>
<div id="colophon"><p>{ui["footer"]}</p></div></div>{slots.get("foot", "")}
</body></html>
"""


def gutenberg(told: Story, slots: Slots, how: str = "ld") -> str:
    """A site on a block theme of WordPress."""
    ui = told.ui
    dress = Dress(
        h='<h2 class="wp-block-heading">{}</h2>',
        list='<ul class="wp-block-list">\n{}\n</ul>',
        q='<blockquote class="wp-block-quote is-layout-flow"><p>{}</p></blockquote>',
        table='<figure class="wp-block-table"><table><tbody>\n{}\n</tbody></table></figure>',
    )
    letter = (
        '<div class="wp-block-group has-background"><h3 class="wp-block-heading">{}</h3><p>{}</p>'
        '<div class="wp-block-button"><a class="wp-block-button__link" href="/letter/">{}</a></div></div>'
    )
    return f"""<!DOCTYPE html>
<html lang="{told.lang}" dir="{told.dir}">
{_head(told, slots, more=data(told, how))}
<body class="wp-singular single wp-embed-responsive">{slots.get("top", "")}
<div class="wp-site-blocks"><header class="wp-block-template-part"><p class="wp-block-site-title"><a href="/">
{told.site}</a></p>
<nav class="wp-block-navigation">{_lines(ui["nav"], '<a href="/s/">{}</a>')}</nav></header>
<main class="wp-block-group">{slots.get("above", "")}
<h1 class="wp-block-post-title">{escape(told.title)}</h1>
<p class="wp-block-post-excerpt">{escape(told.subtitle)}</p>
<div class="wp-block-group"><div class="wp-block-post-author-name">{_names(told)}</div>
<div class="wp-block-post-date"><time datetime="{told.published}">{told.printed}</time></div>
{slots.get("beside", "")}</div>
{slots.get("under", "")}
<figure class="wp-block-post-featured-image"><img src="https://cdn.{told.host}/i/fire-1200.jpg" alt="">
<figcaption class="wp-element-caption">{escape(told.caption)} {escape(told.credit)}</figcaption></figure>
<div class="entry-content wp-block-post-content">
{column(told, slots, dress)}
{_letter(told, letter)}
</div>{slots.get("below", "")}
<div class="wp-block-post-terms">{_lines(told.tags, '<a rel="tag" href="/tag/t/">{}</a>')}</div>
</main>
<footer class="wp-block-template-part"><p>{ui["footer"]}</p></footer></div>{slots.get("foot", "")}
</body></html>
"""


def hashed(told: Story, slots: Slots, how: str = "ld") -> str:
    """A script framework's page whose class names a build tool made."""
    ui = told.ui
    dress = Dress(
        p='<p class="css-8k2m1x e1a9">{}</p>',
        h='<h2 class="css-0q7vbd e1b2">{}</h2>',
        list='<ul class="css-1u9zzr">\n{}\n</ul>',
        li='<li class="css-ry77qa"><span>{}</span></li>',
        q='<blockquote class="css-m3m0t2"><p class="css-8k2m1x e1a9">{}</p></blockquote>',
        table='<div class="css-t4bl3x"><table>\n{}\n</table></div>',
    )
    told_to_script = json.dumps({"props": {"id": "a-4711", "ts": told.modified}, "buildId": "Zk31"})
    return f"""<!DOCTYPE html>
<html lang="{told.lang}" dir="{told.dir}">
{_head(told, slots, more=data(told, how) + data(told, "metas"))}
<body>{slots.get("top", "")}<div id="__next"><div class="css-1x0aaa">
<header class="css-9s9lkj"><a href="/">{told.site}</a><nav>{_lines(ui["nav"], '<a class="css-ln4" href="/s">{}</a>')}
</nav></header>
<main class="css-2hq01p"><div class="css-5ty6pp">{slots.get("above", "")}
<h1 class="css-77hh1e">{escape(told.title)}</h1>
<div class="css-kk02ds">{escape(told.subtitle)}</div>
<div class="css-b1b1yy"><span>{ui["by"]} {_names(told, '<a href="/author/x">{}</a>')}</span><span>
<time datetime="{told.published}">{told.printed}</time></span>{slots.get("beside", "")}</div>
<div class="css-s0c1al"><button>{ui["share"]}</button></div>
{slots.get("under", "")}
<figure class="css-f1gg0z"><picture><img src="https://cdn.{told.host}/i/fire-1200.jpg" alt=""></picture>
<figcaption class="css-c4p01r"><span>{escape(told.caption)}</span> <span class="css-cr3d1t">{escape(told.credit)}
</span></figcaption></figure>
<section class="css-b0dy77">
{column(told, slots, dress)}
</section></div>{slots.get("below", "")}
<div class="css-r3l8td"><h2>{ui["related"]}</h2>
{_lines(ui["cards"], '<div class="css-crd"><a href="/news/n"><h3>{}</h3></a></div>')}</div>
</main>
<footer class="css-f00t3r"><p>{ui["footer"]}</p></footer></div></div>{slots.get("foot", "")}
<script id="__NEXT_DATA__" type="application/json">{told_to_script}</script>
</body></html>
"""


def table(told: Story, slots: Slots, how: str = "none") -> str:
    """A site from the years of tables, fonts and line breaks, which says nothing about itself."""
    ui = told.ui
    dress = Dress(
        p="{}<br><br>",
        h="<b>{}</b><br><br>",
        q="<blockquote>{}</blockquote>",
        table='<table border="1" cellpadding="2">\n{}\n</table><br>',
        list="<ul>\n{}\n</ul>",
    )
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html lang="{told.lang}">
{_head(told, slots, more=data(told, how))}
<body bgcolor="#ffffff">{slots.get("top", "")}
<table width="980" align="center"><tr><td colspan="2"><a href="/"><font size="6">{told.site}</font></a></td></tr>
<tr><td width="160" valign="top">{_lines(ui["nav"], '<a href="/s.html">{}</a><br>')}</td>
<td valign="top">{slots.get("above", "")}
<h1><font color="#003366">{escape(told.title)}</font></h1>
<p><i>{ui["by"]} {_names(told)}, {told.printed}</i>{slots.get("beside", "")}</p>
{slots.get("under", "")}
<div class="text"><font face="Georgia">
{column(told, slots, dress)}
</font></div>
{slots.get("below", "")}
<hr><b>{ui["related"]}</b><br>{_lines(ui["cards"], '<a href="/n.html">{}</a><br>')}
</td></tr>
<tr><td colspan="2"><font size="1">{ui["footer"]}</font></td></tr></table>{slots.get("foot", "")}
</body></html>
"""


def amp(told: Story, slots: Slots, how: str = "ld") -> str:
    """The short form for telephones."""
    ui = told.ui
    return f"""<!doctype html>
<html amp lang="{told.lang}" dir="{told.dir}">
{_head(told, slots, more=data(told, how) + '<style amp-boilerplate>body{visibility:visible}</style><script async src="https://cdn.ampproject.example/v0.js"></script>')}
<body>{slots.get("top", "")}
<header class="amp-header"><a href="/">{told.site}</a></header>
<amp-sidebar id="menu" layout="nodisplay"><ul>{_lines(ui["nav"], '<li><a href="/s">{}</a></li>')}</ul></amp-sidebar>
<main><article class="amp-article">{slots.get("above", "")}
<h1 class="amp-title">{escape(told.title)}</h1>
<h2 class="amp-subtitle">{escape(told.subtitle)}</h2>
<div class="amp-byline">{ui["by"]} {_names(told)} <time datetime="{told.published}">{told.printed}</time>
{slots.get("beside", "")}</div>
{slots.get("under", "")}
<figure class="amp-lead">
<amp-img src="https://cdn.{told.host}/i/fire-800.jpg" width="800" height="450" layout="responsive"></amp-img>
<figcaption>{escape(told.caption)} {escape(told.credit)}</figcaption></figure>
<div class="amp-content">
{column(told, slots)}
</div>
<amp-social-share type="system"></amp-social-share></article>{slots.get("below", "")}
<amp-list src="/related.json" layout="fixed-height" height="200"><div placeholder>{ui["related"]}</div></amp-list>
</main><footer class="amp-footer">{ui["footer"]}</footer>{slots.get("foot", "")}
</body></html>
"""


def microdata(told: Story, slots: Slots, how: str = "none") -> str:
    """A site that describes itself in the attributes of its elements."""
    ui = told.ui
    person = (
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">{}</span></span>'
    )
    letter = '<div class="subscribe-block"><div>{}</div><p>{}</p><a href="/subscribe">{}</a></div>'
    return f"""<!DOCTYPE html>
<html lang="{told.lang}">
{_head(told, slots, more=data(told, how))}
<body>{slots.get("top", "")}
<div class="header"><a class="logo" href="/">{told.site}</a><div class="header__menu">
{_lines(ui["nav"], '<a href="/s/">{}</a>')}</div></div>
<div class="layout"><div class="layout__main">
<div class="article" itemscope itemtype="https://schema.org/NewsArticle">{slots.get("above", "")}
<h1 class="article__title" itemprop="headline">{escape(told.title)}</h1>
<div class="article__lead" itemprop="description">{escape(told.subtitle)}</div>
<div class="article__info"><time class="article__date" itemprop="datePublished" datetime="{told.published}">
{told.printed}</time>
<meta itemprop="dateModified" content="{told.modified}">{_names(told, person)}{slots.get("beside", "")}</div>
{slots.get("under", "")}
<div class="article__photo"><img src="https://cdn.{told.host}/i/fire-1200.jpg" alt="">
<div class="article__photo-caption">{escape(told.caption)} {escape(told.credit)}</div></div>
<div class="article__text" itemprop="articleBody">
{column(told, slots, Dress(h="<h3>{}</h3>"))}
</div>
<div class="article__tags">{ui["tags"]}: {_lines(told.tags, '<a href="/tag/t/">{}</a>')}</div>
</div>{slots.get("below", "")}
{_letter(told, letter)}</div>
<div class="layout__side"><div class="side-title">{ui["related"]}</div>
{_lines(ui["cards"], '<div class="side-item"><a href="/n/">{}</a></div>')}</div></div>
<div class="footer"><p>{ui["footer"]}</p></div>{slots.get("foot", "")}
</body></html>
"""


def cjk(told: Story, slots: Slots, how: str = "metas") -> str:
    """A site as East Asian papers build them: short class names, paragraphs set in by an ideographic space."""
    ui = told.ui
    return f"""<!DOCTYPE html>
<html lang="{told.lang}">
{_head(told, slots, more=data(told, how))}
<body>{slots.get("top", "")}
<div id="hd"><a href="/">{told.site}</a><ul class="gnb">{_lines(ui["nav"], '<li><a href="/s/">{}</a></li>')}</ul>
</div>
<div id="wrap"><div class="cont-l">{slots.get("above", "")}
<h1 class="tit">{escape(told.title)}</h1>
<div class="sub-tit">{escape(told.subtitle)}</div>
<div class="info"><span class="date">{told.printed}</span><span class="writer">{ui["by"]} {_names(told)}</span>
{slots.get("beside", "")}</div>
{slots.get("under", "")}
<div class="pic"><img src="https://cdn.{told.host}/i/fire-1200.jpg" alt=""><p class="pic-txt">
{escape(told.caption)}（{escape(told.credit)}）</p></div>
<div class="art-txt" id="artTxt">
{column(told, slots, INDENTED)}
</div>
<div class="tool"><a href="/share">{ui["share"]}</a></div>{slots.get("below", "")}
<div class="rel"><h4>{ui["related"]}</h4><ul>{_lines(ui["cards"], '<li><a href="/n/">{}</a></li>')}</ul></div></div>
</div>
<div id="ft"><p>{ui["footer"]}</p></div>{slots.get("foot", "")}
</body></html>
"""


def rtl(told: Story, slots: Slots, how: str = "ld") -> str:
    """A site that is written from right to left."""
    ui = told.ui
    appeal = '<div class="support-box"><strong>{}</strong><p>{}</p><a class="btn" href="/support">{}</a></div>'
    return f"""<!DOCTYPE html>
<html lang="{told.lang}" dir="rtl">
{_head(told, slots, more=data(told, how))}
<body class="rtl">{slots.get("top", "")}
<header class="site-header"><a href="/">{told.site}</a><nav>{_lines(ui["nav"], '<a href="/s">{}</a>')}</nav></header>
<main class="page-article"><div class="article-wrapper">{slots.get("above", "")}
<h1 class="article-title">{escape(told.title)}</h1>
<h2 class="article-deck">{escape(told.subtitle)}</h2>
<div class="article-info"><span class="article-author">{ui["by"]}: {_names(told)}</span>
<time class="article-date" datetime="{told.published}">{told.printed}</time>{slots.get("beside", "")}</div>
{slots.get("under", "")}
<figure class="article-image"><img src="https://cdn.{told.host}/i/fire-1200.jpg" alt=""><figcaption>
{escape(told.caption)} {escape(told.credit)}</figcaption></figure>
<div class="wysiwyg article-body">
{column(told, slots)}
</div></div>{slots.get("below", "")}
{appeal.format(*map(escape, ui["appeal"]))}
<section class="more-stories"><h3>{ui["related"]}</h3>
{_lines(ui["cards"], '<article><a href="/n"><h4>{}</h4></a></article>')}</section>
</main><footer class="site-footer"><p>{ui["footer"]}</p></footer>{slots.get("foot", "")}
</body></html>
"""


Template = Callable[[Story, Slots], str]
TEMPLATES: dict[str, Callable[..., str]] = {
    each.__name__: each for each in (semantic, ghost, classic, gutenberg, hashed, table, amp, microdata, cjk, rtl)
}
