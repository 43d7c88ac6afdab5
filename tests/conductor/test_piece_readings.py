"""What a piece that plays tells subscribers over OSC of the bodies: real pieces, real poses."""

from __future__ import annotations

import numpy as np

from gesturesynth.conductor.piece_readings import PieceReadings
from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from tests.support.mapper_player import HIGH, LOW
from tests.support.several_people import moved, pose_of


def playing(name: str) -> RunningPreset:
    preset = loader.load(paths.presets_dir() / f"{name}.yaml")
    piece = RunningPreset(preset)
    piece.take_over(fit(fit_job(preset)), 0.0)
    return piece


def test_a_feature_that_cannot_be_seen_keeps_its_last_value_and_is_told_to_be_unseen() -> None:
    piece = playing("theremin")
    empty = PieceReadings.of(piece, None, 0.0, None)
    assert (empty.feature_names, empty.features.size, empty.people) == (tuple(piece.columns), 0, [])
    pose = pose_of(1.0, (0, HIGH))
    piece.process_pose(pose, 1.0)
    there = PieceReadings.of(piece, pose, 1.0, empty)
    values = dict(zip(there.feature_names, there.features.tolist(), strict=True))
    assert there.present
    assert there.seen.all()
    assert values["right_wrist.height"] > 0.5
    (person,) = there.people
    np.testing.assert_array_equal(person.joints["landmarks"].reshape(33, 4), HIGH)
    assert (person.number, person.voice, there.in_view, there.frame_size) == (0, 1, 1, (640, 480))
    gone_pose = pose_of(1.1)
    piece.process_pose(gone_pose, 1.1)
    gone = PieceReadings.of(piece, gone_pose, 1.1, there)
    assert not gone.present
    assert not gone.seen.any()
    assert gone.in_view == 0
    assert dict(zip(gone.feature_names, gone.features.tolist(), strict=True)) == values
    assert [person.joints for person in gone.people] == [{}], "for a moment hidden"


def test_the_readings_of_a_tick_without_a_pose_are_those_of_the_newest_one() -> None:
    piece = playing("theremin")
    pose = pose_of(1.0, (0, LOW))
    piece.process_pose(pose, 1.0)
    before = PieceReadings.of(piece, pose, 1.0, None)
    piece.process_pose(None, 1.01)
    after = PieceReadings.of(piece, None, 1.01, before)
    np.testing.assert_array_equal(after.people[0].joints["landmarks"], before.people[0].joints["landmarks"])


def test_persons_are_in_the_order_of_roles_with_their_numbers_and_the_voices_that_they_play() -> None:
    piece = playing("company")
    pose = pose_of(1.0, (8, moved(LOW, 0.25)))
    piece.process_pose(pose, 1.0)
    both = pose_of(1.1, (3, moved(HIGH, -0.25)), (8, moved(LOW, 0.25)))
    for step in range(60):
        piece.process_pose(both, 1.1 + step / 60)
    readings = PieceReadings.of(piece, both, 2.1, None)
    assert [(person.number, person.voice) for person in readings.people] == [(8, 1), (3, 2)]
    np.testing.assert_array_equal(readings.people[1].joints["landmarks"].reshape(33, 4), moved(HIGH, -0.25))
    count = len(piece.columns)
    assert readings.feature_names[count] == f"2/{readings.feature_names[0]}"
    assert readings.features.size == readings.seen.size == len(readings.feature_names) == count * len(piece.voices)
    place = list(readings.feature_names).index("right_wrist.height")
    assert readings.features[place] < readings.features[count + place], "the second voice's hand is high"
    assert len(readings.voices) == len(piece.voices)


def test_classes_and_gestures_are_told_with_their_counts() -> None:
    piece = playing("moves")
    pose = pose_of(1.0, (0, LOW))
    piece.process_pose(pose, 1.0)
    (voice,) = PieceReadings.of(piece, pose, 1.0, None).voices
    assert set(voice.performed) == set(voice.gestures) == set(piece.performed)
    assert all(len(where) == 3 for where in voice.gestures.values())
    assert set(voice.probabilities) == set(piece.preset.classes)
