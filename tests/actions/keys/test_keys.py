"""Keys that are pressed: byte by byte, always released, and only those that settings allow.

A virtual keyboard needs /dev/uinput, which test machines lack: a FAKE stands in its place. What would be written to the
real device is compared with the structures of linux/input.h and linux/uinput.h, as a C compiler lays them out.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from gesturesynth.actions.keys.pressing import HOLD_S
from gesturesynth.actions.keys.process import RATE_HZ, RETRY_S, ActionKeysSettings, KeyRunner, run_action_keys
from gesturesynth.actions.keys.virtual_keyboard import VirtualKeyboard, key_event
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.action_message import ActionEvent, ActionSetup, ActionsMessage, KeyAction
from gesturesynth.runtime.service import Service
from tests.support.piece_states import state, voice

KEYS = {"RIGHT": (106,), "SHIFT+A": (42, 30)}
UP = (ActionEvent("entered", "up"),)
RIGHT = ActionSetup("slide", UP, (KeyAction("RIGHT"),), 0.05)
SHIFT_A = ActionSetup("type", UP, (KeyAction("SHIFT+A"),), 0.05)
ENTER = ActionSetup("danger", UP, (KeyAction("ENTER"),), 0.05)


class FakeKeyboard:
    """A FAKE in the place of `VirtualKeyboard`: writes down what is pressed; fails when it is told to."""

    def __init__(self, codes: frozenset[int]) -> None:
        self.codes = codes
        self.sent: list[str] = []
        self.down: set[int] = set()
        self.failing = self.closed = False

    def send(self, code: int, *, down: bool) -> None:
        if self.failing:
            raise OSError(19, "No such device")
        self.sent.append(f"{'+' if down else '-'}{code}")
        (self.down.add if down else self.down.discard)(code)

    def close(self) -> None:
        self.closed = True


class Keyboards:
    """Makes FAKE keyboards; refuses while `refusing`."""

    def __init__(self) -> None:
        self.made: list[FakeKeyboard] = []
        self.refusing = False

    def make(self, codes: frozenset[int]) -> FakeKeyboard:
        if self.refusing:
            raise PermissionError(13, "Permission denied")
        self.made.append(FakeKeyboard(codes))
        return self.made[-1]


@pytest.fixture
def keyboards() -> Keyboards:
    return Keyboards()


@pytest.fixture
def runner(keyboards: Keyboards) -> KeyRunner:
    made = KeyRunner(KEYS, keyboards.make)
    made.poll(0.0)
    made.step(entered(0, 0.0), 0.0)
    return made


def entered(count: int, time_s: float, *actions: ActionSetup) -> ActionsMessage:
    return ActionsMessage(state(time_s, voice(entered={"up": count})), actions)


def test_a_key_goes_down_and_up_by_itself(runner: KeyRunner, keyboards: Keyboards) -> None:
    (keyboard,) = keyboards.made
    assert keyboard.codes == {106, 42, 30}, "no key that is not allowed"
    runner.step(entered(1, 0.1, SHIFT_A), 0.1)
    assert keyboard.sent == ["+42", "+30"]
    assert 0.0 < runner.wait_s(0.1) <= HOLD_S
    runner.poll(0.1 + HOLD_S / 2)
    assert len(keyboard.sent) == 2
    runner.poll(0.1 + HOLD_S * 1.01)
    assert keyboard.sent[2:] == ["-30", "-42"]
    assert runner.notes == ()


def test_shift_counts_for_its_own_key_alone(runner: KeyRunner, keyboards: Keyboards) -> None:
    runner.step(entered(1, 0.1, SHIFT_A, RIGHT), 0.1)
    assert keyboards.made[0].sent == ["+42", "+30", "-30", "-42", "+106"]
    runner.step(entered(2, 0.2, SHIFT_A), 0.11)
    assert keyboards.made[0].sent[5:] == ["-106", "+42", "+30"]


def test_a_key_that_is_down_is_released_before_it_is_pressed_again(runner: KeyRunner, keyboards: Keyboards) -> None:
    runner.step(entered(1, 0.1, RIGHT), 0.1)
    runner.step(entered(2, 0.2, RIGHT), 0.11)
    assert keyboards.made[0].sent == ["+106", "-106", "+106"]


def test_what_is_not_allowed_is_not_pressed_and_is_said(runner: KeyRunner, keyboards: Keyboards) -> None:
    runner.step(entered(1, 0.1, ENTER), 0.1)
    assert keyboards.made[0].sent == []
    assert "does not allow the key ENTER" in runner.notes[0]


def test_at_the_end_nothing_stays_down(runner: KeyRunner, keyboards: Keyboards) -> None:
    runner.step(entered(1, 0.1, SHIFT_A), 0.1)
    runner.close()
    assert keyboards.made[0].down == set()
    assert keyboards.made[0].closed


def test_a_flood_ends_at_the_limit(runner: KeyRunner, keyboards: Keyboards) -> None:
    for step in range(1, 101):
        runner.step(entered(step, 0.1 * step, RIGHT), 5.0)
    assert keyboards.made[0].sent.count("+106") == RATE_HZ
    assert runner.failures.left_out == 100 - RATE_HZ


def test_a_keyboard_that_cannot_be_made_or_is_lost_is_made_later(runner: KeyRunner, keyboards: Keyboards) -> None:
    keyboards.made[0].failing = keyboards.refusing = True
    runner.step(entered(1, 1.0, RIGHT), 1.0)
    assert "no key can be pressed" in runner.notes[0]
    assert keyboards.made[0].closed
    runner.poll(1.0 + RETRY_S)
    assert "Permission denied" in runner.notes[0]
    keyboards.refusing = False
    runner.poll(1.0 + 2 * RETRY_S)
    assert runner.notes == ()
    runner.step(entered(2, 20.0, RIGHT), 20.0)
    assert keyboards.made[1].sent == ["+106"]


def test_without_a_key_that_is_allowed_the_process_does_not_start(own_folders: Path) -> None:
    with Service() as service, pytest.raises(UserError, match=r"actions\.keys"):
        run_action_keys(ActionKeysSettings(), service)


# ------------------------------------------------------------------------------------------------------- byte by byte
def test_an_event_is_that_of_the_kernel() -> None:
    down, report = bytes.fromhex("0100 6a00 01000000"), bytes.fromhex("0000 0000 00000000")
    assert key_event(106, down=True) == bytes(16) + down + bytes(16) + report
    assert key_event(106, down=False) == bytes(16) + bytes.fromhex("0100 6a00 00000000") + bytes(16) + report


def test_the_requests_are_those_of_the_kernel(tmp_path: Path) -> None:
    asked: list[tuple[int, int | bytes]] = []
    device = tmp_path / "uinput"
    device.touch()
    keyboard = VirtualKeyboard([106, 30], device, lambda _file, number, value: asked.append((number, value)))
    setup = struct.pack("HHHH", 6, 0, 0, 1) + b"Gesture Synth keys".ljust(80, b"\0") + bytes(4)
    # The numbers as `cc` prints UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_SETUP and UI_DEV_CREATE.
    assert asked == [(0x40045564, 1), (0x40045565, 30), (0x40045565, 106), (0x405C5503, setup), (0x5501, 0)]
    keyboard.send(106, down=True)
    with pytest.raises(ValueError, match="no key 16"):
        keyboard.send(16, down=True)
    asked.clear()
    keyboard.close()
    assert asked == [(0x5502, 0)]
    assert device.read_bytes() == key_event(106, down=True)


def test_a_device_that_refuses_is_closed_again(tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise OSError(22, "Invalid argument")

    device = tmp_path / "uinput"
    device.touch()
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names alone
    with pytest.raises(OSError, match="Invalid argument"):
        VirtualKeyboard([106], device, refuse)
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - names alone
