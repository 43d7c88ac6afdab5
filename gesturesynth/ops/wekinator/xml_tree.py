"""XML as Wekinator writes it, read into a small tree. What hostile files do is refused, not interpreted.

The standard library's parser is told to accept no document type, so there are no entities, and nothing outside a file
is ever read. Size, depth and number of elements are bounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

from gesturesynth.core.errors import UserError

MOST_OCTETS: Final = 8 * 2**20
MOST_ELEMENTS: Final = 200_000
MOST_DEPTH: Final = 64


@dataclass
class Element:
    """One element.

    Attributes:
        tag: its name.
        line: where it begins, from 1.
        text: in it, without that of the elements within; blanks around it removed.
        children: the elements within, in order.
        attributes: by name.
    """

    tag: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    def child(self, tag: str) -> Element | None:
        """The first element of this name within, if any."""
        return next((one for one in self.children if one.tag == tag), None)


def parse(octets: bytes, name: str) -> Element:
    """The root of a document.

    Args:
        octets: the document.
        name: of the file, for sentences.

    Raises:
        UserError: it is too large or too deep, has a document type, or is not XML; the message begins with file:line.
    """
    if len(octets) > MOST_OCTETS:
        raise UserError(f"{name} has {len(octets)} bytes; at most {MOST_OCTETS} are read")
    builder = _Builder(name)
    try:
        builder.parser.Parse(octets, True)
    except expat.ExpatError as error:
        raise UserError(f"{name}:{error.lineno}: this is not XML: {expat.ErrorString(error.code)}") from None
    except (UnicodeError, LookupError):
        raise UserError(f"{name}: this is not XML: its encoding cannot be read") from None
    assert builder.root is not None  # else the parser has said that there is none
    return builder.root


class _Builder:
    def __init__(self, name: str) -> None:
        self.root: Element | None = None
        self._name = name
        self._open: list[Element] = []
        self._count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_type

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            self._refuse(f"there are more than {MOST_ELEMENTS} elements")
        if len(self._open) == MOST_DEPTH:
            self._refuse(f"elements are more than {MOST_DEPTH} deep within each other")
        element = Element(tag, self.parser.CurrentLineNumber, attributes=attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _tag: str) -> None:
        element = self._open.pop()
        element.text = element.text.strip()

    def _text(self, text: str) -> None:
        self._open[-1].text += text

    def _refuse_type(self, *_: object) -> None:
        self._refuse("it has a document type (<!DOCTYPE), which no file of Wekinator has")

    def _refuse(self, why: str) -> NoReturn:
        raise UserError(f"{self._name}:{self.parser.CurrentLineNumber}: {why}")
