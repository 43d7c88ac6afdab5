"""A real keypad process among devices that come and go, are whole keyboards, or are used by another program."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gesturesynth.control.keypad.process import POLL_S, Keypads, KeypadSettings
from tests.support.fake_keypad import dropped
from tests.support.virtual_keypad import (
    OF_A_KEYBOARD,
    OF_A_KEYPAD,
    OF_A_MOUSE,
    ROOT,
    KeypadProcess,
    VirtualKeypad,
    build,
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("virtual"))


class Desk:
    """Where devices are plugged in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._devices: list[VirtualKeypad] = []

    def device(
        self, name: str, keys: frozenset[int] = OF_A_KEYPAD, stable: str = "", *, plugged: bool = True
    ) -> VirtualKeypad:
        device = VirtualKeypad(self.folder, len(self._devices), name, keys, stable)
        self._devices.append(device)
        if plugged:
            device.plug_in()
        return device

    def clear(self) -> None:
        for device in self._devices:
            device.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "input")
    yield made
    made.clear()


def test_without_a_name_keypads_are_taken_and_keyboards_never_are(desk: Desk, library: Path) -> None:
    keyboard = desk.device("AT Translated Set 2 keyboard", OF_A_KEYBOARD)
    mouse = desk.device("Optical Mouse", OF_A_MOUSE)
    boasting = desk.device("Cheap USB Numeric Keypad", OF_A_KEYBOARD)
    pressed = desk.device("Gesture Synth keys")  # by our own actions, for other programs
    plain = desk.device("HCT USB Entry")
    with KeypadProcess(desk.folder, library) as process:
        process.until_logged("is plugged in", times=2)
        devices = (keyboard, mouse, boasting, pressed, plain)
        assert [one.grabbed for one in devices] == [False, False, True, False, True]
        keyboard.tap("1")
        boasting.tap("KP2")
        process.until_received("select 2")
        plain.tap("END")
        process.until_received("select 1")


@pytest.mark.parametrize("wanted", ["sigmachip", "usb-SIGMA_USB_Keyboard-event-kbd", "the file", "the name in by-id"])
def test_a_keyboard_is_taken_by_name_or_by_its_file(desk: Desk, library: Path, wanted: str) -> None:
    keypad = desk.device("HCT USB Entry")
    keyboard = desk.device("SIGMACHIP USB Keyboard", OF_A_KEYBOARD, stable="usb-SIGMA_USB_Keyboard-event-kbd")
    files = {
        "the file": str(keyboard.path),
        "the name in by-id": str(desk.folder / "by-id" / "usb-SIGMA_USB_Keyboard-event-kbd"),
    }
    with KeypadProcess(desk.folder, library, device=files.get(wanted, wanted)) as process:
        process.until_logged("'SIGMACHIP USB Keyboard' is plugged in")
        keyboard.tap("END")
        keypad.tap("KP1")
        keyboard.tap("T")
        process.until_received("train")
        assert (keyboard.grabbed, keypad.grabbed) == (True, False)


def test_a_name_in_by_id_may_come_after_the_device(desk: Desk, library: Path) -> None:
    keyboard = desk.device("SIGMACHIP USB Keyboard", OF_A_KEYBOARD)
    other = desk.device("Fido USB Keyboard", OF_A_KEYBOARD)
    with KeypadProcess(desk.folder, library, device="usb-Fido-event-kbd") as process:
        late = desk.device("Fido USB Keyboard 2", OF_A_KEYBOARD, stable="usb-Fido-event-kbd")
        process.until(lambda: late.grabbed, "the first look")
        (desk.folder / "by-id" / "usb-Fido-event-kbd-2").symlink_to(f"../{other.path.name}")
        process.until(lambda: other.grabbed, "the device whose name came late")
        assert not keyboard.grabbed


def test_a_device_may_be_plugged_in_and_out_and_releases_what_it_held(desk: Desk, library: Path) -> None:
    keypad = desk.device("HCT USB Entry", stable="usb-HCT-event-kbd", plugged=False)
    with KeypadProcess(desk.folder, library) as process:
        for _ in range(2):
            keypad.plug_in()
            process.until(lambda: keypad.grabbed, "the keypad to be taken")
            keypad.press("KPENTER")
            process.until_received("hold on")
            keypad.unplug()
            process.until_received("hold off")
        process.until_logged("is gone", times=2)


def test_other_keys_than_the_default_ones(desk: Desk, library: Path) -> None:
    keypad = desk.device("HCT USB Entry")
    with KeypadProcess(desk.folder, library, bindings={"KP0": "hold", "KP1": "volume -6 dB", "KP2": "none"}) as process:
        process.until(lambda: keypad.grabbed, "the keypad to be taken")
        for key in ("KP0", "KP1", "KP2", "KP3"):
            keypad.tap(key)
        process.until_received("hold on", "hold off", "volume -6", "select 3")


def test_a_device_is_taken_when_all_its_keys_are_up(desk: Desk, library: Path) -> None:
    keypad = desk.device("HCT USB Entry", plugged=False)
    keypad.set_answer("down", "96")  # the Enter that has started the process
    keypad.plug_in()
    with KeypadProcess(desk.folder, library) as process:
        other = desk.device("HCT USB Entry 2")
        process.until(lambda: other.grabbed, "the other one to be taken")
        assert not keypad.grabbed
        keypad.clear_answer("down")
        process.until(lambda: keypad.grabbed, "it to be taken")
        assert keypad.path.name not in process.stderr_text().split("HCT USB Entry 2")[0]


def test_what_another_program_has_taken_is_said_and_tried_again(desk: Desk, library: Path) -> None:
    keypad = desk.device("HCT USB Entry", plugged=False)
    keypad.set_answer("busy", "")
    keypad.plug_in()
    with KeypadProcess(desk.folder, library) as process:
        process.until_logged("another program has taken it: no key of it comes here")
        assert not keypad.grabbed
        keypad.clear_answer("busy")
        process.until(lambda: keypad.grabbed, "it to be taken")


def test_it_can_be_left_to_others_too(desk: Desk, library: Path) -> None:
    keypad = desk.device("HCT USB Entry")
    with KeypadProcess(desk.folder, library, grab=False) as process:
        process.until_logged("is plugged in")
        keypad.tap("KP1")
        process.until_received("select 1")
        desk.device("HCT USB Entry 2")
        process.until_logged("is plugged in", times=2)  # a look later
        assert not keypad.grabbed


def test_a_key_that_went_up_unseen_is_up(desk: Desk, library: Path) -> None:
    keypad = desk.device("HCT USB Entry")
    with KeypadProcess(desk.folder, library) as process:
        process.until(lambda: keypad.grabbed, "the keypad to be taken")
        keypad.press("KPENTER")
        process.until_received("hold on")
        keypad.set_answer("down", "96")
        keypad.send(dropped())
        process.until_logged("were lost")
        assert process.received == [], "it is down, says the device"
        keypad.clear_answer("down")
        keypad.send(dropped())
        process.until_received("hold off")


def test_a_stop_releases_what_is_held(desk: Desk, library: Path) -> None:
    keypad = desk.device("HCT USB Entry")
    with KeypadProcess(desk.folder, library) as process:
        process.until(lambda: keypad.grabbed, "the keypad to be taken")
        keypad.press("KPENTER")
        process.until_received("hold on")
        process.process.send_signal(signal.SIGTERM)
        process.until_received("hold off")
        assert process.process.wait(10) == 0


def test_a_key_without_a_conductor_is_logged_and_not_kept(desk: Desk, library: Path) -> None:
    keypad = desk.device("HCT USB Entry")
    with KeypadProcess(desk.folder, library) as process:
        process.until(lambda: keypad.grabbed, "the keypad to be taken")
        process.close_server()
        heard = 0
        while "command not sent" not in process.stderr_text():  # until the connection has ended
            keypad.tap("KP1")
            heard += 1
            assert heard < 500
            process.until(lambda: process.process.poll() is None, "a moment")
        assert process.process.poll() is None


def test_a_device_that_cannot_be_opened_is_logged_once_and_others_work(desk: Desk, library: Path) -> None:
    desk.folder.mkdir()
    with socket.socket(socket.AF_UNIX) as closed:
        closed.bind(str(desk.folder / "event99"))
        keypad = desk.device("HCT USB Entry", plugged=False)
        with KeypadProcess(desk.folder, library) as process:
            process.until_logged("event99 cannot be opened (No such device or address)")
            keypad.plug_in()
            process.until(lambda: keypad.grabbed, "the keypad to be taken")
            assert process.stderr_text().count("cannot be opened") == 1


def test_the_list_says_what_to_write_into_settings(desk: Desk, library: Path) -> None:
    desk.device("HCT USB Entry", stable="usb-HCT-event-kbd")
    desk.device("AT Translated Set 2 keyboard", OF_A_KEYBOARD)
    desk.device("Optical Mouse", OF_A_MOUSE)
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.virtual_keypad", json.dumps({"folder": str(desk.folder), "list": True})],
        cwd=ROOT,
        env=os.environ | {"LD_PRELOAD": str(library)},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == [
        {"name": "HCT USB Entry", "kind": "keypad", "device": str(desk.folder / "by-id" / "usb-HCT-event-kbd")},
        {"name": "AT Translated Set 2 keyboard", "kind": "keyboard", "device": str(desk.folder / "event1")},
    ]


def test_with_nothing_plugged_in_it_waits_instead_of_spinning(tmp_path: Path) -> None:
    keypads = Keypads(KeypadSettings(folder=tmp_path))
    keypads.scan_devices(time.monotonic())
    begun_s = time.monotonic()
    assert keypads.poll() == []
    assert time.monotonic() - begun_s > 0.9 * POLL_S
