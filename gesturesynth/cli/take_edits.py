"""`gesturesynth examples relabel`, `trim`, `switch`: edits of takes. Nothing that was recorded is altered by them."""

from __future__ import annotations

import json
from typing import Annotated, Final

from cyclopts import App, Parameter

from gesturesynth.cli.example_stores import open_taught_store
from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, OutputFlags
from gesturesynth.config.preset import loader
from gesturesynth.pipeline.relabelling import relabel_take

PresetName = Annotated[
    str, Parameter(name=["--preset", "-p"], help="A name from `preset list`, or a YAML file: whose examples.")
]
Take = Annotated[int, Parameter(help="Its number, from `examples list`.")]

_HINT: Final = "`gesturesynth undo` takes it back; `gesturesynth train` lets it be heard."


def add_edit_commands(app: App) -> None:
    """Adds the commands of this module to those of `examples`."""
    for command in (relabel, trim, switch):
        app.command(command)


def relabel(
    take: Take,
    target: Annotated[str, Parameter(help="The number of a snapshot, 1 to 9, or the name of a class or gesture.")],
    *,
    preset_: PresetName,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Lets a take teach something else: the values of a snapshot as they are now, or a class or gesture."""
    piece = loader.load(loader.find(preset_))
    with open_taught_store(preset_) as store:
        print_done(f"{relabel_take(store, piece, take, target)}. {_HINT}", output)


def trim(
    take: Take,
    start: Annotated[float, Parameter(help="Seconds since the take began.")],
    end: Annotated[float, Parameter(help="Likewise; at or after the end of the take is its end.")],
    *,
    preset_: PresetName,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Lets only a part of a take count. A later trim may widen it again."""
    with open_taught_store(preset_) as store:
        print_done(f"{store.trim(take, start, end)}. {_HINT}", output)


def switch(
    take: Take,
    on: Annotated[bool | None, Parameter(help="Whether it teaches; left out, the other of the two.")] = None,
    *,
    preset_: PresetName,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Switches a take off, or on again. While it is off it teaches nothing."""
    with open_taught_store(preset_) as store:
        print_done(f"{store.switch(take, on)}. {_HINT}", output)


def print_done(sentence: str, output: OutputFlags) -> None:
    """Prints what was done, as text or JSON."""
    if output.json:
        print(json.dumps({"done": sentence}, ensure_ascii=False))
    elif not output.quiet:
        print(sentence)
