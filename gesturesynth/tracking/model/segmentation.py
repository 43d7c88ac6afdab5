"""Takes the segmentation network, which costs a quarter of the time, out of a pose landmarker bundle in memory.

BlazePose's landmark model computes a mask of 256 x 256 for every frame, which tells the person from the background.
Nothing here asks for it. Its place in the list of outputs is given to a single number that is computed on the way to
the others (not to one of the other outputs: MediaPipe 1.2.3 loses the body where an output is there twice); then the
operators that no output needs any more leave the list of operators. Everything else stays as it is, each weight at its
place, and the bundle has the same length: only the checksum of the zip member is computed again. So landmarks stay the
same to the bit, and the file on the disk keeps its SHA-256.

Only a bundle is changed in which everything is as expected: one network whose outputs have the shapes below, stored
without compression. The result is looked at once more before it is used.

Field numbers are from TensorFlow Lite's schema.fbs (`Model`, `SubGraph`, `Tensor`, `Operator`); the layout of zip files
is that of APPNOTE 6.3.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from gesturesynth.tracking.model.download import LANDMARKS
from gesturesynth.tracking.model.flatbuffer import (
    follow,
    table_fields,
    vector_elements,
    vector_numbers,
    vector_targets,
)

SEGMENTATION: Final = 2
"""Its place in the list of outputs of the landmark model."""
OUTPUT_SIZES: Final = (195, 1, 256 * 256, 64 * 64 * 39, 117)
"""Values of each output: 39 landmarks of 5, presence, mask, heat maps, 39 landmarks in metres."""
LARGEST_BUNDLE: Final = 200_000_000
"""Bytes; the `heavy` bundle has 31 million. A larger file is no pose model, and is left to MediaPipe."""

# Fields of the tables, in the order of the schema: numbers from 0.
MODEL_SUBGRAPHS: Final = 2
SUBGRAPH_TENSORS, SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS = 0, 2, 3
TENSOR_SHAPE: Final = 0
OPERATOR_INPUTS, OPERATOR_OUTPUTS = 1, 2

LOCAL_HEADER: Final = struct.Struct("<4s5H3L2H")
CENTRAL_HEADER: Final = struct.Struct("<4s6H3L5H2L")
UNREADABLE_FLAGS: Final = 0b1001
"""Of a zip member: it is encrypted, or its sizes stand behind it."""
LOCAL_CHECKSUM, CENTRAL_CHECKSUM = 14, 16
"""Where in them the CRC-32 of the content is."""


def without_segmentation(bundle: bytes) -> bytes | None:
    """The bundle of the same length whose landmark model computes no mask, or None when it is not recognised.

    Args:
        bundle: a pose landmarker bundle (.task), or anything else; a malformed one raises nothing.
    """
    if len(bundle) > LARGEST_BUNDLE:
        return None
    try:
        member = _stored_member(bundle, LANDMARKS)
        if member is None:
            return None
        start, size, checksums = member
        model = model_without_segmentation(bundle[start : start + size])
        if model is None:
            return None
        changed = bytearray(bundle)
        changed[start : start + size] = model
        for at in checksums:
            struct.pack_into("<L", changed, at, zlib.crc32(model))
        with zipfile.ZipFile(io.BytesIO(changed)) as archive:
            return bytes(changed) if archive.read(LANDMARKS) == model else None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError,
            ValueError, OverflowError):  # fmt: skip
        return None  # zipfile raises all of these for malformed files


def model_without_segmentation(model: bytes) -> bytes | None:
    """The landmark model (.tflite) of the same length without its mask, or None when it is not recognised.

    Raises:
        struct.error: an offset in it points out of the file.
    """
    if model[4:8] != b"TFL3":
        return None
    subgraphs = vector_targets(model, table_fields(model, follow(model, 0)).get(MODEL_SUBGRAPHS))
    if len(subgraphs) != 1:
        return None
    graph = table_fields(model, subgraphs[0])
    outputs = vector_numbers(model, graph.get(SUBGRAPH_OUTPUTS))
    tensors = vector_targets(model, graph.get(SUBGRAPH_TENSORS))
    if not all(0 <= output < len(tensors) for output in outputs):
        return None
    if tuple(_size(model, tensors[output]) for output in outputs) != OUTPUT_SIZES:
        return None
    operator_slots = vector_elements(model, graph.get(SUBGRAPH_OPERATORS))
    operators = [follow(model, slot) for slot in operator_slots]
    wanted = outputs[:SEGMENTATION] + outputs[SEGMENTATION + 1 :]
    needed = [operators[place] for place in _needed(model, operators, wanted)]
    inside = {tensor for operator in needed for tensor in _outputs(model, operator)} - set(outputs)
    single = [
        tensor for tensor in sorted(inside) if tensor in range(len(tensors)) and _size(model, tensors[tensor]) == 1
    ]
    if not single:
        return None
    changed = bytearray(model)
    slot = vector_elements(model, graph.get(SUBGRAPH_OUTPUTS))[SEGMENTATION]
    struct.pack_into("<i", changed, slot, single[0])
    struct.pack_into("<I", changed, operator_slots[0] - 4, len(needed))
    for slot, operator in zip(operator_slots, needed, strict=False):
        # Offsets point forward only; an operator that would lie before its slot ends here, with struct.error.
        struct.pack_into("<I", changed, slot, operator - slot)
    return bytes(changed)


def operator_count(model: bytes) -> int:
    """Number of operators of a model (.tflite) with one network."""
    (graph,) = vector_targets(model, table_fields(model, follow(model, 0)).get(MODEL_SUBGRAPHS))
    return len(vector_elements(model, table_fields(model, graph).get(SUBGRAPH_OPERATORS)))


def _size(model: bytes, tensor: int) -> int:
    return math.prod(vector_numbers(model, table_fields(model, tensor).get(TENSOR_SHAPE)))


def _needed(model: bytes, operators: list[int], outputs: list[int]) -> list[int]:
    """Places of the operators that the outputs depend on, in order. Operators stand after those that they depend on."""
    wanted = set(outputs)
    places = []
    for place in reversed(range(len(operators))):
        if wanted.intersection(_outputs(model, operators[place])):
            places.append(place)
            wanted.update(vector_numbers(model, table_fields(model, operators[place]).get(OPERATOR_INPUTS)))
    return places[::-1]


def _outputs(model: bytes, operator: int) -> list[int]:
    return vector_numbers(model, table_fields(model, operator).get(OPERATOR_OUTPUTS))


def _stored_member(bundle: bytes, name: str) -> tuple[int, int, tuple[int, ...]] | None:
    """Start and size of a member that is stored as it is, and the places of its checksum; None where it is not."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        members = [one for one in archive.infolist() if one.filename == name]
        directory = archive.start_dir
    if len(members) != 1:
        return None
    (member,) = members
    if (
        member.compress_type != zipfile.ZIP_STORED
        or member.flag_bits & UNREADABLE_FLAGS
        or member.file_size != member.compress_size
    ):
        return None
    local = LOCAL_HEADER.unpack_from(bundle, member.header_offset)
    start = member.header_offset + LOCAL_HEADER.size + local[-2] + local[-1]
    entries = [at for at, offset in _directory(bundle, directory) if offset == member.header_offset]
    if len(entries) != 1 or start + member.file_size > directory:
        return None
    return start, member.file_size, (member.header_offset + LOCAL_CHECKSUM, entries[0] + CENTRAL_CHECKSUM)


def _directory(bundle: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Where each entry of the central directory is, and the place of the member that it is about."""
    while bundle[at : at + 4] == b"PK\x01\x02":
        fields = CENTRAL_HEADER.unpack_from(bundle, at)
        yield at, fields[-1]
        at += CENTRAL_HEADER.size + fields[10] + fields[11] + fields[12]
