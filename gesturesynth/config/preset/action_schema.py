"""The keys of `actions` in a preset: what is sent to other programs and devices when something happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.actions.http.addresses import LONGEST
from gesturesynth.config.preset.preset_name import or_nothing
from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.midi_names import DataOrName, NoteText
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.pressable_key import PressableKey
from gesturesynth.config.yaml.types import Name, OneOf, PlainText, Quantity, Text, WholeNumber, text_of
from gesturesynth.midi.encoder import MOST_CONTROL
from gesturesynth.runtime.midi_message import CHANNELS

MOST_ACTIONS: Final = 32
MOST_ARGUMENTS: Final = 16
METHODS: Final = ("GET", "POST")
CONTENT_TYPES: Final = {"json": "application/json", "form": "application/x-www-form-urlencoded", "text": "text/plain"}

ActionName = Annotated[str, Name()]


@dataclass(frozen=True)
class ArgumentText:
    """One argument of an OSC message, as the text that was written; `{pitch}` without quotes is one, too."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        keys = {"type": "object", "additionalProperties": {"type": "null"}}
        return {"anyOf": [{"type": "number"}, {"type": "string", "maxLength": 200}, keys]}

    def check(self, value: object) -> str:
        """The text, or ValueError with a sentence."""
        if isinstance(value, dict) and list(value.values()) == [None]:  # YAML takes braces for keys
            return "{" + str(next(iter(value))) + "}"
        text = text_of(value, "a number, a text, or a value such as {pitch}")
        if len(text) > 200:
            raise ValueError(f"expected a text of at most 200 characters, not {len(text)}")
        if "\0" in text:
            raise ValueError(f"'{shortened(text)}' has a character that OSC cannot send")
        return text

    def __str__(self) -> str:
        return "a number, a text, or a value such as `{pitch}`"


def one_or_more(value: object) -> object:
    """A text alone as a list of one."""
    return value if isinstance(value, list) else [value]


class ActionOscEntry(Section):
    """One OSC message, over UDP."""

    host: Annotated[str, PlainText(80)] = Field(
        default="127.0.0.1", description="The computer that gets it: an IPv4 address, or `localhost`."
    )
    port: Annotated[int, WholeNumber(1, 65535)] = Field(description="The UDP port it listens to.")
    address: Annotated[str, PlainText(200)] = Field(description="The OSC address, such as `/lamp`.")
    arguments: list[Annotated[str, ArgumentText()]] = Field(
        default=[],
        max_length=MOST_ARGUMENTS,
        description="What it carries: whole numbers, other numbers (32-bit floats), texts, and values by name: "
        "`[1, {pitch}, go]`. A number in quotes is sent as a text.",
    )


class HttpEntry(Section):
    """One request to a web server. `actions.http` of the settings says which may be asked."""

    url: Annotated[str, Text(LONGEST, as_is=True)] = Field(
        description="What is asked for: `http://` or `https://`. Values may stand behind the host: `?level={level}`."
    )
    method: Annotated[str, OneOf(lambda: METHODS, "a method")] = Field(
        default="GET", description="`GET`, or `POST` with a body."
    )
    body: Annotated[str, Text(4000, empty=True, as_is=True)] = Field(
        default="", description='What is sent with `POST`, with values: `{"pitch": {pitch}}`.'
    )
    type: Annotated[str, OneOf(lambda: tuple(CONTENT_TYPES), "a type of body")] = Field(
        default="json", description="What the body is: `json`, `form` or `text`."
    )


def short_http(value: object) -> object:
    """An address alone as the keys that it is short for."""
    return value if isinstance(value, dict | HttpEntry | None) else {"url": value}


class ActionMidiEntry(Section):
    """One MIDI message; a note is ended, too. The port is that of the settings (`midi`)."""

    note: Annotated[int, NoteText()] | None = Field(default=None, description="A note that is played: `C4`.")
    control: Annotated[int, WholeNumber(0, MOST_CONTROL)] | None = Field(
        default=None, description="A control change: the number of the controller."
    )
    program: Annotated[int, WholeNumber(1, 128)] | None = Field(
        default=None, description="A program change: the number of the program."
    )
    value: Annotated[str, DataOrName()] | None = Field(
        default=None,
        description="Of a control change: 0 to 127, or an output, whose range is spread over these. By default 127.",
    )
    velocity: Annotated[str, DataOrName()] | None = Field(
        default=None, description="Of a note: 1 to 127, or an output, likewise. By default 100."
    )
    length: Annotated[float, Quantity("s", 0.005, 60.0)] | None = Field(
        default=None, description="How long the note sounds; by default 100 ms."
    )
    channel: Annotated[int, WholeNumber(1, CHANNELS)] | None = Field(
        default=None,
        description="Its channel; by default that of the preset's `midi`. With `voices: per_person`, that of the first "
        "person.",
    )


class ActionEntry(Section):
    """One action: when, and what is sent then."""

    when: Annotated[
        list[Annotated[str, PlainText(70)]], BeforeValidator(one_or_more), Field(min_length=1, max_length=16)
    ] = Field(
        description="What brings it about, or a list: a class (it is entered; `CLASS.left`: it is left), a gesture (it "
        "was performed), a trigger that a class or gesture strikes (`drums.kick`), `person.comes`, `person.goes`, "
        "`scene.SCENE` (it begins), `scene.changes`."
    )
    rest: Annotated[float, Quantity("s", 0.05, 3600.0)] = Field(
        default=0.25, description="How long it is not carried out again."
    )
    osc: Annotated[ActionOscEntry | None, BeforeValidator(or_nothing)] = Field(
        default=None, description="A message over OSC."
    )
    http: Annotated[HttpEntry | None, BeforeValidator(short_http)] = Field(
        default=None, description="A request to a web server: its address, or keys."
    )
    key: Annotated[Annotated[str, PressableKey()] | None, BeforeValidator(or_nothing)] = Field(
        default=None, description="A key that is pressed, where `actions.keys` of the settings allows it."
    )
    midi: Annotated[ActionMidiEntry | None, BeforeValidator(or_nothing)] = Field(
        default=None, description="A MIDI message: a note, a control change or a program change."
    )
