"""What a preset says about its instruments, and about the buses that they share."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import ConfigDict, Field

from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import AnyQuantity, Name, PlainText, Quantity, Text
from gesturesynth.synthesis.structure import send

LONGEST_PATH: Final = 400
LONGEST_BUS: Final = 27
"""Of a name, so that the parameter that sends there has one of at most 32 characters."""
FreeQuantity = Annotated[str, AnyQuantity()]
FollowingQuantity = Annotated[str, AnyQuantity(sources=True)]
"""A number, or what moves it: `pan: body.x` says the same as an output with `to:` and `from:`."""
BusName = Annotated[str, Name(longest=LONGEST_BUS)]
_SEND: Final = send("")


class InstrumentEntry(Section):
    """One instrument: its kind, and parameters that stay as they are, or follow a feature (no output moves them)."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, FollowingQuantity] = Field(init=False)

    kind: Annotated[str, PlainText(32)] | None = Field(
        default=None, description="Which instrument plays. By default the instrument's name is its kind."
    )
    sounds: Annotated[str, Text(LONGEST_PATH)] | None = Field(
        default=None,
        description="A folder with sound files, or one file, for an instrument that plays some (`sampler`): WAV, FLAC, "
        "Ogg or AIFF. The way to it begins at the folder of this preset.",
    )
    sends: dict[BusName, Annotated[float, Quantity("dB", _SEND.low, _SEND.high)]] = Field(
        default={},
        description="How much of it goes to each of `buses`, such as `{hall: -12 dB}`. An output moves it as "
        "`to: theremin.send_hall`.",
    )


class BusEntry(Section):
    """One effect that instruments send to: its kind, and parameters that stay as they are, or follow a feature."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, FollowingQuantity] = Field(init=False)

    kind: Annotated[str, PlainText(32)] | None = Field(
        default=None, description="Which effect it is. By default the bus's name is its kind."
    )
