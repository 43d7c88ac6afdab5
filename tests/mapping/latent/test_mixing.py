"""What lies between latents: slerp for two, the spherical average for more, straight lines where they are asked for."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.mapping.latent.mixing import LatentMixer
from gesturesynth.mapping.latent.setup import LatentSetup
from gesturesynth.mapping.latent.vectors import seed_vector

Vectors = NDArray[np.float32]


def mixer(vectors: Vectors, **more: object) -> LatentMixer:
    names = tuple(f"latent_{number}" for number in range(1, len(vectors) + 1))
    return LatentMixer(LatentSetup(names, vectors.shape[1], vectors.astype(np.float32).tobytes(), **more))  # type: ignore[arg-type]


def seeds(count: int, size: int = 512) -> Vectors:
    return np.array([seed_vector(seed, size) for seed in range(count)])


def slerp(a: Vectors, b: Vectors, part: float) -> NDArray[np.float64]:
    """Shoemake's formula for the direction; the length goes evenly from one to the other."""
    lengths = np.linalg.norm([a, b], axis=1)
    angle = np.arccos(a @ b / np.prod(lengths))
    direction = (np.sin((1 - part) * angle) * a / lengths[0] + np.sin(part * angle) * b / lengths[1]) / np.sin(angle)
    return np.asarray(direction * ((1 - part) * lengths[0] + part * lengths[1]))


@pytest.mark.parametrize("size", [2, 8, 512])
def test_between_two_it_is_slerp(size: int) -> None:
    both = seeds(2, size)
    mixed = mixer(both)
    for part in np.linspace(0.0, 1.0, 11):
        expected = slerp(both[0], both[1], float(part))
        np.testing.assert_allclose(mixed.mix([1 - part, part]), expected, atol=2e-4)


def test_where_all_is_on_one_it_is_that_one() -> None:
    nine = seeds(9)
    for number, wanted in enumerate(nine):
        np.testing.assert_allclose(mixer(nine).mix(np.eye(9)[number].tolist()), wanted, atol=1e-5)


def test_the_order_of_the_latents_does_not_matter_and_the_length_stays_that_of_a_latent() -> None:
    four, amounts = seeds(4), [0.5, 0.2, 0.9, 0.1]
    first = mixer(four).mix(amounts)
    for order in itertools.permutations(range(4)):
        again = mixer(four[list(order)]).mix([amounts[n] for n in order])
        np.testing.assert_allclose(again, first, atol=1e-4)
    lengths = np.linalg.norm(four, axis=1)
    assert lengths.min() < np.linalg.norm(first) < lengths.max()
    straight = mixer(four, slerp=False).mix(amounts)
    assert np.linalg.norm(straight) < 0.75 * lengths.min(), "which is why"


def test_the_weighted_angles_to_the_average_cancel_each_other_out() -> None:
    """The condition of Buss and Fillmore for their average: no step along the sphere makes the sum less."""
    five = seeds(5, 32).astype(np.float64)
    units = five / np.linalg.norm(five, axis=1)[:, None]
    weights = np.array([0.1, 0.4, 0.2, 0.05, 0.25])
    point = mixer(five.astype(np.float32)).mix(weights.tolist()).astype(np.float64)
    point /= np.linalg.norm(point)

    def cost(at: NDArray[np.float64]) -> float:
        return float(weights @ np.arccos(np.clip(units @ (at / np.linalg.norm(at)), -1, 1)) ** 2)

    random = np.random.default_rng(0)
    assert all(cost(point + 0.02 * random.standard_normal(32)) > cost(point) for _ in range(200))


def test_a_small_change_of_the_body_is_a_small_change_of_the_latent() -> None:
    mixed = mixer(seeds(3))
    steps = [mixed.mix([1 - part, part, 0.3]) for part in np.linspace(0.0, 1.0, 101)]
    moves = np.linalg.norm(np.diff(steps, axis=0), axis=1)
    assert moves.max() < 3 * moves.min()


def test_amounts_count_by_their_share_and_without_any_it_stays() -> None:
    both = seeds(2)
    mixed = mixer(both)
    middle = mixed.mix([0.0, 0.0])
    np.testing.assert_allclose(middle, slerp(both[0], both[1], 0.5), atol=1e-4)
    there = mixed.mix([0.2, 0.6])
    np.testing.assert_allclose(there, slerp(both[0], both[1], 0.75), atol=1e-4)
    for nothing in ([0.0, 0.0], [-1.0, -2.0], [float("nan"), 1.0]):
        np.testing.assert_array_equal(mixed.mix(nothing), there)


def test_latents_that_are_opposite_or_the_same_give_numbers() -> None:
    one = seeds(1)
    for pair in (np.vstack([one, -one]), np.vstack([one, one])):
        for part in (0.0, 0.3, 0.5, 1.0):
            assert np.isfinite(mixer(pair).mix([1 - part, part])).all()


def test_truncation_leads_to_the_mean() -> None:
    both, mean = seeds(2), seed_vector(9, 512)
    whole = mixer(both).mix([0.3, 0.7])
    for truncation in (0.0, 0.5):
        led = mixer(both, truncation=truncation, mean=mean.tobytes()).mix([0.3, 0.7])
        np.testing.assert_allclose(led, mean + truncation * (whole - mean), atol=1e-5)
