"""Checks the scale of a preset, and which outputs follow it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gesturesynth.config.preset.model_parts import PresetOutput
from gesturesynth.config.preset.scale_files import scale_named, tuning_named
from gesturesynth.config.preset.scale_schema import ScaleEntry
from gesturesynth.config.preset.scene_model import PresetScale
from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import format_range, unknown_name
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.pitch.notes import NAMES
from gesturesynth.mapping.pitch.scala_file import SUFFIX
from gesturesynth.mapping.pitch.setting import PITCH_UNITS, ScaleSetting
from gesturesynth.synthesis.instruments.base import Parameter

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

T = TypeVar("T")


class ScaleChecker:
    """Checks the scale of one preset, or of one of its scenes.

    Args:
        checker: of the whole preset; receives the problems.
        entry: what is written; None for nothing.
        scene: whose scale it is; empty for that of the preset.
    """

    def __init__(self, checker: Checker, entry: ScaleEntry | None, scene: str = "") -> None:
        self._checker = checker
        self._document, self._entry, self._scene = checker.document, entry, scene
        self._here: KeyPath = ("scenes", scene, "scale") if scene else ("scale",)

    def usual_glide_s(self, output: str, parameter: Parameter, *, whole: bool) -> float:
        """How long a change of an output takes to arrive, where it does not say so itself."""
        if whole:
            return 0.0
        entry = self._entry
        if entry and (parameter.pitch if entry.outputs is None else output in entry.outputs):
            return entry.glide
        return parameter.glide_s

    def check(self, others: Collection[str] = ()) -> PresetScale | None:
        """The scale, when the outputs were checked; None where there is none, or it is wrong.

        Args:
            others: scenes whose outputs follow a scale of their own.
        """
        self._others = frozenset(others)
        entry = self._entry
        if entry is None:
            return None
        folder = Path(self._document.file).parent
        scale = self._found("name", lambda: scale_named(entry.name, folder))
        tuning = self._found("tuning", lambda: tuning_named(entry.tuning, folder))
        if scale is None or tuning is None:
            return None
        setting = ScaleSetting(
            scale,
            NAMES.index(entry.root),
            tuning,
            reference_hz=entry.reference,
            strength=entry.strength,
            hold_s=entry.hold,
            hysteresis_cents=entry.hysteresis,
        )
        outputs = dict(self._outputs(entry))
        for name, path in outputs.items():
            self._check_range(self._checker.outputs[name], path, setting)
        files = dict.fromkeys(name for name in (entry.name, entry.tuning) if name.endswith(SUFFIX))
        return PresetScale(setting, tuple(outputs), tuple(files))

    def _found(self, key: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except UserError as error:
            self._document.add_problem((*self._here, key), str(error))
            return None

    def _concerned(self) -> dict[str, PresetOutput]:
        """The outputs that it is about: of its scene, or all that have no scale of their own."""
        outputs = self._checker.outputs
        if self._scene:
            return {name: output for name, output in outputs.items() if output.scene == self._scene}
        return {name: output for name, output in outputs.items() if output.scene not in self._others}

    def _outputs(self, entry: ScaleEntry) -> Iterator[tuple[str, KeyPath]]:
        """The outputs that follow the scale, each with the place where that is said."""
        known = self._concerned()
        if entry.outputs is None:
            pitches = [name for name, output in known.items() if output.pitch]
            if not pitches and len(self._checker.outputs) == len(self._checker.written("outputs")):
                sentence = "no output moves the pitch of an instrument; name those that follow it in `outputs`"
                self._document.add_problem(self._here, sentence, key=True)
            yield from ((name, ("outputs", name)) for name in pitches)
            return
        for index, name in enumerate(entry.outputs):
            here: KeyPath = (*self._here, "outputs", index)
            if name not in self._checker.written("outputs"):
                self._document.add_problem(
                    here, unknown_name(name, "an output", tuple(self._checker.written("outputs")))
                )
            elif name in entry.outputs[:index]:
                self._document.add_problem(here, f"'{name}' is in the list already")
            elif name in self._checker.outputs and name not in known:
                self._document.add_problem(here, f"'{name}' does not follow this scale, but that of its scene")
            elif name in known:  # a wrong one has a problem of its own
                yield name, here

    def _check_range(self, output: PresetOutput, path: KeyPath, setting: ScaleSetting) -> None:
        """Refuses an output that cannot follow the scale."""
        low, high = output.limits
        span = format_range(low, high, output.unit)
        if output.unit not in PITCH_UNITS or low <= 0.0:
            sentence = f"'{output.name}' ({span}) is no pitch: one that follows a scale is in Hz or x, and above 0"
        elif output.whole:
            sentence = f"'{output.name}' plays whole numbers, and cannot follow a scale besides; keep one of the two"
        elif not setting.notes(low, high, output.unit):
            sentence = f"the range of '{output.name}' ({span}) holds no note of {setting.text}; make it wider"
        else:
            return
        self._document.add_problem(path, sentence)
