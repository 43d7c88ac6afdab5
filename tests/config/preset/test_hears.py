"""Features of the microphone in presets, and the settings of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gesturesynth.config.json_schema import preset_schema, settings_schema
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.inputs_alone import by_inputs_alone
from gesturesynth.config.settings.settings import Settings, loads
from gesturesynth.config.yaml.document import FileError
from gesturesynth.features.computed.definition import label
from gesturesynth.runtime.ear_reading import EAR, NAMES
from gesturesynth.runtime.inputs import InputSetup
from gesturesynth.synthesis.ear.listener import EarSettings
from tests.support import json_schema
from tests.support.preset_texts import only_problem

EAR_INPUT = InputSetup(EAR, "", len(NAMES))
HUM = """\
name: Hum
features: [ear.loudness, hits, ear.bands]
computed: {hits: {expression: "onsets(ear.onset, 0.5, 2 s)", range: [0, 8]}}
outputs: {pitch: {to: theremin.pitch}}
"""


def test_a_preset_that_names_a_feature_of_it_listens() -> None:
    preset = loader.loads(HUM, "hum.yaml")
    assert preset.inputs == (EAR_INPUT,)
    assert [label(name) for name in preset.features] == [
        "ear.loudness",
        "hits",
        *(f"ear.band.{number}" for number in range(1, 9)),
    ]
    assert not by_inputs_alone(preset), "a computed feature counts as one of the body"
    schema = preset_schema()
    assert json_schema.valid(yaml.safe_load(HUM), schema, schema)


@pytest.mark.parametrize(
    "lines",
    [
        "features: [body.x]\noutputs: {pitch: {to: theremin.pitch, from: ear.pitch}}",
        "features: [body.x]\ninstruments: {theremin: {timbre: ear.brightness}}\noutputs: {pitch: {to: theremin.pitch}}",
        "features: [loud]\ncomputed: {loud: 1 - ear.band.3}\noutputs: {pitch: {to: theremin.pitch}}",
    ],
)
def test_wherever_it_is_named(lines: str) -> None:
    assert loader.loads(f"name: x\n{lines}\n", "x.yaml").inputs == (EAR_INPUT,)


def test_one_that_names_none_does_not_listen() -> None:
    text = "name: x\nfeatures: [body.x]\noutputs: {pitch: {to: theremin.pitch}}\n"
    assert loader.loads(text, "x.yaml").inputs == ()
    assert by_inputs_alone(loader.loads(text.replace("body.x", "ear.loudness"), "x.yaml"))


def test_mistakes_are_said() -> None:
    text = "name: x\nfeatures: [ear.loud]\noutputs: {pitch: {to: theremin.pitch}}\n"
    assert "did you mean 'ear.loudness'?" in only_problem(text)
    own = text.replace("ear.loud", "body.x") + "inputs: {ear: {address: /x}}\n"
    assert "'ear' has a meaning of its own" in only_problem(own)


def test_the_microphone_is_closed_unless_the_settings_open_it() -> None:
    assert Settings().ear.ear_settings() is None
    assert loads(b"ear: true\n", Path("s.yaml")).ear.ear_settings() == EarSettings()
    text = b"ear: {enabled: true, device: USB, floor: -40 dB, leak: -18 dB}\n"
    assert loads(text, Path("s.yaml")).ear.ear_settings() == EarSettings("USB", -40.0, -18.0)
    schema = settings_schema()
    assert json_schema.valid({"ear": True}, schema, schema)
    assert json_schema.valid(yaml.safe_load(text), schema, schema)
    with pytest.raises(FileError, match="expected `unknown`"):
        loads(b"ear: {enabled: true, leak: much}\n", Path("s.yaml"))
