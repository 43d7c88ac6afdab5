"""The sections `trackers` and `publish` of `gesturesynth.yaml`: poses from other computers, and for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import pydantic
from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import Name, PlainText, text_of
from gesturesynth.core.confusables import plain
from gesturesynth.remote_poses.addresses import TrackerAddress, parse_address
from gesturesynth.remote_poses.keys import parse_key
from gesturesynth.runtime.tracker_readings import LOCAL

MOST_TRACKERS: Final = 8


@dataclass(frozen=True)
class AddressText:
    """The address of a pose server, or nothing; the value is its one form. With `to_bind` it is to listen at."""

    to_bind: bool = False

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^(tcp://.+:[0-9]+)?$"}

    def check(self, value: object) -> str:
        """The address, or ValueError with a sentence."""
        text = plain(text_of(value, "an address such as tcp://192.168.1.20:9480")).strip()
        return str(parse_address(text, to_bind=self.to_bind)) if text else ""

    def __str__(self) -> str:
        return "an address such as `tcp://0.0.0.0:9480`" if self.to_bind else "`tcp://HOST:PORT`"


@dataclass(frozen=True)
class KeyText:
    """The public key of another computer, or nothing."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^([A-Za-z0-9]{7}(-[A-Za-z0-9]{7}){7})?$"}

    def check(self, value: object) -> str:
        """The key as it was written, or ValueError with a sentence."""
        text = plain(text_of(value, "the key that `gesturesynth keys show` prints")).strip()
        if text:
            parse_key(text)
        return text

    def __str__(self) -> str:
        return "what `gesturesynth keys show` prints there"


@dataclass(frozen=True)
class LocalWord:
    """`local` in the place of the keys of a tracker."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.spell_out, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"const": LOCAL}, handler(schema)]}

    def spell_out(self, value: object) -> object:
        """Keys for the word; ValueError for another."""
        if not isinstance(value, str):
            return value
        if plain(value).strip() != LOCAL:
            raise ValueError(f"'{shortened(value)}' is no tracker: `{LOCAL}`, or the keys name, address and key")
        return {"name": LOCAL}


class TrackerSection(Section):
    """One tracker: `local` for that of this computer, or one whose poses another computer publishes."""

    name: Annotated[str, Name()] = Field(description="What it is called here, such as `hall`.")
    address: Annotated[str, AddressText()] = Field(
        default="", description="Of the pose server of its computer; none for `local`."
    )
    key: Annotated[str, KeyText()] = Field(default="", description="The public key of its computer; none for `local`.")
    room: Annotated[str, Name()] | None = Field(
        default=None,
        description="Which room it sees; trackers of the same room see it from several sides. By default each has a "
        "room of its own, called like the tracker.",
    )

    @pydantic.model_validator(mode="after")
    def _check_parts(self) -> TrackerSection:
        if self.name == LOCAL and (self.address or self.key):
            raise ValueError(f"`{LOCAL}` is the tracker of this computer, without address and key: take another name")
        if self.name != LOCAL and not (self.address and self.key):
            lacking = "address" if not self.address else "key"
            raise ValueError(f"the tracker '{self.name}' has no {lacking}; only `{LOCAL}` needs none")
        return self

    def tracker(self) -> TrackerAddress:
        """The tracker, for the receiver."""
        address = parse_address(self.address) if self.address else None
        return TrackerAddress(self.name, self.room or self.name, address, parse_key(self.key) if self.key else b"")


def _distinct(trackers: list[TrackerSection]) -> list[TrackerSection]:
    names = [one.name for one in trackers]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"two trackers are called '{twice}'")
    return trackers


Trackers = Annotated[
    list[Annotated[TrackerSection, LocalWord()]], Field(max_length=MOST_TRACKERS), AfterValidator(_distinct)
]


class PublishSection(Section):
    """Poses of this computer's tracker for other computers: encrypted, and only for keys that were allowed."""

    address: Annotated[str, AddressText(to_bind=True)] = Field(
        default="",
        description="Where the pose server listens: `tcp://0.0.0.0:9480` for all networks of this computer, or one of "
        "its addresses. Empty: there is none.",
    )
    allow: list[Annotated[str, PlainText(100)]] = Field(
        default=[],
        max_length=64,
        description="Addresses or networks (`192.168.1.0/24`) from which the system service may be reached; the keys "
        "decide in any case.",
    )


def remote_trackers(trackers: Sequence[TrackerSection]) -> tuple[TrackerAddress, ...]:
    """The trackers that the conductor receives from; none where it is that of this computer alone."""
    found = tuple(one.tracker() for one in trackers)
    return found if any(one.address for one in found) else ()


def has_local(trackers: Sequence[TrackerSection]) -> bool:
    """Whether the tracker of this computer is one of them; it is the only one where none is named."""
    return not trackers or any(one.name == LOCAL for one in trackers)
