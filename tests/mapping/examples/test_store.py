"""The store of examples: takes are kept as skeletons and give the features that a preset asks for."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.features.extractor import SMOOTHING, FeatureExtractor
from gesturesynth.mapping.examples.dataset import examples_from_rows
from gesturesynth.mapping.examples.store import store_path
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.runtime.messages import Pose
from tests.support.stick_figure import body, body_from
from tests.support.stored_takes import (
    FEATURES,
    HEIGHT,
    NOW,
    WIDTH,
    fill_store,
    integrity,
    open_store,
    poses,
)


@pytest.fixture
def path(own_folders: Path) -> Path:
    return store_path("theremin")


def test_each_preset_has_its_folder_in_the_state_folder(path: Path) -> None:
    assert path == paths.state_dir() / "presets" / "theremin" / "examples.sqlite"


def test_a_take_survives_a_restart(path: Path) -> None:
    with open_store(path) as store:
        before = store.add_take("2", {"pitch": 220.0, "level": -12.5}, "up", poses(31), made=NOW)
    assert (before.target, before.label, before.rows, before.made_utc) == ("2", "up", 31, "2026-03-01T12:30:15+00:00")
    assert math.isclose(before.duration_s, 1.0)
    with open_store(path) as store:
        assert store.takes() == (before,)
        assert store.sound(before.id) == {"pitch": 220.0, "level": -12.5}
        assert store.note == ""
    assert integrity(path) == "ok"


def test_only_this_user_may_read_it(path: Path) -> None:
    open_store(path).close()
    assert path.parent.stat().st_mode & 0o077 == 0


def test_examples_equal_the_features_during_the_take(path: Path) -> None:
    played = poses(20, 60.0, start_s=100.4)  # right after the other take, whose movement must not count for this one
    with open_store(path) as store:
        store.add_take("1", {"pitch": 220.0, "level": -12.0}, "", poses(10))
        store.add_take("2", {"level": -9.0, "pitch": 880.0}, "high", played)
        examples = store.examples(FEATURES, ["level", "pitch"], SMOOTHING)
    extractor = FeatureExtractor(FEATURES, SMOOTHING)
    expected = [
        extractor.extract(pose.bodies[0].image_array(), WIDTH, HEIGHT, pose.capture_time_s).values for pose in played
    ]
    assert examples.columns == columns(FEATURES)
    assert examples.outputs == ("level", "pitch")
    np.testing.assert_array_equal(examples.X[examples.takes == 2], expected)
    np.testing.assert_array_equal(examples.Y[10:], [[-9.0, 880.0]] * 20)
    assert examples.takes.tolist() == [1] * 10 + [2] * 20
    assert examples.labels.tolist() == [""] * 10 + ["high"] * 20


def test_a_preset_may_use_other_features_later(path: Path) -> None:
    fill_store(path, takes=2, rows=5)
    with open_store(path) as store:
        first = store.examples(FEATURES, ["pitch"], None)
        later = store.examples(("left_wrist.height", "lean", "body.full"), ["pitch"], None)
        again = store.examples(FEATURES, ["pitch"], None)
    assert later.columns == columns(("left_wrist.height", "lean", "body.full"))
    assert np.isfinite(later.X).any(axis=0).all()
    np.testing.assert_array_equal(first.X, again.X)


def test_smoothing_is_that_of_the_preset(path: Path) -> None:
    with open_store(path) as store:
        store.add_take("1", {}, "", [*poses(5, 20.0), *(p for p in poses(10, 120.0)[5:])])
        assert not np.array_equal(store.examples(FEATURES, [], None).X, store.examples(FEATURES, [], SMOOTHING).X)


def test_new_takes_are_added_and_deleted_ones_left_out(path: Path) -> None:
    with open_store(path) as store:
        first = store.add_take("1", {"pitch": 1.0}, "", poses(3))
        assert len(store.examples(FEATURES, ["pitch"], None)) == 3
        store.add_take("2", {"pitch": 2.0}, "", poses(4))
        assert len(store.examples(FEATURES, ["pitch"], None)) == 7
        store.delete(first.id)
        assert store.examples(FEATURES, ["pitch"], None).Y.ravel().tolist() == [2.0] * 4
        store.restore(first.id)
        assert len(store.examples(FEATURES, ["pitch"], None)) == 7


def test_poses_without_a_body_teach_nothing(path: Path) -> None:
    with open_store(path) as store:
        info = store.add_take("1", {"pitch": 1.0}, "", poses(10, empty_frames=(0, 4, 9)))
        examples = store.examples(FEATURES, ["pitch"], None)
    assert (info.rows, len(examples)) == (7, 7)
    assert np.isfinite(examples.X).all()


def test_a_take_without_a_body_is_refused_with_a_sentence(path: Path) -> None:
    with open_store(path) as store:
        for empty in ([], poses(3, empty_frames=(0, 1, 2))):
            with pytest.raises(UserError, match="no person could be seen"):
                store.add_take("1", {"pitch": 1.0}, "", empty)
        assert store.takes(deleted=True) == ()
        assert not store.can_undo


def test_a_feature_out_of_sight_is_missing_and_a_fit_leaves_the_row_out(path: Path) -> None:
    hidden = body(90.0).image_array().copy()
    hidden[15:17, 3] = 0.0  # the wrists
    unseen = body_from(hidden)
    late = [Pose(101.0 + i / 30, i, WIDTH, HEIGHT, (unseen,)) for i in range(3)]
    with open_store(path) as store:
        store.add_take("1", {"pitch": 200.0}, "", [*poses(6), *late])
        store.add_take("2", {"pitch": 400.0}, "", poses(6, 20.0))
        examples = store.examples(FEATURES, ["pitch"], None)
    assert np.isnan(examples.X[6:9]).all()
    job = make_job(examples, columns(FEATURES), [Output("pitch", 100.0, 800.0)])
    assert job.x.shape == (12, len(columns(FEATURES)))
    fit(job)


def test_an_output_without_a_value_in_a_take_is_nan(path: Path) -> None:
    with open_store(path) as store:
        store.add_take("1", {"pitch": 220.0}, "", poses(2))
        store.add_take("up", {}, "up", poses(2))
        examples = store.examples(FEATURES, ["level", "pitch"], None)
    np.testing.assert_array_equal(examples.Y, [[np.nan, 220.0]] * 2 + [[np.nan, np.nan]] * 2)
    assert examples.labels.tolist() == ["", "", "up", "up"]


def test_no_examples_are_examples_without_rows(path: Path) -> None:
    with open_store(path) as store:
        examples = store.examples(FEATURES, ["pitch"], SMOOTHING)
    assert (examples.X.shape, examples.Y.shape) == ((0, len(columns(FEATURES))), (0, 1))


def test_numbers_that_are_not_finite_are_refused(path: Path) -> None:
    broken = body(90.0).image_array().copy()
    broken[3, 0] = np.nan
    pose = Pose(1.0, 0, WIDTH, HEIGHT, (body_from(broken),))
    with open_store(path) as store:
        with pytest.raises(ValueError, match="pitch"):
            store.add_take("1", {"pitch": math.inf}, "", poses(2))
        with pytest.raises(ValueError, match="landmarks"):
            store.add_take("1", {}, "", [pose])
        with pytest.raises(ValueError, match="level"):
            store.save_snapshot(1, {"level": math.nan})
        assert store.takes(deleted=True) == ()


def test_imported_rows_stand_beside_skeletons(path: Path) -> None:
    names = columns(FEATURES)
    rows = [
        (7, "up", np.array([0.5, 1.0]), np.array([220.0])),
        (7, "up", np.array([0.25, 1.5]), np.array([440.0])),
        (9, "", np.array([0.125, 2.0]), np.array([np.nan])),
    ]
    with open_store(path) as store:
        store.add_take("1", {"pitch": 100.0}, "", poses(2))
        infos = store.add_examples(examples_from_rows(rows, names, ["pitch"]), "old.csv")
        assert [(info.label, info.rows) for info in infos] == [("up", 2), ("", 1)]
        examples = store.examples(FEATURES, ["pitch"], None)
        np.testing.assert_array_equal(examples.X[2:], [row[2] for row in rows])
        np.testing.assert_array_equal(examples.Y[2:], [row[3] for row in rows])
        assert examples.labels[2:].tolist() == ["up", "up", ""]
        # A feature that was not in the file is missing, whatever the preset uses later.
        other = store.examples(("lean", "hands.distance"), ["pitch"], None)
        np.testing.assert_array_equal(other.X[2:], [[np.nan, 1.0], [np.nan, 1.5], [np.nan, 2.0]])
        assert store.undo() == "undone: 2 takes from old.csv"
        assert len(store.takes()) == 1


def test_a_number_is_never_given_again(path: Path) -> None:
    with open_store(path) as store:
        first = store.add_take("1", {}, "", poses(1))
        store.erase(first.id)
        assert store.add_take("1", {}, "", poses(1)).id == first.id + 1


def test_snapshots_are_kept(path: Path) -> None:
    with open_store(path) as store:
        store.save_snapshot(3, {"pitch": 330.0})
        store.save_snapshot(1, {"pitch": 110.0})
        store.save_snapshot(3, {"pitch": 333.0})
    with open_store(path) as store:
        assert store.snapshots() == {1: {"pitch": 110.0}, 3: {"pitch": 333.0}}
        store.undo()
        store.undo()
        assert store.snapshots() == {3: {"pitch": 330.0}}


def test_two_programs_see_the_changes_of_the_other(path: Path) -> None:
    with open_store(path) as service, open_store(path) as command_line:
        info = service.add_take("1", {"pitch": 1.0}, "", poses(2))
        assert len(service.examples(FEATURES, ["pitch"], None)) == 2
        before = service.revision
        assert service.revision == before
        command_line.delete(info.id)
        assert service.revision != before
        assert len(service.examples(FEATURES, ["pitch"], None)) == 0
        assert service.undo() == "undone: take 1 for 1 (2 rows) deleted"
        assert len(command_line.takes()) == 1


def test_what_is_erased_is_nowhere_on_the_disk(path: Path) -> None:
    skeletons = [pose.bodies[0].image for pose in poses(40, 33.0)]

    def found() -> int:
        files = [file.read_bytes() for file in path.parent.iterdir()]
        return sum(any(landmarks in data for data in files) for landmarks in skeletons)

    with open_store(path) as store:
        store.add_take("1", {}, "", poses(40, 90.0))
        info = store.add_take("2", {}, "", poses(40, 33.0))
    with open_store(path) as store:
        assert found() == 40
        assert store.erase(info.id) == "take 2 for 2 (40 rows) erased for good"
        assert found() == 0
        assert [take.id for take in store.takes(deleted=True)] == [1]
        assert store.undo() == "undone: take 1 for 1 (40 rows)"
        assert not store.can_undo
    assert integrity(path) == "ok"


@pytest.mark.parametrize("verb", ["delete", "restore", "erase"])
def test_a_take_that_is_not_there_is_named_and_nothing_happens(path: Path, verb: str) -> None:
    fill_store(path, takes=2, rows=1)
    with open_store(path) as store:
        if verb == "restore":
            store.delete(1)
        before = store.takes(deleted=True)
        with pytest.raises(UserError, match=r"no take 9 \(there are 1, 2\)"):
            getattr(store, verb)(1, 9)
        assert store.takes(deleted=True) == before


def test_deleting_twice_is_refused(path: Path) -> None:
    fill_store(path, takes=2, rows=1)
    with open_store(path) as store:
        assert store.delete(1, 1) == "take 1 for 1 (1 row) deleted"
        with pytest.raises(UserError, match="take 1 is deleted already"):
            store.delete(1)
        with pytest.raises(UserError, match="take 2 is not deleted"):
            store.restore(1, 2)
        assert [take.deleted for take in store.takes(deleted=True)] == [True, False]
