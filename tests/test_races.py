"""The same thing at once, or under another one's hands: one wins, the others are told, and nothing is half done."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from scraper import outlets
from scraper.cli.adding import write
from scraper.errors import UsageError
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, outlet, serve, wait_for
from tests.store.test_prune import busy
from tests.test_daemon import HOSTS, papers

HOST = "paper.example"
MANY = 100


def test_a_hundred_add_one_outlet_and_one_of_them_does(tmp_path: Path) -> None:
    """Each with a file of its own; what is there in the end is one of these, whole."""
    config, ready = tmp_path / "config", threading.Barrier(MANY)
    config.mkdir()
    path = config / "outlets" / f"{HOST}.toml"

    def add(number: int) -> str:
        ready.wait(60)
        try:
            write(config, path, f"# written by {number}\n{outlet(HOST)}", force=False)
        except UsageError as error:
            return "told" if "is there already" in str(error) else str(error)
        return f"# written by {number}"

    with ThreadPoolExecutor(MANY) as pool:
        done = Counter(pool.map(add, range(MANY)))
    [winner] = set(done) - {"told"}
    assert (done["told"], path.read_text().splitlines()[0]) == (MANY - 1, winner)
    assert list(path.parent.iterdir()) == [path]
    assert set(outlets.load(config)) == {HOST}


def test_files_that_come_and_go_leave_the_daemon_at_work(tmp_path: Path) -> None:
    """Renamed, emptied, deleted, written half and put back, while it looks: in the end it knows what is there."""
    program, over = Program(tmp_path), threading.Event()
    with serve(papers(2)) as site:
        program.configure(site, *HOSTS, outlets={HOSTS[0]: outlet(HOSTS[0], every="1s")})
        first = program.config / "outlets" / f"{HOSTS[0]}.toml"
        text = first.read_text()

        def meddle() -> None:
            while not over.is_set():
                for change in (lambda: first.rename(first.with_suffix(".away")),
                               lambda: first.with_suffix(".away").unlink(),
                               lambda: first.write_text(text[:20]),
                               first.unlink,
                               lambda: first.write_text("")):  # fmt: skip
                    change()
                    time.sleep(0.003)

        with program.daemon() as daemon:
            wait_for(lambda: any(line["event"] == "started" for line in program.log()))
            meddler = threading.Thread(target=meddle)
            meddler.start()
            wait_for(lambda: any(line["event"] in {"config-reloaded", "config-mistake"} for line in program.log()))
            over.set()
            meddler.join()
            first.unlink()
            second = program.config / "outlets" / f"{HOSTS[1]}.toml"
            second.write_text(outlet(HOSTS[1], every="1s"))
            wait_for(lambda: any(HOSTS[1] in str(path) for path in program.texts()))
            assert daemon.poll() is None
    assert not {"task-broke", "archive-unwritable"} & {line["event"] for line in program.log()}
    assert "Traceback" not in (tmp_path / "daemon.log").read_text()


def test_pruning_twice_at_once_while_others_fetch_and_export(tmp_path: Path) -> None:
    """What may go goes once; whoever finds the archive taken says so; exports are whole, and so is what stays."""
    program = Program(tmp_path)
    busy(program.archive)
    with serve(Site({f"/s{n}": article_page(f"Story {n}.", *PARAGRAPHS, title=f"S {n}") for n in range(5)})) as site:
        program.configure(site, HOST)
        exports = [tmp_path / f"{n}.warc.gz" for n in range(2)]
        prune_ = ["prune", "--older-than", "30d", "--yes", "--json"]
        commands = [
            prune_, ["export", "--format", "warc", "--output", str(exports[0])], prune_,
            ["fetch", *(f"http://{HOST}/s{n}" for n in range(5))],
            ["export", "--format", "warc", "--output", str(exports[1])],
        ]  # fmt: skip
        running = [_begun(program, one) for one in commands]
        told = [(process.communicate(timeout=120), process.returncode) for process in running]
    for (_, said), code in told:
        assert (code, said.count("Traceback")) in {(0, 0), (1, 0)}, said
        assert code == 0 or "wait for it or stop it" in said, told
    files = [json.loads(line)["file"] for number in (0, 2) for line in told[number][0][0].splitlines()]
    assert len(files) == len(set(files)) > 0
    assert len(program.texts()) == 2 + 5
    for path in exports:
        with path.open("rb") as file:
            assert len(list(ArchiveIterator(file, check_digests="raise"))) > 0
    assert program.run("verify", "--deep").stdout == "everything is as it was stored\n"


def _begun(program: Program, command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(program.command(*command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
