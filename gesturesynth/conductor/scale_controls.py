"""Commands about the scale that pitches follow, carried out on the preset that plays."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from gesturesynth.conductor.background_jobs import Events, JobQueue, Requester
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.config.preset.scale_files import SCALE, TUNING, root_and_name, scale_named, tuning_named
from gesturesynth.config.preset.scale_schema import REFERENCE, ROOT
from gesturesynth.control.session.events import ChangeScale, ScalePart
from gesturesynth.control.session.machine import Session
from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.pitch.notes import NAMES
from gesturesynth.mapping.pitch.scales import SCALES, Scale
from gesturesynth.mapping.pitch.setting import ScaleSetting
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.readings import ScaleReading

OFF: Final = "off"
"""In the place of a scale: pitches are free."""
_NUMBER: Final = re.compile(r"\s*\d+(\.\d*)?\s*(hz)?\s*", re.ASCII | re.IGNORECASE)

Change = dict[str, object]
"""Fields of a `ScaleSetting`; none for no scale."""


class ScaleControls:
    """Changes the scale of the preset that plays, until another preset plays or its file has another scale.

    Args:
        session: gets the results.
        jobs: reads Scala files.
        preset_manager: has the preset that plays.
    """

    def __init__(self, session: Session, jobs: JobQueue, preset_manager: PresetManager) -> None:
        self._session = session
        self._jobs = jobs
        self._preset_manager = preset_manager

    def change(self, event: ChangeScale, requester: Requester | None) -> None:
        """Has a name looked up by the worker, since it may be that of a file; then it is heard."""
        folder = self._preset_manager.piece.preset.path.parent

        def report(change: Change, now_s: float) -> Events:
            piece = self._preset_manager.piece
            piece.scale = _changed(piece.scale, change)
            return self._session.done(self._text(), now_s, "selected")

        def fail(reason: str, now_s: float) -> Events:
            return self._session.failed(f"{reason[0].upper()}{reason[1:]}", now_s)

        self._jobs.submit(lambda: change_of(event.part, event.text, folder), report, fail, requester)

    def _text(self) -> str:
        reading = self._preset_manager.piece.scale_reading()
        return f"Pitches follow {reading.text}." if reading.name else "Pitches are free of a scale."


def change_of(part: ScalePart, text: str, folder: Path) -> Change:
    """What a command asks for.

    Args:
        part: of the scale.
        text: as it was given.
        folder: of the preset, where Scala files are looked for.

    Raises:
        UserError: there is none of that name.
    """
    try:
        if part == "root":
            return {"root": NAMES.index(ROOT.check(text))}
        if part == "tuning":
            if _NUMBER.fullmatch(text):
                return {"reference_hz": REFERENCE.check(text)}
            return {"tuning": tuning_named(TUNING.check(text), folder)}
        if text.strip().lower() == OFF:
            return {}
        root, name = root_and_name(text)
        found: Change = {"scale": scale_named(SCALE.check(name), folder)}
        return found | ({"root": NAMES.index(ROOT.check(root))} if root else {})
    except ValueError as error:
        raise UserError(f"{error}") from error


def _changed(scale: ScaleSetting | None, change: Change) -> ScaleSetting | None:
    """The scale after a change."""
    if not change:
        return None
    if scale is None and not isinstance(change.get("scale"), Scale):
        return None  # it was switched off meanwhile
    return replace(scale, **change) if scale else ScaleSetting(**change)  # type: ignore[arg-type]


def chosen_scale(piece: RunningPreset) -> ScaleReading | None:
    """The scale that commands have chosen, so that it can be stored; None while it is that of the preset."""
    return None if piece.scale == piece.own_scale else piece.scale_reading()


def restore_scale(piece: RunningPreset, chosen: ScaleReading | None) -> None:
    """Chooses a scale again that was stored; when its Scala file is gone, that of the preset stays."""
    if chosen is None:
        return
    if not chosen.name:
        piece.scale = None
        return
    folder = piece.preset.path.parent
    own = piece.own_scale or ScaleSetting(SCALES["chromatic"])
    try:
        piece.scale = replace(
            own,
            scale=scale_named(chosen.name, folder),
            root=NAMES.index(chosen.root),
            tuning=tuning_named(chosen.tuning, folder),
            reference_hz=chosen.reference_hz,
            strength=chosen.strength,
        )
    except (UserError, ValueError) as error:
        log.get().warning("scale not restored", message=str(error))
