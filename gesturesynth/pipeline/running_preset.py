"""A preset while it plays: what the conductor (live) and `render` (offline) do alike.

Here the rooms meet: the preset becomes a performance for the mapping and a scene for the engine, and what the one says
at each step becomes a `Sound` for the other. No clock, no socket: time is passed in.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there
from gesturesynth.core.units import from_unit, to_unit
from gesturesynth.features.catalogue import FEATURES, columns
from gesturesynth.mapping.class_gate import ClassRule
from gesturesynth.mapping.examples.dataset import Examples, read_csv
from gesturesynth.mapping.learning.fit import FitJob, make_job
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper import STALE_S, Mapper, MapperFrame
from gesturesynth.runtime.messages import Pose, Reading, Sound

_SPANS: Final = {column: (entry.low, entry.high, entry.unit) for entry in FEATURES.values() for column in entry.recipes}


def fit_job(preset: Preset, own: Examples | None = None) -> FitJob:
    """What has to be fitted for a preset.

    Args:
        preset: the piece.
        own: what was taught here; may name more outputs and features than the preset has. For each output that it
            names it replaces the factory examples; for classes it does when it shows two of them. Where it says
            nothing, theirs stays. None: factory examples alone.

    Raises:
        UserError: there are no examples, or they do not fit the preset.
    """
    wanted = columns(preset.features)
    parts = [own] if own else []
    taught, shown = _taught_by(own, preset) if own else (set(), set())
    if not taught >= {output.name for output in preset.outputs} or len(shown) < min(2, len(preset.classes)):
        factory = _factory(preset, needed=own is None)
        if factory and set(factory.columns) & set(wanted):
            silent = [name in taught for name in factory.outputs]
            # One class alone cannot be told from anything: those of the factory stand beside it until there is another.
            hidden = np.isin(factory.labels, list(shown)) if len(shown) < 2 else np.ones(len(factory), dtype=np.bool_)
            part = dataclasses.replace(
                factory,
                Y=np.where(silent, np.nan, factory.Y),
                labels=np.where(hidden, "", factory.labels),
            )
            parts.append(part if own is None else _saying_something(part))
        elif factory and own is None:
            factory.select(wanted, ())  # says which features it lacks
    examples = _joined(parts)
    if not preset.classes:  # whatever classes the rows have, nothing asks for them
        examples = dataclasses.replace(examples, labels=np.zeros(len(examples), dtype=np.str_))
    rules = preset.classifier
    return make_job(
        examples,
        wanted,
        preset.mapping_outputs(),
        model=preset.model,
        classifier=rules.model,
        settings=preset.model_settings,
    )


def _taught_by(own: Examples, preset: Preset) -> tuple[set[str], set[str]]:
    """The outputs of a preset, and its classes, that rows with features teach."""
    usable = np.isfinite(own.aligned(columns(preset.features), ()).X).any(axis=1)
    rows = own.rows(np.asarray(usable, dtype=np.bool_))
    outputs = set(rows.outputs_with_values()) & {output.name for output in preset.outputs}
    return outputs, set(rows.labels.tolist()) & set(preset.classes)


def _saying_something(examples: Examples) -> Examples:
    """Without rows that teach neither an output nor a class."""
    rows = np.isfinite(examples.Y).any(axis=1) | (examples.labels != "")
    return examples.rows(np.asarray(rows, dtype=np.bool_))


def _factory(preset: Preset, *, needed: bool) -> Examples | None:
    path = preset.examples_path
    if is_there(path):
        return read_csv(path)
    if not needed:
        return None
    raise UserError(
        f"'{preset.name}' has not been taught yet: there is no {path.name} beside {preset.path.name}. "
        "It plays its idle sound until there are examples."
    )


def _joined(parts: list[Examples]) -> Examples:
    """Rows of several, with all columns and outputs of each; takes of one are not takes of another."""
    wanted = tuple(dict.fromkeys(name for part in parts for name in part.columns))
    outputs = tuple(dict.fromkeys(name for part in parts for name in part.outputs))
    first, *others = [part.aligned(wanted, outputs) for part in parts]
    for part in others:
        beyond = int(first.takes.max(initial=0)) + 1
        first = Examples(
            columns=wanted,
            X=np.concatenate([first.X, part.X]),
            outputs=outputs,
            Y=np.concatenate([first.Y, part.Y]),
            labels=np.concatenate([first.labels, part.labels]),
            takes=np.concatenate([first.takes, part.takes + beyond]),
        )
    return first


def untaught(preset: Preset, job: FitJob) -> str:
    """Sentences about what the examples of a preset do not teach; empty when there is nothing to say."""
    missing = [name for name in preset.classes if name not in job.labels]
    few = "class" if len(missing) == 1 else "classes"
    shows = f"no example shows the {few} {', '.join(missing)} of '{preset.name}': nothing will come of such a pose"
    return "; ".join([*([shows] if missing else []), *job.notes])


class RunningPreset:
    """One preset while it plays.

    Attributes:
        preset: what is played.
        columns: names of the features, in the order of `MapperFrame.features.values`.
        snapshots: sounds by number, which classes may hold: output -> value in its unit.
        classes_hold: whether they may do so now.
        holding: the class that holds its snapshot now; empty when none does.
    """

    def __init__(self, preset: Preset, volume_db: float = 0.0) -> None:
        self.preset = preset
        self.columns = columns(preset.features)
        self.snapshots: Mapping[int, Mapping[str, float]] = preset.snapshots
        self.classes_hold = True
        self.holding = ""
        self._volume_db = volume_db + preset.volume_db
        self._scene = preset.scene()
        self._counts = dict.fromkeys(preset.triggers, 0)
        self._newest: tuple[Pose | None, float] = (None, -math.inf)
        self._recognised = ""
        minimum = preset.classifier.confidence
        self._performance = Mapper(
            preset.features,
            preset.mapping_outputs(),
            preset.smoothing,
            idle_after_s=preset.idle_after_s,
            idle_glide_s=preset.idle_glide_s,
            class_rules={name: ClassRule(c.hold_s, c.rest_s, minimum) for name, c in preset.classes.items()},
        )

    def continue_from(self, former: RunningPreset, time_s: float) -> None:
        """Begins where another piece is now, before the first step.

        Outputs of the same name go on from the value they have, strikes are counted on, and whoever is there stays
        there: the class they are in is not entered again, and `take_over` crosses over to them.
        """
        self._performance.start_from(self._positions_of(former), former._recognised)
        self._counts = {trigger: former._counts.get(trigger, 0) for trigger in self._counts}
        self.classes_hold = former.classes_hold
        pose, seen_s = former._newest
        if pose is not None and time_s - seen_s <= STALE_S:
            self.process_pose(pose, time_s)

    def _positions_of(self, former: RunningPreset) -> dict[str, float]:
        """Where in our ranges the former piece's outputs are now: 440 Hz stay 440 Hz when the range has changed."""
        ours = {output.name: output for output in self.preset.outputs}
        positions: dict[str, float] = {}
        for was in former.preset.outputs:
            position = np.array(former._performance.positions[was.name])
            now = ours.get(was.name)
            if now is not None and now.unit == was.unit:
                value = from_unit(position, was.low, was.high, was.warp)
                position = to_unit(value, now.low, now.high, now.warp)
            positions[was.name] = float(position)
        return positions

    def take_over(self, mapping: FittedMapping, time_s: float) -> None:
        """Plays with this model from now on; all outputs cross over together in the preset's `crossfade`, or slower."""
        self._performance.change_model(mapping, time_s, self.preset.crossfade_s)

    def hold(self, values: Mapping[str, float]) -> None:
        """Lets these values, by name of the output and in its unit, sound instead of the mapping, at once.

        Values beyond an output's range count as its end. An output that is not named stays where it is now.
        """
        positions = [
            output.position(values[output.name]) if output.name in values else self._performance.positions[output.name]
            for output in self.preset.mapping_outputs()
        ]
        self.holding = ""
        self._performance.hold(np.array(positions, dtype=np.float64))

    def release(self, time_s: float) -> None:
        """Lets the mapping sound again; all outputs cross over together in the preset's `crossfade`, or slower."""
        self.holding = ""
        self._performance.release(time_s, self.preset.crossfade_s)

    def process_pose(self, pose: Pose | None, time_s: float) -> MapperFrame:
        """One step: with a new pose, or without one (glides and crossfades go on)."""
        if pose is None:
            frame = self._performance.tick(time_s)
        else:
            image = pose.bodies[0].image_array() if pose.bodies else None
            frame = self._performance.process_pose(image, pose.width, pose.height, time_s, pose.capture_time_s)
            self._newest = (pose, time_s)
        self._recognised = frame.recognised
        for name in frame.fired:
            trigger = self.preset.classes[name].trigger if name in self.preset.classes else None
            if trigger is not None:
                self._counts[trigger] += 1
        self._let_class_hold(time_s)
        return frame

    def _let_class_hold(self, time_s: float) -> None:
        """Holds what the recognised class holds, as a hand would, from the next step on."""
        entry = self.preset.classes.get(self._recognised)
        number = entry.snapshot if entry and self.classes_hold else None
        sound = self.snapshots.get(number) if number else None
        holder = self._recognised if sound is not None else ""
        if holder == self.holding:
            return
        if sound is not None:
            self.hold(sound)
        else:
            self.release(time_s)
        self.holding = holder

    def sound(self, frame: MapperFrame, capture_time_s: float) -> Sound:
        """What the engine is to sound like at this moment."""
        return Sound(
            capture_time_s=capture_time_s,
            scene=self._scene,
            values=tuple(frame.values.tolist()),
            trigger_counts=tuple(self._counts.values()),
            volume_db=min(0.0, self._volume_db),
        )

    def feature_readings(self, frame: MapperFrame) -> tuple[Reading, ...]:
        """The features of a moment, for people."""
        readings = []
        for name, value in zip(self.columns, frame.features.values.tolist(), strict=True):
            low, high, unit = _SPANS[name]
            readings.append(Reading(name, value, unit, float(np.clip((value - low) / (high - low), 0.0, 1.0))))
        return tuple(readings)

    def output_readings(self, frame: MapperFrame) -> tuple[Reading, ...]:
        """The outputs of a moment, for people."""
        return tuple(
            Reading(output.name, value, output.unit, position)
            for output, value, position in zip(
                self.preset.outputs, frame.values.tolist(), frame.positions.tolist(), strict=True
            )
            if math.isfinite(value)
        )
