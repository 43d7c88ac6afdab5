"""`NAME.wekproj`, `inputConfig.xml` and `outputConfig.xml` of a project of Wekinator.

They are objects as the library XStream writes them: an element for each field, named after it.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there
from gesturesynth.mapping.examples.text_file import plain_number, whole_number
from gesturesynth.ops.wekinator.project_parts import Project, ProjectOutput
from gesturesynth.ops.wekinator.xml_tree import MOST_OCTETS, Element, parse
from gesturesynth.runtime.inputs import MOST_VALUES

MOST_OUTPUTS: Final = 512
MOST_GESTURES: Final = 16
"""As many as a preset may have, each."""
MOST_CLASSES: Final = 1000
LONGEST_NAME: Final = 80

PROJECT, INPUTS, OUTPUTS = "WekinatorFileData", "OSCInputGroup", "OSCOutputGroup"
_NUMERIC, _CLASSES, _DTW = "OSCNumericOutput", "OSCClassificationOutput", "OSCDtwOutput"


def read_config(folder: Path, file: Path | None) -> Project:
    """The project without its takes.

    Args:
        folder: of the project.
        file: its file `NAME.wekproj`; None where it has none.

    Raises:
        UserError: a file is missing or cannot be used; the message begins with file:line.
    """
    name = folder.resolve().name
    if file is not None:
        root = _root(file, PROJECT)
        written = root.child("projectName")
        name = _clean(written.text if written else "") or file.stem
    inputs, outputs = _Reader(folder / "inputConfig.xml", INPUTS), _Reader(folder / "outputConfig.xml", OUTPUTS)
    names = inputs.names("inputNames")
    count = inputs.whole("numInputs", 1, MOST_VALUES)
    if len(names) != count:
        raise UserError(f"{inputs.place('inputNames')}: there are {len(names)} names, where numInputs is {count}")
    found, gestures = _outputs(outputs)
    return Project(
        name=name,
        inputs=names,
        address=inputs.address("oscMessage", "/wek/inputs"),
        outputs=found,
        gestures=gestures,
        host=outputs.text("hostName") or "127.0.0.1",
        port=outputs.whole("outputPort", 1, 65535),
        send_address=outputs.address("oscMessage", "/wek/outputs"),
    )


class _Reader:
    """One file, and its fields."""

    def __init__(self, path: Path, tag: str) -> None:
        self._path = path
        self.root = _root(path, tag)

    def place(self, field: str, within: Element | None = None) -> str:
        """Where a field is, for a sentence."""
        element = (within or self.root).child(field) or within or self.root
        return f"{self._path}:{element.line}"

    def text(self, field: str, within: Element | None = None) -> str:
        """The text of a field; empty where it is not there."""
        element = (within or self.root).child(field)
        return _clean(element.text) if element else ""

    def address(self, field: str, otherwise: str) -> str:
        """An OSC address; `otherwise` where it is not there."""
        address = self.text(field) or otherwise
        try:
            OscTarget("127.0.0.1", 1, address)
        except UserError as error:
            raise UserError(f"{self.place(field)}: {error}") from error
        return address

    def number(self, field: str, within: Element) -> float:
        """A finite number."""
        value = plain_number(self.text(field, within))
        if value is None or not math.isfinite(value) or abs(value) > 1e9:
            raise UserError(f"{self.place(field, within)}: <{field}> must be a number within +-1e9")
        return value

    def whole(self, field: str, least: int, most: int, within: Element | None = None) -> int:
        """A whole number within limits."""
        value = whole_number(self.text(field, within))
        if value is None or not least <= value <= most:
            raise UserError(f"{self.place(field, within)}: <{field}> must be a whole number from {least} to {most}")
        return value

    def names(self, field: str, within: Element | None = None) -> tuple[str, ...]:
        """A list of texts."""
        element = (within or self.root).child(field)
        if element is None:
            raise UserError(f"{self.place(field, within)}: <{field}> is missing")
        return tuple(_clean(one.text) or f"{number}" for number, one in enumerate(element.children, 1))


def _root(path: Path, tag: str) -> Element:
    root = parse(read_octets(path, MOST_OCTETS), str(path))
    if root.tag != tag:
        raise UserError(f"{path}:{root.line}: expected <{tag}>, as Wekinator writes it, not <{_clean(root.tag)}>")
    return root


def read_octets(path: Path, most: int) -> bytes:
    """The bytes of a file, at most one more than `most`. Raises UserError when it cannot be read."""
    if not is_there(path):
        raise UserError(f"{path} is missing: a project of Wekinator has it")
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}") from error


def _outputs(reader: _Reader) -> tuple[tuple[ProjectOutput, ...], tuple[str, ...]]:
    """The outputs, or the gestures."""
    listed = reader.root.child("outputs")
    if listed is None or not listed.children:
        raise UserError(f"{reader.place('outputs')}: there are no outputs")
    if len(listed.children) > MOST_OUTPUTS:
        raise UserError(f"{reader.place('outputs')}: there are {len(listed.children)} outputs; at most {MOST_OUTPUTS}")
    gestures: tuple[str, ...] = ()
    found: list[ProjectOutput] = []
    for element in listed.children:
        kind = element.tag.rpartition(".")[2]
        name = reader.text("name", element) or f"outputs-{len(found) + 1}"
        if kind == _NUMERIC:
            found.append(_numeric(reader, element, name))
        elif kind == _CLASSES:
            classes = reader.whole("numClasses", 1, MOST_CLASSES, element)
            found.append(ProjectOutput(name, "class", 1.0, float(max(2, classes)), model="knn"))
        elif kind == _DTW:
            count = reader.whole("numGestures", 1, MOST_GESTURES, element)
            named = reader.names("gestureNames", element) if element.child("gestureNames") else ()
            gestures += tuple(named[:count]) + tuple(f"{name}_{n}" for n in range(len(named) + 1, count + 1))
        else:
            raise UserError(
                f"{reader.place('outputs')}: '{_clean(element.tag)}' is no kind of output: known are {_NUMERIC}, "
                f"{_CLASSES} and {_DTW}"
            )
    return tuple(found), gestures


def _numeric(reader: _Reader, element: Element, name: str) -> ProjectOutput:
    low, high = reader.number("min", element), reader.number("max", element)
    if low >= high:
        raise UserError(f"{reader.place('max', element)}: the range of '{name}' from {low:g} to {high:g} is empty")
    whole = reader.text("outputType", element) == "INTEGER"
    if whole and math.ceil(low) >= math.floor(high):
        raise UserError(
            f"{reader.place('max', element)}: there are no two whole numbers in the range of '{name}' from {low:g} to "
            f"{high:g}"
        )
    if whole:
        low, high = float(math.ceil(low)), float(math.floor(high))
    soft = reader.text("limitType", element) == "SOFT"
    return ProjectOutput(name, "whole" if whole else "number", low, high, soft)


def _clean(text: str) -> str:
    """One line, printable, of bounded length."""
    return "".join(one if one.isprintable() else " " for one in text).strip()[:LONGEST_NAME]
