"""The types that are written down for pyo (tools/stubs/pyo) are those of the installed pyo."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from types import BuiltinFunctionType
from typing import Any

import numpy as np
import pytest

from gesturesynth.synthesis.pyo_loader import PyoClasses, PyoModule, load_pyo
from tests.support.instrument_player import server

STUB = ast.parse((Path(__file__).parents[2] / "tools" / "stubs" / "pyo" / "__init__.pyi").read_text())
ALL_CLASSES = {node.name: node for node in STUB.body if isinstance(node, ast.ClassDef)}
CLASSES = {name: node for name, node in ALL_CLASSES.items() if not name.startswith("_")}
FUNCTIONS = [node for node in STUB.body if isinstance(node, ast.FunctionDef)]
METHODS = [(name, item) for name, node in CLASSES.items() for item in node.body if isinstance(item, ast.FunctionDef)]
LETTERS = {
    "O": "_Control",
    "o": "_Audio",
    "t": "_Table",
    "n": "_Number",
    "i": "_Integer",
    "I": "int",
    "s": "str",
    "b": "bool",
    "c": "Callable[..., object]",
    "l": "list[tuple[int, float]]",
    "L": "list[float] | None",
}
"""How the stub writes each letter by which pyo checks an argument (see `pyoArgsAssert` in pyo/lib/_core.py)."""


def installed(name: str) -> Any:
    return getattr(load_pyo(), name)


def parameters(of: ast.FunctionDef) -> list[ast.arg]:
    assert not of.args.vararg
    assert not of.args.kwarg
    assert not of.args.kwonlyargs
    return [*of.args.posonlyargs, *of.args.args]


def defaults(of: ast.FunctionDef) -> list[object]:
    """Of each parameter; `inspect.Parameter.empty` without one, `...` where the stub leaves it out."""
    given = [ast.literal_eval(node) for node in of.args.defaults]
    return [inspect.Parameter.empty] * (len(parameters(of)) - len(given)) + given


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_is_there_with_its_base(name: str) -> None:
    made = installed(name)
    assert inspect.isclass(made)
    assert {ast.unparse(base) for base in CLASSES[name].bases} <= {one.__name__ for one in made.__mro__}


def test_each_function_is_there_and_takes_nothing_but_the_number_of_a_device() -> None:
    assert FUNCTIONS
    for function in FUNCTIONS:
        assert isinstance(installed(function.name), BuiltinFunctionType)
        takes = [one.arg for one in parameters(function)]
        assert takes == (["x"] if function.name.endswith("_max_channels") else [])


@pytest.mark.parametrize(("name", "method"), METHODS, ids=lambda value: getattr(value, "name", value))
def test_each_method_has_the_parameters_and_defaults_of_the_installed_one(name: str, method: ast.FunctionDef) -> None:
    found = getattr(installed(name), method.name)
    if inspect.ismethoddescriptor(found):  # C code tells no parameters
        assert parameters(method)[1:] == []
        return
    there = list(inspect.signature(found).parameters.values())[: len(parameters(method))]
    assert [one.name for one in there] == [one.arg for one in parameters(method)]
    for one, default in zip(there, defaults(method), strict=True):
        if default is ...:
            assert one.default is not inspect.Parameter.empty, one.name
        elif not method.decorator_list:  # of two overloads, one needs what has a default
            assert one.default == default, one.name
    if method.name == "__init__":
        assert len(inspect.signature(found).parameters) == len(parameters(method)), "all of them"


@pytest.mark.parametrize("name", CLASSES)
def test_attributes_and_the_types_of_arguments_are_those_that_pyo_checks(name: str) -> None:
    made = installed(name)
    for item in CLASSES[name].body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and not item.target.id.startswith("_"):
            assert isinstance(inspect.getattr_static(made, item.target.id), property)
        if not isinstance(item, ast.FunctionDef) or item.name != "__init__":
            continue
        check = re.search(r'pyoArgsAssert\(\s*self,\s*"(\w+)",([^)]*)\)', inspect.getsource(made.__init__))
        if check is None:
            continue
        letters = dict(zip([one.strip() for one in check[2].split(",") if one.strip()], check[1], strict=True))
        for one in parameters(item)[1:]:
            assert one.annotation is not None
            if one.arg not in letters:
                continue  # pyo takes anything there
            written = ast.unparse(one.annotation)
            if (name, one.arg) in {("HarmTable", "list"), ("TrigChoice", "choice")}:
                assert (letters[one.arg], written) == ("l", "list[float]")
            else:
                assert written == LETTERS[letters[one.arg]], one.arg


def test_the_loader_lists_classes_and_functions_of_the_stub_by_their_own_names() -> None:
    listed = PyoClasses.__annotations__ | PyoModule.__annotations__
    for name, written in listed.items():
        if name in CLASSES:
            assert written == f"type[pyo.{name}]"
        else:
            assert name in [function.name for function in FUNCTIONS]


def test_the_private_classes_are_those_of_objects_that_pyo_returns() -> None:
    pyo = load_pyo()
    with server() as made:
        sine, table = pyo.Sine(), pyo.DataTable(8)
        returned = {
            "_StreamObject": sine.getBaseObjects()[0],
            "_TableStream": table.getBuffer(),
            "_InnerServer": made._server,
        }
        assert set(returned) == set(ALL_CLASSES) - set(CLASSES)
        for name, found in returned.items():
            methods = {item.name for item in ALL_CLASSES[name].body if isinstance(item, ast.FunctionDef)}
            # Python 3.11 does not show the buffer protocol of C code as a method.
            assert methods - {"__buffer__"} <= set(dir(found))
        assert np.asarray(table.getBuffer()).shape == (8,)
        del returned, found  # pyo's objects must not outlive their server
        del sine, table
