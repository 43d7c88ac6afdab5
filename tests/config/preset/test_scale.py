"""The scale of a preset: its forms, what follows it, Scala files beside the preset, and mistakes with their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.preset.loader import PresetError, load, loads
from gesturesynth.config.preset.scene_model import PresetScale
from gesturesynth.mapping.pitch.scales import SCALES
from gesturesynth.mapping.pitch.setting import GLIDE_S, HOLD_S, HYSTERESIS_CENTS, ScaleSetting
from gesturesynth.mapping.pitch.tunings import EQUAL, TUNINGS
from tests.support.preset_texts import SMALL, only_problem, problems

PENTATONIC = SCALES["minor pentatonic"]
TWO = """name: x
features: [lean]
outputs:
  tone: {to: theremin.pitch, range: [110, 880], glide: 60 ms}
  ground: {to: drone.pitch}
  shift: {to: granular.pitch}
  cutoff: {to: drone.brightness}
  voices: {to: percussion.tune, whole: true}
"""


def scale_of(text: str) -> PresetScale:
    scale = loads(text, "p.yaml").scale
    assert scale is not None
    return scale


@pytest.mark.parametrize(
    ("written", "setting"),
    [
        ("A minor pentatonic", ScaleSetting(PENTATONIC, 9)),
        ("minor pentatonic", ScaleSetting(PENTATONIC, 0)),
        ("B♭ Minor-Pentatonic", ScaleSetting(PENTATONIC, 10)),
        ("{name: minor_pentatonic, root: f#}", ScaleSetting(PENTATONIC, 6)),
        ("{name: slendro, reference: 442 Hz}", ScaleSetting(SCALES["slendro"], 0, reference_hz=442.0)),
        (
            "{name: minor pentatonic, root: A, tuning: just, strength: 0.5, hold: 200 ms, hysteresis: 20 cents}",
            ScaleSetting(PENTATONIC, 9, TUNINGS["just"], 440.0, 0.5, 0.2, 20.0),
        ),
    ],
)
def test_a_scale_is_written_as_a_name_or_with_keys(written: str, setting: ScaleSetting) -> None:
    assert scale_of(f"{SMALL}scale: {written}\n") == PresetScale(setting, ("pitch",))


def test_defaults_are_those_that_were_measured() -> None:
    setting = scale_of(f"{SMALL}scale: major\n").setting
    assert (setting.tuning, setting.strength) == (EQUAL, 1.0)
    assert (setting.hold_s, setting.hysteresis_cents) == (HOLD_S, HYSTERESIS_CENTS)


def test_without_a_scale_there_is_none_and_commands_find_the_pitches() -> None:
    preset = loads(TWO, "p.yaml")
    assert preset.scale is None
    assert preset.pitches == ("tone", "ground", "shift")


def test_pitches_of_instruments_follow_it_and_glide_as_it_says_unless_they_say_otherwise() -> None:
    preset = loads(f"{TWO}scale: A minor\n", "p.yaml")
    assert preset.scale is not None
    assert preset.scale.outputs == preset.pitches == ("tone", "ground", "shift")
    glides_s = {output.name: output.glide_s for output in preset.outputs}
    assert glides_s == {"tone": 0.06, "ground": GLIDE_S, "shift": GLIDE_S, "cutoff": 0.12, "voices": 0.0}


def test_outputs_that_are_named_follow_it_and_no_others() -> None:
    preset = loads(f"{TWO}scale: {{name: minor, outputs: [tone, cutoff], glide: 300 ms}}\n", "p.yaml")
    assert preset.pitches == ("tone", "cutoff")
    assert {output.name: output.glide_s for output in preset.outputs}["cutoff"] == 0.3
    assert {output.name: output.glide_s for output in preset.outputs}["ground"] == 0.25


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("scale: A minr", "4:8: scale: 'minr' is not a scale, nor a file ending in .scl, did you mean 'minor'?"),
        ("scale: 12", "4:8: scale: '12' is not a scale"),
        ("scale: [minor]", "4:8: scale: expected keys and their values"),
        ("scale: {root: A}", "4:1: scale.name: is missing"),
        ("scale: {name: minor, root: H}", "4:28: scale.root: 'H' is not a note; notes are C, C#, D, Eb"),
        ("scale: {name: minor, tuning: jst}", "4:30: scale.tuning: 'jst' is not a tuning, nor a file ending in .scl"),
        ("scale: {name: minor, strength: 2}", "4:32: scale.strength: 2 is outside 0 to 1"),
        ("scale: {name: minor, hold: 1 Hz}", "4:28: scale.hold: 'Hz' is not a unit for this"),
        ("scale: {name: minor, reference: 44}", "4:33: scale.reference: 44 Hz is outside 300 to 600 Hz"),
        ("scale: {name: minor, hysteresis: 3 s}", "4:34: scale.hysteresis: 's' is not a unit for this"),
        ("scale: {name: minor, outputs: []}", "4:31: scale.outputs: is empty"),
        ("scale: {name: minor, outputs: [pich]}", "4:32: scale.outputs[0]: 'pich' is not an output, did you mean"),
        ("scale: {name: minor, outputs: [pitch, pitch]}", "4:39: scale.outputs[1]: 'pitch' is in the list already"),
        ("scale: {nme: minor}", "4:9: scale.nme: unknown key, did you mean 'name'?"),
        ("scale: gone.scl", "4:8: scale: there is no file 'gone.scl' in "),
        ("scale: ../x.scl", "4:8: scale: '../x.scl' is not the name of a file: Scala files lie beside the preset"),
    ],
)
def test_a_mistake_has_its_place(line: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in problems(SMALL + line)), problems(SMALL + line)


def test_what_is_no_pitch_cannot_follow_it() -> None:
    text = "name: x\nfeatures: [lean]\noutputs: {loud: {to: theremin.level}}\nscale: minor\n"
    assert only_problem(text).startswith("4:1: scale: no output moves the pitch of an instrument")
    text = text.replace("scale: minor", "scale: {name: minor, outputs: [loud]}")
    assert only_problem(text).startswith("4:32: scale.outputs[0]: 'loud' (-80 to 0 dB) is no pitch")
    text = "name: x\nfeatures: [lean]\noutputs: {t: {to: percussion.tune, whole: true}}\n"
    assert only_problem(f"{text}scale: {{name: minor, outputs: [t]}}").startswith(
        "4:32: scale.outputs[0]: 't' plays whole numbers"
    )


def test_a_range_without_a_note_is_a_mistake() -> None:
    text = "name: x\nfeatures: [lean]\noutputs: {p: {to: theremin.pitch, range: [270, 300]}}\nscale: fifths\n"
    assert only_problem(text) == (
        "3:14: outputs.p: the range of 'p' (270 to 300 Hz) holds no note of C fifths, equal; make it wider"
    )


def test_scala_files_lie_beside_the_preset_or_in_the_folder_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GESTURESYNTH_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config" / "scales").mkdir(parents=True)
    (tmp_path / "config" / "scales" / "twelve.scl").write_text(
        "\n".join(("about", "12", *(f"{100.5 * step}" for step in range(1, 12)), "2/1"))
    )
    (tmp_path / "five.scl").write_text("five\n3\n5/4\n3/2\n2/1\n")
    preset = tmp_path / "p.yaml"
    preset.write_text(f"{SMALL}scale: {{name: five.scl, tuning: twelve.scl, root: A}}\n")
    scale = load(preset).scale
    assert scale is not None
    assert scale.setting.scale.cents == pytest.approx((0.0, 386.31, 701.96), abs=0.01)
    assert scale.setting.tuning.cents[1] == 100.5
    (tmp_path / "five.scl").write_text("five\n3\n5:4\n3/2\n2/1\n")
    with pytest.raises(PresetError, match=r"p.yaml:4:15: scale.name: five.scl:3: expected a ratio such as 3/2"):
        load(preset)
    preset.write_text(f"{SMALL}scale: {{name: minor, tuning: five.scl}}\n")
    (tmp_path / "five.scl").write_text("five\n3\n5/4\n3/2\n2/1\n")
    with pytest.raises(PresetError, match=r"scale.tuning: five.scl: a tuning needs 12 notes"):
        load(preset)
