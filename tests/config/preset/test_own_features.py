"""Features that a preset defines itself: `inputs` and `computed`."""

from __future__ import annotations

import pytest
import yaml

from gesturesynth.config.json_schema import preset_schema
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import PresetError
from gesturesynth.features.computed.definition import label
from gesturesynth.runtime.inputs import InputSetup
from tests.support import json_schema

PHONE = """\
name: Phone
features: [shake, phone, right_wrist.height]
inputs:
  phone: {address: /accxyz, n: 2, range: [-1, 1], rate_hint: 60}
  knob: {address: /1/knob}
computed:
  shake: deviation(phone.1, 500 ms)
  both: {expression: shake * knob.1, range: [0, 2]}
outputs:
  pitch: {to: theremin.pitch, from: phone.2}
  level: {to: theremin.level, range: [-30, -6], features: [shake]}
  tone: {to: theremin.timbre, from: both}
gesture_features: [both]
osc: [{port: 9001, address: /shake, what: shake}]
"""


def problems(text: str) -> list[str]:
    with pytest.raises(PresetError) as error:
        loader.loads(text, "here.yaml")
    return [problem.message for problem in error.value.problems]


def test_names_become_all_that_they_mean() -> None:
    preset = loader.loads(PHONE, "here.yaml")
    assert preset.inputs == (
        InputSetup("phone", "/accxyz", 2, -1.0, 1.0, 60.0),
        InputSetup("knob", "/1/knob", 1, 0.0, 1.0, 0.0),
    )
    assert preset.features == (
        "shake [0, 1] = deviation(phone.1, 500 ms)",
        "phone.1 [-1, 1] = phone.1",
        "phone.2 [-1, 1] = phone.2",
        "right_wrist.height",
    )
    assert preset.gesture_features == ("both [0, 2] = (deviation(phone.1, 500 ms)) * knob.1",)
    pitch, level, tone = preset.outputs
    assert pitch.source == "phone.2 [-1, 1] = phone.2"
    assert level.features == (preset.features[0],)
    assert label(tone.source) == "both"
    assert len(preset.source_features) == 2


def test_the_schema_for_editors_allows_what_the_program_allows() -> None:
    data, schema = yaml.safe_load(PHONE), preset_schema()
    assert json_schema.valid(data, schema, schema)
    data["features"] = ["No name!"]
    assert not json_schema.valid(data, schema, schema)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("[shake,", "[shak,", "'shak' is not a feature, did you mean 'shake'?"),
        ("from: phone.2", "from: phone.3", "'phone.3' is not a feature, did you mean 'phone.2'"),
        ("from: phone.2", "from: phone", "'phone' is 2 numbers; an output can follow one"),
        ("/accxyz", "accxyz", "an address begins with `/`"),
        ("/1/knob", "/accxyz", "'phone' has this address already"),
        ("[-1, 1]", "[1, -1]", "the low end comes first"),
        ("n: 2", "n: 513", "513 is outside 1 to 512"),
        ("  knob:", "  second:", "'second' has a meaning of its own"),
        ("  knob:", "  mean:", "'mean' has a meaning of its own"),
        ("  shake:", "  phone:", "'phone' is the name of an input already"),
        ("deviation(phone.1, 500 ms)", "1 / phone.1", "say it with `range`"),
        ("deviation(phone.1, 500 ms)", "both + 1", "'both' must stand above 'shake'"),
        ("deviation(phone.1, 500 ms)", "phone + 1", "'phone' is 2 numbers; an expression needs one, such as 'phone.1'"),
        ("deviation(phone.1, 500 ms)", "body.full + 1", "such as 'body.full."),
        ("deviation(phone.1, 500 ms)", "deviation(phone.1)", "write deviation(x, 1 s)"),
        ("deviation(phone.1, 500 ms)", "left_wrist.hight", "did you mean 'left_wrist.height'"),
        ("features: [shake]}", "features: [both]}", "'both' is not among the `features` of this preset"),
        ("what: shake", "what: both", "something that can be sent"),
    ],
)
def test_every_mistake_has_its_sentence(before: str, after: str, sentence: str) -> None:
    assert before in PHONE
    assert any(sentence in problem for problem in problems(PHONE.replace(before, after)))


def test_what_is_too_deep_with_all_its_parts_has_its_place() -> None:
    chain = "".join(f"  c{number}: {f'c{number - 1}' if number else 'phone.1'} + 1\n" for number in range(30))
    with pytest.raises(PresetError) as error:
        loader.loads(PHONE.replace("outputs:", f"{chain}outputs:"), "here.yaml")
    problem = error.value.problems[0]
    assert "with all that it is made of: brackets and calls within each other go deeper than 24" in problem.message
    assert problem.line == 1 + PHONE.replace("outputs:", f"{chain}outputs:").splitlines().index("  c24: c23 + 1")


def test_what_is_no_way_out_is_not_advised() -> None:
    text = PHONE.replace("deviation(phone.1, 500 ms)", "recent(phone.1, 3)")
    assert "'shake' is 3 numbers; an expression needs one" in problems(text)


def test_the_ends_of_a_range_are_as_they_were_written() -> None:
    preset = loader.loads(PHONE.replace("[-1, 1]", "[1000000, 1000001]"), "here.yaml")
    assert preset.features[1] == "phone.1 [1e+06, 1000001.0] = phone.1"


def test_several_numbers_of_one_expression_are_several_columns() -> None:
    text = PHONE.replace("deviation(phone.1, 500 ms)", "recent(phone.1, 3)").replace("shake * ", "")
    preset = loader.loads(text, "here.yaml")
    assert preset.features[0] == "shake [-1, 1] = recent(phone.1, 3)"
