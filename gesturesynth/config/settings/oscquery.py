"""The section `oscquery` of `gesturesynth.yaml`: how other programs find OSC addresses."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import PlainText, WholeNumber, YesNo


class OscQuerySection(Section):
    """OSCQuery: which OSC addresses there are, and their values, for programs that ask."""

    enabled: YesNo = Field(default=True, description="Whether it is served, at the port of the page.")
    without_page: YesNo = Field(
        default=False,
        description="Also while there is no page: by a process of its own, at `port`, for this computer only.",
    )
    port: Annotated[int, WholeNumber(0, 65535)] = Field(
        default=9471, description="TCP, of that process; 0 for any that is free."
    )
    announce: YesNo = Field(
        default=True,
        description="Whether the local network is told (zeroconf) where other computers may connect: of OSCQuery as "
        "`page.listen` says, of OSC as `osc.host` and `osc.allow` say.",
    )
    name: Annotated[str, PlainText(40)] = Field(
        default="Gesture Synth", description="By which other computers find it; the name of this computer is added."
    )
