"""Feature extraction for all features that a preset may have: of bodies, of inputs, and computed from both."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import columns, find
from gesturesynth.features.computed.definition import Definition, definition, input_source
from gesturesynth.features.expressions.evaluator import GREATEST, Evaluator
from gesturesynth.features.expressions.functions import LONGEST_S
from gesturesynth.features.expressions.syntax import FeatureValue, sources
from gesturesynth.features.extractor import SMOOTHING, FeatureFrame
from gesturesynth.features.one_euro import GAP_S, OneEuroSettings
from gesturesynth.features.people.extractor import PeopleExtractor
from gesturesynth.features.people.role_frame import RoleFrame, alone
from gesturesynth.features.people.role_names import split_role


class ComputedExtractor:
    """Computes the same features frame after frame; those of bodies alone exactly as `PeopleExtractor` does.

    Args:
        names: of features: of the table, with or without a role, or full names (`definition`).
        smoothing: of landmarks; None for no smoothing. Inputs are not smoothed, unless an expression does it.

    Attributes:
        columns: `columns(names)`: the name of each value.

    Raises:
        UnknownFeatureError: a name is not that of a feature.
    """

    def __init__(self, names: Iterable[str], smoothing: OneEuroSettings | None = SMOOTHING) -> None:
        wanted = list(dict.fromkeys(names))
        self.columns = columns(wanted)
        self._definitions: list[Definition] = [found for name in wanted if (found := definition(name))]
        plain = [name for name in wanted if not definition(name)]
        needed = {source for one in self._definitions for source in sources(one.tree)}
        self._body_sources = sorted(source for source in needed if find(source))
        self._inputs = {source: input_source(source) for source in sorted(needed - set(self._body_sources))}
        self._bodies = PeopleExtractor([*plain, *self._body_sources], smoothing)
        self._has_bodies = bool(self._bodies.columns)
        # Without a camera each message is a frame, and messages may be seconds apart: a pulse, a door, a thermometer.
        self._gap_s = GAP_S if self._has_bodies else LONGEST_S
        place = {column: index for index, column in enumerate(self._bodies.columns)}
        self._source_places = {source: place[source] for source in self._body_sources}
        self._from_bodies = np.array([place.get(column, -1) for column in self.columns], dtype=np.intp)
        own = {column: index for index, column in enumerate(self.columns)}
        self._numbers = _Numbers(self._definitions, own)
        self._computed = [
            (Evaluator(one.tree), np.array([own[column] for column in one.columns], dtype=np.intp), one)
            for one in self._definitions
            if one not in self._numbers.definitions
        ]
        empty = np.empty(0, dtype=np.intp)
        self._own_places = np.concatenate([empty, *(places for _, places, _ in self._computed)])
        self._roles = [frozenset(split_role(name)[0] for name in self._sources_of(one)) for _, _, one in self._computed]
        needed = {source for _, _, one in self._computed for source in sources(one.tree)}
        self._input_names = frozenset(name for name, _ in self._inputs.values())
        self._numbers_alone = bool(self._definitions) and not (self._computed or self._has_bodies)
        self._known_inputs = [(source, *found) for source, found in self._inputs.items() if source in needed]
        self._role_of_columns = [split_role(column)[0] for column in self.columns]
        self.reset()

    def _sources_of(self, one: Definition) -> list[str]:
        """The features of bodies that one is computed from."""
        return [source for source in sources(one.tree) if source in self._source_places]

    @property
    def handed_over(self) -> NDArray[np.bool_]:
        """Which columns, bool (k,), are of a role that has gone over to another person in the newest frame."""
        return np.array([role in self._bodies.handed_over for role in self._role_of_columns], dtype=np.bool_)

    @property
    def ahead_s(self) -> float:
        """As of `PeopleExtractor`. Features that are computed are not predicted."""
        return self._bodies.ahead_s

    @ahead_s.setter
    def ahead_s(self, ahead_s: float) -> None:
        self._bodies.ahead_s = ahead_s

    def reset(self) -> None:
        """Forgets everything, as for a new clip."""
        self._bodies.reset()
        for evaluator, _, _ in self._computed:
            evaluator.reset()
        self._time_s = -math.inf
        self._held = np.zeros(len(self.columns))
        self._seen = np.zeros(len(self.columns), dtype=np.bool_)
        for one in self._definitions:
            places = [place for place, column in enumerate(self.columns) if column in one.columns]
            self._held[places] = min(max(0.0, one.low), one.high)

    def extract(
        self,
        image: NDArray[np.float32] | None,
        width: int,
        height: int,
        time_s: float,
        people: RoleFrame | None = None,
    ) -> FeatureFrame:
        """One frame; see `PeopleExtractor.extract`. The values of inputs are those of `people`.

        A frame counts as one with a person where a body can be seen; where nothing is measured on bodies, where any
        feature is seen.
        """
        people = people or alone(image)
        if self._numbers_alone:
            return self._extract_numbers(people, time_s)
        frame = self._bodies.extract(image, width, height, time_s, people)
        if not self._definitions:
            return frame
        values, seen = self._held.copy(), self._seen.copy()
        of_bodies = self._from_bodies >= 0
        values[of_bodies] = frame.values[self._from_bodies[of_bodies]]
        seen[of_bodies] = frame.seen[self._from_bodies[of_bodies]]
        gap = not time_s - self._gap_s <= self._time_s <= time_s
        for (evaluator, _, _), roles in zip(self._computed, self._roles, strict=True):
            if gap or self._bodies.handed_over & roles:  # what one person did is not remembered as another's
                evaluator.reset()
        if time_s != self._time_s:
            self._time_s = time_s
            self._step(frame, people, time_s, values, seen)
        self._held, self._seen = values, seen
        predicted = values
        if frame.predicted is not frame.values:  # computed features have memories of their own: they stay as they are
            predicted = values.copy()
            predicted[of_bodies] = frame.predicted[self._from_bodies[of_bodies]]
        absent = None
        if frame.absent is not None:
            absent = np.zeros(len(self.columns), dtype=np.bool_)
            absent[of_bodies] = frame.absent[self._from_bodies[of_bodies]]
            for _, places, one in self._computed:  # what cannot be computed without a person who is not here
                gone = any(frame.absent[self._source_places[source]] for source in self._sources_of(one))
                absent[places] = gone & ~seen[places]
        return dataclasses.replace(
            frame,
            values=values,
            seen=seen,
            notes=self._notes(frame, people),
            person_present=frame.person_present if self._has_bodies else bool(seen.any()),
            predicted=predicted,
            absent=absent,
        )

    def _extract_numbers(self, people: RoleFrame, time_s: float) -> FeatureFrame:
        """The short way where all features are numbers of inputs: there may be thousands of messages a second."""
        if time_s != self._time_s:
            self._time_s, self._held, self._seen = time_s, self._held.copy(), self._seen.copy()
            self._numbers.read(people.inputs, self._held, self._seen)
        notes = self._silence_notes(people)
        return FeatureFrame(self._held, self._seen, notes, bool(self._seen.any()), predicted=self._held)

    def _step(
        self,
        frame: FeatureFrame,
        people: RoleFrame,
        time_s: float,
        values: NDArray[np.float64],
        seen: NDArray[np.bool_],
    ) -> None:
        self._numbers.read(people.inputs, values, seen)
        if not self._computed:
            return
        known = {
            source: float(frame.values[place]) if frame.seen[place] else math.nan
            for source, place in self._source_places.items()
        }
        for source, name, place in self._known_inputs:
            given = people.inputs.get(name, ())
            known[source] = given[place] if place < len(given) else math.nan
        found = np.array([number for one, _, _ in self._computed for number in one.step(known, time_s)])
        there, places = np.isfinite(found), self._own_places
        seen[places] = there
        values[places] = np.where(there, found, values[places])

    def _notes(self, frame: FeatureFrame, people: RoleFrame) -> tuple[str, ...]:
        return (*(frame.notes if self._has_bodies else ()), *self._silence_notes(people))

    def _silence_notes(self, people: RoleFrame) -> tuple[str, ...]:
        silent = self._input_names - people.inputs.keys()
        return tuple(f"input '{name}' is silent" for name in sorted(silent)) if silent else ()


class _Numbers:
    """Features that are numbers of inputs as they came, all at once: there may be hundreds, and thousands of messages.

    Args:
        definitions: of all features that are no plain features of bodies.
        places: of each column among the values.

    Attributes:
        definitions: those of them that are such numbers.
    """

    def __init__(self, definitions: Iterable[Definition], places: Mapping[str, int]) -> None:
        self.definitions: list[Definition] = []
        found: dict[str, list[tuple[int, int]]] = {}
        for one in definitions:
            if isinstance(one.tree, FeatureValue) and not find(one.tree.name):
                name, number = input_source(one.tree.name)
                found.setdefault(name, []).append((number, places[one.columns[0]]))
                self.definitions.append(one)
        self._of_inputs = [(name, *np.array(pairs, dtype=np.intp).T) for name, pairs in found.items()]

    def read(self, inputs: Mapping[str, Sequence[float]], values: NDArray[np.float64], seen: NDArray[np.bool_]) -> None:
        """Writes the numbers into the values (k,), and which of them are there into `seen`; the others are kept."""
        for name, numbers, places in self._of_inputs:
            given = np.array(inputs.get(name, ()), dtype=np.float64)
            if numbers.max() >= len(given):
                given = np.concatenate([given, np.full(numbers.max() + 1 - len(given), np.nan)])
            found = given[numbers]
            there = np.abs(found) <= GREATEST  # false for NaN
            seen[places] = there
            values[places] = found if there.all() else np.where(there, found, values[places])
