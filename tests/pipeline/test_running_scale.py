"""A piece in a scale: what is played, shown and carried over to another piece is the same, whatever moves it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.scene_model import PresetScale
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.mapping.pitch.scales import SCALES
from gesturesynth.mapping.pitch.setting import ScaleSetting
from gesturesynth.mapping.pitch.tunings import TUNINGS
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from tests.support.stick_figure import body_from, pose

TICK_S = 1 / 60
SETTING = ScaleSetting(SCALES["major"], 2, TUNINGS["just"])
SWEEP = [pose(right_arm=(angle, angle), left_arm=(100, 175)) for angle in np.linspace(10, 170, 240)]


def theremin(setting: ScaleSetting | None) -> Preset:
    loaded = loader.load(paths.presets_dir() / "theremin.yaml")
    return dataclasses.replace(loaded, scale=PresetScale(setting, ("pitch",)) if setting else None)


def begun(setting: ScaleSetting | None) -> RunningPreset:
    preset = theremin(setting)
    piece = RunningPreset(preset)
    piece.take_over(fit(fit_job(preset)), 0.0)
    return piece


def played(piece: RunningPreset, images: list[NDArray[np.float32]], start: int = 0) -> list[MapperFrame]:
    return [
        piece.process_pose(Pose(number * TICK_S, number, 640, 480, (body_from(image),)), number * TICK_S)
        for number, image in enumerate(images, start)
    ]


def off_cents(pitches: NDArray[np.float64], setting: ScaleSetting = SETTING) -> NDArray[np.float64]:
    notes = np.array(setting.notes(55.0, 3520.0, "Hz"))
    return np.asarray(np.abs(1200 * np.log2(pitches[:, None] / notes)).min(axis=1))


def test_only_notes_of_the_scale_are_played_sent_and_shown() -> None:
    piece = begun(SETTING)
    frames = played(piece, SWEEP)
    pitches = np.array([frame.values[0] for frame in frames])
    assert off_cents(pitches).max() < 1e-6
    assert len(set(pitches.tolist())) >= 10
    frame = frames[-1]
    assert piece.sound(frame, 0.0).values[0] == pitches[-1]
    reading = piece.output_readings(frame)[0]
    assert reading.value == pitches[-1]
    assert reading.position == pytest.approx(frame.positions[0])
    assert reading.note[0] in "ABCDEFG"
    assert (piece.scale_reading().name, piece.scale_reading().root) == ("major", "D")
    assert piece.scale_reading().text == "D major, just"


def test_the_other_outputs_are_what_they_are_without_a_scale() -> None:
    with_scale, without = played(begun(SETTING), SWEEP), played(begun(None), SWEEP)
    assert all(np.array_equal(one.values[1:], other.values[1:]) for one, other in zip(with_scale, without, strict=True))
    assert not np.array_equal(with_scale[100].values, without[100].values)
    assert begun(None).scale_reading().name == ""


def test_strength_zero_is_the_same_as_no_scale() -> None:
    free, without = played(begun(dataclasses.replace(SETTING, strength=0.0)), SWEEP), played(begun(None), SWEEP)
    assert all(np.array_equal(one.values, other.values) for one, other in zip(free, without, strict=True))


def test_a_snapshot_that_is_held_sounds_in_the_scale() -> None:
    piece = begun(SETTING)
    played(piece, SWEEP[:10])
    piece.hold({"pitch": 600.0})
    frame = played(piece, SWEEP[:30], 10)[-1]
    note = min(SETTING.notes(110.0, 1760.0, "Hz"), key=lambda hz: abs(math.log(hz / 600.0)))
    assert frame.values[0] == note


def test_an_output_that_is_off_for_running_goes_to_its_idle_value_by_notes() -> None:
    piece = begun(SETTING)
    played(piece, SWEEP)
    piece.idle_outputs = frozenset({"pitch"})
    pitches = np.array([frame.values[0] for frame in played(piece, [SWEEP[-1]] * 240, len(SWEEP))])
    assert off_cents(pitches).max() < 1e-6
    assert len(set(pitches.tolist())) > 3


def test_another_scale_while_it_plays_is_heard_at_the_next_step() -> None:
    piece = begun(SETTING)
    played(piece, SWEEP[:120])
    piece.scale = other = dataclasses.replace(SETTING, root=3)
    pitches = np.array([frame.values[0] for frame in played(piece, [SWEEP[119]] * 2, 120)])
    assert off_cents(pitches, other).max() < 1e-6
    piece.scale = None
    assert off_cents(np.array([played(piece, [SWEEP[119]], 122)[0].values[0]]), other)[0] > 1.0


def test_a_preset_that_was_edited_goes_on_with_the_note_that_sounds_and_the_scale_that_was_chosen() -> None:
    former = begun(SETTING)
    former.scale = chosen = dataclasses.replace(SETTING, root=7)
    sounding = played(former, SWEEP[:150])[-1].values[0]
    edited = dataclasses.replace(theremin(SETTING), name="Edited")
    piece = RunningPreset(edited)
    piece.continue_from(former, 150 * TICK_S)
    assert piece.scale == chosen
    assert piece.process_pose(None, 150 * TICK_S).values[0] == pytest.approx(sounding)


def test_a_preset_without_a_scale_goes_on_from_the_note_that_sounds() -> None:
    former = begun(SETTING)
    sounding = played(former, SWEEP[:150])[-1].values[0]
    piece = RunningPreset(theremin(None))
    piece.continue_from(former, 150 * TICK_S)
    assert piece.scale is None
    assert piece.process_pose(None, 150 * TICK_S).values[0] == pytest.approx(sounding)


def test_the_shipped_theremin_is_silent_without_a_person_and_a_held_sound_is_heard_all_the_same() -> None:
    piece = begun(SETTING)
    assert piece.process_pose(None, 0.0).values[1] == -80.0
    played(piece, SWEEP[:60])
    assert -28.0 <= piece.process_pose(None, 1.0).values[1] <= 0.0
    for step in range(61, 300):
        piece.process_pose(Pose(step * TICK_S, step, 640, 480, ()), step * TICK_S)
    assert piece.process_pose(None, 5.0).values[1] == -80.0
    piece.hold({"pitch": 440.0, "level": -6.0})
    assert [piece.process_pose(None, 5.0 + step * TICK_S) for step in range(1, 20)][-1].values[1] == -6.0
    silent = RunningPreset(theremin(None))
    silent.continue_from(piece, 6.0)
    assert silent.process_pose(None, 6.0).values[1] > -80.0
