"""Fixtures that every room needs, and the two things that the whole run must say: no network, and missing footage."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests import media, offline

FETCHING = {"wheel"}
"""Fixtures that fetch something; tests that use them come first, then the run leaves the network."""

_network: list[str] = []


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Config, state and runtime folders of the test's own (short: a socket's path is limited); the cache is shared."""
    with tempfile.TemporaryDirectory(prefix="gs-") as name:
        root = Path(name)
        for folder in ("config", "state", "runtime"):
            monkeypatch.setenv(f"GESTURESYNTH_{folder.upper()}_DIR", str(root / folder))
        yield root
        # Logging is set up for a whole process: what one test did about it must not silence the next.
        structlog.reset_defaults()


def _fetches(item: pytest.Item) -> bool:
    return bool(FETCHING & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not _fetches(item))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if not _network and not _fetches(item):
        _network.append(offline.leave())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _network and _network[0] != "none":
        terminalreporter.section("TESTED WITH A NETWORK", sep="!", red=True, bold=True)
        terminalreporter.line(_network[0])
    missing = [name for name in media.CLIPS.values() if not (media.folder() / name).is_file()]
    if missing:
        terminalreporter.section("TEST FOOTAGE MISSING", sep="!", red=True, bold=True)
        terminalreporter.line(f"{', '.join(missing)}: not in {media.folder()}; what needs them was NOT tested.")
