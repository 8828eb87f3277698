"""Redirects: every hop is checked like a first request, and a forbidden address is never connected to."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scraper.errors import Refused
from scraper.fetch.client import Client
from tests.fetch.helpers import Lookup, fresh, get, outcome, policy
from tests.fetch.hostile import Hostile, answer, article, redirect

pytestmark = pytest.mark.anyio

FORBIDDEN = {
    "ssrf-plain": "private-address",
    "ssrf-relative-scheme": "private-address",
    "ssrf-decimal": "private-address",
    "ssrf-hex": "private-address",
    "ssrf-short": "private-address",
    "ssrf-fullwidth": "private-address",
    "ssrf-mapped": "private-address",
    "ssrf-nat64": "private-address",
    "ssrf-6to4": "private-address",
    "ssrf-upper": "private-address",
    "ssrf-second-hop": "private-address",
    "ssrf-userinfo": "bad-url",
    "ssrf-backslash": "bad-url",
    "ssrf-octal": "bad-url",
    "ssrf-empty-host": "bad-url",
    "scheme-file": "scheme",
    "scheme-ftp": "scheme",
    "scheme-view-source": "scheme",
    "scheme-jar": "scheme",
    "scheme-unix": "scheme",
    "scheme-about": "scheme",
    "scheme-javascript": "scheme",
}
NOWHERE = {
    "loop-self": "redirect-loop",
    "loop-a": "redirect-loop",
    "cookie-bounce": "redirect-loop",
    "loc-empty": "bad-redirect",
    "loc-garbage": "bad-redirect",
    "loc-port-high": "bad-redirect",
    "loc-port-zero": "bad-redirect",
    "loc-bytes": "bad-redirect",
    "loc-label": "bad-redirect",
    "loc-60k": "bad-redirect",
    "loc-missing": "bad-redirect",
    "loc-twice": "bad-redirect",
}


@pytest.mark.parametrize(("name", "reason"), FORBIDDEN.items())
async def test_refused_before_it_happens(
    name: str, reason: str, site: Hostile, other: Hostile, canary: Hostile, client: Client
) -> None:
    """However a forbidden place is spelled, it is refused by name of the reason, and nothing connects to it."""
    assert await outcome(client, site.url(f"/{name}")) == f"refused {reason}"
    assert canary.connections == 0


@pytest.mark.parametrize(("name", "reason"), NOWHERE.items())
async def test_leads_nowhere(name: str, reason: str, site: Hostile, canary: Hostile, client: Client) -> None:
    """A redirect that leads nowhere is a lasting failure after few requests."""
    assert await outcome(client, site.url(f"/{name}")) == f"permanent {reason}"
    assert len(site.visits) < 8
    assert canary.connections == 0


async def test_refusal_names_the_address(site: Hostile, client: Client) -> None:
    """Who reads the refusal learns which address it was."""
    with pytest.raises(Refused, match=r"127\.0\.0\.3.*RFC1122"):
        await get(client, site.url("/ssrf-decimal"))


async def test_localhost_with_a_dot(tmp_path: Path, site: Hostile) -> None:
    """The root's dot does not make another host of localhost."""
    lookup = Lookup(localhost=[["127.0.0.3"]])
    async with Client(policy(), tmp_path, lookup=lookup) as client:
        assert await outcome(client, site.url("/ssrf-localhost-dot")) == "refused private-address"


async def test_hop_limit(site: Hostile, client: Client) -> None:
    """Six redirects are followed, not seven."""
    site.paths |= {f"/hop-{n}": redirect(f"/hop-{n + 1}") for n in range(20)}
    site.paths |= {"/hop-20": answer(article("end"))}
    assert await outcome(client, site.url("/hop-14")) == "200"
    assert await outcome(client, site.url("/hop-13")) == "permanent redirect-loop"
    assert await outcome(client, site.url("/hop-0")) == "permanent redirect-loop"
    assert len(site.visits) == 1 + 3 * 7


async def test_other_site_is_asked_for_its_rules(site: Hostile, other: Hostile, client: Client) -> None:
    """A hop to another site needs that site's permission."""
    assert await outcome(client, site.url("/to-other")) == "refused robots"
    assert other.count() == {"/robots.txt": 1}


async def test_dots_stay_on_the_site(site: Hostile, client: Client) -> None:
    """Climbing out of the root leads to a page of the same site, not to a file."""
    page = await get(client, site.url("/loc-dotdot"))
    assert page.final_url == site.url("/etc/passwd")
    assert page.body == article("etc/passwd")


async def test_location_in_utf8(site: Hostile, client: Client) -> None:
    """A Location that is not ASCII is taken as UTF-8, as browsers do."""
    assert (await get(client, site.url("/loc-umlaut"))).final_url == site.url("/ma%C3%9F")


async def test_nothing_in_a_page_is_followed(site: Hostile, canary: Hostile, client: Client) -> None:
    """A Refresh header, a meta refresh and subresources are text, not instructions."""
    there = canary.url("/x")
    html = f'<meta http-equiv=refresh content="0;url={there}"><img src="{there}"><link rel=icon href="{there}">'
    site.paths["/refresh"] = answer(html.encode(), Refresh=f"0;url={there}")
    assert (await get(client, site.url("/refresh"))).body == html.encode()
    assert canary.connections == 0


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.3:9/", "refused private-address"),
        ("http://0/", "refused private-address"),
        ("http://[::]/", "refused private-address"),
        ("http://[fe80::1]/", "refused private-address"),
        ("http://169.254.169.254/latest/meta-data/", "refused private-address"),
        ("ftp://127.0.0.1/", "refused scheme"),
        ("file:///etc/passwd", "refused scheme"),
        ("//127.0.0.1/", "refused scheme"),
        ("example.org", "refused scheme"),
        ("http:///x", "refused bad-url"),
        ("http://0177.0.0.1/", "refused bad-url"),
        ("http://１２７.0.0.3/", "refused bad-url"),
        ("http://\u2460\u2461\u2466.0.0.3:9/", "refused bad-url"),
        ("http://%31%32%37.0.0.3/", "refused bad-url"),
        ("http://[::FFFF:127.0.0.3]/", "refused private-address"),
        ("http://user:secret@127.0.0.1/", "refused bad-url"),
        ("http://127.0.0.1\\@127.0.0.3/", "refused bad-url"),
        ("http://[::1/", "permanent bad-url"),
        ("http://[fe80::1%25eth0]/", "permanent bad-url"),
        ("http://127.0.0.1:0/", "permanent bad-url"),
        ("http://127.0.0.1:70000/", "permanent bad-url"),
        ("http://127.0.0.1:-1/", "permanent bad-url"),
        ("http://a..b/", "permanent bad-url"),
        ("http://ex ample/", "permanent bad-url"),
        ("http://a%41/", "permanent bad-url"),
        ("http://" + "a" * 64 + "/", "permanent bad-url"),
        ("http://" + "a." * 130 + "a/", "permanent bad-url"),
        ("http://a\x00b/", "permanent bad-url"),
        ("http://127.0.0.1/\r\nX-Injected: yes", "permanent bad-url"),
        ("http://127.0.0.1/" + "x" * 9000, "permanent bad-url"),
        ("http://\u212a\u2100/", "permanent bad-url"),
        ("", "refused scheme"),
    ],
)
async def test_urls_that_are_not_asked_for(url: str, expected: str, client: Client) -> None:
    """A URL that is none, or must not be asked for, is an error of ours and never an exception of a library."""
    assert await outcome(client, url) == expected


async def test_one_line_in_the_log(client: Client) -> None:
    """A failure is one event with its reason; what came from outside cannot begin a line of its own."""
    with capture_logs() as events:
        await outcome(client, "http://127.0.0.1/\r\nforged=yes" + "x" * 5000)
    assert [event["event"] for event in events] == ["fetch-failed"]
    assert events[0]["reason"] == "bad-url"
    assert all(str(value).isprintable() and len(str(value)) <= 500 for value in events[0].values())


@pytest.mark.parametrize("path", ["/", "/robots.txt"])
async def test_no_state_for_the_forbidden(path: str, tmp_path: Path) -> None:
    """A forbidden address leaves no trace but the refusal."""
    async with fresh(tmp_path) as client:
        assert await outcome(client, f"http://127.0.0.3{path}") == "refused private-address"
    assert not files(tmp_path)


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())
