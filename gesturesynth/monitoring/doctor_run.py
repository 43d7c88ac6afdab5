"""What `gesturesynth doctor` says, on demand: a run of it in a child process, one at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec

from gesturesynth.core.errors import GestureSynthError

LIMIT_S: Final = 120.0
"""The doctor ends what hangs by itself, long before."""
MOST_BYTES: Final = 1 << 20


class DoctorRun:
    """Runs the doctor.

    Args:
        config: the file of settings that was named; None for the machine's own.
    """

    def __init__(self, config: Path | None = None) -> None:
        self._config = config
        self._running = Lock()

    def run(self) -> dict[str, Any]:
        """The report of `gesturesynth doctor --quick --json`. Waits for it, so call it in a thread.

        Raises:
            GestureSynthError: a run is under way, or it gave no report.
        """
        if not self._running.acquire(blocking=False):
            raise GestureSynthError("The doctor is running already; its report comes in a moment.")
        try:
            return self._report()
        finally:
            self._running.release()

    def _report(self) -> dict[str, Any]:
        config = ["--config", str(self._config)] if self._config else []
        command = [sys.executable, "-P", "-m", "gesturesynth", "doctor", "--quick", "--json", *config]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GestureSynthError(f"The doctor could not be run: {error}") from error
        # Exit code 1 means that something is wrong with the computer, which is what was asked.
        try:
            return msgspec.json.decode(done.stdout[:MOST_BYTES], type=dict[str, Any])
        except msgspec.MsgspecError as error:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["without a reason"]
            raise GestureSynthError(f"The doctor gave no report: {last[0]}") from error
