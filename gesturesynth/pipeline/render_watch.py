"""`gesturesynth render` runs in a child process, so that a crash of native code ends in a message and leaves no files.

pyo, MediaPipe and OpenCV are native code: a fault in them ends their process with a signal, which no `except` sees. The
parent does nothing but start the same command once more, pass signals on, and wait. It imports nothing large.

The rule for files: a rendering replaces its target only when it is complete. Until then it is in a hidden file beside
its target (`partial_path`), which is removed in every case; the former target stays.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from gesturesynth.core.search_paths import child_environment, python_command

PARENT: Final = "GESTURESYNTH_RENDER_PARENT"
"""In the child's environment: the id of the process that waits for it."""
SIGNAL_DELAY_S: Final = 0.5
"""Ctrl-C in a terminal reaches both processes. The child has this time to end before the signal is sent to it."""
INTERRUPTED: Final = 130
CRASHED: Final = 1
_TARGETS: Final = ("--out", "--csv", "--picture")
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


def partial_path(target: Path, pid: int) -> Path:
    """Where the process `pid` writes what will be `target` once it is complete."""
    return target.with_name(f".{target.name}.{pid}.part")


def is_render_command(arguments: Sequence[str]) -> bool:
    """Whether a command line is a rendering, and this process the parent that watches it.

    Args:
        arguments: the command line, without the program.
    """
    return arguments[:1] == ["render"] and os.environ.get(PARENT) != str(os.getppid())


def end_with_parent() -> None:
    """In the child: has Linux end this process when the parent is killed. Does nothing on other systems."""
    if sys.platform == "linux" and os.environ.get(PARENT) == str(os.getppid()):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def orphaned() -> bool:
    """In the child: whether the parent has ended.

    A signal alone would not do: where it comes inside a call-back of native code, Python drops the exception that it
    raises.
    """
    parent = os.environ.get(PARENT)
    return parent is not None and parent != str(os.getppid())


def run(arguments: Sequence[str]) -> int:
    """Runs a rendering in a child process and waits for it; returns the exit code.

    Args:
        arguments: the command line, without the program.
    """
    requested: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        requested.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    child = subprocess.Popen(
        python_command("-m", "gesturesynth", *arguments), env=child_environment({PARENT: str(os.getpid())})
    )
    passed_on = 0
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = child.wait(SIGNAL_DELAY_S)
            break
        if len(requested) > passed_on:
            passed_on = len(requested)
            child.send_signal(requested[-1])
    if code:
        for target in output_files(arguments):
            with contextlib.suppress(OSError):
                partial_path(target, child.pid).unlink()
    if code >= 0:
        return code
    stopped = bool(requested) or -code in (signal.SIGINT, signal.SIGTERM)
    print(f"gesturesynth: {'stopped' if stopped else signal_message(-code)}", file=sys.stderr)  # noqa: T201 - a command line
    return INTERRUPTED if stopped else CRASHED


def output_files(arguments: Sequence[str]) -> list[Path]:
    """The files that a command line names as targets."""
    found = []
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        flag, equals, value = word.partition("=")
        if flag in _TARGETS:
            found.append(value if equals else following)
    return [Path(name) for name in found if name]


def signal_message(number: int) -> str:
    """The message about a rendering that a signal has ended."""
    name = signal.strsignal(number) or "unknown"
    if number == signal.SIGKILL:
        why = "it was killed, by a person or because the computer ran out of memory"
    else:
        why = "a fault in native code (audio or vision library), not in your preset or source; trying again may help"
    return (
        f"the rendering was ended by signal {number} ({name}): {why}. Nothing was written; what was there before is "
        "unchanged."
    )
