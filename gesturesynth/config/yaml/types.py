"""Types of values in presets and settings: quantities, names out of a table, names chosen by the author.

Each type checks a value, reports what is allowed, and describes itself twice: as JSON Schema for editors, and as text
(`str`) for the reference. They are used inside `Annotated`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.core.confusables import OPENING, QUOTES, advice, code_point_name, latin, plain, unusual_character
from gesturesynth.core.note_lengths import NOTE_PATTERN, note_length_text
from gesturesynth.core.units import Unit, parse_quantity, spellings

_LISTED: Final = 16
"""Longer lists of allowed names are cut in sentences."""
SOURCE_PATTERN: Final = r"^\s*[a-z][a-z0-9_]*\.[a-z][a-z0-9_.]*\s*$"
"""What an output can follow: a feature, or something of a gesture or a class."""
_NUMBER: Final = r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*"


# ---------------------------------------------------------------------------------------------------------------- texts
def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """`, did you mean 'x'?`, or an empty text when no allowed name is similar."""
    by_lower = {name.lower(): name for name in allowed}
    lower = latin(name).lower()
    if lower in by_lower:
        return f", did you mean '{by_lower[lower]}'?"
    near = difflib.get_close_matches(lower, by_lower, n=1, cutoff=0.6) if 2 < len(lower) < 80 else []
    return f", did you mean '{by_lower[near[0]]}'?" if near else ""


def unknown_name(name: str, what: str, allowed: Sequence[str], lister: str = "") -> str:
    """The sentence for a name that is not in a table: `'pich' is not ..., did you mean 'pitch'? Allowed: ...`.

    `lister` is a command that lists a table too long for a sentence.
    """
    listed = ", ".join(name or "''" for name in allowed[:_LISTED])
    if len(allowed) > _LISTED:
        listed = f"`{lister}` lists them" if lister else f"{listed} and {len(allowed) - _LISTED} more"
    unusual = unusual_character(name).removeprefix("; ")
    unusual = f" {unusual[0].upper()}{unusual[1:]}." if unusual else ""
    guess = did_you_mean(name, allowed) or "."
    return f"'{shortened(name)}' is not {what}{guess}{unusual} Allowed: {listed or 'none'}"


def format_quantity(value: float, unit: Unit) -> str:
    """A quantity with its unit: `-6 dB`, `110 Hz`, `0.25`."""
    if unit == "s" and 0.0 < abs(value) < 1.0:
        return f"{value * 1000.0:g} ms"
    if unit == "note":
        return note_length_text(value)
    return f"{value:g} {unit}".rstrip()


def format_range(low: float, high: float, unit: Unit) -> str:
    """A range with both ends in one unit: `20 to 400 ms`, `0 to 60 s`, `-60 to 0 dB`."""
    if unit == "s" and 0.0 < max(abs(low), abs(high)) < 1.0:
        return f"{low * 1000.0:g} to {high * 1000.0:g} ms"
    if unit == "note":
        return f"{note_length_text(low)} to {note_length_text(high)}"
    return f"{low:g} to {high:g} {unit}".rstrip()


def text_of(value: object, what: str) -> str:
    """The text of a value.

    Raises:
        ValueError: it is a list, keys, or empty.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    found = {dict: "keys", list: "a list", type(None): "nothing"}.get(type(value), f"'{shortened(str(value))}'")
    raise ValueError(f"expected {what}, not {found}")


def parse_in_range(value: object, unit: Unit, low: float, high: float) -> float:
    """A quantity in `unit` within `low`..`high`.

    Raises:
        ValueError: with a sentence that says what is allowed.
    """
    allowed = format_range(low, high, unit)
    written = text_of(value, f"a number ({allowed})")
    text = plain(written)
    if re.fullmatch(r"\d+:\d+(:\d+)?", text):
        raise ValueError(f"'{text}' is not a number here; write it in one unit, such as '90 s' ({allowed})")
    if len(text) > 40:
        raise ValueError(f"expected a number ({allowed}), not '{shortened(text)}'")
    number = parse_quantity(written, unit)
    if not low <= number <= high:
        raise ValueError(f"{format_quantity(number, unit)} is outside {allowed}")
    return number


# ---------------------------------------------------------------------------------------------------------------- types
@dataclass(frozen=True)
class Quantity:
    """A number in `unit` within `low`..`high`, written with or without its unit."""

    unit: Unit
    low: float
    high: float

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return quantity_schema(self.unit, self.low, self.high)

    def check(self, value: object) -> float:
        """The number in the unit, or ValueError with a sentence."""
        return parse_in_range(value, self.unit, self.low, self.high)

    def __str__(self) -> str:
        return format_range(self.low, self.high, self.unit)


@dataclass(frozen=True)
class WordOrNumber:
    """A number without a unit within `low`..`high`, or a word that stands for one."""

    words: Mapping[str, float]
    low: float
    high: float

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"enum": list(self.words)}, quantity_schema("", self.low, self.high)]}

    def check(self, value: object) -> float:
        """The number, or ValueError with a sentence."""
        text = text_of(value, str(self)).strip()
        if text in self.words:
            return self.words[text]
        if not re.match(r"[\d.+-]", plain(text)):
            near = difflib.get_close_matches(text, self.words, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise ValueError(f"'{shortened(text)}' is not one of {self}{unusual_character(text)}{hint}")
        return parse_in_range(value, "", self.low, self.high)

    def __str__(self) -> str:
        words = ", ".join(f"`{word}` ({number:g})" for word, number in self.words.items())
        return f"{words}, or a number from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class AnyQuantity:
    """A number whose unit and range another part of the file decides, or a word; kept as the text that was written.

    With `sources`, the name of what moves it may stand there, such as `body.x`.
    """

    word: str = ""
    sources: bool = False

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(lambda value: text_of(value, "a number"))

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        words: list[dict[str, Any]] = [{"const": self.word}] if self.word else []
        words += [{"type": "string", "pattern": SOURCE_PATTERN}] if self.sources else []
        number = rf"^({_NUMBER}[A-Za-z%/]*\s*|{NOTE_PATTERN})$"
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": number}, *words]}

    def __str__(self) -> str:
        more = f", or `{self.word}`" if self.word else ""
        return "a number in its own unit" + more + (", or what moves it, such as `body.x`" if self.sources else "")


@dataclass(frozen=True)
class WholeNumber:
    """A whole number of `unit` within `low`..`high`, written with or without its unit."""

    low: int
    high: int
    unit: Unit = ""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = quantity_schema(self.unit, self.low, self.high)
        return {"type": "integer", "minimum": self.low, "maximum": self.high} if not self.unit else schema

    def check(self, value: object) -> int:
        """The number, or ValueError with a sentence."""
        number = parse_in_range(value, self.unit, self.low, self.high)
        if number != int(number):
            raise ValueError(f"expected a whole number ({self}), not {format_quantity(number, self.unit)}")
        return int(number)

    def __str__(self) -> str:
        return f"{self.low} to {self.high} {self.unit}".rstrip()


@dataclass(frozen=True)
class OneOf:
    """A name out of a table. `names` is called when needed, so that the table is read late."""

    names: Callable[[], Sequence[str]]
    what: str
    lister: str = ""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.names())}

    def check(self, value: object) -> str:
        """The name, or ValueError with a sentence."""
        written = text_of(value, self.what)
        text = plain(written)
        if text not in self.names():
            raise ValueError(unknown_name(written, self.what, self.names(), self.lister))
        return text

    def __str__(self) -> str:
        names = [name for name in self.names() if name]
        return ", ".join(names) if len(names) <= 10 else self.what


@dataclass(frozen=True)
class Text:
    """A line of text of at most `longest` characters; `empty` allows an empty one, `as_is` keeps its blanks."""

    longest: int
    empty: bool = False
    as_is: bool = False

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "minLength": 0 if self.empty else 1, "maxLength": self.longest}

    def check(self, value: object) -> str:
        """The text, blanks joined unless it is the name of a file, or ValueError with a sentence."""
        text = text_of(value, "a text")
        if not self.as_is:
            text = " ".join(text.split())
        if not text and not self.empty:
            raise ValueError("the text is empty")
        if len(text) > self.longest:
            raise ValueError(f"expected a text of at most {self.longest} characters, not {len(text)}")
        if text[:1] in OPENING and not set(text[1:]) & set(QUOTES):  # YAML has cut it at a comma, or at a `#`
            raise ValueError(f"the text begins with {code_point_name(text[0])} and does not end: {advice(text[0])}")
        return text

    def __str__(self) -> str:
        return f"text of at most {self.longest} characters"


@dataclass(frozen=True)
class PlainText(Text):
    """A text for programs, such as `drone.pitch` or an address: look-alikes of ASCII characters are replaced."""

    def check(self, value: object) -> str:
        """The text, or ValueError with a sentence."""
        return plain(super().check(value))


@dataclass(frozen=True)
class Name:
    """A name chosen by the author: lower case, digits, underscore; not one of `reserved`."""

    reserved: tuple[str, ...] = ()
    longest: int = 32

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^[a-z][a-z0-9_]{{0,{self.longest - 1}}}$"}

    def check(self, value: object) -> str:
        """The name, or ValueError with a sentence."""
        written = text_of(value, "a name")
        text = plain(written)
        if not re.fullmatch(rf"[a-z][a-z0-9_]{{0,{self.longest - 1}}}", text):
            raise ValueError(
                f"'{shortened(written)}' is not a name; names have 1 to {self.longest} small letters, digits and "
                f"underscores, and begin with a letter{unusual_character(written)}"
            )
        if text in self.reserved:
            raise ValueError(f"'{text}' has a meaning of its own; choose another name")
        return text

    def __str__(self) -> str:
        return "NAME"


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = plain(text_of(value, "true or false"))
    if text.lower() in {"true", "yes", "on"}:
        return True
    if text.lower() in {"false", "no", "off"}:
        return False
    raise ValueError(f"expected true or false, not '{shortened(text)}'{unusual_character(text)}")


YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
"""true or false; yes, no, on and off are accepted."""


def quantity_schema(unit: Unit, low: float, high: float) -> dict[str, Any]:
    """JSON Schema of a quantity: a number within the range, or a text of a number and a unit."""
    endings = "|".join(re.escape(text) for text in spellings(unit) if text)
    pattern = rf"^{_NUMBER}({endings})?\s*$" if endings else rf"^{_NUMBER}$"
    return {"anyOf": [{"type": "number", "minimum": low, "maximum": high}, {"type": "string", "pattern": pattern}]}
