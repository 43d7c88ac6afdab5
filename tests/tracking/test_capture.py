"""The newest frame of a source, and the source opened again whenever it breaks."""

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
    """A camera that does what the test says; only hardware is missing here, not a part of ours."""

    name = "fake camera"

    def __init__(self, hang_after_s: float) -> None:
        self.hang_after_s = hang_after_s
        self.shots = threading.Semaphore(0)
        self.unplugged = False
        self.closed = threading.Event()
        self.number = 0

    def shoot(self, count: int = 1) -> None:
        self.shots.release(count)

    def unplug(self) -> None:
        self.unplugged = True
        self.shots.release()

    def read(self) -> Image:
        self.shots.acquire()
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
        self.refused = False
        self.hang_after_s = 3.0
        self.capture = Capture("fake", self._open)

    def _open(self, _unwanted: threading.Event) -> FakeStream:
        if self.refused:
            raise StreamLost("the fake camera is busy")
        self.streams.append(FakeStream(self.hang_after_s))
        return self.streams[-1]

    def opened(self, count: int = 1) -> FakeStream:
        self.until(lambda: len(self.streams) >= count)
        return self.streams[count - 1]

    def until(self, good: Callable[[], bool]) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while not good():
            assert time.monotonic() < until_s, f"not within {PATIENCE_S} s; {self.capture.report()}"
            self.capture.newest(0.01)

    def frame(self) -> Frame:
        until_s = time.monotonic() + PATIENCE_S
        while (frame := self.capture.newest(0.1)) is None:
            assert time.monotonic() < until_s, f"no frame within {PATIENCE_S} s; {self.capture.report()}"
        return frame


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[CaptureHarness]:
    monkeypatch.setattr(backoff, "FIRST_PAUSE_S", 0.02)
    bench = CaptureHarness()
    yield bench
    bench.capture.close()
    for stream in bench.streams:
        stream.unplug()  # lets threads go that were left behind
        assert stream.closed.wait(PATIENCE_S), "every device is freed, also one that had hung"


def test_a_slow_consumer_gets_the_newest_frame_and_the_rest_is_dropped(bench: CaptureHarness) -> None:
    stream = bench.opened()
    stream.shoot()
    assert (bench.frame().number, stream.number) == (0, 1)
    stream.shoot(25)
    while stream.number < 26 or bench.capture._frames < 26:
        time.sleep(0.001)  # a consumer that is busy
    frame = bench.frame()
    assert frame.number == 25
    assert frame.image[0, 0, 0] == 26
    assert bench.capture.newest(0.0) is None, "a frame is given out once"


def test_a_frame_is_dated_when_it_was_read_not_when_it_was_fetched(bench: CaptureHarness) -> None:
    stream = bench.opened()
    begun_s = time.monotonic()
    stream.shoot()
    while bench.capture._frames == 0:
        time.sleep(0.001)
    read_by_s = time.monotonic()
    threading.Event().wait(0.05)
    assert begun_s <= bench.frame().capture_time_s <= read_by_s


def test_states_follow_the_age_of_the_frames(bench: CaptureHarness) -> None:
    assert bench.capture.report().state == "waiting"
    assert bench.capture.report().frame_age_s == float("inf")
    stream = bench.opened()
    assert bench.capture.report().state == "opening"
    stream.shoot()
    bench.until(lambda: bench.capture.report().state == "live")
    report = bench.capture.report()
    assert (report.name, report.detail) == ("fake camera", "")
    bench.until(lambda: bench.capture.report().state == "waiting")
    report = bench.capture.report()
    assert report.frame_age_s > stream.hang_after_s / 3
    assert "fake camera" in report.detail


def test_an_unplugged_camera_is_opened_again_and_the_numbers_go_on(bench: CaptureHarness) -> None:
    bench.opened().shoot()
    first = bench.frame()
    bench.streams[0].unplug()
    bench.until(lambda: bench.capture.report().state == "waiting")
    assert "unplugged; trying again" in bench.capture.report().detail
    assert bench.capture.report().recoverable
    bench.opened(2).shoot()
    second = bench.frame()
    assert (first.opening, second.opening) == (1, 2)
    assert second.number == first.number + 1
    assert bench.streams[0].closed.is_set()


def test_a_refused_camera_is_asked_again_until_it_opens(bench: CaptureHarness) -> None:
    bench.refused = True
    bench.until(lambda: bench.capture._openings >= 3)
    assert "busy" in bench.capture.report().detail
    bench.refused = False
    bench.opened().shoot()
    assert bench.frame().opening >= 4


def test_a_camera_that_hangs_is_left_behind_and_opened_again(bench: CaptureHarness) -> None:
    bench.hang_after_s = 0.5
    stream = bench.opened()
    stream.shoot()
    bench.frame()
    bench.hang_after_s = 3.0
    bench.opened(2).shoot()
    assert bench.frame().opening == 2
    assert not stream.closed.is_set(), "it still hangs"
    stream.shoot()
    assert stream.closed.wait(PATIENCE_S), "it frees its device when it wakes"
    assert bench.capture.newest(0.05) is None, "and its late frame is not taken for a new one"


def test_when_too_many_reads_hang_no_more_are_started_and_hope_ends(bench: CaptureHarness) -> None:
    bench.hang_after_s = 0.2
    bench.until(lambda: not bench.capture.report().recoverable)
    assert len(bench.streams) == MOST_STUCK
    assert "cannot be opened again in this process" in bench.capture.report().detail
    bench.hang_after_s = 3.0
    bench.streams[0].shoot()  # one wakes
    bench.opened(MOST_STUCK + 1).shoot()
    bench.frame()
    assert bench.capture.report().recoverable


def test_closing_does_not_wait_for_a_camera_that_hangs(bench: CaptureHarness) -> None:
    bench.opened()
    thread = bench.capture._reader.thread  # type: ignore[union-attr]  # it is open
    bench.capture.close()
    assert thread.is_alive()
    assert bench.capture.newest(0.0) is None


def test_pauses_grow_to_a_limit_and_begin_anew_after_a_healthy_while() -> None:
    plan = Backoff()
    assert plan.due(0.0)
    pauses = [plan.record_failure(0.0, 0.0) for _ in range(8)]
    assert pauses[0] == FIRST_PAUSE_S
    assert pauses[1] == 2 * pauses[0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S
    assert not plan.due(LONGEST_PAUSE_S - 0.01)
    assert plan.due(LONGEST_PAUSE_S)
    assert plan.record_failure(100.0, HEALTHY_AFTER_S / 2) == LONGEST_PAUSE_S, "one frame is no recovery"
    assert plan.record_failure(100.0, HEALTHY_AFTER_S) == FIRST_PAUSE_S


def still_frames(watch: FreezeDetector, image: Image, begin_s: float, seconds: float) -> int:
    return sum(watch.is_frozen(image, begin_s + step / 30) for step in range(round(seconds * 30)))


def test_a_frame_that_repeats_for_ever_is_suspicious_once() -> None:
    random = np.random.default_rng(1)
    picture = random.integers(0, 255, (480, 640, 3)).astype(np.uint8)
    watch = FreezeDetector()
    assert still_frames(watch, picture, 0.0, SUSPICIOUS_AFTER_S) == 0
    assert still_frames(watch, picture, SUSPICIOUS_AFTER_S, 60.0) == 1, "a slide or a closed shutter is left in peace"
    moved = picture.copy()
    moved[0, 0] += 1
    assert still_frames(watch, moved, 100.0, 2 * SUSPICIOUS_AFTER_S) == 1, "once it has moved, it is watched again"


def test_a_still_scene_with_the_noise_of_a_sensor_is_never_suspicious() -> None:
    random = np.random.default_rng(1)
    watch = FreezeDetector()
    scene = np.full((480, 640, 3), 128, np.int16)
    for step in range(200):
        noisy = (scene + random.integers(-2, 3, scene.shape, np.int16)).astype(np.uint8)
        assert not watch.is_frozen(noisy, step / 30)


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


def test_a_clip_that_should_not_loop_is_over_at_its_end_and_that_is_no_fault() -> None:
    source = resolve(str(footage.clip("athlete")))
    with Capture(source.name, opener(source, SourceSettings(loop=False), lambda _: None)) as clip:
        until_s = time.monotonic() + PATIENCE_S
        while clip.report().detail == "":
            assert time.monotonic() < until_s
            clip.newest(0.1)
        report = clip.report()
        assert (report.state, report.recoverable) == ("waiting", True)
        assert report.detail.endswith("is at its end")
        assert clip._openings == 1


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
