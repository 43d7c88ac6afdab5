"""Answers the requests of `control/requests.py`: the list of takes, and what one take looks like. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from gesturesynth.conductor.background_jobs import Events, JobQueue, Requester
from gesturesynth.conductor.example_library_proxy import ExampleLibraryProxy, without_change
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.control.commands import Call
from gesturesynth.control.requests import TAKE_POSES, TAKES
from gesturesynth.core.packing import JSON, packed
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.pipeline.take_playback import take_poses
from gesturesynth.pipeline.take_reports import take_page, take_report
from gesturesynth.runtime.take_reports import ListedTake

ReportCallback = Callable[[bool, str, str], None]
"""Receives the answer to a request: whether there is a report, a sentence where there is none, and the report."""

NEWEST: Final = 10
"""Takes in the state, which is sent many times a second."""


class TakeRequests:
    """Answers from the summary of the takes, or has the worker look.

    Args:
        examples: of the preset that plays.
        jobs: the queue of the worker.
        preset_manager: has the model that plays.
    """

    def __init__(self, examples: ExampleLibraryProxy, jobs: JobQueue, preset_manager: PresetManager) -> None:
        self._examples = examples
        self._preset_manager = preset_manager
        self._jobs = jobs

    @property
    def stored(self) -> int:
        """How many takes there are, deleted ones included."""
        return len(self._examples.summary.listed)

    @property
    def newest(self) -> tuple[ListedTake, ...]:
        """The newest takes, the newest first."""
        return self._examples.summary.listed[: -NEWEST - 1 : -1]

    def answer(self, call: Call, reply: ReportCallback) -> None:
        """Answers a request, exactly once: now, or when the worker has looked."""
        preset = self._examples.preset.name
        if call.command == TAKES.name:
            page = int(call.values[0]) if call.values else 1
            reply(True, "", _json(take_page(preset, self._examples.summary.listed, page)))
            return
        if busy := self._jobs.busy_text(call.sender):
            reply(False, busy, "")
            return
        take = int(call.values[0])

        def report(text: str, _: float) -> Events:
            reply(True, "", text)
            return ()

        def fail(reason: str, _: float) -> Events:
            reply(False, without_change(reason), "")
            return ()

        piece, mapping = self._preset_manager.piece, self._preset_manager.mapping
        playing, predict_s = piece.preset, piece.predict_s

        def read(store: ExampleStore) -> str:
            info, poses = store.poses(take)
            if call.command == TAKE_POSES.name:
                return _json(take_poses(playing, mapping, info, poses, predict_s))
            return _json(take_report(preset, info, poses))

        self._examples.read(read, report, fail, Requester(call.sender))


def _json(report: msgspec.Struct) -> str:
    return packed(JSON, report).decode()
