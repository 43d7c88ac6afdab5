"""The picture of what was taught: a map of all examples, coloured by what they are for and by each output's values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.example_map import ExampleMap
from gesturesynth.pipeline.pictures.figures import new_figure, write_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gesturesynth.mapping.learning.job import FitJob
    from gesturesynth.mapping.learning.outputs import Output
    from gesturesynth.mapping.learning.predictors import FittedMapping

Float = NDArray[np.float64]

WIDTH: Final = 1500
MAP_HEIGHT: Final = 900
ROW_HEIGHT: Final = 420
IN_A_ROW: Final = 3
GRID: Final = 60
"""Points of the shading, each way."""
EDGE: Final = 0.25
"""Of the map's size, around the outermost examples: what is unknown begins there."""
MOST_NUMBERS: Final = 60
"""Takes whose numbers are written beside them; more cannot be read."""
MARKERS: Final = "os^vDP*Xhd"


@dataclass(frozen=True)
class TaughtExamples:
    """What there is to draw.

    Attributes:
        title: a line above the picture.
        job: of at least one row.
        mapping: fitted to it; its confidence is the shading.
        outputs: of the job.
        names: (n,), what each row is for.
    """

    title: str
    job: FitJob
    mapping: FittedMapping
    outputs: Sequence[Output]
    names: Sequence[str]


def write_example_map(file: IO[bytes], taught: TaughtExamples) -> None:
    """Draws a map of examples as PNG into a file that is open for writing.

    Raises:
        GestureSynthError: matplotlib is not installed.
    """
    job, outputs = taught.job, taught.outputs
    plane = ExampleMap.of_job(job)
    points = plane.points.view
    rows = -(-len(outputs) // IN_A_ROW)
    figure = new_figure(WIDTH, MAP_HEIGHT + rows * ROW_HEIGHT)
    figure.suptitle(taught.title, x=0.01, ha="left", fontsize=13)
    grid = figure.add_gridspec(1 + rows, IN_A_ROW, height_ratios=[MAP_HEIGHT, *[ROW_HEIGHT] * rows])
    axes = figure.add_subplot(grid[0, :])
    low, high = _bounds(points)
    _shade(axes, plane, taught.mapping, low, high)
    _draw_names(axes, points, taught.names, job.takes)
    first, second = plane.spread
    axes.set_title(
        f"shown: {first + second:.0%} of how the examples differ ({first:.0%} across, {second:.0%} upwards); "
        "grey: poses that are not known",
        fontsize=10,
        loc="left",
    )
    for number, output in enumerate(outputs):
        axes = figure.add_subplot(grid[1 + number // IN_A_ROW, number % IN_A_ROW])
        positions = job.positions.view[:, number]
        known = np.isfinite(positions)
        across, upwards = points[known].T
        drawn = axes.scatter(across, upwards, s=14, c=output.values(positions[known]), cmap="viridis", rasterized=True)
        figure.colorbar(drawn, ax=axes, label=output.unit)
        axes.set_title(output.name, fontsize=10, loc="left")
        axes.set_xlim(low[0], high[0])
        axes.set_ylim(low[1], high[1])
        axes.set_xticks([])
        axes.set_yticks([])
    write_png(figure, file)


def _bounds(points: Float) -> tuple[Float, Float]:
    """The corners of what is drawn, (2,) each."""
    low, high = points.min(axis=0), points.max(axis=0)
    edge = np.maximum(EDGE * (high - low).max(), 0.5)
    return low - edge, high + edge


def _shade(axes: Axes, plane: ExampleMap, mapping: FittedMapping, low: Float, high: Float) -> None:
    """White where a pose on the plane is known, grey where it is not."""
    across, upwards = np.linspace(low[0], high[0], GRID), np.linspace(low[1], high[1], GRID)
    at = np.stack(np.meshgrid(across, upwards), axis=-1)
    known = np.array([mapping.confidence(x) for x in plane.features_at(at.reshape(-1, 2))]).reshape(GRID, GRID)
    axes.imshow(
        known,
        extent=(low[0], high[0], low[1], high[1]),
        origin="lower",
        cmap="gray",
        vmin=-1.0,
        vmax=1.0,
        aspect="auto",
        interpolation="bilinear",
    )
    axes.set_xticks([])
    axes.set_yticks([])


def _draw_names(axes: Axes, points: Float, names: Sequence[str], takes: Sequence[int]) -> None:
    """The examples in a colour and a shape for each thing that they are for, with the number of each take beside it."""
    of_row, take_of_row = np.array(names), np.array(takes)
    for number, name in enumerate(dict.fromkeys(names)):
        here = of_row == name
        across, upwards = points[here].T
        axes.scatter(
            across,
            upwards,
            s=26,
            color=f"C{number % 10}",
            marker=MARKERS[number % len(MARKERS)],
            label=name,
            alpha=0.8,
            linewidths=0.0,
            rasterized=True,
        )
    numbers = [*dict.fromkeys(takes)]
    for take in numbers if len(numbers) <= MOST_NUMBERS else ():
        middle = np.median(points[take_of_row == take], axis=0)
        axes.annotate(str(take), middle, textcoords="offset points", xytext=(7, 7), fontsize=9)
    axes.legend(fontsize=9, loc="upper left")
