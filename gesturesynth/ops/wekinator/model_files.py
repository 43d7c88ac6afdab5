"""`current/models/model0.xml` and so on: which inputs move an output, and what kind of model it had.

In spite of their name they are streams of Java objects. The first object is a text, the XML of the output's settings;
that one is read, and nothing else of the stream: no object is ever made of it. The format of streams: Java Object
Serialization Specification, chapter 6.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.text_file import whole_number
from gesturesynth.ops.wekinator.config_files import read_octets
from gesturesynth.ops.wekinator.project_parts import Project, ProjectOutput
from gesturesynth.ops.wekinator.xml_tree import MOST_OCTETS, Element, parse

_HEADER: Final = b"\xac\xed\x00\x05"
_TEXT, _LONG_TEXT = 0x74, 0x7C
MOST_NEIGHBOURS: Final = 100

MODELS: Final[Mapping[str, str]] = {"KNNModelBuilder": "knn", "LinearRegressionModelBuilder": "ridge"}
"""Ours for each of Wekinator's; an output of numbers that had another (a neural network, mostly) has the usual one, and
one of classes has `knn`, by which no class between two others is ever passed."""


def with_models(project: Project, folder: Path) -> Project:
    """The project with what the files of its models say; a file that cannot be read is a note."""
    outputs = []
    for number, output in enumerate(project.outputs):
        path = folder / "current" / "models" / f"model{number}.xml"
        if not path.is_file():
            project.notes.append(f"{path} is missing: all inputs move '{output.name}'.")
            outputs.append(output)
            continue
        try:
            root = parse(first_text(read_octets(path, MOST_OCTETS), str(path)), str(path))
        except UserError as error:
            project.notes.append(f"{error}. All inputs move '{output.name}'.")
            outputs.append(output)
        else:
            outputs.append(_with_model(output, root, project.inputs))
    return dataclasses.replace(project, outputs=tuple(outputs))


def first_text(octets: bytes, name: str) -> bytes:
    """The first object of a stream, which must be a text; a file that is plain XML is taken as it is.

    Raises:
        UserError: it is neither.
    """
    if octets.lstrip().startswith(b"<"):
        return octets
    if not octets.startswith(_HEADER) or len(octets) < 7:
        raise UserError(f"{name} is not a model of Wekinator")
    kind, place = octets[4], 5
    if kind == _TEXT:
        (length,) = struct.unpack_from(">H", octets, place)
        place += 2
    elif kind == _LONG_TEXT and len(octets) >= 13:
        (length,) = struct.unpack_from(">Q", octets, place)
        place += 8
    else:
        raise UserError(f"{name} is not a model of Wekinator: it does not begin with a text")
    if place + length > len(octets):
        raise UserError(f"{name} is cut off, or larger than {MOST_OCTETS} bytes")
    # Java writes the character 0 as two bytes, which are no UTF-8; no XML has it.
    return octets[place : place + length]


def _with_model(output: ProjectOutput, root: Element, names: Sequence[str]) -> ProjectOutput:
    listed = root.child("inputNames") or root.child("selectedInputs")
    chosen = [one.text for one in listed.children] if listed else []
    numbers = tuple(sorted({names.index(name) + 1 for name in chosen if name in names}))
    if len(numbers) == len(names):
        numbers = ()
    builder = root.child("modelBuilder")
    kind = builder.attributes.get("class", "").rpartition(".")[2] if builder else ""
    model = "knn" if output.kind == "class" else MODELS.get(kind, "")
    count = whole_number(_text(builder, "numNeighbors", "k")) if kind == "KNNModelBuilder" else None
    neighbours = min(MOST_NEIGHBOURS, max(1, count)) if count is not None else 1
    return dataclasses.replace(output, inputs=numbers, model=model, neighbours=neighbours)


def _text(element: Element | None, *fields: str) -> str:
    """The text of the first of these fields that is there."""
    found = (element.child(field) for field in fields) if element else ()
    return next((one.text for one in found if one is not None), "")
