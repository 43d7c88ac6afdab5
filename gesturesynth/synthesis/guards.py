"""Guards: what keeps samples that are not numbers, or far too large, out of everything behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pyo import PyoObject

    from gesturesynth.synthesis.pyo_loader import PyoClasses

GUARD: Final = 64.0
"""What an instrument or a bus can put out at most, +36 dBFS: keeps infinity out of everything behind it."""


HELD: Final = 4.0
"""What an own instrument can put out at most, +12 dBFS: no more than a monitor of the signal lets pass."""


def held(pyo: PyoClasses, zero: PyoObject, source: PyoObject) -> PyoObject:
    """The source's streams, finite and within `HELD`."""
    return pyo.Clip(finite(pyo, zero, source), -HELD, HELD)


def finite(pyo: PyoClasses, zero: PyoObject, source: PyoObject) -> PyoObject:
    """The source's streams with 0 in place of every sample that is not a number (infinities stay).

    It clips a constant 0 between the source and the source. A number x leaves as x, because 0 is either below it or
    above it or it; every comparison with NaN is false, so nothing is clipped and the 0 stays. (Clipping, multiplying
    and filtering the source itself would all let NaN through.)
    """
    return pyo.Clip(zero, min=source, max=source)
