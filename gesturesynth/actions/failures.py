"""What could not be done, said without flooding: a line in the log each minute at most, and a note in the status."""

from __future__ import annotations

import errno
import math
from dataclasses import dataclass
from typing import Final

from gesturesynth.core import log

LOG_PERIOD_S: Final = 60.0
MOST_NOTES: Final = 4
MOST_ACTIONS: Final = 64
"""That are remembered: those of a preset, and some of the one before."""


def why(error: OSError) -> str:
    """What the system says of the network; may be empty. Where a rule forbids it, what a technician can do."""
    said = error.strerror or ""
    if error.errno == errno.EPERM:
        said += "; the system service reaches what the settings named when `gesturesynth service install` ran last"
    return said


@dataclass
class _Failing:
    sentence: str
    logged_s: float = -math.inf
    since: int = 0  # failures that have no line in the log yet


class Failures:
    """Remembers which actions fail now.

    Attributes:
        done, failed, left_out: how many actions were carried out, failed, and were beyond a limit.
    """

    def __init__(self) -> None:
        self.done = self.failed = self.left_out = 0
        self._failing: dict[tuple[str, str], _Failing] = {}
        self._logged_s: dict[tuple[str, str], float] = {}

    def succeeded(self, action: str, way: str) -> None:
        """An action was carried out in one of its ways (`osc`, `http`, `key`): it fails there no more."""
        self.done += 1
        self._failing.pop((action, way), None)

    def add(self, action: str, way: str, sentence: str, now_s: float, *, left_out: bool = False) -> None:
        """An action has failed in one of its ways.

        Args:
            action: its name.
            way: `osc`, `http` or `key`.
            sentence: why.
            now_s: monotonic seconds.
            left_out: whether it was beyond a limit, and not tried.
        """
        if left_out:
            self.left_out += 1
        else:
            self.failed += 1
        key = (action, way)
        one = self._failing.pop(key, None) or _Failing(sentence, self._logged_s.get(key, -math.inf))
        one.sentence = sentence
        one.since += 1
        if now_s - one.logged_s >= LOG_PERIOD_S:
            log.get().warning("action failed", action=action, times=one.since, message=sentence)
            one.logged_s, one.since = now_s, 0
            self._logged_s[key] = now_s
        self._failing[key] = one
        for table in (self._failing, self._logged_s):
            while len(table) > MOST_ACTIONS:
                del table[next(iter(table))]

    def forget(self) -> None:
        """Another preset plays: what failed before is of no interest."""
        self._failing.clear()

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each of the newest actions that fail."""
        newest = list(self._failing.items())[-MOST_NOTES:]
        return tuple(f"the action '{name}' fails: {one.sentence}" for (name, _), one in newest)
