"""A real browser between strangers and the archive: neither what was archived nor another page gets anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.serve.browser import chromium, tab
from tests.serve.shown import FERRY, Shown, shown, told
from tests.site import Site, serve, wait_for
from tests.store.kit import article
from tests.tally import Tally

ROW = "abuse of the interfaces"
HOSTILE = (
    "<script>window.__xss=1</script><img src=http://evil.example/x onerror=window.__xss=1>"
    "<svg onload=window.__xss=1></svg><meta http-equiv=refresh content='0;url=http://evil.example/'>"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as it:
        yield it


def base(site: Shown) -> str:
    return str(site.client.base_url).rstrip("/")


def test_what_programs_are_given_is_not_run_in_a_browser(browser: Browser, tmp_path: Path, tally: Tally) -> None:
    """JSON, text, feeds, problems and the API's own page, opened as pages, over an article that is full of script."""
    with shown(tmp_path / "archive") as site:
        url = f"{FERRY}?x={HOSTILE}"
        for hours, more in enumerate(("", " One more line of the same.")):
            told(site.archive, article(HOSTILE + more, url, title=HOSTILE, authors=(HOSTILE,)), url, hours=hours)
        (entry,) = site.archive.articles()
        api = f"/api/v1/articles/{entry.id}"
        places = [
            api, f"{api}/versions", f"{api}/versions/0", f"{api}/versions/1?format=text", f"{api}/visits",
            f"/api/v1/diff?article={entry.id}", "/api/v1/search?q=xss", "/api/v1/changes", "/api/v1/docs", "/metrics",
            "/api/v1/changes?kind=%3Cscript%3Ewindow.__xss%3D1%3C/script%3E", "/%3Cscript%3Ewindow.__xss%3D1",
        ]  # fmt: skip
        with tab(browser, base(site)) as it:
            it.page.on("dialog", lambda dialog: it.complaints.append("a dialog"))
            for place in places:
                it.page.goto(base(site) + place)
                assert it.page.evaluate("window.__xss") is None, place
                assert it.page.locator("img, iframe, svg, body script").count() == 0, place
            with it.page.expect_download() as download:
                it.page.evaluate(f"location.href = '{api}/versions/0?format=warc'")
            assert download.value.suggested_filename == f"{entry.id}-000.warc.gz"
            assert it.strangers == []
    tally(ROW, len(places) + 1, len(places) + 1)


STRANGER = """<!doctype html><title>a stranger</title>
<iframe id="frame" src="{base}/"></iframe><iframe name="sink"></iframe>
<form id="form" method="post" action="{base}/fetch" target="sink"><input name="url" value="{url}"></form>
<form id="plain" method="post" action="{base}/api/v1/fetch" target="sink" enctype="text/plain">
<input name='{{"url": "{url}", "x": "' value='"}}'></form>
<script>
const said = {{}}, ask = (name, path, more) => fetch("{base}" + path, more).then(
  answer => answer.text().then(text => said[name] = text), () => said[name] = "refused");
const json = {{"Content-Type": "application/json"}}, body = '{{"url": "{url}"}}';
const load = (name, tag, key) => new Promise(done => {{
  const one = document.createElement(tag);
  one.onload = () => done(said[name] = "loaded"); one.onerror = () => done(said[name] = "refused");
  one[key] = "{base}" + (tag == "img" ? "/static/icon.svg" : "/api/v1/status");
  document.body.append(one);
}});
addEventListener("load", () => Promise.all([
  ask("read", "/api/v1/status"), ask("with a token", "/api/v1/status", {{headers: {{Authorization: "Bearer x"}}}}),
  ask("post", "/api/v1/fetch", {{method: "POST", headers: json, body}}),
  ask("delete", "/api/v1/articles", {{method: "DELETE"}}),
  ask("blind", "/api/v1/fetch", {{method: "POST", mode: "no-cors", body}}),
  load("script", "script", "src"), load("image", "img", "src"),
]).then(() => {{ form.submit(); setTimeout(() => {{ plain.submit(); window.said = said; }}, 300); }}));
</script>"""


def test_a_strangers_page_neither_reads_nor_asks(browser: Browser, mine: Shown, tally: Tally) -> None:
    """On another port of the same machine, as near as a stranger can be: it cannot frame, read, load or post."""
    page = STRANGER.format(base=base(mine), url="https://news.example/forged")
    posts: list[str] = []
    with serve(Site(routes={"/": page})) as evil, tab(browser, f"http://{evil.address}") as it:
        it.page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
        it.open("/")
        it.page.wait_for_function("window.said", timeout=60_000)
        wait_for(lambda: len(posts) >= 3)  # without a preflight: blindly, and by two forms
        it.page.wait_for_load_state("networkidle")
        said: dict[str, Any] = it.page.evaluate("window.said")
        frame = it.page.evaluate("(() => { try { return frame.contentDocument } catch (error) { return null } })()")
        shown_in_it = [one.url for one in it.page.frames if one.name == "" and one != it.page.main_frame]
    right = {name: text in {"refused", ""} for name, text in said.items()}
    tally(ROW, len(right) + 3, sum(right.values()) + 3)
    assert right == dict.fromkeys(right, True), said
    assert (frame, mine.asked, [url for url in shown_in_it if not url.startswith("chrome-error")]) == (None, [], [])
