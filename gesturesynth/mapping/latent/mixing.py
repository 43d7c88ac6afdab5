"""The latent between several, by how much there is of each. Pure.

Latents of normal numbers lie near a sphere: their lengths hardly differ (White, Sampling Generative Networks, 2016,
section 2.1), and what lies on a straight line between two of them is nearer to the middle than any that a model was
trained with. So the direction is interpolated on the sphere, and the length by itself.

Between two latents the direction is Shoemake's slerp (Animating Rotation with Quaternion Curves, 1985). Between more it
is the spherical weighted average of Buss and Fillmore (Spherical Averages and Applications to Spherical Splines and
Interpolation, ACM Transactions on Graphics 20, 2001): the point p for which the sum of weight x angle² is least. It
does not depend on the order of the latents, is each of them where all the weight is on it, and is slerp for two. There
the weighted logarithms cancel each other out: sum of w a / sin(a) (u - cos(a) p) = 0, with the angle a between p
and each direction u. So p has the direction of the sum of w a / sin(a) u, which is repeated until it stays (from step
to step a third of the error is left, where directions are at right angles, as those of seeds are).

All of this is computed in the coordinates of the k latents by their k x k products; only the last step has as many
operations as a latent has numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.latent.setup import LatentSetup

STEPS: Final = 10
"""At most. The numbers of nine seeds are then within 0.00001 of where more steps lead."""
CLOSE: Final = 1e-6
"""No other step is made when the last one changed no coordinate by more."""
LEAST_WEIGHT: Final = 1e-6

Float = NDArray[np.float64]


class LatentMixer:
    """Gives the latent between those of a preset.

    Args:
        setup: of the preset.
    """

    def __init__(self, setup: LatentSetup) -> None:
        vectors = setup.vectors.astype(np.float64)
        self._setup = setup
        self._mean = setup.mean_vector.astype(np.float64)
        self._lengths: Float = np.linalg.norm(vectors, axis=1)
        self._units: Float = vectors / np.maximum(self._lengths, 1e-12)[:, None]
        self._vectors = vectors
        self._products: Float = self._units @ self._units.T
        self._weights: Float = np.full(len(vectors), 1.0 / len(vectors))
        self._asked: tuple[float, ...] | None = None
        self._newest: NDArray[np.float32] = np.zeros(setup.size, np.float32)

    def mix(self, amounts: Sequence[float]) -> NDArray[np.float32]:
        """The latent, float32 (size,).

        Args:
            amounts: how much there is of each latent, k numbers. Those below zero count as none; what counts is their
                share of all. Where there is nothing of any, the latent stays as it was, and begins in their middle.
        """
        asked = (*amounts,)
        if asked != self._asked:
            self._asked = asked
            given = np.maximum(np.asarray(asked, dtype=np.float64), 0.0)
            total = float(given.sum())
            if total > LEAST_WEIGHT and math.isfinite(total):
                self._weights = given / total
            mixed = self._slerp(self._weights) if self._setup.slerp else self._weights @ self._vectors
            led = self._mean + self._setup.truncation * (mixed - self._mean)
            self._newest = np.asarray(led, dtype=np.float32)
        return self._newest

    def _slerp(self, weights: Float) -> Float:
        """The average direction times the average length."""
        place = self._normalised(weights)
        for _ in range(STEPS):
            cosines = np.clip(self._products @ place, -1.0, 1.0)
            sines = np.sqrt(1.0 - cosines**2)
            pulls = np.divide(np.arccos(cosines), sines, out=np.ones_like(sines), where=sines > 1e-9)
            former, place = place, self._normalised(weights * pulls)
            if np.abs(place - former).max() < CLOSE:
                break
        return float(weights @ self._lengths) * (place @ self._units)

    def _normalised(self, place: Float) -> Float:
        """Coordinates of a point, on the sphere; those of the heaviest latent where all cancel each other out."""
        length = math.sqrt(max(0.0, float(place @ self._products @ place)))
        if length > 1e-9:
            return np.asarray(place / length)
        alone: Float = np.zeros_like(place)
        alone[int(np.argmax(place))] = 1.0
        return alone
