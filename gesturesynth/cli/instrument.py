"""`gesturesynth instrument ...`: instruments, one's own among them, found, checked and levelled.

`app` is mounted by `cli/app.py`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Group, Parameter

from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, OutputFlags
from gesturesynth.cli.listing import print_rows
from gesturesynth.cli.numeric_flags import STRICT_NUMBERS
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there

if TYPE_CHECKING:
    from gesturesynth.synthesis.instruments.base import Instrument

app = App(
    name="instrument",
    help="Lists, checks and levels instruments, your own among them: Python files in the config folder's instruments/.",
    help_format="plaintext",
    group_commands=Group("Instruments"),
    default_parameter=STRICT_NUMBERS,
)

Which = Annotated[str, Parameter(help="A Python file, or a kind from `instrument list`. Its code runs.")]


@app.command(name="list")
def list_(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> int:
    """Lists all instruments and where they come from; exit code 2 where one of your own cannot be used. Runs no code.

    `gesturesynth instruments` lists their parameters.
    """
    from gesturesynth.synthesis.instruments.known import known_instruments  # noqa: PLC0415 - help does not wait for it

    known = known_instruments()
    rows: list[dict[str, Any]] = [
        {"name": kind, "origin": known.origins.get(kind, "Gesture Synth"), "about": table.about, "problem": ""}
        for kind, table in known.tables.items()
    ]
    rows += [{"name": name, "origin": "", "about": "", "problem": text} for name, text in known.broken.items()]
    shown = rows if output.json else [row for row in rows if not row["problem"]]
    print_rows(shown, output, "name", "origin", "about")
    for text in () if output.json else known.broken.values():
        print(text, file=sys.stderr)
    return UserError.exit_code if known.broken else 0


@app.command
def check(which: Which, *, output: OutputFlags = NO_OUTPUT_FLAGS) -> int:
    """Renders an instrument and says what is wrong with it; exit code 2 when something is. Takes about a minute.

    It must be audible, within 3 LU of -16 LUFS in every corner of its ranges, free of DC and of samples that are not
    numbers, react to each parameter, and be silent when its level says so.
    """
    from gesturesynth.synthesis.instrument_check import check_instrument  # noqa: PLC0415 - as above

    kind = _instrument(which)
    verdicts = []
    for verdict in check_instrument(kind):
        verdicts.append(verdict)
        if not output.json:
            print(f"{'good' if verdict.good else 'BAD '}  {verdict.name}: {verdict.found}", flush=True)
    if output.json:
        rows = [{"name": one.name, "good": one.good, "found": one.found} for one in verdicts]
        print_rows(rows, output)
    return 0 if all(verdict.good for verdict in verdicts) else UserError.exit_code


@app.command
def trim(
    which: Which,
    *parameters: Annotated[str, Parameter(help="Which parameters to level; all by default.")],
    points: Annotated[int, Parameter(help="Of each curve.")] = 5,
    seconds: Annotated[float, Parameter(help="Length of each render.")] = 4.0,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Measures the curves that make an instrument equally loud over its ranges, to paste into its file.

    They come on top of those that it has. One curve for each parameter, in dB, for `curve` and `gain` of the toolkit.
    """
    from gesturesynth.synthesis.instrument_trims import trim_curves  # noqa: PLC0415 - as above

    kind = _instrument(which)
    names = [parameter.name for parameter in kind.parameters if parameter.name != "level"]
    for name in parameters:
        if name not in names:
            raise UserError(unknown_name(name, f"a parameter of '{kind.kind}' that can be levelled", tuple(names)))
    if not 2 <= points <= 33 or not 1.0 <= seconds <= 60.0:
        raise UserError("--points takes 2 to 33, --seconds 1 to 60")
    chosen = [name for name in names if name in parameters or not parameters]
    report = (lambda _: None) if output.quiet else (lambda line: print(line, file=sys.stderr, flush=True))
    curves, whole, left = trim_curves(kind, chosen, points, seconds, report)
    for name, curve in curves.items():
        print(f"_{name.upper()}_TRIM_DB = ({', '.join(f'({at:.4g}, {db:.1f})' for at, db in curve)})")
    print(f"_TRIM_DB = {whole:.1f}")
    print(f"# what is left of differences: at most {left:.1f} dB")


def _instrument(which: str) -> type[Instrument]:
    """The class of a file or a kind."""
    from gesturesynth.synthesis.instruments import catalogue  # noqa: PLC0415 - as above
    from gesturesynth.synthesis.instruments.loading import load, load_instruments  # noqa: PLC0415 - as above
    from gesturesynth.synthesis.instruments.own import read_file  # noqa: PLC0415 - as above

    if which.endswith(".py") or os.sep in which:
        path = Path(which)
        if not is_there(path):
            raise UserError(f"{which}: there is no such file")
        return load(read_file(path.absolute()))
    if which in (shipped := catalogue()):
        return shipped[which]
    loaded = load_instruments(wanted={which})
    if which in loaded.kinds:
        return loaded.kinds[which]
    raise UserError("\n".join(loaded.problems) or unknown_name(which, "an instrument", tuple(loaded.kinds)))
