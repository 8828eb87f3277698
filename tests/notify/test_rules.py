"""Rules are taken up when the configuration changes, and go on where they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
import structlog

from scraper import settings, telling
from scraper.errors import UsageError
from scraper.notices import Notice
from scraper.telling import Rulebook, Rules

Step = Callable[[], bool]


def table(name: str, more: str = "") -> str:
    return f'[[notify]]\nname = "{name}"\nto = "https://hook.example/{name}"\n{more}'


@dataclass
class Host:
    """The daemon, as far as rules know it."""

    stopping: anyio.Event
    trouble: str | None = None


@dataclass
class World:
    """A configuration, and the rules that are at work over it: `steps` counts what each of them did."""

    config: Path
    steps: dict[str, int] = field(default_factory=dict)
    made: list[Notice] = field(default_factory=list)
    working: int = 0

    def write(self, text: str) -> None:
        (self.config / "scraper.toml").write_text(text, encoding="utf-8")

    def make(self, notice: Notice) -> telling.Rule:
        if notice.words == ("broken",):
            raise UsageError("apprise does not understand this")
        self.made.append(notice)
        world = self

        class Counted:
            async def step(self, now: datetime) -> None:
                assert now.tzinfo
                world.working += 1
                assert world.working <= len(world.steps) + 2
                try:
                    await anyio.lowlevel.checkpoint()
                finally:
                    world.working -= 1
                world.steps[notice.name] = world.steps.get(notice.name, 0) + 1

        return Counted()

    def run(self, *changes: tuple[Callable[[], object], Step]) -> None:
        """Keep telling; make each change, and wait until what is asked for has come."""

        async def main() -> None:
            host = Host(anyio.Event())
            rules = Rules(Rulebook(self.config, read(self.config), say=True), self.make, lambda: datetime.now(UTC))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(rules.keep_telling, host)
                for change, seen in changes:
                    change()
                    with anyio.fail_after(30):
                        while not seen():  # noqa: ASYNC110  # what is seen tells nobody
                            await anyio.sleep(0.01)
                host.stopping.set()

        anyio.run(main)


def read(config: Path) -> tuple[Notice, ...]:
    return settings.load(config, {}).notify


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(telling, "BEAT", 0.01)
    monkeypatch.setattr(telling, "LOOK", 0.02)
    (tmp_path / "outlets").mkdir()
    world = World(tmp_path)
    world.write(table("one") + table("two"))
    yield world
    assert world.working == 0


def test_rules_come_change_and_go_without_a_restart(world: World) -> None:
    """What did not change goes on undisturbed."""
    mark: dict[str, int] = {}
    world.run(
        (lambda: None, lambda: {"one", "two"} <= set(world.steps)),
        (lambda: world.write(table("one") + table("two", "gone = true\n") + table("three")),
         lambda: world.steps.get("three", 0) > 2),
        (lambda: world.write(table("one")), lambda: len(world.made) == 4 and _rests(world, "three", mark)),
    )  # fmt: skip
    assert [(notice.name, notice.gone) for notice in world.made] == [
        ("one", False), ("two", False), ("two", True), ("three", False)
    ]  # fmt: skip


def _rests(world: World, name: str, mark: dict[str, int]) -> bool:
    """Whether the rule did nothing while another one did ten things more."""
    if mark.get(name) != world.steps[name]:
        mark.update(world.steps)
    return world.steps["one"] > mark["one"] + 10


@pytest.mark.parametrize("mistake", ["[[notify]]\nname = 3\n", "[[[", table("one") + table("one")])
def test_rules_stay_as_they_were_while_the_file_has_mistakes(world: World, mistake: str) -> None:
    """The log says so, once."""
    with structlog.testing.capture_logs() as logs:
        world.run(
            (lambda: None, lambda: {"one", "two"} <= set(world.steps)),
            (lambda: world.write(mistake), lambda: any(line["event"] == "config-mistake" for line in logs)),
            (world.steps.clear, lambda: world.steps.get("two", 0) > 10),
            (lambda: world.write(table("three")), lambda: "three" in world.steps),
        )
    told = [line["mistake"] for line in logs if line["event"] == "config-mistake"]
    assert len(told) == len(set(told))


def test_a_rule_that_cannot_be_made_stops_no_other(world: World) -> None:
    world.run(
        (lambda: world.write(table("one") + table("two", 'words = ["broken"]\n') + table("three")),
         lambda: "three" in world.steps),
    )  # fmt: skip
    assert [notice.name for notice in world.made] == ["one", "two", "three"]


def test_at_the_start_such_a_rule_is_an_error(world: World) -> None:
    world.write(table("one", 'words = ["broken"]\n'))
    with pytest.raises(UsageError, match="apprise"):
        world.run()


def test_who_shows_the_rules_sees_them_as_they_are_now(world: World) -> None:
    book = Rulebook(world.config, read(world.config))
    world.write(table("three"))
    assert [notice.name for notice in book.current()] == ["three"]
    world.write("[[notify]]\n")
    assert [notice.name for notice in book.current()] == ["three"]
