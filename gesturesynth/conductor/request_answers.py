"""Answers to the requests of `control/requests.py`: each goes to the part that knows. Changes nothing."""

from __future__ import annotations

from gesturesynth.conductor.preset_edits import PresetEdits
from gesturesynth.conductor.take_requests import ReportCallback, TakeRequests
from gesturesynth.control.commands import Call
from gesturesynth.control.requests import TAKE, TAKES


class RequestAnswers:
    """Passes requests on.

    Args:
        takes: answers about takes.
        edits: answers about the text of the preset.
    """

    def __init__(self, takes: TakeRequests, edits: PresetEdits) -> None:
        self.takes = takes
        self._edits = edits

    def answer(self, call: Call, reply: ReportCallback) -> None:
        """Answers a request, exactly once: now, or when the worker has looked."""
        if call.command in (TAKE.name, TAKES.name):
            self.takes.answer(call, reply)
        else:
            self._edits.answer(call, reply)
