"""The commands of keys: bindings, and what tapping and holding a key mean. Pure: time is passed in.

- A key for `record` that is tapped sends it: a countdown, or the end of a take. One that is held for longer than
  HOLD_S sends `hold on`, and for `hold off` when it goes up.
- A key for `hold` sends `hold on` at once, and for `hold off` when it goes up.
- A key that the kernel repeats counts once, but for the volume.
- Keys pressed together with Ctrl, Alt or Meta are ignored.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Final

from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.commands import COMMAND_LINE, KEYPAD, Call, call
from gesturesynth.control.keypad.input_events import KeyEvent
from gesturesynth.control.keypad.key_names import (
    DEFAULT_BINDINGS,
    KEY_NAMES,
    MODIFIERS,
    NONE,
    NUMLOCK_TWINS,
    SHIFT,
    SHIFTS,
)

HOLD_S: Final = 0.35
"""A tap is shorter. Hurried taps take some 0.1 s, careful ones 0.2 s."""
REPEAT_S: Final = 0.2
"""Between two steps of a volume key that is held: five steps a second can be followed by ear."""
REPEATING: Final = frozenset({"louder", "quieter"})

ON: Final = Call("hold", (True,), KEYPAD)
OFF: Final = Call("hold", (False,), KEYPAD)
_HELD: Final = Call("hold", (), KEYPAD)
"""In bindings: on when the key goes down, off when it goes up."""


def command_of(text: str) -> Call | None:
    """The command of a binding such as `select 3`, `volume -6 dB` or `hold`; None for `none`.

    Raises:
        CommandError: with a sentence, where the command table has no such thing.
    """
    name, _, rest = " ".join(text.split()).partition(" ")
    if name == NONE and not rest:
        return None
    if name == "hold" and not rest:
        return _HELD
    command = COMMANDS.get(name)
    if not rest or command is None:
        values = []
    elif len(command.arguments) == 1:
        values = [rest]  # a name, or a quantity with its unit, may consist of several words
    else:
        values = rest.split()
    return dataclasses.replace(call(name, values, COMMAND_LINE), sender=KEYPAD)


def bindings(changes: Mapping[str, str]) -> dict[str, Call]:
    """The default bindings with those of the settings, by key.

    Raises:
        CommandError: see `command_of`.
    """
    chosen = {key: command_of(text) for key, text in (DEFAULT_BINDINGS | dict(changes)).items()}
    return {key: requested for key, requested in chosen.items() if requested is not None}


class KeyBindingMachine:
    """The keys of one device, and what they mean.

    Args:
        keys: the command of each key, from `bindings`.
        twins: the device is a keypad, so `END` is its `KP1` without NumLock.
    """

    def __init__(self, keys: Mapping[str, Call], *, twins: bool) -> None:
        self._keys = keys
        self._twins = twins
        self._shifts: set[int] = set()
        self._modifiers: set[int] = set()
        self._deciding: tuple[int, float] | None = None  # a record key that is down, and since when
        self._holding: int | None = None  # the key that records as long as it is held
        self._repeated_s = -math.inf

    def feed(self, event: KeyEvent, now_s: float) -> list[Call]:
        """A key did something; returns the commands of that. What is due by then comes first, as by `tick`.

        Args:
            event: from `EventParser`.
            now_s: monotonic seconds.
        """
        return self.tick(now_s) + self._handle(event, now_s)

    def tick(self, now_s: float) -> list[Call]:
        """What is due by now: a key that is held for long enough begins to record."""
        if self._deciding is None or now_s - self._deciding[1] < HOLD_S:
            return []
        self._holding, self._deciding = self._deciding[0], None
        return [ON]

    def due_s(self, now_s: float) -> float:
        """How long `tick` may wait; infinite where nothing is due."""
        return math.inf if self._deciding is None else max(0.0, self._deciding[1] + HOLD_S - now_s)

    def device_lost(self) -> list[Call]:
        """The device is gone, with all its keys: what is held ends; a key that was just pressed does not count."""
        holding, self._holding, self._deciding = self._holding, None, None
        self._shifts.clear()
        self._modifiers.clear()
        return [] if holding is None else [OFF]

    def _handle(self, event: KeyEvent, now_s: float) -> list[Call]:
        name = KEY_NAMES.get(event.code, "")
        for names, down in ((SHIFTS, self._shifts), (MODIFIERS, self._modifiers)):
            if name in names:
                (down.discard if event.change == "up" else down.add)(event.code)
        if event.change == "up":
            return self._up(event.code)
        requested = self._binding_of(name)
        if requested is None or self._modifiers:
            return []
        if event.change == "repeat":
            return self._repeat(requested, now_s)
        self._repeated_s = now_s
        return self._down(event.code, requested, now_s)

    def _binding_of(self, name: str) -> Call | None:
        names = [SHIFT + name, name] if self._shifts else [name]
        if self._twins and name in NUMLOCK_TWINS:
            names.append(NUMLOCK_TWINS[name])
        return next((self._keys[one] for one in names if one in self._keys), None)

    def _down(self, code: int, requested: Call, now_s: float) -> list[Call]:
        if requested.command not in ("record", "hold") or requested.values:
            return [requested]
        if self._deciding or self._holding is not None:
            return []  # a second such key while the first is down
        if requested.command == "record":
            self._deciding = code, now_s
            return []
        self._holding = code
        return [ON]

    def _up(self, code: int) -> list[Call]:
        if code == self._holding:
            self._holding = None
            return [OFF]
        if self._deciding and code == self._deciding[0]:
            self._deciding = None
            return [Call("record", (), KEYPAD)]
        return []

    def _repeat(self, requested: Call, now_s: float) -> list[Call]:
        if requested.command not in REPEATING or now_s - self._repeated_s < REPEAT_S:
            return []
        self._repeated_s = now_s
        return [requested]
