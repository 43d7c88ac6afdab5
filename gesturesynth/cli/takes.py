"""`gesturesynth takes` and `gesturesynth take`: what was taught for the piece that plays. Their help is in `app.py`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
from cyclopts import Parameter

from gesturesynth.cli import remote
from gesturesynth.cli.take_text import made_text, state_text
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.control.requests import TAKE, TAKES
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.take_reports import ListedTake, TakePage, TakeReport

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T", TakePage, TakeReport)

_ROW = "{:<6}{:<18}{:<9}{:<21}{}"


def takes(
    page: Annotated[str | None, Parameter(help=TAKES.arguments[0].help)] = None,
    *,
    json: Annotated[bool, Parameter(negative="", help="JSON, for programs.")] = False,
) -> None:
    """Lists the takes of the piece that plays; its help is in `app.py`."""
    text, found = _report(TAKES.name, [] if page is None else [page], TakePage)
    if json:
        _print([text])
        return
    _print([_ROW.format("take", "for", "seconds", "made (UTC)", "").rstrip(), *map(_line, found.takes)])
    if found.pages > 1:
        _print([f"page {found.page} of {found.pages}, {found.stored} takes"])


def take(
    number: Annotated[str, Parameter(name="TAKE", help=TAKE.arguments[0].help)],
    /,
    *,
    json: Annotated[bool, Parameter(negative="", help="JSON, for programs.")] = False,
) -> None:
    """Shows one take of the piece that plays; its help is in `app.py`."""
    from gesturesynth.cli.figure_text import figure_lines  # noqa: PLC0415 - help does not wait for it

    text, found = _report(TAKE.name, [number], TakeReport)
    if json:
        _print([text])
        return
    if found.mean_pose:
        figure = figure_lines(found.mean_pose, found.width, found.height)
        _print(
            [_line(found.take), f"{found.poses} pose{'s' * (found.poses != 1)} with a body; their mean:", "", *figure]
        )
    else:
        _print([_line(found.take), "imported, without skeletons"])


def _report(name: str, values: list[str], kind: type[T]) -> tuple[str, T]:
    with remote.command_client() as client:
        answer = client.ask(call(name, values, COMMAND_LINE))
    if not answer.ok:
        raise GestureSynthError(answer.text)
    try:
        return answer.report, msgspec.json.decode(answer.report, type=kind)
    except msgspec.MsgspecError as error:
        raise GestureSynthError(
            f"the answer cannot be read ({error}): start the Gesture Synth that runs again"
        ) from error


def _line(listed: ListedTake) -> str:
    state = state_text(deleted=listed.deleted, off=not listed.on, trimmed=listed.trimmed)
    return _ROW.format(listed.id, listed.target, f"{listed.length_s:.1f}", made_text(listed.made), state).rstrip()


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
