"""Classes that look ahead: which class counts where the body as it is seen and as it is predicted show two."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from gesturesynth.features.extractor import FeatureFrame
from gesturesynth.mapping.class_gate import likeliest
from gesturesynth.mapping.classes_ahead import ClassesAhead
from gesturesynth.mapping.learning.predictors import FittedMapping

SHOWN = {"kick": {"kick": 0.85, "snare": 0.05, "none": 0.1}, "snare": {"kick": 0.05, "snare": 0.95, "none": 0.0}}
SHOWN["none"] = {"kick": 0.05, "snare": 0.0, "none": 0.95}


class _Table:
    """In the place of a mapping: the certainties of three bodies, by number."""

    def certainties(self, x: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> dict[str, float]:
        return SHOWN[list(SHOWN)[int(x[0])]]


def counts(seen: str, predicted: str) -> str:
    values, ahead = (np.array([float(list(SHOWN).index(name))]) for name in (seen, predicted))
    frame = FeatureFrame(values, np.ones(1, dtype=np.bool_), (), person_present=True, predicted=ahead)
    return likeliest(ClassesAhead({"kick"}).certainties(cast("FittedMapping", _Table()), frame))[0]


@pytest.mark.parametrize(
    ("seen", "predicted", "expected"),
    [
        ("none", "kick", "kick"),  # entered at the predicted crossing, however sure what is seen is
        ("snare", "kick", "kick"),
        ("kick", "none", "kick"),  # it stays as long as the body shows it in either place
        ("none", "snare", "none"),  # this one does not look ahead
        ("snare", "none", "snare"),
    ],
)
def test_a_class_ahead_counts_as_soon_as_it_is_predicted(seen: str, predicted: str, expected: str) -> None:
    assert counts(seen, predicted) == expected
