"""Classes that are entered at the predicted crossing: as soon as the body that was carried forward shows them.

Such a class stays as long as the body shows it in either place, so that a prediction that overshoots does not leave it
and strike a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gesturesynth.features.extractor import FeatureFrame
from gesturesynth.mapping.class_gate import likeliest
from gesturesynth.mapping.learning.predictors import FittedMapping


class ClassesAhead:
    """Certainties of classes, some of which look ahead.

    Args:
        names: of those; any others are told by what is seen.
    """

    def __init__(self, names: Collection[str] = ()) -> None:
        self._names = frozenset(names)

    def certainties(self, mapping: FittedMapping, frame: FeatureFrame) -> Mapping[str, float]:
        """0..1 by class: of the body as it is seen; of classes ahead also as it is predicted, whichever is greater.

        Where the prediction shows a class ahead, what is seen does not stand in its way: the others count the less of
        both.
        """
        seen = mapping.certainties(frame.values)
        if frame.predicted is frame.values or self._names.isdisjoint(seen):
            return seen
        ahead = mapping.certainties(frame.predicted)
        shown = likeliest(ahead)[0] in self._names
        others = {name: min(seen[name], ahead[name]) for name in seen} if shown else seen
        return {name: max(seen[name], ahead[name]) if name in self._names else others[name] for name in seen}
