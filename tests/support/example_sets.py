"""Sets of examples: some poses, each held for a while with a sound or a class. Short, as tests need no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.outputs import Output


def positions_as_outputs(count: int) -> tuple[Output, ...]:
    """`count` outputs whose values are their positions."""
    return tuple(Output(f"o{index}", 0.0, 1.0) for index in range(count))


def held_poses(  # noqa: PLR0917 - numbers of this and that
    poses: NDArray[np.float64],
    sounds: NDArray[np.float64],
    frames: int = 30,
    jitter: float = 0.02,
    labels: tuple[str, ...] = (),
    seed: int = 0,
) -> Examples:
    """Each pose (s, k) held for some frames with its sound (s, m) and perhaps its class: one take each."""
    count, k = poses.shape
    random = np.random.default_rng(seed)
    return Examples(
        columns=tuple(f"f{index}" for index in range(k)),
        X=np.repeat(poses, frames, axis=0) + jitter * random.normal(size=(count * frames, k)),
        outputs=tuple(f"o{index}" for index in range(sounds.shape[1])),
        Y=np.repeat(sounds, frames, axis=0),
        labels=np.repeat(np.array(labels or ("",) * count, dtype=np.str_), frames),
        takes=np.repeat(np.arange(count), frames),
    )


def assert_same_examples(one: Examples, other: Examples) -> None:
    """Fails unless both hold the same rows under the same names."""
    assert (one.columns, one.outputs) == (other.columns, other.outputs)
    assert one.labels.tolist() == other.labels.tolist()
    assert one.takes.tolist() == other.takes.tolist()
    np.testing.assert_array_equal(one.X, other.X)
    np.testing.assert_array_equal(one.Y, other.Y)


def assert_refused(read: Callable[[Path], Examples], path: Path, place: str, message: str) -> None:
    """Fails unless reading the file is refused with the path, this place (`:2:8: `) and this part of a sentence."""
    with pytest.raises(UserError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}{place}")
    assert message in str(caught.value)
