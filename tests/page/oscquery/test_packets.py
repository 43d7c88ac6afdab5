"""What is pushed over the WebSocket is OSC: read back by another library, and by our own reader."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_message import OscMessage

from gesturesynth.control.osc.codec import decode
from gesturesynth.page.oscquery.nodes import Item
from gesturesynth.page.oscquery.packets import packet

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
ITEMS = st.one_of(
    st.booleans(), st.integers(-(2**31), 2**31 - 1), st.floats(width=32, allow_nan=False, allow_infinity=False), TEXTS
)


@given(st.lists(ITEMS, max_size=6))
def test_another_library_reads_what_was_written(values: list[Item]) -> None:
    message = OscMessage(packet("/gesturesynth/output/pitch", values))
    assert message.address == "/gesturesynth/output/pitch"
    assert message.params == values


@pytest.mark.parametrize(
    ("value", "read"),
    [(math.nan, 0.0), (math.inf, 3.4028234663852886e38), (2**40, 2**40), ("a\0b", "ab"), (True, True)],
)
def test_what_does_not_fit_is_made_to(value: Item, read: Item) -> None:
    assert OscMessage(packet("/a", [value])).params == [read]


def test_none_is_a_message_without_a_value() -> None:
    assert decode(packet("/gesturesynth/record", [None]))[0].values == ()
