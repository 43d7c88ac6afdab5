"""The names of keys, and their default commands."""

from __future__ import annotations

import re
from pathlib import Path

from gesturesynth.control.command_table import KEYS
from gesturesynth.control.keypad.bindings import bindings, command_of
from gesturesynth.control.keypad.key_names import (
    DEFAULT_BINDINGS,
    KEY_CODES,
    KEYPAD_BINDINGS,
    NUMLOCK_TWINS,
    SHIFT,
    key_of,
)

HEADER = Path("/usr/include/linux/input-event-codes.h")
"""Of the package linux-libc-dev, which every C compiler on Debian and Ubuntu brings."""


def test_codes_are_those_of_the_system() -> None:
    text = HEADER.read_text(encoding="utf-8")
    system = {name: int(code, 0) for name, code in re.findall(r"#define KEY_(\w+)\s+(0x[0-9a-f]+|\d+)\b", text)}
    assert {name: system[name] for name in KEY_CODES} == KEY_CODES


def test_every_default_is_a_key_and_a_command() -> None:
    for key, text in DEFAULT_BINDINGS.items():
        assert key.removeprefix(SHIFT) in KEY_CODES
        assert command_of(text) is not None, key


def test_a_keyboard_does_what_the_terminal_does_but_end_everything() -> None:
    chosen = bindings({})
    for character, (command, values) in KEYS.items():
        if command in ("quit", "help"):
            assert key_of(character) not in chosen
        else:
            requested = chosen[key_of(character)]
            assert (requested.command, requested.values, requested.sender) == (command, values, "keypad")


def test_a_keypad_alone_is_enough_to_teach() -> None:
    requested = {text.partition(" ")[0] for text in KEYPAD_BINDINGS.values()}
    assert {"select", "record", "train", "undo", "louder", "quieter", "randomise", "next", "cancel"} <= requested
    assert [KEYPAD_BINDINGS[f"KP{number}"] for number in range(1, 10)] == [
        f"select {number}" for number in range(1, 10)
    ]


def test_the_twins_are_keys_of_a_keypad_that_have_no_default_of_their_own() -> None:
    assert set(NUMLOCK_TWINS.values()) <= set(KEYPAD_BINDINGS)
    assert not set(NUMLOCK_TWINS) & set(DEFAULT_BINDINGS)
