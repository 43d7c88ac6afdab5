"""Examples: rows of features with what should sound there. What a model is fitted to, and the CSV that presets ship.

The first line of the file names its columns, in this order or any other:

    take,class,feature:right_wrist.height,output:pitch

`take` (a whole number: rows recorded in one go share it) and `class` may be missing. A row may leave ALL its outputs
empty: then it only teaches a class. A row may leave its class empty: then it only teaches outputs.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.errors import UserError

FEATURE: Final = "feature:"
OUTPUT: Final = "output:"

MAX_BYTES: Final = 64 * 2**20
"""A minute of frames with a whole body and its outputs is about a megabyte; far beyond this, memory runs out."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows that were taught.

    Attributes:
        columns: names of the k feature columns.
        X: float64 (n, k), feature values.
        outputs: names of the m outputs.
        Y: float64 (n, m), in the outputs' own units; a row is NaN throughout when it says nothing about outputs.
        labels: str (n,), the class of each row; empty where it has none.
        takes: int64 (n,), rows recorded in one go share a number.
    """

    columns: tuple[str, ...]
    X: NDArray[np.float64]
    outputs: tuple[str, ...]
    Y: NDArray[np.float64]
    labels: NDArray[np.str_]
    takes: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Raises ValueError when the shapes do not belong together."""
        n = len(self.X)
        wanted = ((n, len(self.columns)), (n, len(self.outputs)), (n,), (n,))
        shapes = tuple(np.shape(array) for array in (self.X, self.Y, self.labels, self.takes))
        if shapes != wanted:
            raise ValueError(f"examples of {n} rows need arrays of shape {wanted}, not {shapes}")

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
        x = self.X[:, [self.columns.index(name) for name in columns]]
        y = self.Y[:, [self.outputs.index(name) for name in outputs]]
        return Examples(tuple(columns), x, tuple(outputs), y, self.labels, self.takes)

    def named_outputs(self) -> tuple[str, ...]:
        """Names of the outputs that at least one row says something about."""
        said = np.asarray(np.isfinite(self.Y).any(axis=0), dtype=np.bool_)
        return tuple(name for name, is_said in zip(self.outputs, said, strict=True) if is_said)

    def rows(self, chosen: NDArray[np.bool_]) -> Examples:
        """Some of the rows: bool (n,)."""
        return Examples(
            self.columns, self.X[chosen], self.outputs, self.Y[chosen], self.labels[chosen], self.takes[chosen]
        )

    def aligned(self, columns: Sequence[str], outputs: Sequence[str]) -> Examples:
        """The same rows with these columns and outputs, in this order; NaN throughout where they hold none of them."""
        nothing = np.full((len(self), 1), np.nan)
        x, y = np.hstack([self.X, nothing]), np.hstack([self.Y, nothing])
        of_x = [self.columns.index(name) if name in self.columns else -1 for name in columns]
        of_y = [self.outputs.index(name) if name in self.outputs else -1 for name in outputs]
        return Examples(tuple(columns), x[:, of_x], tuple(outputs), y[:, of_y], self.labels, self.takes)


def write_csv(examples: Examples, path: Path) -> None:
    """Writes the file; numbers read back exactly. Raises OSError when it cannot be written."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["take", "class", *(FEATURE + name for name in examples.columns), *(OUTPUT + name for name in examples.outputs)]
    )
    for take, label, x, y in zip(examples.takes, examples.labels, examples.X, examples.Y, strict=True):
        said = ["" if math.isnan(value) else repr(float(value)) for value in y]
        writer.writerow([int(take), str(label), *(repr(float(value)) for value in x), *said])
    path.write_text(out.getvalue(), encoding="utf-8")


def read_csv(path: Path) -> Examples:
    """Reads examples.

    Raises:
        UserError: the file cannot be read or used; the message begins with file:line:column and says what is allowed.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise UserError(f"{path}: the file is larger than {MAX_BYTES // 2**20} MB: leave rows out")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: the examples cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: the examples are not UTF-8 text (byte {error.start})") from error
    # Not splitlines(): that breaks at characters at which no editor begins a new line.
    numbered = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
    lines = [(number, line) for number, line in numbered if line.strip()]
    if not lines:
        raise UserError(
            f"{path}:1:1: the file is empty: expected a first line such as 'take,class,feature:NAME,output:NAME'"
        )
    return _Reader(path, *lines[0]).rows(lines[1:])


class _Reader:
    """Reads the lines of one file; knows where each column is."""

    def __init__(self, path: Path, number: int, header: str) -> None:
        self._path = path
        self._header = self._cells(number, header)
        self._take = self._label = -1
        self._features: dict[str, int] = {}
        self._outputs: dict[str, int] = {}
        for index, name in enumerate(self._header):
            place = self._place(number, header, index)
            if self._header.index(name) != index:
                raise UserError(f"{place}: the column '{name}' is there twice")
            if name == "take":
                self._take = index
            elif name == "class":
                self._label = index
            elif name.startswith(FEATURE) and name != FEATURE:
                self._features[name.removeprefix(FEATURE)] = index
            elif name.startswith(OUTPUT) and name != OUTPUT:
                self._outputs[name.removeprefix(OUTPUT)] = index
            else:
                close = difflib.get_close_matches(name, ["take", "class", FEATURE, OUTPUT], 1)
                hint = f"; did you mean '{close[0]}'?" if close else ""
                raise UserError(
                    f"{place}: '{name}' is not a column: allowed are take, class, feature:NAME and output:NAME{hint}"
                )
        if not self._features:
            raise UserError(f"{path}:{number}:1: there is no feature column: expected at least one 'feature:NAME'")

    def rows(self, lines: Sequence[tuple[int, str]]) -> Examples:
        takes: list[int] = []
        labels: list[str] = []
        xs: list[list[float]] = []
        ys: list[list[float]] = []
        for number, line in lines:
            cells = self._cells(number, line)
            if len(cells) != len(self._header):
                raise UserError(
                    f"{self._place(number, line, min(len(cells), len(self._header)) - 1)}: "
                    f"the line has {len(cells)} cells, the first line names {len(self._header)} columns"
                )
            takes.append(self._whole(number, line, cells))
            labels.append(cells[self._label].strip() if self._label >= 0 else "")
            xs.append([self._number(number, line, cells, index) for index in self._features.values()])
            ys.append(self._said(number, line, cells))
        return Examples(
            columns=tuple(self._features),
            X=np.array(xs, dtype=np.float64).reshape(len(xs), len(self._features)),
            outputs=tuple(self._outputs),
            Y=np.array(ys, dtype=np.float64).reshape(len(ys), len(self._outputs)),
            labels=np.array(labels, dtype=np.str_),
            takes=np.array(takes, dtype=np.int64),
        )

    def _cells(self, number: int, line: str) -> list[str]:
        try:
            return next(csv.reader([line], strict=True))
        except csv.Error as error:
            raise UserError(f"{self._path}:{number}:1: the line cannot be read as CSV: {error}") from error

    def _place(self, number: int, line: str, index: int) -> str:
        """`file:line:column` of a cell; columns count characters from 1."""
        column, quoted = 1, False
        for position, character in enumerate(line, 1):
            if index == 0:
                break
            if character == '"':
                quoted = not quoted
            elif character == "," and not quoted:
                index -= 1
                column = position + 1
        return f"{self._path}:{number}:{column}"

    def _whole(self, number: int, line: str, cells: list[str]) -> int:
        if self._take < 0:
            return 0
        try:
            take = int(cells[self._take])
            return int(np.int64(take))
        except (ValueError, OverflowError):
            place = self._place(number, line, self._take)
            raise UserError(f"{place}: take must be a whole number, not '{cells[self._take]}'") from None

    def _said(self, number: int, line: str, cells: list[str]) -> list[float]:
        indices = list(self._outputs.values())
        empty = [index for index in indices if not cells[index].strip()]
        if empty and len(empty) < len(indices):
            place = self._place(number, line, empty[0])
            raise UserError(f"{place}: '{self._header[empty[0]]}' is empty: a row gives all outputs, or none of them")
        if empty:
            return [math.nan] * len(indices)
        return [self._number(number, line, cells, index) for index in indices]

    def _number(self, number: int, line: str, cells: list[str], index: int) -> float:
        try:
            value = float(cells[index])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            place = self._place(number, line, index)
            raise UserError(f"{place}: '{self._header[index]}' must be a finite number, not '{cells[index]}'")
        return value


def gather(
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
