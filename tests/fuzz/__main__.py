"""Fuzz the targets one after the other: python -m tests.fuzz [TARGET …] [--seconds 60] [--corpus DIR] [--findings DIR]

Prints what was tried and found; 1 if anything was found. A finding is made small and kept as a file under
tests/fuzz/findings/<target>/, which the ordinary tests run ever after.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.breach import Breach, breach_of, kept, smaller
from tests.fuzz.targets import HERE, TARGETS, Target, seeds

_COVERED = re.compile(rb"cov: (\d+)")
_TRIED = re.compile(rb"(?:^|\n)#(\d+)\s")
_MEMORY = 4096  # MiB, for the process as a whole


@dataclass
class Result:
    """What came of one target. `died` counts inputs that ended the process and were found harmless where it counts."""

    name: str
    tried: int = 0
    covered: tuple[int, int] = (0, 0)
    died: int = 0
    findings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        grown = self.covered[1] - self.covered[0]
        return f"{self.name:12}{self.tried:12}{self.covered[1]:9}{grown:8}{self.died:6}{len(self.findings):10}"


HEAD = f"{'target':12}{'executions':>12}{'covered':>9}{'new':>8}{'died':>6}{'findings':>10}"


def fuzz(name: str, seconds: float, corpus: Path, findings: Path) -> Result:
    """Fuzz one target for so long, started anew when an input ends the process."""
    result, until = Result(name), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        while (left := until - time.monotonic()) >= 1:
            told = _drive(name, left, corpus / name, work)
            counts = [int(count) for count in _COVERED.findall(told)]
            if counts:
                result.covered = (result.covered[0] or counts[0], max(result.covered[1], counts[-1]))
            result.tried += max((int(count) for count in _TRIED.findall(told)), default=0)
            if not counts:
                raise SystemExit(f"{name} could not be fuzzed:\n{told.decode(errors='replace')[-2000:]}")
            _sort_out(TARGETS[name], work, findings / name, result)
    return result


def _drive(name: str, seconds: float, corpus: Path, work: Path) -> bytes:
    """One run of the fuzzer; what it said."""
    corpus.mkdir(parents=True, exist_ok=True)
    (work / "left").mkdir(exist_ok=True)
    (work / "seeds").mkdir(exist_ok=True)
    for path in seeds(name):
        (work / "seeds" / path.name).write_bytes(path.read_bytes())
    (work / "words").write_bytes(b"".join(map(_word, filter(None, TARGETS[name].words.split(" ")))))
    most = TARGETS[name]
    slow = int(10 * (most.seconds + most.per_kib * most.most / 1024))
    options = [
        f"-max_total_time={max(1, int(seconds))}",
        f"-artifact_prefix={work / 'left'}/",
        f"-max_len={most.most}",
        f"-timeout={slow}",
        f"-rss_limit_mb={_MEMORY}",
        "-len_control=20",
        *([f"-dict={work / 'words'}"] if most.words else []),
    ]
    command = [sys.executable, "-m", "tests.fuzz.drive", name, str(work / "found"), *options, str(corpus)]
    done = subprocess.run([*command, str(work / "seeds")], capture_output=True, check=False)
    return done.stderr


def _word(word: str) -> bytes:
    """A line of a libFuzzer dictionary."""
    return b'"%s"\n' % "".join(f"\\x{byte:02x}" for byte in word.encode()).encode()


def _sort_out(target: Target, work: Path, folder: Path, result: Result) -> None:
    """Make small and keep what was found; ask again about what ended the process."""
    for path in sorted((work / "found").glob("*")):
        data = path.read_bytes()
        breach = breach_of(target, data) or Breach("only-under-the-fuzzer", (path.name,))
        _keep(target, breach, smaller(target, data, breach), folder, result)
        path.unlink()
    for path in sorted((work / "left").glob("*")):
        kind, data = path.name.partition("-")[0], path.read_bytes()
        if target.confirm and kind != "slow" and breach_of(Target(target.confirm, seconds=999.0), data) is None:
            result.died += 1
        elif kind != "slow":
            _keep(target, Breach(f"process-{kind}", (path.name,)), data, folder, result)
        path.unlink()


def _keep(target: Target, breach: Breach, data: bytes, folder: Path, result: Result) -> None:
    path = kept(folder, breach, data)
    if path:
        result.findings.append(str(path))
        print(f"  {path}: {breach_of(target, data) or breach}", file=sys.stderr)


def main() -> int:
    """Fuzz, print the table; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target")
    parser.add_argument("--corpus", type=Path, help="keep what reaches new code in this folder, and begin with it")
    parser.add_argument("--findings", type=Path, default=HERE / "findings")
    given = parser.parse_args()
    unknown = set(given.targets) - TARGETS.keys()
    if unknown:
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    found = 0
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in given.targets or TARGETS:
            result = fuzz(name, given.seconds, given.corpus or Path(folder), given.findings)
            print(result, flush=True)
            found += len(result.findings)
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
