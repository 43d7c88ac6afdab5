"""`adapt: true`: a child, a person who sits and a dancer reach both ends of the shipped presets within ten seconds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.readings import AdaptationReading
from tests.support.stick_figure import Point, Proportions, body_from, pose
from tools.shown_poses import BUILDS

Float = NDArray[np.float64]
FRAME_S = 1 / 30
LEGS = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle", "heel", "foot_index"))


@dataclass(frozen=True)
class Person:
    """Limbs, in those of the builds that the presets were taught with; the reach of the arms; whether they sit."""

    limbs: float = 1.0
    reach: float = 1.0
    seated: bool = False

    def pose(self, right: float, left: float, out: float, lean_deg: float) -> NDArray[np.float32]:
        """Wrists at heights of -1 to 1 of the reach, arms spread by 0 to 1."""
        build = BUILDS[0]
        lengths = dataclasses.replace(build, upper_arm=build.upper_arm * self.limbs, forearm=build.forearm * self.limbs)
        hidden = LEGS if self.seated else ()
        turn = np.deg2rad(lean_deg)
        wrists = [
            (float(x * np.cos(turn) + y * np.sin(turn)), float(y * np.cos(turn) - x * np.sin(turn)))
            for x, y in (self._wrist(lengths, side, height, out) for side, height in ((1.0, right), (-1.0, left)))
        ]
        return pose(right_wrist=wrists[0], left_wrist=wrists[1], lean_deg=lean_deg, hidden=hidden, proportions=lengths)

    def _wrist(self, build: Proportions, side: float, height: float, out: float) -> Point:
        arm = 0.985 * (build.upper_arm + build.forearm)
        y = height * arm * self.reach
        room = (arm**2 - y**2) ** 0.5
        return side * (build.shoulder_width / 2 + (0.15 + 0.8 * out) * room * self.reach), y


PEOPLE = {
    "child": Person(limbs=0.75),
    "child, seated": Person(limbs=0.75, seated=True),
    "wheelchair user, arms only": Person(reach=0.6, seated=True),
    "dancer": Person(limbs=1.25),
}


@cache
def shipped(name: str) -> tuple[Preset, FittedMapping]:
    preset = loader.load(paths.presets_dir() / f"{name}.yaml")
    return preset, fit(fit_job(preset))


def movement(person: Person, seconds: float, lean: float) -> Iterator[NDArray[np.float32]]:
    """Both arms through their full reach, each in its own time, and to the side and back."""
    for frame in range(round(seconds / FRAME_S)):
        turn = 2 * np.pi * frame * FRAME_S
        yield person.pose(
            -np.cos(turn / 2.2), -np.cos(turn / 2.6), 0.5 - 0.5 * np.cos(turn / 1.7), lean * np.sin(turn / 2.4)
        )


@cache
def played(name: str, person: Person, seconds: float, *, adapt: bool) -> Float:
    """Positions of the outputs, (n, m)."""
    lean = 18.0 if name == "drone" else 0.0
    preset, mapping = shipped(name)
    piece = RunningPreset(dataclasses.replace(preset, adapt=adapt, idle_after_s=0.5))
    piece.take_over(mapping, 0.0)
    rows = []
    for frame, image in enumerate(movement(person, seconds, lean)):
        time_s = frame * FRAME_S
        rows.append(piece.process_pose(Pose(time_s, frame, 640, 480, (body_from(image),)), time_s).positions)
    return np.array(rows)


def reached(name: str, person: Person, *, adapt: bool) -> Float:
    """What part of each output's range a person reaches after ten seconds, against one who has the taught body."""
    own, taught = (
        np.quantile(played(name, who, 20.0, adapt=on)[300:], [0.05, 0.95], axis=0)
        for who, on in ((person, adapt), (Person(), False))
    )
    common = np.minimum(own[1], taught[1]) - np.maximum(own[0], taught[0])
    return np.asarray(common / (taught[1] - taught[0]), dtype=np.float64)


MISSED = {
    ("drone", "child, seated"): {"pitch"},  # follows the lean of the trunk, which cannot be measured without hips
    ("drone", "wheelchair user, arms only"): {"pitch"},
    ("grains", "wheelchair user, arms only"): {"position"},  # 0.7: sideways, twice the reach is not enough
    # The figure reaches by its elbows, whose angles are not adapted. (Recorded people with half the reach: 0.91.)
    ("drums", "wheelchair user, arms only"): {"busy", "decay", "tune", "drive", "level"},
}
"""What is known not to be reached; docs/playability.md has the figures."""


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", ["theremin", "drone", "grains", "drums"])
def test_other_people_reach_both_ends(name: str, who: str) -> None:
    preset, _ = shipped(name)
    for output, share in zip(preset.outputs, reached(name, PEOPLE[who], adapt=True), strict=True):
        assert share >= 0.9 or output.name in MISSED.get((name, who), ()), output.name


def test_without_it_they_do_not() -> None:
    assert all(reached("theremin", PEOPLE[who], adapt=False).min() < 0.8 for who in list(PEOPLE)[:3])


@pytest.mark.parametrize("name", ["theremin", "drone", "grains", "drums"])
def test_who_has_the_taught_body_loses_nothing(name: str) -> None:
    with_it, without = (played(name, Person(), 20.0, adapt=on) for on in (True, False))
    # Missed by the drums, 0.022: the figure's upper arms go from 20 to 160 degrees, and 3 to 177 were taught.
    assert np.median(np.abs(with_it - without)) < (0.03 if name == "drums" else 0.02)


def adapting(name: str = "theremin") -> tuple[RunningPreset, FittedMapping]:
    preset, mapping = shipped(name)
    piece = RunningPreset(dataclasses.replace(preset, adapt=True))
    piece.take_over(mapping, 0.0)
    return piece, mapping


def plays(piece: RunningPreset, person: Person, seconds: float, start_s: float = 0.0) -> dict[str, float]:
    """How the features are stretched when a person has moved for a while."""
    stretches = {}
    for frame, image in enumerate(movement(person, seconds, 0.0)):
        time_s = start_s + frame * FRAME_S
        played_frame = piece.process_pose(Pose(time_s, frame, 640, 480, (body_from(image),)), time_s)
        stretches = dict.fromkeys(piece.columns, 1.0) | piece.adaptation_reading(played_frame).stretches
    return stretches


def test_confidence_and_features_are_those_of_the_body_as_it_is() -> None:
    adapted, _ = adapting()
    preset, mapping = shipped("theremin")
    plain = RunningPreset(preset)
    plain.take_over(mapping, 0.0)
    for frame, image in enumerate(movement(PEOPLE["child"], 8.0, 0.0)):
        message = Pose(frame * FRAME_S, frame, 640, 480, (body_from(image),))
        one, other = (piece.process_pose(message, frame * FRAME_S) for piece in (adapted, plain))
        assert one.confidence == other.confidence
        assert one.features.values.tolist() == other.features.values.tolist()
    assert one.positions.tolist() != other.positions.tolist()
    assert plain.adaptation_reading(other) == AdaptationReading()


def test_a_training_and_a_long_absence_begin_with_the_taught_range() -> None:
    piece, mapping = adapting()
    assert plays(piece, PEOPLE["child"], 12.0)["right_wrist.height"] > 1.2
    piece.take_over(mapping, 12.0)
    assert plays(piece, PEOPLE["child"], 0.1, 12.0)["right_wrist.height"] == 1.0
    assert plays(piece, PEOPLE["child"], 12.0, 12.1)["right_wrist.height"] > 1.2
    empty = piece.process_pose(Pose(24.2, 0, 640, 480, ()), 24.2)
    assert piece.adaptation_reading(empty).text == "as taught"
    away_s = piece.preset.idle_after_s + piece.preset.idle_glide_s
    assert plays(piece, PEOPLE["child"], 0.1, 24.2 + away_s)["right_wrist.height"] == 1.0


def test_another_person_in_the_place_of_the_first_begins_with_the_taught_range() -> None:
    piece, _ = adapting()
    assert plays(piece, PEOPLE["child"], 12.0)["right_wrist.height"] > 1.2
    piece.change_person(12.0)
    assert plays(piece, PEOPLE["child"], 0.1, 12.0)["right_wrist.height"] == 1.0


def test_it_is_switched_on_and_off_without_a_jump() -> None:
    piece, _ = adapting()
    plays(piece, PEOPLE["child"], 12.0)
    image = PEOPLE["child"].pose(0.9, 0.8, 0.5, 0.0)
    heard = []
    for tick in range(240):
        time_s = 12.0 + tick / 60
        if tick in (90, 150):
            piece.adapt(time_s, on=tick == 150)
        message = Pose(time_s, tick, 640, 480, (body_from(image),)) if tick % 2 else None
        heard.append(piece.process_pose(message, time_s).positions)
    steps = np.abs(np.diff(np.array(heard)[60:], axis=0))
    assert steps.max() < 0.02
    assert np.ptp(np.array(heard)[60:], axis=0).max() > 0.01, "it makes a difference"
