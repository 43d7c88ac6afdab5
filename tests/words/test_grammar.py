"""Templates are read, expanded and refused."""

from __future__ import annotations

import pytest

from gesturesynth.words.chain import Chain
from gesturesynth.words.dice import Dice
from gesturesynth.words.grammar import Grammar, rule_problems, rule_sizes, template_problem
from gesturesynth.words.template import TemplateError, names, parse

RULES = {
    name: tuple(map(parse, texts)) for name, texts in {"sky": ["a <grey|red> sky"], "it": ["<sky>", "sea"]}.items()
}


def lines(template: str, count: int = 60) -> set[str]:
    grammar, dice = Grammar(RULES, Chain("one two three")), Dice(5)
    return {grammar.expanded(parse(template), dice, 3, 3.0) for _ in range(count)}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain", {"plain"}),
        ("<a|b> c", {"a c", "b c"}),
        ("very <|very >far", {"very far", "very very far"}),
        ("<it.capital>!", {"A grey sky!", "A red sky!", "Sea!"}),
        ("<it.upper>", {"A GREY SKY", "A RED SKY", "SEA"}),
        ("1 << 2 >> 1", {"1 < 2 > 1"}),
        ("<text>", {"one two three"}),
        ("<x|<y|<sky>>>", {"x", "y", "a grey sky", "a red sky"}),
    ],
)
def test_templates_become_lines(template: str, expected: set[str]) -> None:
    assert lines(template) == expected


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("a <b", "at character 3 is not closed"),
        ("a > b", "closes nothing"),
        ("<>", "neither the name of a rule"),
        ("<Sky>", "neither the name of a rule"),
        ("<sky.big>", "is not one of .upper, .lower, .capital"),
        ("<a|" * 9 + ">" * 9, "8 deep at most"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(template: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        parse(template)


def test_names_in_a_template_are_found_within_alternatives_too() -> None:
    assert names(parse("<a> <b|<c.upper> d>")) == ["a", "c"]


def test_rules_that_contain_themselves_or_grow_without_end_are_problems() -> None:
    loop = {"a": (parse("<b> x"),), "b": (parse("<|<a>>"),), "c": (parse("<a>"),)}
    assert rule_problems(loop) == {"a": "'a' contains itself (a > b > a); leave it out in one of them"}
    grows = {"a": (parse("word " * 20),), "b": (parse("<a>" * 20),), "c": (parse("<b>" * 20),)}
    assert list(rule_problems(grows)) == ["b", "c"]
    deep = {"r0": (parse("x"),)} | {f"r{n}": (parse(f"<r{n - 1}>"),) for n in range(1, 10)}
    assert list(rule_problems(deep)) == ["r8", "r9"]
    assert not rule_problems(RULES)
    sizes = rule_sizes(RULES)
    assert not template_problem(parse("<it> " * 20), sizes)
    assert template_problem(parse("<it> " * 200), sizes)
    assert template_problem(parse("<text>" * 30), sizes), "thirty passages take too long"
