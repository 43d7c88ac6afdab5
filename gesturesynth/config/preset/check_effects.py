"""Checks what comes of classes and gestures: a strike, a snapshot, another scene or preset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gesturesynth.config.preset.class_schema import ClassEntry
from gesturesynth.config.preset.gesture_schema import GestureEntry
from gesturesynth.config.preset.model_parts import PresetClass, PresetGesture
from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.mapping.class_gate import NONE

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker
    from gesturesynth.config.preset.check_scenes import ScenesChecker


class EffectsChecker:
    """Checks the classes and gestures of one preset, after its instruments and outputs.

    Args:
        checker: of the whole preset; receives the results and the problems.
        scenes: checks scenes that are asked for.
    """

    def __init__(self, checker: Checker, scenes: ScenesChecker) -> None:
        self._checker = checker
        self._scenes = scenes
        self._document, self._entries = checker.document, checker.entries

    def check_classes(self) -> None:
        """Fills `classes` of the checker."""
        for name, written in self._entries.classes.items():
            entry = written or ClassEntry()
            self._effects(("classes", name), entry)
            rules = self._entries.classifier
            self._checker.classes[name] = PresetClass(
                hold_s=rules.hold if entry.hold is None else entry.hold,
                rest_s=rules.rest if entry.rest is None else entry.rest,
                trigger=entry.trigger if self._is_trigger(("classes", name), entry.trigger) else None,
                snapshot=entry.snapshot if self._is_snapshot(("classes", name), entry.snapshot) else None,
                preset=entry.preset,
                scene=entry.scene,
                on=entry.on,
                ahead=entry.ahead,
            )
        if len(self._checker.written("classes")) == 1:
            self._document.add_problem(
                ("classes",), "one class cannot be told from another; add one, such as `none:`", key=True
            )

    def check_gestures(self) -> None:
        """Fills `gestures` of the checker."""
        for name, written in self._entries.gestures.items():
            here: KeyPath = ("gestures", name)
            entry = written or GestureEntry()
            self._effects(here, entry)
            if name != NONE and name in self._checker.written("classes"):
                self._document.add_problem(
                    here, f"'{name}' is a class, too: takes are recorded for one of the two; rename one", key=True
                )
            self._checker.gestures[name] = PresetGesture(
                hold_s=entry.hold,
                rest_s=entry.rest,
                trigger=entry.trigger if self._is_trigger(here, entry.trigger) else None,
                snapshot=entry.snapshot if self._is_snapshot(here, entry.snapshot) else None,
                preset=entry.preset,
                scene=entry.scene,
                on=entry.on,
                ahead=entry.ahead,
            )
        if set(self._checker.written("gestures")) == {NONE}:
            self._document.add_problem(
                ("gestures",), f"`{NONE}` alone is no gesture; add one, such as `throw:`", key=True
            )

    def _effects(self, here: KeyPath, entry: ClassEntry | GestureEntry) -> None:
        """What comes of a class or gesture fits together."""
        self._scenes.check_wanted(here, entry.scene)
        if here[-1] == NONE and (entry.trigger or entry.snapshot or entry.preset or entry.scene):
            self._document.add_problem(
                here, f"`{NONE}` is for all that nothing comes of; choose another name", key=True
            )
        if entry.scene and entry.preset:
            self._document.add_problem(
                (*here, "scene"), "a preset that is left changes no scene; keep `scene` or `preset`", key=True
            )
        if entry.snapshot and entry.preset:
            self._document.add_problem(
                (*here, "snapshot"), "a preset that is left holds nothing; keep `snapshot` or `preset`", key=True
            )

    def _is_trigger(self, here: KeyPath, trigger: str | None) -> bool:
        return trigger is not None and self._checker.layers.is_trigger((*here, "trigger"), trigger)

    def _is_snapshot(self, here: KeyPath, number: int | None) -> bool:
        known = tuple(self._checker.written("snapshots"))  # a wrong one has its own problem
        if number is not None and str(number) not in known:
            sentence = unknown_name(str(number), "in `snapshots`", known)
            self._document.add_problem((*here, "snapshot"), sentence)
        return number is not None
