"""The section `hours` of `gesturesynth.yaml`: the opening hours, with a key for each day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config import opening_hours as hours
from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import Quantity, did_you_mean, text_of
from gesturesynth.core.confusables import plain

LONGEST_FADE_S: Final = 30.0
"""Short, so that a clock that jumps and is corrected costs less than a minute of wrong silence or sound."""


@dataclass(frozen=True)
class Times:
    """The hours of a day: a text, or a list of texts. The value is the text in its one form."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}

    def check(self, value: object) -> str:
        """The hours, or ValueError with a sentence."""
        parts = value if isinstance(value, list) and value else [value]
        text = ", ".join(text_of(part, hours.FORM) for part in parts)
        return hours.format_spans(hours.parse_spans(text))

    def __str__(self) -> str:
        return "`10:00-18:00`, several of them, `closed`, or `always`"


@dataclass(frozen=True)
class TimeZone:
    """The name of a time zone, or nothing."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string"}

    def check(self, value: object) -> str:
        """The name, or ValueError with a sentence."""
        name = plain(text_of(value, "the name of a time zone"))
        if not name:
            return ""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the database, such as `Europe`
            guess = did_you_mean(name, available_timezones()) or "."
            raise ValueError(
                f"'{shortened(name)}' is not a time zone{guess} They are called as in Europe/Berlin, America/New_York "
                "or UTC"
            ) from None
        return name

    def __str__(self) -> str:
        return "the name of a time zone"


Day = Annotated[str | None, Times()]


class HoursSection(Section):
    """When the place is open. Outside these hours it is silent; everything else goes on."""

    time_zone: Annotated[str, TimeZone()] = Field(
        default="", description="Whose clock that is, such as `Europe/Berlin`; empty for the computer's own."
    )
    daily: Annotated[str, Times()] = Field(
        default=hours.ALWAYS, description="The hours of every day that is not named below."
    )
    monday: Day = Field(default=None, description="Hours; an end before the begin is on the day after: `20:00-02:00`.")
    tuesday: Day = Field(default=None, description="Likewise.")
    wednesday: Day = Field(default=None, description="Likewise.")
    thursday: Day = Field(default=None, description="Likewise.")
    friday: Day = Field(default=None, description="Likewise.")
    saturday: Day = Field(default=None, description="Likewise.")
    sunday: Day = Field(default=None, description="Likewise.")
    fade: Annotated[float, Quantity("s", 0.0, LONGEST_FADE_S)] = Field(
        default=10.0, description="How slowly the sound goes when it closes, and comes when it opens."
    )

    def hours(self) -> hours.Hours:
        """The hours of the week."""
        days = [getattr(self, day) or self.daily for day in hours.DAYS]
        return hours.weekly_hours(days, ZoneInfo(self.time_zone) if self.time_zone else None)
