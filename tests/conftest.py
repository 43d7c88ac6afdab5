"""Fixtures that every room needs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import media


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Config, state and runtime folders of the test's own (short: a socket's path is limited); the cache is shared."""
    with tempfile.TemporaryDirectory(prefix="gs-") as name:
        root = Path(name)
        for folder in ("config", "state", "runtime"):
            monkeypatch.setenv(f"GESTURESYNTH_{folder.upper()}_DIR", str(root / folder))
        yield root


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = [name for name in media.CLIPS.values() if not (media.folder() / name).is_file()]
    if missing:
        terminalreporter.section("TEST FOOTAGE MISSING", sep="!", red=True, bold=True)
        terminalreporter.line(f"{', '.join(missing)}: not in {media.folder()}; what needs them was NOT tested.")
