"""Arrays in messages between processes: bytes and a shape, so that reading one can never run code."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray


def _check(shape: tuple[int, ...], data: bytes, item_bytes: int) -> None:
    if any(length < 0 for length in shape) or math.prod(shape) * item_bytes != len(data):
        raise ValueError(f"{len(data)} bytes do not fill an array of shape {shape}")


class Array(msgspec.Struct, frozen=True, dict=True):
    """A float64 array of any shape, C order, little or big end first as the computer has it."""

    shape: tuple[int, ...]
    data: bytes

    def __post_init__(self) -> None:
        _check(self.shape, self.data, 8)

    @classmethod
    def pack(cls, values: NDArray[np.float64]) -> Self:
        """Copies an array; other types are converted to float64."""
        return cls(tuple(np.shape(values)), np.ascontiguousarray(values, dtype=np.float64).tobytes())

    @cached_property
    def view(self) -> NDArray[np.float64]:
        """The array, read-only; made once."""
        return np.frombuffer(self.data, dtype=np.float64).reshape(self.shape)


class Indices(msgspec.Struct, frozen=True, dict=True):
    """An int32 array of any shape, C order."""

    shape: tuple[int, ...]
    data: bytes

    def __post_init__(self) -> None:
        _check(self.shape, self.data, 4)

    @classmethod
    def pack(cls, values: NDArray[np.integer[Any]]) -> Self:
        """Copies an array of whole numbers; they must fit in 32 bits."""
        return cls(tuple(np.shape(values)), np.ascontiguousarray(values, dtype=np.int32).tobytes())

    @cached_property
    def view(self) -> NDArray[np.int32]:
        """The array, read-only; made once."""
        return np.frombuffer(self.data, dtype=np.int32).reshape(self.shape)
