"""The quantiser: leads pitches to the notes of a scale, so that a moving hand plays notes and a still one holds one.

    value -> nearest note -> left only beyond the border (hysteresis) and after its time (hold) -> mixed by strength

It follows what the mapping gives, whatever that comes from: the body, a snapshot that is held, the way to idle. There
is no limit on the speed of the hand: a quick movement plays a run of notes of `hold_s` each, and arrives one such time
late at most.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.pitch.scales import OCTAVE
from gesturesynth.mapping.pitch.setting import MOST_HYSTERESIS, ScaleSetting

Float = NDArray[np.float64]


class NoteFollower:
    """Which note one output plays. Time is passed in.

    Args:
        notes: ascending, above 0; at least one.
        hold_s: the least duration of a note.
        hysteresis_cents: see `ScaleSetting`.

    Attributes:
        note: the one that sounds; 0 before the first value.
    """

    def __init__(self, notes: Sequence[float], hold_s: float, hysteresis_cents: float) -> None:
        self._notes = tuple(notes)
        self._hold_s = hold_s
        self._hysteresis_cents = hysteresis_cents
        self.note = 0.0
        self._until_s = -math.inf

    def follow(self, value: float, time_s: float) -> float:
        """The note for a value, above 0.

        Args:
            value: in the unit of the notes.
            time_s: now, monotonic seconds.
        """
        nearest = self._nearest(value)
        if not self.note:
            self.note = nearest
        elif nearest != self.note and time_s >= self._until_s and self._is_beyond(value, nearest):
            self.note, self._until_s = nearest, time_s + self._hold_s
        return self.note

    def _nearest(self, value: float) -> float:
        above = bisect_left(self._notes, value)
        if above in (0, len(self._notes)):
            return self._notes[min(above, len(self._notes) - 1)]
        low, high = self._notes[above - 1], self._notes[above]
        return low if value / low <= high / value else high

    def _is_beyond(self, value: float, nearest: float) -> bool:
        """Whether the value is so far beyond the border between the note that sounds and the nearest one."""
        beyond = (_distance(value, self.note) - _distance(value, nearest)) / 2
        return beyond >= min(self._hysteresis_cents, MOST_HYSTERESIS * _distance(self.note, nearest))


class Quantiser:
    """Leads some outputs of a preset to the notes of a scale, and leaves the others as they are.

    Args:
        outputs: all m outputs.
        names: of those that follow the scale.
        setting: the scale; None for none.
    """

    def __init__(self, outputs: Sequence[Output], names: Sequence[str], setting: ScaleSetting | None) -> None:
        self._outputs = tuple(outputs)
        self._names = tuple(names)
        self._followers: dict[int, NoteFollower] = {}
        self._positions: dict[str, float] = {}
        self._setting: ScaleSetting | None = None
        self.setting = setting

    @property
    def setting(self) -> ScaleSetting | None:
        """The scale now; another one is heard from the next step on."""
        return self._setting

    @setting.setter
    def setting(self, setting: ScaleSetting | None) -> None:
        former, self._setting = self._setting, setting
        if former and setting and replace(former, strength=setting.strength) == setting:
            return  # a fader moves the strength alone: the notes that sound go on
        self._followers, self._positions = {}, {}
        for index, output in enumerate(self._outputs):
            low, high = output.limits or sorted((output.low, output.high))
            notes = setting.notes(low, high, output.unit) if setting and output.name in self._names else ()
            if setting and notes:  # a range without a note stays free
                self._followers[index] = NoteFollower(notes, setting.hold_s, setting.hysteresis_cents)

    @property
    def notes(self) -> dict[str, float]:
        """The notes that sound, by output; those alone that follow a scale now."""
        if not self._setting or not self._setting.strength:
            return {}
        return {self._outputs[index].name: follower.note for index, follower in self._followers.items()}

    @property
    def positions(self) -> dict[str, float]:
        """Where the outputs that follow a scale are, 0..1, by name; before the first step none."""
        return dict(self._positions) if self.notes else {}

    def follow(self, values: Float, positions: Float, time_s: float) -> tuple[Float, Float]:
        """Values and positions of the outputs, those of the scale among them led to its notes.

        Args:
            values: (m,), in units.
            positions: (m,), of the same.
            time_s: now, monotonic seconds.
        """
        strength = self._setting.strength if self._setting else 0.0
        if not strength or not self._followers:
            return values, positions
        values, positions = values.copy(), positions.copy()
        for index, follower in self._followers.items():
            value = float(values[index])
            note = follower.follow(value, time_s)
            # In equal ratios: half the strength is half the way in cents.
            values[index] = note if strength >= 1.0 else note * (value / note) ** (1.0 - strength)
            output = self._outputs[index]
            positions[index] = self._positions[output.name] = output.position(float(values[index]))
        return values, positions


def _distance(one: float, other: float) -> float:
    """Cents between two pitches."""
    return abs(OCTAVE * math.log2(one / other))
