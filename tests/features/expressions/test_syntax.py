"""The grammar: what it reads, and the sentence for everything else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.features.expressions.evaluator import Evaluator
from gesturesynth.features.expressions.functions import FUNCTIONS
from gesturesynth.features.expressions.syntax import Apply, ExpressionError, FeatureValue, Number, parse, sources

VALUES = {"x": 0.5, "y": -2.0, "phone.1": 3.0}


def value(text: str) -> float:
    (found,) = Evaluator(parse(text)).step(VALUES, 0.0)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("2 ^ 3 ^ 2", 512),
        ("-2 ^ 2", -4),
        ("2 ^ -1", 0.5),
        ("7 % 4", 3),
        ("--x", 0.5),
        ("not not y", 1),
        ("x < 1 and y < 1 or 0", 1),
        ("1 + 1 < 3", 1),
        ("500 ms + .5 s", 1),
        ("phone.1 / 2", 1.5),
        ("clip(phone.1, 0, 1)", 1),
        ("scale(x, 0, 1, 10, 20)", 15),
        ("if(x > 0, phone.1, y)", 3),
        ("hypot(3, 4)", 5),
        ("max(x, y, phone.1)", 3),
        ("1e-3 * 1E3", 1),
    ],
)
def test_what_an_expression_is_worth(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["x / 0", "sqrt(y)", "log(0)", "y ^ 0.5", "10 ^ 400", "missing + 1", "x % 0"])
def test_what_cannot_be_computed_is_not_seen(text: str) -> None:
    assert math.isnan(value(text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "ends where a number, a feature, a function or a bracket is needed"),
        ("1 +", "ends where a number"),
        ("1 2", "'2' at character 3 stands where an operator such as + or the end is needed"),
        ("x $ y", "'$' at character 3 is not part of an expression"),
        ("(1", "ends where a closing bracket is needed"),
        ("frob(1)", "there is no function 'frob' (character 1); there are abs, "),
        ("add(1, 2)", "there is no function 'add'"),
        ("clip(x)", "clip(...) at character 1 has 1 values: write clip(x, low, high)"),
        ("mean(x, y)", "value 2 of mean(...) at character 1 must be a number from 0.001 to 30 seconds"),
        ("mean(x, 31)", "from 0.001 to 30 seconds: write mean(x, 1 s)"),
        ("mean + 1", "'mean' at character 1 is a function: write mean(x, 1 s)"),
        ("1 < 2 < 3", "'<' at character 7: compare two values at a time"),
        ("recent(x, 2.5)", "must be a whole number from 2 to 64: write recent(x, 8)"),
        ("1 + recent(x, 3)", "recent(...) gives several numbers and stands alone"),
        ("1e10", "1e10 at character 1 is too great; at most 1e+09"),
        ("(" * 30 + "1" + ")" * 30, "deeper than 24 levels"),
        ("1" + "^1" * 30, "deeper than 24 levels"),
        ("1" + "+1" * 120, "more than 200"),
        ("x" * 501, "an expression of 501 characters is too long; at most 500"),
        ("and", "'and' at character 1 stands where"),
        ("__import__('os')", "''' at character 12 is not part of an expression"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionError) as error:
        parse(text)
    assert sentence in str(error.value)


@given(st.text(max_size=40) | st.text("xy.12+-*/^%()<>=!,andorsmeinclp ", max_size=60))
def test_any_text_is_an_expression_or_a_sentence(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError as error:
        assert str(error)  # noqa: PT017 - most texts raise, some do not
    else:
        assert isinstance(tree, (Number, FeatureValue, Apply))
        Evaluator(tree).step(VALUES, 0.0)


def test_the_features_that_it_needs_are_known() -> None:
    assert list(sources(parse("clip(a.b - c, 0, d.1)"))) == ["a.b", "c", "d.1"]


def test_every_function_is_written_as_its_table_says() -> None:
    for name, function in FUNCTIONS.items():
        if not function.operator:
            usage = function.usage.replace(", ...", "").replace("condition", "x")
            tree = parse(usage)
            assert isinstance(tree, Apply)
            assert tree.function == name
            assert function.help.endswith(".")
