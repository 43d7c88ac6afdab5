"""Which outputs are of people who have left, while others are still in view. Pure; time comes in.

Without any person in view all outputs go to their idle values. In the same way an output goes there that only features
of roles feed which no person has now: of the second person, when the first is alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import FeatureFrame
from gesturesynth.features.people.role_frame import RoleFrame
from gesturesynth.features.people.role_names import OWN
from gesturesynth.features.people.roles import GAP_S
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.sources import Sources

Bools = NDArray[np.bool_]

HANDOVER_S: Final = 1.0
"""A role goes over to a person who is seen within this: outputs cross over. Later, the next person has appeared."""


class RolePresence:
    """Follows which outputs have a person.

    Args:
        learned: intp (l,), the outputs that a model moves.
        count: m, of all outputs.
        hold_s: outputs hold for so long after a person was last in view.

    Attributes:
        now: bool (m,), the outputs of people who have left.
    """

    def __init__(self, learned: NDArray[np.intp], count: int, hold_s: float) -> None:
        self._learned = learned
        self._none = self.now = np.zeros(count, dtype=np.bool_)
        self._hold_s = max(0.0, hold_s - GAP_S)  # a role is given up after a gap
        self._fed: Bools | None = None  # (l, k)
        self._here_s = np.full(len(learned), -math.inf)

    def change(self, mapping: FittedMapping) -> None:
        """Uses the features that feed another model."""
        self._fed = np.zeros((len(mapping.outputs), len(mapping.columns)), dtype=np.bool_)
        for model in mapping.models:
            self._fed[list(model.outputs)] = np.isfinite(model.scaling.divisor.view)

    def gone(self, absent: Bools | None, driven: Sequence[int], time_s: float) -> Bools:
        """Which outputs, bool (m,), are of people who have left.

        Args:
            absent: (k,), features of roles that no person has; None where no feature names a role.
            driven: outputs whose source is a feature of such a role.
            time_s: now.
        """
        if (absent is None or not absent.any()) and not driven:
            self._here_s[:] = time_s
            self.now = self._none
            return self.now
        result = self._none.copy()
        result[list(driven)] = True
        if absent is not None and self._fed is not None:
            here = (self._fed & ~absent).any(axis=1) | ~self._fed.any(axis=1)
            self._here_s = np.where(here, time_s, self._here_s)
            result[self._learned] |= time_s - self._here_s > self._hold_s
        self.now = result
        return result


def other_people(frame: FeatureFrame, sources: Sources, unseen_s: float) -> bool:
    """Whether outputs have to cross over, because the frame shows other people in the roles that count.

    Args:
        frame: features of the model.
        sources: likewise, of outputs that follow one.
        unseen_s: how long no person was seen before it.
    """
    return unseen_s <= HANDOVER_S and (frame.handed_over or frame.regrouped or sources.handed_over)


def others_play(people: RoleFrame | None, sources: Sources) -> bool:
    """Whether the person cannot be seen for a moment, and outputs follow another one who can.

    Args:
        people: who has which role; None for one who is alone.
        sources: that outputs follow.
    """
    hidden = people is not None and people.image is None and people.person_of(OWN) != 0
    return hidden and sources.person_present
