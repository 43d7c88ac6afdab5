"""What was recorded in a project of Wekinator: `current/currentData.arff`, or of gestures `current/currentData.csv`.

The ARFF file has a row for each message: its number, its time, its round of recording, the inputs, the outputs (`?` for
one that was not recorded). The CSV file has a line for each example of a gesture: how many inputs, the number of the
gesture, and the inputs of one message after the other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.control.osc.wekinator_addresses import INPUT
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.arff import AttributeRole, read_arff
from gesturesynth.mapping.examples.dataset import MAX_BYTES, Examples
from gesturesynth.mapping.examples.text_file import numbered_lines, plain_number, read_text, whole_number
from gesturesynth.ops.wekinator.project_parts import Project, ProjectTake
from gesturesynth.runtime.messages import Pose

MOST_ROWS: Final = 200_000
FARTHEST: Final = 1e9
"""From 0: the usual range of an input ends there."""
MOST_VALUES_OF_A_ROUND: Final = 8
"""A round with more of them was recorded while the outputs moved: it is one take, in which they do."""


def read_takes(project: Project, folder: Path, rate_hz: float) -> None:
    """Reads what was recorded into the project; a project without recordings has none.

    Args:
        project: gets takes and ranges.
        folder: of the project.
        rate_hz: how many messages a second there were: the files do not say it.

    Raises:
        UserError: the file cannot be used; the message begins with file:line.
    """
    current = folder / "current"
    if project.outputs:
        project.takes += _of_outputs(project, current / "currentData.arff", rate_hz)
    if project.gestures:
        project.takes += _of_gestures(project, current / "currentData.csv", rate_hz)
    numbers = [pose.inputs[INPUT] for take in project.takes for pose in take.poses]
    if numbers:
        found = np.clip(np.array(numbers), -FARTHEST, FARTHEST)
        ends = zip(found.min(axis=0).tolist(), found.max(axis=0).tolist(), strict=True)
        project.ranges = tuple(_usual_range(low, high) for low, high in ends)


def _usual_range(low: float, high: float) -> tuple[float, float]:
    """A range that is not empty, in few digits."""
    if high - low < 1e-6 * max(1.0, abs(low), abs(high)):
        low, high = low - 0.5, high + 0.5
    step = 10.0 ** (math.floor(math.log10(high - low)) - 2)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return max(-FARTHEST, round(low, 9)), min(FARTHEST, round(high, 9))


def _of_outputs(project: Project, path: Path, rate_hz: float) -> list[ProjectTake]:
    if not path.is_file():
        project.notes.append(f"{path} is missing: there are no examples.")
        return []
    names = [f"input {number}" for number in range(1, len(project.inputs) + 1)]
    outputs = [f"output {number}" for number in range(1, len(project.outputs) + 1)]
    order: list[tuple[AttributeRole, str]] = [("nothing", "ID"), ("nothing", "Time"), ("take", "take")]
    order += [("feature", name) for name in names]
    order += [("output", name) for name in outputs]
    examples = read_arff(path, in_order=order).aligned(names, outputs)
    complete = np.asarray(np.isfinite(examples.X).all(axis=1) & np.isfinite(examples.Y).any(axis=1), dtype=np.bool_)
    if left := len(examples) - int(complete.sum()):
        project.notes.append(f"{left} rows of {path} are left out: inputs, or all outputs, are missing in them.")
    examples = examples.rows(complete)
    if len(examples) > MOST_ROWS:
        raise UserError(f"{path}: there are {len(examples)} rows; at most {MOST_ROWS} are read")
    _check_values(project, path, examples)
    return [_take(examples, rows, rate_hz) for rows in _rounds(examples)]


def _rounds(examples: Examples) -> Iterator[list[int]]:
    """The rows of each take: those of one round that follow each other, and name the same outputs.

    Where these keep to some values for a while, those are takes of their own.
    """
    named = np.isfinite(examples.Y)
    keys = [(take, row.tobytes()) for take, row in zip(examples.takes.tolist(), named, strict=True)]
    for _, found in itertools.groupby(range(len(keys)), key=keys.__getitem__):
        rows = [*found]
        parts = [[*part] for _, part in itertools.groupby(rows, key=lambda row: examples.Y[row].tobytes())]
        yield from parts if len(parts) <= MOST_VALUES_OF_A_ROUND else [rows]


def _take(examples: Examples, rows: Sequence[int], rate_hz: float) -> ProjectTake:
    values = [tuple(None if math.isnan(v) else v for v in row) for row in examples.Y[list(rows)].tolist()]
    moving = values if len(set(values)) > 1 else ()
    return ProjectTake(_poses(examples.X[list(rows)], rate_hz), values[0], moving=tuple(moving))


def _check_values(project: Project, path: Path, examples: Examples) -> None:
    """A value of an output that its range does not have becomes its nearest one, and is a note."""
    for place, output in enumerate(project.outputs):
        values = examples.Y[:, place]
        beyond = int(((values < output.low) | (values > output.high)).sum())
        if beyond:
            project.notes.append(
                f"{beyond} rows of {path} are outside the range of '{output.name}', {output.low:g} to {output.high:g}."
            )


def _of_gestures(project: Project, path: Path, rate_hz: float) -> list[ProjectTake]:
    if not path.is_file():
        project.notes.append(f"{path} is missing: there are no examples of gestures.")
        return []
    takes: list[ProjectTake] = []
    rows = 0
    for number, line in numbered_lines(read_text(path, MAX_BYTES)):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        place = f"{path}:{number}"
        cells = line.strip().rstrip(",").split(",")
        count, gesture = whole_number(cells[0]), whole_number(cells[1]) if len(cells) > 1 else None
        if count != len(project.inputs):
            raise UserError(
                f"{place}: an example has {cells[0][:20]} inputs, where the project has {len(project.inputs)}"
            )
        if gesture is None or not 1 <= gesture <= len(project.gestures):
            raise UserError(f"{place}: the second number must be a gesture from 1 to {len(project.gestures)}")
        values = [plain_number(cell) for cell in cells[2:]]
        if None in values or not values or len(values) % count:
            raise UserError(f"{place}: after the second number there must be {count} numbers for each message")
        rows += len(values) // count
        if rows > MOST_ROWS:
            raise UserError(f"{place}: there are more than {MOST_ROWS} messages")
        numbers = np.array(values, dtype=np.float64).reshape(-1, count)
        takes.append(ProjectTake(_poses(numbers, rate_hz), gesture=gesture))
    return takes


def _poses(numbers: NDArray[np.float64], rate_hz: float) -> tuple[Pose, ...]:
    return tuple(
        Pose(place / rate_hz, place + 1, 1, 1, (), inputs={INPUT: tuple(row)})
        for place, row in enumerate(numbers.tolist())
    )
