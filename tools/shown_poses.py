"""The stick figure's poses for factory examples: what a pose is, and where hands go that reach for a place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.support.stick_figure import Point, Proportions

BUILDS = (Proportions(), Proportions(shoulder_width=0.74, upper_arm=0.62, forearm=0.52))
FRAME = (640, 480)


@dataclass(frozen=True)
class ShownPose:
    """One pose, and what it should sound like: positions 0..1 of outputs, a class where there is one."""

    landmarks: NDArray[np.float32]
    positions: dict[str, float]
    label: str = ""


def clamped(value: float) -> float:
    return min(1.0, max(0.0, value))


def raised(height: float) -> float:
    """0 with a hanging arm, 1 with a raised one."""
    return clamped((height + 0.9) / 1.8)


def reachable(side: float, build: Proportions, height: float, out: float) -> Point:
    """Where a wrist goes that wants to be at `height`, `out` from its shoulder: as far as the arm reaches."""
    length = (build.upper_arm + build.forearm) * 0.985
    height = max(-length, min(length, height))
    room = (length**2 - height**2) ** 0.5
    return (side * (build.shoulder_width / 2 + max(-room, min(room, out))), height)


HEIGHTS = (-1.0, -0.5, 0.0, 0.5, 1.0)
OUTS = (0.1, 0.6)


def turned(point: Point, lean_deg: float) -> Point:
    """A point that leans with the trunk."""
    turn = np.deg2rad(lean_deg)
    x, y = point
    return (float(x * np.cos(turn) + y * np.sin(turn)), float(y * np.cos(turn) - x * np.sin(turn)))
