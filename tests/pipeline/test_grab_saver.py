"""Grab on real movement: what is stored, said and undone, and what the second half of a recording plays."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.grab_saver import MADE, grab_saver
from gesturesynth.runtime.messages import Pose
from tests.evaluation.gestures.recordings import SKELETONS, poses, skeleton_folder
from tests.evaluation.grab import halves, play, presets
from tests.support.stored_takes import NOW
from tests.support.stored_takes import poses as figure

PRESETS = presets()
THEREMIN, SNAPSHOTS = PRESETS["theremin"]


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> ExampleStore:
    return ExampleStore.open(tmp_path_factory.mktemp("grab") / "examples.sqlite", NOW)


def need(name: str) -> None:
    if name in SKELETONS and not (skeleton_folder() / SKELETONS[name]).is_file():
        pytest.skip(f"TEST FOOTAGE MISSING: {SKELETONS[name]} is not in {skeleton_folder()} (GESTURESYNTH_TEST_MEDIA)")


@pytest.mark.parametrize("name", ["demo", "squats", "jacks"])
@pytest.mark.parametrize("preset_name", ["theremin", "drone", "grains"])
def test_what_was_watched_in_the_first_half_plays_the_second_half(preset_name: str, name: str) -> None:
    need(name)
    preset, snapshots = PRESETS[preset_name]
    played = play(preset, snapshots, *halves(name, preset))
    assert played.coverage.min() >= 0.8, "no output is stuck"
    assert played.known >= 0.9
    assert played.rising > 0.2, "higher hands, higher sounds"


def test_without_snapshots_sounds_are_made_that_span_the_outputs() -> None:
    preset, snapshots = PRESETS["drums"]
    played = play(preset, snapshots, *halves("demo", preset))
    assert played.coverage.min() >= 0.8
    assert played.known >= 0.8


@pytest.mark.parametrize("name", PRESETS)
def test_each_take_knows_all_features_by_itself_and_none_looks_like_one_of_another_sound(
    store: ExampleStore, name: str
) -> None:
    preset, snapshots = PRESETS[name]
    grab_saver(preset, snapshots, [pose for pose in poses("demo") if 12.0 <= pose.capture_time_s < 42.0])(store)
    examples = store.examples(preset.features, [o.name for o in preset.learned_outputs], preset.smoothing)
    first = [int(np.argmax(examples.takes == number)) for number in np.unique(examples.takes)]
    assert np.isfinite(examples.X[first]).all()
    assert not [note for note in fit_job(preset, examples).notes if "alike" in note]


def test_takes_are_for_snapshots_and_one_action_to_undo(store: ExampleStore) -> None:
    store.add_take("2", {"pitch": 300.0, "level": -9.0}, "", figure(20))
    store.add_take("none", {}, "none", figure(20))
    text = grab_saver(THEREMIN, SNAPSHOTS, halves("demo", THEREMIN)[0])(store)
    takes = store.takes()
    assert text.startswith(f"Grabbed {len(takes) - 1} takes from ")
    assert "Snapshot 1: " in text
    assert "Earlier takes of these outputs no longer count" in text
    assert [info.target for info in takes if info.label] == ["none"], "classes stay"
    assert {info.target for info in takes} == {"1", "2", "3", "none"}
    assert all(info.duration_s <= 1.0 for info in takes)
    number = next(info.id for info in takes if info.target == "3")
    assert store.sound(number) == SNAPSHOTS[3]
    assert "instead of 1 earlier one" in store.undo()
    assert [info.target for info in store.takes()] == ["2", "none"]
    assert store.sound(1) == {"pitch": 300.0, "level": -9.0}
    store.redo()
    assert store.takes() == takes


def test_a_second_grab_takes_the_place_of_the_first(store: ExampleStore) -> None:
    for first_s in (0.0, 20.0):
        part = [pose for pose in poses("demo") if first_s <= pose.capture_time_s < first_s + 20.0]
        grab_saver(THEREMIN, SNAPSHOTS, part)(store)
    assert len(store.takes()) <= 4 * len(SNAPSHOTS)


def test_outputs_that_are_off_for_recording_keep_what_they_were_taught(store: ExampleStore) -> None:
    store.add_take("1", {"pitch": 300.0, "level": -9.0}, "", figure(20))
    store.set_mask("record", "level", on=False)
    grab_saver(THEREMIN, SNAPSHOTS, halves("demo", THEREMIN)[0])(store)
    assert store.sound(1) == {"level": -9.0}
    assert set(store.sound(store.takes()[-1].id)) == {"pitch", "timbre"}


def test_made_sounds_have_a_target_of_their_own(store: ExampleStore) -> None:
    text = grab_saver(THEREMIN, {}, halves("demo", THEREMIN)[0])(store)
    assert {info.target for info in store.takes()} == {MADE}
    assert "napshot" not in text
    pitches = [store.sound(info.id)["pitch"] for info in store.takes()]
    pitch = next(output for output in THEREMIN.learned_outputs if output.name == "pitch")
    assert [min(pitches), max(pitches)] == pytest.approx([*pitch.ends])


STILL = [Pose(pose.capture_time_s, 0, pose.width, pose.height, figure(1)[0].bodies) for pose in figure(300)]


@pytest.mark.parametrize(
    ("watched", "said"),
    [
        ([], "No person was in view"),
        (figure(60, empty_frames=tuple(range(60))), "No person was in view"),
        (figure(60), "was in view for 2.0 s only, and 3 s are needed"),
        (STILL, "Too little movement"),
    ],
)
def test_what_is_not_enough_is_said_and_changes_nothing(store: ExampleStore, watched: list[Pose], said: str) -> None:
    store.add_take("1", {"pitch": 300.0}, "", figure(20))
    with pytest.raises(UserError, match=said) as told:
        grab_saver(THEREMIN, SNAPSHOTS, watched)(store)
    assert "move as you will when playing" in str(told.value)
    assert len(store.takes()) == 1


def test_frames_without_a_person_in_between_do_no_harm(store: ExampleStore) -> None:
    watched = [
        Pose(pose.capture_time_s, 0, pose.width, pose.height, () if number % 50 < 10 else pose.bodies)
        for number, pose in enumerate(halves("demo", THEREMIN)[0])
    ]
    grab_saver(THEREMIN, SNAPSHOTS, watched)(store)
    rows = store.examples(["right_wrist.height"], ["pitch"], None)
    assert np.isfinite(rows.X).all()
