"""Examples as ARFF, the format of Weka and of Wekinator: numeric attributes, and the class as a nominal one.

    @relation gesturesynth
    @attribute take numeric
    @attribute 'feature:right_wrist.height' numeric
    @attribute 'output:pitch' numeric
    @attribute class {up,none}
    @data
    1,0.25,220,?

The format: Weka Manual 3.8, chapter 9. What is read: `numeric`, `real`, `integer` and `{...}`; comments, quotes and `?`
(no value: a row teaches the outputs that it names, and a class if it names one); commas, blanks or tabs
between values, and a comma after the last. Attributes may be named as in the CSV of examples, or, where it is clear
what they are, without a prefix: `right_wrist.height`, `pitch`. Wekinator's columns ID and Time are ignored, its
`Training round` is the take. Not read: sparse rows, strings, dates, weights.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import FEATURE, MAX_BYTES, OUTPUT, Examples, examples_from_rows
from gesturesynth.mapping.examples.text_file import COLUMNS, numbered_lines, plain_number, read_text, whole_number

AttributeRole = Literal["take", "class", "feature", "output", "nothing"]

_PLAIN: Final = re.compile(r"[\w.+-]+")
# Possessive: each pattern reads on without backtracking, so that an unclosed quote costs one pass over the line.
_QUOTED: Final = re.compile(r"""'(?:[^'\\]++|\\.)*+'|"(?:[^"\\]++|\\.)*+\"""")
_UNQUOTED: Final = re.compile(r"""[^,'"\s%]++""")
_NUMERIC: Final = ("numeric", "real", "integer")
_BOOKKEEPING: Final = ("id", "time")
_TAKES: Final = ("take", "training round")
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


def write_arff(examples: Examples, path: Path) -> None:
    """Writes the file; numbers and names read back exactly. Raises OSError when it cannot be written."""
    labels = [str(label) for label in examples.labels]
    classes = list(dict.fromkeys(label for label in labels if label))
    names = ["take", *(FEATURE + name for name in examples.columns), *(OUTPUT + name for name in examples.outputs)]
    lines = ["@relation gesturesynth", "", *(f"@attribute {_quoted(name)} numeric" for name in names)]
    if classes:
        lines.append(f"@attribute class {{{','.join(_quoted(name) for name in classes)}}}")
    lines += ["", "@data"]
    for take, x, y, label in zip(
        examples.takes.tolist(), examples.X.tolist(), examples.Y.tolist(), labels, strict=True
    ):
        cells = [str(take), *("?" if math.isnan(value) else repr(value) for value in (*x, *y))]
        if classes:
            cells.append(_quoted(label) if label else "?")
        lines.append(",".join(cells))
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def read_arff(
    path: Path,
    columns: Collection[str] = (),
    outputs: Collection[str] = (),
    *,
    in_order: Sequence[tuple[AttributeRole, str]] = (),
) -> Examples:
    """Reads examples.

    Args:
        path: of the file.
        columns: attributes of these names are feature columns, also without a prefix.
        outputs: attributes of these names are outputs, also without a prefix.
        in_order: what each attribute is, and its name; where it is given, their own names do not matter.

    Raises:
        UserError: the file cannot be read or used; the message begins with file:line and says what is allowed.
    """
    text = read_text(path, MAX_BYTES)
    lines = iter(
        [
            _Line(f"{path}:{number}", line.strip())
            for number, line in numbered_lines(text)
            if line.strip() and not line.lstrip().startswith("%")
        ]
    )
    attributes = list(_head(path, lines, columns, outputs, in_order))
    if in_order and len(attributes) != len(in_order):
        raise UserError(f"{path}: there are {len(attributes)} attributes, where {len(in_order)} belong to the project")
    features = [a.name for a in attributes if a.role == "feature"]
    if not features:
        raise UserError(f"{path}: there is no feature: expected at least one '@attribute feature:NAME numeric'")
    rows = [_row(line, attributes) for line in lines]
    packed = [(take, label, np.array(x), np.array(y)) for take, label, x, y in rows]
    return examples_from_rows(packed, features, [a.name for a in attributes if a.role == "output"])


@dataclass(frozen=True)
class _Line:
    place: str
    text: str


@dataclass(frozen=True)
class _Attribute:
    """One column; `values` are the names that a nominal one allows."""

    written: str
    role: AttributeRole
    name: str
    values: tuple[str, ...] | None


def _head(
    path: Path,
    lines: Iterator[_Line],
    columns: Collection[str],
    outputs: Collection[str],
    in_order: Sequence[tuple[AttributeRole, str]],
) -> Iterator[_Attribute]:
    """The attributes; afterwards `lines` is at the first row."""
    taken: set[tuple[str, str]] = set()
    for count, line in enumerate(lines):
        if count > COLUMNS:
            raise UserError(f"{line.place}: there are more than {COLUMNS} attributes")
        keyword = line.text.split(maxsplit=1)[0].lower()
        if keyword == "@data":
            return
        if keyword == "@relation":
            continue
        named = _split_attribute(line) if keyword == "@attribute" else None
        if named is None:
            raise UserError(
                f"{line.place}: '{line.text[:60]}' is not ARFF: expected @relation, '@attribute NAME numeric', "
                "'@attribute NAME {one,other}' or @data"
            )
        if in_order:
            role, name = in_order[len(taken)] if len(taken) < len(in_order) else ("nothing", "")
            attribute = _Attribute(_unquoted(named[0]), role, name, _values_of(line, named[1]))
            taken.add((role, f"{len(taken)}"))
            yield attribute
            continue
        attribute = _attribute(line, *named, columns, outputs)
        if attribute.role != "nothing" and (attribute.role, attribute.name) in taken:
            raise UserError(f"{line.place}: the attribute '{attribute.written}' is there twice")
        taken.add((attribute.role, attribute.name))
        yield attribute
    raise UserError(f"{path}: this is not ARFF: there is no line '@data'")


def _split_attribute(line: _Line) -> tuple[str, str] | None:
    """The name of an attribute, as it is written, and its type; None when the line lacks one of the two."""
    rest = line.text[len("@attribute") :].lstrip()
    found = _QUOTED.match(rest) or re.match(r"[^\s{]++", rest)
    kind = rest[found.end() :].strip() if found else ""
    return (found[0], kind) if found and kind else None


def _attribute(line: _Line, quoted: str, kind: str, columns: Collection[str], outputs: Collection[str]) -> _Attribute:
    written = _unquoted(quoted)
    lower = written.lower()
    if lower in _BOOKKEEPING:
        return _Attribute(written, "nothing", written, None)
    values = _values_of(line, kind)
    if values is None and kind.lower() not in _NUMERIC:
        raise UserError(
            f"{line.place}: '{written}' is {kind[:40]}: allowed are numeric, real, integer and {{one,other}}"
        )
    if lower == "class" and values is not None:
        return _Attribute(written, "class", "class", values)
    if lower in _TAKES:
        return _Attribute(written, "take", "take", values)
    for prefix, known, role in ((FEATURE, columns, "feature"), (OUTPUT, outputs, "output")):
        name = written.removeprefix(prefix)
        if name and (name != written or name in known):
            return _Attribute(written, "feature" if role == "feature" else "output", name, values)
    raise UserError(
        f"{line.place}: it is not clear what the attribute '{written}' is: call it feature:NAME or output:NAME "
        "(also allowed: take, and class with its names in braces)"
    )


def _values_of(line: _Line, kind: str) -> tuple[str, ...] | None:
    """The values that a nominal type allows; None for another type."""
    if not (kind.startswith("{") and kind.endswith("}")):
        return None
    return tuple(text for text, _ in _cells(_Line(line.place, kind[1:-1])))


def _row(line: _Line, attributes: Sequence[_Attribute]) -> tuple[int, str, list[float], list[float]]:
    if line.text.startswith("{"):
        raise UserError(f"{line.place}: sparse rows are not read: write all values (Weka's filter SparseToNonSparse)")
    cells = _cells(line)
    if len(cells) == len(attributes) + 1 and cells[-1] == ("", False):
        cells.pop()  # a comma after the last value, as Wekinator writes it
    if len(cells) != len(attributes):
        raise UserError(f"{line.place}: the row has {len(cells)} values, there are {len(attributes)} attributes")
    values: dict[str, list[float]] = {"take": [], "feature": [], "output": []}
    label = ""
    for (text, missing), attribute in zip(cells, attributes, strict=True):
        if attribute.role == "nothing":
            continue
        if not missing and attribute.values is not None and text not in attribute.values:
            raise UserError(f"{line.place}: '{text[:80]}' is not one of the values of '{attribute.written[:80]}'")
        if attribute.role == "class":
            label = "" if missing else text
        elif attribute.role == "take":
            values["take"] = [_take_number(line, attribute, text)]
        else:
            values[attribute.role].append(math.nan if missing else _number(line, attribute, text))
    if all(map(math.isnan, values["feature"])):
        raise UserError(f"{line.place}: the row has no feature: at least one must be a finite number, not '?'")
    take = int(values["take"][0]) if values["take"] else 0
    return take, label, values["feature"], values["output"]


def _number(line: _Line, attribute: _Attribute, text: str) -> float:
    value = plain_number(text)
    if value is None:
        raise UserError(f"{line.place}: '{attribute.written[:80]}' must be a finite number, not '{text[:80]}'")
    return value


def _take_number(line: _Line, attribute: _Attribute, text: str) -> int:
    value = whole_number(text)
    if value is None or not -(2**63) <= value < 2**63:
        raise UserError(f"{line.place}: '{attribute.written[:80]}' must be a whole number, not '{text[:80]}'")
    return value


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text) and text != "?":
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    for letter, character in _ESCAPES.items():
        escaped = escaped.replace(character, f"\\{letter}")
    return f"'{escaped}'"


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[0] not in "'\"" or text[-1] != text[0]:
        return text
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1])


def _cells(line: _Line) -> list[tuple[str, bool]]:
    """The values of a row, and whether each is the `?` for a missing one; a comment at its end is left out.

    Commas separate them; in a row without commas, blanks and tabs do.
    """
    text = line.text
    if not any(mark in text for mark in "'\"%"):
        return [(value.strip(), value.strip() == "?") for value in (text.split(",") if "," in text else text.split())]
    pieces: list[str] = []  # values, with commas and blanks between them
    at = 0
    while at < len(text) and text[at] != "%":
        found = _QUOTED.match(text, at) or _UNQUOTED.match(text, at)
        if found is None and text[at] in "'\"":
            raise UserError(f"{line.place}: a quote is not closed")
        pieces.append(found[0] if found else text[at])
        at += len(pieces[-1])
    while pieces and pieces[-1].isspace():
        pieces.pop()
    between = str.isspace if "," not in pieces else ",".__eq__
    cells: list[list[str]] = [[]]
    for piece in pieces:
        if between(piece):
            cells.append([])
        else:
            cells[-1].append(piece)
    if "," not in pieces:
        cells = [cell for cell in cells if cell]
    stripped = ["".join(cell).strip() for cell in cells]
    return [(_unquoted(value), value == "?") for value in stripped]
