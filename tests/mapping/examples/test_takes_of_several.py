"""Takes with several people: stored whole, and read by role; takes of one person in a preset that gained people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.features.people.pose_reader import PoseReader
from gesturesynth.mapping.examples import portable_takes
from gesturesynth.mapping.examples.dataset import read_csv, write_csv
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.runtime.messages import Pose
from tests.support.mapper_player import figure
from tests.support.several_people import moved, pose_of
from tests.support.stored_takes import open_store

FEATURES = ("right_wrist.height", "second.right_wrist.height", "pair.distance")
OUTPUTS = ("pitch",)


def together(count: int, first: float, second: float | None, start_s: float = 100.0) -> list[Pose]:
    """Poses of a person, and of a second one unless it is None; the tracker tells the second one first now and then."""
    found = []
    for number in range(count):
        people = [(3, moved(figure(first), 0.25))]
        if second is not None:
            people.append((5, moved(figure(second), -0.25)))
        turn = -1 if number and number % 3 == 0 else 1
        found.append(pose_of(start_s + number / 30, *people[::turn]))
    return found


def test_each_role_is_read_from_its_person(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.sqlite") as store:
        info = store.add_take("1", {"pitch": 100.0}, "", together(20, 1.0, -0.5))
        assert info.rows == 20
        found = store.examples(FEATURES, OUTPUTS, None)
        gesture = store.gesture_takes(["1"], FEATURES, None)
    assert found.columns == columns(FEATURES)
    np.testing.assert_allclose(found.X[:, 0], 1.0, atol=0.02)
    np.testing.assert_allclose(found.X[:, 1], -0.5, atol=0.02)
    assert np.isfinite(found.X).all()
    assert gesture == (), "a snapshot is no gesture"


def test_takes_of_one_person_teach_what_they_show_when_a_preset_gains_people(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.sqlite") as store:
        store.add_take("1", {"pitch": 100.0}, "", together(20, 1.0, None))
        store.add_take("2", {"pitch": 200.0}, "", together(20, -1.0, None))
        found = store.examples(FEATURES, OUTPUTS, None)
    assert np.isnan(found.X[:, 1:]).all(), "the second person was not seen"
    mapping = fit(make_job(found, columns(FEATURES), (Output("pitch", 100.0, 200.0),)))
    low = mapping.predict(np.array([1.0, 0.3, 2.0]))[0]
    high = mapping.predict(np.array([-1.0, -0.9, 4.0]))[0]
    assert (low, high) == pytest.approx((0.0, 1.0), abs=0.05)


def test_takes_of_one_person_do_not_make_those_of_two_look_alike(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.sqlite") as store:
        store.add_take("1", {"pitch": 100.0}, "", together(20, 1.0, None))
        for sound, second in ((120.0, -1.0), (180.0, 1.0)):
            store.add_take("2", {"pitch": sound}, "", together(20, 0.0, second))
        found = store.examples(FEATURES, OUTPUTS, None)
    notes = make_job(found, columns(FEATURES), (Output("pitch", 100.0, 200.0),)).notes
    assert not [note for note in notes if "look alike" in note], "they differ in the second person"


def test_they_survive_a_pack_a_table_and_a_damaged_database(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with open_store(path) as store:
        store.add_take("1", {"pitch": 100.0}, "", together(10, 1.0, -0.5))
        taught = store.examples(FEATURES, OUTPUTS, None)
        packed = portable_takes.to_file(store.portable())
        (tmp_path / "takes").write_bytes(packed)
    with open_store(tmp_path / "b.sqlite") as other:
        other.insert(portable_takes.from_file(tmp_path / "takes", "x"), "unpacked")
        np.testing.assert_array_equal(other.examples(FEATURES, OUTPUTS, None).X, taught.X)
    write_csv(taught, tmp_path / "a.csv")
    np.testing.assert_allclose(read_csv(tmp_path / "a.csv").X, taught.X, atol=1e-5)


def test_a_pack_with_more_people_than_can_be_followed_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.sqlite") as store:
        crowd = [pose_of(1.0, *((n + 1, figure(0.0)) for n in range(7)))]
        store.add_take("1", {"pitch": 100.0}, "", crowd)
        (tmp_path / "takes").write_bytes(portable_takes.to_file(store.portable()))
    with pytest.raises(UserError, match="a pose of it"):
        portable_takes.from_file(tmp_path / "takes", "x")


def test_the_first_is_the_first_body_of_the_first_pose() -> None:
    reader = PoseReader(["right_wrist.height"], None)
    values = [reader.read(pose).values[0] for pose in together(20, 1.0, -0.5)]
    np.testing.assert_allclose(values, 1.0, atol=0.02)
