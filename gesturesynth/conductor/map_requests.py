"""The map of the examples of the preset that plays: its points on request, and the place of the live pose on it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from gesturesynth.conductor.background_jobs import Events, JobQueue, Requester
from gesturesynth.conductor.example_library_proxy import ExampleLibraryProxy
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.take_requests import ReportCallback
from gesturesynth.control.commands import Call
from gesturesynth.control.requests import MAP
from gesturesynth.core.errors import UserError
from gesturesynth.core.packing import JSON, packed
from gesturesynth.mapping.learning.example_map import ExampleMap
from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.map_reports import map_pose, map_report
from gesturesynth.runtime.map_reports import MapPlace

PLACE_S: Final = 0.05
NO_MODEL: Final = "There is no map yet: nothing is taught, or the model is being fitted."
FACTORY: Final = "This point is a factory example: it has no skeleton."


class _Plane(NamedTuple):
    """The map of a fit, and its number."""

    job: FitJob
    plane: ExampleMap
    number: int


class MapRequests:
    """Answers about the map. It is computed once for each fit, in the worker, and only when it is wanted.

    Args:
        preset_manager: has the model, and what it was fitted to.
        examples: of the preset that plays.
        jobs: the queue of the worker.
    """

    def __init__(self, preset_manager: PresetManager, examples: ExampleLibraryProxy, jobs: JobQueue) -> None:
        self._preset_manager = preset_manager
        self._examples = examples
        self._jobs = jobs
        self._plane: _Plane | None = None
        self._asked: FitJob | None = None
        self._numbers = 0
        self._due_s = 0.0

    def answer(self, call: Call, reply: ReportCallback) -> None:
        """Answers `map` or `map-pose`, exactly once: when the worker has looked."""
        fitted, mapping = self._preset_manager.fitted, self._preset_manager.mapping
        if busy := self._jobs.busy_text(call.sender):
            reply(False, busy, "")
            return
        if fitted is None or mapping is None or not len(fitted.takes):
            reply(False, NO_MODEL, "")
            return
        known = self._plane if self._plane and self._plane.job is fitted else None
        number = known.number if known else self._next_number()
        preset = self._preset_manager.piece.preset
        listed = {take.id: take.target for take in self._examples.summary.listed}

        def report_map() -> tuple[_Plane, str]:
            plane = known or _Plane(fitted, ExampleMap.of_job(fitted), number)
            return plane, packed(
                JSON, map_report(preset, fitted, mapping, plane.plane, targets=listed, number=number)
            ).decode()

        def report(result: tuple[_Plane, str], _now_s: float) -> Events:
            self._plane, text = result
            reply(True, "", text)
            return ()

        def fail(reason: str, _now_s: float) -> Events:
            reply(False, reason, "")
            return ()

        if call.command == MAP.name:
            self._jobs.submit(report_map, report, fail, Requester(call.sender))
            return
        row = int(call.values[0])
        if row >= len(fitted.takes):
            reply(False, f"There is no example {row}; they are counted from 0 to {len(fitted.takes) - 1}.", "")
            return
        take = fitted.takes[row]
        if take not in listed:
            reply(False, FACTORY, "")
            return

        def report_pose(text: str, _now_s: float) -> Events:
            reply(True, "", text)
            return ()

        self._examples.read(
            lambda store: packed(JSON, map_pose(preset, fitted, row, store.poses(take)[1])).decode(),
            report_pose,
            fail,
            Requester(call.sender),
        )

    def place(self, frame: MapperFrame, now_s: float) -> MapPlace | None:
        """Where the live pose lies; None where no place is due, or there is no map yet (then the worker makes it)."""
        fitted = self._preset_manager.fitted
        if now_s < self._due_s or fitted is None or not len(fitted.takes):
            return None
        self._due_s = now_s + PLACE_S
        if self._plane is None or self._plane.job is not fitted:
            self._compute(fitted)
            return None
        columns = self._preset_manager.piece.columns
        if not set(fitted.columns) <= set(columns):
            return None  # another version of the preset takes over
        values = frame.features.values[[columns.index(name) for name in fitted.columns]]
        x, y = self._plane.plane.place(np.asarray(values, dtype=np.float64)).tolist()
        return MapPlace(now_s, self._plane.number, frame.present, x, y, frame.confidence)

    def _compute(self, fitted: FitJob) -> None:
        if self._asked is fitted:
            return
        self._asked, number = fitted, self._next_number()

        def make() -> _Plane:
            if not len(fitted.takes):
                raise UserError(NO_MODEL)
            return _Plane(fitted, ExampleMap.of_job(fitted), number)

        def keep(plane: _Plane, _now_s: float) -> Events:
            if self._plane is None or self._plane.job is not fitted:
                self._plane = plane
            return ()

        self._jobs.submit(make, keep, lambda _reason, _now_s: ())

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers
