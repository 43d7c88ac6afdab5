"""The piece `hands`: played with forearms alone in the picture, and with a head alone."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.runtime.tracking_request import TrackingRequest
from tests.support.hand_figure import hand, with_hands, with_head_turned
from tests.support.stick_figure import body_from, pose

NO_BODY = Body(bytes(33 * 4 * 4), bytes(33 * 3 * 4))


def _piece() -> RunningPreset:
    preset = loader.load(paths.presets_dir() / "hands.yaml")
    assert preset.tracking_request == TrackingRequest(hands=True)
    piece = RunningPreset(preset)
    piece.take_over(fit(fit_job(preset)), 0.0)
    return piece


def _played(piece: RunningPreset, body: Body, start_s: float) -> dict[str, float]:
    for number in range(60):
        time_s = start_s + number / 30
        frame = piece.process_pose(Pose(time_s, number, 640, 480, (body,)), time_s)
        assert frame.present
        assert np.isfinite(frame.values).all()
    return dict(zip((output.name for output in piece.preset.outputs), frame.values.tolist(), strict=True))


def test_forearms_alone_play_it() -> None:
    piece = _piece()
    low = _played(piece, with_hands(NO_BODY, right=hand("right", opened=0.1, at=(0.3, 0.95), palm=0.1)), 0.0)
    high = _played(piece, with_hands(NO_BODY, right=hand("right", opened=0.9, at=(0.3, 0.2), palm=0.1)), 2.0)
    assert high["note"] > 2.0 * low["note"]
    assert high["voice"] > low["voice"] + 10.0
    quiet = _played(piece, with_hands(NO_BODY, left=hand("left", opened=0.0, at=(0.7, 0.5), palm=0.1)), 4.0)
    assert quiet["loud"] < high["loud"] - 6.0
    assert quiet["note"] == high["note"], "the right hand is out of sight: its note is held"


def test_a_head_alone_plays_it() -> None:
    piece = _piece()
    hidden = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in ("wrist", "hip", "knee", "ankle"))
    left, right = (
        _played(piece, body_from(with_head_turned(pose(hidden=hidden), turn_deg=turn)), start_s)
        for turn, start_s in ((-35.0, 0.0), (35.0, 2.0))
    )
    assert right["chord"] > 1.4 * left["chord"]
    assert left["loud"] > -20.0


def test_each_voice_is_played_by_the_hands_of_its_own_person(tmp_path: Path) -> None:
    text = "name: Two\npeople: 2\nvoices: per_person\nfeatures: [right_hand.open]\noutputs:\n"
    text += "  tone: {to: theremin.pitch, range: [110, 1760], from: right_hand.open}\n"
    preset = loader.loads(text, tmp_path / "two.yaml")
    piece = RunningPreset(preset)
    piece.take_over(fit(fit_job(preset)), 0.0)
    figures = ((1, 0.1, (0.3, 0.5)), (2, 0.9, (0.7, 0.5)))
    for number in range(60):
        bodies = tuple(
            msgspec.structs.replace(with_hands(body_from(pose(at=at)), right=hand(opened=opened)), person=person)
            for person, opened, at in figures
        )
        piece.process_pose(Pose(number / 30, number, 640, 480, bodies), number / 30)
    assert piece.frames
    first, second = (float(frame.values[0]) for frame in piece.frames)
    assert second > first + 500.0
