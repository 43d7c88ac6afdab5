"""Takes of one pose with different sounds: found, told, and brought to something in the middle.

Two takes of a pose that a person holds differ by the trembling of landmarks alone. A model that is fitted to both with
opposite sounds follows that trembling from one to the other. So before a fit each row gets the mean of the sounds that
were taught within reach of its pose:

    y'_i = sum_b K_ib y_b / sum_b K_ib,    K_ib = mean over rows j of b of exp(-|x_i - x_j|^2 / (2 h_ab^2))

over all snapshots b (Nadaraya 1964, Watson 1964). The reach h_ab = `REACH` times the root of the sum of the squared
scatters of the two snapshots. A scatter counts as `TREMBLING` a feature at most: who moves while recording does not
blur what lies beside. A snapshot that is not near another one keeps its sound exactly.

docs/playability.md has the study that both constants come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.rbf import distances

Float = NDArray[np.float64]
Numbers = NDArray[np.int64]

REACH: Final = 2.5
TREMBLING: Final = 0.04
"""Scaled units a feature: a still person scatters by 0.01 to 0.04."""

MOVING: Final = 2.0  # times `TREMBLING`: a greater scatter is movement, and the more so the greater it is
FAR: Final = 4.0  # reaches, beyond which the weight of another row is nothing (3e-4)

# Bounds of work, and of what is worth a sentence.
ROWS: Final = 60  # of another snapshot, evenly spread over it, that are compared with: two seconds of frames
SNAPSHOTS: Final = 1000  # with more than these (imported tables) sounds are taken as they are
NEIGHBOURS: Final = 32  # other snapshots, the nearest ones, that have a part in what a row is fitted to
FEWEST: Final = 5  # rows; a shorter snapshot does not tell how much its pose trembles
DIFFERENT: Final = 0.1  # of an output's range, by which sounds of takes that look alike have to differ to be named


def scatters(x: Float, group: Numbers) -> tuple[Float, Float]:
    """Means (s, k) of the snapshots, and their scatter (s,): root mean square distance of rows to the mean, bounded.

    Args:
        x: (n, k), scaled.
        group: (n,), the snapshot of each row, 0 to s - 1.
    """
    count = int(group.max()) + 1
    size = np.bincount(group, minlength=count)
    means = np.stack([np.bincount(group, column, count) for column in x.T], axis=1) / size[:, None]
    squares = np.bincount(group, ((x - means[group]) ** 2).sum(axis=1), count) / size
    bound = TREMBLING * np.sqrt(np.count_nonzero(np.ptp(x, axis=0)))
    raw = np.sqrt(squares)
    # A take that scatters more was recorded in movement, and says little about how much its poses tremble.
    trembling = np.minimum(np.minimum(raw, bound), MOVING * bound**2 / np.maximum(raw, 1e-12))
    return means, np.where(size >= FEWEST, trembling, 0.0)


def reaches(scatter: Float) -> Float:
    """h_ab of every two snapshots, (s, s)."""
    return np.asarray(REACH * np.sqrt(scatter[:, None] ** 2 + scatter[None, :] ** 2), dtype=np.float64)


def alike(means: Float, scatter: Float) -> NDArray[np.bool_]:
    """Which snapshots are within reach of each other, bool (s, s); none of itself."""
    near = distances(means, means) < reaches(scatter)
    np.fill_diagonal(near, val=False)
    return np.asarray(near, dtype=np.bool_)


def settled(x: Float, y: Float, group: Numbers) -> Float:
    """The sounds to fit to, (n, m): see above.

    Args:
        x: (n, k), scaled.
        y: (n, m), positions of outputs, 0..1.
        group: (n,), the snapshot of each row; rows of one snapshot have one sound.
    """
    means, scatter = scatters(x, group)
    if len(means) > SNAPSHOTS or not scatter.any():
        return y
    reach = reaches(scatter)
    # Rows lie around the means: farther apart than both together no row is near.
    radius = np.zeros(len(means))
    np.maximum.at(radius, group, np.linalg.norm(x - means[group], axis=1))
    apart = distances(means, means)
    near = (apart < radius[:, None] + radius[None, :] + FAR * reach) & (reach > 0.0)
    np.fill_diagonal(near, val=False)
    rows_of = [np.flatnonzero(group == number) for number in range(len(means))]
    sounds = np.stack([y[rows[0]] for rows in rows_of])
    result = y.copy()
    for number, rows in enumerate(rows_of):
        others = np.flatnonzero(near[number])
        if not (sounds[others] != sounds[number]).any():
            continue
        nearest = others[np.argsort(apart[number, others], kind="stable")[:NEIGHBOURS]]
        weight, total = np.zeros(len(rows)), np.zeros((len(rows), y.shape[1]))
        for other in (number, *nearest.tolist()):
            some = rows_of[other][:: max(1, len(rows_of[other]) // ROWS)]
            h = max(float(reach[number, other]), 1e-9)
            near_by = np.exp(-0.5 * (distances(x[rows], x[some]) / h) ** 2).mean(axis=1)
            weight += near_by
            total += near_by[:, None] * sounds[other]
        result[rows] = total / np.maximum(weight, 1e-300)[:, None]
    return result


def alike_takes(  # noqa: PLR0917 - the columns of the examples
    x: Float, y: Float, labels: NDArray[np.str_], takes: Numbers, outputs: Sequence[str], most: int = 3
) -> list[str]:
    """A sentence for takes that look alike and teach different sounds or classes.

    Args:
        x: (n, k), scaled; all finite.
        y: (n, m), positions of outputs; NaN where a row does not name one.
        labels: (n,), classes; empty for none.
        takes: (n,), numbers of the takes.
        outputs: names of the m outputs.
        most: pairs that are named.
    """
    numbers, group = np.unique(takes, return_inverse=True)
    if not 1 < len(numbers) <= SNAPSHOTS:
        return []
    means, scatter = scatters(x, group.reshape(-1).astype(np.int64))
    first = [int(np.argmax(takes == number)) for number in numbers]
    found = []
    for a, b in np.argwhere(np.triu(alike(means, scatter))).tolist():
        one, other = first[a], first[b]
        apart = np.abs(y[one] - y[other])
        differing = [name for name, far in zip(outputs, apart, strict=True) if far > DIFFERENT]
        if labels[one] and labels[other] and labels[one] != labels[other]:
            differing.append(f"the classes '{labels[one]}' and '{labels[other]}'")
        if differing:
            found.append((int(numbers[a]), int(numbers[b]), differing))
    sentences = [
        f"takes {one} and {other} look alike, but {_differ(differing)}: there it plays something in the middle. "
        "Record one of them in another pose, or delete it"
        for one, other, differing in found[:most]
    ]
    if len(found) > most:
        sentences.append(f"{len(found) - most} more pairs of takes look alike and teach different things")
    return sentences


def _differ(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} {'differ' if names[0].startswith('the classes') else 'differs'}"
    return ", ".join(names[:-1]) + f" and {names[-1]} differ"
