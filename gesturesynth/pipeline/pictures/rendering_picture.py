"""The picture of a rendering: waveform, spectrogram, loudness, features and outputs above one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import find_column
from gesturesynth.features.computed.definition import label
from gesturesynth.pipeline.pictures.figures import new_figure, write_png
from gesturesynth.pipeline.pictures.sound_trace import SoundTrace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gesturesynth.mapping.learning.outputs import Output
    from gesturesynth.mapping.mapper_frame import MapperFrame

Float = NDArray[np.float64]

WIDTH: Final = 1500
HEIGHT: Final = 1250
MOST_LINES: Final = 8
"""More features than this are drawn as rows of brightness: lines of more colours cannot be told apart."""
QUIETEST_DB: Final = -100.0
SOUND: Final = "#2b5c8a"
LINES: Final = ("#1b7837", "#c0392b", "#2b5c8a", "#b8860b", "#6a3d9a", "#008b8b", "#d35487", "#5b5b5b")


class RenderingPicture:
    """Gathers what is to be seen while a rendering is made, then draws it.

    Args:
        title: a line above the picture.
        columns: names of the feature columns.
        outputs: of the preset.
        sample_rate: of the sound, Hz.
    """

    def __init__(
        self, title: str, columns: Sequence[str], outputs: Sequence[Output], sample_rate: int, channels: int = 2
    ) -> None:
        self._title = title
        self._columns = tuple(columns)
        self._outputs = tuple(outputs)
        self.sound = SoundTrace(sample_rate, channels)
        self._times_s: list[float] = []
        self._present: list[bool] = []
        self._features: list[Float] = []
        self._positions: list[Float] = []

    def add_frame(self, time_s: float, frame: MapperFrame) -> None:
        """What the mapping gave at a pose."""
        self._times_s.append(time_s)
        self._present.append(frame.present)
        self._features.append(frame.features.values)
        self._positions.append(frame.positions)

    def write(self, file: IO[bytes]) -> None:
        """Draws all that was added, as PNG.

        Raises:
            GestureSynthError: matplotlib is not installed.
        """
        self.sound.finish()
        figure = new_figure(WIDTH, HEIGHT)
        figure.suptitle(self._title, x=0.01, ha="left", fontsize=13)
        panels = figure.subplots(5, 1, sharex=True, height_ratios=[1.0, 2.4, 1.0, 1.6, 1.6])
        self._draw_waveform(panels[0])
        self._draw_spectrogram(panels[1])
        self._draw_loudness(panels[2])
        self._draw_features(panels[3])
        self._draw_outputs(panels[4])
        end_s = max(self.sound.hop_s * len(self.sound.times_s), *self._times_s[-1:], self.sound.hop_s)
        panels[-1].set_xlim(0.0, end_s)
        panels[-1].set_xlabel("seconds")
        write_png(figure, file)

    def _draw_waveform(self, axes: Axes) -> None:
        low, high = self.sound.envelope
        axes.fill_between(self.sound.times_s, low, high, color=SOUND, linewidth=0.6, edgecolor=SOUND)
        reach = max(0.1, float(np.abs([*low, *high]).max(initial=0.0)) * 1.05)
        axes.set_ylim(-reach, reach)
        axes.set_ylabel("samples")

    def _draw_spectrogram(self, axes: Axes) -> None:
        levels = self.sound.spectrogram
        if len(levels):
            edges_s = np.arange(len(levels) + 1) * self.sound.hop_s
            axes.pcolormesh(
                edges_s,
                self.sound.edges_hz,
                levels.T.astype(np.float32),
                cmap="magma",
                vmin=QUIETEST_DB,
                vmax=0.0,
                rasterized=True,
            )
        axes.set_yscale("log")
        axes.set_yticks([50, 100, 200, 500, 1000, 2000, 5000, 10000])
        axes.set_yticklabels(["50", "100", "200", "500", "1 k", "2 k", "5 k", "10 k"])
        axes.minorticks_off()
        axes.set_ylabel(f"Hz ({QUIETEST_DB:g} to 0 dB)")

    def _draw_loudness(self, axes: Axes) -> None:
        axes.plot(self.sound.times_s, self.sound.momentary_lufs, color=SOUND, linewidth=1.2)
        axes.set_ylim(-70.0, 0.0)
        axes.set_yticks([-60, -40, -20, 0])
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.set_ylabel("loudness, LUFS\n(0.4 s)")

    def _draw_features(self, axes: Axes) -> None:
        ranges = {name: (entry.low, entry.high) for name in self._columns if (entry := find_column(name))}
        names = [
            f"{label(name)} {low:g} to {high:g}"
            for name in self._columns
            for low, high in [ranges.get(name, (0.0, 1.0))]
        ]
        low, high = np.array([ranges.get(name, (0.0, 1.0)) for name in self._columns]).reshape(-1, 2).T
        values = np.array(self._features).reshape(-1, len(self._columns))
        self._draw_curves(axes, names, (values - low) / (high - low))
        axes.set_ylabel("features,\nof their usual ranges")

    def _draw_outputs(self, axes: Axes) -> None:
        names = [f"{output.name} {output.low:g} to {output.high:g} {output.unit}".rstrip() for output in self._outputs]
        self._draw_curves(axes, names, np.array(self._positions).reshape(-1, len(self._outputs)))
        axes.set_ylabel("outputs,\nof their ranges")

    def _draw_curves(self, axes: Axes, names: Sequence[str], values: Float) -> None:
        """Curves (n, k) of 0..1 over the times of poses; grey where no person was in view."""
        times = np.array(self._times_s)
        if len(names) > MOST_LINES and len(times) > 1:
            edges_s = np.append(times, 2.0 * times[-1] - times[-2])
            axes.pcolormesh(
                edges_s, np.arange(len(names) + 1), values.T, cmap="viridis", vmin=0.0, vmax=1.0, rasterized=True
            )
            axes.set_yticks([0, len(names)])
            return
        for name, column, colour in zip(names, values.T, LINES, strict=False):
            axes.plot(times, column, color=colour, linewidth=1.2, label=name)
        axes.fill_between(
            times, -0.15, 1.15, where=[not there for there in self._present], color="#e6e6e6", step="post"
        )
        axes.set_ylim(-0.15, 1.15)
        axes.set_yticks([0.0, 0.5, 1.0])
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        if names:
            axes.legend(loc="center left", bbox_to_anchor=(1.005, 0.5), fontsize=8, frameon=False)
