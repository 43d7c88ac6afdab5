"""The names of keys, as people write them in settings, and the codes by which Linux knows them.

Names are those of linux/input-event-codes.h without `KEY_`. They name places on a keyboard, not what is printed there:
`Q` is the key to the right of Tab, whatever the language of the keyboard.
"""

from __future__ import annotations

from typing import Final

from gesturesynth.control.command_table import KEYS

_ROWS: Final = (
    (1, "ESC 1 2 3 4 5 6 7 8 9 0 MINUS EQUAL BACKSPACE TAB"),
    (16, "Q W E R T Y U I O P LEFTBRACE RIGHTBRACE ENTER LEFTCTRL"),
    (30, "A S D F G H J K L SEMICOLON APOSTROPHE GRAVE LEFTSHIFT BACKSLASH"),
    (44, "Z X C V B N M COMMA DOT SLASH RIGHTSHIFT KPASTERISK LEFTALT SPACE CAPSLOCK"),
    (59, "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NUMLOCK SCROLLLOCK"),
    (71, "KP7 KP8 KP9 KPMINUS KP4 KP5 KP6 KPPLUS KP1 KP2 KP3 KP0 KPDOT"),
    (86, "102ND F11 F12"),
    (96, "KPENTER RIGHTCTRL KPSLASH SYSRQ RIGHTALT"),
    (102, "HOME UP PAGEUP LEFT RIGHT END DOWN PAGEDOWN INSERT DELETE"),
    (113, "MUTE VOLUMEDOWN VOLUMEUP"),
    (117, "KPEQUAL KPPLUSMINUS PAUSE"),
    (121, "KPCOMMA"),
    (125, "LEFTMETA RIGHTMETA COMPOSE"),
    (140, "CALC"),
    (163, "NEXTSONG PLAYPAUSE PREVIOUSSONG STOPCD"),
    (179, "KPLEFTPAREN KPRIGHTPAREN"),
    (183, "F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24"),
)

KEY_CODES: Final[dict[str, int]] = {
    name: first + place for first, names in _ROWS for place, name in enumerate(names.split())
}
"""The code of each key that can be bound."""
KEY_NAMES: Final[dict[int, str]] = {code: name for name, code in KEY_CODES.items()}

SHIFT: Final = "SHIFT+"
"""In front of a key's name: while a shift key is down."""
SHIFTS: Final = frozenset({"LEFTSHIFT", "RIGHTSHIFT"})
MODIFIERS: Final = frozenset({"LEFTCTRL", "RIGHTCTRL", "LEFTALT", "RIGHTALT", "LEFTMETA", "RIGHTMETA"})
"""While one of these is down, a key is meant for another program."""

NUMLOCK_TWINS: Final = {
    "INSERT": "KP0",
    "END": "KP1",
    "DOWN": "KP2",
    "PAGEDOWN": "KP3",
    "LEFT": "KP4",
    "RIGHT": "KP6",
    "HOME": "KP7",
    "UP": "KP8",
    "PAGEUP": "KP9",
    "DELETE": "KPDOT",
}
"""What some keypads, which handle NumLock themselves, send while it is off. (Others always send the same.)"""

KEYPAD_KEYS: Final = frozenset(KEY_CODES[f"KP{digit}"] for digit in "123456789")
LETTER_KEYS: Final = frozenset(KEY_CODES[letter] for letter in "QWERTYUIOP")

NONE: Final = "none"
"""In the place of a command: the key does nothing."""

_PRINTED: Final = {" ": "SPACE", "\x1b": "ESC", "[": "LEFTBRACE", "]": "RIGHTBRACE", "-": "MINUS", "=": "EQUAL"}
_PRINTED_SHIFTED: Final = {"+": "EQUAL", "!": "1", "?": "SLASH"}
_NEED_A_SCREEN: Final = frozenset({"help", "quit"})
"""Not bound by default: without a screen help cannot be seen, and after `quit` it could not be started again."""


def key_of(character: str) -> str:
    """The key by which a keyboard with the letters of English writes a character: `SHIFT+U` for `U`.

    Raises:
        KeyError: no such key is known.
    """
    if character in _PRINTED_SHIFTED:
        return SHIFT + _PRINTED_SHIFTED[character]
    name = _PRINTED.get(character, character.upper())
    if name not in KEY_CODES:
        raise KeyError(character)
    return SHIFT + name if character.isupper() else name


KEYPAD_BINDINGS: Final[dict[str, str]] = {
    **{f"KP{digit}": f"select {digit}" for digit in "123456789"},
    "KP0": "train",
    "KPENTER": "record",
    "KPDOT": "undo",
    "KPCOMMA": "undo",
    "KPPLUS": "louder",
    "KPMINUS": "quieter",
    "KPASTERISK": "randomise",
    "KPSLASH": "next",
    "KPEQUAL": "save",
    "BACKSPACE": "cancel",
    "TAB": "label",
}
"""The commands of a numeric keypad, unless settings change them."""

KEYBOARD_BINDINGS: Final[dict[str, str]] = {
    "ENTER": "record",
    **{
        key_of(character): " ".join((command, *map(str, values)))
        for character, (command, values) in KEYS.items()
        if command not in _NEED_A_SCREEN
    },
}
"""The commands of the other keys of a whole keyboard: the same as in the terminal."""

DEFAULT_BINDINGS: Final[dict[str, str]] = KEYPAD_BINDINGS | KEYBOARD_BINDINGS
