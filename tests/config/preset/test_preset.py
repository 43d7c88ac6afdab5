"""Presets: what an artist writes becomes a piece, and whatever is wrong is told all at once, where it stands."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.config.json_schema import schema
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import Preset, PresetClass, PresetError, Problem, loads
from gesturesynth.config.preset.schema import PresetFile
from gesturesynth.config.preset.template import new, starter_examples
from gesturesynth.config.reference import EXAMPLE, reference
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import FEATURES
from gesturesynth.mapping.examples.dataset import write_csv
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.synthesis.instruments import catalogue
from tests.support.json_schema import valid

SMALL = "name: x\nfeatures: [lean]\noutputs: {pitch: {to: theremin.pitch}}\n"


def problems(text: str | bytes) -> list[str]:
    """Every problem, without the file's name: `LINE:COLUMN: where: message`."""
    with pytest.raises(PresetError) as caught:
        loads(text, "p.yaml")
    lines = str(caught.value).splitlines()
    assert [str(problem) for problem in caught.value.problems] == lines
    assert all(line.startswith("p.yaml:") for line in lines)
    return [line.removeprefix("p.yaml:") for line in lines]


def only(text: str) -> str:
    """The one problem."""
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


# ------------------------------------------------------------------------------------------------------- what it gives
@pytest.fixture
def theremin(tmp_path: Path) -> Preset:
    path = tmp_path / "air.yaml"
    path.write_text(EXAMPLE)
    return loader.load(path)


def test_the_example_becomes_a_piece(theremin: Preset, tmp_path: Path) -> None:
    assert theremin.name == "Air theremin"
    assert theremin.about.startswith("Right hand")
    assert theremin.features == ("right_wrist.height", "left_wrist.height", "hands.distance")
    assert theremin.model == "auto"
    assert theremin.snapshots == {1: {"pitch": 220.0, "level": -12.0}, 2: {"pitch": 880.0, "level": -9.0}}
    assert (theremin.idle_after_s, theremin.idle_glide_s, theremin.crossfade_s) == (20.0, 1.5, 0.3)
    assert theremin.key == "air"
    assert theremin.examples_path == tmp_path / "air.csv"


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
    assert (scene.ceiling_db, scene.fade_in_s) == (-6.0, 2.0)


def test_what_is_left_out_comes_from_the_instrument() -> None:
    (output,) = loads(SMALL, "p.yaml").outputs
    (pitch,) = [p for p in catalogue()["theremin"].parameters if p.name == "pitch"]
    assert (output.low, output.high, output.unit) == (pitch.low, pitch.high, pitch.unit)
    assert (output.warp, output.glide_s) == (pitch.warp, pitch.glide_s)


def test_an_output_in_db_idles_at_its_low_end_and_others_stay() -> None:
    piece = loads(SMALL.replace("}}", "}, level: {to: theremin.level, range: [-50, -9]}}"), "p.yaml")
    assert {output.name: output.idle for output in piece.outputs} == {"pitch": None, "level": -50.0}


def test_a_range_may_be_turned_round() -> None:
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


def test_classes_strike_triggers() -> None:
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


def test_classes_hold_snapshots_and_lead_to_presets_each_in_its_own_time() -> None:
    text = (
        SMALL + "snapshots: {3: {pitch: 200}}\nclassifier: {hold: 100 ms}\n"
        "classes:\n  up: {snapshot: 3, trigger: percussion.kick, rest: 2 s}\n"
        "  out: {preset: My piece 2, hold: 1 s}\n  none:\n"
    )
    classes = loads(text, "p.yaml").classes
    assert classes["up"] == PresetClass(hold_s=0.1, rest_s=2.0, trigger="percussion.kick", snapshot=3)
    assert classes["out"] == PresetClass(hold_s=1.0, rest_s=0.15, preset="My piece 2")


def test_other_programs_are_sent_to() -> None:
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


def test_text_is_text_whatever_yaml_makes_of_it() -> None:
    piece = loads(SMALL.replace("name: x", "name: on") + "about: 1984\nidle:\nsnapshots:\n", "p.yaml")
    assert (piece.name, piece.about, piece.snapshots) == ("on", "1984", {})


def test_loading_needs_no_heavy_library() -> None:
    script = (
        "import sys; from gesturesynth.config.preset import loader, template; "
        "from gesturesynth.config import json_schema, reference; from gesturesynth.config.settings import settings; "
        f"loader.loads({EXAMPLE!r}, 'p.yaml'); json_schema.schema(); "
        "print([name for name in ('pyo', 'sklearn', 'mediapipe', 'cv2', 'scipy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


# ------------------------------------------------------------------------------------------------------ what goes wrong
@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("nme: y", "4:1: nme: unknown key, did you mean 'name'? Allowed: about, "),
        ("model: rbff", "4:8: model: 'rbff' is not a model, did you mean 'rbf'? Allowed: auto, rbf, "),
        ("model: logistic", "4:8: model: 'logistic' is not a model"),
        (
            "model: {kind: mlp, hiden: 3}",
            "4:20: model.hiden: 'hiden' is not a setting of 'mlp', did you mean 'hidden'?",
        ),
        ("model: {kind: mlp, hidden: 3.5}", "4:28: model.hidden: expected a whole number, not 3.5"),
        ("crossfade: 3 Hz", "4:12: crossfade: 'Hz' is not a unit for this, expected '1 s' or '1 ms'"),
        ("crossfade: 1:30", "4:12: crossfade: '1:30' is not a number here; write it in one unit, such as '90 s'"),
        ("crossfade: on", "4:12: crossfade: expected a number, as in '1 s'"),
        ("master: {ceiling: 0 dB}", "4:19: master.ceiling: 0 dB is outside -60 to -1 dB"),
        ("master: {ceiling: .nan}", "4:19: master.ceiling: expected a number"),
        ("master: loud", "4:9: master: expected keys and their values"),
        (
            "idle: {pich: 3}",
            "4:8: idle.pich: 'pich' is not an output, did you mean 'pitch'? Allowed: pitch, after, glide",
        ),
        ("idle: {pitch: 30 kHz}", "4:15: idle.pitch: 30000 Hz is outside 55 to 3520 Hz"),
        ("snapshots: {0: {}}", "4:13: snapshots.0: '0' is not a number key"),
        ("snapshots: {1: {pitch: 3 dB}}", "4:24: snapshots.1.pitch: 'dB' is not a unit for this"),
        ("snapshots: {1: {pitch: 3}}", "4:24: snapshots.1.pitch: 3 Hz is outside 55 to 3520 Hz"),
        ("snapshots: {1: {p: 3}}", "4:17: snapshots.1.p: 'p' is not an output. Allowed: pitch"),
        (
            "instruments: {thermin: }",
            "4:15: instruments.thermin: 'thermin' is not an instrument, did you mean 'theremin'?",
        ),
        (
            "instruments: {a: {kind: dron}}",
            "4:25: instruments.a.kind: 'dron' is not an instrument, did you mean 'drone'?",
        ),
        (
            "instruments: {drone: {x: 3}}",
            "4:23: instruments.drone.x: 'x' is not a parameter of 'drone'. Allowed: kind, ",
        ),
        ("instruments: {drone: {level: 9}}", "4:30: instruments.drone.level: 9 dB is outside -80 to 0 dB"),
        (
            "instruments: {theremin: {pitch: 99}}",
            "4:26: instruments.theremin.pitch: fixed here, but moved by the output ",
        ),
        ("classes: {a: {trigger: theremin.hit}, b: }", "4:24: classes.a.trigger: 'hit' is not a trigger of 'theremin'"),
        (
            "classes: {a: {trigger: percussion.kik}, b: }",
            "4:24: classes.a.trigger: 'kik' is not a trigger of 'percussion'",
        ),
        ("classes: {a: {snapshot: 3}, b: }", "4:25: classes.a.snapshot: '3' is not in `snapshots`. Allowed: none"),
        ("classes: {a: {snapshot: 10}, b: }", "4:25: classes.a.snapshot: 10 is outside 1 to 9"),
        ("classes: {a: {snapshots: 1}, b: }", "4:15: classes.a.snapshots: unknown key, did you mean 'snapshot'?"),
        ("classes: {a: {snapshot: loud}, b: }", "4:25: classes.a.snapshot: expected a number"),
        ("classes: {a: {preset: ../b}, b: }", "4:23: classes.a.preset: '../b' cannot be the name of a preset"),
        ("classes: {a: {preset: b.yaml}, b: }", "4:23: classes.a.preset: a preset is named without the ending of its"),
        ("classes: {a: {preset: []}, b: }", "4:23: classes.a.preset: expected the name of a preset, not a list"),
        ("classes: {a: {hold: 9 s}, b: }", "4:21: classes.a.hold: 9 s is outside 0 to 5 s"),
        ("classes: {a: , none: {preset: b}}", "4:16: classes.none: `none` is for all that nothing comes of"),
        ("osc: {port: 1}", "4:6: osc: expected a list"),
        ("osc: [{port: 9000}]", "4:7: osc[0].address: is missing"),
        ("osc: [{port: 0, address: /a}]", "4:14: osc[0].port: 0 is outside 1 to 65535"),
        ("osc: [{port: 1.5, address: /a}]", "4:14: osc[0].port: expected a whole number"),
        ("osc: [{port: 9000, address: a}]", "4:29: osc[0].address: 'a' is not an OSC address"),
        ("osc: [{port: 9000, adress: /a, address: /a}]", "4:20: osc[0].adress: unknown key, did you mean 'address'?"),
        ("osc: [{host: synth.local, port: 9000, address: /a}]", "4:14: osc[0].host: 'synth.local' is not an IPv4 "),
        ("osc: [{port: 9000, address: /a, rate: 1 kHz}]", "4:39: osc[0].rate: 1000 Hz is outside 0.1 to 200 Hz"),
        (
            "osc: [{port: 9000, address: /a, what: pich}]",
            "4:39: osc[0].what: 'pich' is not something that can be sent, d",
        ),
        ("classes: {a: {trigger: percussion.kick}}", "4:1: classes: one class cannot be told from another"),
        ("name: y", "4:1: name: this key is here twice, first in line 1"),
        ("about: [a]", "4:8: about: expected a text, not a list"),
        ("smoothing: {min_cutoff: 0}", "4:25: smoothing.min_cutoff: 0 Hz is outside 0.01 to 1000 Hz"),
    ],
)
def test_a_wrong_line_is_told_with_its_place_and_what_is_allowed(line: str, problem: str) -> None:
    assert only(f"{SMALL}{line}\n").startswith(problem)


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("a: {to: theremin.pich}", "outputs.a.to: 'pich' is not a parameter of 'theremin', did you mean 'pitch'?"),
        ("a: {to: thermin.pitch}", "outputs.a.to: 'thermin' is not an instrument, did you mean 'theremin'?"),
        ("a: {to: pitch}", "outputs.a.to: expected `instrument.parameter`, not 'pitch'"),
        ("a: {range: [1, 2]}", "outputs.a.to: is missing"),
        ("a: {to: drone.level, glid: 3}", "outputs.a.glid: unknown key, did you mean 'glide'? Allowed: glide, range, "),
        ("a: {to: drone.level, unit: Hz}", "outputs.a.unit: drone.level is in dB; write that"),
        ("a: {to: drone.level, unit: db}", "outputs.a.unit: 'db' is not a unit, did you mean 'dB'?"),
        ("a: {to: drone.level, warp: exp}", "outputs.a.warp: `exp` needs both ends of the range above 0"),
        ("a: {to: drone.level, warp: log}", "outputs.a.warp: 'log' is not a warp. Allowed: lin, exp"),
        ("a: {to: drone.level, range: [-40, 3]}", "outputs.a.range[1]: 3 dB is outside -80 to 0 dB"),
        ("a: {to: drone.level, range: [-40]}", "outputs.a.range: expected two values, low then high"),
        ("a: {to: drone.level, range: [-40, -40]}", "outputs.a.range: the two ends must differ"),
        ("a: {to: drone.level, range: [-40, loud]}", "outputs.a.range[1]: expected a number"),
        ("a: {to: theremin.pitch}", "outputs.a.to: 'theremin.pitch' is moved by 'pitch' already"),
        ("after: {to: drone.level}", "outputs.after: 'after' has a meaning of its own"),
        ("Loud: {to: drone.level}", "outputs.Loud: 'Loud' is not a name"),
        ("a: drone.level", "outputs.a: expected keys and their values"),
    ],
)
def test_a_wrong_output_is_told_with_what_is_allowed(output: str, problem: str) -> None:
    place, _, told = only(f"{SMALL.removesuffix('}' + chr(10))},\n  {output}}}\n").partition(": ")
    assert place.startswith("4:")
    assert told.startswith(problem)


@pytest.mark.parametrize(
    ("features", "problem"),
    [
        ("[leen]", "2:12: features[0]: 'leen' is not a feature, did you mean 'lean'? Allowed: `gesturesynth features`"),
        ("[lean, lean]", "2:18: features[1]: 'lean' is in the list already"),
        ("lean", "2:11: features: expected a list"),
        ("[]", "2:11: features: is empty; at least one is needed"),
        ("", "2:1: features: is missing"),
    ],
)
def test_wrong_features_are_told(features: str, problem: str) -> None:
    assert only(SMALL.replace("[lean]", features)).startswith(problem)


def test_a_class_that_leads_away_holds_nothing() -> None:
    text = SMALL + "snapshots: {2: {pitch: 200}}\nclasses: {a: {snapshot: 2, preset: b}, none: }\n"
    assert only(text).startswith("5:15: classes.a.snapshot: a preset that is left holds nothing; keep `snapshot` or")


def test_what_is_wrong_about_an_address_and_its_host_is_told_at_once() -> None:
    found = problems(SMALL + "osc: [{host: 1, port: 9000, address: b}, {port: 9000, address: /a, what: x}]\n")
    assert [line.split(": ")[1] for line in found] == ["osc[0].host", "osc[0].address", "osc[1].what"]


def test_a_preset_that_moves_nothing_is_told() -> None:
    assert "`outputs` or `classes` are needed" in only("name: x\nfeatures: [lean]\n")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = (
        "nam: x\n"  # unknown, and name is missing
        "features: [leen, lean]\n"
        "outputs:\n"
        "  a: {to: theremin.pitch, range: [1, 2]}\n"  # both ends
        "  b: {to: nothing.pitch, glide: 3 dB}\n"  # both
        "  c: {to: drone.level}\n"
        "snapshots: {1: {a: 100, b: 100, c: 100, d: 100}}\n"  # c and d; a and b are wrong above
        "model: x\n"
        "idle: {c: 3}\n"
        "master: {ceiling: x}\n"
        "a: 1\na: 2\n"  # unknown and twice
    )
    assert [line.split(":")[0] for line in problems(text)] == [
        "1",
        "1",
        "2",
        "4",
        "4",
        "5",
        "5",
        "7",
        "7",
        "8",
        "9",
        "10",
        "11",
        "12",
    ]


@pytest.mark.parametrize(
    ("lead", "problem"),
    [
        ("{kind: theremin, pitch: [1]}", "4:45: instruments.lead.pitch: expected a number, not a list"),
        ("{kind: thermin}", "4:28: instruments.lead.kind: 'thermin' is not an instrument"),
        ("[]", "4:21: instruments.lead: expected keys and their values"),
    ],
)
def test_one_fault_is_told_once_whatever_refers_to_it(lead: str, problem: str) -> None:
    text = SMALL.replace("theremin.pitch}", "theremin.pitch}, other: {to: lead.level}")
    assert only(f"{text}instruments: {{lead: {lead}}}\n").startswith(problem)


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n", "\t", "a: &a [*a]"])
def test_what_is_no_preset_at_all_is_a_preset_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(text)
    with pytest.raises(PresetError):
        loader.load(path)


# --------------------------------------------------------------------------------------------------------- any mutation
Step = str | int
TREE: dict[str, Any] = {
    "name": "Air theremin",
    "features": ["right_wrist.height", "left_wrist.height", "hands.distance"],
    "outputs": {
        "pitch": {"to": "theremin.pitch", "range": [110, 1760], "unit": "Hz", "warp": "exp", "glide": "60 ms"},
        "level": {"to": "theremin.level", "range": [-40, -9]},
    },
    "model": {"kind": "mlp", "alpha": 2},
    "snapshots": {1: {"pitch": 220, "level": -12}, 2: {"pitch": 880}},
    "instruments": {"theremin": {"vibrato": 0.4}, "percussion": {"tune": 60}},
    "classes": {
        "up": {"trigger": "percussion.kick", "hold": "50 ms"},
        "out": {"snapshot": 2},
        "away": {"preset": "other"},
        "none": None,
    },
    "classifier": {"hold": "80 ms"},
    "idle": {"after": "20 s", "level": "-30 dB"},
    "master": {"ceiling": "-6 dB"},
    "osc": [{"host": "localhost", "port": 9001, "address": "/a/", "rate": "20 Hz", "what": "level"}],
}


def ways(tree: Any, here: tuple[Step, ...] = ()) -> list[tuple[Step, ...]]:
    """The way to every value of a tree."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [way for key, value in inner for way in [(*here, key), *ways(value, (*here, key))]]


anything = st.one_of(
    st.sampled_from([None, True, "", "on", "1:30", "x", -1, 0, 1e9, "440 Hz", "-6 dB", [], {}, ["lean"], {"a": 1}]),
    st.text(max_size=8),
    st.recursive(
        st.integers() | st.text(max_size=3),
        lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=3), s, max_size=3),
    ),
)


def top_key(text: str, line: int) -> str:
    """The outermost key of the section that a line (from 1) belongs to, in what `yaml.safe_dump` writes."""
    above = [written for written in text.split("\n")[:line] if written and written[0] not in " -"]
    return above[-1].split(":")[0]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ways(TREE)), st.sampled_from(["delete", "rename", "retype"]), anything)
def test_any_change_loads_or_is_told_where_it_was_made(way: tuple[Step, ...], change: str, value: Any) -> None:
    tree = copy.deepcopy(TREE)
    parent: Any = tree
    for step in way[:-1]:
        parent = parent[step]
    old = parent.pop(way[-1])
    if change == "retype" and isinstance(parent, dict):
        parent[way[-1]] = value
    elif change == "retype":
        parent.insert(way[-1], value)
    elif change == "rename" and isinstance(parent, dict):
        parent["renamed"] = old
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    # What was changed, or was in it: other parts may refer to these names.
    names = {"renamed", *map(str, way), *(str(step) for inner in ways(old) for step in inner)}
    names |= {"theremin", "percussion"} if way == ("instruments",) else set()
    for problem in faults(text):
        section = problem.where.split(".")[0].split("[")[0]
        missing = problem.message.startswith("is missing")
        assert missing or not section or top_key(text, problem.line) == section
        assert not section or any(name in problem.where or name in problem.message for name in names)


def faults(text: str) -> tuple[Problem, ...]:
    """All problems, if any."""
    try:
        loads(text, "p.yaml")
    except PresetError as error:
        return error.problems
    return ()


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(list(PresetFile.model_fields)) | st.text(max_size=4), anything, max_size=8))
def test_no_tree_raises_anything_but_a_preset_error(tree: dict[str, Any]) -> None:
    written = yaml.safe_dump(tree, allow_unicode=True)
    assert all(1 <= fault.line <= written.count("\n") + 1 for fault in faults(written))


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=80))
def test_no_bytes_raise_anything_but_a_preset_error(data: bytes | str) -> None:
    with pytest.raises(PresetError):
        loads(data, "p.yaml")


# ------------------------------------------------------------------------------------------------------------- finding
@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Folders of shipped presets and of one's own."""
    shipped, own = tmp_path / "shipped", paths.config_dir() / "presets"
    for folder in (shipped, own):
        folder.mkdir(parents=True)
    monkeypatch.setattr(paths, "presets_dir", lambda: shipped)
    return shipped, own


def test_ones_own_presets_come_before_the_shipped_ones(folders: tuple[Path, Path]) -> None:
    shipped, own = folders
    (shipped / "a.yaml").write_text("about: shipped")
    (shipped / "b.yaml").write_text("about: also\n  shipped")
    (own / "a.yml").write_text("about: mine")
    (own / "broken.yaml").write_text("[")
    assert loader.available() == [
        ("a", own / "a.yml", "mine"),
        ("b", shipped / "b.yaml", "also shipped"),
        ("broken", own / "broken.yaml", ""),
    ]
    assert loader.find("a") == own / "a.yml"
    assert loader.find("b") == shipped / "b.yaml"


def test_a_preset_is_found_beside_another_when_it_is_not_known_by_name(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    (folders[0] / "theremin.yaml").write_text(EXAMPLE)
    for name in ("theremin", "mine"):
        (tmp_path / f"{name}.yaml").write_text(EXAMPLE)
    beside = tmp_path / "any.yaml"
    assert loader.find("theremin", beside) == folders[0] / "theremin.yaml"
    assert loader.find("mine", beside) == tmp_path / "mine.yaml"
    with pytest.raises(UserError, match="there is no preset 'mien'"):
        loader.find("mien", beside)


def test_a_preset_is_found_by_its_file(folders: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(EXAMPLE)
    assert loader.find(str(path)) == path
    assert loader.find(path) == path


@pytest.mark.parametrize("name", ["theremn", "./theremn.yaml", "/none/theremn.yaml"])
def test_an_unknown_preset_is_told_with_those_there_are(name: str, folders: tuple[Path, Path]) -> None:
    (folders[0] / "theremin.yaml").write_text(EXAMPLE)
    with pytest.raises(UserError, match=r"did you mean 'theremin'\? Presets: theremin"):
        loader.find(name)


@pytest.mark.parametrize("name", ["", "\0", "a/\0", "x" * 5000, "..", "~"])
def test_no_name_raises_anything_but_a_user_error(name: str, folders: tuple[Path, Path]) -> None:
    with pytest.raises(UserError):
        loader.find(name)


# ----------------------------------------------------------------------------------------- schema, starter, reference
@pytest.mark.parametrize("name", ["theremin", "drone", "grains", "drums"])
def test_every_shipped_preset_loads_and_follows_the_schema(name: str) -> None:
    path = paths.presets_dir() / f"{name}.yaml"
    loader.load(path)
    assert follows(path.read_text(encoding="utf-8"))


def follows(text: str) -> bool:
    root = schema()
    return valid(json.loads(json.dumps(yaml.safe_load(text))), root, root)


@pytest.mark.parametrize("name", ["./" + "a" * 300 + ".yaml", "~nobody-of-that-name/a.yaml"])
def test_the_way_to_a_file_that_cannot_be_looked_at_is_a_sentence(name: str) -> None:
    with pytest.raises(UserError, match=r"cannot be read: File name too long|there is no file"):
        loader.load(loader.find(name))


def test_the_schema_accepts_what_loads() -> None:
    own_name = SMALL + "instruments: {lead: {kind: drone, level: -20 dB}, theremin: }\nmodel: {kind: mlp, alpha: 2}\n"
    for text in (EXAMPLE, SMALL, own_name, yaml.safe_dump(TREE)):
        loads(text, "p.yaml")
        assert follows(text)


@pytest.mark.parametrize(
    "change",
    [
        ("name: x", "nme: x"),
        ("[lean]", "[leen]"),
        ("[lean]", "[]"),
        ("theremin.pitch", "pitch"),
        ("}}", "}}\nmodel: rbff"),
        ("}}", "}}\nsnapshots: {12: {}}"),
        ("}}", "}}\nidle: {after: 3 dB}"),
        ("}}", "}}\nmaster: {ceiling: 0}"),
        ("}}", "}}\ninstruments: {theremin: {vibrato: 400}}"),
        ("}}", "}}\ninstruments: {lead: {kind: theremin, vibrto: 1}}"),
        ("}}", "}}\ninstruments: {lead: {vibrato: 1}}"),
        ("}}", "}}\nclasses: {a: {snapshot: 10}, b: }"),
        ("}}", "}}\nclasses: {a: {preset: ../b}, b: }"),
        ("}}", "}}\nclasses: {a: {preset: b.yaml}, b: }"),
        ("}}", "}}\nclasses: {a: {strikes: 1}, b: }"),
        ("}}", "}}\nosc: [{port: 9000}]"),
        ("}}", "}}\nosc: [{port: 70000, address: /a}]"),
        ("}}", "}}\nosc: [{port: 9000, address: /a, rate: 1000}]"),
    ],
)
def test_the_schema_refuses_what_does_not_load(change: tuple[str, str]) -> None:
    text = SMALL.replace(*change)
    assert problems(text)
    assert not follows(text)


@pytest.mark.parametrize("kind", list(catalogue()))
def test_a_new_preset_loads_and_follows_the_schema(kind: str) -> None:
    text = new("Mine: 'first' #1", kind)
    piece = loads(text, "p.yaml")
    assert piece.name == "Mine: 'first' #1"
    assert piece.outputs[-1].to == f"{kind}.level"
    assert follows(text)


@pytest.mark.parametrize("kind", ["theremin", "percussion"])
def test_a_new_preset_plays_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(new("Mine", kind))
    piece = loader.load(path)
    write_csv(starter_examples(piece), piece.examples_path)
    mapping = fit(fit_job(piece))

    def pose(*positions: float) -> np.ndarray[Any, np.dtype[np.float64]]:
        spans = [(FEATURES[name].low, FEATURES[name].high) for name in piece.features]
        return np.array([low + (high - low) * at for (low, high), at in zip(spans, positions, strict=True)])

    for positions in ((0.1, 0.5, 0.9), (0.5, 0.5, 0.5), (0.8, 0.2, 0.15)):
        assert mapping.confidence(pose(*positions)) == 1.0
        assert mapping.predict(pose(*positions)) == pytest.approx(positions, abs=0.03)
    if piece.classes:
        poses = {"kick": pose(1.0, 0.5, 0.0), "snare": pose(0.0, 0.5, 1.0), "none": pose(0.5, 0.5, 0.5)}
        for name, features in poses.items():
            assert mapping.classify(features)[0] == name
            assert mapping.classify(features)[1] > piece.classifier.confidence


@pytest.mark.parametrize("name", ["", "x" * 81, "a\x07", "\ud800"])
def test_a_new_preset_needs_a_name(name: str) -> None:
    with pytest.raises(UserError):
        new(name, "theremin")


def test_a_new_preset_needs_an_instrument() -> None:
    with pytest.raises(UserError, match="did you mean 'drone'"):
        new("x", "dronee")


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_name_that_is_taken_is_kept(name: str) -> None:
    try:
        text = new(name, "theremin")
    except UserError:
        return
    assert loads(text, "p.yaml").name == " ".join(name.split())


def test_the_reference_has_every_key() -> None:
    page = reference()
    for name, part in schema()["$defs"].items():
        if not name.startswith("instrument-") and name not in {"InstrumentEntry", "ModelEntry"}:
            assert all(f"| `{key}` |" in page for key in part["properties"])
    assert all(f"| `{key}` |" in page for key in PresetFile.model_fields)
    assert EXAMPLE in page
