"""One figure: a quantity that was measured many times, beside what is aimed at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

Verdict = Literal["", "ok", "over"]


class Figure(msgspec.Struct, frozen=True):
    """One row of the table.

    Attributes:
        what: for people, unique within its measurement.
        unit: of `median`, `p99` and the aims.
        n: how many times it was measured.
        median: of those; the value itself where n is 1.
        p99: the 99th percentile; None where n is 1.
        aim_median, aim_p99: what they should stay at or below; None where nothing is aimed at.
        note: a short remark on this figure; may be empty.
    """

    what: str
    unit: str
    n: int
    median: float
    p99: float | None = None
    aim_median: float | None = None
    aim_p99: float | None = None
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """`over` when one of the aims is missed, empty when there is none."""
        judged = [
            value <= aim
            for value, aim in ((self.median, self.aim_median), (self.p99, self.aim_p99))
            if aim is not None and value is not None
        ]
        return "" if not judged else "ok" if all(judged) else "over"


def of(
    what: str,
    unit: str,
    samples: Sequence[float],
    *,
    aim_median: float | None = None,
    aim_p99: float | None = None,
    note: str = "",
) -> Figure:
    """Median and 99th percentile of samples.

    Raises:
        ValueError: there are none, or one of them is not finite: something was not measured.
    """
    if not len(samples):
        raise ValueError(f"nothing was measured of: {what}")
    if not all(math.isfinite(sample) for sample in samples):
        raise ValueError(f"not all that was measured are numbers: {what}")
    median, p99 = (float(part) for part in np.quantile(samples, [0.5, 0.99]))
    return Figure(what, unit, len(samples), median, p99 if len(samples) > 1 else None, aim_median, aim_p99, note)


def single(what: str, unit: str, value: float, *, aim: float | None = None, note: str = "") -> Figure:
    """What was measured once. Raises ValueError when it is not finite."""
    return of(what, unit, [value], aim_median=aim, note=note)
