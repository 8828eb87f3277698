"""The web pages in a real browser: to be read, searched and compared by anybody, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from scraper.article import Block, BlockKind
from scraper.serve.app import create_app
from scraper.serve.jobs import Jobs
from tests.serve.browser import Tab, chromium, tab
from tests.serve.shown import FERRY, Shown, fill, serving, shown, told
from tests.store.kit import HARBOUR, article, intent, page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as it:
        yield it


@pytest.fixture
def here(browser: Browser, site: Shown) -> Iterator[Tab]:
    """A tab on the archive with a history; at the end nothing was wrong and nobody else was asked."""
    with tab(browser, base(site)) as it:
        yield it
        assert (it.complaints, it.strangers) == ([], [])


def base(site: Shown) -> str:
    return str(site.client.base_url).rstrip("/")


def places(site: Shown) -> list[str]:
    """Every page there is, of every kind."""
    harbour, ferry = site.id(), site.id(FERRY)
    return [
        "/", "/stealth", "/gone", "/outlets", "/outlets/news.example", "/status", f"/articles/{harbour}",
        f"/articles/{ferry}", f"/articles/{harbour}?version=0", f"/articles/{harbour}/diff",
        f"/articles/{harbour}/diff?from=0&to=2&view=side", "/search", "/search?q=berths", "/search?q=%22",
        "/?outlet=news.example&kind=figures", "/?kind=quotes", f"/articles/{harbour}/evidence", "/api/v1/docs",
    ]  # fmt: skip


def test_the_newest_edits_are_shown_in_place(here: Tab) -> None:
    page = here.open("/")
    first = page.locator("article.card").first
    expect(first.get_by_role("heading", name="Harbour reopens")).to_be_visible()
    assert [first.locator("del").first.inner_text(), first.locator("ins").first.inner_text()] == ["12", "9"]
    expect(first.get_by_text("in silence").first).to_be_visible()


def test_edits_can_be_narrowed_down(here: Tab) -> None:
    page = here.open("/")
    page.get_by_label("Kind").select_option("addition")
    page.get_by_role("button", name="Show").click()
    assert page.locator("section.edit").count() == 1
    expect(page.locator("ins")).to_have_text("Boats may wait outside.")


def test_an_article_shows_its_text_and_history(here: Tab, site: Shown) -> None:
    page = here.open(f"/articles/{site.id()}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour reopens")
    expect(page.get_by_text("with 9 berths")).to_be_visible()
    assert page.locator("svg.timeline .version, svg.timeline .stealth").count() == 3
    expect(page.locator(".legend")).to_contain_text("edited in silence")
    page.get_by_role("link", name="000", exact=True).click()
    expect(page.get_by_text("with 12 berths")).to_be_visible()


def test_where_a_version_comes_from_is_shown(here: Tab, site: Shown) -> None:
    page = here.open(f"/articles/{site.id()}")
    page.get_by_text("Evidence for version 002").click()
    snapshot = site.archive.latest(site.id())
    assert snapshot
    expect(page.get_by_text(snapshot.sha256, exact=True)).to_be_visible()
    expect(page.get_by_text(snapshot.capture.record_id)).to_be_visible()


def test_what_came_from_the_server_is_shown_and_checked(here: Tab, site: Shown) -> None:
    page = here.open(f"/articles/{site.id()}")
    page.get_by_text("Evidence for version 002").click()
    page.get_by_role("link", name="request and answer").click()
    expect(page.get_by_role("row", name="ETag")).to_contain_text('"v1"')
    expect(page.get_by_text("read again now, and it is what was stored")).to_be_visible()
    expect(page.get_by_role("row", name="User-Agent")).to_contain_text("scraper")


def test_any_two_versions_can_be_compared_side_by_side(here: Tab, site: Shown) -> None:
    page = here.open(f"/articles/{site.id()}")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("link", name="Side by side").click()
    left, right = page.locator("table.side tbody tr td").filter(has_text="berths").all()
    assert ("12 berths" in left.inner_text(), "9 berths" in right.inner_text()) == (True, True)


def test_what_is_gone_is_listed_and_still_readable(here: Tab) -> None:
    page = here.open("/gone")
    page.get_by_role("link", name="Ferry sails").click()
    expect(page.get_by_text("The ferry sails at noon.")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Gone")


def test_what_was_taken_out_can_be_found(here: Tab) -> None:
    page = here.open("/search")
    page.get_by_role("searchbox").fill('"12 berths"')
    page.keyboard.press("Enter")
    expect(page.locator("article.card")).to_contain_text("taken out in version 2")
    expect(page.locator("mark").first).to_be_visible()


def test_who_asks_for_nothing_is_shown_how_to_ask(here: Tab) -> None:
    """And each example can be tried."""
    page = here.open("/search")
    examples = [link.get_attribute("href") or "" for link in page.locator(".facts a").all()]
    assert len(examples) >= 8
    for example in examples:
        assert here.open(example).get_by_role("alert").count() == 0


def test_a_query_that_is_none_is_explained(here: Tab) -> None:
    page = here.open("/search?q=%22")
    expect(page.get_by_role("alert")).to_be_visible()


def test_an_outlet_shows_its_habits(here: Tab) -> None:
    page = here.open("/outlets")
    page.get_by_role("link", name="The Example").click()
    assert page.locator("figure svg").count() == 3
    page.get_by_text("As a table").first.click()
    expect(page.get_by_role("cell", name="1", exact=True).first).to_be_visible()


def test_a_pasted_address_is_archived_and_landed_on(browser: Browser, tmp_path: Path) -> None:
    with shown(tmp_path / "archive") as site:
        fill(site.archive)

        async def act(url: str) -> dict[str, object]:
            return {"url": url, "verdict": "same", "article_id": site.id()}

        jobs = Jobs(act)
        with (
            serving(create_app(replace(site.site, jobs=jobs)), jobs) as port,
            tab(browser, f"http://127.0.0.1:{port}") as it,
        ):
            page = it.open("/")
            page.get_by_label("Archive an article now").fill(HARBOUR)
            page.get_by_role("button", name="Archive").click()
            page.wait_for_url("**/articles/*", timeout=30_000)
            expect(page.get_by_role("heading", level=1)).to_have_text("Harbour reopens")


FOCUS = "(e => [e.type == 'date' ? 'DATE' : e.tagName, getComputedStyle(e).outlineStyle])(document.activeElement)"


def test_everything_can_be_reached_by_keyboard(here: Tab) -> None:
    """The first stop leads to the content, every stop shows that it is one; in dates the browser marks the parts."""
    page = here.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
    assert {"A", "INPUT", "SELECT", "BUTTON", "DATE"} <= {tag for tag, _ in stops}
    assert [tag for tag, outline in stops if outline == "none" and tag not in {"BODY", "DATE"}] == []


def test_no_page_is_wider_than_a_phone(browser: Browser, site: Shown) -> None:
    with tab(browser, base(site), width=360) as it:
        for place in places(site):
            page = it.open(place)
            wide = page.evaluate("document.scrollingElement.scrollWidth")
            assert wide <= 360, place
        assert (it.complaints, it.strangers) == ([], [])


def test_every_page_reads_without_script(browser: Browser, site: Shown) -> None:
    with tab(browser, base(site), script=False) as it:
        for place in places(site):
            page = it.open(place)
            assert page.locator("main h1").count() == 1, place
            assert page.locator("script").count() == 0, place
        assert (it.complaints, it.strangers) == ([], [])


# The page of the API has a dozen sections and thirty tables from the same two loops: some of each say it all, and axe
# would look at each cell.
FEW = "section.card:nth-of-type(n+4), #shapes ~ .wide:nth-of-type(n+4)"
SOME = f"document.querySelectorAll('{FEW}').forEach(one => one.remove())"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(browser: Browser, site: Shown, scheme: str) -> None:
    """axe-core finds nothing serious on any page (WCAG 2.2 AA among its rules)."""
    axe = Axe()
    with tab(browser, base(site)) as it:
        it.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
        for place in places(site):
            it.open(place).evaluate(SOME)
            found = axe.run(it.page).response["violations"]
            grave = [
                (one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in {"serious", "critical"}
            ]
            assert grave == [], place


PAYLOADS = (
    "<script>window.__xss=1</script>",
    "<img src=x onerror=window.__xss=1>",
    '"><svg onload=window.__xss=1>',
    "' autofocus onfocus=window.__xss=1 x='",
    "</title><script>window.__xss=1</script>",
    "</style></textarea></select><script>window.__xss=1</script>",
    "{{7*7}}${7*7}<%= 7*7 %>{% raw %}",
    "javascript:window.__xss=1",
    "&lt;script&gt;window.__xss=1&lt;/script&gt;",
    "<iframe srcdoc='<script>parent.__xss=1</script>'>",
    "<base href=http://evil.example/><link rel=stylesheet href=//evil.example/x.css>",
    "<form action=http://evil.example/><button>go</button>",
    "\u202egpj.exe\u2066 \u0000 \x1b[31m",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
)


NO_ADDRESS = dict.fromkeys(range(32))
SHAPES: tuple[BlockKind, ...] = ("paragraph", "subheading", "quote", "item", "code")


def test_what_strangers_wrote_is_never_run(browser: Browser, tmp_path: Path) -> None:
    """Each payload in headline, subtitle, author, caption, text, section and address, on every page that shows them."""
    with shown(tmp_path / "archive") as site:
        for number, payload in enumerate(PAYLOADS):
            url = f"https://news.example/2024/06/{number}?x={payload.translate(NO_ADDRESS)}"
            for hours, more in ((number, "and so on."), (number + 0.5, "and so on, or not.")):
                found = article(
                    f"{payload} {more}", url, title=payload, subtitle=payload, authors=(payload,), caption=payload,
                    section=payload, keywords=(payload,), language=payload, reading=payload,
                    blocks=tuple(Block(kind, f"{payload} {more}") for kind in SHAPES),
                )  # fmt: skip
                told(site.archive, found, url, hours=hours)
        asked = [
            place
            for entry in site.archive.articles()
            for place in (f"/articles/{entry.id}", f"/articles/{entry.id}/diff")
        ]
        with tab(browser, base(site)) as it:
            it.page.on("dialog", lambda dialog: it.complaints.append("a dialog"))
            for place in [
                "/",
                "/outlets/news.example",
                "/search?q=xss",
                "/search?q=%3Cscript%3Ewindow.__xss%3D1",
                *asked,
            ]:
                page = it.open(place)
                assert page.evaluate("window.__xss") is None, place
                assert page.locator("script, iframe, base, img, form[action*=evil]").count() == 0, place
            assert (it.complaints, it.strangers) == ([], [])
        assert len(asked) == 2 * len(PAYLOADS)


def test_headers_of_strangers_are_never_run(browser: Browser, tmp_path: Path) -> None:
    with shown(tmp_path / "archive") as site:
        hostile = tuple((f"X-{number}", text.translate(NO_ADDRESS)) for number, text in enumerate(PAYLOADS))
        seen = page(headers=(("Content-Type", "text/html"), *hostile), reason=PAYLOADS[0], address=PAYLOADS[1])
        site.archive.commit(intent("new", seen, site.archive.capture(seen), None, article()))
        with tab(browser, base(site)) as it:
            evidence = it.open(f"/articles/{site.id()}/evidence")
            assert evidence.evaluate("window.__xss") is None
            assert evidence.locator(".headers tbody tr").count() >= len(PAYLOADS)
            assert evidence.locator("script, iframe, base, img, form").count() == 0
            assert (it.complaints, it.strangers) == ([], [])


def test_an_empty_archive_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    with shown(tmp_path / "archive") as site, tab(browser, base(site)) as it:
        expect(it.open("/").get_by_text("Nothing is archived yet")).to_be_visible()


def test_a_page_that_is_not_there_is_said_to_be_none(browser: Browser, site: Shown) -> None:
    with tab(browser, base(site)) as it:
        answer = it.page.goto(f"{base(site)}/articles/0000000000000000")
        assert answer
        assert answer.status == 404
        expect(it.page.get_by_role("heading", level=1)).to_have_text("Not found")


@pytest.mark.parametrize("view", ["inline", "side"])
def test_texts_of_which_very_much_changed_are_compared_by_paragraph(mine: Shown, view: str) -> None:
    """And the page says so, as the API does; the rest of it is as true as ever."""
    url = f"{FERRY}-long"
    for hours, word in ((7, "calm"), (8, "rough")):
        blocks = tuple(
            Block("paragraph", f"On day {n} the sea was {word} between the islands." * 9) for n in range(900)
        )
        told(mine.archive, article("A diary.", url, blocks=blocks), url, hours=hours)
    page = mine.client.get(f"/articles/{mine.id(url)}/diff", params={"view": view})
    found = mine.json("/api/v1/diff", {"article": mine.id(url)})
    assert page.status_code == 200
    assert "not compared word by word" in page.text
    assert (found["coarse"], found["changed"]) == (True, True)
    assert {run["op"] for row in found["rows"] for run in row["runs"]} >= {"delete", "insert"}
    assert not mine.json("/api/v1/diff", {"article": mine.id()})["coarse"]
