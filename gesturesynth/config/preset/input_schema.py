"""The keys `inputs` and `computed` of a preset: features of its own, besides those of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.preset.output_schema import two_ends
from gesturesynth.config.yaml.midi_names import MessageText
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import Name, OneOf, PlainText, Quantity, Text, WholeNumber
from gesturesynth.features.catalogue import all_names
from gesturesynth.features.expressions.functions import FUNCTIONS
from gesturesynth.features.expressions.syntax import LONGEST
from gesturesynth.features.people.role_names import ROLES
from gesturesynth.runtime.ear_reading import ALL_BANDS, EAR
from gesturesynth.runtime.ear_reading import FEATURES as EAR_FEATURES
from gesturesynth.runtime.inputs import MOST_VALUES

OWN_FEATURES: Final = "own_features"
"""The key of the validation's context: names of the features that the preset defines."""

OWN_PATTERN: Final = r"^[a-z][a-z0-9_]*(\.[0-9]+)?$"
"""Of the names that a preset may give its own features: `shake`, `phone.2`."""

_TAKEN: Final = tuple(
    sorted({name.partition(".")[0] for name in all_names()} | {*ROLES, *FUNCTIONS, EAR, "and", "or", "not"})
)

OwnName = Annotated[str, Name(reserved=_TAKEN)]
_Range = Annotated[
    tuple[Annotated[float, Quantity("", -1e9, 1e9)], Annotated[float, Quantity("", -1e9, 1e9)]],
    BeforeValidator(two_ends),
]


class InputEntry(Section):
    """Numbers that another program sends over OSC, to the port `inputs.port` of the settings (6448), or MIDI."""

    address: Annotated[str, PlainText(200)] = Field(
        default="", description="The OSC address of the messages, such as `/accxyz`; or `midi`."
    )
    midi: Annotated[str, MessageText()] | None = Field(
        default=None,
        description="Instead of an address, what arrives as [MIDI](midi.md#inputs): one number, 0 to 1; of `bend` -1 "
        "to 1, of `pitch` the note that was begun last.",
    )
    n: Annotated[int, WholeNumber(1, MOST_VALUES)] = Field(
        default=1, description="How many numbers a message has: `NAME.1`, `NAME.2` and so on are features."
    )
    range: _Range = Field(
        default=(0.0, 1.0),
        description="Their usual range, low then high: what a bar on the screen shows, and what `from` spreads.",
    )
    ranges: Annotated[list[_Range], Field(min_length=1, max_length=MOST_VALUES)] | None = Field(
        default=None, description="The usual range of each number, in order, where these differ."
    )
    rate_hint: Annotated[float, Quantity("Hz", 0.1, 1000.0)] | None = Field(
        default=None,
        description="How many messages a second are expected. An input counts as unseen when five did not come (but "
        "not before 0.25 s); without this key, after a second.",
    )


class ComputedEntry(Section):
    """A feature that is computed from others."""

    expression: Annotated[str, Text(LONGEST)] = Field(description="How it is computed.")
    range: _Range | None = Field(
        default=None, description="Its usual range; by default what follows from the ranges of all in the expression."
    )


def short_computed(value: object) -> object:
    """A computed feature in its short form, the expression alone, as keys."""
    return value if isinstance(value, dict | ComputedEntry | None) else {"expression": value}


@dataclass(frozen=True)
class FeatureName(OneOf):
    """The name of a feature: of the table, or one that the preset defines, which the validation's context lists."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._check_with)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        own = {"type": "string", "pattern": OWN_PATTERN}
        return {"anyOf": [{"type": "string", "enum": list(self.names())}, own]}

    def _check_with(self, value: object, info: ValidationInfo) -> str:
        own = (info.context or {}).get(OWN_FEATURES, ())
        names = (*own, *self.names())
        return OneOf(lambda: names, self.what, self.lister).check(value)


def own_features(data: Mapping[str, Any]) -> Sequence[str]:
    """The names that `inputs` and `computed` define, as they are written, right or wrong.

    Args:
        data: the document.
    """
    found: list[str] = []
    found += [*EAR_FEATURES, ALL_BANDS]
    computed, inputs = data.get("computed"), data.get("inputs")
    if isinstance(computed, dict):
        found += map(str, computed)
    for name, entry in inputs.items() if isinstance(inputs, dict) else ():
        count = entry.get("n", 1) if isinstance(entry, dict) else 1
        number = int(count) if str(count).isdecimal() else 1
        found += [str(name), *(f"{name}.{place}" for place in range(1, min(number, MOST_VALUES) + 1))]
    return found
