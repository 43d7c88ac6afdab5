"""Latents from seeds and files; a file from elsewhere that is something else is refused, and nothing of it is run."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.latent.vectors import MOST_BYTES, read_vector, seed_vector


def npy(array: object, **more: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(array), **more)
    return file.getvalue()


def test_a_seed_is_what_scripts_of_stylegan_make_of_it() -> None:
    """The first numbers of `np.random.RandomState(0).randn(1, 512)`, as they have been in every version of numpy."""
    np.testing.assert_allclose(seed_vector(0, 512)[:4], [1.76405235, 0.40015721, 0.97873798, 2.2408932], rtol=1e-6)
    np.testing.assert_allclose(seed_vector(85, 512), np.random.RandomState(85).randn(1, 512)[0], rtol=1e-6)
    assert seed_vector(2**32 - 1, 8).shape == (8,)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("w.npy", npy(np.arange(4.0))),
        ("w.npy", npy(np.arange(4.0, dtype=np.float32).reshape(1, 1, 4))),
        ("w.npy", npy([0, 1, 2, 3])),
        ("w.txt", b"0 1.0\n2e0,\t3\n"),
        ("w.txt", b"\xef\xbb\xbf0; 1; 2; 3"),
    ],
)
def test_files_of_numbers_are_read(name: str, data: bytes) -> None:
    np.testing.assert_array_equal(read_vector(data, name, 4), np.arange(4, dtype=np.float32))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("w.npy", npy(np.arange(5.0)), "has 5 numbers; `size` says 4"),
        ("w.npy", npy(np.zeros((18, 512))), "has 18 x 512 numbers|larger than"),
        ("w.npy", npy(np.zeros((2, 2))), "has 2 x 2 numbers"),
        ("w.npy", npy([1.0, 2.0, np.nan, 4.0]), "no number"),
        ("w.npy", npy([1.0, 2.0, 1e9, 4.0]), "beyond"),
        ("w.npy", npy([{"a": 1}, 2, 3, 4], allow_pickle=True), "not an array of numpy"),
        ("w.npy", npy(["a", "b", "c", "d"]), "not an array of numpy"),
        ("w.npy", npy([1j, 2, 3, 4]), "not an array of numpy"),
        ("w.npy", npy(np.arange(4.0))[:-3], "not an array of numpy"),
        ("w.npy", npy(np.arange(4.0)).replace(b"(4,)", b"(-4,)"), "not an array of numpy"),
        ("w.npy", npy(np.arange(4.0)).replace(b"(4,), }", b"(99999999999,), }"), "not an array of numpy"),
        ("w.npy", npy(np.arange(4.0)).replace(b"{", b"["), "not an array of numpy"),
        ("w.npy", npy(np.arange(4.0)).replace(b"(4,)", b"(4, "), "not an array of numpy"),
        ("w.npy", npy(np.arange(4.0)).replace(b"{'des", b"   {}"), "not an array of numpy"),
        ("w.npy", b"\x93NUMPY\x01\x00\x28\x23" + b"-" * 8999 + b"1", "not an array of numpy"),
        ("w.npy", b"", "not an array of numpy"),
        ("w.npy", b"\x93NUMPY\x09\x00" + b"x" * 90, "not an array of numpy"),
        ("w.txt", b"1 2 three 4", "not a text of numbers"),
        ("w.txt", b"1 2 3 4_0", "not a text of numbers"),
        ("w.txt", b"1 2 3 inf", "no number"),
        ("w.txt", b"\xff\xfe1", "not a text of numbers"),
        ("w.txt", b"", "not a text of numbers"),
        ("w.txt", b"1 " * MOST_BYTES, "larger than 64 kB"),
    ],
)
def test_what_is_no_latent_is_refused(name: str, data: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_vector(data, name, 4)
