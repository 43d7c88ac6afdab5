"""Latents: made from a seed, or read from a file of numbers. Files are not trusted, and nothing in them is run."""

from __future__ import annotations

import io
import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.errors import UserError

MOST_NUMBERS: Final = 512
"""Of a latent: as many as StyleGAN's; RAVE has 4 to 128."""
GREATEST: Final = 1e6
"""No number is beyond it, nor below its negative."""
MOST_SEED: Final = 2**32 - 1
MOST_BYTES: Final = 64 * 1024
"""Of a file: 512 numbers have 4 kB as doubles, and 14 kB as text."""
NUMPY: Final = ".npy"
TEXT: Final = ".txt"

Vector = NDArray[np.float32]


def seed_vector(seed: int, size: int) -> Vector:
    """The latent of a seed, float32 (size,): independent normal numbers with mean 0 and deviation 1.

    They are those of `numpy.random.RandomState(seed).randn(1, size)`: the Mersenne Twister and the polar method, which
    numpy keeps as they are for ever (NEP 19). The scripts of StyleGAN2 and StyleGAN3 make theirs in the same way, so a
    seed that an artist knows from there is the same picture here.

    Args:
        seed: 0 to MOST_SEED.
        size: 1 to MOST_NUMBERS.
    """
    return np.random.RandomState(seed).randn(size).astype(np.float32)


def checked_vector(numbers: NDArray[np.float64], size: int, what: str) -> Vector:
    """Numbers as a latent.

    Args:
        numbers: of any shape; axes of length 1 do not count.
        size: so many there must be.
        what: they are, for sentences.

    Raises:
        UserError: there are more or fewer, or one of them is no number or too large.
    """
    flat = np.squeeze(numbers)
    if flat.ndim > 1 or flat.size != size:
        shape = " x ".join(map(str, numbers.shape)) if flat.ndim > 1 else str(flat.size)
        raise UserError(f"{what} has {shape} numbers; `size` says {size}")
    if not np.isfinite(flat).all() or np.abs(flat).max() > GREATEST:
        raise UserError(f"{what} holds something that is no number, or one beyond {GREATEST:g}")
    return flat.reshape(size).astype(np.float32)


def read_vector(data: bytes, name: str, size: int) -> Vector:
    """The latent in a file.

    Args:
        data: at most MOST_BYTES + 1 of its bytes.
        name: of the file; one that ends in `.npy` is an array of numpy, else it is text, numbers between blanks or
            commas.
        size: as `checked_vector`.

    Raises:
        UserError: it is too large, cannot be read, or as `checked_vector`.
    """
    if len(data) > MOST_BYTES:
        raise UserError(f"'{name}' is larger than {MOST_BYTES // 1024} kB: a latent has {MOST_NUMBERS} numbers at most")
    try:
        numbers = _numpy_array(data) if name.endswith(NUMPY) else _text_array(data)
    except Exception as error:
        kind = "an array of numpy with numbers" if name.endswith(NUMPY) else "a text of numbers"
        raise UserError(f"'{name}' is not {kind}") from error
    return checked_vector(numbers, size, f"'{name}'")


def _numpy_array(data: bytes) -> NDArray[np.float64]:
    version = np.lib.format.read_magic(file := io.BytesIO(data))
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, kind = read(file)
    if kind.kind not in "fiu" or np.prod([max(side, 0) for side in shape], dtype=object) > MOST_BYTES:
        raise ValueError(kind)
    return np.asarray(np.load(io.BytesIO(data), allow_pickle=False), dtype=np.float64)


def _text_array(data: bytes) -> NDArray[np.float64]:
    words = re.split(r"[\s,;]+", data.decode("utf-8-sig").strip())
    if any("_" in word for word in words):
        raise ValueError(words)
    return np.array([float(word) for word in words], dtype=np.float64)
