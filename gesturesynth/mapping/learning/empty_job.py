"""The fit of a preset that has no examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gesturesynth.mapping.learning.fit import FitJob
from gesturesynth.mapping.learning.model_kinds import AUTO, model_kind, model_settings
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.scaling import usual_spans


def empty_job(columns: Sequence[str], outputs: Sequence[Output], notes: Sequence[str] = ()) -> FitJob:
    """The job of a preset without a single example: its outputs are idle, and its gestures can be fitted all the same.

    Args:
        columns: feature columns of the preset.
        outputs: of the preset that are learnt.
        notes: see `FitJob`.
    """
    kind = model_kind(AUTO)
    return FitJob(
        model=kind.name,
        model_settings=model_settings(kind, {}),
        classifier=model_kind(AUTO, "classes").name,
        columns=tuple(columns),
        outputs=tuple(output.name for output in outputs),
        spans=usual_spans(columns),
        x=Array.pack(np.empty((0, len(columns)))),
        positions=Array.pack(np.empty((0, len(outputs)))),
        labels=(),
        takes=(),
        notes=tuple(notes),
    )
