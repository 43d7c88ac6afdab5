"""Patterns of a preset, and triggers that wait for the beat: what they become, and mistakes with their places."""

from __future__ import annotations

import pytest

from gesturesynth.config.preset.loader import loads
from gesturesynth.runtime.patterns import PatternSetup, Rhythm
from tests.support.preset_texts import only_problem

TEXT = """name: x
features: [lean]
outputs:
  busy: {to: ring.density}
patterns:
  ring: {trigger: bells.strike, rhythm: [5, 16], rotate: 2, chance: 0.8, every: 1/8t, bars: 8, fill: x.x. |x.xx}
  low: {trigger: percussion.kick, rhythm: x...}
classes:
  up: {trigger: bells.strike, on: 1/8}
  down:
"""


def test_patterns_reach_the_engine_with_all_their_keys() -> None:
    preset = loads(TEXT, "p.yaml")
    fill = Rhythm(8, 5, (True, False, True, False, True, False, True, True))
    ring = PatternSetup("ring", "bells.strike", Rhythm(16, 5), 1 / 12, 2, 0, 1.0, 0.8, 8, fill)
    low = PatternSetup("low", "percussion.kick", Rhythm(4, 1, (True, False, False, False)))
    scene = preset.scene()
    assert scene.on_beat.patterns == (ring, low)
    assert scene.on_beat.grids == {"bells.strike": 0.125}
    assert scene.parameters == ("ring.density",)
    assert [setup.name for setup in scene.instruments] == ["bells", "percussion"], "built although no output names them"
    assert preset.tempo is not None, "a pattern needs a beat"


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence"),
    [
        ("[5, 16]", "[17, 16]", "6:41", "17 is outside 0 to 16"),
        ("[5, 16]", "[5]", "6:41", "expected two numbers, strokes then steps"),
        ("x...", "x..o", "7:43", "expected strokes and steps, as in `[5, 16]`, or up to 64 steps one by one"),
        ("bells.strike, rhythm", "bells.stroke, rhythm", "6:19", "'stroke' is not a trigger of 'bells', did you mean"),
        ("every: 1/8t", "every: 8", "6:81", "expected the length of a note"),
        ("bars: 8", "bars: 0", "6:93", "0 is outside 1 to 64"),
        ("ring.density", "ring.level", "4:14", "'level' is not a parameter of 'pattern'"),
        ("  low:", "  pluck:", "7:3", "'pluck' is the name of an instrument or a bus; a pattern needs another"),
        ("down:", "down: {on: 1/4}", "10:10", "there is no `trigger` that could wait for it"),
        ("down:", "down: {trigger: bells.strike}", "10:19", "'bells.strike' is fired on 1/8 elsewhere"),
        ("on: 1/8", "on: 1/5", "9:35", "'1/5' is not the length of a note"),
    ],
)
def test_mistakes_are_sentences_with_a_place(old: str, new: str, place: str, sentence: str) -> None:
    assert old in TEXT
    problem = only_problem(TEXT.replace(old, new))
    assert f"{place}:" in problem
    assert sentence in problem


def test_what_stays_fixed_about_a_pattern_is_not_moved_as_well() -> None:
    assert "fixed here, but moved by the output 'busy'" in only_problem(TEXT.replace("chance: 0.8", "density: 0.8"))
