"""Reads the table of an instrument from the text of its Python file, without running it. Pure.

The conductor, `preset check` and editors know parameters of instruments that are not ours, and have no business running
their code. So a class writes its table as literals, and they are read from the syntax tree, as `ast.literal_eval` would
read a dictionary. The engine, which runs the code, compares what it declares with what was read here.
"""

from __future__ import annotations

import ast
from typing import Final, TypeVar

from gesturesynth.core.errors import UserError
from gesturesynth.core.units import Unit, Warp
from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.table import InstrumentTable, table_problem

T = TypeVar("T", Parameter, Trigger)

BASE: Final = Instrument.__name__
LONGEST_BYTES: Final = 1_000_000
_FIELDS: Final = ("kind", "about", "parameters", "triggers", "sounds_help", "listens")
_PARAMETER_FIELDS: Final = ("name", "unit", "low", "high", "warp", "default", "glide_s", "help", "pitch")
_OPTIONAL: Final = ("pitch",)
_TRIGGER_FIELDS: Final = ("name", "help")


def read_source(data: bytes, place: str, class_name: str = "") -> tuple[str, InstrumentTable]:
    """The name and the table of the one class of an instrument in a file.

    Args:
        data: the contents of the file.
        place: what the file is called in errors.
        class_name: the class to read; by default the only one that derives from `Instrument`.

    Raises:
        UserError: the file is no Python, has no such class, or its table is not written as literals or is wrong.
    """
    if len(data) > LONGEST_BYTES:
        raise UserError(f"{place}: it has {len(data)} bytes; at most {LONGEST_BYTES} are read")
    try:
        tree = ast.parse(data)
    except SyntaxError as error:
        raise UserError(f"{place}:{error.lineno or 1}: this is not Python: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UserError(f"{place}: this is not Python: {error}") from error
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and any(map(_is_base, node.bases))]
    if class_name:
        classes = [node for node in classes if node.name == class_name]
    if len(classes) != 1:
        what = f"a class {class_name} that derives" if class_name else "one class that derives"
        raise UserError(f"{place}: expected {what} from {BASE}, found {len(classes)}")
    table = _read_class(classes[0], place)
    if problem := table_problem(table):
        raise UserError(f"{place}:{classes[0].lineno}: {problem}")
    return classes[0].name, table


def _is_base(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == BASE) or (isinstance(node, ast.Attribute) and node.attr == BASE)


def _read_class(node: ast.ClassDef, place: str) -> InstrumentTable:
    written: dict[str, ast.expr] = {}
    for line in node.body:
        targets = (
            line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
        )
        value = line.value if isinstance(line, ast.Assign | ast.AnnAssign) else None
        for target in targets:
            if isinstance(target, ast.Name) and target.id in _FIELDS and value is not None:
                written[target.id] = value
    for name in ("kind", "about", "parameters"):
        if name not in written:
            raise UserError(f"{place}:{node.lineno}: the class {node.name} has no `{name}`")
    return InstrumentTable(
        kind=_text(written["kind"], "`kind`", place),
        about=_text(written["about"], "`about`", place),
        parameters=tuple(_parameter(item, place) for item in _items(written["parameters"], "parameters", place)),
        triggers=tuple(
            _trigger(item, place)
            for item in (_items(written["triggers"], "triggers", place) if "triggers" in written else ())
        ),
        sounds_help=_text(written["sounds_help"], "`sounds_help`", place) if "sounds_help" in written else "",
        listens=_yes_or_no(written["listens"], "`listens`", place) if "listens" in written else False,
    )


def _items(node: ast.expr, name: str, place: str) -> list[ast.expr]:
    if not isinstance(node, ast.Tuple | ast.List):
        raise UserError(f"{place}:{node.lineno}: `{name}` must be written out, in brackets: it is read, not run")
    return node.elts


def _parameter(node: ast.expr, place: str) -> Parameter:
    if isinstance(node, ast.Name) and node.id == "LEVEL":
        return LEVEL
    given = _call(node, Parameter.__name__, _PARAMETER_FIELDS, "Parameter(...) or LEVEL", place)
    here = f"{place}:{node.lineno}"
    texts = {}
    for name in ("name", "unit", "warp", "help"):
        if not isinstance(given[name], str):
            raise UserError(f"{here}: `{name}` of a parameter must be a text, not {given[name]!r}")
        texts[name] = str(given[name])
    numbers = {}
    for name in ("low", "high", "default", "glide_s"):
        value = given[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e30:
            raise UserError(f"{here}: `{name}` of parameter {texts['name']!r} must be a number, not {value!r}")
        numbers[name] = float(value)
    pitch = given.get("pitch", False)
    if not isinstance(pitch, bool):
        raise UserError(f"{here}: `pitch` of parameter {texts['name']!r} must be True or False, not {pitch!r}")
    # Which units and warps there are is checked with the rest of the table.
    unit: Unit = texts["unit"]  # type: ignore[assignment]
    warp: Warp = texts["warp"]  # type: ignore[assignment]
    return Parameter(
        texts["name"],
        unit,
        numbers["low"],
        numbers["high"],
        warp,
        numbers["default"],
        numbers["glide_s"],
        texts["help"],
        pitch,
    )


def _trigger(node: ast.expr, place: str) -> Trigger:
    given = _call(node, Trigger.__name__, _TRIGGER_FIELDS, "Trigger(...)", place)
    for name, value in given.items():
        if not isinstance(value, str):
            raise UserError(f"{place}:{node.lineno}: `{name}` of a trigger must be a text, not {value!r}")
    return Trigger(str(given["name"]), str(given["help"]))


def _call(node: ast.expr, function: str, fields: tuple[str, ...], expected: str, place: str) -> dict[str, object]:
    """The arguments of `Parameter(...)` or `Trigger(...)` by name, each a literal."""
    here = f"{place}:{node.lineno}"
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != function:
        raise UserError(f"{here}: expected {expected}, not `{ast.unparse(node)[:60]}`: it is read, not run")
    if len(node.args) > len(fields):
        raise UserError(f"{here}: {function} takes {', '.join(fields)}; here are {len(node.args)} values")
    given = dict(zip(fields, node.args, strict=False))
    for keyword in node.keywords:
        if keyword.arg not in fields or keyword.arg in given:
            raise UserError(f"{here}: {function} takes {', '.join(fields)}, each once; not `{keyword.arg}`")
        given[keyword.arg] = keyword.value
    if missing := [name for name in fields if name not in given and name not in _OPTIONAL]:
        raise UserError(f"{here}: {function} needs {', '.join(missing)} as well")
    return {name: _literal(value, f"`{name}`", place) for name, value in given.items()}


def _text(node: ast.expr, what: str, place: str) -> str:
    value = _literal(node, what, place)
    if not isinstance(value, str):
        raise UserError(f"{place}:{node.lineno}: {what} must be a text, not {value!r}")
    return value


def _yes_or_no(node: ast.expr, what: str, place: str) -> bool:
    value = _literal(node, what, place)
    if not isinstance(value, bool):
        raise UserError(f"{place}:{node.lineno}: {what} must be True or False, not {value!r}")
    return value


def _literal(node: ast.expr, what: str, place: str) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        text = ast.unparse(node)[:60]
        raise UserError(
            f"{place}:{node.lineno}: {what} must be a number or a text as it is, not `{text}`: it is read, not run"
        ) from error
