"""Outputs that move no instrument: numbers for other programs."""

from __future__ import annotations

import pytest
import yaml

from gesturesynth.config.json_schema import preset_schema
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import PresetError
from tests.support import json_schema

LAMPS = """\
name: Lamps
features: [right_wrist.height]
outputs:
  lamp: {range: [0, 255], whole: true}
  pitch: {to: theremin.pitch, range: [110, 880]}
  turn: {range: [90, -90], unit: deg, limits: soft}
  blur: {from: right_wrist.height}
snapshots: {"1": {lamp: 0, turn: 45 deg}, "2": {lamp: 255}}
osc: [{port: 9001, address: /lamp, what: lamp}]
"""


def test_they_have_any_range_and_do_not_reach_the_engine() -> None:
    preset = loader.loads(LAMPS, "here.yaml")
    lamp, _, turn, blur = preset.outputs
    assert (lamp.to, lamp.low, lamp.high, lamp.whole, lamp.glide_s, lamp.idle) == ("", 0.0, 255.0, True, 0.0, None)
    assert (turn.unit, turn.ends) == ("deg", (-90.0, 90.0))
    assert turn.soft_limits
    assert (blur.low, blur.high, blur.source) == (0.0, 1.0, "right_wrist.height")
    assert preset.scene().parameters == ("theremin.pitch",)
    assert preset.heard_outputs() == (1,)
    assert [setup.name for setup in preset.instruments] == ["theremin"]


def test_a_preset_may_have_no_others_and_voices_and_scenes_of_its_own() -> None:
    alone = loader.loads("name: A\nfeatures: [body.x]\noutputs: {x: {}, y: {}}\n", "here.yaml")
    assert not alone.instruments
    assert not alone.scene().parameters
    scenes = LAMPS + "scenes: {day: {outputs: {sun: {}}}, night: {outputs: {star: {to: bells.rate}}}}\n"
    preset = loader.loads(scenes, "here.yaml")
    assert preset.scene("day").parameters == ("theremin.pitch", "bells.rate")
    assert preset.scene("night").silent == ()
    assert preset.scene("day").silent == ("bells",)


def test_the_schema_for_editors_allows_them() -> None:
    schema = preset_schema()
    assert json_schema.valid(yaml.safe_load(LAMPS), schema, schema)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("[0, 255]", "[1, 1]", "the two ends must differ"),
        ("[0, 255]", "[0, 1e12]", "outside"),
        ("[0, 255]", "[0, 100 Hz]", "Hz"),
        ("unit: deg", "unit: s, warp: exp", "`exp` needs both ends of the range above 0"),
        ("[90, -90], unit: deg", "[1/4, 1/16], unit: s", "1/4"),
        ("lamp: 0,", "lamp: 0.5,", "'lamp' plays whole numbers only"),
        ("lamp: 0,", "lamp: 300,", "outside 0 to 255"),
    ],
)
def test_every_mistake_has_its_sentence(before: str, after: str, sentence: str) -> None:
    assert before in LAMPS
    with pytest.raises(PresetError) as error:
        loader.loads(LAMPS.replace(before, after), "here.yaml")
    assert any(sentence in problem.message for problem in error.value.problems), error.value.problems
