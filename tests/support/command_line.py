"""`gesturesynth ...` in this process, for what a command line says and leaves: a process of its own takes longer."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gesturesynth.cli.app import main


@contextmanager
def unchanged_process() -> Iterator[None]:
    """Puts back what a command line changes of its process: the environment, and how signals are handled."""
    environment = dict(os.environ)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(environment)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def run_here(capfd: pytest.CaptureFixture[str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a command line as `python -m gesturesynth` does, in this process and its current folder.

    Args:
        capfd: pytest's; what was said before is dropped.
        arguments: as a person types them.

    Returns:
        The exit code and what was said, also by processes that it started.
    """
    capfd.readouterr()
    with unchanged_process(), pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    said = capfd.readouterr()
    return subprocess.CompletedProcess(arguments, int(left.value.code or 0), said.out, said.err)
