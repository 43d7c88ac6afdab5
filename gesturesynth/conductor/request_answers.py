"""Answers to the requests of `control/requests.py`: each goes to the part that knows. Changes nothing."""

from __future__ import annotations

from gesturesynth.conductor.map_requests import MapRequests
from gesturesynth.conductor.preset_edits import PresetEdits
from gesturesynth.conductor.take_requests import ReportCallback, TakeRequests
from gesturesynth.control.commands import Call
from gesturesynth.control.requests import MAP, MAP_POSE, TAKE, TAKE_POSES, TAKES


class RequestAnswers:
    """Passes requests on.

    Args:
        takes: answers about takes.
        edits: answers about the text of the preset.
        example_map: answers about the map.
    """

    def __init__(self, takes: TakeRequests, edits: PresetEdits, example_map: MapRequests) -> None:
        self.takes = takes
        self._edits = edits
        self.example_map = example_map

    def answer(self, call: Call, reply: ReportCallback) -> None:
        """Answers a request, exactly once: now, or when the worker has looked."""
        if call.command in (TAKE.name, TAKES.name, TAKE_POSES.name):
            self.takes.answer(call, reply)
        elif call.command in (MAP.name, MAP_POSE.name):
            self.example_map.answer(call, reply)
        else:
            self._edits.answer(call, reply)
