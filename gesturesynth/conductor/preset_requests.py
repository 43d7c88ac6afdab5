"""Requests for another preset, by a command or by a class: the worker finds it, the preset manager plays it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from gesturesynth.conductor.background_jobs import Events, JobQueue, Requester
from gesturesynth.conductor.outcomes import Outcomes
from gesturesynth.conductor.preset_browser import PresetBrowser
from gesturesynth.conductor.preset_events import PresetEvent
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.session_context import model_text
from gesturesynth.control.commands import OSC, PAGE, Call
from gesturesynth.control.session.events import Cue, Event
from gesturesynth.control.session.machine import Session


class PresetRequests:
    """Finds presets, and keeps whether a class has requested the one that is on its way.

    Args:
        preset_manager: plays what is found.
        jobs: the queue of the worker.
        outcomes: of commands; a change begins there.
        fail: makes events of a sentence that says why a preset was not found.
    """

    def __init__(
        self,
        preset_manager: PresetManager,
        jobs: JobQueue,
        outcomes: Outcomes,
        fail: Callable[[str, float], Events],
    ) -> None:
        self._preset_manager = preset_manager
        self._jobs = jobs
        self._outcomes = outcomes
        self._fail = fail
        self._browser = PresetBrowser(preset_manager.piece.preset.key)  # used in the worker only
        self._class_call: Call | None = None

    @property
    def by_class(self) -> bool:
        """Whether a class has requested the preset that is on its way."""
        return self._class_call is not None

    def find(self, name: str, step: int, class_call: Call | None = None, requester: Requester | None = None) -> None:
        """Finds a preset, in the worker, and has it played.

        Args:
            name: of the preset.
            step: see `PresetBrowser.find`.
            class_call: the command, if a class made it.
            requester: gets the answer.
        """
        beside = self._preset_manager.piece.preset.path
        self._class_call = class_call
        by_name_only = requester is not None and (requester.sender.startswith((PAGE, OSC)))

        def report(path: Path, _now_s: float) -> Events:
            if class_call is None or self._class_call is class_call:  # nothing else was requested meanwhile
                self._outcomes.change_begins(requester)
                self._preset_manager.change(path)
            return ()

        def fail(reason: str, now_s: float) -> Events:
            events = self._fail(reason, now_s)
            if class_call is None:
                return events
            self._class_call = None
            return without_cues(events)

        self._jobs.submit(
            lambda: self._browser.find(name, step, beside, by_name_only=by_name_only), report, fail, requester
        )

    def end(self) -> None:
        """No preset that a class has requested is on its way any more."""
        self._class_call = None


def without_cues(events: Iterable[Event]) -> Events:
    """Without the sounds that confirm a command: what a class does is part of the piece."""
    return tuple(event for event in events if not isinstance(event, Cue))


def change_events(session: Session, preset_manager: PresetManager, event: PresetEvent, now_s: float) -> Events:
    """The events of a change of preset that has ended."""
    if not event.change:
        return session.failed(event.message, now_s)
    if event.failed:  # it plays, but without a model
        return session.done(event.message, now_s, "selected")
    name, model = preset_manager.piece.preset.name, model_text(preset_manager)
    return session.done(f"'{name}' plays: {model}.", now_s, "trained")
