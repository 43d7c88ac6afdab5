"""What the measurement asks of the tracker, and of the screen."""

from __future__ import annotations

import math
import random
import time

import pytest
import zmq

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.ops.latency import measurement
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.flash_reading import FlashReading
from gesturesynth.runtime.pubsub import Subscriber
from gesturesynth.runtime.tracking_request import TrackingRequest


class _NoProcesses:
    """In the place of tracker and engine: neither is there."""

    def poll(self) -> None:
        pass


class _Lamp:
    """A screen that counts."""

    def __init__(self) -> None:
        self.shown: list[bool] = []

    def begin(self) -> None:
        pass

    def show(self, *, on: bool) -> float:
        self.shown.append(on)
        return time.monotonic()

    def close(self) -> None:
        pass


def test_the_tracker_looks_for_what_the_preset_asks_and_a_flash_is_two_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measurement, "LATEST_S", 0.3)
    preset = loader.load(paths.presets_dir() / "hands.yaml")
    piece = RunningPreset(preset)
    piece.take_over(fit(fit_job(preset)), 0.0)
    lamp = _Lamp()
    with zmq.Context() as context:
        stage = measurement._Stage(context, _NoProcesses(), piece)  # type: ignore[arg-type]
        requests = Subscriber(context, TrackingRequest)
        stage.flash(lamp, 1, random.Random(1))
        asked = requests.newest(1.0)
        requests.close()
        stage.close()
    assert asked == TrackingRequest(hands=True)
    assert lamp.shown == [True, False], "a terminal is not written to again and again"


class _SlowCamera(measurement._Stage):
    """Sees a flash after `delay_s` (a fake: no camera here is slow)."""

    delay_s = 0.7

    def _step(self, shown_s: float = math.inf) -> FlashReading | None:
        time.sleep(0.01)
        now_s = time.monotonic()
        return FlashReading(0, now_s, now_s, now_s, 0.5 if now_s >= shown_s + self.delay_s else 0.0, 0)


def test_a_camera_that_is_too_late_to_be_measured_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "DARK_S", (0.0, 0.0))
    piece = RunningPreset(loader.load(paths.presets_dir() / "hands.yaml"))
    with zmq.Context() as context:
        stage = _SlowCamera(context, _NoProcesses(), piece)  # type: ignore[arg-type]
        try:
            with pytest.raises(GestureSynthError, match=r"only after 0\.7 s"):
                stage.try_out(_Lamp())
            stage.delay_s = 0.1
            stage.try_out(_Lamp())
        finally:
            stage.close()
