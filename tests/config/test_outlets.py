"""Outlets and presets: what their files may say, and how what is wrong is told."""

from __future__ import annotations

import os
import pickle
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import outlets, urls
from scraper.errors import ConfigError, UsageError
from scraper.model import Outlet, Paging, Rule, Source
from scraper.outlets import Outlets
from tests.config.helpers import OUTLET, folder, said


def one(config: Path) -> list[str]:
    """What is wrong with the files, as `load` tells it."""
    with pytest.raises(ConfigError) as caught:
        outlets.load(config)
    return said(caught.value.mistakes)


def wrong(tmp_path: Path, text: str) -> list[str]:
    """What is wrong with an outlet that is fine but for `text`; lines count from the first of `text`."""
    told = one(folder(tmp_path, example_com=OUTLET + text))
    return [f"{int(line.split(' ')[0]) - 2} {line.split(' ', 1)[1]}" for line in told]


def test_a_whole_outlet_is_read(tmp_path: Path) -> None:
    config = folder(
        tmp_path,
        preset_ghost='name = "Ghost"\n[[rules]]\ndrop = [".kg-signup-card"]\n',
        example_com="""
        name = "The Example"
        home = "https://www.example.com/"
        language = "en"
        timezone = "Europe/Kyiv"
        preset = "ghost"
        hosts = ["*.example.net"]
        delay = "5s"
        identity = '-a([0-9]+)$'
        witness = "/pdf"
        [[sources]]
        kind = "feed"
        url = "https://feeds.example.org/rss"
        every = "10m"
        [[sources]]
        kind = "front"
        url = "https://example.com/news"
        cron = "0 * * * mon-fri"
        [admit]
        only = ['-a[0-9]+$']
        never = ['^/tag/']
        [[rules]]
        drop = [".banner"]
        keep = [".note"]
        body = [".text"]
        drop_text = ['Support us!']
        since = 2024-01-01
        until = 2024-12-31
        [rules.fields]
        title = "h1.title"
        published = "time@datetime"
        [[rules]]
        name = "card"
        drop = [".card"]
        """,
    )
    outlet = outlets.load(config)["example.com"]
    assert (outlet.id, outlet.name, outlet.home) == ("example.com", "The Example", "https://www.example.com/")
    assert (outlet.language, outlet.timezone, outlet.preset) == ("en", "Europe/Kyiv", "ghost")
    assert (outlet.hosts, outlet.delay) == (("*.example.net",), timedelta(seconds=5))
    assert (outlet.identity, outlet.witness) == ("-a([0-9]+)$", "/pdf")
    assert outlet.sources == (
        Source("feed", "https://feeds.example.org/rss", every=timedelta(minutes=10)),
        Source("front", "https://example.com/news", cron="0 * * * mon-fri"),
    )
    assert (outlet.admit.only, outlet.admit.never) == (("-a[0-9]+$",), ("^/tag/",))
    assert outlet.rules == (
        Rule("ghost#1", drop=(".kg-signup-card",)),
        Rule(
            "example.com#1",
            drop=(".banner",),
            keep=(".note",),
            body=(".text",),
            drop_text=("Support us!",),
            fields={"title": "h1.title", "published": "time@datetime"},
            since=date(2024, 1, 1),
            until=date(2024, 12, 31),
        ),
        Rule("card", drop=(".card",)),
    )


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("", None),
        ('[pages]\nnext = "rel=next"', Paging('[rel~="next"]')),
        ('[pages]\nnext = "a.next"\nnumber = "-([0-9]+)$"\nmost = 30', Paging("a.next", "-([0-9]+)$", 30)),
    ],
)
def test_what_leads_from_page_to_page_is_read(tmp_path: Path, text: str, pages: Paging | None) -> None:
    assert outlets.load(folder(tmp_path, example_com=OUTLET + text))["example.com"].pages == pages


@pytest.mark.parametrize(
    ("own", "pages"),
    [("", Paging(number="[?&]page=([0-9]+)")), ("[pages]", None), ('[pages]\nnext = ".more"', Paging(".more"))],
)
def test_an_outlets_own_pages_stand_in_place_of_its_presets(tmp_path: Path, own: str, pages: Paging | None) -> None:
    preset = 'name = "Ghost"\n[pages]\nnumber = "[?&]page=([0-9]+)"\n'
    config = folder(tmp_path, preset_ghost=preset, example_com=OUTLET + 'preset = "ghost"\n' + own)
    assert outlets.load(config)["example.com"].pages == pages


def test_a_mistake_in_a_presets_pages_is_told_at_its_line(tmp_path: Path) -> None:
    told = one(folder(tmp_path, preset_ghost='name = "Ghost"\n[pages]\nnext = "a"\n'))
    assert told == ["3 next: 'a' matches a plain link; name a class, an id or a rel"]


@pytest.mark.parametrize(
    ("kind", "every"), [("feed", timedelta(minutes=15)), ("sitemap", timedelta(hours=1)), ("front", timedelta(hours=1))]
)
def test_a_source_without_a_rhythm_gets_the_usual_one(tmp_path: Path, kind: str, every: timedelta) -> None:
    text = f'[[sources]]\nkind = "{kind}"\nurl = "https://example.com/x"\n'
    assert outlets.load(folder(tmp_path, example_com=OUTLET + text))["example.com"].sources[0].every == every


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('languge = "en"', ["1 languge: is not a known key here; did you mean 'language'?"]),
        ('language = "english"', ['1 language: "english" has to be a language tag such as "en" or "pt-BR"']),
        (
            'timezone = "Europe/Kiyv"',
            ["1 timezone: \"Europe/Kiyv\" is not a time zone such as \"Europe/Kyiv\"; did you mean 'Europe/Kyiv'?"],
        ),
        ('preset = "gost"', ['1 preset: there is no "gost.toml" in presets']),
        ('preset = "../x"', ['1 preset: "../x" has to be small letters, digits and "-"']),
        ('hosts = ["a b"]', ['1 hosts: "a b" has to be a host name such as "example.com" or "*.example.com"']),
        ("delay = 5", ['1 delay: has to be a length of time such as "10m", "1h30m" or "200ms", not 5']),
        ("identity = '*'", ["1 identity: '*' is not a regular expression: nothing to repeat at position 0"]),
        ("admit = 5", ["1 admit: has to be a table, not a number"]),
        ("[admit]\nnever = ['']", ["2 never: is empty"]),
        ("[admit]\nnever = ['.']", ["2 never: '.' matches every address"]),
        ("[admit]\nallow = ['x']", ["2 allow: is not a known key here"]),
        ("[[sources]]\nkind = 'feed'", ['1 url: is missing; write url = "https://example.com/feed/"']),
        ("[[sources]]\nurl = 'https://example.com/x'", ['1 kind: is missing; write kind = "feed"']),
        (
            "[[sources]]\nkind = 'rss'\nurl = 'https://example.com/x'",
            ['2 kind: has to be "feed", "sitemap" or "front", not "rss"'],
        ),
        (
            "[[sources]]\nkind = 'feed'\nurl = 'https://example.com/x'\nevery = '1h'\ncron = '0 * * * *'",
            ['5 cron: stands beside "every"; say when to look in one way only'],
        ),
        (
            "[[sources]]\nkind = 'front'\nurl = 'https://other.example/x'",
            ["3 url: https://other.example/x is not on the outlet's own host; is that missing in hosts?"],
        ),
        ("[pages]\nmost = 5", ["1 pages: says nothing; give it next or number"]),
        ("[pages]\nnext = 'rel=nxt'", ["2 next: 'rel=nxt' is not a CSS selector"]),
        ("[pages]\nnext = 'main a'", ["2 next: 'main a' matches a plain link; name a class, an id or a rel"]),
        ("[pages]\nnext = '.x'\nmost = 1", ["3 most: has to be a number from 2 to 50, not 1"]),
        ("[pages]\nnext = '.x'\nmost = '9'", ['3 most: has to be a whole number, not "9"']),
        ("[pages]\nnumber = '/$'", ["2 number: '/$' has to have one group, which matches the page's number, "
                                    "such as '[?&]page=([0-9]+)'"]),
        ("[pages]\nnumber = '(.*)'", ["2 number: '(.*)' matches every address"]),
        ("[pages]\nnumber = '(([0-9]+)+)x'", ["2 number: '(([0-9]+)+)x' repeats a group that repeats or "
         "chooses something itself; write it without nesting"]),
        ("[pages]\nnext = '.x'\nnumbr = 'x'", ["3 numbr: is not a known key here; did you mean 'number'?"]),
        ("[[pages]]\nnext = '.x'", ["1 pages: has to be a table, not a list"]),
        ("pages = 'rel=next'", ["1 pages: has to be a table, not text"]),
        (
            "[[rules]]\nuntil = 2024-01-01",
            ["1 rules: says nothing; give it drop, keep, body, fields, drop_text or entries"],
        ),
        (
            "[[rules]]\ndrop = ['.a']\nsince = 2024-02-01\nuntil = 2024-01-01",
            ["4 until: 2024-01-01 lies before since = 2024-02-01"],
        ),
        ("[[rules]]\nname = 'a'\nkeep = ['.a']\n[[rules]]\nname = 'a'\nkeep = ['.b']",
         ['5 name: "a" names an earlier rule already']),
        ("[[rules]]\n[rules.fields]\nheadline = 'h1'\ntitle = 'h1 >'",
         ['3 headline: has to be "title", "subtitle", "authors", "published", "modified", "caption", "section", '
          '"keywords", "language" or "image", not "headline"',
          "4 title: 'h1 >' is not a CSS selector"]),
        ("[[rules]]\ndrop = [\n'.good',\n'p',\n'.x:',\n]",
         ["4 drop: 'p' matches a plain <p> and would drop articles; name a class or an id",
          "5 drop: '.x:' is not a CSS selector"]),
        ("[[examples]]\narticle = 'yes'",
         ['1 url: is missing; write url = "https://example.com/an-article/"',
          "2 article: has to be true or false, not text"]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_line(tmp_path: Path, text: str, told: list[str]) -> None:
    assert wrong(tmp_path, text) == told


def test_name_and_home_are_needed(tmp_path: Path) -> None:
    assert one(folder(tmp_path, example_com="language = 'en'\n")) == [
        '0 name: is missing; write name = "The Example"',
        '0 home: is missing; write home = "https://example.com/"',
    ]


@pytest.mark.parametrize("name", ["The Example", "example", "example_com", "EXAMPLE.COM", "-.com", "bücher.example"])
def test_the_file_bears_the_name_of_the_domain(tmp_path: Path, name: str) -> None:
    config = folder(tmp_path, example_com=OUTLET)
    (config / "outlets" / "example.com.toml").rename(config / "outlets" / f"{name}.toml")
    assert one(config)[0].startswith(f"0 {name}.toml: the file has to be named after the outlet's domain")


@pytest.mark.parametrize("home", ["http://127.0.0.1:8000/", "http://[::1]:8000/", "http://localhost:8000/"])
def test_an_outlet_on_a_bare_address_may_be_called_anything(tmp_path: Path, home: str) -> None:
    assert outlets.load(folder(tmp_path, any_example=f'name = "A"\nhome = "{home}"\n'))["any.example"].home == home


def test_the_home_is_on_the_domain_that_the_file_is_named_after(tmp_path: Path) -> None:
    assert one(folder(tmp_path, other_example=OUTLET)) == [
        "2 home: is on www.example.com; name the file example.com.toml"
    ]


def test_a_domain_listed_in_hosts_may_name_the_file(tmp_path: Path) -> None:
    assert set(outlets.load(folder(tmp_path, other_example=OUTLET + 'hosts = ["other.example"]\n'))) == {
        "other.example"
    }


def test_mistakes_in_all_files_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        outlets.load(
            folder(tmp_path, preset_x="[[rules]]\ndrop = ['p']\n", a_example="name = 5\n", b_example="name = \n")
        )
    assert [one.file.name for one in caught.value.mistakes] == ["a.example.toml"] * 2 + ["b.example.toml", "x.toml"]


def test_two_files_with_one_home_are_told(tmp_path: Path) -> None:
    config = folder(tmp_path, example_com=OUTLET, www_example_com=OUTLET)
    assert one(config) == ["2 home: www.example.com is already a host of example.com"]


def test_a_host_that_two_outlets_claim_is_told(tmp_path: Path) -> None:
    other = 'name = "Other"\nhome = "https://other.example/"\nhosts = ["a.example", "example.com"]\n'
    assert one(folder(tmp_path, example_com=OUTLET, other_example=other)) == [
        "3 hosts: example.com is already a host of example.com"
    ]


def test_one_source_in_two_files_or_twice_in_one_is_told(tmp_path: Path) -> None:
    source = '[[sources]]\nkind = "feed"\nurl = "https://feeds.example/rss"\n'
    other = 'name = "Other"\nhome = "https://other.example/"\n'
    assert one(folder(tmp_path, example_com=OUTLET + source + source, other_example=other + source)) == [
        "8 url: https://feeds.example/rss is already a source of example.com",
        "5 url: https://feeds.example/rss is already a source of example.com",
    ]


EXAMPLES = """\
identity = '-a([0-9]+)$'
[admit]
never = ['^/tag/']
[[examples]]
url = "https://www.example.com/a-title-a1"
article = true
same_as = ["https://example.com/another-title-a1"]
[[examples]]
url = "https://www.example.com/tag/x"
article = false
"""


def test_examples_that_come_out_right_are_no_mistake(tmp_path: Path) -> None:
    assert outlets.check(folder(tmp_path, example_com=OUTLET + EXAMPLES)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("/tag/x", "/x", "11 url: https://www.example.com/x is let in by admit"),
        ("/a-title-a1", "/tag/a-title-a1", "7 url: https://www.example.com/tag/a-title-a1 is refused by admit"),
        ("www.example.com/a", "shop.example.org/a", "7 url: https://shop.example.org/a-title-a1 is not on"),
        (
            "another-title-a1",
            "another-title-a2",
            "9 same_as: https://example.com/another-title-a2 is taken for another",
        ),
    ],
)
def test_an_example_that_comes_out_wrong_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    config = folder(tmp_path, example_com=OUTLET + EXAMPLES.replace(old, new))
    assert said(outlets.check(config))[0].startswith(told)


def test_an_example_that_comes_out_wrong_does_not_stop_the_daemon(tmp_path: Path) -> None:
    config = folder(tmp_path, example_com=OUTLET + EXAMPLES.replace("/tag/x", "/x"))
    assert "example.com" in outlets.load(config)


def test_one_outlet_can_be_checked_with_its_preset_and_nothing_else(tmp_path: Path) -> None:
    config = folder(
        tmp_path,
        preset_mine="[[rules]]\ndrop = ['p']\n",
        preset_other="x = 1\n",
        a_example='name = "A"\nhome = "https://a.example/"\npreset = "mine"\nx = 1\n',
        b_example="x = 1\n",
    )
    assert [one.file.name for one in outlets.check(config, "a.example")] == ["a.example.toml", "mine.toml"]


def test_checking_an_outlet_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no outlet 'exampel.com' in .*outlets; did you mean 'example.com'"):
        outlets.check(folder(tmp_path, example_com=OUTLET), "exampel.com")


def test_without_outlets_there_are_none_and_without_a_folder_a_sentence(tmp_path: Path) -> None:
    assert len(outlets.load(tmp_path)) == 0
    with pytest.raises(UsageError, match="outlets add https"):
        outlets.load(tmp_path / "none")


def test_hidden_files_and_other_files_are_not_read(tmp_path: Path) -> None:
    config = folder(tmp_path, example_com=OUTLET)
    (config / "outlets" / ".x.toml").write_text("?")
    (config / "outlets" / "example.com.toml~").write_text("?")
    assert list(outlets.load(config)) == ["example.com"]


@pytest.fixture
def some(tmp_path: Path) -> Outlets:
    return outlets.load(
        folder(
            tmp_path,
            example_co_uk='name = "A"\nhome = "https://www.example.co.uk/"\nhosts = ["*.wide.example"]\n',
            other_co_uk='name = "B"\nhome = "https://other.co.uk/"\nhosts = ["cdn.example.net"]\n',
            news_wide_example='name = "C"\nhome = "https://news.wide.example/"\n',
        )
    )


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://www.example.co.uk/a", "example.co.uk"),
        ("http://EXAMPLE.co.uk./a", "example.co.uk"),
        ("https://other.co.uk/a", "other.co.uk"),
        ("https://cdn.example.net/a", "other.co.uk"),
        ("https://any.wide.example/a", "example.co.uk"),
        ("https://news.wide.example/a", "news.wide.example"),
        ("https://shop.other.co.uk/a", None),
        ("https://notother.co.uk/a", None),
        ("https://other.co.uk.evil.example/", None),
        ("other.co.uk", None),
        ("", None),
    ],
)
def test_an_address_is_its_outlets(some: Outlets, url: str, owner: str | None) -> None:
    found = some.for_url(url)
    assert (found.id if found else None) == owner


def test_finding_whose_an_address_is_asks_few_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below `co.uk` there are thousands, and every visit asks."""
    many = Outlets.of(Outlet(f"p{n}.co.uk", f"P{n}", f"https://www.p{n}.co.uk/") for n in range(300))
    asked: list[str] = []

    def belongs(url: str, outlet: Outlet) -> bool:
        asked.append(outlet.id)
        return urls.belongs(url, outlet)

    monkeypatch.setattr(outlets, "urls", SimpleNamespace(host=urls.host, belongs=belongs))
    assert many.owners("https://m.p77.co.uk/a") == [many["p77.co.uk"]]
    assert asked == ["p77.co.uk"]


_NAMES = st.sampled_from(
    ["a.example", "b.a.example", "www.a.example", "m.b.a.example", "amp.example", "a.co.uk", "m.a.co.uk", "co.uk",
     "www.m.a.co.uk", "xa.co.uk", "example", "127.0.0.1", "localhost"]
)  # fmt: skip
_HOSTS = st.builds("{}{}{}".format, st.sampled_from(["", "*."]), _NAMES, st.sampled_from(["", ":8080"]))


@given(st.lists(st.tuples(_NAMES, st.lists(_HOSTS, max_size=2)), max_size=6), _NAMES, st.sampled_from(["", ":8080"]))
def test_an_outlet_is_found_exactly_where_its_own_hosts_say(
    made: list[tuple[str, list[str]]], name: str, port: str
) -> None:
    """Whatever helps to find it leaves out none and adds none."""
    some = Outlets.of(Outlet(str(n), str(n), f"http://{home}/", hosts=tuple(own)) for n, (home, own) in enumerate(made))
    url = f"http://{name}{port}/a"
    assert some.owners(url) == [outlet for outlet in some.values() if urls.belongs(url, outlet)]


def test_two_servers_on_one_machine_are_told_apart_by_port(tmp_path: Path) -> None:
    config = folder(
        tmp_path,
        a_example='name = "A"\nhome = "http://127.0.0.1:8001/"\nhosts = ["a.example"]\n',
        b_example='name = "B"\nhome = "http://127.0.0.1:8002/"\nhosts = ["b.example"]\n',
    )
    found = outlets.load(config).for_url("http://127.0.0.1:8002/x")
    assert found
    assert found.id == "b.example"


def test_outlets_cross_into_other_processes(some: Outlets) -> None:
    assert pickle.loads(pickle.dumps(some)) == some  # noqa: S301  # our own bytes


@pytest.mark.parametrize("change", ["write", "add", "remove", "replace", "preset"])
def test_the_signature_changes_with_every_kind_of_change(tmp_path: Path, change: str) -> None:
    config = folder(tmp_path, example_com=OUTLET, preset_x="")
    path = config / "outlets" / "example.com.toml"
    before = outlets.signature(config)
    match change:
        case "write":
            path.write_text(OUTLET + "#")
        case "add":
            folder(tmp_path, other_com=OUTLET)
        case "remove":
            path.unlink()
        case "replace":
            # The same size and time, as after a checkout: only the file itself is another one.
            stat = path.stat()
            path.with_suffix(".new").write_text(OUTLET.replace("name", "nome"))
            os.utime(path.with_suffix(".new"), ns=(stat.st_atime_ns, stat.st_mtime_ns))
            path.with_suffix(".new").replace(path)
        case _:
            (config / "presets" / "x.toml").write_text("#")
    assert outlets.signature(config) != before


def test_the_signature_stays_when_nothing_changed(tmp_path: Path) -> None:
    config = folder(tmp_path, example_com=OUTLET)
    assert outlets.signature(config) == outlets.signature(config)


def test_a_folder_that_everybody_may_put_outlets_into_is_not_believed(tmp_path: Path) -> None:
    """S10: named once, however many files it holds, and beside all other mistakes."""
    config = folder(tmp_path, example_com=OUTLET + "nam = 1\n", preset_ghost="")
    for name in ("outlets", "presets"):
        (config / name).chmod(0o777)
    told = one(config)
    assert "chmod o-w" in told[0]
    assert "nam: is not a known key" in told[1]
    assert told[2:] == told[:1]
