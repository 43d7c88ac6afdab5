"""Feature extraction with any number of people: who has which role in, numbers out, one call a frame.

Features of a body are measured by a `FeatureExtractor` for each role that a feature names; measures between people by
`group_measures`, on the bodies as these extractors have smoothed them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import columns, feature
from gesturesynth.features.extractor import NO_PERSON, SMOOTHING, FeatureExtractor, FeatureFrame
from gesturesynth.features.measurements import GroupMeasure
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.people.group_measures import GroupPlan
from gesturesynth.features.people.role_frame import RoleFrame, alone
from gesturesynth.features.people.role_names import OWN, split_role


class PeopleExtractor:
    """Computes the same features frame after frame, each of the person who has its role.

    A role that goes over to another person begins with that person: nothing is smoothed from one body to another.
    Features without a role alone are computed as `FeatureExtractor` does, to the bit.

    Args:
        names: of features, see `catalogue.feature`; vectors expand to many columns.
        smoothing: None for no smoothing.

    Attributes:
        columns: `columns(names)`: the name of each value.
        ahead_s: as of `FeatureExtractor`, of all persons.
        handed_over: roles that have gone over to another person in the newest frame.

    Raises:
        UnknownFeatureError: a name is not that of a feature.
    """

    def __init__(self, names: Iterable[str], smoothing: OneEuroSettings | None = SMOOTHING) -> None:
        entries = {name: feature(name) for name in names}
        self.columns = columns(entries)
        place = {column: index for index, column in enumerate(self.columns)}
        groups: dict[int, GroupMeasure] = {}
        by_role: dict[str, list[str]] = {OWN: []}
        places: dict[str, list[int]] = {OWN: []}
        for name, entry in entries.items():
            measures = [recipe for recipe in entry.recipes.values() if isinstance(recipe, GroupMeasure)]
            where = [place[column] for column in entry.recipes]
            if measures:
                groups |= zip(where, measures, strict=True)
                continue
            role, rest = split_role(name)
            by_role.setdefault(role, []).append(rest)
            places.setdefault(role, []).extend(where)
        self._groups = GroupPlan(list(groups.values()))
        self._group_places = np.array([*groups], dtype=np.intp)
        for role in self._groups.roles:
            by_role.setdefault(role, [])
        self._places = {role: np.array(places.get(role, []), dtype=np.intp) for role in by_role}
        self._bodies = {role: FeatureExtractor(wanted, smoothing) for role, wanted in by_role.items()}
        self._alone = len(by_role) == 1 and not groups
        self.ahead_s = 0.0
        self.handed_over: frozenset[str] = frozenset()
        self.reset()

    def reset(self) -> None:
        """Forgets everything, as for a new clip."""
        for body in self._bodies.values():
            body.reset()
        self._persons = dict.fromkeys(self._bodies, 0)
        self._members: tuple[int, ...] = ()
        self._held = np.zeros(len(self.columns))
        self._held[self._group_places] = self._groups.resting
        self._predicted = self._held

    def extract(
        self,
        image: NDArray[np.float32] | None,
        width: int,
        height: int,
        time_s: float,
        people: RoleFrame | None = None,
    ) -> FeatureFrame:
        """One frame. Never raises for any numbers in an array of the right shape.

        Args:
            image: as for `FeatureExtractor.extract`: of the person whom features without a role are measured on.
            width: likewise.
            height: likewise.
            time_s: likewise.
            people: who has which role; by default that person is alone.
        """
        people = people or alone(image)
        for body in self._bodies.values():
            body.ahead_s = self.ahead_s
        if self._alone:
            self.handed_over = frozenset({OWN}) if self._hand_over(OWN, people.person_of(OWN)) else frozenset()
            frame = self._bodies[OWN].extract(image, width, height, time_s)
            return dataclasses.replace(frame, handed_over=True) if self.handed_over else frame
        values, predicted = self._held.copy(), self._predicted.copy()
        seen, absent = np.zeros(len(values), dtype=np.bool_), np.zeros(len(values), dtype=np.bool_)
        handed_over, in_view, frames = set(), set(), {}
        for role, body in self._bodies.items():
            person = people.person_of(role)
            if self._hand_over(role, person):
                handed_over.add(role)
            shown = image if role == OWN else people.image_of(role)
            frames[role] = frame = body.extract(shown, width, height, time_s)
            if frame.person_present:
                in_view.add(role)
            places = self._places[role]
            values[places], seen[places], absent[places] = frame.values, frame.seen, not person
            predicted[places] = frame.predicted
        regrouped = self._measure_groups(people, in_view, values, seen, absent)
        ahead = any(frame.predicted is not frame.values for frame in frames.values())
        if ahead:
            self._predict_groups(people, in_view, predicted)
        self._held, self._predicted = values, predicted if ahead else values
        self.handed_over = frozenset(handed_over)
        there = OWN in in_view or bool(in_view and people.person_of(OWN))  # hidden for a moment: the others go on
        notes = self._notes(frames) if there else frames[OWN].notes
        return FeatureFrame(values, seen, notes, there, self._predicted, bool(handed_over), regrouped, absent)

    def _hand_over(self, role: str, person: int) -> bool:
        """Whether a role has gone over from one person to another; its smoothing begins with the next body."""
        before = self._persons[role]
        self._persons[role] = person or before
        if not person or not before or person == before or (person > 0) != (before > 0):
            return False  # the last: a tracker begins to tell persons apart, or ends it (see `Roles`)
        self._bodies[role].reset()
        return True

    def _measure_groups(
        self,
        people: RoleFrame,
        in_view: set[str],
        values: NDArray[np.float64],
        seen: NDArray[np.bool_],
        absent: NDArray[np.bool_],
    ) -> bool:
        """Measures groups; returns whether they have other members than before."""
        if not self._group_places.size:
            return False
        states = {role: self._bodies[role].state for role in self._groups.roles if people.person_of(role)}
        found, known = self._groups.values(states, in_view, len(people.here))
        measured = np.isfinite(found)
        values[self._group_places] = np.where(measured, found, values[self._group_places])
        seen[self._group_places] = known & measured
        absent[self._group_places] = self._groups.absent(len(people.here))
        before, self._members = self._members, people.here or self._members
        return bool(before and people.here) and self._groups.members(before) != self._groups.members(people.here)

    def _predict_groups(self, people: RoleFrame, in_view: set[str], predicted: NDArray[np.float64]) -> None:
        """Measures groups as they will be."""
        if not self._group_places.size:
            return
        states = {role: self._bodies[role].ahead for role in self._groups.roles if people.person_of(role)}
        found, _ = self._groups.values(states, in_view, len(people.here))
        predicted[self._group_places] = np.where(np.isfinite(found), found, predicted[self._group_places])

    def _notes(self, frames: dict[str, FeatureFrame]) -> tuple[str, ...]:
        notes = [note for note in frames[OWN].notes if note != NO_PERSON]
        for role, frame in frames.items():
            if role in (OWN, "first"):
                continue
            if self._places[role].size or role in self._groups.needed:
                text = f"no person can be seen who has the role '{role}'"
                notes += [text if note == NO_PERSON else f"{role}: {note}" for note in frame.notes]
        return tuple(notes)
