"""The section `page` of `gesturesynth.yaml`: the web page."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import PlainText, WholeNumber, YesNo


class PageSection(Section):
    """The web page, for looking and teaching with a browser."""

    enabled: YesNo = Field(default=True, description="Whether it is served.")
    port: Annotated[int, WholeNumber(0, 65535)] = Field(
        default=9470, description="TCP; 0 for any that is free. `gesturesynth run` prints the address."
    )
    names: list[Annotated[str, PlainText(100)]] = Field(
        default=[],
        max_length=16,
        description="Names by which browsers may call this computer, such as `gallery.local`, besides its addresses.",
    )
