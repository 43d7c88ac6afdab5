"""Fixtures that every room needs, and the two things that the whole run must say: no network, and missing footage."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from tests.support import footage, network_off
from tests.support.turns import FOLDER, Sharing, Turns

# Machines are busy with others: how long an example took says nothing about it.
hypothesis.settings.register_profile("busy", deadline=None)
hypothesis.settings.load_profile("busy")

FETCHING = {"wheel"}
"""Fixtures that fetch something; tests that use them come first, then the run leaves the network."""

_network: list[str] = []
_turns: list[Turns] = []
_folders: list[tempfile.TemporaryDirectory[str]] = []


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


# -------------------------------------------------------------------------------------------------- two tests at a time
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None):
        _folders.append(tempfile.TemporaryDirectory(prefix="gs-turns-"))
        os.environ[FOLDER] = _folders[0].name
    elif "PYTEST_XDIST_WORKER" in os.environ:
        _turns.append(Turns(Path(os.environ[FOLDER])))


def pytest_unconfigure() -> None:
    for folder in _folders:
        folder.cleanup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    return Sharing(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    alone = item.get_closest_marker("quiet") is not None
    with _turns[0].take(alone=alone) if _turns else nullcontext():
        return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _network.extend(word for word in node.workeroutput.get("network", ()) if word not in _network)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _turns:
        session.config.workeroutput["network"] = _network  # type: ignore[attr-defined]  # xdist adds it


# ------------------------------------------------------------------------------------------------------ off the network
def _fetches(item: pytest.Item) -> bool:
    return bool(FETCHING & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # After them what takes longest: one worker boots machines while the other does all the rest.
    items.sort(key=lambda item: 0 if _fetches(item) else 1 if "tests/system/" in item.nodeid else 2)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if not _network and not _fetches(item):
        _network.append(network_off.leave())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if text := [word for word in _network if word != "none"]:
        terminalreporter.section("TESTED WITH A NETWORK", sep="!", red=True, bold=True)
        terminalreporter.line(text[0])
    missing = [name for name in footage.CLIPS.values() if not (footage.folder() / name).is_file()]
    if missing:
        terminalreporter.section("TEST FOOTAGE MISSING", sep="!", red=True, bold=True)
        terminalreporter.line(f"{', '.join(missing)}: not in {footage.folder()}; what needs them was NOT tested.")
