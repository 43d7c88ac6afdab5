"""The map of examples: points that lie where poses are alike, the skeleton of a point, and the live pose among them."""

from __future__ import annotations

import msgspec
import numpy as np

from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.runtime.map_reports import MapPlace, MapPose, MapReport
from tests.support.app_process import AppProcess
from tests.support.conductor_harness import HIGH, LOW, MIDDLE, ConductorHarness


def requested(harness: ConductorHarness, name: str, *values: object) -> tuple[bool, str, str]:
    answers: list[tuple[bool, str, str]] = []
    harness.session_controller.requests.answer(
        call(name, [*map(str, values)], COMMAND_LINE), lambda *answer: answers.append(answer)
    )
    harness.until(lambda: bool(answers), "an answer")
    (only,) = answers
    return only


def map_of(harness: ConductorHarness) -> MapReport:
    ok, words, text = requested(harness, "map")
    assert ok, words
    return msgspec.json.decode(text, type=MapReport)


def place(harness: ConductorHarness) -> MapPlace:
    """Where the pose that the person keeps lies, as the conductor would send it."""
    found: list[MapPlace] = []

    def there() -> bool:
        frame = harness.conductor._frame
        assert frame is not None
        harness.now_s += 0.1
        answer = harness.session_controller.requests.example_map.place(frame, harness.now_s)
        found.extend([answer] if answer else [])
        return bool(found)

    harness.until(there, "a place")
    return found[0]


def test_factory_examples_have_points_and_no_skeletons(harness: ConductorHarness) -> None:
    report = map_of(harness)
    count = len(report.x)
    assert report.examples == count == 100
    assert len(report.y) == len(report.rows) == len(report.takes) == len(report.targets) == count
    assert {*report.outputs} == {"pitch", "level", "timbre"}
    assert report.units["pitch"] == "Hz"
    assert all(110 <= value <= 1760 for value in report.outputs["pitch"] if value is not None)
    assert 0.5 < sum(report.spread) <= 1.0
    shading = np.array(report.confidence)
    assert shading.min() >= 0.0
    assert shading.max() <= 1.0
    assert shading.shape == (24, 24)
    assert shading[12, 12] == 1.0
    assert shading.min() < 0.8, "the corners are known less"
    ok, words, _ = requested(harness, "map-pose", 3)
    assert not ok
    assert "factory" in words
    assert "counted from 0 to 99" in requested(harness, "map-pose", 100)[1]


def test_a_taught_point_has_its_pose_and_the_live_pose_lies_where_its_like_were_taught(
    harness: ConductorHarness,
) -> None:
    for number, pose in ((1, LOW), (2, HIGH)):
        harness.done("select", number)
        harness.take(pose)
    harness.train()
    report = map_of(harness)
    points = np.column_stack([report.x, report.y])
    targets = np.array(report.targets)
    assert {*targets} == {"1", "2"}
    middles = {target: points[targets == target].mean(axis=0) for target in ("1", "2")}
    for target, pose in (("1", LOW), ("2", HIGH)):
        harness.run_for(2.0, pose)
        live = place(harness)
        assert live.number == report.number
        assert live.present
        other = "2" if target == "1" else "1"
        here = np.array([live.x, live.y])
        assert np.linalg.norm(here - middles[target]) < 0.1 * np.linalg.norm(here - middles[other])
        assert live.confidence > 0.8
        row = report.rows[int(np.flatnonzero(targets == target)[5])]
        ok, words, text = requested(harness, "map-pose", row)
        assert ok, words
        skeleton = msgspec.json.decode(text, type=MapPose)
        assert (skeleton.width, skeleton.height, skeleton.take) == (640, 480, int(target))
        drawn = np.array(skeleton.pose)
        assert drawn.shape == (33, 3)
        assert np.abs(drawn[:, :2] - pose.image_array()[:, :2]).max() < 0.02
    harness.run_for(2.0, MIDDLE)
    assert place(harness).confidence < 0.8


def test_another_fit_is_another_map(harness: ConductorHarness) -> None:
    first = map_of(harness)
    assert map_of(harness).number == first.number
    harness.done("select", 1)
    harness.take(LOW)
    harness.train()
    assert map_of(harness).number != first.number
    assert place(harness).number == map_of(harness).number


def test_a_running_conductor_sends_places_while_they_are_received() -> None:
    with AppProcess("--source", "demo", "--audio", "null") as running:
        first = running.until(MapPlace, lambda place: place.present, "a place")
        later = running.until(
            MapPlace, lambda place: abs(place.x - first.x) + abs(place.y - first.y) > 0.1, "the pose to move"
        )
        assert later.number == first.number
