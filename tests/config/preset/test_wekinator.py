"""The key `wekinator` of a preset."""

from __future__ import annotations

import pytest
import yaml

from gesturesynth.config.json_schema import preset_schema
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.inputs_alone import by_inputs_alone
from gesturesynth.config.preset.loader import PresetError
from gesturesynth.config.preset.wekinator_preset import TEXT, ready_preset
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.features.catalogue import feature
from gesturesynth.features.computed.definition import label
from gesturesynth.runtime.inputs import InputSetup
from tests.support import json_schema

FULL = """\
name: Full
wekinator: {inputs: 3, outputs: 2, range: [-1, 1], address: /in, send_to: {host: localhost, port: 9000, address: /out}}
outputs:
  out_2: {range: [1, 4], whole: true}
  pitch: {to: theremin.pitch}
gestures: {throw: {snapshot: 1}}
snapshots: {"1": {out_1: 0.5}}
"""


def test_it_stands_for_an_input_outputs_and_a_receiver() -> None:
    preset = loader.loads("name: W\nwekinator: {inputs: 2, outputs: 3}\n", "here.yaml")
    assert preset.inputs == (InputSetup("wek", "/wek/inputs", 2),)
    assert [label(name) for name in preset.features] == ["wek.1", "wek.2"]
    assert [(o.name, o.to, o.ends) for o in preset.outputs] == [(f"out_{i}", "", (0.0, 1.0)) for i in (1, 2, 3)]
    assert preset.wekinator == OscTarget("127.0.0.1", 12000, "/wek/outputs", at_once=True)
    assert by_inputs_alone(preset)
    assert not preset.tracking_request.hands


def test_everything_about_it_can_be_said() -> None:
    preset = loader.loads(FULL, "here.yaml")
    assert preset.inputs == (InputSetup("wek", "/in", 3, -1.0, 1.0),)
    assert [output.name for output in preset.outputs] == ["out_1", "out_2", "pitch"]
    assert preset.outputs[1].ends == (1.0, 4.0)
    assert preset.wekinator == OscTarget("localhost", 9000, "/out", at_once=True)
    assert [label(name) for name in preset.gesture_features] == ["wek.1", "wek.2", "wek.3"]


def test_body_features_may_stand_beside_it() -> None:
    text = "name: B\nfeatures: [wek, body.x]\nwekinator: {inputs: 2, outputs: 1}\ninputs: {knob: {address: /knob}}\n"
    preset = loader.loads(text, "here.yaml")
    assert [label(name) for name in preset.features] == ["wek.1", "wek.2", "body.x"]
    assert [one.name for one in preset.inputs] == ["wek", "knob"]
    assert not by_inputs_alone(preset)


def test_the_schema_for_editors_allows_it_without_features() -> None:
    schema = preset_schema()
    data = yaml.safe_load(FULL)
    assert json_schema.valid(data, schema, schema)
    del data["wekinator"]
    assert not json_schema.valid(data, schema, schema)


def test_the_ready_preset_is_written_once_and_loads() -> None:
    path, written = ready_preset()
    assert written
    assert path.read_text() == TEXT
    path.write_text(TEXT.replace("inputs: 10", "inputs: 66"))
    assert ready_preset() == (path, False)
    assert len(loader.load(loader.find("wekinator")).features) == 66


@pytest.mark.parametrize(
    ("before", "after", "where", "sentence"),
    [
        ("inputs: 3", "inputs: 513", "wekinator.inputs", "513 is outside 1 to 512"),
        ("inputs: 3, ", "", "wekinator.inputs", "is missing"),
        ("outputs: 2", "outputs: 513", "wekinator.outputs", "513 is outside"),
        ("range: [-1, 1]", "range: [1, -1]", "wekinator.range", "the low end comes first"),
        ("/in,", "in,", "wekinator.address", "an address begins with `/`"),
        ("host: localhost", "host: example.org", "wekinator.send_to.host", "not an IPv4 address"),
        ("address: /out", "address: /ou*", "wekinator.send_to.address", "not an OSC address"),
        ("port: 9000", "port: 0", "wekinator.send_to.port", "outside"),
        ("gestures:", "inputs: {wek: {address: /a}}\ngestures:", "inputs.wek", "`wekinator` defines this input"),
        ("snapshots:", "osc: [{port: 1, address: /a, what: out_3}]\nsnapshots:", "osc[0].what", "out_1"),
    ],
)
def test_every_mistake_has_its_sentence(before: str, after: str, where: str, sentence: str) -> None:
    assert before in FULL
    with pytest.raises(PresetError) as error:
        loader.loads(FULL.replace(before, after), "here.yaml")
    assert any(sentence in one.message and one.where == where for one in error.value.problems), error.value.problems


def test_each_number_may_have_a_range_and_an_output_may_follow_some_of_them() -> None:
    text = (
        "name: R\nwekinator: {inputs: 3, outputs: 1, ranges: [[0, 1], [-5, 5], [0, 500]], input_names: [a, b, c]}\n"
        "outputs: {out_1: {features: [wek.1, wek.3]}}\n"
    )
    preset = loader.loads(text, "here.yaml")
    assert [(one.low, one.high) for one in map(feature, preset.features)] == [(0, 1), (-5, 5), (0, 500)]
    assert [label(name) for name in preset.outputs[0].features] == ["wek.1", "wek.3"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("wekinator: {inputs: 2, outputs: 1, ranges: [[0, 1]]}", "1 ranges, where a message has 2 numbers"),
        ("wekinator: {inputs: 1, outputs: 1, ranges: [[1, 1]]}", "the low end comes first"),
        (
            "wekinator: {inputs: 2, outputs: 1}\noutputs: {out_1: {features: [wek.3]}}",
            "unknown feature|not among|is not",
        ),
    ],
)
def test_ranges_and_chosen_inputs_that_cannot_be(line: str, sentence: str) -> None:
    with pytest.raises(PresetError, match=sentence):
        loader.loads(f"name: R\n{line}\n", "here.yaml")
