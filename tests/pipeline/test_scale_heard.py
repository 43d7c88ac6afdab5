"""What is heard of a scale: the demo performer plays the shipped theremin, and the pitch of the sound is measured."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.render import TICK_S
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.synthesis.instruments import reverb, theremin
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.tracking.offline_poses import read_poses
from tests.support.audio_analysis import period_pitch_hz

RATE = 48000
BEGIN_S, END_S = 4.0, 14.0
WINDOW_S = 0.03
HELD_S = 0.1


def performance() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32], RunningPreset]:
    """Times and values at each step, and the sound (left)."""
    preset = loader.load(paths.presets_dir() / "theremin.yaml")
    piece = RunningPreset(preset)
    piece.take_over(fit(fit_job(preset)), 0.0)
    poses = [pose for pose in read_poses("demo") if BEGIN_S <= pose.capture_time_s < END_S]
    times: list[float] = []
    values, blocks, frames, number = [], [], 0, 0
    with OfflineEngine(RATE) as engine:
        for step in range(round((END_S - BEGIN_S) / TICK_S)):
            time_s = step * TICK_S
            until = round(time_s * RATE)
            blocks.append(engine.render(until - frames))
            frames = until
            due = number < len(poses) and poses[number].capture_time_s - BEGIN_S <= time_s
            frame = piece.process_pose(poses[number] if due else None, time_s)
            number += due
            engine.apply(piece.sound(frame, time_s))
            times.append(time_s)
            values.append(frame.values)
    return np.array(times), np.array(values), np.concatenate(blocks)[:, 0], piece


@pytest.fixture
def dry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The theremin without its room, which sounds the note before on with the next."""
    add_reverb: Callable[..., Any] = reverb.add_reverb
    monkeypatch.setattr(theremin, "add_reverb", lambda *args, **room: add_reverb(*args, **(room | {"wet": 0.0})))


@pytest.mark.usefixtures("dry")
def test_notes_that_are_heard_are_in_tune_and_long_enough_to_be_heard_as_notes() -> None:
    times, values, sound, piece = performance()
    pitches, levels = values[:, 0], values[:, 1]
    changes = np.flatnonzero(np.diff(pitches)) + 1
    lengths = np.diff(times[changes])
    assert len(lengths) > 20
    assert (lengths < HELD_S - 1e-6).mean() <= 0.1
    scale = piece.scale
    assert scale is not None
    notes = np.array(scale.notes(55.0, 3520.0, "Hz"))
    off, right = [], []
    for first, last in pairwise(changes):
        if times[last] - times[first] < HELD_S - 1e-6 or levels[first:last].min() < -40.0:
            continue
        starts = np.arange(times[first] + 0.02, times[last] - WINDOW_S, 0.02)
        heard = [
            period_pitch_hz(sound[round(start * RATE) : round((start + WINDOW_S) * RATE)], RATE, 120.0, 1000.0)
            for start in starts
        ]
        pitch = float(np.nanmedian(heard))
        off.append(np.abs(1200.0 * np.log2(pitch / notes)).min())
        right.append(abs(1200.0 * np.log2(pitch / pitches[first])) < 50.0)
    assert len(off) > 20
    assert np.mean(right) >= 0.95, "the note that is shown is the note that is heard"
    assert np.mean(np.array(off) <= 5.0) >= 0.95


def test_without_a_scale_notes_of_the_same_performance_are_not_in_tune() -> None:
    preset = loader.load(paths.presets_dir() / "theremin.yaml")
    piece = RunningPreset(preset)
    piece.take_over(fit(fit_job(preset)), 0.0)
    notes = np.array(preset.scale.setting.notes(55.0, 3520.0, "Hz")) if preset.scale else np.array([1.0])
    piece.scale = None
    pitches = [
        float(piece.process_pose(pose, pose.capture_time_s).values[0])
        for pose in read_poses("demo")
        if BEGIN_S <= pose.capture_time_s < END_S
    ]
    off = np.abs(1200.0 * np.log2(np.array(pitches)[:, None] / notes)).min(axis=1)
    assert np.mean(off <= 5.0) < 0.3
