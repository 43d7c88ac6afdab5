"""`gesturesynth run`, from a body in front of a camera to sound: real footage, MediaPipe, pyo and JACK."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr

from gesturesynth.config.preset.loader import load
from gesturesynth.core.units import db_to_gain, gain_to_db
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, Pose, Sound
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.skeleton_file import SkeletonWriter
from tests.support import footage
from tests.support.app_process import START_S, AppProcess
from tests.support.audio_analysis import rms
from tests.support.jack_capture import TimedCapture, voice_pitch_hz
from tests.support.jack_server import JackServer
from tests.support.pieces import FREE_THEREMIN
from tests.support.waiting import wait_for

RATE = 48000
WINDOW = RATE // 20
THEREMIN = load(FREE_THEREMIN)
CEILING_DB = -24.0


@dataclass(frozen=True)
class RecordedSound:
    """Sound in windows of 50 ms: the time of their middle (monotonic), level in dBFS and pitch in Hz."""

    times_s: NDArray[np.float64]
    level_db: NDArray[np.float64]
    pitch_hz: NDArray[np.float64]

    @classmethod
    def of(cls, capture: TimedCapture) -> RecordedSound:
        samples, times_s = capture.samples, capture.times_s
        starts = range(0, len(samples) - WINDOW, WINDOW)
        pieces = [samples[start : start + WINDOW] for start in starts]
        return cls(
            np.array([times_s[start + WINDOW // 2] for start in starts]),
            np.array([gain_to_db(float(np.sqrt(np.mean(piece.astype(np.float64) ** 2)))) for piece in pieces]),
            np.array([voice_pitch_hz(piece, RATE) for piece in pieces]),
        )


# --------------------------------------------------------------------------------------------------------- the dancer
@dataclass(frozen=True)
class DemoRun:
    """What was seen and heard while the dancer played twice through."""

    poses: list[Pose]
    samples: NDArray[np.float32]
    heard: RecordedSound
    status: EngineStatus


@pytest.fixture(scope="module")
def dance(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    clip = footage.clip("dancer")
    # A theremin without a scale, with a ceiling so low that the dancer reaches it.
    file = tmp_path_factory.mktemp("presets") / "low.yaml"
    text = THEREMIN.path.read_text()
    assert "ceiling: -3 dB" in text
    file.write_text(text.replace("ceiling: -3 dB", f"ceiling: {CEILING_DB} dB"))
    file.with_suffix(".csv").write_bytes(THEREMIN.examples_path.read_bytes())
    with (
        JackServer() as server,
        TimedCapture(server) as capture,
        AppProcess("--source", clip, "--preset", file, "--audio", "jack", environment=server.environment) as running,
    ):
        poses = running.listen(Pose)
        running.wait_until_playing()
        first = len(poses.fetch())
        wait_for(lambda: len(poses.fetch()) - first > 8 * 15, "eight seconds at 15 frames a second or more", START_S)
        status = running.until(EngineStatus, lambda _: True, "the engine's word")
        assert running.stop(signal.SIGTERM) == 0
        running.assert_nothing_is_left()
    return DemoRun(poses.messages[first:], capture.samples, RecordedSound.of(capture), status)


def test_the_pitch_that_is_heard_follows_the_height_of_the_right_wrist(dance: DemoRun) -> None:
    extractor = FeatureExtractor(("right_wrist.height",), None)
    seen = [pose for pose in dance.poses if pose.bodies]
    times_s = np.array([pose.capture_time_s for pose in seen])
    heights = np.array(
        [
            extractor.extract(pose.bodies[0].image_array(), pose.width, pose.height, pose.capture_time_s).values[0]
            for pose in seen
        ]
    )
    assert np.ptp(heights) > 1.5, "the arm goes all the way up and down"
    heard = dance.heard
    usable = (heard.times_s > times_s[0] + 0.3) & (heard.times_s < times_s[-1]) & (heard.level_db > -50.0)
    usable &= np.isfinite(heard.pitch_hz)
    assert usable.sum() > 60, "it is loud enough most of the time"
    agreement = {
        lag_ms: spearmanr(
            heard.pitch_hz[usable], np.interp(heard.times_s[usable] - lag_ms / 1000, times_s, heights)
        ).statistic
        for lag_ms in range(0, 201, 20)
    }
    best_ms = max(agreement, key=lambda lag_ms: agreement[lag_ms])
    print(f"rank correlation {agreement[best_ms]:.3f} at a lag of {best_ms} ms, {usable.sum()} windows")
    assert agreement[best_ms] > 0.8


def test_nothing_that_is_heard_is_louder_than_the_ceiling(dance: DemoRun) -> None:
    assert np.isfinite(dance.samples).all()
    assert np.abs(dance.samples).max() <= db_to_gain(CEILING_DB)
    assert np.abs(dance.samples).max() > db_to_gain(CEILING_DB - 3.0), "the dancer reaches it"


def test_the_status_of_the_engine_names_its_backend(dance: DemoRun) -> None:
    assert (dance.status.backend, dance.status.sample_rate, dance.status.buffer_frames) == ("jack", 48000.0, 256)
    assert dance.status.preset == THEREMIN.name


# ------------------------------------------------------------------------------------------------- an empty frame
PERSON_S, EMPTY_S = 4.0, 6.0
HOLD_S, GLIDE_S = THEREMIN.idle_after_s, THEREMIN.idle_glide_s
IDLE = {output.name: output.idle for output in THEREMIN.outputs}


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    """A skeleton recording: a person plays high notes for 4 s, then the frame is empty for 6 s."""
    path = tmp_path / "visit.skeleton"
    begin_s, end_s = 4.6, 4.6 + PERSON_S  # of the demo performer: the right arm goes up and comes half down again
    with SkeletonWriter(path) as writer:
        for pose in read_poses("demo"):
            if begin_s <= pose.capture_time_s < end_s + EMPTY_S:
                here = pose.bodies if pose.capture_time_s < end_s else ()
                writer.write(msgspec.structs.replace(pose, capture_time_s=pose.capture_time_s - begin_s, bodies=here))
    return path


def idle_level_db() -> float:
    """The level of the theremin's idle sound, rendered without anything else."""
    idle = Sound(0.0, THEREMIN.scene(), tuple(value for value in IDLE.values() if value is not None))
    with OfflineEngine(RATE) as engine:
        engine.apply(idle)
        samples = engine.render(4 * RATE)[-RATE:, 0]
    return gain_to_db(float(np.median(rms(samples, WINDOW))))


def test_without_a_person_it_holds_then_idles_and_plays_again_when_a_person_comes_back(visit: Path) -> None:
    with (
        JackServer() as server,
        TimedCapture(server) as capture,
        AppProcess(
            *("--source", visit, "--preset", FREE_THEREMIN, "--audio", "jack"), environment=server.environment
        ) as running,
    ):
        poses = running.listen(Pose)
        running.wait_until_playing()
        running.until(ConductorStatus, lambda status: status.present and status.outputs[0].value > 300.0, "high notes")
        running.until(Pose, lambda pose: not pose.bodies, "an empty frame")
        gone = running.until(ConductorStatus, lambda status: not status.present, "a status without a person")
        assert gone.confidence == 0.0
        running.until(Pose, lambda pose: bool(pose.bodies), "a person")
        back = running.until(ConductorStatus, lambda status: status.present, "a status with a person")
        running.until(EngineStatus, lambda status: status.time_s > back.time_s + 1.5, "a second and a half of sound")
        assert running.stop() == 0
    here = np.array([bool(pose.bodies) for pose in poses.messages])
    seen_s = np.array([pose.capture_time_s for pose in poses.messages])
    gone_s = seen_s[np.flatnonzero(here[:-1] & ~here[1:])[-1]]
    back_s = seen_s[np.flatnonzero(~here[:-1] & here[1:])[-1] + 1]
    assert gone_s < back_s
    heard = RecordedSound.of(capture)

    def between(begin_s: float, end_s: float) -> NDArray[np.bool_]:
        return (heard.times_s > begin_s) & (heard.times_s < end_s)

    played_hz = np.nanmedian(heard.pitch_hz[between(gone_s - 0.2, gone_s)])
    assert played_hz > 250.0
    held = between(gone_s + 0.1, gone_s + HOLD_S)
    assert np.nanmedian(heard.pitch_hz[held]) == pytest.approx(played_hz, rel=0.08), "first it holds what was played"
    idling = between(gone_s + HOLD_S + GLIDE_S + 1.0, back_s)
    assert idling.sum() > 20
    assert np.nanmedian(heard.pitch_hz[idling]) == pytest.approx(IDLE["pitch"], rel=0.03)
    assert np.median(heard.level_db[idling]) == pytest.approx(idle_level_db(), abs=1.5)
    assert heard.level_db[idling].min() > -80.0, "idle is not silence"
    again = between(back_s + 0.7, back_s + 1.2)
    assert np.nanmedian(heard.pitch_hz[again]) > 250.0, "and the one who comes back plays"
    assert np.median(heard.level_db[again]) > np.median(heard.level_db[idling]) + 3.0
