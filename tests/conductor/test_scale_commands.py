"""Another scale, root, tuning or strength while a piece plays, by commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from gesturesynth.conductor.scale_controls import restore_scale
from gesturesynth.config.preset import loader
from gesturesynth.control.session.context import Choices
from gesturesynth.core import paths
from gesturesynth.mapping.pitch.scales import SCALES
from gesturesynth.mapping.pitch.setting import ScaleSetting
from gesturesynth.mapping.pitch.tunings import TUNINGS
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.readings import ScaleReading
from tests.support.conductor_harness import MIDDLE, ConductorHarness, own_preset

FREE = """name: Free
features: [right_wrist.height, left_wrist.height, hands.distance]
outputs:
  tone: {to: theremin.pitch, range: [110, 1760]}
  level: {to: theremin.level}
"""
SOUND = {"tone": 450.0, "level": -10.0}


@pytest.fixture
def free() -> Iterator[ConductorHarness]:
    with ConductorHarness(own_preset("free", f"{FREE}snapshots: {{1: {{tone: 450, level: -10}}}}\n")) as harness:
        harness.run_for(0.2, MIDDLE)
        harness.done("select", 1)
        yield harness


def tone(harness: ConductorHarness) -> float:
    harness.run_for(0.3, MIDDLE)
    return harness.values["tone"]


def test_a_piece_without_a_scale_gets_one_and_is_free_again(free: ConductorHarness) -> None:
    assert tone(free) == pytest.approx(450.0)
    assert free.done("scale", "A minor pentatonic") == "Pitches follow A minor pentatonic."
    assert tone(free) == 440.0
    assert free.done("root", "Bb") == "Pitches follow Bb minor pentatonic."
    assert tone(free) == pytest.approx(466.16, abs=0.01)
    assert free.done("scale", "D major") == "Pitches follow D major."
    assert free.done("tuning", "just") == "Pitches follow D major, just."
    assert tone(free) == pytest.approx(293.6648 * 3 / 2, abs=0.01)
    assert free.done("tuning", "442 Hz") == "Pitches follow D major, just, A = 442 Hz."
    assert free.done("quantise", 0.0) == "Pitches are free: strength 0."
    assert tone(free) == pytest.approx(450.0)
    assert free.done("quantise", 0.5).startswith("Pitches are drawn to the scale")
    assert 441.0 < tone(free) < 450.0
    assert free.done("scale", "off") == "Pitches are free of a scale."
    assert tone(free) == pytest.approx(450.0)
    assert free.refused("root", "A") == "There is no scale: choose one first, as in `scale A minor`."


def test_the_status_names_the_scale_and_the_note(free: ConductorHarness) -> None:
    assert free.conductor.status().scale.name == ""
    free.done("scale", "A minor")
    free.run_for(0.3, MIDDLE)
    status = free.conductor.status()
    assert (status.scale.root, status.scale.name, status.scale.outputs) == ("A", "minor", ("tone",))
    assert [reading.note for reading in status.outputs] == ["A4", ""]


@pytest.mark.parametrize(
    ("command", "value", "sentence"),
    [
        ("scale", "minr", "'minr' is not a scale, nor a file ending in .scl, did you mean 'minor'?"),
        ("scale", "gone.scl", "There is no file 'gone.scl' in "),
        ("scale", "../../etc/x.scl", "'../../etc/x.scl' is not the name of a file"),
        ("root", "H", "'H' is not a note"),
        ("tuning", "jst", "'jst' is not a tuning"),
        ("tuning", "44 Hz", "44 Hz is outside 300 to 600 Hz"),
        ("tuning", "....", "'....' is not a tuning"),
    ],
)
def test_a_name_that_is_not_known_changes_nothing(
    free: ConductorHarness, command: str, value: str, sentence: str
) -> None:
    free.done("scale", "A minor")
    assert free.refused(command, value).startswith(sentence)
    assert free.preset_manager.piece.scale == ScaleSetting(SCALES["minor"], 9)


def test_a_scala_file_beside_the_preset_is_read(free: ConductorHarness) -> None:
    folder = Path(free.preset_manager.piece.preset.path).parent
    (folder / "own.scl").write_text("own\n2\n9/8\n2/1\n")
    assert free.done("scale", "A own.scl") == "Pitches follow A own.scl."
    assert tone(free) == 440.0


def test_changes_sent_together_all_count(free: ConductorHarness) -> None:
    numbers = [free.submit("scale", "minor"), free.submit("root", "E"), free.submit("tuning", "pythagorean")]
    free.until(lambda: not free.unanswered(), "answers")
    assert [free.answer(number)[0] for number in numbers] == [True, False, False], "the scale was not there yet"
    numbers = [free.submit("scale", "major"), free.submit("root", "E"), free.submit("tuning", "pythagorean")]
    free.until(lambda: not free.unanswered(), "answers")
    assert all(free.answer(number)[0] for number in numbers)
    assert free.preset_manager.piece.scale == ScaleSetting(SCALES["major"], 4, TUNINGS["pythagorean"])


def test_a_training_and_an_edit_of_the_file_keep_what_was_chosen_and_another_preset_does_not(
    free: ConductorHarness,
) -> None:
    free.done("scale", "A minor")
    free.done("quantise", 0.7)
    free.take(MIDDLE)
    free.train()
    chosen = ScaleSetting(SCALES["minor"], 9, strength=0.7)
    assert free.preset_manager.piece.scale == chosen
    own_preset("free", FREE.replace("Free", "Edited"))
    free.until(lambda: free.preset_manager.piece.preset.name == "Edited", "the edited preset")
    assert free.preset_manager.piece.scale == chosen
    own_preset("free", f"{FREE}scale: D dorian\n")
    free.until(lambda: free.preset_manager.piece.preset.scale is not None, "a scale in the file")
    assert free.preset_manager.piece.scale == ScaleSetting(SCALES["dorian"], 2)
    free.done("preset", "drone")
    free.until(lambda: free.preset_manager.piece.preset.key == "drone", "the drone")
    assert free.preset_manager.piece.scale is None


def test_what_was_chosen_is_stored_and_chosen_again_after_a_crash(free: ConductorHarness) -> None:
    piece = free.preset_manager.piece
    assert free.session_controller.choices.scale is None
    (piece.preset.path.parent / "own.scl").write_text("own\n2\n9/8\n2/1\n")
    for command, value in (("scale", "A own.scl"), ("tuning", "just"), ("tuning", "442 Hz"), ("quantise", 0.5)):
        free.done(command, value)
    stored = msgspec.json.decode(msgspec.json.encode(free.session_controller.choices), type=Choices).scale
    later = RunningPreset(piece.preset)
    restore_scale(later, stored)
    assert later.scale == piece.scale
    (piece.preset.path.parent / "own.scl").unlink()
    later = RunningPreset(piece.preset)
    restore_scale(later, stored)
    assert later.scale is None, "its file is gone"
    in_scale = loader.load(own_preset("other", f"{FREE}scale: {{name: minor, hold: 300 ms}}\n"))
    later = RunningPreset(in_scale)
    restore_scale(later, ScaleReading("dorian", "D", "equal", 440.0, 1.0))
    assert later.scale == ScaleSetting(SCALES["dorian"], 2, hold_s=0.3)
    restore_scale(later, ScaleReading())
    assert later.scale is None, "it was switched off"


def test_every_value_that_is_sent_is_in_the_scale_while_a_hand_moves(free: ConductorHarness) -> None:
    free.done("scale", "A minor pentatonic")
    free.done("stop")
    since = len(free.sounds)
    free.run_for(1.0, MIDDLE)
    notes = np.array(ScaleSetting(SCALES["minor pentatonic"], 9).notes(110.0, 1760.0, "Hz"))
    pitches = np.array([sound.values[0] for sound in free.sounds[since:]])
    assert np.abs(1200 * np.log2(pitches[:, None] / notes)).min(axis=1).max() < 1e-6
    assert paths.config_dir().is_dir()
