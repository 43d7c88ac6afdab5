"""One table says what can be asked for, and whatever comes from outside is held to it."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.control.command_table import COMMANDS, KEYS
from gesturesynth.control.commands import COMMAND_LINE, KEYBOARD, Call, CommandError, call, docs_table, key_name
from gesturesynth.control.session.events import CUES
from gesturesynth.synthesis import cues

OSC = "osc 127.0.0.1:5000"

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-2, 12),
    st.just(10**400),
    st.floats(),
    st.text(max_size=100),
    st.binary(max_size=20),
    st.sampled_from(["select", "on", "-6 dB", "1e999", "nan", "3", "0x10", "٣"]),
    st.lists(st.integers(), max_size=3),
)


def test_the_table_names_everything_that_the_keys_of_a_minute_of_teaching_need() -> None:
    expected = {
        " ": "record",
        "t": "train",
        "u": "undo",
        "U": "redo",
        "x": "delete-last",
        "c": "clear",
        "s": "save",
        "r": "randomise",
        "[": "previous",
        "]": "next",
        "-": "quieter",
        "+": "louder",
        "m": "mute",
        "!": "panic",
        "a": "audition",
        "k": "nudge",
        "b": "listen",
        "p": "play-along",
        "g": "grab",
        "f": "hands-free",
        "?": "help",
        "q": "quit",
    }
    for key, name in expected.items():
        assert KEYS[key] == (name, ())
    for number in range(1, 10):
        assert KEYS[str(number)] == ("select", (number,))


def test_every_key_asks_for_something_that_can_be_asked_for_and_for_one_thing_only() -> None:
    for name, values in KEYS.values():
        assert call(name, values, KEYBOARD) == Call(name, values, KEYBOARD)
    assert len(KEYS) == sum(len(command.keys) for command in COMMANDS.values())
    assert all(len(key) == 1 for key in KEYS)


def test_panic_can_be_released_with_the_keys_alone() -> None:
    assert {"panic", "release"} <= {name for name, _ in KEYS.values()}


def test_the_table_is_fit_for_osc_and_for_shells() -> None:
    for name, command in COMMANDS.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert command.address == f"/gesturesynth/{name}"
        assert command.help.endswith(".")
        optional = [argument.optional for argument in command.arguments]
        assert optional == sorted(optional), "an optional value is followed by optional ones only"
        for argument in command.arguments:
            if argument.kind in ("int", "float"):
                assert argument.low is not None
                assert argument.high is not None
                assert -math.inf < argument.low < argument.high < math.inf


def test_the_sounds_that_confirm_are_those_that_the_engine_has() -> None:
    assert set(CUES) == set(cues.CUES)


@pytest.mark.parametrize(
    ("name", "values", "by", "checked"),
    [
        ("select", (3,), OSC, (3,)),
        ("select", (3.0,), OSC, (3,)),
        ("select", ("3",), COMMAND_LINE, (3,)),
        ("volume", (-6,), OSC, (-6.0,)),
        ("volume", ("-6 dB",), COMMAND_LINE, (-6.0,)),
        ("volume", ("-60",), COMMAND_LINE, (-60.0,)),
        ("mute", (), OSC, ()),
        ("mute", (1,), OSC, (True,)),
        ("mute", (0.0,), OSC, (False,)),
        ("mute", ("off",), COMMAND_LINE, (False,)),
        ("label", (), KEYBOARD, ()),
        ("label", (" wave ",), OSC, ("wave",)),
        ("preset", ("12",), COMMAND_LINE, ("12",)),
    ],
)
def test_values_arrive_as_what_the_table_says(
    name: str, values: tuple[object, ...], by: str, checked: tuple[object, ...]
) -> None:
    got = call(name, values, by)
    assert got == Call(name, checked, by)  # type: ignore[arg-type]  # the table's types, which are checked here
    assert [type(value) for value in got.values] == [type(value) for value in checked]


@pytest.mark.parametrize(
    ("name", "values", "by", "sentence"),
    [
        ("select", (0,), OSC, "'select': N must be a whole number from 1 to 9, not 0."),
        ("select", (2.5,), OSC, "'select': N must be a whole number from 1 to 9, not 2.5."),
        ("select", (True,), OSC, "'select': N must be a whole number from 1 to 9, not True."),
        ("select", ("three",), OSC, "'select': N must be a whole number from 1 to 9, not 'three'."),
        ("select", ("3",), "keypad", "'select': N must be a whole number from 1 to 9, not '3'."),
        ("select", (), OSC, "'select' takes 1 value, not 0: select N"),
        ("train", (1,), OSC, "'train' takes no value, not 1: train"),
        ("mute", (1, 2), OSC, "'mute' takes 0 or 1 values, not 2: mute [ON]"),
        ("mute", (2,), OSC, "'mute': ON must be on or off, not 2."),
        ("volume", (math.nan,), OSC, "'volume': DB must be a number from -60 to 0 dB, not nan."),
        ("volume", (-math.inf,), OSC, "'volume': DB must be a number from -60 to 0 dB, not -inf."),
        ("volume", ("1e999",), COMMAND_LINE, "'volume': DB must be a number from -60 to 0 dB, not '1e999'."),
        ("volume", ("6 Hz",), COMMAND_LINE, "'volume': DB must be a number from -60 to 0 dB, not '6 Hz'."),
        ("select", (10**5000,), OSC, "'select': N must be a whole number from 1 to 9, not a huge number."),
        ("preset", ("\x1b[2J",), OSC, r"'preset': NAME must be a text of 1 to 80 characters, not '\x1b[2J'."),
        ("preset", ("  ",), OSC, "'preset': NAME must be a text of 1 to 80 characters, not '  '."),
        ("preset", ([1],), OSC, "'preset': NAME must be a text of 1 to 80 characters, not a list."),
        ("trian", (), OSC, "There is no command 'trian'; did you mean 'train'?"),
        ("Delete_Last", (), OSC, "There is no command 'Delete_Last'; did you mean 'delete-last'?"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(name: str, values: tuple[object, ...], by: str, sentence: str) -> None:
    with pytest.raises(CommandError) as error:
        call(name, values, by)
    assert str(error.value).startswith(sentence)


@given(
    st.one_of(st.sampled_from(sorted(COMMANDS)), st.text(max_size=60)),
    st.lists(ANYTHING, max_size=3),
    st.sampled_from([OSC, KEYBOARD, COMMAND_LINE]),
)
def test_nothing_from_outside_gets_past_the_table(name: str, values: list[object], by: str) -> None:
    try:
        checked = call(name, values, by)
    except CommandError as error:
        sentence = str(error)
    else:
        assert_as_in_the_table(checked)
        sentence = checked.text
    assert sentence.isprintable()
    assert len(sentence) < 600


def assert_as_in_the_table(checked: Call) -> None:
    arguments = COMMANDS[checked.command].arguments
    assert sum(not argument.optional for argument in arguments) <= len(checked.values) <= len(arguments)
    for argument, value in zip(arguments, checked.values, strict=False):
        assert type(value) is {"int": int, "float": float, "text": str, "bool": bool, "document": str}[argument.kind]
        if argument.low is not None and argument.high is not None:
            assert isinstance(value, int | float)
            assert argument.low <= value <= argument.high


def test_the_documents_have_a_line_for_every_command_with_its_key_and_address() -> None:
    lines = docs_table().splitlines()
    assert len(lines) == 2 + len(COMMANDS)
    for command, line in zip(COMMANDS.values(), lines[2:], strict=True):
        assert f"`{command.usage}`" in line
        assert (f"`{command.address}`" in line) != command.socket_only
        assert command.help in line
        assert line.count("|") == 6
        assert not command.keys or f"`{key_name(command.keys[0])}`" in line
        for argument in command.arguments:
            assert argument.range in line
