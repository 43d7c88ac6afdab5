"""Rules and the text, from which templates become lines. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.words.chain import Chain
from gesturesynth.words.dice import Dice
from gesturesynth.words.template import TEXT, Alternatives, Part, Template, names

LARGEST: Final = 2000
"""Parts and characters that a template may become at most, so that a line takes a fraction of a millisecond."""
DEEPEST_RULES: Final = 8
"""Rules within rules."""
PASSAGE: Final = 100
"""What a passage of the text counts as: twenty of them are made within a millisecond."""

_CHANGES: Final[Mapping[str, Callable[[str], str]]] = {
    "upper": str.upper,
    "lower": str.lower,
    "capital": lambda text: text[:1].upper() + text[1:],
}


@dataclass(frozen=True)
class Grammar:
    """What stands behind the names in templates.

    Attributes:
        rules: by name, the texts of which one is taken.
        chain: of the artist's text; None without one.
    """

    rules: Mapping[str, tuple[Template, ...]] = field(default_factory=dict)
    chain: Chain | None = None

    def expanded(self, template: Template, dice: Dice, length: int, order: float) -> str:
        """A line of a template; passages of the text have about `length` words and the order `order`."""
        return "".join(self._part(part, dice, length, order) for part in template.parts)

    def _part(self, part: Part, dice: Dice, length: int, order: float) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Alternatives):
            return self.expanded(dice.choice(part.options), dice, length, order)
        if part.name == TEXT:
            text = self.chain.passage(dice, length, order) if self.chain else ""
        else:
            text = self.expanded(dice.choice(self.rules[part.name]), dice, length, order)
        return _CHANGES[part.change](text) if part.change else text


def rule_problems(rules: Mapping[str, Sequence[Template]]) -> dict[str, str]:
    """Why rules cannot be expanded, as sentences, by the name of the rule; empty when all of them can.

    Args:
        rules: all of them; a name in them that is none counts as nothing.
    """
    sizes: dict[str, int] = {}
    for _ in range(DEEPEST_RULES):
        ready = [n for n in rules if n not in sizes and all(i in sizes or i not in rules for i in _inner(n, rules))]
        sizes |= {name: max((_size(template, sizes) for template in rules[name]), default=0) for name in ready}
    problems = {name: _too_large(f"'{name}'") for name, size in sizes.items() if size > LARGEST}
    left = [name for name in rules if name not in sizes]
    loops = {name: loop for name in left if (loop := _loop(name, rules))}
    for name, loop in loops.items():
        if any(set(loop) == set(loops[other]) for other in problems.keys() & loops.keys()):
            continue  # said already, of another rule in it
        problems[name] = f"'{name}' contains itself ({' > '.join(loop)}); leave it out in one of them"
    if left and not loops:
        problems |= dict.fromkeys(left, f"rules may be within each other {DEEPEST_RULES} deep at most")
    return problems


def rule_sizes(rules: Mapping[str, Sequence[Template]]) -> dict[str, int]:
    """The most parts and characters that rules without a problem become, by name."""
    sizes: dict[str, int] = {}
    for _ in range(DEEPEST_RULES):
        sizes = {name: max((_size(one, sizes) for one in rules[name]), default=0) for name in rules}
    return sizes


def template_problem(template: Template, sizes: Mapping[str, int]) -> str:
    """Likewise for a template, with the sizes of its rules: a sentence, or nothing."""
    return "" if _size(template, sizes) <= LARGEST else _too_large("this")


def _too_large(what: str) -> str:
    return f"{what} may become longer than {LARGEST} characters; leave some of its parts out"


def _inner(name: str, rules: Mapping[str, Sequence[Template]]) -> list[str]:
    return [inner for template in rules[name] for inner in names(template)]


def _loop(name: str, rules: Mapping[str, Sequence[Template]]) -> tuple[str, ...]:
    """The shortest way from a rule through others back to itself; empty where there is none."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while ways:
        way, *ways = ways
        for inner in dict.fromkeys(_inner(way[-1], rules)):
            if inner == name:
                return (*way, name)
            if inner in rules and inner not in seen:
                seen.add(inner)
                ways.append((*way, inner))
    return ()


def _size(template: Template, sizes: Mapping[str, int]) -> int:
    """The most parts and characters that a template becomes, a passage of the text counted as PASSAGE."""

    def of_part(part: Part) -> int:
        if isinstance(part, str):
            return len(part)
        if isinstance(part, Alternatives):
            return 1 + max(_size(option, sizes) for option in part.options)
        return PASSAGE if part.name == TEXT else 1 + min(sizes.get(part.name, 0), LARGEST + 1)

    return sum(map(of_part, template.parts))
