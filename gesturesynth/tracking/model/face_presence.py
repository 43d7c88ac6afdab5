"""Makes OpenCV tell how sure the face model is that it sees a face.

The face mesh of MediaPipe has two outputs: 468 points, and one number that says whether there is a face at all. OpenCV
gives the output of the operator that stands last in the list, which is the points'. In this copy, that of presence
stands there; nothing else is touched.

Field numbers are from TensorFlow Lite's schema.fbs.
"""

from __future__ import annotations

import struct
from typing import Final

from gesturesynth.tracking.model.flatbuffer import (
    follow,
    table_fields,
    vector_elements,
    vector_numbers,
    vector_targets,
)

MODEL_SUBGRAPHS: Final = 2
SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS = 2, 3
OPERATOR_INPUTS, OPERATOR_OUTPUTS = 1, 2


def with_presence_last(model: bytes) -> bytes:
    """The same model of the face mesh, its output of presence computed last.

    Raises:
        ValueError: it is another model.
    """
    try:
        (graph,) = vector_targets(model, table_fields(model, follow(model, 0)).get(MODEL_SUBGRAPHS))
        fields = table_fields(model, graph)
        slots = vector_elements(model, fields.get(SUBGRAPH_OPERATORS))
        _, presence = vector_numbers(model, fields.get(SUBGRAPH_OUTPUTS))
        operators = [follow(model, slot) for slot in slots]
        (last,) = [each for each in operators if presence in _numbers(model, each, OPERATOR_OUTPUTS)]
        needed = any(presence in _numbers(model, each, OPERATOR_INPUTS) for each in operators)
        changed = bytearray(model)
        for slot, operator in zip(slots, [*(each for each in operators if each != last), last], strict=True):
            struct.pack_into("<I", changed, slot, operator - slot)
    except (struct.error, ValueError) as error:
        raise ValueError(f"this is no face mesh of MediaPipe: {error}") from error
    if needed:
        raise ValueError("this is no face mesh of MediaPipe: an operator needs its output of presence")
    return bytes(changed)


def _numbers(model: bytes, operator: int, field: int) -> list[int]:
    return vector_numbers(model, table_fields(model, operator).get(field))
