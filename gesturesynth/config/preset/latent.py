"""What the key `latent` of a preset stands for: outputs that say how much of each latent there is, taught by snapshots.

So a preset with it is checked, taught and played as any other is; no regressor is needed for each of 512 numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from gesturesynth.config.preset.latent_schema import SLERP, Latent
from gesturesynth.config.preset.output_schema import SNAPSHOT_KEYS
from gesturesynth.config.preset.scene_merging import MergedDocument
from gesturesynth.config.yaml.document import Document, KeyPath, Value
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there
from gesturesynth.mapping.latent.setup import LatentSetup
from gesturesynth.mapping.latent.vectors import MOST_BYTES, Vector, checked_vector, read_vector, seed_vector

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

KEY: Final = "latent"


def output_of(number: str) -> str:
    """The output that says how much there is of the latent of a snapshot."""
    return f"{KEY}_{number}"


def with_latent(document: Document) -> Document:
    """The document with the outputs and snapshots that its `latent` stands for; itself where there is none.

    Problems of these parts are added at the place of `latent`.
    """
    numbers = [key for key in _keys(_keys(document.data.get(KEY)).get("snapshots")) if key in SNAPSHOT_KEYS]
    if not numbers:
        return document
    data: dict[str, Value] = dict(document.data)
    outputs, snapshots = _keys(data.get("outputs")), _keys(data.get("snapshots"))
    names = [output_of(number) for number in numbers]
    data["outputs"] = outputs | {name: outputs.get(name, {}) for name in names}
    amounts = {n: {name: "1" if name == output_of(n) else "0" for name in names} for n in numbers}
    data["snapshots"] = snapshots | {n: {**own, **_keys(snapshots.get(n))} for n, own in amounts.items()}
    origins: dict[KeyPath, KeyPath] = {("outputs", name): (KEY,) for name in names if name not in outputs}
    origins |= {("snapshots", number): (KEY, "snapshots", number) for number in numbers if number not in snapshots}
    return MergedDocument(document, data, origins)


def check_latent(checker: Checker) -> LatentSetup | None:
    """The latents of a preset; None where it has none, or a problem with them.

    Args:
        checker: of the whole preset; receives the problems.
    """
    entry = checker.entries.latent
    if entry is None:
        return None
    document, folder = checker.document, Path(checker.document.file).parent
    before = len(document.problems)
    vectors: list[Vector] = []
    for number, written in entry.snapshots.items():
        path: KeyPath = (KEY, "snapshots", number)
        try:
            vector = _vector(written, entry.size, folder)
        except UserError as error:
            document.add_problem(path, str(error))
            continue
        if entry.interpolation == SLERP and not vector.any():
            document.add_problem(path, "all of its numbers are 0, which is no direction; write `interpolation: lerp`")
        vectors.append(vector)
    mean = b""
    if entry.mean is not None:
        try:
            mean = _vector(entry.mean, entry.size, folder).tobytes()
        except UserError as error:
            document.add_problem((KEY, "mean"), str(error))
    if len(document.problems) > before:
        return None
    return LatentSetup(
        tuple(map(output_of, entry.snapshots)),
        entry.size,
        np.array(vectors, np.float32).tobytes(),
        mean,
        slerp=entry.interpolation == SLERP,
        truncation=entry.truncation,
        blob=entry.blob,
        files=tuple(dict.fromkeys(w for w in (*entry.snapshots.values(), entry.mean) if isinstance(w, str))),
    )


def _vector(written: Latent, size: int, folder: Path) -> Vector:
    """The numbers of a latent. Raises UserError, with a sentence, where there are none."""
    if isinstance(written, int):
        return seed_vector(written, size)
    if isinstance(written, tuple):
        return checked_vector(np.array(written, dtype=np.float64), size, "this list")
    if not is_there(folder / written):
        raise UserError(f"there is no file '{written}' in {paths.printable(folder)}")
    try:
        with (folder / written).open("rb") as file:
            return read_vector(file.read(MOST_BYTES + 1), written, size)
    except OSError as error:
        raise UserError(f"'{written}' cannot be read: {error.strerror}") from error


def _keys(value: Value | None) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}
