"""`gesturesynth service ...`: the system service of this computer.

`app` is mounted by `cli/app.py`.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Group, Parameter

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.search_paths import system_program
from gesturesynth.ops.install.layout import OPTIONAL, PROCESSES, TARGET, Layout, unit
from gesturesynth.ops.install.systemctl import UnitState, require_systemd, states

app = App(
    name="service",
    help="Installs, removes and looks after the system service: it starts with this computer, and watches itself.",
    help_format="plaintext",
    group_commands=Group("The system service"),
)

Root = Annotated[
    Path | None,
    Parameter(help="Write below this folder instead of /, and touch nothing but files: for images and packages."),
]
LINES: Final = 50
OPTIONAL_UNITS: Final = tuple(map(unit, OPTIONAL))


@app.command
def install(
    *,
    jack: Annotated[
        bool | None,
        Parameter(
            help="A JACK server for a sound card of its own, or none. Left as it is by default.", show_default=False
        ),
    ] = None,
    start: Annotated[bool, Parameter(help="Start it now; restart it where something has changed.")] = True,
    root: Root = None,
) -> int:
    """Installs this Gesture Synth as a service, or replaces an older one. A second time it changes nothing.

    What was taught, settings and presets stay as they are. Exit code 1: something does not run, though it has the
    devices that it needs.
    """
    from gesturesynth.ops.install.install import InstallOptions  # noqa: PLC0415 - help does not wait for it
    from gesturesynth.ops.install.install import install as install_it  # noqa: PLC0415 - likewise

    layout = _layout(root)
    good = install_it(layout, InstallOptions(jack, start), _print)
    if not layout.staged:
        _print(f"done: settings are in {layout.config}; `gesturesynth service status` tells how it does")
    return 0 if good else 1


@app.command
def uninstall(
    *,
    purge: Annotated[
        bool, Parameter(negative="", help="Also remove settings, presets, everything that was taught, and the users.")
    ] = False,
    yes: Annotated[bool, Parameter(negative="", help="To --purge: yes, everything.")] = False,
    root: Root = None,
) -> None:
    """Stops the service and removes it. Settings, presets and what was taught stay, unless --purge is given."""
    from gesturesynth.ops.install.uninstall import uninstall as uninstall_it  # noqa: PLC0415 - help does not wait for it

    layout = _layout(root)
    if purge and not yes:
        raise UserError(
            f"--purge removes {layout.config} and {layout.state}, with everything that was taught, for good. Give "
            "--yes, too, if that is meant"
        )
    uninstall_it(layout, _print, purge=purge)


@app.command
def status() -> int:
    """Tells what is installed, what systemd says of it, and what `gesturesynth status` says. Exit code 0: healthy."""
    from rich.console import Console  # noqa: PLC0415 - help does not wait for it
    from rich.table import Table  # noqa: PLC0415 - likewise

    from gesturesynth.cli import status as status_cli  # noqa: PLC0415 - likewise

    require_systemd()
    layout = Layout()
    found = states([TARGET, *(unit(process) for process in (*PROCESSES, *OPTIONAL))])
    if not found[0].loadable:
        raise GestureSynthError(
            "the service is not installed on this computer: `sudo gesturesynth service install` does that"
        )
    console = Console(width=None if sys.stdout.isatty() else 1000, highlight=False, markup=False)
    version = layout.current.readlink().name if layout.current.is_symlink() else "its program is missing"
    console.print(f"installed: {version} in {layout.program}; {boot_text(found[0])}")
    table = Table(box=None, pad_edge=False, show_header=False)
    for row in rows(found[1:]):
        table.add_row(*row)
    console.print(table)
    sys.stdout.flush()
    if found[0].active != "active":
        raise GestureSynthError(f"the service does not run: `sudo systemctl start {TARGET}` starts it")
    return status_cli.status()


def boot_text(target: UnitState) -> str:
    """Whether it starts with the computer."""
    if target.enabled == "enabled":
        return "starts with this computer"
    return f"does not start with this computer (`sudo systemctl enable {TARGET}`)"


def rows(units: Sequence[UnitState]) -> list[tuple[str, ...]]:
    """A line for each unit: name, state, process, restarts, since when, its own status text."""
    lines: list[tuple[str, ...]] = []
    for one in units:
        if one.name in OPTIONAL_UNITS and one.enabled != "enabled" and one.active == "inactive":
            continue  # it is not enabled
        state = one.sub if one.loadable else one.loaded
        process = f"pid {one.pid}" if one.pid else ""
        again = f"restarts: {one.restarts}" if one.restarts else ""
        lines.append((one.name, state, process, again, f"since {one.since}" if one.since else "", one.text))
    return lines


@app.command
def logs(
    process: Annotated[
        str | None, Parameter(help=f"One of {', '.join((*PROCESSES, *OPTIONAL))}; all by default.")
    ] = None,
    *,
    follow: Annotated[bool, Parameter(name=["--follow", "-f"], negative="", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, Parameter(name=["--lines", "-n"], help="So many of the newest.")] = LINES,
) -> None:
    """Shows what the service has written to the journal."""
    command = journal_command(process, follow=follow, lines=lines)
    require_systemd()
    journalctl = system_program(command[0])
    if not journalctl:
        raise GestureSynthError("there is no program 'journalctl' on this computer")
    sys.stdout.flush()
    os.execv(journalctl, command)  # noqa: S606 - it replaces this process: keys and pager are its own


def journal_command(process: str | None, *, follow: bool, lines: int) -> list[str]:
    """The command line of journalctl.

    Raises:
        UserError: there is no such process, or a number that is none.
    """
    known = (*PROCESSES, *OPTIONAL)
    if process is not None and process not in known:
        raise UserError(f"there is no process '{process}'; allowed are {', '.join(known)}")
    if lines < 0:
        raise UserError(f"--lines: {lines}; allowed are 0 and more")
    units = [f"--unit={unit(one)}" for one in ((process,) if process else known)]
    requested = ["journalctl", "--no-hostname", f"--lines={lines}", *units]
    return [*requested, "--follow"] if follow else requested


def _layout(root: Path | None) -> Layout:
    """Where to work.

    Raises:
        UserError: this computer's own files, without systemd, or without the right to change them.
    """
    if root is not None:
        return Layout(root.absolute())
    require_systemd()
    if os.geteuid() != 0:
        raise UserError(f"this takes an administrator: sudo {shlex.join([_program(), *sys.argv[1:]])}")
    return Layout()


def _program() -> str:
    """This program, as sudo finds it."""
    found = Path(sys.argv[0])
    return str(found.absolute()) if found.exists() else shutil.which("gesturesynth") or "gesturesynth"


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
