"""Fixtures of all tests, three tests at a time, and what the summary of a run has to say.

That is: whether it ran without a network, what footage is missing, and how many tests the fast selection left out.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from tests.support import footage, network_off
from tests.support.selection import count_test_functions, slow_reason
from tests.support.turns import FOLDER, FileScheduling, Turns

# Machines are busy with others: how long an example took says nothing about it.
hypothesis.settings.register_profile("busy", deadline=None)
hypothesis.settings.load_profile("busy")

FETCHING = {"wheel"}
"""Fixtures that fetch something; tests that use them come first, then the run leaves the network."""

_network: list[str] = []
_left_out: Counter[str] = Counter()
"""The tests that the fast selection left out, by what they need."""
_turns: list[Turns] = []
_folders: list[tempfile.TemporaryDirectory[str]] = []


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Config, state and runtime folders of the test's own (short: a socket's path is limited); the cache is shared."""
    with tempfile.TemporaryDirectory(prefix="gs-") as name:
        root = Path(name)
        for folder in ("config", "state", "runtime"):
            monkeypatch.setenv(f"GESTURESYNTH_{folder.upper()}_DIR", str(root / folder))
        # A verb that is called in the test's own process may forbid it to find programs: the next test finds them.
        monkeypatch.setenv("PATH", os.environ["PATH"])
        yield root
        # Logging is set up for a whole process: what one test did about it must not silence the next.
        structlog.reset_defaults()


# ------------------------------------------------------------------------------------------------ three tests at a time
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
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileScheduling:
    return FileScheduling(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    alone = item.get_closest_marker("quiet") is not None
    with _turns[0].take(alone=alone) if _turns else nullcontext():
        return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    output = getattr(node, "workeroutput", {})  # a worker that has crashed leaves none, and is started again
    _network.extend(text for text in output.get("network", ()) if text not in _network)
    _left_out.update(Counter(output.get("left_out", {})) - _left_out)  # every worker leaves out the same


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _turns:
        output = session.config.workeroutput  # type: ignore[attr-defined]  # xdist adds it
        output["network"], output["left_out"] = _network, dict(_left_out)


# --------------------------------------------------------------------------------------------------- the fast selection
FAST = "not slow"
"""The selection of `make test-fast`: `pytest -m "not slow"`."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    # Importing slow modules alone takes longer than all the fast tests of a package.
    if (
        config.option.markexpr != FAST
        or not collection_path.name.startswith("test_")
        or collection_path.suffix != ".py"
    ):
        return None
    reason = slow_reason(collection_path)
    if reason:
        _left_out[reason] += count_test_functions(collection_path)
    return bool(reason) or None


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    reason = "a network" if _fetches(item) else slow_reason(item.path)
    if reason and item.get_closest_marker("slow") is None:
        item.add_marker(pytest.mark.slow(reason))


def pytest_deselected(items: list[pytest.Item]) -> None:
    _left_out.update(marker.args[0] for item in items if (marker := item.get_closest_marker("slow")))


# ------------------------------------------------------------------------------------------------------ off the network
def _fetches(item: pytest.Item) -> bool:
    return bool(FETCHING & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # After them what takes longest: one worker boots machines while the other runs all other tests.
    items.sort(key=lambda item: 0 if _fetches(item) else 1 if "tests/system/" in item.nodeid else 2)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if not _network and not _fetches(item):
        _network.append(network_off.leave())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if text := [text for text in _network if text != "none"]:
        terminalreporter.section("TESTED WITH A NETWORK", sep="!", red=True, bold=True)
        terminalreporter.line(text[0])
    if _left_out:
        terminalreporter.section("SLOW TESTS LEFT OUT", sep="!", yellow=True, bold=True)
        for reason, count in _left_out.most_common():
            terminalreporter.line(f"{count:5} need {reason}")
        terminalreporter.line(f"{_left_out.total():5} test functions were NOT run: `make test` runs all.")
    missing = [name for name in footage.CLIPS.values() if not (footage.folder() / name).is_file()]
    if missing:
        terminalreporter.section("TEST FOOTAGE MISSING", sep="!", red=True, bold=True)
        terminalreporter.line(f"{', '.join(missing)}: not in {footage.folder()}; what needs them was NOT tested.")
