"""Programs of the distribution that some tests run. Where one is missing these are skipped and say what to install.

`.ci/run` installs them all, and takes such a skip for a failure (`pytest --all-tools`).
"""

from __future__ import annotations

import os
import shutil

import pytest

PACKAGES = {"systemd-analyze": "systemd", "script": "bsdutils", "nginx": "nginx-light", "bwrap": "bubblewrap"}
# Where distributions keep what only administrators are expected to run.
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


def found(program: str) -> str | None:
    """Where `program` is, None if it is not installed."""
    return shutil.which(program, path=PATH)


def missing(*programs: str) -> str:
    """What to install, empty if nothing."""
    packages = [PACKAGES.get(program, program) for program in programs if not found(program)]
    return f"apt-get install {' '.join(packages)}" if packages else ""


def needs(*programs: str) -> pytest.MarkDecorator:
    """A mark for tests that run these."""
    return pytest.mark.skipif(bool(missing(*programs)), reason=f"needs {', '.join(programs)}: {missing(*programs)}")
