"""What `gesturesynth doctor` says, on demand: a run of it in a child process, one at a time."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.search_paths import child_environment, python_command

LIMIT_S: Final = 120.0
"""The doctor ends what hangs by itself, long before."""
MOST_BYTES: Final = 1 << 20
WITHOUT_DEVICES: Final = (
    "python",
    "model",
    "settings",
    "preset",
    "instruments",
    "processor",
    "memory",
    "clock",
    "ports",
    "processes",
    "service",
)
"""The checks that are right in the sandbox of a system service. The others would find no camera, no sound card and no
keypad there, and look into another user's folders; importing every library would take more memory than its unit has."""


class DoctorRun:
    """Runs the doctor.

    Args:
        config: the file of settings that was named; None for the machine's own.
        checks: their names; all of them where none is named.
    """

    def __init__(self, config: Path | None = None, checks: Sequence[str] = ()) -> None:
        self._config = config
        self._checks = checks
        self._running = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> dict[str, Any]:
        """The report of `gesturesynth doctor --quick --json`. Waits for it, so call it in a thread; `stop` ends it.

        Raises:
            GestureSynthError: a run is under way, or it gave no report.
        """
        if not self._running.acquire(blocking=False):
            raise GestureSynthError("The doctor is running already; its report comes in a moment.")
        try:
            return self._report()
        finally:
            self._running.release()

    def stop(self) -> None:
        """Ends a run that is under way: what waits for it would keep this process from ending."""
        if process := self._process:
            process.kill()

    def _report(self) -> dict[str, Any]:
        config = ["--config", str(self._config)] if self._config else []
        command = python_command("-m", "gesturesynth", "doctor", *self._checks, "--quick", "--json", *config)
        try:
            output, errors = self._output(command)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GestureSynthError(f"The doctor could not be run: {error}") from error
        # Exit code 1 means that something is wrong with the computer, which is what was asked.
        try:
            return msgspec.json.decode(output[:MOST_BYTES], type=dict[str, Any])
        except msgspec.MsgspecError as error:
            last = errors.decode(errors="replace").strip().splitlines()[-1:] or ["without a reason"]
            raise GestureSynthError(f"The doctor gave no report: {last[0]}") from error

    def _output(self, command: list[str]) -> tuple[bytes, bytes]:
        """Standard output and standard error of a program, for which it waits at most LIMIT_S."""
        with subprocess.Popen(
            command,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            self._process = process
            try:
                return process.communicate(timeout=LIMIT_S)
            finally:
                self._process = None
                process.kill()  # one that has ended is left alone
