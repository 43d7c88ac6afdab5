"""The segmentation network is taken out of the real bundle, and of nothing else."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.tracking.model import download
from gesturesynth.tracking.model.flatbuffer import follow, table_fields, vector_elements
from gesturesynth.tracking.model.segmentation import (
    model_without_segmentation,
    operator_count,
    without_segmentation,
)


@pytest.fixture(scope="module")
def bundle() -> bytes:
    return download.ensure_model().read_bytes()


def member(bundle: bytes, name: str = download.LANDMARKS) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return archive.read(name)


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_46_of_332_operators_go_and_all_else_stays(bundle: bytes) -> None:
    changed = without_segmentation(bundle)
    assert changed is not None
    assert (operator_count(member(bundle)), operator_count(member(changed))) == (332, 286)
    assert len(changed) == len(bundle)
    with zipfile.ZipFile(io.BytesIO(changed)) as archive:
        assert archive.testzip() is None, "every checksum is right"
    assert member(changed, download.DETECTOR) == member(bundle, download.DETECTOR)
    differing = np.flatnonzero(np.frombuffer(bundle, np.uint8) != np.frombuffer(changed, np.uint8))
    assert differing.size < 4 * 332 + 16, "offsets of operators, one output, one count, one checksum twice; no weight"


def test_the_second_time_nothing_is_left_to_take_out(bundle: bytes) -> None:
    changed = without_segmentation(bundle)
    assert changed is not None
    assert without_segmentation(changed) is None


def test_the_model_of_mediapipe_without_our_metadata_is_recognised_too(bundle: bytes) -> None:
    raw = member(bundle)
    published = raw[raw.index(b"TFL3", 8) - 4 :]
    changed = without_segmentation(zipped({"other": b"x" * 77, download.LANDMARKS: published}))
    assert changed is not None
    assert operator_count(member(changed)) == 286


def test_what_is_not_recognised_is_left_alone(bundle: bytes) -> None:
    model = member(bundle)
    good = {download.DETECTOR: member(bundle, download.DETECTOR), download.LANDMARKS: model}
    assert without_segmentation(zipped(good)) is not None, "so each of these is refused for its own reason"
    assert without_segmentation(zipped(good, zipfile.ZIP_DEFLATED)) is None
    assert without_segmentation(zipped({**good, download.LANDMARKS: good[download.DETECTOR]})) is None
    assert without_segmentation(zipped({download.DETECTOR: model})) is None
    assert without_segmentation(zipped({download.LANDMARKS: b""})) is None
    assert without_segmentation(b"") is None
    assert without_segmentation(b"PK\x03\x04" + bytes(100)) is None
    assert without_segmentation(model) is None
    for length in (1, 1000, len(bundle) // 2, len(bundle) - 10):
        assert without_segmentation(bundle[:length]) is None


def test_a_bundle_with_bytes_in_front_is_changed_in_the_right_place_or_not_at_all(bundle: bytes) -> None:
    changed = without_segmentation(b"#!/bin/true\n" + bundle)
    assert changed is None or operator_count(member(changed)) == 286


def _structure(model: bytes) -> list[int]:
    """Places of the numbers that make the model a table of tables: where a wrong byte does most harm."""
    (graph_slot,) = vector_elements(model, table_fields(model, follow(model, 0))[2])
    graph = table_fields(model, follow(model, graph_slot))
    slots = [slot for field in (0, 2, 3) for slot in vector_elements(model, graph[field])]
    lists = [follow(model, graph[field]) for field in (0, 2, 3)]
    operators = [follow(model, slot) for slot in vector_elements(model, graph[3])]
    fields = [place for operator in operators for place in table_fields(model, operator).values()]
    return [0, 4, graph_slot, *graph.values(), *lists, *slots, *operators, *fields]


def test_a_damaged_model_is_left_alone_or_changed_without_an_exception(bundle: bytes) -> None:
    good = member(bundle)
    places = _structure(good)
    random = np.random.default_rng(5)
    refused = 0
    for _ in range(300):
        model = bytearray(good)
        for place in random.choice(places, random.integers(1, 4)):
            struct.pack_into("<I", model, place, random.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, len(good), 4096, 77]))
        try:
            changed = model_without_segmentation(bytes(model))
        except struct.error:
            changed = None
        refused += changed is None
        assert changed is None or len(changed) == len(model)
    assert refused > 100, "most of these changes are harm that is noticed"


def test_the_file_on_the_disk_is_not_touched(bundle: bytes) -> None:
    without_segmentation(bundle)
    path: Path = download.ensure_model()
    assert download.is_whole(path)
