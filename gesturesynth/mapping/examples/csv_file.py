"""Reads examples from CSV in the dialects of spreadsheets, pandas and hand-written files.

Recognised: `,`, `;`, tab or `|` between the cells (or what a first line `sep=;` names), a decimal comma where the cells
are not separated by commas, rows and columns of empty cells, the numbered first column of pandas, takes such as `1.0`.
"""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import FEATURE, OUTPUT, TIME, Examples
from gesturesynth.mapping.examples.text_file import COLUMNS, numbered_lines, plain_number, whole_number

SEPARATORS: Final = (",", ";", "\t", "|")
_SEPARATOR_NAMES: Final = {",": "','", ";": "';'", "\t": "tabs", "|": "'|'"}


def parse_csv(path: Path, text: str) -> tuple[Examples, NDArray[np.float64]]:
    """Reads the text of the file `path`.

    Returns:
        Its rows, and their times in seconds (n,): NaN for one that is no frame of a movement.

    Raises:
        UserError: it cannot be used; the message begins with file:line:column and says what is allowed.
    """
    lines = [(number, line) for number, line in numbered_lines(text) if line.strip()]
    separator = ""
    if lines and lines[0][1].strip().strip('"').lower().startswith("sep="):
        separator = lines.pop(0)[1].strip().strip('"')[4:5] or "\t"  # a tab was stripped
    lines = [(number, line) for number, line in lines if line.strip(' "' + "".join(SEPARATORS))]
    if not lines:
        raise UserError(
            f"{path}:1:1: the file is empty: expected a first line such as 'take,class,feature:NAME,output:NAME'"
        )
    return _Reader(path, separator or _separator(lines[0][1]), *lines[0]).rows(lines[1:])


def _separator(header: str) -> str:
    """The separator with which the first line names the most columns."""

    def columns(separator: str) -> int:
        names = [cell.strip(' "') for cell in header.split(separator)]
        return sum(name in {"take", "class", TIME} or name.startswith((FEATURE, OUTPUT)) for name in names)

    return max(SEPARATORS, key=columns)


class _Reader:
    """Reads the lines of one file with the columns of its first line."""

    def __init__(self, path: Path, separator: str, number: int, header: str) -> None:
        self._path = path
        self._separator = separator
        self._header = [cell.strip() for cell in self._cells(number, header)]
        while self._header and not self._header[-1]:
            self._header.pop()
        if len(self._header) > COLUMNS:
            raise UserError(f"{path}:{number}:1: there are more than {COLUMNS} columns")
        self._decimal_comma = False
        self._take = self._label = self._time = -1
        self._features: dict[str, int] = {}
        self._outputs: dict[str, int] = {}
        self._nameless: list[int] = []
        seen: set[str] = set()
        for index, name in enumerate(self._header):
            if name and name in seen:
                raise UserError(f"{self._place(number, header, index)}: the column '{name[:80]}' is there twice")
            seen.add(name)
            self._column(number, header, index, name)
        if not self._features:
            raise UserError(f"{path}:{number}:1: there is no feature column: expected at least one 'feature:NAME'")

    def _column(self, number: int, header: str, index: int, name: str) -> None:
        if name == "take":
            self._take = index
        elif name == "class":
            self._label = index
        elif name == TIME:
            self._time = index
        elif name.startswith(FEATURE) and name != FEATURE:
            self._features[name.removeprefix(FEATURE)] = index
        elif name.startswith(OUTPUT) and name != OUTPUT:
            self._outputs[name.removeprefix(OUTPUT)] = index
        elif not name or name == "Unnamed: 0":
            self._nameless.append(index)
        else:
            close = difflib.get_close_matches(name[:80], ["take", "class", TIME, FEATURE, OUTPUT], 1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            separators = ", ".join(_SEPARATOR_NAMES[separator] for separator in SEPARATORS)
            raise UserError(
                f"{self._place(number, header, index)}: '{name[:80]}' is not a column: allowed are take, class, "
                f"{TIME}, feature:NAME and output:NAME, separated by {separators}{hint}"
            )

    def rows(self, lines: Sequence[tuple[int, str]]) -> tuple[Examples, NDArray[np.float64]]:
        read = [(number, line, self._row(number, line)) for number, line in lines]
        filled = [(number, line, cells) for number, line, cells in read if any(map(str.strip, cells))]
        self._check_nameless(filled)
        numeric = [*self._features.values(), *self._outputs.values(), *([self._time] if self._time >= 0 else [])]
        with_comma = any("," in cells[index] for _, _, cells in filled for index in numeric)
        with_point = any("." in cells[index] for _, _, cells in filled for index in numeric)
        self._decimal_comma = self._separator != "," and with_comma and not with_point
        takes: list[int] = []
        labels: list[str] = []
        times: list[float] = []
        xs: list[list[float]] = []
        ys: list[list[float]] = []
        for number, line, cells in filled:
            takes.append(self._take_number(number, line, cells))
            labels.append(cells[self._label].strip() if self._label >= 0 else "")
            times.append(self._number(number, line, cells, self._time) if self._time >= 0 else math.nan)
            if not math.isnan(times[-1]) and not labels[-1]:
                place = self._place(number, line, self._time)
                raise UserError(f"{place}: a row with a time is a frame of a movement: its class must name a gesture")
            xs.append([self._number(number, line, cells, index) for index in self._features.values()])
            ys.append([self._number(number, line, cells, index) for index in self._outputs.values()])
            if math.isnan(times[-1]) and all(map(math.isnan, xs[-1])):
                place = self._place(number, line, min(self._features.values()))
                raise UserError(f"{place}: the row has no feature: at least one must be a finite number, not ''")
        rows = Examples(
            columns=tuple(self._features),
            X=np.array(xs, dtype=np.float64).reshape(len(xs), len(self._features)),
            outputs=tuple(self._outputs),
            Y=np.array(ys, dtype=np.float64).reshape(len(ys), len(self._outputs)),
            labels=np.array(labels, dtype=np.str_),
            takes=np.array(takes, dtype=np.int64),
        )
        return rows, np.array(times, dtype=np.float64)

    def _row(self, number: int, line: str) -> list[str]:
        """The cells of a row, as many as there are columns; empty ones beyond them are left out."""
        cells = self._cells(number, line)
        wanted = len(self._header)
        if not any(map(str.strip, cells[wanted:])):
            cells = cells[:wanted]
        if len(cells) != wanted:
            comma = " (a decimal comma needs ';' or tabs between the cells)" if self._separator == "," else ""
            raise UserError(
                f"{self._place(number, line, min(len(cells), wanted) - 1)}: the line has {len(cells)} cells, the first "
                f"line names {wanted} columns{comma if len(cells) > wanted else ''}"
            )
        return cells

    def _check_nameless(self, rows: Sequence[tuple[int, str, list[str]]]) -> None:
        """Checks that a column without a name is empty, or counts the rows, as pandas writes it."""
        for index in self._nameless:
            cells = [row[2][index].strip() for row in rows]
            counts = index == 0 and all(whole_number(cell) is not None for cell in cells)
            wrong = next((row for row, cell in zip(rows, cells, strict=True) if cell and not counts), None)
            if wrong:
                place = self._place(wrong[0], wrong[1], index)
                raise UserError(f"{place}: the first line has no name for the column in which this stands")

    def _cells(self, number: int, line: str) -> list[str]:
        try:
            return next(csv.reader([line], delimiter=self._separator, strict=True))
        except (csv.Error, TypeError) as error:
            raise UserError(f"{self._path}:{number}:1: the line cannot be read as CSV: {error}") from error

    def _place(self, number: int, line: str, index: int) -> str:
        """`file:line:column` of a cell; columns count characters from 1."""
        column, quoted = 1, False
        for position, character in enumerate(line, 1):
            if index == 0:
                break
            if character == '"':
                quoted = not quoted
            elif character == self._separator and not quoted:
                index -= 1
                column = position + 1
        return f"{self._path}:{number}:{column}"

    def _take_number(self, number: int, line: str, cells: list[str]) -> int:
        if self._take < 0:
            return 0
        take = whole_number(cells[self._take].replace(",", ".") if self._decimal_comma else cells[self._take])
        if take is None or not -(2**63) <= take < 2**63:
            place = self._place(number, line, self._take)
            raise UserError(f"{place}: take must be a whole number, not '{cells[self._take][:80]}'")
        return take

    def _number(self, number: int, line: str, cells: list[str], index: int) -> float:
        """The number in a cell; NaN for an empty one."""
        text = cells[index].strip()
        if not text:
            return math.nan
        value = plain_number(text.replace(",", ".", 1) if self._decimal_comma else text)
        if value is None:
            place = self._place(number, line, index)
            comma = "; decimals are written with a point here" if "," in text else ""
            raise UserError(
                f"{place}: '{self._header[index][:80]}' must be a finite number, not '{cells[index][:80]}'{comma} "
                "(an empty cell says nothing)"
            )
        return value
