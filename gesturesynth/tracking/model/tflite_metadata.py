"""Adds to a TensorFlow Lite model the metadata that MediaPipe's Tasks API needs: how input pixels are normalised.

A .tflite file is a FlatBuffer. MediaPipe looks in it for a metadata entry `TFLITE_METADATA`, whose buffer is a second
FlatBuffer (TensorFlow Lite's metadata schema, identifier `M001`) with a `NormalizationOptions` for the input tensor.

The model is not decoded for that. Offsets in a FlatBuffer point forward only, so a new root, with a longer list of
buffers and of metadata, is put in FRONT of the old file and points into it. The old bytes stay unchanged, and the same
input gives the same output with any versions of libraries.

Field numbers are from TensorFlow Lite's schema.fbs (`Model`, `Buffer`, `Metadata`) and metadata_schema.fbs.
"""

from __future__ import annotations

import struct
from typing import Final

from gesturesynth.tracking.model.flatbuffer import follow, table_fields, vector_targets

METADATA_NAME: Final = b"TFLITE_METADATA"

# Fields of the tables, in the order of the schemas: numbers from 0.
MODEL_VERSION, MODEL_BUFFERS, MODEL_METADATA = 0, 4, 6
METADATA_ENTRY_NAME, METADATA_ENTRY_BUFFER = 0, 1
BUFFER_DATA: Final = 0
METADATA_SUBGRAPHS: Final = 3
SUBGRAPH_INPUTS: Final = 2
TENSOR_PROCESS_UNITS: Final = 4
UNIT_OPTIONS_TYPE, UNIT_OPTIONS = 0, 1
OPTIONS_ARE_NORMALIZATION: Final = 1
NORMALIZATION_MEAN, NORMALIZATION_STD = 0, 1

ALIGNMENT: Final = 16
"""Tensor data is aligned to this in a model file, and must stay so."""


def with_normalisation(model: bytes, mean: float, std: float) -> bytes:
    """The same model, with metadata that says: feed it (pixel - mean) / std, pixels being 0..255.

    Args:
        model: a .tflite file.
        mean: what is subtracted, the same for all channels.
        std: what is divided by, the same for all channels.

    Raises:
        ValueError: the file is not a TensorFlow Lite model.
    """
    if model[4:8] != b"TFL3":
        raise ValueError("this is no TensorFlow Lite model: it does not say TFL3")
    fields = table_fields(model, follow(model, 0))
    old_buffers = vector_targets(model, fields.get(MODEL_BUFFERS))
    old_metadata = vector_targets(model, fields.get(MODEL_METADATA))

    head = _Head(b"TFL3")
    root = head.table(0, sorted({*fields, MODEL_BUFFERS, MODEL_METADATA}))
    for number, at in root.items():
        if number == MODEL_VERSION:
            head.put_number(at, struct.unpack_from("<I", model, fields[number])[0])
        elif number not in (MODEL_BUFFERS, MODEL_METADATA):
            head.point_into_old(at, follow(model, fields[number]))

    buffers = head.vector_of_offsets(root[MODEL_BUFFERS], len(old_buffers) + 1)
    metadata = head.vector_of_offsets(root[MODEL_METADATA], len(old_metadata) + 1)
    for at, target in zip(buffers + metadata, [*old_buffers, None, *old_metadata, None], strict=True):
        if target is not None:
            head.point_into_old(at, target)

    entry = head.table(metadata[-1], [METADATA_ENTRY_NAME, METADATA_ENTRY_BUFFER])
    head.put_number(entry[METADATA_ENTRY_BUFFER], len(old_buffers))
    head.vector_of_bytes(entry[METADATA_ENTRY_NAME], METADATA_NAME + b"\0", length=len(METADATA_NAME))
    buffer = head.table(buffers[-1], [BUFFER_DATA])
    head.vector_of_bytes(buffer[BUFFER_DATA], _normalisation_metadata(mean, std))
    return head.finish() + model


def _normalisation_metadata(mean: float, std: float) -> bytes:
    """A metadata FlatBuffer that holds one normalisation, for the first input of the first subgraph."""
    head = _Head(b"M001")
    root = head.table(0, [METADATA_SUBGRAPHS])
    (slot,) = head.vector_of_offsets(root[METADATA_SUBGRAPHS], 1)
    subgraph = head.table(slot, [SUBGRAPH_INPUTS])
    (slot,) = head.vector_of_offsets(subgraph[SUBGRAPH_INPUTS], 1)
    tensor = head.table(slot, [TENSOR_PROCESS_UNITS])
    (slot,) = head.vector_of_offsets(tensor[TENSOR_PROCESS_UNITS], 1)
    unit = head.table(slot, [UNIT_OPTIONS_TYPE, UNIT_OPTIONS])
    head.put_number(unit[UNIT_OPTIONS_TYPE], OPTIONS_ARE_NORMALIZATION)
    options = head.table(unit[UNIT_OPTIONS], [NORMALIZATION_MEAN, NORMALIZATION_STD])
    for number, value in ((NORMALIZATION_MEAN, mean), (NORMALIZATION_STD, std)):
        head.vector_of_bytes(options[number], struct.pack("<f", value), length=1)
    return head.finish()


class _Head:
    """Writes a FlatBuffer front to back: first a table, then, further on, what its fields point to.

    Every field gets four bytes: an offset, a number, or a byte in the first of the four.
    """

    def __init__(self, identifier: bytes) -> None:
        self._data = bytearray(4) + identifier
        self._into_old: list[tuple[int, int]] = []

    def table(self, pointed_from: int, numbers: list[int]) -> dict[int, int]:
        """Appends a table with these fields, and makes `pointed_from` point to it; where each field is."""
        self._align(4)
        slots = max(numbers) + 1
        start = len(self._data)
        table = start + 4 + 2 * slots
        table += -table % 4
        offsets = [0] * slots
        for place, number in enumerate(numbers):
            offsets[number] = 4 + 4 * place
        self._data += struct.pack(f"<HH{slots}H", 4 + 2 * slots, 4 + 4 * len(numbers), *offsets)
        self._align(4)
        self._data += struct.pack("<i", table - start) + bytes(4 * len(numbers))
        self._point(pointed_from, table)
        return {number: table + offsets[number] for number in numbers}

    def vector_of_offsets(self, pointed_from: int, count: int) -> list[int]:
        """Appends a vector of offsets that are still to be set; where each is."""
        self._align(4)
        self._point(pointed_from, len(self._data))
        self._data += struct.pack("<I", count)
        start = len(self._data)
        self._data += bytes(4 * count)
        return list(range(start, start + 4 * count, 4))

    def vector_of_bytes(self, pointed_from: int, content: bytes, length: int | None = None) -> None:
        """Appends content whose first byte is aligned, with its length (in elements; by default in bytes) before it."""
        self._data += bytes(-(len(self._data) + 4) % ALIGNMENT)
        self._point(pointed_from, len(self._data))
        self._data += struct.pack("<I", len(content) if length is None else length) + content

    def put_number(self, at: int, value: int) -> None:
        """Sets a field that is a number."""
        struct.pack_into("<I", self._data, at, value)

    def point_into_old(self, at: int, target: int) -> None:
        """Sets an offset to a place in the old file, which will follow this head."""
        self._into_old.append((at, target))

    def finish(self) -> bytes:
        """All of it, padded so that what follows keeps its alignment."""
        self._align(ALIGNMENT)
        for at, target in self._into_old:
            self._point(at, len(self._data) + target)
        return bytes(self._data)

    def _align(self, to: int) -> None:
        self._data += bytes(-len(self._data) % to)

    def _point(self, at: int, target: int) -> None:
        struct.pack_into("<I", self._data, at, target - at)
