"""The sentences about the view: on footage made darker, smaller, cut and blurred, and never on footage as it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from gesturesynth.runtime.messages import LANDMARKS, Body
from gesturesynth.runtime.view_reading import VIEW_SENTENCES, ViewCode, ViewReading
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.second_look.crops import Box
from gesturesynth.tracking.second_look.motion import Region
from gesturesynth.tracking.second_look.search import SecondLook
from gesturesynth.tracking.view_check import BEGINS_S, ENDS_S, ViewCheck, judge
from tests.support.hand_figure import hand, with_hands
from tests.support.small_people import clip_frames, small_dancer
from tests.support.tracker_process import TrackerProcess

FPS = 10


def reading(images: Iterable[Image], fps: float = FPS) -> ViewReading:
    """What is said after these frames, RGB, with the real landmarker."""
    check = ViewCheck()
    second = SecondLook(Landmarker(ensure_model()))
    try:
        for number, image in enumerate(images):
            bodies = second.detect(np.ascontiguousarray(image), 10 + number / fps)
            check.observe(image, bodies, second.regions, 10 + number / fps)
    finally:
        second.close()
    return check.reading


def dancer(count: int = 36) -> list[Image]:
    """Every third frame of the dancer, RGB."""
    return [frame[..., ::-1] for frame in clip_frames("dancer", count, step=3)]


def test_the_dark_is_told() -> None:
    assert reading((frame * 0.06).astype(np.uint8) for frame in dancer(30)).code == "dark"


def test_a_small_person_is_told_to_come_nearer_though_found() -> None:
    assert reading(small_dancer(0.12, 50)).code == "small"


def test_a_person_at_the_left_edge_is_told_so() -> None:
    # Less than half of the body: the right part of the picture is moved out of it.
    halves = [np.hstack([frame[:, 288:], np.full((576, 288, 3), 90, np.uint8)]) for frame in dancer()]
    assert reading(halves).code == "cut-left"


def test_a_person_without_a_head_is_told_so() -> None:
    lower = [np.vstack([frame[260:], np.full((260, 576, 3), 90, np.uint8)]) for frame in dancer()]
    assert reading(lower).code == "cut-top"


@pytest.mark.parametrize(("name", "step", "fps"), [("dancer", 3, 10), ("walker", 6, 5), ("squats", 1, 5)])
def test_footage_as_it_is_causes_no_sentence(name: str, step: int, fps: float) -> None:
    images = [cv2.resize(frame, None, fx=0.5, fy=0.5)[..., ::-1] for frame in clip_frames(name, 38, step=step)]
    assert reading(images, fps) == ViewReading()


NO_BODY: tuple[Body, ...] = ()
STAGE = np.full((480, 640, 3), 90, np.uint8)
SMALL_REGION = [Region(Box(0.4, 0.4, 0.5, 0.6), 1000.0)]


def told(check: ViewCheck, regions: list[Region], begin_s: float, length_s: float) -> list[ViewCode]:
    codes: list[ViewCode] = []
    for number in range(round(length_s * 4)):
        check.observe(STAGE, NO_BODY, regions, begin_s + number / 4)
        codes.append(check.reading.code)
    return codes


def test_a_sentence_comes_late_goes_late_and_is_counted_once() -> None:
    check = ViewCheck()
    assert set(told(check, SMALL_REGION, 0.0, BEGINS_S - 0.5)) == {""}
    assert told(check, SMALL_REGION, BEGINS_S - 0.5, 2.0)[-1] == "small"
    for begin_s in np.arange(10.0, 20.0, 1.0):  # every other half second nothing moves
        assert set(told(check, [], begin_s, 0.5)) == {"small"}
        assert set(told(check, SMALL_REGION, begin_s + 0.5, 0.5)) == {"small"}
    assert check.reading == ViewReading("small", VIEW_SENTENCES["small"], {"small": 1})
    assert told(check, [], 30.0, ENDS_S + 1.0)[-1] == ""
    assert check.reading == ViewReading("", "", {"small": 1})


@pytest.mark.parametrize(
    ("box", "code"),
    [
        (Box(0.0, 0.2, 0.2, 0.9), "cut-left"),
        (Box(0.8, 0.2, 1.0, 0.9), "cut-right"),
        (Box(0.4, 0.0, 0.6, 0.6), "cut-top"),
        (Box(0.45, 0.3, 0.5, 0.5), "small"),
        (Box(0.3, 0.2, 0.6, 0.9), ""),
    ],
)
def test_what_moves_and_is_not_found_is_judged_by_its_place_and_size(box: Box, code: ViewCode) -> None:
    check = ViewCheck()
    assert told(check, [Region(box, 1000.0)], 0.0, 4.0)[-1] == code
    mirrored = ViewCheck(mirror=True)
    flipped = {"cut-left": "cut-right", "cut-right": "cut-left"}.get(code, code)
    assert told(mirrored, [Region(box, 1000.0)], 0.0, 4.0)[-1] == flipped


def test_a_shade_before_a_window_and_a_blurred_movement_are_told() -> None:
    window = STAGE.copy()
    window[:, 200:500] = 255
    window[100:400, 300:380] = 20
    region = [Region(Box(300 / 640, 100 / 480, 380 / 640, 400 / 480), 1000.0)]
    check, soft = ViewCheck(), ViewCheck()
    person = clip_frames("dancer", 1)[0]
    blurred = cv2.blur(cv2.resize(person, (640, 480)), (61, 61))
    for number in range(20):
        check.observe(window, NO_BODY, region, number / 4)
        soft.observe(blurred, NO_BODY, [Region(Box(0.2, 0.1, 0.8, 0.95), 1000.0)], number / 4)
    assert check.reading.code == "backlit"
    assert soft.reading.code == "blurred"


def test_the_status_of_the_tracker_has_the_sentence(tmp_path: Path) -> None:
    path = tmp_path / "dark.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (576, 576))
    for frame in clip_frames("dancer", 4 * FPS):
        writer.write((frame * 0.05).astype(np.uint8))
    writer.release()
    with TrackerProcess(source={"source": str(path)}) as tracker:
        status = tracker.status_where(lambda one: bool(one.view.code))
    assert status.view == ViewReading("dark", VIEW_SENTENCES["dark"], {"dark": 1})


def test_hands_without_a_body_are_not_told_to_come_nearer() -> None:
    grey = np.full((96, 128, 3), 128, np.uint8)
    hands = with_hands(Body(bytes(LANDMARKS * 4 * 4), bytes(LANDMARKS * 3 * 4)), right=hand("right"))
    assert judge(grey, (hands,), []) == ""
