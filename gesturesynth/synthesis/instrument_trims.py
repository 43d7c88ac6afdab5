"""The trim measurer: curves that make an instrument equally loud over the ranges of its parameters."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from gesturesynth.core.units import from_unit
from gesturesynth.synthesis.instrument_check import TARGET_LUFS, measured, words
from gesturesynth.synthesis.instruments.base import Instrument, Parameter
from gesturesynth.synthesis.measuring import loudness_lufs


def trim_curves(
    kind: type[Instrument],
    names: Sequence[str],
    points: int,
    seconds_s: float,
    report: Callable[[str], None] = lambda _: None,
) -> tuple[dict[str, list[tuple[float, float]]], float, float]:
    """Corrections for `curve` and `gain` that bring an instrument to one loudness over the ranges of parameters.

    One curve for each parameter; they add up. Rendered are points along each range with the other parameters at their
    defaults, and all corners; the curves are those with the least squared error, each 0 at its parameter's default.

    Args:
        kind: the class; trims that it has already stay in effect, and what is found comes on top.
        names: of the parameters.
        points: of each curve, evenly spread by the warp.
        seconds_s: of each render.
        report: receives a line for each render.

    Returns:
        The curves (value, dB) by parameter; the correction at defaults, dB; the greatest deviation left, dB.
    """
    table = {parameter.name: parameter for parameter in kind.parameters}
    at = {
        name: [
            float(from_unit(np.array(n / (points - 1)), table[name].low, table[name].high, table[name].warp))
            for n in range(points)
        ]
        for name in names
    }
    rendered: list[dict[str, float]] = [{}]
    rendered += [{name: value} for name in names for value in at[name]]
    rendered += [
        dict(zip(names, ends, strict=True)) for ends in itertools.product(*[(at[n][0], at[n][-1]) for n in names])
    ]
    wanted: list[float] = []
    for fixed in rendered:
        loudness = loudness_lufs(measured(kind, seconds_s, **fixed))
        report(f"{words(fixed)}: {loudness:.1f} LUFS")
        wanted.append(TARGET_LUFS - loudness)
    rows = [
        [
            1.0,
            *(
                share
                for name in names
                for share in _shares(table[name], at[name], fixed.get(name, table[name].default))
            ),
        ]
        for fixed in rendered
    ]
    rows += [
        [
            0.0,
            *(
                share if name == one else 0.0
                for name in names
                for share in _shares(table[name], at[name], table[name].default)
            ),
        ]
        for one in names
    ]
    matrix, right = np.array(rows), np.array([*wanted, *(0.0 for _ in names)])
    matrix[len(rendered) :] *= 100.0
    solved = np.linalg.lstsq(matrix, right, rcond=None)[0]
    left = float(np.abs(matrix[: len(rendered)] @ solved - right[: len(rendered)]).max())
    curves = {
        name: [(value, round(float(solved[1 + number * points + n]), 1)) for n, value in enumerate(at[name])]
        for number, name in enumerate(names)
    }
    return curves, float(solved[0]), left


def _shares(parameter: Parameter, at: Sequence[float], value: float) -> list[float]:
    """How much each point of a curve has to say at a value: straight lines over the warp."""
    place, known = (np.log(np.array(one)) if parameter.warp == "exp" else np.array(one) for one in (value, at))
    return [float(np.interp(place, known, np.eye(len(at))[n])) for n in range(len(at))]
