"""The section `page` of `gesturesynth.yaml`: the web page."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import PlainText, Text, WholeNumber, YesNo, text_of
from gesturesynth.core.confusables import plain

LOCAL: Final = "local"


@dataclass(frozen=True)
class NetworkText:
    """`local`, or an IPv4 network; the value is its usual form."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^(local|[0-9.]+(/[0-9]+)?)$"}

    def check(self, value: object) -> str:
        """The network, or ValueError with a sentence."""
        text = plain(text_of(value, "`local` or a network")).strip()
        if text == LOCAL:
            return text
        try:
            return str(ipaddress.IPv4Network(text, strict=False))
        except ValueError as error:
            raise ValueError(
                f"expected `local` or a network such as 192.168.0.0/24, not '{shortened(text)}'"
            ) from error

    def __str__(self) -> str:
        return "local, or a network"


class PageSection(Section):
    """The web page, for looking and teaching with a browser."""

    enabled: YesNo = Field(default=True, description="Whether it is served.")
    listen: Annotated[str, NetworkText()] = Field(
        default="local",
        description="Who may connect: `local` (this computer only), or a network such as `192.168.0.0/24`, whose "
        "devices are paired first.",
    )
    port: Annotated[int, WholeNumber(0, 65535)] = Field(
        default=9470, description="TCP; 0 for any that is free. `gesturesynth run` prints the address."
    )
    names: list[Annotated[str, PlainText(100)]] = Field(
        default=[],
        max_length=16,
        description="Names by which browsers may call this computer, such as `gallery.local`, besides its addresses.",
    )
    certificate: Annotated[str, Text(1000, empty=True, as_is=True)] = Field(
        default="", description="A file with a certificate (PEM), for HTTPS; needs `key`."
    )
    key: Annotated[str, Text(1000, empty=True, as_is=True)] = Field(
        default="", description="The file with the key of the certificate."
    )
