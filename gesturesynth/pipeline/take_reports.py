"""Makes the reports about takes that `runtime/take_reports.py` describes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.people.roles import Roles
from gesturesynth.mapping.examples.takes import TakeInfo
from gesturesynth.runtime.messages import LANDMARKS, Pose
from gesturesynth.runtime.take_reports import ListedTake, TakePage, TakeReport

PAGE_TAKES: Final = 50
"""Takes on a page: with usual names 7 kB as JSON, so that it fits where a datagram has at most 9,216 bytes."""
MOTION: Final = (0.05, 0.95)
"""The range of motion is between these quantiles: one frame in which a landmark was misplaced does not widen it."""
_DIGITS: Final = 4
"""Of parts of a frame: a tenth of a pixel."""


def listed_take(info: TakeInfo) -> ListedTake:
    """The entry of a take in a list."""
    trimmed = (round(info.trimmed[0], 3), round(info.trimmed[1], 3)) if info.trimmed else None
    return ListedTake(
        info.id, info.target, info.made_utc, round(info.duration_s, 3), not info.off, info.deleted, trimmed
    )


def take_page(preset: str, takes: Sequence[ListedTake], page: int) -> TakePage:
    """A page of a list.

    Args:
        preset: its name.
        takes: all of them, the oldest first.
        page: from 1; the last one where there are fewer.
    """
    pages = max(1, -(-len(takes) // PAGE_TAKES))
    shown = min(page, pages)
    newest_first = takes[::-1]
    return TakePage(
        preset, len(takes), shown, pages, tuple(newest_first[(shown - 1) * PAGE_TAKES : shown * PAGE_TAKES])
    )


def take_report(preset: str, info: TakeInfo, poses: Sequence[Pose]) -> TakeReport:
    """What a take looks like, by the first person in it.

    Args:
        preset: its name.
        info: the take.
        poses: those of it that count; may be none.
    """
    seen = [pose for pose in poses if pose.bodies]
    if not seen:  # imported rows, or numbers of other programs alone
        return TakeReport(preset, listed_take(info), info.rows)
    roles = Roles()
    firsts = [
        first for pose in seen if (first := roles.of_pose(pose).image) is not None
    ]  # a pose may show others alone
    images = np.array([first[:LANDMARKS] for first in firsts], dtype=np.float64)
    low, high = np.quantile(images[:, :, :2], MOTION, axis=0)
    return TakeReport(
        preset,
        listed_take(info),
        len(seen),
        seen[-1].width,
        seen[-1].height,
        mean_pose=tuple((x, y, visible) for x, y, visible in _rounded(images[:, :, [0, 1, 3]].mean(axis=0))),
        motion_low=tuple((x, y) for x, y in _rounded(low)),
        motion_high=tuple((x, y) for x, y in _rounded(high)),
    )


def _rounded(array: NDArray[np.float64]) -> list[list[float]]:
    found: list[list[float]] = array.round(_DIGITS).tolist()
    return found
