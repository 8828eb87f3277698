"""The snapshots as files: `sha256sum` proves what came out, without this program."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from datetime import date
from pathlib import Path

from tests.export.kit import Command, texts_of
from tests.store.kit import opened


def checked(folder: Path, sums: Path | str) -> subprocess.CompletedProcess[str]:
    """`sha256sum -c` in a folder; what a manifest names beyond it is left out."""
    command = ["sha256sum", "-c", "--strict", "--quiet", "--ignore-missing", str(sums)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_folder_is_the_archives_own(kept: Path, run: Command, tmp_path: Path) -> None:
    """Same names, same bytes, and `sha256sum -c` says so."""
    assert run(kept, "text", "-o", str(tmp_path / "out")).code == 0
    exported = [path.relative_to(tmp_path / "out") for path in texts_of(tmp_path / "out")]
    assert exported == [path.relative_to(kept) for path in texts_of(kept)]
    assert checked(tmp_path / "out", "SHA256SUMS").returncode == 0
    assert all((tmp_path / "out" / path).read_bytes() == (kept / path).read_bytes() for path in exported)


def test_the_archives_manifests_check_it(mine: Path, run: Command, tmp_path: Path) -> None:
    """The names that were noted down when the files were new."""
    with opened(mine) as archive:
        manifests = archive.write_manifests(date(2030, 1, 1))
    run(mine, "text", "-o", str(tmp_path / "out"), "--version", "latest")
    assert [checked(tmp_path / "out", mine / path).returncode for path in manifests] == [0] * len(manifests)
    victim = texts_of(tmp_path / "out")[3]
    victim.write_bytes(b"other")
    assert [checked(tmp_path / "out", mine / path).returncode for path in manifests].count(1) == 1


def test_a_tar_holds_the_same(kept: Path, run: Command, tmp_path: Path) -> None:
    """To standard output, and the same bytes each time."""
    first, second = run(kept, "text"), run(kept, "text")
    assert first.out == second.out
    with tarfile.open(fileobj=io.BytesIO(first.out)) as tar:
        tar.extractall(tmp_path, filter="data")
        assert {member.mode for member in tar} == {0o644}
    assert checked(tmp_path, "SHA256SUMS").returncode == 0
    assert len(texts_of(tmp_path)) == len(texts_of(kept))


def test_what_is_damaged_is_named_in_the_folder(mine: Path, run: Command, tmp_path: Path) -> None:
    """The rest is there, and proves itself."""
    victim = texts_of(mine)[4]
    victim.write_bytes(b"other")
    said = run(mine, "text", "-o", str(tmp_path / "out"))
    name = victim.relative_to(mine).as_posix()
    assert (said.code, name in said.err) == (1, True)
    assert name in (tmp_path / "out" / "INCOMPLETE.txt").read_text()
    assert len(texts_of(tmp_path / "out")) == len(texts_of(mine)) - 1
    assert checked(tmp_path / "out", "SHA256SUMS").returncode == 0
    assert hashlib.sha256(b"other").hexdigest() not in (tmp_path / "out" / "SHA256SUMS").read_text()
