"""Pages, the data in them, printed ones, and configuration files."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

import anyio

from scraper import outlets, settings
from scraper.article import Article
from scraper.errors import ConfigError, ExtractError, UsageError
from scraper.extract import extract, read, structured
from scraper.store import sidecar
from scraper.text import clean
from scraper.tomlfile.lines import positions
from scraper.worker import Cage, CagedReader
from tests.fuzz.kept import SIDECAR, check_text
from tests.fuzz.taker import Taker, written
from tests.store import kit

_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of its own in there, which no disk has to bear
URL = "https://example.com/2024/06/02/harbour-reopens-a1234"
TYPES = (None, "text/html", "text/html; charset=utf-8", "text/html; charset=koi8-r")
REASONS = {"empty", "not-text", "too-heavy", "bad-pdf", "encrypted"}
BODY = (
    "<main><article><h1>Harbour reopens</h1><p>The harbour reopened on Monday after a winter of repairs, and the first "
    "ferry left at noon.</p><p>Fishermen said that they had lost two seasons, and asked the council for a share of the "
    "fees.</p></article></main>"
)


def check_page(data: bytes) -> None:
    """A page of any bytes is an article in clean lines, the same twice, or ExtractError with a known reason."""
    take = Taker(data)
    declared, page = take.pick(TYPES), take.rest()
    first = _read(page, declared)
    assert first == _read(page, declared)
    if isinstance(first, Article):
        check_article(first)
        assert read(page, URL, content_type=declared, known=first.fingerprint) is None


def check_data(data: bytes) -> None:
    """Whatever a page declares about itself, as JSON-LD and in metas: it is read, and the page with it."""
    text = written(data)
    metas: list[dict[str, str | None]] = [
        {"property": "og:title", "content": text},
        {"name": text[:20], "content": text[20:]},
    ]
    told = structured.read([text], metas, frozenset({"og:title", text[:20].lower()}))
    assert len(told.nodes) <= structured.MAX_NODES
    for node in told.nodes:
        for value in node.values():
            for line in structured.strings(structured.resolve(value, told)):
                assert clean(line) == line
    script = f"<script type='application/ld+json'>{text}</script>"
    page = f"<html lang=en><head>{script}</head><body>{BODY}</body></html>".encode("utf-8", "replace")
    found = _read(page, "text/html; charset=utf-8")
    assert isinstance(found, Article)
    check_article(found)


def _read(page: bytes, declared: str | None) -> Article | str:
    try:
        return extract(page, URL, content_type=declared)
    except ExtractError as error:
        return _known(error)


def _known(error: ExtractError) -> str:
    assert error.reason in REASONS
    return error.reason


def check_article(found: Article) -> None:
    """What holds of every article that extraction gives."""
    check_text(found.text, found)
    texts = (found.title, found.subtitle, found.caption, *found.authors)
    for line in (*texts, *(block.text for block in found.blocks if block.kind != "code")):
        assert line is None or (line and clean(line) == line)
    again = sidecar.article_from(sidecar.loads(sidecar.dumps(sidecar.article_json(found)), SIDECAR))
    assert again.text == found.text
    assert again.blocks == found.blocks


# ------------------------------------------------------------------------------------------------ printed pages


def check_printed(data: bytes) -> None:
    """A PDF of any bytes, read right here: an article or a known reason. What the library does to its process is for
    `check_caged`."""
    found = _read(b"%PDF-" + data, "application/pdf")
    if isinstance(found, Article):
        check_article(found)


def check_caged(data: bytes) -> None:
    """The same in a reading process, as the daemon reads it: whatever happens there, the answer is one of these."""
    anyio.run(_caged, b"%PDF-" + data)


async def _caged(body: bytes) -> None:
    seen = kit.page(URL, body, headers=(("content-type", "application/pdf"),))
    try:
        found = await CagedReader(Cage(workers=1)).read(seen, None)
    except ExtractError as error:
        _known(error)
        return
    assert found is not None
    check_article(found)


# ------------------------------------------------------------------------------------------------ configuration


def check_config(data: bytes) -> None:
    """Configuration files of any bytes: taken, or refused with mistakes that name a line of the file. Every key of
    valid TOML is found at a line."""
    _check_lines(data)
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        root = Path(folder)
        (root / "outlets").mkdir()
        (root / "presets").mkdir()
        for name in ("scraper.toml", "outlets/example.com.toml", "presets/wordpress.toml"):
            (root / name).write_bytes(data)
            _check_mistakes(root, data)
            (root / name).unlink()


def _check_mistakes(root: Path, data: bytes) -> None:
    mistakes = list(outlets.check(root))
    try:
        outlets.load(root)
        settings.load(root, {})
    except ConfigError as error:
        mistakes.extend(error.mistakes)
    except UsageError:
        pass
    for mistake in mistakes:
        assert mistake.message
        assert 0 <= mistake.line <= data.count(b"\n") + 1
        assert str(mistake)


def _check_lines(data: bytes) -> None:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        told = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    found = positions(text)
    for path in _paths(told, ()):
        assert 1 <= found[path] <= text.count("\n") + 1


def _paths(value: object, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [deeper for key, one in inside for deeper in _paths(one, (*path, key))]
    return [path, *below] if path else below
