"""A preset asks for as many people as its features are of."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.preset.loader import PresetError, loads

PRESET = """
name: Two
about: A test.
features: [right_wrist.height{more}]
gesture_features: [{gestures}]
outputs:
  pitch: {{to: theremin.pitch, range: [110, 880], unit: Hz}}
  level: {{to: theremin.level, range: [-40, -9], unit: dB{source}}}
instruments: {{theremin: {{pan: {pan}}}}}
{people}
"""


def text(*, more: str = "", source: str = "", pan: str = "0", people: str = "", gestures: str = "lean") -> str:
    return PRESET.format(more=more, source=source, pan=pan, people=people, gestures=gestures)


@pytest.mark.parametrize(
    ("wrong", "place", "name", "least"),
    [
        (text(more=", second.lean"), "features[1]", "second.lean", "2` or more"),
        (text(more=", second.lean", people="people: 1"), "features[1]", "second.lean", "2` or more"),
        (text(more=", pair.distance"), "features[1]", "pair.distance", "2` or more"),
        (text(more=", third.lean, second.lean", people="people: 2"), "features[1]", "third.lean", "3` or more"),
        (text(more=", sixth.lean", people="people: 5"), "features[1]", "sixth.lean", "6`"),
        (text(source=", from: people.energy"), "outputs.level.from", "people.energy", "2` or more"),
        (text(pan="nearest.body.x"), "theremin", "nearest.body.x", "2` or more"),
        (text(gestures="second.lean"), "gesture_features[0]", "second.lean", "2` or more"),
    ],
)
def test_a_feature_of_several_people_needs_the_key(
    tmp_path: Path, wrong: str, place: str, name: str, least: str
) -> None:
    with pytest.raises(PresetError) as caught:
        loads(wrong, tmp_path / "a.yaml")
    message = str(caught.value)
    assert place in message
    assert f"'{name}' is of several people: the preset needs `people: {least}" in message
    assert len(message.splitlines()) == 1


def test_a_computed_feature_needs_the_people_in_its_expression(tmp_path: Path) -> None:
    computed = "computed: {apart: {expression: abs(lean - third.lean), range: [0, 90]}}"
    with pytest.raises(PresetError, match=r"'third\.lean' is of several people: the preset needs `people: 3`"):
        loads(text(more=", apart", people=computed), tmp_path / "a.yaml")
    assert loads(text(more=", apart", people=f"{computed}\npeople: 3"), tmp_path / "a.yaml").outputs


@pytest.mark.parametrize(
    "right",
    [
        text(more=", second.lean, pair.facing, people.count", people="people: 2"),
        text(more=", sixth.lean", people="people: 6"),
        text(more=", first.lean"),
        text(source=", from: second.energy", pan="leftmost.body.x", people="people: 3"),
    ],
)
def test_with_the_key_all_roles_can_be_named(tmp_path: Path, right: str) -> None:
    assert loads(right, tmp_path / "a.yaml").outputs


@pytest.mark.parametrize("people", ["17", "many", "0"])
def test_what_is_no_number_of_people_is_said_once(tmp_path: Path, people: str) -> None:
    with pytest.raises(PresetError) as caught:
        loads(text(more=", second.lean", people=f"people: {people}"), tmp_path / "a.yaml")
    assert "people: " in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
