"""Edits of the text of the preset that plays: tried, changed, kept or dropped, in the worker; and requests about it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gesturesynth.conductor.background_jobs import Events, JobQueue, Requester
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.config.json_schema import preset_schema
from gesturesynth.control.commands import Call
from gesturesynth.control.requests import CHECK_TEXT, PRESET_SCHEMA
from gesturesynth.control.session import events as s
from gesturesynth.control.session.machine import Session
from gesturesynth.core import log, paths
from gesturesynth.core.errors import UserError
from gesturesynth.core.packing import JSON, packed
from gesturesynth.pipeline.edited_preset import NOTHING, EditedPreset, is_shipped, problems_of
from gesturesynth.runtime.preset_reports import EditReading, TextCheckReport

T = TypeVar("T")


class PresetEdits:
    """Carries out commands about the text.

    Args:
        session: gets the results.
        jobs: the queue of the worker, which reads and writes.
        preset_manager: plays texts.
    """

    def __init__(self, session: Session, jobs: JobQueue, preset_manager: PresetManager) -> None:
        self._session = session
        self._jobs = jobs
        self._preset_manager = preset_manager
        self._edit = EditedPreset(paths.socket_path("conductor", "status").parent)  # used in the worker only
        self._note = ""
        self._played = preset_manager.piece.preset.path
        self._submit(self._edit.lose, self._remember, None)

    @property
    def reading(self) -> EditReading:
        """Whether there is an edit, for the status."""
        return EditReading(self._preset_manager.edited, self._note)

    def begin(self, event: s.Event, requester: Requester | None) -> None:
        """Begins what an event asks for; `requester` is answered with its outcome."""
        path, edit = self._preset_manager.requested_path, self._edit
        match event:
            case s.TryText(text):
                self._submit(lambda: self._tried(path, text), self._play(path), requester)
            case s.ChangeText(key, value):
                self._submit(lambda: self._tried(path, edit.change(path, key, value)), self._play(path), requester)
            case s.KeepText():
                self._submit(lambda: (edit.keep(path), is_shipped(path)), self._kept(path), requester)
            case s.DropText():
                self._submit(edit.drop, self._dropped(path), requester)
            case _:
                raise TypeError(event)

    def answer(self, call: Call, reply: Callable[[bool, str, str], None]) -> None:
        """Answers a request about the text, exactly once: when the worker has looked."""
        if busy := self._jobs.busy_text(call.sender):
            reply(False, busy, "")
            return
        path = self._preset_manager.requested_path

        def work() -> str:
            if call.command == CHECK_TEXT.name:
                return packed(JSON, TextCheckReport(problems_of(str(call.values[0]), path))).decode()
            if call.command == PRESET_SCHEMA.name:
                return json.dumps(preset_schema())
            return packed(JSON, self._edit.report(path)).decode()

        def report(text: str, _now_s: float) -> Events:
            reply(True, "", text)
            return ()

        def fail(reason: str, _now_s: float) -> Events:
            reply(False, _sentence(reason), "")
            return ()

        self._jobs.submit(work, report, fail, Requester(call.sender))

    def preset_changed(self) -> None:
        """Another version plays; where it is another preset, its edit is over."""
        path = self._preset_manager.piece.preset.path
        if path != self._played and not self._preset_manager.stands_in:
            self._played = path
            self._submit(self._edit.lose, self._remember, None)

    # --------------------------------------------------------------------------------------------------------- results
    def _tried(self, path: Path, text: str) -> str | None:
        """In the worker: the text to be played; None for the file."""
        if self._preset_manager.stands_in:
            raise UserError(f"{path} cannot be used, and another preset plays instead: correct that file, and save it")
        return text if self._edit.play(path, text) else None

    def _play(self, path: Path) -> Callable[[str | None, float], Events]:
        def report(text: str | None, now_s: float) -> Events:
            self._note = ""
            self._preset_manager.play_text(path, text)
            message = "The edit plays; it is not kept yet." if text is not None else NOTHING
            return self._session.done(message, now_s, "selected")

        return report

    def _kept(self, path: Path) -> Callable[[tuple[Path, bool], float], Events]:
        def report(result: tuple[Path, bool], now_s: float) -> Events:
            kept, copied = result
            self._note = ""
            self._preset_manager.move_file(path, kept)
            self._played = kept
            text = f"Kept in {paths.printable(kept)}."
            if copied:
                text = f"Kept as a preset of your own, {paths.printable(kept)}; it plays instead of the shipped one."
            return self._session.done(text, now_s, "saved")

        return report

    def _dropped(self, path: Path) -> Callable[[bool, float], Events]:
        def report(edited: bool, now_s: float) -> Events:  # noqa: FBT001 - the result of a job
            self._note = ""
            self._preset_manager.play_text(path, None)
            return self._session.done("The file of the preset plays.", now_s) if edited else self._fail(NOTHING, now_s)

        return report

    def _remember(self, note: str, _now_s: float) -> Events:
        if note:
            self._note = note
            log.get().warning("preset edit lost", message=note)
        return ()

    def _submit(self, work: Callable[[], T], report: Callable[[T, float], Events], requester: Requester | None) -> None:
        self._jobs.submit(work, report, self._fail, requester)

    def _fail(self, reason: str, now_s: float) -> Events:
        return self._session.failed(_sentence(reason), now_s)


def _sentence(reason: str) -> str:
    """The reason as a sentence; problems with their places are a list below one."""
    if "\n" in reason or re.match(r"\S*:\d+:\d+: ", reason):
        return f"The text cannot be used; what played before plays on:\n{reason}"
    return f"{reason[0].upper()}{reason[1:]}"
