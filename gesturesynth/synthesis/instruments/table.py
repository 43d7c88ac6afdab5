"""The table of an instrument as plain data: what presets, documents and the conductor know of it. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from gesturesynth.core.units import UNITS, WARPS
from gesturesynth.synthesis.instruments.base import LEVEL, Parameter, Trigger

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""Of a kind, a parameter and a trigger."""
MOST_PARAMETERS: Final = 24
_SHORTEST_GLIDE_S: Final = 0.005
_LONGEST_GLIDE_S: Final = 60.0


class _Described(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def parameters(self) -> tuple[Parameter, ...]: ...
    @property
    def triggers(self) -> tuple[Trigger, ...]: ...
    @property
    def sounds_help(self) -> str: ...
    @property
    def listens(self) -> bool: ...


@dataclass(frozen=True)
class InstrumentTable:
    """What is known of an instrument without its code: the same six things that its class declares.

    Attributes:
        kind: the name that presets use.
        about: one sentence for people.
        parameters: what an output can move; `LEVEL` is among them.
        triggers: what a class or a gesture can strike.
        sounds_help: what sound files are for, where it plays some.
        listens: it gets what the other instruments of its piece play.
    """

    kind: str
    about: str
    parameters: tuple[Parameter, ...]
    triggers: tuple[Trigger, ...] = ()
    sounds_help: str = ""
    listens: bool = False


def table_of(instrument: _Described) -> InstrumentTable:
    """The table that a class of an instrument declares."""
    return InstrumentTable(
        instrument.kind,
        instrument.about,
        tuple(instrument.parameters),
        tuple(instrument.triggers),
        instrument.sounds_help,
        instrument.listens,
    )


def table_problem(table: InstrumentTable) -> str:
    """The first thing that is wrong with a table, as a sentence; empty when nothing is."""
    return next(_problems(table), "")


def _problems(table: InstrumentTable) -> Iterator[str]:
    if not NAME.fullmatch(table.kind):
        yield f"`kind` is {table.kind!r}; it takes a small letter, then small letters, digits and _, at most 40"
    helps = [(f"the help of trigger '{trigger.name}'", trigger.help) for trigger in table.triggers]
    for what, text in (("`about`", table.about), ("`sounds_help`", table.sounds_help or "none"), *helps):
        yield from _about_problems(what, text)
    for what, names in (
        ("parameter", [parameter.name for parameter in table.parameters]),
        ("trigger", [trigger.name for trigger in table.triggers]),
    ):
        for index, name in enumerate(names):
            if not NAME.fullmatch(name):
                yield f"{what} {name!r}: a name takes a small letter, then small letters, digits and _, at most 40"
            if name in names[:index]:
                yield f"there are two {what}s called '{name}'"
    if len(table.parameters) > MOST_PARAMETERS:
        yield f"it has {len(table.parameters)} parameters; at most {MOST_PARAMETERS} are allowed"
    if LEVEL not in table.parameters:
        yield "LEVEL is not among its `parameters`; every instrument has it, with the same meaning"
    for parameter in table.parameters:
        yield from (f"parameter '{parameter.name}': {problem}" for problem in _parameter_problems(parameter))


def _parameter_problems(parameter: Parameter) -> Iterator[str]:
    span = f"{parameter.low:g} to {parameter.high:g}"
    if parameter.unit not in UNITS:
        yield f"its unit is {parameter.unit!r}; allowed are {', '.join(repr(unit) for unit in UNITS)}"
    if parameter.warp not in WARPS:
        yield f"its warp is {parameter.warp!r}; allowed are 'lin' and 'exp'"
    if not all(map(math.isfinite, (parameter.low, parameter.high, parameter.default, parameter.glide_s))):
        yield "its numbers must be finite"
    if parameter.low >= parameter.high:
        yield f"its range is {span}; the first must be the lower one"
    if not parameter.low <= parameter.default <= parameter.high:
        yield f"its default {parameter.default:g} is outside {span}"
    if parameter.warp == "exp" and parameter.low <= 0.0:
        yield f"its range is {span}; 'exp' needs both ends above 0"
    if parameter.pitch and (parameter.unit not in ("Hz", "x") or parameter.low <= 0.0):
        yield "it is a pitch, so its unit is 'Hz' or 'x' and its range above 0"
    if not _SHORTEST_GLIDE_S <= parameter.glide_s <= _LONGEST_GLIDE_S:
        yield f"its glide is {parameter.glide_s:g} s; {_SHORTEST_GLIDE_S:g} to {_LONGEST_GLIDE_S:g} s are allowed"
    yield from _about_problems("its help", parameter.help)


def _about_problems(what: str, text: str) -> Iterator[str]:
    if not text.strip() or not text.isprintable() or len(text) > 200:
        yield f"{what} must be one line of 1 to 200 characters for people"
