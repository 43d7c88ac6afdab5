"""The newest frame of a source, and the source opened again after each failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.tracking import backoff, streams
from gesturesynth.tracking import capture as capture_module
from gesturesynth.tracking.backoff import FIRST_PAUSE_S, HEALTHY_AFTER_S, LONGEST_PAUSE_S, Backoff
from gesturesynth.tracking.capture import MOST_STUCK, Capture, Frame
from gesturesynth.tracking.freeze_detector import SUSPICIOUS_AFTER_S, FreezeDetector
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.sources import SourceSettings, resolve
from gesturesynth.tracking.streams import StreamLost, opener
from tests.support import footage

PATIENCE_S = 20.0


class FakeStream:
    """A camera that the test controls: it replaces hardware only, no part of this project."""

    name = "fake camera"

    def __init__(self, hang_after_s: float) -> None:
        self.hang_after_s = hang_after_s
        self._frames = threading.Semaphore(0)
        self.unplugged = False
        self.closed = threading.Event()
        self.number = 0
        self.reads = 0

    def give(self, count: int = 1) -> None:
        self._frames.release(count)

    def unplug(self) -> None:
        self.unplugged = True
        self._frames.release()

    def read(self) -> Image:
        self.reads += 1
        self._frames.acquire()
        if self.unplugged:
            raise StreamLost("the fake camera is unplugged")
        self.number += 1
        return np.full((4, 6, 3), self.number, np.uint8)

    def close(self) -> None:
        self.closed.set()


class CaptureHarness:
    """A capture on fake streams, one for each opening."""

    def __init__(self) -> None:
        self.streams: list[FakeStream] = []
        self.attempts = 0
        self.refused = False
        self.hang_after_s = 3.0
        self.capture = Capture("fake", self._open)

    def _open(self, _cancelled: threading.Event) -> FakeStream:
        self.attempts += 1
        if self.refused:
            raise StreamLost("the fake camera is busy")
        self.streams.append(FakeStream(self.hang_after_s))
        return self.streams[-1]

    def opened(self, count: int = 1) -> FakeStream:
        self.until(lambda: len(self.streams) >= count)
        return self.streams[count - 1]

    def until(self, condition: Callable[[], bool]) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < until_s, f"not within {PATIENCE_S} s; {self.capture.report()}"
            self.capture.newest(0.01)

    def frame(self) -> Frame:
        until_s = time.monotonic() + PATIENCE_S
        while (frame := self.capture.newest(0.1)) is None:
            assert time.monotonic() < until_s, f"no frame within {PATIENCE_S} s; {self.capture.report()}"
        return frame


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch) -> Iterator[CaptureHarness]:
    monkeypatch.setattr(backoff, "FIRST_PAUSE_S", 0.02)
    harness = CaptureHarness()
    yield harness
    harness.capture.close()
    for stream in harness.streams:
        stream.unplug()  # ends threads that were left behind
        assert stream.closed.wait(PATIENCE_S), "every device is freed, also one that had hung"


def test_a_slow_consumer_gets_the_newest_frame_and_the_rest_is_dropped(harness: CaptureHarness) -> None:
    stream = harness.opened()
    stream.give()
    assert (harness.frame().number, stream.number) == (0, 1)
    stream.give(25)
    while stream.reads < 27:  # 26 frames were delivered
        time.sleep(0.001)  # a consumer that is busy
    frame = harness.frame()
    assert frame.number == 25
    assert frame.image[0, 0, 0] == 26
    assert harness.capture.newest(0.0) is None, "a frame is given out once"


def test_a_frame_is_dated_when_it_was_read_not_when_it_was_fetched(harness: CaptureHarness) -> None:
    stream = harness.opened()
    begun_s = time.monotonic()
    stream.give()
    while harness.capture.report().state != "live":
        time.sleep(0.001)
    read_by_s = time.monotonic()
    threading.Event().wait(0.05)
    assert begun_s <= harness.frame().capture_time_s <= read_by_s


def test_states_follow_the_age_of_the_frames(harness: CaptureHarness) -> None:
    assert harness.capture.report().state == "waiting"
    assert harness.capture.report().frame_age_s == float("inf")
    stream = harness.opened()
    assert harness.capture.report().state == "opening"
    stream.give()
    harness.until(lambda: harness.capture.report().state == "live")
    report = harness.capture.report()
    assert (report.name, report.detail) == ("fake camera", "")
    harness.until(lambda: harness.capture.report().state == "waiting")
    report = harness.capture.report()
    assert report.frame_age_s > stream.hang_after_s / 3
    assert "fake camera" in report.detail


def test_an_unplugged_camera_is_opened_again_and_the_numbers_go_on(harness: CaptureHarness) -> None:
    harness.opened().give()
    first = harness.frame()
    harness.streams[0].unplug()
    harness.until(lambda: harness.capture.report().state == "waiting")
    assert "unplugged; trying again" in harness.capture.report().detail
    assert harness.capture.report().recoverable
    harness.opened(2).give()
    second = harness.frame()
    assert (first.opening, second.opening) == (1, 2)
    assert second.number == first.number + 1
    assert harness.streams[0].closed.is_set()


def test_a_camera_that_cannot_be_opened_is_tried_until_it_opens(harness: CaptureHarness) -> None:
    harness.refused = True
    harness.until(lambda: harness.attempts >= 3)
    assert "busy" in harness.capture.report().detail
    harness.refused = False
    harness.opened().give()
    assert harness.frame().opening >= 4


def test_a_camera_that_hangs_is_left_behind_and_opened_again(harness: CaptureHarness) -> None:
    harness.hang_after_s = 0.5
    stream = harness.opened()
    stream.give()
    harness.frame()
    harness.hang_after_s = 3.0
    harness.opened(2).give()
    assert harness.frame().opening == 2
    assert not stream.closed.is_set(), "it still hangs"
    stream.give()
    assert stream.closed.wait(PATIENCE_S), "it frees its device when its read returns"
    assert harness.capture.newest(0.05) is None, "and its late frame is not taken for a new one"


def test_when_too_many_reads_hang_no_more_are_started_and_the_source_is_unrecoverable(harness: CaptureHarness) -> None:
    harness.hang_after_s = 0.2
    harness.until(lambda: not harness.capture.report().recoverable)
    assert len(harness.streams) == MOST_STUCK
    assert "cannot be opened again in this process" in harness.capture.report().detail
    harness.hang_after_s = 3.0
    harness.streams[0].give()  # one read returns
    harness.opened(MOST_STUCK + 1).give()
    harness.frame()
    assert harness.capture.report().recoverable


def test_closing_does_not_wait_for_a_camera_that_hangs(harness: CaptureHarness) -> None:
    stream = harness.opened()
    harness.capture.close()
    assert not stream.closed.is_set(), "its read still hangs"
    assert harness.capture.newest(0.0) is None


def test_pauses_grow_to_a_limit_and_restart_after_a_healthy_while() -> None:
    backoff_plan = Backoff()
    assert backoff_plan.due(0.0)
    pauses = [backoff_plan.record_failure(0.0, 0.0) for _ in range(8)]
    assert pauses[0] == FIRST_PAUSE_S
    assert pauses[1] == 2 * pauses[0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S
    assert not backoff_plan.due(LONGEST_PAUSE_S - 0.01)
    assert backoff_plan.due(LONGEST_PAUSE_S)
    assert backoff_plan.record_failure(100.0, HEALTHY_AFTER_S / 2) == LONGEST_PAUSE_S, "one frame is no recovery"
    assert backoff_plan.record_failure(100.0, HEALTHY_AFTER_S) == FIRST_PAUSE_S


def frozen_frames(detector: FreezeDetector, image: Image, begin_s: float, seconds: float) -> int:
    return sum(detector.is_frozen(image, begin_s + step / 30) for step in range(round(seconds * 30)))


def test_a_frame_that_repeats_without_an_end_is_reported_once() -> None:
    random = np.random.default_rng(1)
    picture = random.integers(0, 255, (480, 640, 3)).astype(np.uint8)
    detector = FreezeDetector()
    assert frozen_frames(detector, picture, 0.0, SUSPICIOUS_AFTER_S) == 0
    assert frozen_frames(detector, picture, SUSPICIOUS_AFTER_S, 60.0) == 1, "a slide or a closed shutter is accepted"
    moved = picture.copy()
    moved[0, 0] += 1
    assert frozen_frames(detector, moved, 100.0, 2 * SUSPICIOUS_AFTER_S) == 1, (
        "once it has changed, it is checked again"
    )


def test_a_still_scene_with_the_noise_of_a_sensor_is_never_frozen() -> None:
    random = np.random.default_rng(1)
    detector = FreezeDetector()
    scene = np.full((480, 640, 3), 128, np.int16)
    for step in range(200):
        noisy = (scene + random.integers(-2, 3, scene.shape, np.int16)).astype(np.uint8)
        assert not detector.is_frozen(noisy, step / 30)


def test_a_clip_begins_again_at_its_end_without_being_lost() -> None:
    source = resolve(str(footage.clip("athlete")))
    length = 105
    with Capture(source.name, opener(source, SourceSettings(), lambda _: None)) as clip:
        until_s = time.monotonic() + PATIENCE_S
        number, opening = 0, 0
        while number < length + 10:
            assert time.monotonic() < until_s
            frame = clip.newest(0.1)
            number, opening = (frame.number, frame.opening) if frame else (number, opening)
        assert opening == 1
        assert clip.report().state == "live"


def test_a_clip_without_a_loop_ends_and_that_is_no_fault() -> None:
    source = resolve(str(footage.clip("athlete")))
    open_stream = opener(source, SourceSettings(loop=False), lambda _: None)
    openings = 0

    def counted(cancelled: threading.Event) -> streams.Stream:
        nonlocal openings
        openings += 1
        return open_stream(cancelled)

    with Capture(source.name, counted) as clip:
        until_s = time.monotonic() + PATIENCE_S
        while clip.report().detail == "":
            assert time.monotonic() < until_s
            clip.newest(0.1)
        report = clip.report()
        assert (report.state, report.recoverable) == ("waiting", True)
        assert report.detail.endswith("is at its end")
        assert openings == 1


def test_a_clip_that_vanishes_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_PAUSE_S", 0.02)
    path = tmp_path / "clip.mp4"
    path.write_bytes(footage.clip("dancer").read_bytes())
    source = resolve(str(path))
    path.rename(tmp_path / "away")
    with Capture(source.name, opener(source, SourceSettings(), lambda _: None)) as clip:
        until_s = time.monotonic() + PATIENCE_S
        while "trying again" not in clip.report().detail:
            assert time.monotonic() < until_s
            clip.newest(0.05)
        (tmp_path / "away").rename(path)
        while clip.newest(0.1) is None:
            assert time.monotonic() < until_s


def test_the_limits_are_above_those_of_opencv() -> None:
    """So that as a rule a hung read returns by itself and its device is closed in good order."""
    assert streams.CAMERA_HANG_S > 2.0
    assert streams.URL_HANG_S * 1000 > streams.URL_READ_TIMEOUT_MS
    assert capture_module.OPENING_LIMIT_S * 1000 > streams.URL_OPEN_TIMEOUT_MS
