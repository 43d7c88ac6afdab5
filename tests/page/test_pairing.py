"""Codes and devices: what pairs, what does not, what is remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.requests import REQUESTS
from gesturesynth.core.errors import UserError
from gesturesynth.page.access import cookie, visitor
from gesturesynth.page.devices import MOST_DEVICES, DeviceBook
from gesturesynth.page.pairing import CODE_S, MOST_TRIES, PairingDesk, PairingError
from gesturesynth.page.roles import COMMAND_ROLES, ROLES, allows, role_of_command

NOW = "2026-01-01T12:00:00+00:00"


def desk() -> PairingDesk:
    codes = iter(["111111", "222222", "333333"])
    return PairingDesk(lambda: next(codes))


def test_a_code_pairs_once() -> None:
    made = desk()
    code = made.open("play", 0.0)
    assert made.redeem(code, CODE_S - 0.1) == "play"
    with pytest.raises(PairingError, match="no code is open"):
        made.redeem(code, CODE_S - 0.1)


def test_a_code_lives_five_minutes() -> None:
    made = desk()
    code = made.open("play", 0.0)
    with pytest.raises(PairingError, match="no code is open"):
        made.redeem(code, CODE_S)


def test_guesses_use_a_code_up_and_a_new_one_begins_again() -> None:
    made = desk()
    code = made.open("teach", 0.0)
    for left in range(MOST_TRIES - 1, 0, -1):
        with pytest.raises(PairingError, match=f"{left} more"):
            made.redeem("999999", 1.0)
    with pytest.raises(PairingError, match="worth nothing"):
        made.redeem("", 1.0)
    with pytest.raises(PairingError, match="no code is open"):
        made.redeem(code, 1.0)
    assert made.redeem(made.open("look", 2.0), 2.0) == "look"


def test_the_newest_code_alone_counts() -> None:
    made = desk()
    older = made.open("teach", 0.0)
    newer = made.open("look", 1.0)
    with pytest.raises(PairingError):
        made.redeem(older, 2.0)
    assert made.redeem(newer, 2.0) == "look"


def test_codes_are_six_digits() -> None:
    codes = {PairingDesk().open("play", 0.0) for _ in range(200)}
    assert len(codes) > 190
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


def test_devices_are_remembered_without_their_tokens(tmp_path: Path) -> None:
    file = tmp_path / "page" / "devices.json"
    book = DeviceBook(file)
    device, token = book.add("  a\nphone\x1b[2J ", "play", NOW)
    other, _ = book.add("", "teach", NOW)
    assert (device.name, other.name) == ("aphone[2J", "device 2")
    assert token not in file.read_text(encoding="utf-8")
    again = DeviceBook(file)
    assert again.devices == (device, other)
    assert again.find(token) == device
    assert again.find(token[:-1]) is None
    assert again.find("") is None
    again.revoke(device.number)
    assert DeviceBook(file).find(token) is None
    assert DeviceBook(file).add("new", "look", NOW)[0].number == 3, "numbers are never used again"
    with pytest.raises(UserError, match="no device 1"):
        again.revoke(device.number)


def test_there_are_not_too_many(tmp_path: Path) -> None:
    book = DeviceBook(tmp_path / "devices.json")
    for number in range(MOST_DEVICES):
        book.add(str(number), "look", NOW)
    with pytest.raises(UserError, match="revoke one first"):
        book.add("one more", "look", NOW)


def test_a_damaged_file_lets_no_device_in_and_is_left_alone_until_the_next_pairing(tmp_path: Path) -> None:
    file = tmp_path / "devices.json"
    file.write_text('{"devices": [{}', encoding="utf-8")
    book = DeviceBook(file)
    assert book.devices == ()
    assert file.read_text(encoding="utf-8").startswith('{"devices": [{}')
    book.add("phone", "look", NOW)
    assert len(json.loads(file.read_text(encoding="utf-8"))["devices"]) == 1


def test_a_cookie_says_who_it_is(tmp_path: Path) -> None:
    book = DeviceBook(tmp_path / "devices.json")
    device, token = book.add("phone", "look", NOW)
    sent = {"cookie": f"other=1; {cookie(token, tls=False).partition(';')[0]}"}
    found = visitor(sent, "192.168.0.9", book)
    assert found
    assert (found.role, found.device, found.key) == ("look", device.number, f"device {device.number}")
    assert visitor({}, "192.168.0.9", book) is None
    assert visitor({"cookie": "gesturesynth-device=x; \x00"}, "192.168.0.9", book) is None
    local = visitor({}, "127.0.0.1", book)
    assert local
    assert local.role == "teach"


def test_cookies_are_kept_from_scripts_and_other_pages() -> None:
    parts = cookie("token", tls=False).split("; ")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(parts)
    assert "Secure" not in parts
    assert "Secure" in cookie("token", tls=True).split("; ")


def test_every_command_has_a_role_and_staff_cannot_change_what_was_taught() -> None:
    assert set(COMMAND_ROLES) == {*COMMANDS, *REQUESTS}
    for name in ("record", "train", "clear", "delete-take", "undo", "quit", "tempo", "takes", "preset-text", "no-such"):
        assert not allows("play", role_of_command(name)), name
    for name in ("mute", "panic", "release", "volume", "next", "scene"):
        assert allows("play", role_of_command(name)), name
        assert not allows("look", role_of_command(name)), name
    assert all(allows("teach", role) for role in ROLES)


def test_who_may_only_look_can_change_nothing() -> None:
    assert {name for name, role in COMMAND_ROLES.items() if role == "look"} == {"map", "map-pose"}
    assert not {name for name in COMMANDS if role_of_command(name) == "look"}
