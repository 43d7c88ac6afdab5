"""Sounds between two sounds: each output moves in its own warp, so that half way sounds half way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gesturesynth.mapping.learning.outputs import Output


def blended(
    outputs: Iterable[Output], first: Mapping[str, float], second: Mapping[str, float], part: float
) -> dict[str, float]:
    """The sound between two sounds.

    Args:
        outputs: of the preset.
        first: the sound at 0: output -> value in its unit; values beyond a range count as its end.
        second: the sound at 1, likewise.
        part: 0..1.

    Returns:
        Values of the outputs that at least one of the two names; where only one does, its value.
    """
    sound: dict[str, float] = {}
    for output in outputs:
        one, other = first.get(output.name, second.get(output.name)), second.get(output.name, first.get(output.name))
        if one is None or other is None:
            continue
        low, high = output.position(one), output.position(other)
        sound[output.name] = output.value(low + part * (high - low))
    return sound
