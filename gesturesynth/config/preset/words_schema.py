"""The key `words` of a preset: lines of text that movement chooses and bends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from gesturesynth.config.preset.output_schema import two_ends
from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import Name, OneOf, PlainText, Quantity, Text, WholeNumber, text_of
from gesturesynth.words.bends import BENDS
from gesturesynth.words.setup import ANY, MOTION, OCCASIONS
from gesturesynth.words.template import TEXT

TEXT_SUFFIX: Final = ".txt"
BY_MOTION: Final = "motion"
"""In `bend`: what `motion` names."""
_LONGEST_NAME: Final = 80
_Template = Annotated[str, Text(400)]


class TextFileName(Text):
    """The name of a text file beside the preset."""

    def check(self, value: object) -> str:
        """The name, or ValueError with a sentence."""
        name = text_of(value, "the name of a text file").strip()
        if "/" in name or "\\" in name or not name.endswith(TEXT_SUFFIX) or len(name) > _LONGEST_NAME:
            raise ValueError(
                f"'{shortened(name)}' is not the name of a text beside the preset: one ends in {TEXT_SUFFIX}, and has "
                "no folder before it"
            )
        return name

    def __str__(self) -> str:
        return f"the name of a file (`{TEXT_SUFFIX}`), at most {_LONGEST_NAME} characters"


def one_or_more(value: object) -> object:
    """A single text as a list of it."""
    return [value] if isinstance(value, str) else value


def _by_occasion(value: object) -> object:
    """Lines that are for all classes, gestures and scenes, as keys."""
    return {ANY: value} if isinstance(value, str | list) else value


def _two_times(value: object) -> object:
    """A single time as both ends."""
    return two_ends(value) if isinstance(value, list | tuple) else (value, value)


_Templates = Annotated[list[_Template], BeforeValidator(one_or_more), Field(min_length=1, max_length=200)]


def bend_names() -> Sequence[str]:
    """The keys that `words.bend` allows."""
    return (*BENDS,)


class WordsEntry(Section):
    """Lines of text for a projector and for other programs, chosen and bent by movement."""

    text: Annotated[str, TextFileName(_LONGEST_NAME)] | None = Field(
        default=None,
        description="A text beside the preset, from which passages are made: UTF-8, at most 512 kB. Each passage "
        "begins as a sentence of the text does, and goes on as the text does somewhere.",
    )
    lines: Annotated[dict[Annotated[str, Name()], _Templates], BeforeValidator(_by_occasion), Field(max_length=64)] = (
        Field(
            default={},
            description="Lines by class, gesture or scene; `any` for all that have none of their own. In angle "
            "brackets stand alternatives (`<grey|white>`), the name of a rule (`<sky>`), or a passage of the text "
            "(`<text>`). Without `any` it is `<text>`, where there is a text.",
        )
    )
    rules: dict[Annotated[str, Name(reserved=(TEXT,))], _Templates] = Field(
        default={},
        max_length=64,
        description="What names in lines stand for: one of the texts is taken. `<sky.capital>` begins with a capital, "
        "`.upper` and `.lower` change all letters.",
    )
    on: list[Annotated[str, OneOf(lambda: OCCASIONS, "what can bring a line")]] = Field(
        default=[*OCCASIONS],
        min_length=1,
        max_length=3,
        description="What brings a new line: a `class` that is entered, a `gesture` that was performed, and `time` "
        "while a person moves.",
    )
    every: Annotated[
        tuple[Annotated[float, Quantity("s", 0.5, 600.0)], Annotated[float, Quantity("s", 0.5, 600.0)]],
        BeforeValidator(_two_times),
    ] = Field(
        default=(10.0, 3.0),
        description="How long it is from line to line on `time`: at the least movement, and at the most; or one time.",
    )
    rest: Annotated[float, Quantity("s", 0.2, 60.0)] = Field(
        default=1.5, description="No line follows another sooner; a class or gesture that comes sooner waits for it."
    )
    hold: Annotated[float, Quantity("s", 0.0, 3600.0)] = Field(
        default=20.0, description="A line goes when it was shown for so long and no other came; 0: it stays."
    )
    fade: Annotated[float, Quantity("s", 0.0, 10.0)] = Field(
        default=1.0, description="How long a line takes to come and to go on the stage view."
    )
    length: Annotated[
        tuple[Annotated[int, WholeNumber(1, 40)], Annotated[int, WholeNumber(1, 40)]], BeforeValidator(two_ends)
    ] = Field(default=(3, 10), description="Words of a line, about: at its shortest and at its longest.")
    bend: dict[Annotated[str, OneOf(bend_names, "something that can be bent")], Annotated[str, PlainText(64)]] = Field(
        default={"length": BY_MOTION, "pace": BY_MOTION},
        description="What bends lines, each by `motion`, an output, a feature of one number, or a reading such as "
        "`throw.progress`: "
        + "; ".join(f"`{name}`: {what}" for name, what in BENDS.items())
        + ". What is not listed is not bent.",
    )
    motion: Annotated[str, PlainText(64)] = Field(
        default=MOTION,
        description="By what a person moves or stands, likewise: it opens the lines on `time`. A piece of "
        "inputs alone names one of them.",
    )
    idle: Annotated[list[_Template], BeforeValidator(one_or_more), Field(max_length=200)] = Field(
        default=[], description="What is shown while no person is in view; nothing without it."
    )
    seed: Annotated[int, WholeNumber(0, 2**31 - 1)] | None = Field(
        default=None,
        description="A number that makes a performance repeatable: the same movements bring the same lines whenever "
        "the preset begins. Without it they are different each time.",
    )
