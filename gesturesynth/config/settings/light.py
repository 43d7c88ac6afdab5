"""The section `light` of `gesturesynth.yaml`: how lamps are reached, and what they may do."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Any, Final

import pydantic
from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import OneOf, Quantity, Text, WholeNumber, YesNo, text_of
from gesturesynth.core.confusables import plain
from gesturesynth.light.protocols import (
    FASTEST_HZ,
    LOOPBACK,
    MULTICAST,
    PROTOCOLS,
    SACN,
    Destination,
    LightSettings,
)
from gesturesynth.light.sacn import LONGEST_NAME, MOST_PRIORITY, MOST_UNIVERSE

KEEP: Final = "keep"
DARK: Final = "dark"
NUMBERS: Final = WholeNumber(0, MOST_UNIVERSE)
MOST_FLASHES: Final = 20
EVERYBODY: Final = ipaddress.IPv4Address("255.255.255.255")
"""All of the network that this computer is in."""


@dataclass(frozen=True)
class LampAddress:
    """An IPv4 address, `localhost`, or `multicast`; the value is its usual form. With `empty` it may be left out."""

    empty: bool = False

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^(localhost|{MULTICAST}|[0-9.]+{'|' if self.empty else ''})$"}

    def check(self, value: object) -> str:
        """The address, or ValueError with a sentence."""
        text = plain(text_of(value, "an address")).strip()
        if text == "localhost":
            return LOOPBACK
        if text == MULTICAST or (self.empty and not text):
            return text
        try:
            address = ipaddress.IPv4Address(text)
        except ValueError as error:
            raise ValueError(
                f"expected an address such as 192.168.1.30, or `{MULTICAST}`, not '{shortened(text)}'; names are not "
                "looked up"
            ) from error
        if address.is_multicast:
            raise ValueError(f"{address} is a group: write `{MULTICAST}`, then each universe has its own (sACN)")
        if address.is_unspecified or (address.is_reserved and address != EVERYBODY):
            raise ValueError(f"no receiver has the address {address}; write that of a node, such as 192.168.1.30")
        return str(address)

    def __str__(self) -> str:
        return f"an IPv4 address, or {MULTICAST}"


@dataclass(frozen=True)
class OwnAddress:
    """An IPv4 address of this computer, or nothing."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^[0-9.]*$"}

    def check(self, value: object) -> str:
        """The address, or ValueError with a sentence."""
        text = plain(text_of(value, "an address")).strip()
        try:
            return str(ipaddress.IPv4Address(text)) if text else ""
        except ValueError as error:
            raise ValueError(
                f"expected an address of this computer, such as 192.168.1.10, not '{shortened(text)}'"
            ) from error

    def __str__(self) -> str:
        return "an IPv4 address"


@dataclass(frozen=True)
class UniverseKey:
    """The number of a universe of presets, as the key of a table."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(lambda value: str(NUMBERS.check(value)))

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^[0-9]+$"}

    def __str__(self) -> str:
        return "NUMBER"


class UniverseSection(Section):
    """Where one universe of presets is on the network."""

    number: Annotated[int, NUMBERS] = Field(
        description="Its number there. Art-Net: 0 to 32767, as net, sub-net and universe together; sACN: 1 to 63999."
    )
    address: Annotated[str, LampAddress(empty=True)] = Field(
        default="", description="Of its receiver, where that is another than `light.address`."
    )


def short_universe(value: object) -> object:
    """A universe in its short form, the number alone, as keys."""
    return value if isinstance(value, dict | UniverseSection | None) else {"number": value}


class LightSection(Section):
    """Lamps, over Art-Net or sACN. Presets say what they follow (`light`)."""

    enabled: YesNo = Field(default=False, description="Whether `gesturesynth run` and the service drive lamps.")
    protocol: Annotated[str, OneOf(lambda: tuple(PROTOCOLS), "a protocol")] = Field(
        default=SACN, description="`sacn` (E1.31), or `artnet`."
    )
    address: Annotated[str, LampAddress()] = Field(
        default=LOOPBACK,
        description="Where levels go: a node or a desk, or a program on this computer; `multicast` (sACN only): every "
        "receiver of the universe.",
    )
    via: Annotated[str, OwnAddress()] = Field(
        default="",
        description="The address of this computer's own on the network of the lamps, where it has several networks; by "
        "default the system chooses.",
    )
    port: Annotated[int, WholeNumber(0, 65535)] = Field(
        default=0, description="UDP; 0 for the protocol's own: 5568 for sACN, 6454 for Art-Net."
    )
    universes: dict[Annotated[str, UniverseKey()], Annotated[UniverseSection, BeforeValidator(short_universe)]] = Field(
        default={},
        max_length=64,
        description="Where universes of presets are, if not under the same number: `1: 0`, or "
        "`1: {number: 0, address: 192.168.1.30}`.",
    )
    name: Annotated[str, Text(LONGEST_NAME)] = Field(
        default="Gesture Synth", description="What the source is called in other programs (sACN)."
    )
    priority: Annotated[int, WholeNumber(0, MOST_PRIORITY)] = Field(
        default=100, description="Of several sources of a universe the one with the greatest counts (sACN)."
    )
    rate: Annotated[float, Quantity("Hz", 1.0, FASTEST_HZ)] = Field(
        default=40.0, description="Frames a second at most. What does not change is sent every 0.8 s."
    )
    most: Annotated[float, Quantity("%", 0.0, 100.0)] = Field(
        default=100.0, description="The greatest level: all are multiplied by it."
    )
    flashes: Annotated[int, WholeNumber(0, MOST_FLASHES)] = Field(
        default=3,
        description="How many flashes there are in any second at most, for people whom flicker makes ill: of all "
        "`flash` together, and of any lamp, whatever it follows. More than 3 can be harmful.",
    )
    on_mute: Annotated[str, OneOf(lambda: (KEEP, DARK), "a word")] = Field(
        default=KEEP, description="`dark`: lamps fade out while the sound is muted. A panic darkens them in any case."
    )

    @pydantic.model_validator(mode="after")
    def _check_parts(self) -> LightSection:
        protocol = PROTOCOLS[self.protocol]
        addresses = [self.address, *(one.address for one in self.universes.values())]
        if MULTICAST in addresses and not protocol.multicast:
            raise ValueError(f"{protocol.title} has no `{MULTICAST}`; give the address of the node")
        for key, one in self.universes.items():
            if not protocol.first_universe <= one.number <= protocol.last_universe:
                raise ValueError(
                    f"universe {key}: {protocol.title} has the numbers {protocol.first_universe} to "
                    f"{protocol.last_universe}, and not {one.number}"
                )
        return self

    def light_settings(self) -> LightSettings:
        """The settings, for the process."""
        return LightSettings(
            self.protocol,
            self.address,
            self.port,
            {int(key): Destination(one.number, one.address or self.address) for key, one in self.universes.items()},
            self.name,
            self.priority,
            self.rate,
            self.most / 100.0,
            self.flashes,
            dark_when_muted=self.on_mute == DARK,
            via=self.via,
        )
