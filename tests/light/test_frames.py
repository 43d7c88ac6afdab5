"""Levels as bytes: ends, order and precision, for any level."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.light.frames import Slot, frame, level_bytes, mixed
from gesturesynth.light.protocols import Destination

LEVEL = st.floats(0.0, 1.0)
HERE = Destination(1, "127.0.0.1")


def number(level: float, *, wide: bool) -> int:
    return int.from_bytes(level_bytes(level, wide=wide), "big")


@given(level=LEVEL, wide=st.booleans())
def test_a_level_is_the_nearest_number(*, level: float, wide: bool) -> None:
    full = 0xFFFF if wide else 0xFF
    assert abs(number(level, wide=wide) - level * full) <= 0.5


@given(one=LEVEL, other=LEVEL, wide=st.booleans())
def test_a_higher_level_is_never_a_lower_number(*, one: float, other: float, wide: bool) -> None:
    low, high = sorted((one, other))
    assert number(low, wide=wide) <= number(high, wide=wide)


@given(level=st.floats(allow_nan=False), wide=st.booleans())
def test_what_is_beyond_is_the_end(*, level: float, wide: bool) -> None:
    end = number(min(1.0, max(0.0, level)), wide=wide)
    assert number(level, wide=wide) == end
    assert (number(2.0, wide=wide), number(-1.0, wide=wide)) == (0xFFFF if wide else 0xFF, 0)


@given(LEVEL)
def test_the_coarse_byte_alone_is_nearly_the_level(level: float) -> None:
    coarse, fine = level_bytes(level, wide=True)
    assert abs(coarse - number(level, wide=False)) <= 1
    assert abs((coarse * 256 + fine) / 0xFFFF - level) <= 1 / 0xFFFF


def test_a_frame_has_levels_at_their_channels_and_else_nothing() -> None:
    shown = frame({Slot(1, wide=False): 1.0, Slot(511, wide=True): 0.5, Slot(3, wide=False): 0.2})
    assert len(shown) == 512
    assert {place + 1: level for place, level in enumerate(shown) if level} == {1: 255, 3: 51, 511: 128}
    assert frame({Slot(10, wide=True): 1 / 0xFFFF})[9:11] == b"\0\1"


@given(LEVEL, LEVEL, LEVEL)
def test_a_mixed_look_lies_between(one: float, other: float, part: float) -> None:
    slot, gone = Slot(1, wide=False), Slot(2, wide=False)
    look = mixed({HERE: {slot: one, gone: one}}, {HERE: {slot: other}}, part)[HERE]
    assert min(one, other) - 1e-12 <= look[slot] <= max(one, other) + 1e-12
    assert look[gone] <= one
    assert mixed({HERE: {slot: one}}, {HERE: {slot: other}}, 1.0) == {HERE: {slot: other}}
