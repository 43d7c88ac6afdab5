"""The list of takes, in the state and by request, and what one take looks like: for programs that draw them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import numpy as np
import pytest

from gesturesynth.conductor.take_requests import NEWEST
from gesturesynth.control.command_socket import _ANSWER_CAP_BYTES
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.mapping.examples.dataset import examples_from_rows
from gesturesynth.pipeline.take_playback import MOST_POSES
from gesturesynth.pipeline.take_reports import PAGE_TAKES
from gesturesynth.runtime.take_reports import TakePage, TakePoses, TakeReport
from tests.support.conductor_harness import HIGH, LOW, ConductorHarness
from tests.support.stored_takes import poses


def requested(harness: ConductorHarness, name: str, *values: object) -> tuple[bool, str, str]:
    """The one answer to a request."""
    answers: list[tuple[bool, str, str]] = []
    harness.session_controller.requests.answer(
        call(name, [*map(str, values)], COMMAND_LINE), lambda *answer: answers.append(answer)
    )
    harness.until(lambda: bool(answers), "an answer")
    harness.wait_until_idle()
    (only,) = answers
    return only


def page(harness: ConductorHarness, *values: object) -> TakePage:
    ok, _, text = requested(harness, "takes", *values)
    assert ok
    return msgspec.json.decode(text, type=TakePage)


def state(harness: ConductorHarness) -> dict[str, Any]:
    encoded = msgspec.json.encode(harness.conductor.state())
    decoded: dict[str, Any] = json.loads(encoded)
    return decoded


def test_the_list_follows_what_is_done_to_takes(harness: ConductorHarness) -> None:
    assert page(harness) == TakePage("Air theremin", 0, 1, 1, ())
    harness.done("select", 1)
    harness.take(LOW)
    harness.done("select", 3)
    harness.take(HIGH)
    harness.done("trim", 1, 0.2, 0.8)
    harness.done("switch-take", 2)
    harness.done("delete-take", 1)
    newest, oldest = page(harness).takes
    assert (newest.id, newest.target, newest.on, newest.deleted, newest.trimmed) == (2, "3", False, False, None)
    assert (oldest.id, oldest.target, oldest.on, oldest.deleted, oldest.trimmed) == (1, "1", True, True, (0.2, 0.8))
    assert newest.length_s == pytest.approx(1.0, abs=0.05)
    assert oldest.length_s == pytest.approx(0.6)
    assert newest.made.endswith("+00:00")
    found = state(harness)
    assert [take["id"] for take in found["newest_takes"]] == [2, 1]
    assert found["stored_takes"] == 2


def test_five_hundred_takes_are_paged_and_the_state_stays_small(harness: ConductorHarness) -> None:
    before = len(msgspec.json.encode(harness.conductor.state()))
    rows = [(take, "", np.zeros(1), np.array([220.0])) for take in range(500)]
    with harness.stored() as store:
        store.add_examples(examples_from_rows(rows, ["hands.distance"], ["pitch"]), "a file")
    harness.until(lambda: state(harness)["stored_takes"] == 500, "the takes to be seen")
    encoded = msgspec.json.encode(harness.conductor.state())
    assert [take["id"] for take in json.loads(encoded)["newest_takes"]] == [*range(500, 500 - NEWEST, -1)]
    assert len(encoded) - before < 2000
    pages = [page(harness, number) for number in range(1, 11)]
    assert [take.id for each in pages for take in each.takes] == [*range(500, 0, -1)]
    assert {(each.stored, each.pages) for each in pages} == {(500, 10)}
    assert max(len(each.takes) for each in pages) == PAGE_TAKES
    assert page(harness, 99) == pages[-1], "what is beyond is the last"
    assert max(len(msgspec.json.encode(each)) for each in pages) < 9_000, "it fits into any datagram"


def test_a_take_has_a_mean_pose_and_a_range_of_motion(harness: ConductorHarness) -> None:
    recorded = poses(41, 60.0)
    with harness.stored() as store:
        store.add_take("1", {"pitch": 110.0}, "", recorded)
    images = np.array([pose.bodies[0].image_array() for pose in recorded], dtype=np.float64)
    ok, _, text = requested(harness, "take", 1)
    assert ok
    found = msgspec.json.decode(text, type=TakeReport)
    assert (found.take.id, found.poses, found.width, found.height) == (1, 41, 640, 480)
    np.testing.assert_allclose(found.mean_pose, images[:, :, [0, 1, 3]].mean(axis=0), atol=1e-4)
    low, high = np.array(found.motion_low), np.array(found.motion_high)
    wrist, hip = 16, 24
    assert (high - low)[wrist].max() > 0.02, "the arm rose"
    assert (high - low)[hip].max() < 0.001, "the hip stayed"
    assert len(text) < 4000
    harness.done("trim", 1, 0.0, 0.5)
    _, _, trimmed = requested(harness, "take", 1)
    assert msgspec.json.decode(trimmed, type=TakeReport).poses == 16


def test_a_take_that_is_not_there_is_said_and_a_request_is_no_command(harness: ConductorHarness) -> None:
    cues, before = harness.sounds[-1].cue_counts, harness.state
    assert requested(harness, "take", 3)[:2] == (False, "There is no take 3 (there are none).")
    assert harness.sounds[-1].cue_counts == cues
    assert (harness.state.message, harness.state.last_command) == (before.message, before.last_command)


def test_the_poses_of_a_take_come_with_what_the_mapping_makes_of_them(harness: ConductorHarness) -> None:
    for number, pose in ((1, LOW), (2, HIGH)):
        harness.done("select", number)
        harness.take(pose)
    harness.train()
    low, high = harness.preset_manager.piece.preset.snapshots[1], harness.preset_manager.piece.preset.snapshots[2]
    sounds = len(harness.sounds)
    for take, pose, values in ((1, LOW, low), (2, HIGH, high)):
        ok, words, text = requested(harness, "take-poses", take)
        assert ok, words
        report = msgspec.json.decode(text, type=TakePoses)
        count = len(report.poses)
        assert report.stored == count == len(report.times_s) == len(report.confidence) == 30
        assert report.times_s[0] == 0.0
        assert report.times_s[-1] == pytest.approx(1.0, abs=0.1)
        drawn = np.array(report.poses)
        assert drawn.shape == (count, 33, 3)
        assert np.abs(drawn[:, :, :2] - pose.image_array()[:, :2]).max() < 0.01
        assert report.units["pitch"] == "Hz"
        assert report.outputs["pitch"][-1] == pytest.approx(values["pitch"], rel=0.05)
        assert report.confidence[-1] > 0.9
    assert not harness.state.played_take, "nothing is heard of it"
    assert len(harness.sounds) > sounds
    assert requested(harness, "take-poses", 9)[0] is False


def test_a_long_take_is_thinned_out_and_its_answer_fits_the_socket(harness: ConductorHarness) -> None:
    with harness.stored() as store:
        store.add_take("1", {"pitch": 220.0}, "", poses(5000))
    harness.until(lambda: state(harness)["stored_takes"] == 1, "the take to be seen")
    ok, words, text = requested(harness, "take-poses", 1)
    assert ok, words
    report = msgspec.json.decode(text, type=TakePoses)
    assert report.stored == 5000
    assert 200 < len(report.poses) <= MOST_POSES
    assert len(text) < _ANSWER_CAP_BYTES
