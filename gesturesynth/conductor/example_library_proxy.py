"""The example library as the conductor's loop uses it: a summary to read, and changes that the worker carries out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from gesturesynth.conductor.background_jobs import Events, JobQueue, Requester
from gesturesynth.config.preset.model import Preset
from gesturesynth.control.command_table import SNAPSHOTS
from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.pipeline.example_library import ExampleLibrary, LibrarySummary

T = TypeVar("T")

REFRESH_S: Final = 1.0
"""How often the worker checks whether another program has changed the examples."""


class ExampleLibraryProxy:
    """Takes and snapshots of the preset that plays.

    Args:
        preset: the preset that plays.
        library: used in the worker only.
        jobs: the queue of the worker.
        on_change: called when `summary` has changed.
        report_error: makes events of a sentence about an error.

    Attributes:
        summary: the takes and snapshots, as far as they are known.
        preset: the preset that plays.
    """

    def __init__(
        self,
        preset: Preset,
        library: ExampleLibrary,
        jobs: JobQueue,
        on_change: Callable[[], None],
        report_error: Callable[[str, float], Events],
    ) -> None:
        self.summary = LibrarySummary.of(preset)
        self._library = library
        self._jobs = jobs
        self._on_change = on_change
        self._report_error = report_error
        self.preset = preset
        self._reread = True  # the next refresh reads all, changed or not
        self._due_s = -math.inf
        self._read_error = ""  # why there is no summary, as it was reported

    def switch_preset(self, preset: Preset) -> None:
        """Another preset plays, or another version or scene of it."""
        if preset.key != self.preset.key:
            self.summary = LibrarySummary.of(preset)  # until the worker has read the library
        elif preset.view != self.preset.view:  # likewise, but what was taught is that of all scenes
            self.summary = replace(self.summary, takes={}, snapshots=LibrarySummary.of(preset).snapshots)
        self.preset = preset
        self._reread, self._due_s = True, -math.inf
        self._on_change()

    def refresh(self, now_s: float) -> None:
        """Has the worker check every `REFRESH_S` whether the examples have changed; another program may do that."""
        if now_s < self._due_s or not self._jobs.idle:
            return
        self._due_s = now_s + REFRESH_S
        preset, summarise = self.preset, self._library.summary if self._reread else self._library.summary_if_changed
        self._reread = False

        def fail(reason: str, now_s: float) -> Events:
            reported, self._read_error = self._read_error, reason
            return self._report_error(reason, now_s) if reason != reported else ()

        self._jobs.submit(
            lambda: summarise(preset), lambda summary, now_s: self._set_summary(preset, summary, now_s), fail
        )

    def change(
        self,
        change: Callable[[ExampleStore], T],
        report: Callable[[T, float], Events],
        fail: Callable[[str, float], Events],
        requester: Requester | None = None,
    ) -> None:
        """Has the worker change the examples; `summary` is updated before `report` is called.

        Args:
            change: runs in the worker.
            report: makes events of its result.
            fail: makes events of its error.
            requester: gets the answer.
        """
        preset = self.preset

        def report_with_summary(outcome: tuple[T, LibrarySummary], now_s: float) -> Events:
            return (*self._set_summary(preset, outcome[1], now_s), *report(outcome[0], now_s))

        self._jobs.submit(lambda: self._library.change(preset, change), report_with_summary, fail, requester)

    def read(
        self,
        read: Callable[[ExampleStore], T],
        report: Callable[[T, float], Events],
        fail: Callable[[str, float], Events],
        requester: Requester | None = None,
    ) -> None:
        """Has the worker read from the examples, which changes nothing; the rest as in `change`."""
        preset = self.preset
        self._jobs.submit(lambda: self._library.read(preset, read), report, fail, requester)

    def snapshot_saver(self, number: int, values: Mapping[str, float]) -> Callable[[ExampleStore], int]:
        """A change that saves a snapshot under a number that is free: this one, or the first.

        The change returns the number; it raises UserError when none is free.
        """
        own = self.preset.snapshots.keys()

        def save(store: ExampleStore) -> int:
            used = own | store.snapshots().keys()
            free = [other for other in (number, *map(int, SNAPSHOTS)) if other not in used]
            if not free:
                raise UserError("All nine snapshots are in use.")
            store.save_snapshot(free[0], values)
            return free[0]

        return save

    def _set_summary(self, preset: Preset, summary: LibrarySummary | None, now_s: float) -> Events:
        """Takes over a summary, unless another preset plays by now; None means unchanged."""
        self._read_error = ""
        if summary is None or preset is not self.preset:
            return ()
        former, self.summary = self.summary, summary
        self._on_change()
        if summary.read_only not in ("", former.read_only):
            text = f"What was taught plays, and nothing can be added to it: {summary.read_only}"
            log.get().warning("example library locked", message=text)
        return self._report_error(summary.note, now_s) if summary.note not in ("", former.note) else ()


def without_change(reason: str) -> str:
    """What the store says of a take that is not there, where nothing was to be changed."""
    text = reason.removesuffix(" Nothing was changed.")
    return text[:1].upper() + text[1:]
