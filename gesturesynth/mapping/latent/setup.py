"""What a preset says about its latent, checked and complete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LatentSetup:
    """The latents of a preset, one for each snapshot that has one.

    Attributes:
        outputs: the outputs that say how much of each latent there is, in order.
        size: numbers of a latent, 1 to 512.
        data: all latents one after the other, float32.
        mean: the vector that `truncation` leads to, float32; empty for zero.
        slerp: whether they are interpolated on a sphere; else along straight lines.
        truncation: how far from the mean; 1 for all the way.
        blob: whether it is sent as a blob instead of floats.
        files: that it was read from, beside the preset.
    """

    outputs: tuple[str, ...]
    size: int
    data: bytes
    mean: bytes = b""
    slerp: bool = True
    truncation: float = 1.0
    blob: bool = False
    files: tuple[str, ...] = ()

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The latents, float32 (k, size)."""
        return np.frombuffer(self.data, np.float32).reshape(-1, self.size)

    @property
    def mean_vector(self) -> NDArray[np.float32]:
        """The mean, float32 (size,)."""
        return np.frombuffer(self.mean, np.float32) if self.mean else np.zeros(self.size, np.float32)
