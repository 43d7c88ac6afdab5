"""The key `light` of a preset: what it means, and what is wrong with it."""

from __future__ import annotations

import pytest

from gesturesynth.config.preset.loader import loads
from gesturesynth.runtime.light_message import LampSetup, LampSource, LightSetup
from tests.support.preset_texts import SMALL, only_problem

PIECE = """\
name: x
features: [lean, hands.distance]
tempo: 90
outputs: {pitch: {to: theremin.pitch}}
classes: {up: {trigger: percussion.kick}, none: }
gestures: {wave: }
"""


def setup(lamp: str, text: str = PIECE) -> LampSetup:
    [found] = loads(f"{text}light: {{one: {lamp}}}\n", "p.yaml").light.lamps
    return found


def test_a_preset_without_lamps_has_none() -> None:
    assert loads(SMALL, "p.yaml").light == LightSetup()


def test_a_lamp_has_everything_that_is_written() -> None:
    lamp = setup(
        "{channel: 7, universe: 3, kind: rgbw, bits: 16, level: hands.distance, hue: pitch, hues: [240, 0], "
        "saturation: up, range: [10, 90], curve: square, flash: [up, wave, percussion.kick, beat], decay: 2 s, "
        "idle: 5 %, glide: 1 s}"
    )
    feature = lamp.level
    assert (feature.kind, feature.name, feature.low < feature.high) == ("feature", "hands.distance", True)
    assert lamp == LampSetup(
        "one",
        3,
        7,
        "rgbw",
        wide=True,
        level=feature,
        hue=LampSource("output", "pitch"),
        saturation=LampSource("class", "up"),
        hues=(240.0, 0.0),
        low=0.1,
        high=0.9,
        square=True,
        flash=("up", "wave", "percussion.kick", "beat"),
        decay_s=2.0,
        idle=0.05,
        glide_s=1.0,
    )
    assert lamp.width == 8


@pytest.mark.parametrize(
    ("lamp", "level"),
    [("{channel: 1}", 1.0), ("{channel: 1, flash: up}", 0.0), ("{channel: 1, level: 40 %}", 0.4)],
)
def test_a_fixed_level_and_the_usual_one(lamp: str, level: float) -> None:
    assert setup(lamp).level == LampSource(value=level)


@pytest.mark.parametrize(("hue", "part"), [("120 deg", 1 / 3), ("0", 0.0), ("360", 1.0), ("480", 1 / 3)])
def test_a_fixed_hue_is_an_angle(hue: str, part: float) -> None:
    lamp = setup(f"{{channel: 1, kind: rgb, hue: {hue}, hues: [30, 40]}}")
    assert (lamp.hue.kind, lamp.hues) == ("constant", (0.0, 360.0))
    assert lamp.hue.value == pytest.approx(part)


@pytest.mark.parametrize(
    ("lamp", "sentence"),
    [
        ("{level: pitch}", "light.one.channel: is missing"),
        ("{channel: 1, level: ptich}", "'ptich' is not an output, a class or one of this preset's features, did you"),
        ("{channel: 1, level: body.x}", "'body.x' is not an output, a class or one of this preset's features"),
        ("{channel: 1, level: 120 %}", "120 % is outside 0 to 100 %"),
        ("{channel: 0}", "0 is outside 1 to 512"),
        ("{channel: 511, kind: rgb}", "its last channel would be 513; a universe has 512"),
        ("{channel: 1, bits: 12}", "a component has 8 or 16 bits, not 12"),
        ("{channel: 1, flash: pitch}", "'pitch' is not something that happens in this preset"),
        ("{channel: 1, hue: pitch}", "a dimmer has no colour"),
        ("{channel: 1, spacing: 8}", "only with `voices: per_person`"),
        ("{channel: 1, kind: strobe}", "'strobe' is not a kind of lamp. Allowed: dimmer, rgb, rgbw"),
        ("{channel: 1, chanel: 2}", "unknown key, did you mean 'channel'?"),
        ("{channel: 2}, two: {channel: 1, bits: 16}", "channel 2 of universe 1 is that of 'one' already"),
    ],
)
def test_what_is_wrong_is_said(lamp: str, sentence: str) -> None:
    assert sentence in only_problem(f"{PIECE}light: {{one: {lamp}}}\n")


def test_there_is_no_beat_without_a_tempo() -> None:
    assert "there is no beat without a `tempo`" in only_problem(f"{SMALL}light: {{a: {{channel: 1, flash: beat}}}}\n")


def test_lamps_of_several_persons_have_places_of_their_own() -> None:
    two = f"{SMALL}people: 3\nvoices: per_person\n"
    light = loads(f"{two}light: {{a: {{channel: 1, kind: rgb, spacing: 4}}, b: {{channel: 4}}}}\n", "p.yaml").light
    assert (light.voices, light.lamps[0].spacing) == (3, 4)
    narrow = "light: {a: {channel: 1, kind: rgb, spacing: 2}}\n"
    assert "this lamp has 3 channels; the next one begins behind them" in only_problem(two + narrow)
    beyond = "light: {a: {channel: 500, kind: rgb, spacing: 8}}\n"
    assert "its last channel would be 518" in only_problem(two + beyond)
    met = "light: {a: {channel: 1, kind: rgb, spacing: 4}, b: {channel: 6}}\n"
    assert "channel 6 of universe 1 is that of 'a' already" in only_problem(two + met)
