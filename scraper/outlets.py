"""The outlets: `config/outlets/<domain>.toml`, and the presets they name in `config/presets/<cms>.toml`.

Outlets are data; nothing in the program knows any of them by name. A file's mistakes are found all at once. Files may
change while the program runs: `signature` tells that they did, `load` reads them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final, get_args

from scraper import urls
from scraper.errors import Mistake, UrlError, UsageError
from scraper.model import Admit, Outlet, Paging, Rule, Source, SourceKind
from scraper.tomlfile import files, rules, values
from scraper.tomlfile.files import Table, Wrong

OUTLETS: Final = "outlets"
PRESETS: Final = "presets"

# The parts of an article that a rule may point at.
FIELDS: Final = (
    "title", "subtitle", "authors", "published", "modified", "caption", "section", "keywords", "language", "image",
)  # fmt: skip
# First labels by which the same site may be called; see `urls.belongs`.
_FORMS: Final = frozenset({"www", "m", "mobile", "amp"})
# Where nothing is said, feeds are looked at more often: they are small and answer conditional requests.
EVERY: Final[Mapping[SourceKind, timedelta]] = {
    "feed": timedelta(minutes=15),
    "sitemap": timedelta(hours=1),
    "front": timedelta(hours=1),
}


@dataclass(frozen=True, slots=True, eq=False)  # a Mapping compares itself
class Outlets(Mapping[str, Outlet]):
    """All outlets by their id, and the one an address belongs to."""

    by_id: Mapping[str, Outlet]
    in_order: Sequence[Outlet]
    by_tail: Mapping[str, Sequence[int]]

    @staticmethod
    def of(outlets: Iterable[Outlet]) -> Outlets:
        """The given outlets, in their order."""
        by_id = {outlet.id: outlet for outlet in outlets}
        by_tail: dict[str, list[int]] = {}
        for place, outlet in enumerate(by_id.values()):
            for tail in {_tail(host) for host in (urls.host(outlet.home), *outlet.hosts)}:
                by_tail.setdefault(tail, []).append(place)
        return Outlets(by_id, tuple(by_id.values()), by_tail)

    def __getitem__(self, outlet_id: str) -> Outlet:
        return self.by_id[outlet_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_id)

    def __len__(self) -> int:
        return len(self.by_id)

    def for_url(self, url: str) -> Outlet | None:
        """The outlet whose host `url` is on, one with its home there first; None if there is none, or no address."""
        found = self.owners(url)
        return next((one for one in found if urls.belongs(url, replace(one, hosts=()))), next(iter(found), None))

    def owners(self, url: str) -> list[Outlet]:
        """All outlets that call the host of `url` their own; more than one only in files that are wrong."""
        try:
            labels = _labels(urls.host(url))
        except UrlError:
            return []
        near = {place for n in range(len(labels)) for place in self.by_tail.get(".".join(labels[n:]), ())}
        return [outlet for outlet in map(self.in_order.__getitem__, sorted(near)) if urls.belongs(url, outlet)]


def _tail(own: str) -> str:
    """The end of all hosts that an outlet with this one calls its own, as long as it can be: below the last two labels
    there may be a country's thousands, `co.uk`."""
    labels = _labels(own.removeprefix("*."))
    while len(labels) > 2 and labels[0] in _FORMS:
        labels = labels[1:]
    return ".".join(labels)


def _labels(host: str) -> list[str]:
    return host.lower().partition(":")[0].rstrip(".").split(".")


def load(config_dir: Path) -> Outlets:
    """All outlets in `config_dir`, their presets' rules before their own. Examples are left to `check`.

    Raises UsageError if there is no such folder, and ConfigError with all mistakes in all files.
    """
    notes: list[Mistake] = []
    found = _read_all(config_dir, notes)
    files.raise_if_any(notes)
    return Outlets.of(entry.outlet for entry in found)


def check(config_dir: Path, name: str | None = None, draft: Path | None = None) -> list[Mistake]:
    """The mistakes in all files, or in that of the outlet `name` and its preset, and the examples that come out wrong.

    `draft` is a file outside the folder that is read as if it stood in it, in place of one of its name. Raises
    UsageError if there is no such folder or no such outlet.
    """
    notes: list[Mistake] = []
    found = _read_all(config_dir, notes, draft)
    for entry in found:
        for example in entry.examples:
            _try_example(example, entry.outlet)
    if name is not None:
        wanted = draft or _file_of(config_dir, name)
        used = {wanted} | {_preset_file(config_dir, one.outlet.preset) for one in found if one.file == wanted}
        notes = [mistake for mistake in notes if mistake.file in used]
    return sorted(notes, key=lambda mistake: (str(mistake.file), mistake.line))


def signature(config_dir: Path) -> str:
    """A text that changes when an outlet's or a preset's file is written, added or removed; cheap to ask for."""
    return files.signature([*files.names_in(config_dir / OUTLETS), *files.names_in(config_dir / PRESETS)])


def signs(config_dir: Path) -> dict[str, tuple[str, ...]]:
    """Each preset with the selectors of which one on a home page tells that the outlet is made with its system."""
    notes: list[Mistake] = []
    read = {path.stem: _preset(path, notes) for path in files.names_in(config_dir / PRESETS)}
    return {name: preset.known_by for name, preset in read.items() if preset.known_by}


def _file_of(config_dir: Path, name: str) -> Path:
    paths = {path.stem: path for path in files.names_in(config_dir / OUTLETS)}
    stem = name.removesuffix(".toml")
    if stem not in paths:
        raise UsageError(f"there is no outlet {name!r} in {config_dir / OUTLETS}{files.meant(stem, paths)}")
    return paths[stem]


def _preset_file(config_dir: Path, preset: str | None) -> Path:
    return config_dir / PRESETS / f"{preset}.toml"


# ---------------------------------------------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class _Example:
    """An address that proves the patterns of its file: that of an article, or of a page that is none."""

    url: str
    article: bool
    same_as: tuple[str, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class _Entry:
    """An outlet as read, with the table it came from for whatever is found out later."""

    outlet: Outlet
    table: Table
    sources: tuple[tuple[Source, Table], ...]
    examples: tuple[_Example, ...]

    @property
    def file(self) -> Path:
        return self.table.file.path


def _read_all(config_dir: Path, notes: list[Mistake], draft: Path | None = None) -> list[_Entry]:
    """files → presets → outlets → what only shows when they stand side by side."""
    files.require_folder(config_dir)
    for folder in (OUTLETS, PRESETS):
        files.note_open_folder(config_dir / folder, notes)
    presets = {path.stem: _preset(path, notes) for path in files.names_in(config_dir / PRESETS)}
    paths = files.names_in(config_dir / OUTLETS)
    if draft:
        paths = [*(path for path in paths if path.name != draft.name), draft]
    read = [_entry(path, presets, notes) for path in paths]
    found = [entry for entry in read if entry]
    _note_shared_hosts(found)
    _note_shared_sources(found)
    return found


@dataclass(frozen=True, slots=True)
class _Preset:
    """What outlets take over that name it."""

    rules: tuple[Rule, ...] = ()
    pages: Paging | None = None
    known_by: tuple[str, ...] = ()


def _preset(path: Path, notes: list[Mistake]) -> _Preset:
    table = files.read(path, notes)
    if not table:
        return _Preset()
    table.take("name", values.text, None)
    found = _Preset(_rules(table, path.stem), _pages(table), table.each("known_by", rules.sign_selector))
    table.close()
    return found


def _entry(path: Path, presets: Mapping[str, _Preset], notes: list[Mistake]) -> _Entry | None:
    table = files.read(path, notes)
    if not table:
        return None
    if not values.is_domain(path.stem):
        table.note(None, "the file has to be named after the outlet's domain, such as example.com.toml", path.name)
    outlet = _outlet(table, path.stem, presets)
    sources = tuple(_sources(table))
    examples = tuple(_examples(table))
    table.close()
    if not outlet:
        return None
    entry = _Entry(replace(outlet, sources=tuple(source for source, _ in sources)), table, sources, examples)
    _note_strange_hosts(entry)
    return entry


def _outlet(table: Table, outlet_id: str, presets: Mapping[str, _Preset]) -> Outlet | None:
    name = table.need("name", values.text, '"The Example"')
    home = table.need("home", values.url, '"https://example.com/"')
    preset = table.take("preset", _one_of(presets), None)
    taken = presets.get(preset or "", _Preset())
    outlet = Outlet(
        id=outlet_id,
        name=name or outlet_id,
        home=home or "",
        language=table.take("language", values.language, None),
        timezone=table.take("timezone", values.zone, None),
        preset=preset,
        hosts=table.each("hosts", values.host),
        delay=table.take("delay", values.duration("0s", "1d"), None),
        identity=table.take("identity", rules.url_pattern, None),
        witness=table.take("witness", rules.witness, None),
        admit=_admit(table.table("admit")),
        pages=_pages(table) if table.has("pages") else taken.pages,
        rules=(*taken.rules, *_rules(table, outlet_id)),
    )
    return outlet if home else None


def _one_of(presets: Mapping[str, object]) -> files.Check[str]:
    def check(value: object) -> str:
        word = values.name(value)
        if word not in presets:
            raise Wrong(f'there is no "{word}.toml" in {PRESETS}{files.meant(word, presets)}')
        return word

    return check


def _admit(table: Table) -> Admit:
    admit = Admit(only=table.each("only", rules.pattern), never=table.each("never", rules.url_pattern))
    table.close()
    return admit


def _pages(table: Table) -> Paging | None:
    """What the table says; None without one, and with an empty one: that an outlet has what its preset has not."""
    pages = table.table("pages")
    paging = Paging(
        next=pages.take("next", rules.link_selector, None),
        number=pages.take("number", rules.page_pattern, None),
        most=pages.take("most", values.number(2, 50), Paging().most),
    )
    if pages.has("most") and not any(map(pages.has, ("next", "number"))):
        pages.note(None, "says nothing; give it next or number", "pages")
    pages.close()
    return paging if paging.next or paging.number else None


def _sources(table: Table) -> Iterator[tuple[Source, Table]]:
    for one in table.tables("sources"):
        source = _source(one)
        if source:
            yield source, one


def _source(table: Table) -> Source | None:
    kind = table.need("kind", values.choice(*get_args(SourceKind)), '"feed"')
    url = table.need("url", values.url, '"https://example.com/feed/"')
    every = table.take("every", values.duration("1s", "30d"), None)
    cron = table.take("cron", values.cron, None)
    if table.has("every") and table.has("cron"):
        table.note("cron", 'stands beside "every"; say when to look in one way only')
    table.close()
    word = next((known for known in get_args(SourceKind) if known == kind), None)
    if word is None or url is None:
        return None
    return Source(word, url, every=None if cron else every or EVERY[word], cron=cron)


def _examples(table: Table) -> Iterator[_Example]:
    for one in table.tables("examples"):
        url = one.need("url", values.url, '"https://example.com/an-article/"')
        article = one.need("article", values.flag, "true")
        same_as = one.each("same_as", values.url)
        one.close()
        if url is not None and article is not None:
            yield _Example(url, article, same_as, one)


def _rules(table: Table, origin: str) -> tuple[Rule, ...]:
    found: list[Rule] = []
    for place, one in enumerate(table.tables("rules"), start=1):
        rule = _rule(one, f"{origin}#{place}")
        if rule.name in {earlier.name for earlier in found}:
            one.note("name", f'"{rule.name}" names an earlier rule already')
        found.append(rule)
    return tuple(found)


def _rule(table: Table, default_name: str) -> Rule:
    rule = Rule(
        name=table.take("name", values.name, default_name),
        drop=table.each("drop", rules.drop_selector),
        keep=table.each("keep", rules.selector),
        body=table.each("body", rules.selector),
        fields=table.pairs("fields", values.choice(*FIELDS), rules.field_selector),
        drop_text=table.each("drop_text", rules.block_pattern),
        entries=table.each("entries", rules.drop_selector),
        since=table.take("since", values.day, None),
        until=table.take("until", values.day, None),
    )
    if not any(map(table.has, ("drop", "keep", "body", "fields", "drop_text", "entries"))):
        table.note(None, "says nothing; give it drop, keep, body, fields, drop_text or entries", "rules")
    if rule.since and rule.until and rule.until < rule.since:
        table.note("until", f"{rule.until} lies before since = {rule.since}")
    table.close()
    return rule


# ---------------------------------------------------------------------------------------------------- looking closer


def _note_strange_hosts(entry: _Entry) -> None:
    """Feeds and sitemaps may lie anywhere; a page that is read for links has to be the outlet's own."""
    outlet, host = entry.outlet, urls.host(entry.outlet.home)
    named = host == outlet.id or host.endswith(f".{outlet.id}") or outlet.id in outlet.hosts
    if not named and not values.is_nameless(host):
        entry.table.note("home", f"is on {host}; name the file {host.removeprefix('www.')}.toml")
    for source, table in entry.sources:
        if source.kind == "front" and not urls.belongs(source.url, outlet):
            table.note("url", f"{source.url} is not on the outlet's own host; is that missing in hosts?")


def admitted(url: str, admit: Admit) -> bool:
    """Whether `admit` lets the address in: its patterns are searched in path and query of the canonical form."""
    path = "/" + urls.canonical(url).partition("://")[2].partition("/")[2]
    some = not admit.only or any(re.search(pattern, path) for pattern in admit.only)
    return some and not any(re.search(pattern, path) for pattern in admit.never)


def _try_example(example: _Example, outlet: Outlet) -> None:
    url = example.url
    own = urls.belongs(url, outlet)
    if example.article and not own:
        example.table.note("url", f"{url} is not on the outlet's own host")
    elif own and admitted(url, outlet.admit) is not example.article:
        example.table.note("url", f"{url} is {'refused' if example.article else 'let in'} by admit")
    for place, form in enumerate(example.same_as):
        if urls.identity(form, outlet) != urls.identity(url, outlet):
            example.table.note("same_as", f"{form} is taken for another article than {url}", place=place)


def _note_shared_hosts(found: list[_Entry]) -> None:
    first: dict[str, str] = {}
    for entry in found:
        own = [("home", urls.origin(entry.outlet.home)), *(("hosts", host) for host in entry.outlet.hosts)]
        for key, host in own:
            name = host.partition("://")[2] or host
            owner = first.setdefault(name.removeprefix("www."), entry.outlet.id)
            if owner != entry.outlet.id:
                entry.table.note(key, f"{name} is already a host of {owner}")


def _note_shared_sources(found: list[_Entry]) -> None:
    first: dict[str, str] = {}
    for entry in found:
        for source, table in entry.sources:
            if source.url in first:
                table.note("url", f"{source.url} is already a source of {first[source.url]}")
            first.setdefault(source.url, entry.outlet.id)
