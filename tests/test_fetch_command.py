"""`scraper fetch` as a person meets it: one clear line, the right exit code, and an archive that is whole."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from scraper import pipeline
from scraper.cli import cli
from scraper.pipeline.services import Services
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Reply, Site, serve

HOST = "paper.example"
URL = f"http://{HOST}/2026/03/pier-vote/"


@pytest.fixture
def site() -> Iterator[Site]:
    """A site with one article."""
    with serve(Site({"/2026/03/pier-vote/": article_page()})) as site:
        yield site


@pytest.fixture
def program(tmp_path: Path, site: Site) -> Program:
    """The program, led to the site."""
    program = Program(tmp_path)
    program.configure(site, HOST, "other.example")
    return program


def a_zip() -> bytes:
    """An archive file that claims nothing."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.txt", "x" * 50_000)
    return buffer.getvalue()


def test_a_new_article_is_stored(program: Program) -> None:
    """The text is on disk under the name that proves it."""
    done = program.run("fetch", URL)
    assert done.returncode == 0
    [path] = program.texts()
    assert done.stdout.splitlines() == [
        "new      Council votes to rebuild the old pier",
        f"         {path.relative_to(program.archive)}",
    ]
    assert path.read_text(encoding="utf-8") == "\n\n".join(
        ["Council votes to rebuild the old pier", "March 1, 2026", *PARAGRAPHS, "Original url:", f"<{URL}>\n"]
    )


def test_json_line(program: Program) -> None:
    """Programs get the whole outcome on one line."""
    [line] = program.fetch(URL)
    assert ",".join(line) == (
        "url,final_url,verdict,version,snapshot,article_id,outlet,title,edit,flags,reason,retry_at,elapsed_ms"
    )
    assert (line["verdict"], line["version"], line["outlet"], line["edit"]) == ("new", 0, HOST, None)
    assert (program.archive / line["snapshot"]).is_file()


def test_another_banner_is_the_same_article(program: Program, site: Site) -> None:
    """A version means an edit."""
    program.fetch(URL)
    site.routes["/2026/03/pier-vote/"] = article_page(banner="Only 412 members to go!")
    assert [line["verdict"] for line in program.fetch(URL)] == ["same"]
    assert len(program.texts()) == 1


def test_a_real_edit_is_a_version(program: Program, site: Site) -> None:
    """And it says what kind of edit it was, in words of the diff."""
    program.fetch(URL)
    changed = PARAGRAPHS[1].replace("3.2 million", "32 million")
    site.routes["/2026/03/pier-vote/"] = article_page(PARAGRAPHS[0], changed, *PARAGRAPHS[2:])
    [line] = program.fetch(URL)
    assert (line["verdict"], line["version"], line["edit"]["kinds"]) == ("edited", 1, ["figures"])
    shown = program.run("diff", URL).stdout
    assert "[-3.2-]" in shown
    assert "{+32+}" in shown
    assert [s.split()[0] for s in program.run("log", URL).stdout.splitlines() if s[:3].isdigit()] == ["000", "001"]
    assert "32 million" in program.run("show", URL).stdout
    assert "3.2 million" in program.run("show", URL, "--version", "0").stdout


def test_gone_and_back(program: Program, site: Site) -> None:
    """A vanished article is said to be gone, and its text stays."""
    program.fetch(URL)
    page = site.routes.pop("/2026/03/pier-vote/")
    [line] = program.fetch(URL)
    assert (line["verdict"], line["reason"]) == ("gone", "http-404")
    site.routes["/2026/03/pier-vote/"] = page
    assert [line["verdict"] for line in program.fetch(URL)] == ["same"]
    assert len(program.texts()) == 1


def test_what_is_flagged_is_said(program: Program, site: Site) -> None:
    """In brackets, after the reason; and the list of versions counts the visits that agreed."""
    program.fetch(URL)
    site.routes["/2026/03/pier-vote/"] = (410, {}, b"")
    program.fetch(URL)
    said = program.run("fetch", URL).stdout.splitlines()[0]
    assert said == "gone     Council votes to rebuild the old pier (http-410) [unconfirmed]"
    assert program.run("log", URL).stdout.splitlines()[-1] == "gone at the last 2 visits (http-410), not confirmed yet"


def test_unchanged_pages_cost_a_conditional_request(program: Program, site: Site) -> None:
    """Validators are kept and sent back."""
    seen: list[str | None] = []

    def page(headers: Mapping[str, str]) -> Reply:
        known = headers.get("If-None-Match") or headers.get("if-none-match")
        seen.append(known)
        return (
            (304, {}, b"") if known else (200, {"ETag": '"a1"', "Content-Type": "text/html"}, article_page().encode())
        )

    site.routes["/2026/03/pier-vote/"] = page
    assert [program.fetch(URL)[0]["verdict"] for _ in range(2)] == ["new", "same"]
    assert seen == [None, '"a1"']


@pytest.mark.parametrize(
    ("reply", "verdict", "reason"),
    [
        ((404, {}, b"no"), "failed", "http-404"),
        ((403, {}, b"no"), "failed", "http-403"),
        ((500, {}, b"oops"), "failed", "http-500"),
        ((200, {"Content-Type": "text/html"}, b""), "failed", "empty"),
        ((200, {"Content-Type": "text/html"}, a_zip()), "failed", "not-text"),
        ((200, {"Content-Type": "video/mp4"}, b"x" * 100), "failed", "wrong-type"),
        ((200, {"Content-Type": "text/html"}, b"<html><body>" + b"<p>word</p>" * 6_000_000), "failed", "too-large"),
        (
            (200, {"Content-Type": "text/html"}, b"<html><body><script>boot()</script></body></html>"),
            "partial",
            "empty",
        ),
    ],
    ids=["404", "403", "500", "nothing", "zip", "video", "60MB", "no-text"],
)
def test_bad_answers(
    program: Program, site: Site, reply: tuple[int, dict[str, str], bytes], verdict: str, reason: str
) -> None:
    """One clear line, exit code 1, nothing stored as text, and an archive that verifies."""
    site.routes["/bad"] = reply
    done = program.run("fetch", f"http://{HOST}/bad")
    assert (done.returncode, len(done.stdout.splitlines()[:1]), done.stderr) == (1, 1, "")
    assert done.stdout.startswith(f"{verdict:8} http://{HOST}/bad: {reason}")
    assert program.texts() == []
    assert program.run("verify", "--deep").returncode == 0


def test_robots_are_obeyed(program: Program, site: Site) -> None:
    """What robots.txt forbids is not asked for."""
    site.routes["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /2026/\n")
    done = program.run("fetch", URL)
    assert done.returncode == 1
    assert done.stdout.startswith(f"refused  {URL}: robots")
    assert site.paths() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/x",
        "http://localhost:9/x",
        "http://[::1]:9/",
        "http://2130706433:9/",
        "http://169.254.169.254/",
    ],
)
def test_private_addresses_are_refused(program: Program, url: str) -> None:
    """Unless the configuration names them."""
    done = program.run("fetch", url)
    assert done.returncode == 1
    assert "private-address" in done.stdout


@pytest.mark.parametrize(
    "url", ["example.com/a", "ftp://example.com/a", "http://", "http://[::1", "file:///etc/passwd"]
)
def test_wrong_urls_are_usage_errors(program: Program, url: str) -> None:
    """Exit code 2 and one sentence that says what to do."""
    done = program.run("fetch", url)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_undeclared_windows_1251_is_read(program: Program, site: Site) -> None:
    """The charset is told from the content when nothing declares it."""
    text = "Совет порта в понедельник решил заново построить старый причал, который прошлой зимой разрушил шторм."
    body = f"<article><h1>Причал восстановят</h1><p>{text}</p><p>{text[::-1]}</p></article>"
    page = f"<html><head><title>Причал</title></head><body>{body}</body></html>"
    site.routes["/ru"] = (200, {"Content-Type": "text/html"}, page.encode("cp1251"))
    assert text in program.run("fetch", "--print", f"http://{HOST}/ru").stdout


def test_a_bug_met_on_one_page_is_its_outcome_and_no_other_pages(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the daemon: it is told with its name, and the rest is fetched."""
    visit = pipeline.visit_now

    async def breaks(services: Services, url: str, *, force: bool = False) -> pipeline.Outcome:
        if "other" in url:
            raise LookupError("nobody thought of this")
        return await visit(services, url, force=force)

    monkeypatch.setattr(pipeline, "visit_now", breaks)
    places = ["--archive", str(program.archive), "--config", str(program.config)]
    done = CliRunner().invoke(cli, ["fetch", "--json", "http://other.example/x", URL, *places])
    lines = {line["url"]: (line["verdict"], line["reason"]) for line in map(json.loads, done.stdout.splitlines())}
    assert lines == {"http://other.example/x": ("failed", "internal: LookupError"), URL: ("new", None)}
    assert done.exit_code == 1


def test_urls_from_stdin(program: Program, site: Site) -> None:
    """Bad ones are named and cost the others nothing."""
    site.routes["/two"] = article_page(title="Second story")
    done = program.run("fetch", "-", stdin=f"{URL}\nnonsense\n\nhttp://other.example/two\n")
    assert done.returncode == 2
    assert len(program.texts()) == 2
    assert "nonsense" in done.stderr
