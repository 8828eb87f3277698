"""Thousands of outlets: what is done once for all of them is not done once for each, or for each pair."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scraper.cli import cli, common
from scraper.model import Outlet, SourceState
from scraper.reports import Status
from scraper.store.library import FileLibrary
from tests.serve.shown import shown
from tests.site import Program, Site, outlet, serve, wait_for
from tests.store.kit import START, opened
from tests.test_daemon import HOSTS, curl, free_port, papers


def test_reading_the_configuration_holds_up_nobody(tmp_path: Path) -> None:
    """Thousands of files take seconds to read; here one of them comes over a pipe, when the test wants it to."""
    program, port = Program(tmp_path), free_port()
    with serve(papers(1)) as site:
        program.configure(site, *HOSTS)
        settings = program.config / "scraper.toml"
        settings.write_text(settings.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
        with program.daemon():
            wait_for(lambda: any(line["event"] == "started" for line in program.log()))
            path, plain = program.config / "outlets" / f"{HOSTS[0]}.toml", tmp_path / "plain"
            plain.write_text(outlet(HOSTS[0]))
            os.mkfifo(path, 0o600)
            with path.open("w") as pipe:  # opens when the daemon does
                wait_for(lambda: curl(f"http://127.0.0.1:{port}/healthz") == '{"status":"ok"}')
                plain.replace(path)
                pipe.write(outlet(HOSTS[0]))
            wait_for(lambda: len(program.texts()) == 1)


class Walked(tuple[SourceState, ...]):
    """Sources that count how often somebody goes through all of them."""

    times = 0

    def __iter__(self) -> Iterator[SourceState]:
        type(self).times += 1
        return super().__iter__()


def test_the_page_of_all_outlets_goes_through_their_sources_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once for each outlet, which was a second of work at five thousand."""
    ids = [f"p{n}.example" for n in range(50)]
    plain = FileLibrary.status

    def status(library: FileLibrary, now: datetime) -> Status:
        found = plain(library, now)
        return replace(found, sources=Walked(found.sources))

    with opened(tmp_path / "archive") as archive:
        for id_ in ids:
            archive.frontier.source_done(SourceState(f"http://{id_}/feed", id_, START, last_error="x: y", failures=2))
    listed = {id_: Outlet(id_, id_, f"http://{id_}/") for id_ in ids}
    with shown(tmp_path / "archive", outlets=lambda: listed) as site:
        monkeypatch.setattr(FileLibrary, "status", status)
        page = site.client.get("/outlets").text
    assert page.count("its source does not answer") == 50
    assert Walked.times < 5


def test_the_status_reads_the_configuration_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For outlets, for the disk and for the rules of notifications alike."""
    program, read = Program(tmp_path), []
    program.configure(Site(), outlets={HOSTS[0]: outlet(HOSTS[0])})
    opened(program.archive).close()
    plain = common.load

    def load(config: Path | None) -> Any:
        read.append(config)
        return plain(config)

    for place in ("scraper.cli.common.load", "scraper.cli.state.load", "scraper.cli.notify.load"):
        monkeypatch.setattr(place, load)
    done = CliRunner().invoke(cli, ["status", "--archive", str(program.archive), "--config", str(program.config)])
    assert done.exit_code == 0
    assert "1 outlet not looked at yet" in done.output
    assert len(read) == 1
