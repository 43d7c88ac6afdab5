"""`gesturesynth evaluate` and `gesturesynth advise`: how good a mapping is, and what to record next."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import Parameter

from gesturesynth.cli import remote
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.runtime.reports import Advice, Evaluation

if TYPE_CHECKING:
    from gesturesynth.config.preset.model import Preset
    from gesturesynth.pipeline.example_library import ExampleLibrary

NICENESS: Final = 10


class _Reports(msgspec.Struct, frozen=True):
    """The part of the state that is used here."""

    preset: str = ""
    evaluation: Evaluation | None = None
    advice: Advice | None = None


def evaluate(
    *sets: Annotated[str, Parameter(help="With --features: a feature set, such as right_wrist.height,lean.")],
    preset_: Annotated[
        str, Parameter(name=["--preset", "-p"], help="A name or a YAML file; else the one that plays.")
    ] = "",
    features: Annotated[
        bool, Parameter(negative="", help="Compare feature sets, those that are named or the usual ones.")
    ] = False,
    factory: Annotated[bool, Parameter(negative="", help="The examples that come with the preset.")] = False,
    json: Annotated[bool, Parameter(negative="", help="JSON, for programs.")] = False,
) -> None:
    """Judges takes of a preset; its help is in `app.py`."""
    if sets and not features:
        raise UserError(f"to compare the features {sets[0]} with those of the preset, say `--features {sets[0]}`")
    if factory and not preset_:
        raise UserError("say whose factory examples: gesturesynth evaluate --factory --preset theremin")
    if not preset_ and not features:
        found = _running_evaluation()
        _print_report(found, json=json)
        return
    from gesturesynth.config.preset import loader  # noqa: PLC0415 - help does not wait for it

    piece = loader.load(loader.find(preset_ or _running_preset()))
    os.nice(NICENESS)
    if features:
        _compare(piece, sets, json=json, factory=factory)
    else:
        _evaluate(piece, json=json, factory=factory)


def advise(*, json: Annotated[bool, remote.JSON] = False) -> int:
    """Says what to record next; its help is in `app.py`."""
    if json:
        return remote.run_command(call("advise", [], COMMAND_LINE), json=True)
    with remote.command_client() as client:
        answer = client.ask(call("advise", [], COMMAND_LINE))
    if not answer.ok:
        raise GestureSynthError(answer.text)
    from gesturesynth.cli.evaluation_report import wrapped  # noqa: PLC0415 - numpy is not waited for by `--json`
    from gesturesynth.cli.figure_text import figure_lines  # noqa: PLC0415 - likewise

    advice = _reports(answer.state).advice
    _print_lines(wrapped(answer.text))
    if advice and advice.landmarks:
        _print_lines(["", *figure_lines(advice.landmarks, advice.width, advice.height)])
    return 0


# ------------------------------------------------------------------------------------------------- what is not running
def _evaluate(piece: Preset, *, json: bool, factory: bool) -> None:
    from gesturesynth.mapping.learning.evaluation import evaluate as evaluate_job  # noqa: PLC0415 - see above
    from gesturesynth.pipeline.evaluation_job import evaluation_job  # noqa: PLC0415 - see above

    if factory:
        _print_report(evaluate_job(evaluation_job(piece, None, {})), json=json)
        return
    library = _library(piece)
    try:
        job = evaluation_job(piece, library.examples(piece), library.targets(piece))
    finally:
        library.close()
    _print_report(evaluate_job(job), json=json)


def _compare(piece: Preset, sets: tuple[str, ...], *, json: bool, factory: bool) -> None:
    from gesturesynth.cli.evaluation_report import choice_lines  # noqa: PLC0415 - see above
    from gesturesynth.pipeline.evaluation_job import compare_features, feature_sets  # noqa: PLC0415 - see above

    if factory:
        raise UserError("factory examples are numbers without skeletons: other features cannot be computed from them")
    wanted = [tuple(name.strip() for name in one.split(",") if name.strip()) for one in sets]
    compared = feature_sets(piece, wanted)
    library = _library(piece)
    try:
        choice = compare_features(piece, compared, library.examples, library.targets(piece), _say)
    finally:
        library.close()
    if json:
        _print_lines([msgspec.json.encode(choice).decode()])
    else:
        _print_lines(choice_lines(choice))


def _library(piece: Preset) -> ExampleLibrary:
    """The takes of a preset. Raises UserError where there are none; no file is made."""
    from gesturesynth.mapping.examples.store import store_path  # noqa: PLC0415 - see above
    from gesturesynth.pipeline.example_library import ExampleLibrary  # noqa: PLC0415 - see above

    library = ExampleLibrary(lambda: datetime.now(UTC))
    if store_path(piece.key).exists() and library.targets(piece):
        return library
    library.close()
    raise UserError(
        f"'{piece.name}' has no takes yet: record three of each snapshot or class. "
        "`--factory` judges the examples that come with it."
    )


def _say(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{text} ...\n")


# ------------------------------------------------------------------------------------------------------ what is running
def _running_evaluation() -> Evaluation:
    with remote.command_client() as client:
        answer = client.ask(call("evaluate", [], COMMAND_LINE), wait=True)
        if answer.ok:
            answer = client.ended(answer.number)
    if not answer.ok:
        raise GestureSynthError(answer.text)
    found = _reports(answer.state).evaluation
    if found is None:
        raise GestureSynthError(f"{answer.text} There is no report of it.")
    return found


def _running_preset() -> str:
    from gesturesynth.control.command_socket import NothingRunning  # noqa: PLC0415 - see above

    try:
        with remote.command_client() as client:
            return _reports(client.ask(None).state).preset
    except NothingRunning as error:
        raise UserError(
            "say which preset, such as: gesturesynth evaluate --features --preset theremin (nothing runs now)"
        ) from error


def _reports(state: str) -> _Reports:
    try:
        return msgspec.json.decode(state, type=_Reports)
    except msgspec.MsgspecError as error:
        raise GestureSynthError(
            f"the answer cannot be read ({error}): start the Gesture Synth that runs again"
        ) from error


def _print_report(found: Evaluation, *, json: bool) -> None:
    from gesturesynth.cli.evaluation_report import evaluation_lines  # noqa: PLC0415 - see above

    _print_lines([msgspec.json.encode(found).decode()] if json else evaluation_lines(found))


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
