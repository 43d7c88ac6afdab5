"""Which microphone is listened to; and that one which cannot be had never keeps a piece silent."""

from __future__ import annotations

import pytest

from gesturesynth.synthesis.audio.backends import AudioSettings, NullBackend
from gesturesynth.synthesis.audio.pyo_server import chosen_microphone

BUILT_IN = {"index": 2, "name": "Built-in Audio", "default": True, "channels": 2}
USB = {"index": 5, "name": "USB Mic", "default": False, "channels": 1}


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [(None, None), ("", BUILT_IN), ("usb", USB), ("Scarlett", None)],
)
def test_the_one_that_is_named_or_the_systems_own_is_chosen(wanted: str | None, chosen: object) -> None:
    assert chosen_microphone([USB, BUILT_IN], wanted) == chosen


def test_where_the_system_has_no_choice_of_its_own_it_is_the_first() -> None:
    assert chosen_microphone([USB], "") == USB
    assert chosen_microphone([], "") is None


def test_without_a_device_a_note_says_that_nothing_is_listened_to() -> None:
    backend = NullBackend(AudioSettings("null", microphone=""))
    try:
        assert "nothing is listened to" in backend.ear_note
        assert not backend.microphone
        assert not backend.note
    finally:
        backend.close()
