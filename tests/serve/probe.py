"""schemathesis, as it is installed in an environment of its own: it reads the description of an API and tries it."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TOOL = Path(__file__).parents[2] / ".venv-probe" / "bin" / "st"

# Names of what is there, so that what is tried goes further than 404; all else is made up from the schemas.
_CONFIG = """\
[dictionaries]
{dictionaries}
[parameters]
{parameters}
{operations}"""
# What no JSON schema says: whether a text is a query, and whether one is an address. Anything else that fits has to be
# taken.
_TEXTS = ("GET /api/v1/search", "GET /api/v1/articles", "POST /api/v1/fetch")
_TAKEN = """
[[operations]]
include-name = {name}
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", 304, 400, 401, 404]
"""


@dataclass(frozen=True)
class Probed:
    """What was tried: requests by the operation and the status they had, checks that were made, and what was found."""

    answers: Counter[tuple[str, int]]
    checks: int
    found: list[str]

    @property
    def operations(self) -> set[str]:
        """`GET /api/v1/articles`, for all that were tried."""
        return {operation for operation, _ in self.answers}

    @property
    def requests(self) -> int:
        """How many were made."""
        return sum(self.answers.values())

    def count(self, status: int) -> int:
        """How many answers had this status."""
        return sum(number for (_, given), number in self.answers.items() if given == status)


def probe(
    base: str, folder: Path, *, examples: int, seed: int | None, token: str | None, values: Mapping[str, Sequence[str]]
) -> Probed:
    """Try everything that the description at `base` says, `examples` of each; without a seed the same ones each time.

    `values` are `query.name` or `path.name` → some that are known to lead somewhere. Fails, and never skips, where the
    tool is not installed.
    """
    if not TOOL.exists():
        pytest.fail(f"{TOOL} is not there; `make test` makes the environment for it", pytrace=False)
    config, report = folder / "schemathesis.toml", folder / "report.ndjson"
    config.write_text(_config(values), encoding="utf-8")
    chance = ["--generation-deterministic"] if seed is None else [f"--seed={seed}", "--generation-database=none"]
    command = [
        str(TOOL), f"--config-file={config}", "run", f"{base}/api/v1/openapi.json", "--checks=all", "--mode=all",
        f"--max-examples={examples}", "--continue-on-failure", "--no-color", "--no-shrink", "--warnings=off",
        "--report=ndjson", f"--report-ndjson-path={report}", "--output-sanitize=false", *chance,
        *([f"--header=Authorization: Bearer {token}"] if token else []),
    ]  # fmt: skip
    env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()} | {"NO_PROXY": "*"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=1800)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    probed = _read(report)
    return probed if done.returncode == 0 else Probed(probed.answers, probed.checks, probed.found or [done.stdout])


def _config(values: Mapping[str, Sequence[str]]) -> str:
    lists = [f"{name.replace('.', '_')} = {{ values = {json.dumps(list(some))} }}" for name, some in values.items()]
    bound = [f'"{name}" = {{ dictionary = "{name.replace(".", "_")}", probability = 0.5 }}' for name in values]
    operations = "".join(_TAKEN.format(name=json.dumps(name)) for name in _TEXTS)
    return _CONFIG.format(dictionaries="\n".join(lists), parameters="\n".join(bound), operations=operations)


def _read(report: Path) -> Probed:
    answers: Counter[tuple[str, int]] = Counter()
    found, checks = [], 0
    for label, said in _cases(report):
        answers[label, said["response"]["status_code"]] += 1
        checks += len(said["checks"])
        wrong = [one for one in said["checks"] if one["status"] != "success"]
        found += [f"{label}: {said['request']['uri']}: {one}" for one in wrong]
    return Probed(answers, checks, found)


def _cases(report: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every request that was answered: the operation it was made for, what was sent and came, and the checks of it."""
    with report.open(encoding="utf-8") as lines:
        for line in lines:
            recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
            for name, said in recorder.get("interactions", {}).items():
                request = recorder["cases"][name]["value"]
                if said["response"]:
                    label = f"{request['method']} {request['path']}"
                    yield label, said | {"checks": recorder["checks"].get(name, [])}
