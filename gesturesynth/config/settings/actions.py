"""The section `actions` of `gesturesynth.yaml`: what presets may have sent to other programs and devices."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.actions.http.addresses import IpNetwork, WebAddress, web_address
from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.pressable_key import PressableKey, codes_of
from gesturesynth.config.yaml.types import Quantity, YesNo, text_of
from gesturesynth.core.confusables import plain
from gesturesynth.core.errors import UserError


@dataclass(frozen=True)
class WebAddressText:
    """An address of the web; the value is its one form."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^https?://[^/?#@\s]+(/\S*)?$"}

    def check(self, value: object) -> str:
        """The address, or ValueError with a sentence."""
        text = plain(text_of(value, "an address such as http://192.168.1.20/lamp")).strip()
        try:
            return str(web_address(text))
        except UserError as error:
            raise ValueError(str(error)) from error

    def __str__(self) -> str:
        return "an address such as `http://192.168.1.20/lamp`"


@dataclass(frozen=True)
class AnyNetworkText:
    """An IP address or network; the value is its usual form."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^[0-9a-fA-F.:]+(/[0-9]+)?$"}

    def check(self, value: object) -> str:
        """The network, or ValueError with a sentence."""
        text = plain(text_of(value, "an address or a network")).strip()
        try:
            return str(ipaddress.ip_network(text, strict=False))
        except ValueError as error:
            raise ValueError(f"expected a network such as 192.168.1.0/24, not '{shortened(text)}'") from error

    def __str__(self) -> str:
        return "an address or a network"


class ActionsSection(Section):
    """What presets may have sent when something happens ([Actions](actions.md)); OSC needs no permission."""

    enabled: YesNo = Field(
        default=False,
        description="Whether `gesturesynth run`, and the system service, carry out actions. (`gesturesynth actions` "
        "always does.)",
    )
    http: list[Annotated[str, WebAddressText()]] = Field(
        default=[],
        max_length=32,
        description="Web addresses that may be asked for: these, and all below them. None by default.",
    )
    networks: list[Annotated[str, AnyNetworkText()]] = Field(
        default=[],
        max_length=32,
        description="Addresses and networks, such as `192.168.1.0/24`, that are not public and that names in `http` "
        "may lead to. One that stands in `http` as a number needs no line here. The system service sends OSC there, "
        "too.",
    )
    rate: Annotated[float, Quantity("", 0.1, 20.0)] = Field(
        default=5.0, description="How many web requests are made in a second at most, of all actions."
    )
    keys: list[Annotated[str, PressableKey()]] = Field(
        default=[],
        max_length=32,
        description="Keys that may be pressed, such as `[RIGHT, LEFT, SPACE]`; with any, a second process does it. "
        "None by default. They go to whatever program has the keyboard.",
    )

    def addresses(self) -> tuple[WebAddress, ...]:
        """What may be asked for."""
        return tuple(map(web_address, self.http))

    def ip_networks(self) -> tuple[IpNetwork, ...]:
        """The networks."""
        return tuple(map(ipaddress.ip_network, self.networks))

    def key_codes(self) -> dict[str, tuple[int, ...]]:
        """The codes of each key, by its name."""
        return {key: codes_of(key) for key in self.keys}
