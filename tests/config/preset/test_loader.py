"""Loading: a preset file becomes a complete preset, with defaults filled in."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import PresetError, loads
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.model_parts import PresetClass
from gesturesynth.config.reference import EXAMPLE
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.synthesis.instruments import catalogue
from tests.support.preset_texts import SMALL, only_problem


@pytest.fixture
def theremin(tmp_path: Path) -> Preset:
    path = tmp_path / "air.yaml"
    path.write_text(EXAMPLE)
    return loader.load(path)


def test_the_example_is_loaded(theremin: Preset, tmp_path: Path) -> None:
    assert theremin.name == "Air theremin"
    assert theremin.about.startswith("Right hand")
    assert theremin.features == ("right_wrist.height", "left_wrist.height", "hands.distance")
    assert theremin.model == "auto"
    assert theremin.snapshots == {1: {"pitch": 220.0, "level": -12.0}, 2: {"pitch": 880.0, "level": -9.0}}
    assert (theremin.idle_after_s, theremin.idle_glide_s, theremin.crossfade_s) == (20.0, 1.5, 0.3)
    assert theremin.key == "air"
    assert theremin.examples_path == tmp_path / "air.csv"


def test_the_engine_is_told_how_long_a_piece_takes_over(tmp_path: Path) -> None:
    assert loads(SMALL, tmp_path / "a.yaml").scene().crossfade_in_s == 0.0
    assert loads(f"{SMALL}\ncrossfade_in: 2500 ms\n", tmp_path / "a.yaml").scene().crossfade_in_s == 2.5
    with pytest.raises(PresetError, match="crossfade_in"):
        loads(f"{SMALL}\ncrossfade_in: 31 s\n", tmp_path / "a.yaml")


def test_a_preset_may_say_how_many_persons_are_followed(tmp_path: Path) -> None:
    assert loads(SMALL, tmp_path / "a.yaml").people == 0
    assert loads(f"{SMALL}\npeople:\n", tmp_path / "a.yaml").people == 0
    assert loads(f"{SMALL}\npeople: 6\n", tmp_path / "a.yaml").tracking_request.people == 6
    for wrong in ("0", "7", "1.5", "all"):
        with pytest.raises(PresetError, match="people"):
            loads(f"{SMALL}\npeople: {wrong}\n", tmp_path / "a.yaml")


def test_the_mapping_gets_outputs_in_the_order_of_the_file(theremin: Preset) -> None:
    assert theremin.mapping_outputs() == (
        Output("pitch", 110.0, 1760.0, "Hz", "exp", None),
        Output("level", -40.0, -9.0, "dB", "lin", -30.0),
    )


def test_the_engine_gets_a_scene_in_the_same_order(theremin: Preset) -> None:
    scene = theremin.scene()
    assert scene.parameters == ("theremin.pitch", "theremin.level")
    assert scene.glides_s == (0.06, 0.08)
    assert [(s.name, s.kind, s.fixed) for s in scene.instruments] == [("theremin", "theremin", {"vibrato": 0.4})]
    assert (scene.ceiling_db, scene.loudness_lufs, scene.gain_db, scene.fade_in_s) == (-6.0, -18.0, 0.0, 2.0)


def test_what_is_left_out_has_the_defaults_of_the_instrument() -> None:
    (output,) = loads(SMALL, "p.yaml").outputs
    (pitch,) = [p for p in catalogue()["theremin"].parameters if p.name == "pitch"]
    assert (output.low, output.high, output.unit) == (pitch.low, pitch.high, pitch.unit)
    assert (output.warp, output.glide_s) == (pitch.warp, pitch.glide_s)


def test_a_level_may_be_silent_without_a_person() -> None:
    text = "name: x\nfeatures: [lean]\noutputs: {loud: {to: theremin.level, range: [-28, 0]}}\nidle: {loud: silence}\n"
    output = loads(text, "p.yaml").outputs[0]
    assert (output.idle, output.silence) == (-28.0, -80.0)
    assert loads(text.replace("silence", "-20"), "p.yaml").outputs[0].silence is None
    assert only_problem(SMALL + "idle: {pitch: silence}") == (
        "4:15: idle.pitch: 'pitch' is no level, and has no silence; give a value"
    )


def test_an_output_in_db_idles_at_its_low_end_and_others_stay() -> None:
    piece = loads(SMALL.replace("}}", "}, level: {to: theremin.level, range: [-50, -9]}}"), "p.yaml")
    assert {output.name: output.idle for output in piece.outputs} == {"pitch": None, "level": -50.0}


def test_a_range_may_be_reversed() -> None:
    piece = loads(SMALL.replace("pitch}", "pitch, range: [1 kHz, 200 Hz]}"), "p.yaml")
    assert (piece.outputs[0].low, piece.outputs[0].high) == (1000.0, 200.0)


def test_two_instruments_of_a_kind_have_names_of_their_own() -> None:
    text = (
        "name: x\nfeatures: [lean]\n"
        "outputs: {a: {to: low.level}, b: {to: high.level}, c: {to: theremin.pitch}}\n"
        "instruments: {low: {kind: drone}, high: {kind: drone}}\n"
    )
    setups = loads(text, "p.yaml").instruments
    assert [(setup.name, setup.kind) for setup in setups] == [
        ("low", "drone"),
        ("high", "drone"),
        ("theremin", "theremin"),
    ]


def test_classes_fire_triggers() -> None:
    text = (
        "name: x\nfeatures: [body.upper]\n"
        "classes:\n  up: {trigger: percussion.kick}\n  out: {trigger: percussion.hat}\n"
        "  both: {trigger: percussion.kick}\n"
        "  off:\n  none: null\nclassifier: {model: mlp, hold: 100 ms}\n"
    )
    piece = loads(text, "p.yaml")
    assert piece.scene().triggers == ("percussion.kick", "percussion.hat")
    assert piece.classes["off"] == piece.classes["none"] == PresetClass(hold_s=0.1, rest_s=0.15)
    assert piece.classifier.model == "mlp"


def test_classes_hold_snapshots_or_change_the_preset_each_with_its_own_times() -> None:
    text = (
        SMALL + "snapshots: {3: {pitch: 200}}\nclassifier: {hold: 100 ms}\n"
        "classes:\n  up: {snapshot: 3, trigger: percussion.kick, rest: 2 s}\n"
        "  out: {preset: My piece 2, hold: 1 s}\n  none:\n"
    )
    classes = loads(text, "p.yaml").classes
    assert classes["up"] == PresetClass(hold_s=0.1, rest_s=2.0, trigger="percussion.kick", snapshot=3)
    assert classes["out"] == PresetClass(hold_s=1.0, rest_s=0.15, preset="My piece 2")


def test_targets_of_osc_are_loaded() -> None:
    text = (
        SMALL + "osc:\n  - {port: 6448, address: /wek/inputs, what: features}\n"
        "  - {host: 192.168.1.20, port: 57120, address: /synth/, rate: 50 Hz, what: pitch}\n"
    )
    assert loads(text, "p.yaml").osc == (
        OscTarget("127.0.0.1", 6448, "/wek/inputs", 30.0, "features"),
        OscTarget("192.168.1.20", 57120, "/synth/", 50.0, "pitch"),
    )


def test_a_model_can_have_settings() -> None:
    piece = loads(SMALL + "model: {kind: mlp, hidden: 16}\nsmoothing: {beta: 0}\n", "p.yaml")
    assert (piece.model, piece.model_settings, piece.smoothing.beta) == ("mlp", {"hidden": 16.0}, 0.0)
    assert loads(SMALL + "model: ridge\n", "p.yaml").model == "ridge"


def test_a_classifier_can_have_settings() -> None:
    classes = "classes:\n  up: {trigger: percussion.kick}\n  none:\n"
    piece = loads(SMALL + classes + "classifier: {model: knn, neighbours: 3, hold: 0.1}\n", "p.yaml")
    assert (piece.classifier.model, piece.classifier_settings) == ("knn", {"neighbours": 3.0})
    for text, sentence in (
        ("{model: knn, neighbors: 3}", "'neighbors' is not a setting of 'knn', did you mean 'neighbours'?"),
        ("{model: tree, depth: 99}", "depth"),
        ("{model: tree, depth: 2.5}", "expected a whole number"),
        ("{holt: 0.1}", "'holt' is not a setting of 'logistic', did you mean 'hold'?"),
    ):
        with pytest.raises(PresetError, match=re.escape(sentence)):
            loads(SMALL + classes + f"classifier: {text}\n", "p.yaml")


def test_an_output_can_have_features_and_a_model_of_its_own() -> None:
    text = SMALL.replace("[lean]", "[lean, hands.speed, hands.distance]").removesuffix("}\n")
    text += ",\n  a: {to: drone.level, features: [hands.distance, lean], model: {kind: ridge, alpha: 2}},\n"
    text += "  b: {to: drone.pitch, model: knn, features: [lean, hands.speed, hands.distance]}}\n"
    pitch, a, b = loads(text + "model: {kind: rbf, smoothing: 3}\n", "p.yaml").outputs
    assert (pitch.features, pitch.model, pitch.model_settings) == ((), None, {})
    assert (a.features, a.model, a.model_settings) == (("hands.distance", "lean"), "ridge", {"alpha": 2.0})
    assert (b.features, b.model, b.model_settings) == ((), "knn", {})  # all of them is no choice


def test_texts_that_yaml_would_convert_stay_texts() -> None:
    piece = loads(SMALL.replace("name: x", "name: on") + "about: 1984\nidle:\nsnapshots:\n", "p.yaml")
    assert (piece.name, piece.about, piece.snapshots) == ("on", "1984", {})


def test_loading_needs_no_heavy_library() -> None:
    script = (
        "import sys; from gesturesynth.config.preset import loader, template; "
        "from gesturesynth.config import json_schema, reference; from gesturesynth.config.settings import settings; "
        f"loader.loads({EXAMPLE!r}, 'p.yaml'); json_schema.preset_schema(); "
        "print([name for name in ('pyo', 'sklearn', 'mediapipe', 'cv2', 'scipy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n", "\t", "a: &a [*a]"])
def test_a_file_that_is_no_preset_is_a_preset_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(text)
    with pytest.raises(PresetError):
        loader.load(path)


def test_an_output_can_play_whole_numbers_or_have_soft_limits() -> None:
    text = (
        "name: x\nfeatures: [right_wrist.height]\noutputs:\n"
        "  pitch: {to: theremin.pitch, range: [110, 440], whole: true}\n"
        "  level: {to: theremin.level, range: [-30, -12], limits: soft}\n"
        "snapshots: {1: {pitch: 220, level: -10}}\n"
    )
    pitch, level = loads(text, "p.yaml").played_outputs()
    assert (pitch.whole, pitch.limits, level.whole) == (True, None, False)
    assert level.limits is not None
    assert level.limits[0] < -30.0 < -12.0 < -10.0 <= level.limits[1]
    assert loads(text, "p.yaml").outputs[0].glide_s == 0.0
    assert loads(text.replace("whole: true", "whole: true, glide: 0.2"), "p.yaml").outputs[0].glide_s == 0.2
    assert loads(text, "p.yaml").snapshots[1] == {"pitch": 220.0, "level": -10.0}
    for old, new, sentence in (
        ("[110, 440]", "[110, 440.5]", "'pitch' plays whole numbers only, but 440.5 is not one"),
        ("pitch: 220", "pitch: 220.5", "'pitch' plays whole numbers only, but 220.5 is not one"),
        ("limits: soft", "limits: sofft", "did you mean 'soft'?"),
        ("limits: soft", "limits: hard", "-10"),
    ):
        with pytest.raises(PresetError, match=re.escape(sentence)):
            loads(text.replace(old, new), "p.yaml")


def test_an_output_can_follow_a_class() -> None:
    text = (
        "name: x\nfeatures: [right_wrist.height]\noutputs:\n  level: {to: drone.level, from: up.probability}\n"
        "classes:\n  up:\n  none:\nosc: [{port: 9000, address: /up, what: up.probability}]\n"
    )
    piece = loads(text, "p.yaml")
    assert (piece.outputs[0].source, piece.osc[0].what) == ("up.probability", "up.probability")
    assert loads(text.replace("what: up.probability", "what: probabilities"), "p.yaml").osc[0].what == "probabilities"
    for old, new, sentence in (
        ("from: up.probability", "from: upp.probability", "did you mean 'up'?"),
        ("from: up.probability", "from: up.progress", "'progress' is not something that a class gives"),
        ("probability}\n", "probability, limits: soft}\n", "is not learnt; leave `limits` out"),
    ):
        with pytest.raises(PresetError, match=re.escape(sentence)):
            loads(text.replace(old, new), "p.yaml")
