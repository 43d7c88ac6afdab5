"""Mistakes in a preset: all of them are reported at once, each with its place and what is allowed."""

from __future__ import annotations

import pytest

from gesturesynth.config.preset.loader import loads
from tests.support.preset_texts import SMALL, only_problem, problems


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
        ("master: {loudness: -6 LUFS}", "4:20: master.loudness: -6 LUFS is outside -40 to -8 LUFS"),
        ("master: {loudness: -18 dB}", "4:20: master.loudness: 'dB' is not a unit for this, expected '1 LUFS'"),
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
def test_a_wrong_line_is_reported_with_its_place_and_what_is_allowed(line: str, problem: str) -> None:
    assert only_problem(f"{SMALL}{line}\n").startswith(problem)


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("a: {to: theremin.pich}", "outputs.a.to: 'pich' is not a parameter of 'theremin', did you mean 'pitch'?"),
        ("a: {to: thermin.pitch}", "outputs.a.to: 'thermin' is not an instrument, did you mean 'theremin'?"),
        ("a: {to: pitch}", "outputs.a.to: expected `instrument.parameter`, not 'pitch'"),
        (
            "a: {to: drone.level, glid: 3}",
            "outputs.a.glid: unknown key, did you mean 'glide'? Allowed: features, from, ",
        ),
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
        (
            "a: {to: drone.level, features: [leen]}",
            "outputs.a.features[0]: 'leen' is not one of this preset's features, ",
        ),
        (
            "a: {to: drone.level, features: [hands.distance]}",
            "outputs.a.features[0]: 'hands.distance' is not among the ",
        ),
        ("a: {to: drone.level, features: [lean, lean]}", "outputs.a.features[1]: 'lean' is in the list already"),
        ("a: {to: drone.level, features: []}", "outputs.a.features: is empty; at least one is needed"),
        ("a: {to: drone.level, features: lean}", "outputs.a.features: expected a list"),
        ("a: {to: drone.level, model: rigde}", "outputs.a.model: 'rigde' is not a model, did you mean 'ridge'?"),
        ("a: {to: drone.level, model: {kind: ridge, alfa: 2}}", "outputs.a.model.alfa: 'alfa' is not a setting of 'ri"),
        ("a: {to: drone.level, model: {kind: mlp, hidden: 0}}", "outputs.a.model.hidden: 0 is outside 1 to 256"),
    ],
)
def test_a_wrong_output_is_reported_with_what_is_allowed(output: str, problem: str) -> None:
    place, _, message = only_problem(f"{SMALL.removesuffix('}' + chr(10))},\n  {output}}}\n").partition(": ")
    assert place.startswith("4:")
    assert message.startswith(problem)


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
def test_wrong_features_are_reported(features: str, problem: str) -> None:
    assert only_problem(SMALL.replace("[lean]", features)).startswith(problem)


def test_a_class_that_changes_the_preset_cannot_hold_a_snapshot() -> None:
    text = SMALL + "snapshots: {2: {pitch: 200}}\nclasses: {a: {snapshot: 2, preset: b}, none: }\n"
    assert only_problem(text).startswith("5:15: classes.a.snapshot: a preset that is left holds nothing")


def test_what_is_wrong_about_an_address_and_its_host_is_reported_at_once() -> None:
    found = problems(SMALL + "osc: [{host: 1, port: 9000, address: b}, {port: 9000, address: /a, what: x}]\n")
    assert [line.split(": ")[1] for line in found] == ["osc[0].host", "osc[0].address", "osc[1].what"]


def test_a_preset_that_moves_nothing_is_reported() -> None:
    assert "`outputs`, `classes`, `gestures` or `words` are needed" in only_problem("name: x\nfeatures: [lean]\n")


def test_everything_that_is_wrong_is_reported_at_once() -> None:
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
def test_one_mistake_is_reported_once_whatever_refers_to_it(lead: str, problem: str) -> None:
    text = SMALL.replace("theremin.pitch}", "theremin.pitch}, other: {to: lead.level}")
    assert only_problem(f"{text}instruments: {{lead: {lead}}}\n").startswith(problem)


GESTURES = "gestures: {throw: {trigger: percussion.kick}, reach: }\n"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "gestures: {a: {trigger: percussion.kik}}",
            "4:25: gestures.a.trigger: 'kik' is not a trigger of 'percussion'",
        ),
        ("gestures: {a: {snapshot: 3}}", "4:26: gestures.a.snapshot: '3' is not in `snapshots`. Allowed: none"),
        ("gestures: {a: {hold: 0 s}}", "4:22: gestures.a.hold: 0 s is outside 0.1 to 600 s"),
        ("gestures: {a: {rest: 61 s}}", "4:22: gestures.a.rest: 61 s is outside 0 to 60 s"),
        ("gestures: {a: {triger: x}}", "4:16: gestures.a.triger: unknown key, did you mean 'trigger'?"),
        ("gestures: {a: , none: {preset: b}}", "4:17: gestures.none: `none` is for all that nothing comes of"),
        ("gestures: {none: }", "4:1: gestures: `none` alone is no gesture; add one"),
        ("gesture_features: [leen]", "4:20: gesture_features[0]: 'leen' is not a feature, did you mean 'lean'?"),
        ("gesture_features: [lean, lean]", "4:26: gesture_features[1]: 'lean' is in the list already"),
        ("gesture_features: []", "4:19: gesture_features: is empty; at least one is needed"),
    ],
)
def test_a_wrong_gesture_is_reported_with_its_place_and_what_is_allowed(line: str, problem: str) -> None:
    assert only_problem(f"{SMALL}{line}\n").startswith(problem)


def test_a_name_is_a_class_or_a_gesture_and_none_may_be_both() -> None:
    text = SMALL + "classes: {wave: , none: }\n"
    assert only_problem(text + "gestures: {wave: }\n").startswith("5:12: gestures.wave: 'wave' is a class, too")
    assert loads(text + "gestures: {throw: , none: }\n", "p.yaml").gesture_targets == ("throw",)
    assert loads(SMALL + "gestures: {throw: , none: }\n", "p.yaml").gesture_targets == ("throw", "none")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "thro.progress",
            "'thro' is not a gesture or a class of this preset, did you mean 'throw'? Allowed: throw, reach",
        ),
        (
            "throw.progres",
            "'progres' is not something that a gesture gives, did you mean 'progress'? Allowed: progress",
        ),
        ("throw", "expected `GESTURE.progress` or `CLASS.probability`, or a feature such as `body.x`, not 'throw'"),
        ("none.progress", "'none' is not a gesture or a class of this preset"),
    ],
)
def test_a_wrong_source_of_an_output_is_reported_with_what_is_allowed(source: str, problem: str) -> None:
    swell = f",\n  swell: {{to: theremin.timbre, from: {source}}}}}\n"
    found = only_problem(SMALL.removesuffix("}\n") + swell + GESTURES)
    assert found.startswith(f"4:38: outputs.swell.from: {problem}")


def test_a_snapshot_cannot_hold_an_output_that_follows_a_gesture() -> None:
    swell = ",\n  swell: {to: theremin.timbre, from: throw.speed}}\n"
    found = only_problem(SMALL.removesuffix("}\n") + swell + GESTURES + "snapshots: {1: {swell: 0.5}}\n")
    assert found.startswith("6:17: snapshots.1.swell: 'swell' follows `throw.speed` at all times; a snapshot cannot")


def test_what_other_programs_get_may_be_a_reading_of_a_gesture() -> None:
    for what in ("gestures", "throw.progress", "reach.speed"):
        preset = loads(SMALL + GESTURES + f"osc: [{{port: 9000, address: /a, what: {what}}}]\n", "p.yaml")
        assert preset.osc[0].what == what
    found = only_problem(SMALL + GESTURES + "osc: [{port: 9000, address: /a, what: throw.progres}]\n")
    assert "did you mean 'throw.progress'?" in found


def test_an_output_that_follows_a_gesture_has_no_model_and_no_features_of_its_own() -> None:
    for key, value in (("features", "[lean]"), ("model", "ridge")):
        swell = f",\n  swell: {{to: theremin.timbre, from: throw.speed, {key}: {value}}}}}\n"
        found = only_problem(SMALL.removesuffix("}\n") + swell + GESTURES)
        assert f"outputs.swell.{key}: an output that follows `throw.speed` is not learnt; leave `{key}` out" in found
