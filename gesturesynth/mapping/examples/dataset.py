"""Examples: rows of features with their output values and classes, and the CSV file of them that presets ship.

Models are fitted to examples. The first line of the file names its columns, in any order:

    take,class,feature:right_wrist.height,output:pitch

`take` (a whole number: rows recorded in one go share it) and `class` may be missing. An empty cell is no value: a row
teaches the outputs that it names, and a class if it names one. A row with a value in the column `time_s` is no example
but a frame of a movement: those of one take are a take of the gesture that `class` names. `csv_file` also reads what
spreadsheets write.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.text_file import read_text
from gesturesynth.mapping.gestures.takes import GestureTake

FEATURE: Final = "feature:"
OUTPUT: Final = "output:"

TIME: Final = "time_s"

MAX_BYTES: Final = 64 * 2**20
"""A minute of frames with a whole body and its outputs is about a megabyte; far larger files exhaust the memory."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Example rows.

    Attributes:
        columns: names of the k feature columns.
        X: float64 (n, k), feature values; NaN where a row has no value.
        outputs: names of the m outputs.
        Y: float64 (n, m), in the outputs' own units; NaN where a row has no value.
        labels: str (n,), the class of each row; empty where it has none.
        takes: int64 (n,), rows recorded in one go share a number.
        gesture_takes: takes of movements in time; no row is of them.
        view_changes: float64 (q, k), how the features of some rows change when the body or the camera turns a little
            (`features/views.py`); 0 where that is not known. Without skeletons there are none.
        view_takes: int64 (q,), the takes that these were seen in; None where that is not known.
    """

    columns: tuple[str, ...]
    X: NDArray[np.float64]
    outputs: tuple[str, ...]
    Y: NDArray[np.float64]
    labels: NDArray[np.str_]
    takes: NDArray[np.int64]
    gesture_takes: tuple[GestureTake, ...] = ()
    view_changes: NDArray[np.float64] | None = None
    view_takes: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError when the shapes do not belong together."""
        n = len(self.X)
        wanted = ((n, len(self.columns)), (n, len(self.outputs)), (n,), (n,))
        shapes = tuple(np.shape(array) for array in (self.X, self.Y, self.labels, self.takes))
        if shapes != wanted:
            raise ValueError(f"examples of {n} rows need arrays of shape {wanted}, not {shapes}")
        if self.view_changes is not None and self.view_changes.shape[1:] != (len(self.columns),):
            raise ValueError(f"view changes need {len(self.columns)} columns, not {self.view_changes.shape}")

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.X)

    def select(self, columns: Sequence[str], outputs: Sequence[str]) -> Examples:
        """The same rows with these columns and outputs, in this order.

        Raises:
            UserError: the examples lack one; the message names it.
        """
        for what, wanted, have in (("feature", columns, self.columns), ("output", outputs, self.outputs)):
            missing = [name for name in wanted if name not in have]
            if missing:
                names = ", ".join(f"'{name}'" for name in missing[:5]) + (" and more" if len(missing) > 5 else "")
                raise UserError(
                    f"the examples do not hold the {what} {names} (they hold {', '.join(have[:8]) or 'none'}"
                    f"{' and more' if len(have) > 8 else ''}): they were made for another preset, record new ones"
                )
        return self.aligned(columns, outputs)

    def outputs_with_values(self) -> tuple[str, ...]:
        """Names of the outputs for which at least one row has a value."""
        given = np.asarray(np.isfinite(self.Y).any(axis=0), dtype=np.bool_)
        return tuple(name for name, is_given in zip(self.outputs, given, strict=True) if is_given)

    def rows(self, chosen: NDArray[np.bool_]) -> Examples:
        """Some of the rows, bool (n,), with the view changes of the takes that are left."""
        takes, views, seen_in = self.takes[chosen], self.view_changes, self.view_takes
        if views is not None and seen_in is not None:
            kept = np.isin(seen_in, takes)
            views, seen_in = views[kept], seen_in[kept]
        return dataclasses.replace(
            self,
            X=self.X[chosen],
            Y=self.Y[chosen],
            labels=self.labels[chosen],
            takes=takes,
            view_changes=views,
            view_takes=seen_in,
        )

    def aligned(self, columns: Sequence[str], outputs: Sequence[str]) -> Examples:
        """The same rows with these columns and outputs, in this order; NaN throughout for one that they do not hold."""
        nothing = np.full((len(self), 1), np.nan)
        x, y = np.hstack([self.X, nothing]), np.hstack([self.Y, nothing])
        of_x = [self.columns.index(name) if name in self.columns else -1 for name in columns]
        of_y = [self.outputs.index(name) if name in self.outputs else -1 for name in outputs]
        views = self.view_changes
        if views is not None:
            views = np.hstack([views, np.zeros((len(views), 1))])[:, of_x]
        return Examples(
            tuple(columns),
            x[:, of_x],
            tuple(outputs),
            y[:, of_y],
            self.labels,
            self.takes,
            view_changes=views,
            view_takes=self.view_takes,
        )


def write_csv(
    examples: Examples, path: Path, movements: Sequence[GestureTake] = (), moving: Sequence[str] = ()
) -> None:
    """Writes the file; numbers read back exactly.

    Args:
        examples: its rows.
        path: of the file.
        movements: takes of gestures; their numbers follow those of the rows.
        moving: the feature columns of these.

    Raises:
        OSError: it cannot be written.
    """
    names = tuple(dict.fromkeys([*examples.columns, *(moving if movements else ())]))
    time = [TIME] if movements else []
    open_cells = [""] * len(time)
    rows = examples.aligned(names, examples.outputs)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["take", "class", *time, *(FEATURE + name for name in names), *(OUTPUT + o for o in rows.outputs)])
    for take, label, x, y in zip(rows.takes, rows.labels, rows.X, rows.Y, strict=True):
        writer.writerow([int(take), str(label), *open_cells, *_cells([*x.tolist(), *y.tolist()])])
    places = [names.index(name) for name in moving] if movements else []
    for number, movement in enumerate(movements, int(rows.takes.max(initial=0)) + 1):
        values = np.full((len(movement.times_s), len(names)), np.nan)
        values[:, places] = movement.features
        for time_s, shown in zip(movement.times_s.tolist(), values.tolist(), strict=True):
            writer.writerow([number, movement.name, *_cells([time_s, *shown]), *[""] * len(rows.outputs)])
    path.write_text(out.getvalue(), encoding="utf-8")


def _cells(values: Sequence[float]) -> list[str]:
    return ["" if math.isnan(value) else repr(float(value)) for value in values]


def read_csv(path: Path) -> Examples:
    """Reads examples, without takes of movements.

    Raises:
        UserError: the file cannot be read or used; the message begins with file:line:column and says what is allowed.
    """
    rows, times_s = _parsed(path)
    return rows.rows(np.isnan(times_s))


def read_movements(path: Path, columns: Sequence[str]) -> tuple[GestureTake, ...]:
    """Reads the takes of movements in a file of examples.

    Args:
        path: of the file.
        columns: the k features that are wanted; NaN throughout for one that it does not hold.

    Raises:
        UserError: as `read_csv`.
    """
    rows, times_s = _parsed(path)
    moving = np.isfinite(times_s)
    found = rows.rows(moving).aligned(columns, ())
    keys = dict.fromkeys(zip(found.takes.tolist(), found.labels.tolist(), strict=True))
    parts = [(name, number, (found.takes == number) & (found.labels == name)) for number, name in keys]
    return tuple(
        GestureTake(name, times_s[moving][part], found.X[part], f"factory take {number}")
        for name, number, part in parts
    )


def _parsed(path: Path) -> tuple[Examples, NDArray[np.float64]]:
    from gesturesynth.mapping.examples.csv_file import parse_csv  # noqa: PLC0415 - it imports this module

    return parse_csv(path, read_text(path, MAX_BYTES))


def examples_from_rows(
    rows: Sequence[tuple[int, str, NDArray[Any], NDArray[Any]]], columns: Sequence[str], outputs: Sequence[str]
) -> Examples:
    """Examples from rows of (take, class, features (k,), output values (m,) in units)."""
    return Examples(
        columns=tuple(columns),
        X=np.array([row[2] for row in rows], dtype=np.float64).reshape(len(rows), len(columns)),
        outputs=tuple(outputs),
        Y=np.array([row[3] for row in rows], dtype=np.float64).reshape(len(rows), len(outputs)),
        labels=np.array([row[1] for row in rows], dtype=np.str_),
        takes=np.array([row[0] for row in rows], dtype=np.int64),
    )
