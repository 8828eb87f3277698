"""`scraper outlets add`: from a home page to a file that the daemon takes up."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper import outlets
from scraper.cli import main, starter
from scraper.discover.homes import describe, language, told
from scraper.model import Outlet, Source
from scraper.outlets import EVERY
from scraper.tomlfile import values
from scraper.tomlfile.written import outlet_file
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Reply, Site, feed, outlet, serve, wait_for

HOST = "paper.example"
HOME = f"http://{HOST}/"
STORIES = [f"{HOME}2026/11/{day:02}/the-bridge-is-closed-for-day-{day}/" for day in range(1, 7)]
Route = Any


def home(*links: str, head: str = "", body: str = "<p>News of the town.</p>") -> str:
    """A home page that names `links` in its head."""
    named = "".join(f"<link rel=alternate type=application/rss+xml href='{link}'>" for link in links)
    head = f"<title>The Paper</title>{named}{head}"
    return f'<!doctype html><html lang="en-GB"><head>{head}</head><body>{body}</body></html>'


def sitemap(*links: str) -> Reply:
    """A plain sitemap."""
    rows = "".join(f"<url><loc>{link}</loc></url>" for link in links)
    return 200, {"Content-Type": "text/xml"}, f"<urlset>{rows}</urlset>".encode()


def dated(offset: str) -> Reply:
    """A feed in Italian whose dates have this offset."""
    items = "".join(
        f"<item><title>t</title><link>{link}</link><pubDate>Sun, 22 Nov 2026 10:0{n}:00 {offset}</pubDate></item>"
        for n, link in enumerate(STORIES)
    )
    text = f'<rss version="2.0"><channel><title>x</title><language>it-it</language>{items}</channel></rss>'
    return 200, {"Content-Type": "application/rss+xml"}, text.encode()


@dataclass
class Town:
    """A site that plays one outlet, and a program whose configuration leads there."""

    site: Site
    program: Program
    said: pytest.CaptureFixture[str]

    def add(self, *args: str, url: str = HOME) -> tuple[int, str, str]:
        """Exit code, what was printed, and what was said."""
        self.said.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(self.program.command("outlets", "add", url, *args)[3:])
        assert isinstance(ended.value.code, int)
        return ended.value.code, *self.said.readouterr()

    @property
    def files(self) -> list[str]:
        """All files of outlets, hidden ones too."""
        return sorted(path.name for path in (self.program.config / "outlets").iterdir())

    def file(self, name: str = HOST) -> dict[str, Any]:
        """What an outlet's file says."""
        return tomllib.loads((self.program.config / "outlets" / f"{name}.toml").read_text(encoding="utf-8"))

    def loaded(self, name: str = HOST) -> Outlet:
        """The outlet as the program reads it."""
        assert outlets.check(self.program.config) == []
        return outlets.load(self.program.config)[name]


@pytest.fixture
def town(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Town]:
    """Nothing but a network in which some hosts lead to one server."""
    with serve(Site()) as site:
        program = Program(tmp_path)
        program.configure(site, HOST, f"www.{HOST}", f"news.{HOST}", "other.example")
        presets = program.config / "presets"
        presets.mkdir()
        for preset in (Path(__file__).parents[1] / "config" / "presets").glob("*.toml"):
            (presets / preset.name).write_text(preset.read_text(encoding="utf-8"), encoding="utf-8")
        yield Town(site, program, capsys)


# --------------------------------------------------------------------------------------------- what is written


def test_the_file_holds_what_the_pages_say(town: Town) -> None:
    """Name, home behind the redirect, language, preset and the feed that works; the loader has nothing to say."""
    head = '<meta property="og:site_name" content="The Town Paper"><meta name=generator content="WordPress 6.4">'
    town.site.routes |= {
        f"{HOST}/": (301, {"Location": f"http://www.{HOST}/"}, b""),
        f"www.{HOST}/": home("/feed/", head=head),
        f"www.{HOST}/feed/": feed(*STORIES),
    }
    code, out, err = town.add()
    assert (code, err) == (0, "")
    assert f"feed     http://www.{HOST}/feed/: 6 articles" in out
    found = town.loaded()
    assert (found.name, found.home, found.language) == ("The Town Paper", f"http://www.{HOST}/", "en-GB")
    assert (found.preset, [(one.kind, one.url) for one in found.sources]) == (
        "wordpress",
        [("feed", f"http://www.{HOST}/feed/")],
    )
    assert town.files == [f"{HOST}.toml"]


def test_a_daemon_at_work_takes_the_file_up(town: Town) -> None:
    """Nobody has to tell it."""
    town.site.routes |= {"/": home("/feed/"), "/feed/": feed(*STORIES)}
    town.site.routes |= {story.removeprefix(HOME[:-1]): article_page(*PARAGRAPHS, title=story) for story in STORIES}
    with town.program.daemon():
        wait_for(town.program.log)
        assert town.program.run("outlets", "add", HOME).returncode == 0
        wait_for(town.program.texts)


CMS = {
    "wordpress": ('<link rel="https://api.w.org/" href="/wp-json/">', "made with wordpress (preset wordpress)"),
    "ghost": ('<meta name="generator" content="Ghost 5.82">', "made with Ghost 5.82 (preset ghost)"),
    "drupal": ('<script type=application/json data-drupal-selector="drupal-settings-json">{}</script>',
               "made with drupal (preset drupal)"),
    "arc": ('<script id="fusion-engine-script" src="/pf/dist/engine/react.js?d=9" defer></script>',
            "made with arc (preset arc)"),
    "": ('<META NAME="Generator" CONTENT="Pressroom\x1b[31m 3 &amp; sons">',
         "made with Pressroom[31m 3 & sons, for which there is no preset"),
    "none": ("", "what it is made with its pages do not tell"),
}  # fmt: skip


@pytest.mark.parametrize("preset", CMS)
def test_it_is_said_what_the_outlet_is_made_with(town: Town, preset: str) -> None:
    """By the signs of a preset, else in the page's own words; where it says nothing, that."""
    head, told = CMS[preset]
    town.site.routes |= {"/": home("/feed/", head=head), "/feed/": feed(*STORIES)}
    code, out, _ = town.add()
    assert (code, out.splitlines()[1]) == (0, f"  language en-GB; {told}")
    assert town.loaded().preset == (preset if preset in {"wordpress", "ghost", "drupal", "arc"} else None)


@pytest.fixture
def nothing_yet(town: Town, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newcomer without a configuration; what is shipped leads to the town."""
    ours = town.program.root / "shipped"
    town.program.config.rename(ours)
    monkeypatch.setattr(starter, "shipped", lambda: ours)
    town.site.routes |= {"/": home("/feed/"), "/feed/": feed(*STORIES)}
    return town.program.config


def test_the_first_outlet_begins_a_configuration(town: Town, nothing_yet: Path) -> None:
    """With the settings and presets that are shipped; a second one finds it there."""
    code, _, err = town.add()
    assert (code, err.splitlines()[0].startswith(f"scraper: {nothing_yet} was made, with scraper.toml")) == (0, True)
    assert sorted(path.name for path in nothing_yet.iterdir()) == ["outlets", "presets", "scraper.toml"]
    assert outlets.check(nothing_yet) == []
    assert "was made" not in town.add("--force")[2]


@pytest.mark.parametrize("args", [("--dry-run",), ()], ids=["dry run", "nothing found"])
def test_no_configuration_is_begun_for_nothing(town: Town, nothing_yet: Path, args: tuple[str, ...]) -> None:
    if not args:
        town.site.routes = {"/": home()}
    assert town.add(*args)[0] == int(not args)
    assert not nothing_yet.exists()
    assert not list(nothing_yet.parent.glob(".scraper-*"))


def test_a_file_where_the_folder_should_be_stays(town: Town, nothing_yet: Path) -> None:
    nothing_yet.write_text("mine")
    code, _, err = town.add()
    assert (code, "is no folder" in err, nothing_yet.read_text()) == (2, True, "mine")


def test_a_dry_run_prints_the_file_and_writes_nothing(town: Town) -> None:
    """What it prints is what would be written."""
    town.site.routes |= {"/": home("/feed/"), "/feed/": feed(*STORIES)}
    code, out, _ = town.add("--dry-run")
    assert (code, town.files) == (0, [])
    town.add()
    assert tomllib.loads(out) == town.file()


def test_json_tells_the_same(town: Town) -> None:
    """One object, with each source that was tried."""
    town.site.routes |= {"/": home("/feed/", "/dead/"), "/feed/": feed(*STORIES)}
    code, out, err = town.add("--json")
    [told_] = map(json.loads, out.splitlines())
    assert (code, err, told_["outlet"], told_["written"]) == (0, "", HOST, True)
    assert [(one["url"], one["articles"], one["why"]) for one in told_["tried"]] == [
        (f"{HOME}feed/", 6, None),
        (f"{HOME}dead/", 0, "http-404: Not Found"),
    ]
    assert tomllib.loads(told_["toml"]) == town.file()


def test_a_zone_is_mentioned_and_never_set(town: Town) -> None:
    """The feed's language stands in where the page gives none; an offset is not a zone."""
    town.site.routes |= {"/": home("/feed/").replace(' lang="en-GB"', ""), "/feed/": dated("+0300")}
    assert town.add()[0] == 0
    assert (town.loaded().language, town.loaded().timezone) == ("it-IT", None)
    assert "# Dates in its feed are all +03:00." in (town.program.config / "outlets" / f"{HOST}.toml").read_text()


def test_hosts_below_the_home_are_its_own_if_its_articles_lie_there(town: Town) -> None:
    """Others are nobody's business."""
    links = [f"http://news.{HOST}/a-bridge-is-closed-{n}" for n in range(3)]
    town.site.routes |= {"/": home("/feed/"), "/feed/": feed(*links, "http://other.example/a-bridge-is-closed")}
    assert town.add()[0] == 0
    assert town.loaded().hosts == (f"news.{HOST}",)


def test_of_feeds_that_say_the_same_one_is_taken(town: Town) -> None:
    """The others are mentioned; so is a sitemap, which nobody needs to look at while a feed works."""
    town.site.routes |= {
        "/": home("/feed/", "/rss/", "/sport/"),
        "/feed/": feed(*STORIES),
        "/rss/": feed(*STORIES[:3]),
        "/sport/": feed(f"{HOME}sport/the-match-that-nobody-won"),
        "/robots.txt": f"Sitemap: {HOME}all.xml\nSitemap: {HOME}news.xml",
        "/news.xml": sitemap(*STORIES, f"{HOME}2026/11/08/another-bridge-is-closed"),
    }
    assert town.add()[0] == 0
    assert [one.url.removeprefix(HOME) for one in town.loaded().sources] == ["feed/", "sport/", "news.xml"]
    text = (town.program.config / "outlets" / f"{HOST}.toml").read_text()
    assert f"# feed {HOME}rss/: announces what {HOME}feed/ does" in text
    assert f"# sitemap {HOME}all.xml: not tried, as a feed works" in text
    assert "/all.xml" not in town.site.paths()


@pytest.mark.parametrize(("path", "kind"), [("/rss.xml", "feed"), ("/sitemap.xml", "sitemap")])
def test_well_known_addresses_are_tried_where_nothing_is_named(town: Town, path: str, kind: str) -> None:
    """Until one of them works; where a feed works, no sitemap is guessed."""
    town.site.routes |= {"/": home(), path: feed(*STORIES) if kind == "feed" else sitemap(*STORIES)}
    assert town.add()[0] == 0
    assert [(one.kind, one.url) for one in town.loaded().sources] == [(kind, f"{HOME}{path[1:]}")]
    assert town.site.paths()[-1] == path


def test_robots_txt_closes_well_known_addresses_too(town: Town) -> None:
    """What it forbids is not asked for."""
    town.site.routes |= {"/": home(), "/robots.txt": "User-agent: *\nDisallow: /rss\n", "/rss/": feed(*STORIES)}
    assert town.add()[0] == 1
    assert not [path for path in town.site.paths() if path.startswith("/rss")]


# --------------------------------------------------------------------------------------------- what is refused


def challenge(_headers: Any) -> Reply:
    """What some servers send to whoever is no browser."""
    text = "<title>Just a moment...</title><h1>Checking your browser</h1><p>Verify you are human to go on."
    return 403, {"Content-Type": "text/html"}, text.encode()


@pytest.mark.parametrize(
    ("url", "routes", "code", "said"),
    [
        ("paper.example", {}, 2, "write https://paper.example"),
        ("ftp://paper.example/", {}, 2, "is not http or https but ftp"),
        ("http://127.0.0.1:9/", {}, 1, "leads to an address that is not public"),
        (HOME, {"/robots.txt": "User-agent: *\nDisallow: /"}, 1, "robots.txt does not want"),
        (HOME, {"/": challenge}, 1, "a page that wants to know whether a person is asking"),
        (HOME, {"/": (404, {}, b"no")}, 1, "http-404"),
        (HOME, {"/": (503, {}, b"no")}, 1, "again from"),
        (HOME, {"/": feed(*STORIES)}, 1, "is a feed"),
        (HOME, {"/": home()}, 1, "--front takes links from the page itself"),
        (HOME, {"/": (301, {"Location": "http://127.0.0.1:9/"}, b"")}, 1, "leads to an address that is not public"),
        (HOME, {"/": (301, {"Location": "http://listed.example/"}, b"")}, 1, "listed.example"),
    ],
)  # fmt: skip
def test_what_cannot_be_added_is_said_in_a_sentence(
    town: Town, url: str, routes: dict[str, Route], code: int, said: str
) -> None:
    """One line at the end, an exit code, and no file."""
    town.site.routes |= routes
    got, out, err = town.add(url=url)
    assert (got, out, town.files) == (code, "", [])
    assert said in err


def test_a_refusal_is_json_too(town: Town) -> None:
    """With the stable word of its reason."""
    code, out, _ = town.add("--json", url="http://127.0.0.1:9/")
    assert (code, json.loads(out)["error"]) == (1, "private-address")


@pytest.mark.parametrize("url", [f"http://www.{HOST}/news", HOME])
def test_an_outlet_that_is_listed_is_not_asked(town: Town, url: str) -> None:
    """By its host, whatever the path; nothing is asked, and its file stays as it is."""
    (town.program.config / "outlets" / f"{HOST}.toml").write_text(outlet(HOST))
    code, _, err = town.add(url=url)
    assert (code, town.site.asked) == (2, [])
    assert f"is a host of the outlet {HOST} already" in err


def test_force_writes_the_file_of_that_outlet_anew_and_no_other(town: Town) -> None:
    """A host that belongs to another outlet stays there."""
    (town.program.config / "outlets" / f"{HOST}.toml").write_text(f'hosts = ["other.example"]\n{outlet(HOST)}')
    town.site.routes |= {"/": home("/feed/"), "/feed/": feed(*STORIES)}
    assert town.add("--force", url="http://other.example/")[0] == 2
    assert town.add("--force")[0] == 0
    assert (town.loaded().name, town.files) == ("The Paper", [f"{HOST}.toml"])


def test_links_of_the_page_itself_are_taken_on_request(town: Town) -> None:
    """The page is asked for once."""
    links = "".join(f"<h2><a href='{story}'>The bridge is closed for another day</a></h2>" for story in STORIES)
    town.site.routes |= {"/": home(body=links)}
    assert town.add()[0] == 1
    town.site.asked.clear()
    assert town.add("--front")[0] == 0
    assert [(one.kind, one.url) for one in town.loaded().sources] == [("front", HOME)]
    assert town.site.paths().count("/") == 1


# --------------------------------------------------------------------------------------------- hostile pages


def test_feeds_at_private_addresses_are_never_asked(town: Town) -> None:
    """Nor those of other sites: the page names them, and nothing comes of it."""
    with serve(Site({"/feed": feed(*STORIES)})) as inner:
        named = [f"http://{inner.address}/feed", "http://localhost/feed", "http://169.254.169.254/feed", "file:///feed"]
        town.site.routes |= {"/": home(*named, "http://other.example/feed", "/feed/"), "/feed/": feed(*STORIES)}
        assert town.add()[0] == 0
    assert inner.asked == []
    assert [one.url for one in town.loaded().sources] == [f"{HOME}feed/"]
    assert not [host for _, host, _ in town.site.asked if host == "other.example"]


def test_ten_thousand_links_cost_a_handful_of_requests(town: Town) -> None:
    """In the head and in robots.txt."""
    many = [f"/feed/{n}" for n in range(10_000)]
    lines = "\n".join(f"Sitemap: {HOME}{n}.xml" for n in range(10_000))
    town.site.routes |= {"/": home(*many), "/robots.txt": lines, "/feed/3": feed(*STORIES)}
    assert town.add()[0] == 0
    assert len(town.site.paths()) < 15
    assert [one.url for one in town.loaded().sources] == [f"{HOME}feed/3"]


def test_an_index_of_sitemaps_is_no_way_into_a_crawl(town: Town) -> None:
    """Three lists of it are looked at."""
    rows = "".join(f"<sitemap><loc>{HOME}{n}.xml</loc></sitemap>" for n in range(500))
    town.site.routes |= {"/": home(), "/robots.txt": f"Sitemap: {HOME}index.xml"}
    town.site.routes["/index.xml"] = (
        200,
        {"Content-Type": "text/xml"},
        f"<sitemapindex>{rows}</sitemapindex>".encode(),
    )
    town.site.routes |= {f"/{n}.xml": sitemap(*STORIES) for n in range(500)}
    assert town.add()[0] == 0
    assert len([path for path in town.site.paths() if path.endswith(".xml") and path != "/rss.xml"]) <= 4


# --------------------------------------------------------------------------------------------- the text of a file

HOSTILE = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ['"""', "\\", 'x"\n[[rules]]\ndrop=["p"]', "# x", "\u202eevil", "a\x00b", "'''", "\ud800", "\x85\u2028"]
    ),
)


def read_back(text: str, config: Path) -> Outlet:
    """The outlet of a configuration that holds this file alone."""
    folder = config / "outlets"
    folder.mkdir(exist_ok=True, parents=True)
    (folder / f"{HOST}.toml").write_text(text, encoding="utf-8")
    assert outlets.check(config) == []
    return outlets.load(config)[HOST]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(HOSTILE, HOSTILE, st.lists(st.text(max_size=40), max_size=3))
def test_whatever_a_page_is_called_the_file_says_just_that(
    tmp_path_factory: pytest.TempPathFactory, title: str, note: str, paths: list[str]
) -> None:
    """Names and addresses come back as they were, and nothing else comes with them."""
    page = home(*paths, head=f'<meta property="og:site_name" content="{title}">').encode("utf-8", "surrogatepass")
    found = describe(page, HOME, "text/html; charset=utf-8", (), {})
    sources = tuple(Source(one.kind, one.url.partition("#")[0], every=one.every) for one in found.sources)
    given_ = Outlet(HOST, found.name or HOST, HOME, language=found.language, sources=tuple(dict.fromkeys(sources)))
    text = outlet_file(given_, [note, title], {"name": note, HOME: title}, [(Source("feed", HOME), note)])
    assert read_back(text, tmp_path_factory.mktemp("x")) == given_


@given(st.text(max_size=60))
def test_a_language_is_a_tag_or_nothing(said: str) -> None:
    """The loader takes what is found."""
    found = language(said)
    assert found is None or values.language(found) == found


@given(st.binary(max_size=400))
def test_a_feed_of_any_bytes_says_something_or_nothing(body: bytes) -> None:
    """It never raises."""
    assert told(b"<rss><channel>" + body, HOME, None).offset is None


def test_one_date_in_utc_keeps_an_offset_from_being_told() -> None:
    """It has to be a habit of all dates."""
    body = dated("+0300")[2]
    assert told(body, HOME, None).offset == "+03:00"
    assert told(body.replace(b"+0300", b"GMT", 1), HOME, None).offset is None
    assert told(dated("+0000")[2], HOME, None).offset is None


def test_rhythms_are_written_as_they_are_read() -> None:
    """Of all kinds."""
    for kind, every in EVERY.items():
        assert f'kind = "{kind}"' in outlet_file(Outlet(HOST, "x", HOME, sources=(Source(kind, HOME, every),)), [], {})


def test_a_file_that_was_there_survives_a_race(town: Town) -> None:
    """Somebody writes it while the page is looked at."""
    path = town.program.config / "outlets" / f"{HOST}.toml"

    def late(_headers: Any) -> Reply:
        path.write_text(outlet(HOST))
        return feed(*STORIES)

    town.site.routes |= {"/": home("/feed/"), "/feed/": late}
    code, _, err = town.add()
    assert (code, path.read_text(), town.files) == (2, outlet(HOST), [path.name])
    assert "--force" in err
