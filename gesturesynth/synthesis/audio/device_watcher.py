"""Looking out for an audio device while the engine plays to nobody."""

from __future__ import annotations

import contextlib
import subprocess
from typing import Final

from gesturesynth.core.json_lines import parse_json_lines
from gesturesynth.core.search_paths import child_environment
from gesturesynth.synthesis.audio import device_probe

LOOKOUT_S: Final = 15.0
"""How often it looks. One look takes 0.3 s of a core."""


class DeviceWatcher:
    """Looks every now and then, without waiting, whether there is an audio device by now.

    For an engine that `auto` left without one: it leaves when one appears, and is started again with it.
    """

    def __init__(self, now_s: float) -> None:
        self._next_s = now_s + LOOKOUT_S
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def active(self) -> bool:
        """Whether a look is under way."""
        return self._process is not None

    def poll(self, now_s: float) -> str:
        """A sentence when there is a device now, else an empty text."""
        if self._process is None:
            if now_s >= self._next_s:
                self._next_s = now_s + LOOKOUT_S
                self._process = subprocess.Popen(
                    device_probe.command("jack", "portaudio"),
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
        """Ends a look that is under way."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.communicate()
            self._process = None
