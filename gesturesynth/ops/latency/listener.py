"""Starts the process that listens on JACK (`synthesis/audio/jack_listener.py`), and reads what it heard."""

from __future__ import annotations

import contextlib
import select
import subprocess
import time
from typing import Final, Self

from gesturesynth.core.json_lines import parse_json_lines
from gesturesynth.core.search_paths import child_environment, python_command

START_LIMIT_S: Final = 10.0
END_LIMIT_S: Final = 5.0


class Listener:
    """Listens while it is open. A context manager.

    Args:
        way: `loop` or `microphone`.

    Attributes:
        reason: why nothing can be heard; empty where it can.
        card_s: what JACK says that lies between the place where it listens and the air, seconds.
        onsets: when sounds began, monotonic seconds; complete at the end.
    """

    def __init__(self, way: str) -> None:
        self._way = way
        self.reason = ""
        self.card_s = 0.0
        self.onsets: tuple[float, ...] = ()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            python_command("-m", "gesturesynth.synthesis.audio.jack_listener", self._way),
            env=child_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._read = b""
        end_s = time.monotonic() + START_LIMIT_S
        while b"\n" not in self._read and time.monotonic() < end_s and self._receive(0.1):
            pass
        about = parse_json_lines(self._read.partition(b"\n")[0])
        self.reason = str(about.get("error", "")) if about else "the sound server does not answer"
        self.card_s = float(about.get("card_s", 0.0))
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # which ends it
        end_s = time.monotonic() + END_LIMIT_S
        while time.monotonic() < end_s and self._receive(0.1):
            pass
        if self._process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(max(0.0, end_s - time.monotonic()))
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        lines = self._read.split(b"\n")[1:]
        found = [parse_json_lines(line) for line in lines if line.strip()]
        self.onsets = tuple(float(line["onset_s"]) for line in found if "onset_s" in line)

    def _receive(self, timeout_s: float) -> bool:
        """Reads what was written; False at the end of it."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], timeout_s)[0]:
            return True
        chunk = self._process.stdout.read(65536) or b""
        self._read += chunk
        return bool(chunk)
