"""From a database to examples: skeletons become features, each take for itself, as they do while playing."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.examples import Examples
from gesturesynth.mapping.features import FeatureExtractor
from gesturesynth.mapping.smoothing import OneEuroSettings
from gesturesynth.mapping.store_schema import decode_pose

Float = NDArray[np.float64]
_Numbers = dict[str, float]
_Recipe = tuple[tuple[str, ...], OneEuroSettings | None]


@dataclass(frozen=True, eq=False)
class _Taught:
    """What one take teaches: features (n, k), and for each row its sound and its class."""

    x: Float
    sounds: tuple[_Numbers, ...]
    labels: tuple[str, ...]


class FeatureReader:
    """Reads the takes of one connection; remembers what it computed, as takes never change.

    Attributes:
        note: a sentence when the disk has changed rows of a take behind sqlite's back; they are left out.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.note = ""
        self._db = connection
        self._recipe: _Recipe | None = None
        self._known: dict[int, _Taught] = {}
        self._spoilt = 0

    def examples(
        self, feature_names: Sequence[str], outputs: Sequence[str], smoothing: OneEuroSettings | None
    ) -> Examples:
        """See `ExampleStore.examples`. Raises sqlite3.Error."""
        extractor = FeatureExtractor(feature_names, smoothing)
        if self._recipe != (tuple(feature_names), smoothing):
            self._recipe, self._known, self._spoilt, self.note = (tuple(feature_names), smoothing), {}, 0, ""
        self._db.execute("BEGIN")  # one and the same state for all that is read
        try:
            takes = self._db.execute("SELECT id, label, sound FROM takes WHERE NOT deleted ORDER BY id").fetchall()
            for take, label, sound in takes:
                if take not in self._known:
                    self._known[take] = self._taught(take, label, sound, extractor)
        finally:
            if self._db.in_transaction:
                self._db.execute("COMMIT")
        ids = [take for take, _, _ in takes]
        return _together(ids, [self._known[take] for take in ids], extractor.columns, tuple(outputs))

    def _taught(self, take: int, label: str, sound: str, extractor: FeatureExtractor) -> _Taught:
        rows = self._db.execute(
            "SELECT label, features, outputs FROM rows WHERE take = ? ORDER BY id", (take,)
        ).fetchall()
        if rows:
            return _imported(rows, extractor.columns)
        extractor.reset()
        x = []
        for data, crc in self._db.execute("SELECT pose, crc FROM poses WHERE take = ? ORDER BY id", (take,)):
            pose = decode_pose(data, crc)
            if pose is None:
                self._spoilt += 1
                self.note = f"{self._spoilt} poses of the examples are damaged on the disk; they are left out."
                continue
            image = pose.bodies[0].image_array() if pose.bodies else None
            frame = extractor.step(image, pose.width, pose.height, pose.capture_time_s)
            if image is not None:
                x.append(np.where(frame.seen, frame.values, math.nan))
        values = _numbers(sound)
        return _Taught(_stacked(x, len(extractor.columns)), (values,) * len(x), (label,) * len(x))


def _imported(rows: Sequence[tuple[str, str, str]], columns: Sequence[str]) -> _Taught:
    x = []
    for _, features, _ in rows:
        known = _numbers(features)
        x.append(np.array([known.get(column, math.nan) for column in columns]))
    return _Taught(
        _stacked(x, len(columns)), tuple(_numbers(outputs) for _, _, outputs in rows), tuple(row[0] for row in rows)
    )


def _numbers(text: str) -> _Numbers:
    return msgspec.json.decode(text, type=_Numbers)


def _stacked(rows: Sequence[Float], columns: int) -> Float:
    return np.array(rows, dtype=np.float64).reshape(len(rows), columns)


def _together(
    ids: Sequence[int], taught: Sequence[_Taught], columns: tuple[str, ...], outputs: tuple[str, ...]
) -> Examples:
    y = [[sound.get(name, math.nan) for name in outputs] for part in taught for sound in part.sounds]
    labels = [label for part in taught for label in part.labels]
    return Examples(
        columns=columns,
        X=np.concatenate([np.empty((0, len(columns))), *(part.x for part in taught)]),
        outputs=outputs,
        Y=np.array(y, dtype=np.float64).reshape(len(y), len(outputs)),
        labels=np.array(labels, dtype=np.str_),
        takes=np.repeat(np.array(ids, dtype=np.int64), [len(part.labels) for part in taught]),
    )
