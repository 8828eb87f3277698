"""All targets: a property, what its inputs are made of, and how much one of them may cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import addresses, answers, kept, listings, pages

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Target:
    """`check` raises if an input breaks the property. An input has at most `most` bytes, and may take `seconds` of CPU
    and `per_kib` more for each KiB (both far beyond what is usual: instrumented code is slow). `words` are put together
    by the fuzzer; `confirm` is asked about an input that ended the process."""

    check: Callable[[bytes], None]
    words: str = ""
    most: int = 4096
    seconds: float = 1.0
    per_kib: float = 0.5
    confirm: Callable[[bytes], None] | None = None


_XML = "<![CDATA[ ]]> <!DOCTYPE <!ENTITY &amp; &#0; xmlns= <?xml encoding= <!-- -->"
_HTML = (
    "<p> </p> <div> <article> <h1> <h2> <ul> <li> <table> <tr> <td> <pre> <blockquote> <figure> <figcaption> <time "
    "<script> <style> <template> <svg> <noscript> <meta <link <a class= hidden datetime= content= property= itemprop= "
    "style='display:none' &nbsp; &#x200b; &shy; <br> <main> <section> <br><br> <select><option> <frameset> <b id=1>"
)
_JSON = (
    '"@type" "@id" "@graph" "headline" "author" "name" "datePublished" "NewsArticle" "LiveBlogPosting" [{ }] null 1e9'
)

TARGETS: dict[str, Target] = {
    "addresses": Target(
        addresses.check_addresses,
        "http:// https:// www. m. amp. xn-- %2e%2e /../ /amp /index.html ?utm_source= &amp; # #! [::1] 0x7f .com "
        "jsessionid= example.com example.net example.org -a12 ?page=2 /pdf",
    ),
    "redirect": Target(addresses.check_redirect, "// http: https: \\ /../ [:: ]: @ %2f xn-- 0x7f ?", most=1024),
    "lines": Target(addresses.check_lines, "\u00ad \u200b \u202e \ufeff \u0301 e\u0301 \u0344 \uac00", most=1024),
    "feed": Target(listings.check_feed, f"{_XML} <rss <item> <entry> <link <guid> <pubDate> xml:base= <rdf: <title>"),
    "sitemap": Target(listings.check_sitemap, f"{_XML} <urlset> <url> <loc> <lastmod> <sitemapindex> <news:news>"),
    "front": Target(listings.check_front, f"{_HTML} href= <nav> <footer>"),
    "robots": Target(listings.check_robots, "User-agent: Disallow: Allow: Crawl-delay: Sitemap: * $ # scraper %2F"),
    "answer": Target(
        answers.check_answer,
        "HTTP/1.1 200 301 304 Content-Length: Transfer-Encoding: chunked Content-Encoding: gzip deflate \r\n \r\n\r\n "
        "Location: Set-Cookie: 0\r\n\r\n 103",
    ),
    "body": Target(answers.check_body, "\x1f\u008b\x08"),
    "heads": Target(answers.check_heads, '"failures" "done" Sun, GMT 1e400 NaN gzip, text/html', most=512),
    "charset": Target(answers.check_charset, "<meta charset= <?xml encoding= utf-16 gb18030 euc-jp iso-2022-jp \x1b$B"),
    "snapshot": Target(kept.check_snapshot, most=2048),
    "sidecar": Target(
        kept.check_sidecar,
        f'{_JSON} "archive" "warc" "http" "captured_at" "edit" "parts" "kinds" "pages" "articleBody" "timezone" '
        '"published" "+99:99" "found_at" "verdict_flags"',
    ),
    "warc": Target(kept.check_warc, "WARC/1.1\r\n Content-Length: \r\n\r\n WARC-Block-Digest: \x1f"),
    "compare": Target(kept.check_compare, "correction: (updated) “ ” 12 1.2 million", most=2048, seconds=2.0),
    "config": Target(
        pages.check_config,
        "[[ ]] [[rules]] [[sources]] [admit] [pages] [network] [[examples]] name = home = every = cron = drop = "
        "\"\"\" ''' { } inf 1979-05-27 until = selector fields = delay = preset = url = kind =",
        seconds=2.0,
    ),
    "data": Target(pages.check_data, _JSON, seconds=2.0),
    "page": Target(pages.check_page, f"{_HTML} {_JSON}", most=8192, seconds=4.0, per_kib=1.0),
    "printed": Target(
        pages.check_printed,
        "obj endobj stream endstream /Type /Page /Pages /Kids /Count /Contents /Font Tj TJ BT ET Tm Tf xref trailer "
        "startxref %%EOF /Length /Filter /FlateDecode",
        most=16384, seconds=10.0, confirm=pages.check_caged,
    ),
}  # fmt: skip


def seeds(name: str) -> list[Path]:
    """The inputs that the project begins with, and all that were found: the committed ones of a target."""
    folders = (HERE / "seeds" / name, HERE / "findings" / name)
    return sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir())
