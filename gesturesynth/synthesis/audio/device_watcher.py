"""Watching for an audio device while the engine has none."""

from __future__ import annotations

import contextlib
import subprocess
from typing import Final

from gesturesynth.core.json_lines import parse_json_lines
from gesturesynth.core.search_paths import child_environment
from gesturesynth.synthesis.audio import device_probe

PROBE_INTERVAL_S: Final = 15.0
"""One probe takes 0.3 s of a core."""


class DeviceWatcher:
    """Probes from time to time, without blocking, whether there is an audio device.

    For an engine that `auto` left without one: it ends when a device appears, and is started again with it.
    """

    def __init__(self, now_s: float) -> None:
        self._next_s = now_s + PROBE_INTERVAL_S
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def active(self) -> bool:
        """Whether a probe is running."""
        return self._process is not None

    def poll(self, now_s: float) -> str:
        """A sentence when there is a device now, else an empty text."""
        if self._process is None:
            if now_s >= self._next_s:
                self._next_s = now_s + PROBE_INTERVAL_S
                self._process = subprocess.Popen(
                    device_probe.probe_command("jack", "portaudio"),
                    env=child_environment(),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            return ""
        if self._process.poll() is None:
            if now_s >= self._next_s:
                self._process.kill()
            return ""
        output, _ = self._process.communicate()
        self._process = None
        found = parse_json_lines(output)
        if "jack" in found:
            return "a JACK server has appeared"
        return "a sound device has appeared" if "portaudio" in found else ""

    def close(self) -> None:
        """Ends a probe that is running."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.communicate()
            self._process = None
