"""From the times of flashes to figures: the parts of the latency, its whole, and the `predict` that fits. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from gesturesynth.features.prediction import LONGEST_S

STEP_MS: Final = 5.0
"""The proposal is rounded to this: the figures of one evening differ by more."""
LEAST_HEARD: Final = 5
"""Flashes that must have been heard before anything is proposed."""


class FlashTimes(msgspec.Struct, frozen=True):
    """One flash on its way; monotonic seconds, NaN for what never came.

    Attributes:
        shown_s: when the screen was told to light up.
        captured_s: when its first frame was read from the camera.
        begun_s: when the tracker began with that frame; `found_s` when its pose was found.
        sent_s: when the parameters made of it were sent to the engine.
        heard_s: when the sound began, where it was listened for.
        person: whether a body was in the frame.
    """

    shown_s: float
    captured_s: float = math.nan
    begun_s: float = math.nan
    found_s: float = math.nan
    sent_s: float = math.nan
    heard_s: float = math.nan
    person: bool = False


class LatencyPart(msgspec.Struct, frozen=True):
    """A part of the latency, milliseconds.

    Attributes:
        name: of the part; `what` says for people what it holds.
        median_ms, p90_ms, p99_ms: over all flashes that have it.
        count: how many have it.
    """

    name: str
    what: str
    median_ms: float
    p90_ms: float
    p99_ms: float
    count: int


class LatencyReport(msgspec.Struct, frozen=True):
    """What was measured.

    Attributes:
        flashes: how many were shown; `seen` and `heard` how many of them.
        persons: in how many of those seen a person was in view.
        parts: in the order in which they happen; `total` of all of them, None where no flash was heard.
        card_ms: what JACK says that the sound card takes, where that was not measured; added to the total. None where
            it is in it already, or where nothing was heard.
        proposal_ms: for `predict`; None where too little was heard.
        unmeasured: sentences about what is not in these figures.
    """

    flashes: int
    seen: int
    heard: int
    persons: int
    parts: tuple[LatencyPart, ...]
    total: LatencyPart | None
    card_ms: float | None
    proposal_ms: int | None
    unmeasured: tuple[str, ...] = ()


_PARTS: Final = (
    ("camera", "from the flash until its frame was read: screen, exposure, transport", "shown_s", "captured_s"),
    ("waiting", "the frame before the tracker was free", "captured_s", "begun_s"),
    ("tracking", "the pose in it was found", "begun_s", "found_s"),
    ("conductor", "features, model, parameters sent", "found_s", "sent_s"),
    ("engine", "the sound began", "sent_s", "heard_s"),
)


def report(times: Sequence[FlashTimes], card_s: float | None, unmeasured: Sequence[str] = ()) -> LatencyReport:
    """The figures of flashes.

    Args:
        times: of each flash that was shown.
        card_s: what comes after the place where the sound was heard, seconds; None where nothing comes.
        unmeasured: sentences, handed on.
    """
    parts = [part for row in _PARTS if (part := _part(times, *row)) is not None]
    total = _part(times, "total", "from the flash to the sound", "shown_s", "heard_s")
    seen = [flash for flash in times if math.isfinite(flash.captured_s)]
    heard = sum(math.isfinite(flash.heard_s) for flash in times)
    card_ms = 1000.0 * card_s if card_s is not None and total else None
    enough = total is not None and heard >= LEAST_HEARD
    return LatencyReport(
        flashes=len(times),
        seen=len(seen),
        heard=heard,
        persons=sum(flash.person for flash in seen),
        parts=tuple(parts),
        total=total,
        card_ms=card_ms,
        proposal_ms=proposal_ms(total.median_ms + (card_ms or 0.0)) if total and enough else None,
        unmeasured=tuple(unmeasured),
    )


def proposal_ms(latency_ms: float) -> int:
    """`predict` for a latency: rounded to `STEP_MS`, and at most the longest that there is. Milliseconds."""
    return int(min(1000.0 * LONGEST_S, max(0.0, STEP_MS * round(latency_ms / STEP_MS))))


def _part(times: Sequence[FlashTimes], name: str, what: str, begin: str, end: str) -> LatencyPart | None:
    spans = np.array([1000.0 * (getattr(flash, end) - getattr(flash, begin)) for flash in times])
    spans = spans[np.isfinite(spans)]
    if not len(spans):
        return None
    median, p90, p99 = (round(float(part), 2) for part in np.percentile(spans, (50, 90, 99)))
    return LatencyPart(name, what, median, p90, p99, len(spans))
