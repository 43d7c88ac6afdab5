"""Checks the scenes of a preset: what each of them plays, what is fixed about it there, its snapshots, the schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gesturesynth.config.preset.check_scale import ScaleChecker
from gesturesynth.config.preset.check_score import check_score
from gesturesynth.config.preset.scene_model import NO_SCHEDULE, PresetScene, SceneSchedule
from gesturesynth.config.preset.scene_schema import STEPS, SceneEntry, minutes
from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.mapping.teaching.score import ScoreStep
from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.structure import layer_parameters

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker
    from gesturesynth.config.preset.scene_merging import MergedPreset
    from gesturesynth.config.preset.teaching_entries import ScoreEntry

FEWEST: Final = 2
"""Scenes: one alone cannot be switched."""


class ScenesChecker:
    """Checks the scenes of one preset, after its outputs, instruments, classes and gestures.

    Args:
        checker: of the whole preset, with the results of all else.
        merged: what was written.
    """

    def __init__(self, checker: Checker, merged: MergedPreset) -> None:
        self._checker = checker
        self._document = checker.document
        self._merged = merged

    def check(self, scales: Mapping[str, ScaleChecker]) -> dict[str, PresetScene]:
        """The scenes that were right.

        Args:
            scales: of the scenes that have one of their own.
        """
        written = self._checker.written("scenes")
        if len(written) == 1 and len(self._merged.scenes) < FEWEST:
            self._document.add_problem(("scenes",), "one scene cannot change to another; write a second one", key=True)
        played = {name: self._played(name) for name in self._merged.scenes}
        fixed = {name: self._fixed(name, scene) for name, scene in self._merged.scenes.items()}
        mixed = self._mixing([*fixed.values()])
        scenes = {}
        for name, entry in self._merged.scenes.items():
            names = tuple(o for o in self._checker.outputs if self._merged.scene_of.get(o, name) == name)
            setups = [
                InstrumentSetup(
                    setup.name,
                    setup.kind,
                    mixed.get(setup.name, {}) | setup.fixed | fixed[name].get(setup.name, {}),
                    setup.sounds,
                )
                for setup in self._checker.setups.values()
            ]
            scale = scales[name].check() if name in scales else None
            scenes[name] = PresetScene(
                name,
                names,
                tuple(setups),
                tuple(setup.name for setup in setups if setup.name not in played[name]),
                self._snapshots(name, entry, names),
                self._score(name, entry.score),
                self._checker.entries.crossfade_in if entry.crossfade_in is None else entry.crossfade_in,
                scale,
            )
        return scenes

    def schedule(self) -> SceneSchedule:
        """The schedule, and problems of the scenes that it names."""
        entry, here = self._checker.entries.schedule, "schedule"
        names = tuple(self._checker.written("scenes"))
        if not names and "schedule" in self._document.data:
            self._document.add_problem((here,), "there are no `scenes` that it could change", key=True)
            return NO_SCHEDULE
        for index, name in enumerate(entry.order):
            self._is_scene((here, "order", index), name, names)
        for time, name in entry.at.items():
            self._is_scene((here, "at", time), name, names)
        if entry.when_empty:
            self._is_scene((here, "when_empty"), entry.when_empty, names)
        if entry.order and entry.every is None:
            self._document.add_problem((here, "order"), "says nothing without `every`, as `every: 5 min`", key=True)
        times = dict(sorted((minutes(time), name) for time, name in entry.at.items()))
        return SceneSchedule(entry.every, tuple(entry.order) or names, times, entry.when_empty or "", entry.after)

    def check_wanted(self, here: KeyPath, wanted: str | None) -> None:
        """A scene that a class or a gesture asks for."""
        if wanted is not None:
            self._is_scene((*here, "scene"), wanted, (*self._checker.written("scenes"), *STEPS))

    def _is_scene(self, path: KeyPath, name: str, known: Sequence[str]) -> None:
        scenes = self._checker.written("scenes")
        if not scenes:
            self._document.add_problem(path, "this preset has no `scenes`")
        elif name not in known:
            self._document.add_problem(path, unknown_name(name, "a scene of this preset", tuple(known)))

    # --------------------------------------------------------------------------------------------------- instruments
    def _played(self, scene: str) -> set[str]:
        """The instruments that a scene plays: those of all scenes, and its own."""
        own = set(self._merged.scenes[scene].instruments) | self._moved_in(scene)
        return own | (self._checker.setups.keys() - self._in_single_scenes())

    def _in_single_scenes(self) -> set[str]:
        """The instruments that only scenes name: not the preset, nor one of its outputs for all scenes."""
        named = {name for scene in self._merged.scenes.values() for name in scene.instruments}
        named |= {name for scene in self._merged.scenes for name in self._moved_in(scene)}
        return named - self._merged.common - self._moved_in("")

    def _moved_in(self, scene: str) -> set[str]:
        """The instruments that outputs move in one scene alone; or in all, for an empty name."""
        outputs = self._checker.outputs.values()
        return {output.to.partition(".")[0] for output in outputs if output.to and output.scene == scene}

    def _fixed(self, scene: str, entry: SceneEntry) -> dict[str, dict[str, float]]:
        """What is fixed about instruments in one scene, as far as it is right."""
        found: dict[str, dict[str, float]] = {}
        moved = {o.to: o.name for o in self._checker.outputs.values() if o.scene in {"", scene}}
        for name, instrument in entry.instruments.items():
            here: KeyPath = ("scenes", scene, "instruments", name)
            setup = self._checker.setups.get(name)
            if setup is None:
                continue  # it has a problem of its own
            if instrument.kind not in {None, setup.kind}:
                sentence = f"'{name}' is {setup.kind} elsewhere in this preset; an instrument is of one kind"
                self._document.add_problem((*here, "kind"), sentence)
                continue
            found[name] = self._checker.layers.fixed_in_scene(here, name, instrument)
            for parameter in found[name]:
                if output := moved.get(f"{name}.{parameter}"):
                    sends = parameter.startswith("send_")
                    place = (*here, "sends", parameter.removeprefix("send_")) if sends else (*here, parameter)
                    sentence = f"fixed here, but moved by the output '{output}'; keep one of the two"
                    self._document.add_problem(place, sentence, key=True)
        return found

    def _mixing(self, fixed: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
        """Defaults of the layer parameters that any scene uses: so all scenes have one structure, and share a rack."""
        allowed = layer_parameters(self._checker.buses)
        asked = [(name, parameter) for scene in fixed for name, values in scene.items() for parameter in values]
        asked += [(setup.name, parameter) for setup in self._checker.setups.values() for parameter in setup.fixed]
        targets = (output.to.partition(".") for output in self._checker.outputs.values())
        asked += [(name, parameter) for name, _, parameter in targets]
        found: dict[str, dict[str, float]] = {}
        for name, parameter in asked:
            if parameter in allowed and not self._checker.layers.is_own(name, parameter):
                found.setdefault(name, {})[parameter] = allowed[parameter].default
        return found

    # ----------------------------------------------------------------------------------------------------- snapshots
    def _snapshots(self, scene: str, entry: SceneEntry, outputs: Sequence[str]) -> dict[int, dict[str, float]]:
        common = {
            number: {name: value for name, value in sound.items() if name in outputs}
            for number, sound in self._checker.snapshots.items()
        }
        found = {number: sound for number, sound in common.items() if sound}
        for key, values in entry.snapshots.items():
            here: KeyPath = ("scenes", scene, "snapshots", key)
            own = {name: value for name, value in values.items() if self._merged.scene_of.get(name, scene) == scene}
            for name in values.keys() - own.keys():
                sentence = f"'{name}' is an output of the scene '{self._merged.scene_of[name]}', not of this one"
                self._document.add_problem((*here, name), sentence, key=True)
            found[int(key)] = self._checker.snapshot(here, own)
        return dict(sorted(found.items()))

    def _score(self, scene: str, entries: Sequence[ScoreEntry]) -> tuple[ScoreStep, ...]:
        here: KeyPath = ("scenes", scene, "score") if entries else ("score",)
        if entries:
            check_score(self._checker, here, entries)
        steps = entries or self._checker.entries.score
        return tuple(ScoreStep(step.snapshot, step.hold, step.glide) for step in steps)
