"""Events of the preset manager: what has happened to a preset or its model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self

EventName = Literal[
    "preset changed",
    "preset edited",
    "preset refused",
    "model fitted",
    "fit failed",
    "examples refused",
    "examples missing",
]


@dataclass(frozen=True)
class PresetEvent:
    """What has happened to the preset or its model, for the log and for the session.

    Attributes:
        event: the event, as the log names it.
        message: a sentence for people; empty where the fields say everything.
        failed: whether something could not be done.
        fit: whether the requested fit has succeeded; None when none has ended, or none was requested.
        change: whether another preset plays now; None when none was requested.
        fields: fields of the line in the log.
    """

    event: EventName
    message: str = ""
    failed: bool = False
    fit: bool | None = None
    change: bool | None = None
    fields: dict[str, str | float] = field(default_factory=dict)

    @classmethod
    def fit_failure(cls, event: EventName, message: str, *, requested: bool, changes: bool = False) -> Self:
        """The end of a fit that could not be made.

        Args:
            event: see the attributes.
            message: the reason.
            requested: whether a command waits for the fit.
            changes: whether it was the first fit of another preset, which plays without a model.
        """
        return cls(event, message, failed=True, fit=False if requested else None, change=True if changes else None)
