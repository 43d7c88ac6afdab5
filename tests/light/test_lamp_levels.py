"""The levels of one lamp, from what the piece does."""

from __future__ import annotations

import math

import pytest

from gesturesynth.light.lamp_levels import LampLevels
from gesturesynth.runtime.light_message import LampSetup, LampSource
from gesturesynth.runtime.piece_state import VoiceState
from tests.support.lamps import voice

LEVEL = LampSource("output", "level")
FULL = LampSource(value=1.0)


def levels(setup: LampSetup, now: VoiceState | None, *, flash: bool = False) -> tuple[float, ...]:
    """As it is at the first step, which does not glide."""
    return LampLevels(setup).step(now, 0.0, flash=flash)


def lamp(components: str = "w", level: LampSource = LEVEL, **others: object) -> LampSetup:
    return LampSetup("lamp", 1, 1, components, level=level, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("setup", "level"),
    [
        (lamp(), 0.5),
        (lamp(square=True), 0.25),
        (lamp(low=0.2, high=0.8), 0.5),
        (lamp(low=1.0, high=0.0, square=True), 0.75),
        (lamp(level=LampSource(value=0.3)), 0.3),
        (lamp(level=LampSource("feature", "body.x", low=-1.0, high=3.0)), 0.75),
        (lamp(level=LampSource("class", "up")), 1.0),
        (lamp(level=LampSource("class", "down")), 0.0),
        (lamp(level=LampSource("output", "of_another_scene")), 0.0),
    ],
)
def test_what_a_level_follows(setup: LampSetup, level: float) -> None:
    now = voice({"level": 0.5}, features={"body.x": 2.0}, recognised="up")
    assert levels(setup, now) == pytest.approx((level,))


@pytest.mark.parametrize(("value", "level"), [(-5.0, 0.0), (7.0, 1.0)])
def test_a_feature_beyond_its_range_is_the_end(value: float, level: float) -> None:
    setup = lamp(level=LampSource("feature", "body.x", low=0.0, high=1.0))
    assert levels(setup, voice(features={"body.x": value})) == (level,)


def test_a_feature_that_is_not_seen_keeps_the_last_level() -> None:
    one = LampLevels(lamp(level=LampSource("feature", "body.x"), glide_s=0.0))
    assert one.step(voice(features={"body.x": 0.7}), 0.0) == (0.7,)
    assert one.step(voice(features={"body.x": math.nan}), 0.1) == (0.7,)


@pytest.mark.parametrize(
    ("hue", "colour"),
    [(0.0, (1.0, 0.0, 0.0)), (0.25, (0.5, 1.0, 0.0)), (0.5, (0.0, 1.0, 1.0)), (1.0, (1.0, 0.0, 0.0))],
)
def test_a_colour_follows_its_hue(hue: float, colour: tuple[float, ...]) -> None:
    setup = lamp("rgb", level=FULL, hue=LampSource("output", "hue"))
    assert levels(setup, voice({"hue": hue})) == pytest.approx(colour)


def test_hues_between_two_ends_saturation_and_white() -> None:
    hue = LampSource("output", "hue")
    now = voice({"hue": 1.0, "colourful": 0.25})
    assert levels(lamp("rgb", level=FULL, hue=hue, hues=(0.0, 240.0)), now) == pytest.approx((0.0, 0.0, 1.0))
    pale = LampSource("output", "colourful")
    setup = lamp("rgbw", level=LampSource(value=0.8), hue=hue, hues=(0.0, 120.0), saturation=pale)
    assert levels(setup, now) == pytest.approx((0.0, 0.2, 0.0, 0.6))


def test_a_change_glides() -> None:
    one = LampLevels(lamp(glide_s=1.0))
    assert one.step(voice({"level": 0.0}), 0.0) == (0.0,)
    half = one.step(voice({"level": 1.0}), 0.25)[0]
    late = one.step(voice({"level": 1.0}), 1.0)[0]
    assert 0.0 < half < late < 1.0
    assert late == pytest.approx(0.95, abs=0.01)


def test_idle_without_a_person_and_without_a_piece() -> None:
    dim, plain = lamp(idle=0.1), lamp()
    away = voice({"level": 0.6}, present=False)
    assert (levels(dim, away), levels(plain, away)) == ((0.1,), (0.6,))
    assert (levels(dim, None), levels(plain, None)) == ((0.1,), (0.0,))


def test_a_flash_begins_at_once_and_fades() -> None:
    one = LampLevels(lamp(level=LampSource(value=0.0), decay_s=0.4, glide_s=5.0))
    begun = [one.step(voice(), 10.0 + n / 10, flash=n == 0)[0] for n in range(6)]
    assert begun == pytest.approx([1.0, 0.75, 0.5, 0.25, 0.0, 0.0], abs=1e-6)


def test_a_flash_that_has_faded_is_not_the_lowest_level() -> None:
    one = LampLevels(lamp(level=LampSource(value=1.0), low=0.5, high=0.0))
    assert one.step(voice(), 0.0) == (0.0,)
    assert one.step(voice(), 1.0) == (0.0,)
