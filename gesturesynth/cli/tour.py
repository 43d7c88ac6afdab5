"""A tour: pieces that follow each other while everything runs. Pure: time is passed in."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import UserError


@dataclass(frozen=True)
class TourStop:
    """A piece on the way.

    Attributes:
        preset: its name, as `preset list` has it.
        sentence: what is announced when it begins.
    """

    preset: str
    sentence: str


class Tour:
    """Says when the next piece begins.

    Args:
        stops: at least one.
        seconds: how long each plays, above 0.
        again: begins from the first one after the last one; else the tour ends.

    Attributes:
        begun: how many pieces have begun.
    """

    def __init__(self, stops: Sequence[TourStop], seconds: float, *, again: bool = False) -> None:
        self._stops = tuple(stops)
        self._seconds = seconds
        self._again = again
        self._begun_s: float | None = None
        self._at = -1
        self.begun = 0

    def due(self, now_s: float) -> TourStop | None:
        """The piece that begins now; None while one plays. The first begins at the first call; `now_s` is monotonic."""
        if self._begun_s is None:
            self._begun_s = now_s
        number = int((now_s - self._begun_s) / self._seconds)
        if number == self._at or (number >= len(self._stops) and not self._again):
            return None
        self._at = number
        self.begun += 1
        return self._stops[number % len(self._stops)]

    def ended(self, now_s: float) -> bool:
        """Whether the last piece has played for its time."""
        over = self._begun_s is not None and now_s - self._begun_s >= self._seconds * len(self._stops)
        return over and not self._again


def tour_stops(names: Sequence[str]) -> tuple[TourStop, ...]:
    """The stops of a tour; without names, all presets that can be played by name and are without mistakes.

    Raises:
        UserError: one cannot be found or loaded, or there is none.
    """
    pieces = {name: loader.load(loader.find(name, by_name_only=True)) for name in names} or _playable()
    if not pieces:
        raise UserError("there is no preset to play: `gesturesynth preset list` says why")
    return tuple(
        TourStop(name, f"{number} of {len(pieces)}: {piece.name}. {piece.about}".strip())
        for number, (name, piece) in enumerate(pieces.items(), 1)
    )


def _playable() -> dict[str, Preset]:
    found: dict[str, Preset] = {}
    for entry in loader.available():
        with suppress(UserError):  # one that is broken is not shown to visitors
            found[entry.name] = loader.load(entry.path)
    return found
