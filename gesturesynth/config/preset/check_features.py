"""Checks the features of a preset: which it looks at, and which it defines itself by `inputs` and `computed`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gesturesynth.config.preset.input_schema import ComputedEntry, InputEntry
from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.features.catalogue import all_names, find
from gesturesynth.features.computed.definition import Definition
from gesturesynth.features.expressions.ranges import Range, value_range
from gesturesynth.features.expressions.syntax import LONGEST, ExpressionError, Node, parse, replaced, sources
from gesturesynth.runtime.ear_reading import ALL_BANDS, BANDS, EAR
from gesturesynth.runtime.ear_reading import FEATURES as EAR_FEATURES
from gesturesynth.runtime.inputs import InputSetup

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

MOST_NUMBERS: Final = 512
"""Of all inputs together."""


MIDI_RANGES: Final[Mapping[str, Range]] = {"bend": (-1.0, 1.0), "pitch": (0.0, 127.0)}
"""The usual ranges of what arrives as MIDI and is not 0 to 1."""


class FeaturesChecker:
    """Knows the features that a preset may name.

    Args:
        checker: of the whole preset; its document receives the problems.

    Attributes:
        inputs: those of the preset.
    """

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._full: dict[str, tuple[str, ...]] = {}  # by the name that is written
        self._definitions: dict[str, Definition] = {}
        self.inputs: tuple[InputSetup, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """The names that the preset defines."""
        return (*self._full,)

    def check(self) -> None:
        """Checks `inputs`, `computed`, `features` and `gesture_features`."""
        self._ear()
        self._inputs()
        self._computed()
        entries, document = self._checker.entries, self._checker.document
        for key, names in (("features", entries.features), ("gesture_features", entries.gesture_features)):
            for index, name in enumerate(names):
                if name in names[:index]:
                    document.add_problem((key, index), f"'{name}' is in the list already")

    def full(self, names: Sequence[str]) -> tuple[str, ...]:
        """The full names of features, as the extractor needs them; those with a problem are left out."""
        found: list[str] = []
        for name in names:
            found += self._full.get(name, (name,) if find(name) else ())
        return tuple(dict.fromkeys(found))

    def single(self, name: str) -> str:
        """The full name of a feature of one number, for `from`; the name itself where it is none of the preset's."""
        full = self._full.get(name, ())
        return full[0] if len(full) == 1 and self._definitions[full[0]].width == 1 else name

    def numbers(self, name: str) -> int:
        """How many numbers an own feature has; 0 where it is none."""
        return sum(self._definitions[full].width for full in self._full.get(name, ()))

    def received(self, name: str) -> int:
        """How many numbers an input of this name has; 0 where it is none."""
        return next((one.count for one in self.inputs if one.name == name), 0)

    def _ear(self) -> None:
        """What the microphone hears: the values of an input that the conductor receives from the engine."""
        for place, name in enumerate(EAR_FEATURES, 1):
            self._define(name, Definition(name, 0.0, 1.0, f"{EAR}.{place}"))
        self._full[ALL_BANDS] = tuple(self._full[name][0] for name in EAR_FEATURES[-BANDS:])

    def _inputs(self) -> None:
        found: list[InputSetup] = []
        addresses: dict[str, str] = {}
        count = 0
        for name, entry in self._checker.entries.inputs.items():
            path: KeyPath = ("inputs", name)
            low, high = entry.range
            count += entry.n
            if entry.midi:
                low, high = self._midi_range(path, entry)
            elif self._written_as_midi(name):
                continue  # which has a problem of its own
            elif problem := _address_problem(entry.address):
                self._add((*path, "address") if entry.address else path, problem)
            elif other := addresses.get(entry.address):
                self._add((*path, "address"), f"'{other}' has this address already")
            if low >= high:
                self._add((*path, "range"), "the low end comes first, and the two ends must differ")
                continue
            if count > MOST_NUMBERS:
                self._add((*path, "n"), f"all inputs together have {count} numbers; at most {MOST_NUMBERS}")
                break
            if entry.address:
                addresses[entry.address] = name
            rate_hz = entry.rate_hint or 0.0
            found.append(InputSetup(name, entry.address, entry.n, low, high, rate_hz, entry.midi or ""))
            places = [f"{name}.{place}" for place in range(1, entry.n + 1)]
            for place, ends in zip(places, self._ranges_of_numbers(path, entry, (low, high)), strict=False):
                self._define(place, Definition(place, *ends, place))
            self._full[name] = tuple(full for place in places for full in self._full[place])
        self.inputs = tuple(found)

    def _ranges_of_numbers(self, path: KeyPath, entry: InputEntry, usual: Range) -> list[Range]:
        """The usual range of each number of an input; `usual` where the preset has one for all."""
        ranges = entry.ranges or [usual] * entry.n
        if len(ranges) != entry.n:
            self._add((*path, "ranges"), f"{len(ranges)} ranges, where a message has {entry.n} numbers")
        for index, (low, high) in enumerate(ranges):
            if low >= high:
                self._add((*path, "ranges", index), "the low end comes first, and the two ends must differ")
        return ranges if len(ranges) == entry.n and all(low < high for low, high in ranges) else [(0.0, 1.0)] * entry.n

    def _written_as_midi(self, name: str) -> bool:
        written = self._checker.written("inputs").get(name)
        return isinstance(written, dict) and written.get("midi") is not None

    def _midi_range(self, path: KeyPath, entry: InputEntry) -> tuple[float, float]:
        """The usual range of an input that is MIDI; what is for OSC alone is a problem."""
        wrong = [key for key in ("address", "n", "ranges", "rate_hint") if key in entry.model_fields_set]
        for key in wrong:
            self._add((*path, key), f"`{key}` is for inputs over OSC; with `midi` there is one number, and no address")
        if "range" in entry.model_fields_set:
            return entry.range
        kind = (entry.midi or "").partition(" ")[0]
        return MIDI_RANGES.get(kind, (0.0, 1.0))

    def _define(self, name: str, one: Definition) -> None:
        self._full[name] = (one.name,)
        self._definitions[one.name] = one

    def _computed(self) -> None:
        """In the order of the file: an expression may use what stands above it."""
        for name, entry in self._checker.entries.computed.items():
            path: KeyPath = ("computed", name)
            at = (*path, "expression") if isinstance(self._checker.written("computed").get(name), dict) else path
            if name in self._checker.written("inputs"):
                self._add(path, f"'{name}' is the name of an input already", key=True)
                continue
            try:
                tree = parse(entry.expression)
            except ExpressionError as error:
                self._add(at, str(error))
                continue
            ranges = self._ranges(at, name, tree)
            if ranges is None:
                continue
            expression = self._expanded(entry.expression, tree)
            if len(expression) > LONGEST:
                self._add(at, f"with all that it is made of, it has {len(expression)} characters; at most {LONGEST}")
                continue
            try:
                parse(expression)
            except ExpressionError as error:
                self._add(at, f"with all that it is made of: {error}")
                continue
            limits = self._limits(path, at, entry, tree, ranges)
            if limits is not None:
                self._define(name, Definition(name, *limits, expression))

    def _limits(
        self, path: KeyPath, at: KeyPath, entry: ComputedEntry, tree: Node, ranges: Mapping[str, Range]
    ) -> Range | None:
        if entry.range is not None:
            low, high = entry.range
            if low >= high:
                self._add((*path, "range"), "the low end comes first, and the two ends must differ")
                return None
            return low, high
        found = value_range(tree, ranges)
        if found is None:
            self._add(at, "its range does not follow from its parts; say it with `range`, as in `range: [0, 1]`")
        return found

    def _ranges(self, at: KeyPath, name: str, tree: Node) -> dict[str, Range] | None:
        """The ranges of all features in an expression; None, and problems, where one is not known."""
        found: dict[str, Range] = {}
        later = [one for one in self._checker.written("computed") if one not in self._full]
        before = len(self._checker.document.problems)
        for source in dict.fromkeys(sources(tree)):
            known, numbers = find(source), self.numbers(source)
            if numbers == 1:
                one = self._definitions[self._full[source][0]]
                found[source] = one.low, one.high
            elif known and len(known.recipes) == 1:
                found[source] = known.low, known.high
            elif numbers or known:
                one_of = f"{source}.1" if numbers else next(iter(known.recipes if known else ()))
                count = numbers or len(known.recipes if known else ())
                such_as = "" if numbers and one_of not in self._full else f", such as '{one_of}'"
                self._add(at, f"'{source}' is {count} numbers; an expression needs one{such_as}")
            elif source == name or source in later:
                self._add(at, f"'{source}' must stand above '{name}' to be used by it")
            else:
                names = (*self._full, *all_names())
                self._add(at, unknown_name(source, "a feature or an input", names, "gesturesynth features"))
        return found if len(self._checker.document.problems) == before else None

    def _expanded(self, expression: str, tree: Node) -> str:
        """The expression with those of other computed features in their places, so that it holds all that it is."""
        own = {source for source in sources(tree) if source in self._full}
        return replaced(expression, {source: self._definitions[self._full[source][0]].expression for source in own})

    def _add(self, path: KeyPath, sentence: str, *, key: bool = False) -> None:
        self._checker.document.add_problem(path, sentence, key=key)


def _address_problem(address: str) -> str:
    plain = address.startswith("/") and len(address) > 1 and address.isascii() and address.isprintable()
    if plain and not set(" #*,?[]{}") & set(address):
        return ""
    return "an address begins with `/`, and has no blanks and none of # * , ? [ ] { }, as in `/accxyz`"
