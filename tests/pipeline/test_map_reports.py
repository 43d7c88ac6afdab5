"""The map of the examples: which pose a point shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gesturesynth.config.preset import loader
from gesturesynth.features.people.pose_reader import PoseReader
from gesturesynth.mapping.examples.dataset import examples_from_rows
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.pipeline.map_reports import map_pose
from tests.support.mapper_player import figure
from tests.support.several_people import moved, pose_of

PRESET = """
name: Both
people: 2
features: [right_wrist.height, second.right_wrist.height]
outputs:
  pitch: {to: theremin.pitch, range: [110, 880], features: [right_wrist.height]}
  level: {to: theremin.level, range: [-30, -6], features: [second.right_wrist.height]}
"""


def test_a_point_of_a_take_of_one_person_in_a_piece_for_two_shows_its_pose(tmp_path: Path) -> None:
    preset = loader.loads(PRESET, tmp_path / "both.yaml")
    poses = [pose_of(n / 10, (1, moved(figure(n / 10 - 0.5), 0.2))) for n in range(10)]
    reader, rows = PoseReader(preset.features, None), []
    for n, pose in enumerate(poses):
        frame = reader.read(pose)
        rows.append((1, "", np.where(frame.seen, frame.values, np.nan), np.array([n / 10])))
    job = make_job(examples_from_rows(rows, reader.columns, ["pitch"]), reader.columns, preset.mapping_outputs())
    for row in (0, 3, 9):
        shown = np.array(map_pose(preset, job, row, poses).pose)
        np.testing.assert_allclose(shown[:, :2], poses[row].bodies[0].image_array()[:, :2], atol=1e-3)
