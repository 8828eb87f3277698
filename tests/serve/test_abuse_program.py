"""The real program, told to serve where it should not, and asked to fetch what it must not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.site import Program, Site, serve, wait_for
from tests.tally import Tally

ROW = "abuse of the interfaces"
TOKEN = "a-token-of-sixteen-characters"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program, with an empty configuration."""
    it = Program(tmp_path)
    (it.config / "outlets").mkdir(parents=True)
    return it


def told(program: Program, text: str) -> None:
    """Write its configuration."""
    path = program.config / "scraper.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


@contextmanager
def running(program: Program) -> Iterator[httpx.Client]:
    """`scraper run --role web`, and a client of the address that it says."""
    with program.daemon("--role", "web"):
        wait_for(lambda: [line for line in program.log() if line["event"] == "listening"])
        (line,) = [line for line in program.log() if line["event"] == "listening"]
        with httpx.Client(base_url=line["address"], trust_env=False, timeout=30) as client:
            yield client


@pytest.mark.parametrize("bind", ["0.0.0.0:0", "[::]:0"])
def test_it_does_not_listen_to_others_without_a_token(program: Program, tally: Tally, bind: str) -> None:
    """One sentence that says what to do, and the exit code of a mistake in the configuration."""
    told(program, f'[serve]\nbind = "{bind}"\n')
    done = program.run("run", "--role", "web")
    right = done.returncode == 2 and f"{bind} can be reached from outside, so [serve] needs a token" in done.stderr
    tally(ROW, 1, int(right))
    assert right, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr


def test_with_a_token_it_listens_to_all_who_have_it(program: Program) -> None:
    told(program, f'[serve]\nbind = "0.0.0.0:0"\ntoken = "{TOKEN}"\n')
    with running(program) as client:
        base = f"http://127.0.0.1:{client.base_url.port}"
        assert client.get(f"{base}/api/v1/status").status_code == 401
        assert client.get(f"{base}/api/v1/status", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert TOKEN not in (program.root / "daemon.log").read_text(encoding="utf-8")


def test_it_listens_on_the_loopback_of_ipv6(program: Program) -> None:
    told(program, '[serve]\nbind = "[::1]:0"\n')
    with running(program) as client:
        assert client.base_url.host == "::1"
        answer = client.get("/api/v1/status")
        assert (answer.status_code, answer.json()["state"]) == (200, "ready")
        assert client.get("/api/v1/status", headers={"Host": "evil.example"}).status_code == 421
        origin = {"Origin": f"http://[::1]:{client.base_url.port}", "Sec-Fetch-Site": "same-origin"}
        assert client.post("/fetch", data={"url": "http://127.0.0.1:1/x"}, headers=origin).status_code == 303


# Ways to write this machine, its neighbours, and what clouds keep their secrets at.
OWN = (
    "http://127.0.0.1:{port}/x", "http://127.1:{port}/x", "http://2130706433:{port}/x", "http://0x7f000001:{port}/x",
    "http://0177.0.0.1:{port}/x", "http://0.0.0.0:{port}/x", "http://[::1]:{port}/x", "http://[::]:{port}/x",
    "http://[::ffff:127.0.0.1]:{port}/x", "http://[::ffff:7f00:1]:{port}/x", "http://[64:ff9b::7f00:1]:{port}/x",
    "http://localhost:{port}/x", "http://127.0.0.1.:{port}/x", "http://10.0.0.1/x", "http://192.168.0.1/x",
    "http://169.254.169.254/latest/meta-data/", "http://100.100.100.200/x", "http://[fe80::1]/x", "http://[fd00::1]/x",
)  # fmt: skip


def test_a_fetch_of_the_machine_itself_ends_as_refused(program: Program, tally: Tally) -> None:
    """Asked for over HTTP, by the API and by the form: nobody is asked, nothing is kept, and the job says why."""
    told(program, '[network]\ndelay = "0s"\n[serve]\nbind = "127.0.0.1:0"\n')
    with serve(Site(routes={"/x": "a secret"})) as canary, running(program) as client:
        urls = [url.format(port=canary.address.rpartition(":")[2]) for url in OWN]
        jobs = [client.post("/api/v1/fetch", json={"url": url}).json() for url in urls]
        place = client.post("/fetch", data={"url": urls[0]}).headers["location"]
        ended = [_ended(client, job["id"]) for job in [*jobs, {"id": place.removeprefix("/fetch/")}]]
        page = client.get(place)
        assert (page.status_code, "a secret" in page.text) == (200, False)
    verdicts = [(job["result"]["verdict"], job["result"]["reason"].partition(":")[0]) for job in ended]
    right = sum(one == ("refused", "private-address") for one in verdicts)
    tally(ROW, len(verdicts), right)
    assert dict(zip([*urls, urls[0]], verdicts, strict=True)) == dict.fromkeys(urls, ("refused", "private-address"))
    assert canary.asked == []
    assert program.texts() == []


def _ended(client: httpx.Client, job: str) -> dict[str, dict[str, str]]:
    """A fetch, once it has ended."""
    found: dict[str, dict[str, str]] = {}
    for _ in range(300):
        found = client.get(f"/api/v1/fetch/{job}").json()
        if found["ended_at"]:
            break
        time.sleep(0.05)
    return found
