"""Where things lie in an archive, and what they are called. All paths here are relative to its root, with `/`."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from typing import Final

from scraper import urls
from scraper.article import Article
from scraper.store.stamps import compact

ARTICLES: Final = "articles"
WARC: Final = "warc"
MANIFESTS: Final = "manifests"
WIDGETS: Final = "widgets"
EVIDENCE: Final = (ARTICLES, WARC, WIDGETS, MANIFESTS)  # what a catalogue is made from
QUARANTINE: Final = "quarantine"
RUN: Final = ".run"
MISTRUST: Final = "read-only.lock"  # in RUN: held by a process that believes its disk no more
CATALOGUE: Final = "catalogue.sqlite"
SEARCH: Final = "search.sqlite"

SNAPSHOT = re.compile(
    r"(?P<version>\d{3,})_(?P<hash>[0-9a-f]{16})(?:-(?P<revision>[1-9]\d*))?\.(?P<kind>txt|json)", re.ASCII
)
MARKER = re.compile(r"(?P<kind>gone|back)-\d{8}T\d{6}Z(?:-\d+)?\.json", re.ASCII)
WIDGET = re.compile(r"(?P<number>\d{3,})_(?P<hash>[0-9a-f]{16})\.json", re.ASCII)
MANIFEST = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})\.sha256", re.ASCII)
_WARC_NAME = re.compile(
    r"[a-z0-9._-]+-(?P<begun>\d{14})-(?P<serial>\d{5,})(?:-p(?P<pruned>[1-9]\d*))?\.warc\.gz", re.ASCII
)
_WARC_PATH = re.compile(rf"{WARC}/\d{{4}}/\d{{2}}/{_WARC_NAME.pattern}", re.ASCII)
_FOLDER = rf"{ARTICLES}/[a-z0-9][a-z0-9.-]*/\d{{4}}/\d{{2}}/[a-z0-9-]+"
_ARTICLE_FILE = re.compile(rf"{_FOLDER}/[a-z0-9_TZ-]+\.(?:txt|json)", re.ASCII)
_WIDGET_FILE = re.compile(rf"{WIDGETS}/[a-z0-9][a-z0-9.-]*/{WIDGET.pattern}", re.ASCII)
_UNSAFE = re.compile(r"[^a-z0-9.-]+", re.ASCII)


def article_id(url: str, before: int = 0) -> str:
    """The id of the article whose first version has the canonical `url`. `before`: how many articles had that address
    before it.

    >>> article_id("https://example.com/a"), article_id("https://example.com/a", 1)
    ('2dce0a4c50441bfc', '37ca27b9ba2b9eeb')
    """
    return _hash(url, before)[:16]


def folder(outlet: str, url: str, day: date, digits: int = 8, before: int = 0) -> str:
    """The folder of an article published on `day`; `digits` of the hash that names it keep apart what shares a slug."""
    name = f"{urls.slug(url)}-{_hash(url, before)[:digits]}"
    return f"{ARTICLES}/{plain(outlet)}/{day.year:04d}/{day.month:02d}/{name}"


def shelf_day(article: Article, captured_at: datetime) -> date:
    """The day an article is filed under: the outlet's day of publication, else that of the first capture, in UTC."""
    return article.day or captured_at.astimezone(UTC).date()


def plain(outlet: str) -> str:
    """`outlet` as a folder name. Ids are domains; that of an outlet nobody configured came from a URL."""
    return _UNSAFE.sub("-", outlet.lower()).strip(".-")[:100] or "unknown"


def snapshot(version: int, sha256: str, again: int = 0) -> str:
    """The name of a version's files, without their endings. `again`: the number of a revision of the reading whose text
    is one that an earlier reading of this version gave already, so that the plain name is taken.

    >>> snapshot(7, "0fea85ac8d721e3d" + "0" * 48)
    '007_0fea85ac8d721e3d'
    """
    return f"{version:03d}_{sha256[:16]}{f'-{again}' if again else ''}"


def digits(path: str) -> str | None:
    """The hash in the name of a snapshot's file."""
    match = SNAPSHOT.fullmatch(path.rpartition("/")[2])
    return match["hash"] if match else None


def marker(kind: str, at: datetime, number: int = 0) -> str:
    """The name of a tombstone (`gone`) or of the file that ends one (`back`)."""
    return f"{kind}-{compact(at)}{f'-{number}' if number else ''}.json"


def warc(name: str, at: datetime, serial: int) -> str:
    """The path of a WARC file begun at `at`. Serials are never used twice: they put all captures in one order."""
    at = at.astimezone(UTC)
    return f"{WARC}/{at:%Y/%m}/{name}-{at:%Y%m%d%H%M%S}-{serial:05d}.warc.gz"


def serial(path: str) -> int | None:
    """The serial of a WARC file of ours, None for any other name."""
    match = _WARC_NAME.fullmatch(path.rpartition("/")[2])
    return int(match["serial"]) if match else None


def prunings(path: str) -> int:
    """How often a WARC file of ours was pruned; 0 for any other name.

    >>> prunings("warc/2024/06/scraper-20240602093000-00001-p2.warc.gz")
    2
    """
    match = _WARC_NAME.fullmatch(path.rpartition("/")[2])
    return int(match["pruned"] or 0) if match else 0


def pruned(path: str, times: int | None = None) -> str:
    """What a WARC file is called after it was pruned once more, or so often.

    >>> pruned("warc/2024/06/scraper-20240602093000-00001.warc.gz")
    'warc/2024/06/scraper-20240602093000-00001-p1.warc.gz'
    """
    times = prunings(path) + 1 if times is None else times
    plain = re.sub(r"(?:-p[1-9]\d*)?\.warc\.gz$", "", path)
    return f"{plain}{f'-p{times}' if times else ''}.warc.gz"


def begun(name: str) -> datetime:
    """When a WARC file was begun, to the second, as its name says. Raises ValueError if it is not one of ours."""
    match = _WARC_NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name} is not a WARC file of this archive")
    return datetime.strptime(f"{match['begun']}+0000", "%Y%m%d%H%M%S%z")


def is_warc(path: str) -> bool:
    """Whether `path` is one at which this program keeps a WARC file: nothing else is ever opened as one."""
    return _WARC_PATH.fullmatch(path) is not None


def is_article_file(path: str) -> bool:
    """Whether `path` lies in an article's folder: no other place is believed, whoever names it."""
    return _ARTICLE_FILE.fullmatch(path) is not None


def is_widget(path: str) -> bool:
    """Whether `path` is one at which a decision about a widget is kept."""
    return _WIDGET_FILE.fullmatch(path) is not None


def is_ours(path: str) -> bool:
    """Whether a visit may name `path` as a file it made."""
    return is_article_file(path) or is_widget(path)


def widget(outlet: str, number: int, sha256: str) -> str:
    """Where the decision `number` about widgets of an outlet is kept.

    >>> widget("paper.example", 3, "0fea85ac8d721e3d" + "0" * 48)
    'widgets/paper.example/003_0fea85ac8d721e3d.json'
    """
    return f"{WIDGETS}/{plain(outlet)}/{number:03d}_{sha256[:16]}.json"


def manifest(day: date) -> str:
    """The manifest of one day."""
    return f"{MANIFESTS}/{day.isoformat()}.sha256"


def _hash(url: str, before: int) -> str:
    return _sha256(f"{url} {before}" if before else url)  # no address holds a blank


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
