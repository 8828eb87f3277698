"""Notifications as an operator meets them: the command, the status, and a daemon that tells while it works."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import PARAGRAPHS, article_page
from tests.notify.kit import SECRET, Receiver, receiver
from tests.site import Program, Site, serve, wait_for

HOST = "paper.example"
PATH = "/2026/03/pier-vote/"
URL = f"http://{HOST}{PATH}"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site({PATH: article_page()})) as site:
        yield site


@pytest.fixture
def program(tmp_path: Path, site: Site, hook: Receiver) -> Program:
    """The program with one rule, its receiver named as private."""
    program = Program(tmp_path)
    program.configure(
        site,
        HOST,
        more=f'[[notify]]\nname = "all"\nto = "{hook.url}"\nsecret = "{SECRET}"\nevery = "10s"\n',
    )
    name(program, hook)
    return program


def name(program: Program, hook: Receiver) -> None:
    path = program.config / "scraper.toml"
    at = hook.url.removeprefix("http://").removesuffix("/hook")
    path.write_text(path.read_text().replace("[network]\n", f'[network]\nprivate = ["{at}"]\n'))


def test_a_test_message_comes_and_its_answer_is_shown(program: Program, hook: Receiver) -> None:
    done = program.run("notify", "test", "all")
    assert (done.returncode, done.stdout) == (0, "all: taken: status 200\n")
    assert (hook.messages[0]["test"], hook.messages[0]["edits"]) == (True, [])
    assert not program.archive.exists()


def test_what_the_receiver_says_is_not_shown(program: Program, hook: Receiver) -> None:
    hook.statuses = [401]
    done = program.run("notify", "test", "--json", "all")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"rule": "all", "taken": False, "said": "status 401"}
    assert "nobody's business" not in done.stdout + done.stderr


def test_a_receiver_on_this_machine_has_to_be_named(program: Program, hook: Receiver) -> None:
    path = program.config / "scraper.toml"
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("private")))
    done = program.run("notify", "test", "all")
    assert done.returncode == 1
    assert "name its host and port as `private` under [network]" in done.stdout
    assert hook.got == []


def test_a_rule_that_does_not_exist_is_named_with_those_that_do(program: Program) -> None:
    done = program.run("notify", "test", "al")
    assert (done.returncode, done.stderr) == (2, "scraper: there is no [[notify]] table called al; known are all\n")


def test_a_daemon_tells_of_an_edit_and_goes_on_after_kill_9(program: Program, site: Site, hook: Receiver) -> None:
    """What is kept by another process, and while no daemon runs, is told once as well."""
    program.fetch(URL)
    note = program.archive / ".run" / "notify" / "all.json"
    with program.daemon("--role", "scheduler,worker") as process:
        wait_for(note.exists)
        site.routes[PATH] = article_page(*PARAGRAPHS[:-1], "The pier will cost 41 million.")
        program.fetch(URL)
        wait_for(lambda: hook.got)
        wait_for(lambda: json.loads(note.read_bytes())["sent"] == 1)
        process.send_signal(signal.SIGKILL)
        process.wait()
    site.routes[PATH] = article_page(*PARAGRAPHS[:-1], "The pier will cost 43 million.")
    program.fetch(URL)
    with program.daemon("--role", "scheduler,worker"):
        wait_for(lambda: len(hook.got) == 2)
        wait_for(lambda: json.loads(note.read_bytes())["sent"] == 2)
    assert [[edit["version"] for edit in message["edits"]] for message in hook.messages] == [[1], [2]]
    assert "all: 2 messages taken, last " in program.run("status").stdout
    assert json.loads(program.run("status", "--json").stdout)["notify"][0]["sent"] == 2


def test_a_changed_rule_is_taken_up_by_a_daemon_at_work(program: Program, site: Site, hook: Receiver) -> None:
    """It goes on where it was, and tells the new receiver; what is secret in its address is shown nowhere."""
    program.fetch(URL)
    path = program.config / "scraper.toml"
    note = program.archive / ".run" / "notify" / "all.json"
    with receiver() as other:
        path.write_text(path.read_text().replace("private = [", f'private = ["{other.url[7:-5]}", '))
        with program.daemon("--role", "scheduler,worker"):
            wait_for(note.exists)
            path.write_text(path.read_text().replace(hook.url, f"{other.url}?token=s3cret"))
            wait_for(lambda: "rules-reloaded" in [line["event"] for line in program.log()])
            site.routes[PATH] = article_page(*PARAGRAPHS[:-1], "The pier will cost 41 million.")
            program.fetch(URL)
            wait_for(lambda: other.got)
            shown = program.run("status", "--json").stdout
    assert (hook.got, [edit["version"] for edit in other.messages[0]["edits"]]) == ([], [1])
    assert "s3cret" not in (program.root / "daemon.log").read_text() + shown


def test_a_service_that_is_unknown_stops_the_start_with_a_sentence(program: Program) -> None:
    path = program.config / "scraper.toml"
    path.write_text(path.read_text() + '[[notify]]\nname = "odd"\nto = "nosuchservice://x"\n')
    done = program.run("run")
    assert done.returncode == 2
    assert "scraper.toml:12: to: apprise does not understand this nosuchservice:// address" in done.stderr


TOKEN = "t0ken-that-is-nobodys-business"


@pytest.mark.parametrize(
    "to",
    ["{hook}/" + TOKEN, "http://127.0.0.1:1/" + TOKEN, "http://nowhere.invalid/?key=" + TOKEN,
     "http://user:" + TOKEN + "@127.0.0.1:1/", "json://user:" + TOKEN + "@nowhere.invalid/"],
    ids=["refusing", "closed", "unknown", "password", "service"],
)  # fmt: skip
def test_what_is_secret_in_an_address_is_in_no_sentence(program: Program, hook: Receiver, to: str) -> None:
    """Whatever went wrong, and wherever it is shown: the address of a webhook is its password."""
    hook.statuses, hook.extra = [302] * 3, {"Location": f"http://127.0.0.1:1/{TOKEN}"}
    path = program.config / "scraper.toml"
    path.write_text(path.read_text().replace(f'to = "{hook.url}"', f'to = "{to.replace("{hook}", hook.url)}"'))
    done = [program.run("notify", "test", "all"), program.run("status"), program.run("status", "--json")]
    assert done[0].returncode in {1, 2}
    assert [one.stdout + one.stderr for one in done if TOKEN in one.stdout + one.stderr] == []
