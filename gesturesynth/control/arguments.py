"""The values of commands: what an argument is, and whether something from outside can be one.

Input is not trusted: a value of a wrong type is refused, never guessed. There are two exceptions, where the other side
has no choice: whole numbers may come as floats (OSC faders send nothing else), and where a program sends only texts, as
a command line does and some senders of OSC do, its texts are read as the numbers and switches they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gesturesynth.core.units import Unit, parse_quantity

Kind = Literal["int", "float", "text", "bool", "document"]
Value = int | float | str | bool

TEXT_LIMIT: Final = 80
"""Characters of a text argument: the longest name that a preset can have."""
LONG_TEXT_LIMIT: Final = 2000
"""Characters of a text argument that holds sentences or a list."""
DOCUMENT_BYTES: Final = 48 * 1024
"""Of a text of many lines, as UTF-8: ten times the longest preset that is shipped."""
_SWITCH: Final = {
    "on": True,
    "true": True,
    "yes": True,
    "1": True,
    "off": False,
    "false": False,
    "no": False,
    "0": False,
}


@dataclass(frozen=True)
class Argument:
    """One value of a command.

    Attributes:
        name: for people: in help, errors and documents.
        kind: `bool` takes true and false, and 1 and 0 as OSC buttons send them; `document` is a text of many lines.
        help: what it means.
        low, high: of a number, both included; a number has both.
        unit: of a number.
        optional: may be left out; then all after it are, too.
        limit: of a text, in characters.
        words: of a text that is the last argument: it may have blanks, and a shell need not quote it.
    """

    name: str
    kind: Kind
    help: str
    low: float | None = None
    high: float | None = None
    unit: Unit = ""
    optional: bool = False
    words: bool = False
    limit: int = TEXT_LIMIT

    @property
    def range(self) -> str:
        """The allowed values as a text: `a whole number from 1 to 9`."""
        if self.kind == "bool":
            return "on or off"
        if self.kind == "text":
            return f"a text of 1 to {self.limit} characters"
        if self.kind == "document":
            return f"a text of at most {DOCUMENT_BYTES // 1024} kB"
        number = "a whole number" if self.kind == "int" else "a number"
        return f"{number} from {self.low:.9g} to {self.high:.9g} {self.unit}".rstrip()

    def accepted(self, value: object, *, read_texts: bool = False) -> Value | None:
        """The value as this argument's type, or None if it cannot be one.

        Args:
            value: anything.
            read_texts: whether a text such as `-6 dB` or `on` may stand for a number or a switch.
        """
        if self.kind == "text":
            return _text(value, self.limit)
        if self.kind == "document":
            return _document(value)
        if read_texts and isinstance(value, str):
            value = self._read(value)
        return _switch(value) if self.kind == "bool" else self._number(value)

    def _read(self, text: str) -> object:
        if self.kind == "bool":
            return switch_of(text)
        try:
            return parse_quantity(text, self.unit)
        except ValueError:
            return None

    def _number(self, value: object) -> int | float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        assert self.low is not None
        assert self.high is not None
        if not self.low <= value <= self.high:  # false for NaN, too
            return None
        if self.kind == "float":
            return float(value)
        return int(value) if value == int(value) else None


def switch_of(text: str) -> bool | None:
    """The value of a text such as `on`, `true` or `0`, or None where it is no switch."""
    return _SWITCH.get(text.strip().lower())


def shown(value: object) -> str:
    """A value from outside, for a sentence: short and printable, whatever it is."""
    if isinstance(value, int) and not -(10**12) < value < 10**12:
        return "a huge number"  # not its thousands of digits
    if isinstance(value, str | bytes):
        value = value[:40]
    text = ascii(value) if isinstance(value, str | bytes | int | float | bool | None) else f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def _document(value: object) -> str | None:
    """A text of many lines; what is in it is checked by the one that reads it."""
    if not isinstance(value, str):
        return None
    return value if value and len(value.encode("utf-8", "surrogatepass")) <= DOCUMENT_BYTES else None


def _text(value: object, limit: int) -> str | None:
    """A text that can go to a terminal and into a log as it is."""
    if not isinstance(value, str) or not value.isprintable():
        return None
    text = value.strip()
    return text if 1 <= len(text) <= limit else None


def _switch(value: object) -> bool | None:
    return bool(value) if isinstance(value, int | float) and value in (0, 1) else None
