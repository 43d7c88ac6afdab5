"""These tests boot machines, which only root can do; the summary of a run says when they were left out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import installation
from tests.system.machine import Disk, TemporaryDisk

LIMIT_S = 400
"""For each of these tests, and what it begins with: the program has a gigabyte, and is copied; then machines boot."""

TOOLS = {"unshare": "util-linux", "nsenter": "util-linux", "runuser": "util-linux", "timeout": "coreutils"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest.fixture(scope="session", autouse=True)
def real_systemd() -> None:
    """There is a systemd to boot, and the right to do so."""
    missing = {package for tool, package in TOOLS.items() if not shutil.which(tool)}
    if not os.path.exists("/lib/systemd/systemd"):  # noqa: PTH110 - a question, no path to work with
        missing.add("systemd")
    assert not missing, f"missing from this system: {', '.join(sorted(missing))} (.ci/setup test installs them)"
    if os.geteuid() != 0:
        text = "THE SYSTEM SERVICE WAS NOT TESTED: only root can boot a systemd in namespaces of its own"
        assert os.environ.get("CI") != "true", text
        pytest.skip(text)


@pytest.fixture(scope="session")
def ground(real_systemd: None) -> Iterator[Disk]:
    """A disk with the service on it, for machines to begin with."""
    with TemporaryDisk() as disk:
        installation.install(disk)
        yield disk
