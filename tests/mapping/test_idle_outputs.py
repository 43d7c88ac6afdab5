"""Outputs that are switched off while it plays: they glide to idle, and nothing moves them until they are on again."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.mapper_player import HIGH, LOW, MAPPING, MAX_STEP, UNTAUGHT, WIDE, MapperPlayer, fitted_mapping

OTHER = fitted_mapping([(LOW, "", (1760.0, -10.0)), (HIGH, "", (110.0, -38.0)), (WIDE, "", (220.0, -12.0))])
IMAGES = {"low": LOW, "high": HIGH, "wide": WIDE, "unknown": UNTAUGHT, "no person": None}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("show"), st.sampled_from([*IMAGES])),
        st.tuples(st.just("hold"), st.lists(st.floats(0.0, 1.0), min_size=2, max_size=2)),
        st.tuples(st.just("release"), st.none()),
        st.tuples(st.just("model"), st.sampled_from([MAPPING, OTHER])),
    ),
    max_size=8,
)


def act(player: MapperPlayer, step: tuple[str, Any]) -> None:
    kind, value = step
    if kind == "show":
        player.play(0.5, IMAGES[value])
    elif kind == "hold":
        player.mapper.hold(np.array(value))
        player.play(0.1, LOW)
    elif kind == "release":
        player.mapper.release(player.time_s)
        player.play(0.1, HIGH)
    else:
        player.mapper.change_model(value, player.time_s)
        player.play(0.1, WIDE)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(STEPS, STEPS, st.sampled_from(["pitch", "level"]))
def test_whatever_happens_an_output_that_is_off_stays(before: list[Any], after: list[Any], off: str) -> None:
    player = MapperPlayer()
    player.play(0.3, LOW)
    for step in before:
        act(player, step)
    player.mapper.idle_outputs = frozenset({off})
    player.play(4.0, HIGH)  # the glide to idle
    kept = player.mapper.positions[off]
    if off == "level":
        assert kept == 0.0  # its idle value
    for step in after:
        act(player, step)
        assert player.mapper.positions[off] == kept


def test_it_glides_to_idle_and_back_without_a_step() -> None:
    player = MapperPlayer()
    player.play(2.0, HIGH)
    player.mapper.idle_outputs = frozenset({"level"})
    half = player.play(0.75, HIGH)[-1]
    assert 0.1 < half.positions[1] < 0.9
    assert half.positions[0] > 0.95
    assert player.play(1.5, HIGH)[-1].positions[1] == 0.0
    player.mapper.idle_outputs = frozenset()
    assert player.play(0.5, HIGH)[-1].positions[1] > 0.9
    steps = np.abs(np.diff([frame.positions for frame in player.frames[120:]], axis=0))
    assert steps.max() <= MAX_STEP


def test_an_output_that_is_let_go_while_a_sound_is_held_glides() -> None:
    player = MapperPlayer()
    player.play(2.0, HIGH)
    player.mapper.hold(np.array([0.2, 1.0]))
    player.play(0.5, HIGH)
    since = len(player.frames)
    player.mapper.idle_outputs = frozenset({"level"})
    player.play(3.0, HIGH)
    level = np.array([frame.positions[1] for frame in player.frames[since:]])
    assert level[0] > 0.95
    assert level[-1] == 0.0
    assert np.abs(np.diff(level)).max() < 0.03
    assert player.frames[-1].positions[0] == 0.2
