"""What a key asks for, tapped, held, repeated, and let go of by force."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.control.commands import CommandError
from gesturesynth.control.keypad.bindings import HOLD_S, REPEAT_S, KeyBindingMachine, bindings, command_of
from gesturesynth.control.keypad.input_events import KeyEvent
from gesturesynth.control.keypad.key_names import KEY_CODES


class MachineAndClock:
    """A `KeyBindingMachine`, and a clock."""

    def __init__(self, *, twins: bool = True, **changes: str) -> None:
        self.machine = KeyBindingMachine(bindings(changes), twins=twins)
        self.now_s = 50.0

    def down(self, name: str) -> list[str]:
        return self._feed(KeyEvent(KEY_CODES[name], "down"))

    def up(self, name: str) -> list[str]:
        return self._feed(KeyEvent(KEY_CODES[name], "up"))

    def repeat(self, name: str) -> list[str]:
        return self._feed(KeyEvent(KEY_CODES[name], "repeat"))

    def wait(self, seconds: float) -> list[str]:
        self.now_s += seconds
        return [call.text for call in self.machine.tick(self.now_s)]

    def _feed(self, event: KeyEvent) -> list[str]:
        return [call.text for call in self.machine.feed(event, self.now_s)]


def test_a_tap_of_the_record_key_asks_for_a_countdown_when_it_goes_up() -> None:
    keys = MachineAndClock()
    assert keys.down("KPENTER") == []
    assert keys.wait(0.2) == []
    assert keys.up("KPENTER") == ["record"]
    assert keys.wait(10.0) == []


def test_a_record_key_that_is_held_records_until_it_goes_up() -> None:
    keys = MachineAndClock()
    keys.down("KPENTER")
    assert keys.machine.due_s(keys.now_s) == pytest.approx(HOLD_S)
    assert keys.wait(HOLD_S) == ["hold on"]
    assert keys.machine.due_s(keys.now_s) == math.inf
    assert [*keys.repeat("KPENTER"), *keys.wait(20.0)] == []
    assert keys.up("KPENTER") == ["hold off"]


def test_a_key_that_goes_up_late_is_not_taken_for_a_tap() -> None:
    keys = MachineAndClock()
    keys.down("KPENTER")
    keys.now_s += 5.0  # without a tick meanwhile
    assert keys.up("KPENTER") == ["hold on", "hold off"]


def test_a_key_for_hold_records_at_once() -> None:
    keys = MachineAndClock(KP0="hold")
    assert keys.down("KP0") == ["hold on"]
    assert keys.up("KP0") == ["hold off"]


def test_other_keys_do_their_work_while_one_is_held() -> None:
    keys = MachineAndClock()
    keys.down("KPENTER")
    keys.wait(1.0)
    assert keys.down("ENTER") == []
    assert keys.up("ENTER") == [], "a second key to record with does not end what the first one began"
    assert keys.down("BACKSPACE") == ["cancel"]
    assert keys.up("BACKSPACE") == []
    assert keys.up("KPENTER") == ["hold off"]


@pytest.mark.parametrize(("held_s", "asked"), [(0.1, []), (1.0, ["hold off"])])
def test_unplugging_releases_what_is_held(held_s: float, asked: list[str]) -> None:
    keys = MachineAndClock()
    keys.down("KPENTER")
    keys.wait(held_s)
    assert [call.text for call in keys.machine.device_lost()] == asked
    assert keys.up("KPENTER") == []
    assert keys.wait(10.0) == []


def test_a_key_counts_once_however_long_it_is_down_but_for_the_volume() -> None:
    keys = MachineAndClock()
    assert keys.down("KP3") == ["select 3"]
    assert keys.down("KPPLUS") == ["louder"]
    heard = 0
    for _ in range(60):  # two seconds, as the kernel repeats
        assert keys.repeat("KP3") == []
        heard += len(keys.repeat("KPPLUS"))
        keys.wait(1 / 30)
    assert heard == pytest.approx(2.0 / REPEAT_S, abs=2)


def test_numlock_does_not_matter() -> None:
    keys = MachineAndClock()
    assert keys.down("NUMLOCK") == []
    assert keys.down("END") == ["select 1"]
    assert keys.down("PAGEUP") == ["select 9"]
    assert keys.down("INSERT") == ["train"]
    assert keys.down("DELETE") == ["undo"]
    changed = MachineAndClock(KP1="undo", HOME="redo")
    assert changed.down("END") == ["undo"], "a changed binding holds for both"
    assert changed.down("HOME") == ["redo"], "unless it was bound itself"


def test_the_arrows_of_a_keyboard_are_no_numbers() -> None:
    assert MachineAndClock(twins=False).down("END") == []


def test_shift_is_seen_and_what_has_no_meaning_of_its_own_with_it_keeps_the_one_without() -> None:
    keys = MachineAndClock()
    assert keys.down("U") == ["undo"]
    assert keys.down("LEFTSHIFT") == []
    assert keys.down("R") == ["release"]
    assert keys.down("1") == ["panic"]
    assert keys.down("2") == ["select 2"]
    keys.up("LEFTSHIFT")
    assert keys.down("R") == ["randomise"]


def test_with_ctrl_alt_or_meta_a_key_means_something_elsewhere() -> None:
    keys = MachineAndClock()
    for chord in ("LEFTCTRL", "RIGHTALT", "LEFTMETA"):
        keys.down(chord)
        assert keys.down("C") == []
        keys.up(chord)
    assert keys.down("C") == ["clear"]


def test_bindings_are_commands_with_their_values() -> None:
    keys = MachineAndClock(KP1="volume -6 dB", KP2="preset Air theremin", KP3="none", KP4="mute on")
    assert keys.down("KP1") == ["volume -6"]
    assert keys.down("KP2") == ["preset Air theremin"]
    assert keys.down("KP3") == []
    assert keys.down("KP4") == ["mute on"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("trian", "There is no command 'trian'; did you mean 'train'?"),
        ("select", "'select' takes 1 value, not 0"),
        ("select 12", "'select': N must be a whole number from 1 to 9"),
        ("train now", "'train' takes no value, not 1"),
        ("none now", "There is no command 'none'"),
    ],
)
def test_a_binding_that_cannot_be_is_refused_in_a_sentence(words: str, sentence: str) -> None:
    with pytest.raises(CommandError) as error:
        command_of(words)
    assert str(error.value).startswith(sentence)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["KPENTER", "SPACE", "KP0", "KPPLUS", "LEFTSHIFT", "LEFTCTRL"]),
        st.sampled_from(["down", "up", "repeat", "leave"]),
        st.floats(0.0, 1.0),
    ),
    max_size=60,
)


@given(EVENTS)
def test_for_any_key_events_each_hold_is_released_once(events: list[tuple[str, str, float]]) -> None:
    keys = MachineAndClock(KP0="hold")
    said: list[str] = []
    for name, what, seconds in events:
        said += keys.wait(seconds)
        if what == "leave":
            said += [call.text for call in keys.machine.device_lost()]
        else:
            said += {"down": keys.down, "up": keys.up, "repeat": keys.repeat}[what](name)
    said += keys.wait(1.0)
    said += [call.text for call in keys.machine.device_lost()]
    holds = [text for text in said if text.startswith("hold")]
    assert holds == ["hold on", "hold off"] * (len(holds) // 2)
