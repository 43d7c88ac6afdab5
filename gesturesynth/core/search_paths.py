"""Where programs and modules are looked for: in fixed folders, and never in the current one.

A file in the current folder (a `http.py`, a `gcc`) must not be run by accident. It can come in by
Python's module path (`python -m` puts the current folder first), and by entries of PATH, PYTHONPATH and LD_LIBRARY_PATH
that are relative, or empty because of a colon at the end. So each process cleans its own search paths first of all,
and those that it starts are started with clean ones, and with Python's safe path (`-P`).

Some imported libraries start programs: MediaPipe brings one that asks `gcc` and `ld` for PortAudio.
Processes that start no programs by name call `forbid_programs` before they import such libraries.

This is the first of our modules to be imported, when the module path is not clean yet: it imports only what Python has
loaded by itself (hence no `typing`, no `pathlib`).
"""

import os
import sys

SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
"""Where programs of the system are; only an administrator can add files there."""
SYSTEM_PATH = os.pathsep.join(SYSTEM_FOLDERS)
NO_PROGRAMS = "/nonexistent"
"""A PATH in which nothing is found. Not an empty one: that means the current folder."""
CLEANED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")


def secure_this_process() -> None:
    """Takes the current folder out of every search path of this process. The first thing that a program calls.

    Python's own first entry goes, too: it is the current folder after `python -m`, else the folder of the script.
    """
    if not sys.flags.safe_path and sys.path:
        del sys.path[0]
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - no pathlib
    for entry in filter(_is_relative, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        folder = os.path.abspath(entry)  # noqa: PTH100 - as Python has made it
        if folder != own and folder in sys.path:
            sys.path.remove(folder)
    os.environ.update(_cleaned(dict(os.environ)))
    for name in CLEANED[1:]:
        if not os.environ.get(name):
            os.environ.pop(name, None)
    os.environ["PYTHONSAFEPATH"] = "1"


def forbid_programs() -> None:
    """From here on this process, and the libraries in it, find no program by its name."""
    os.environ["PATH"] = NO_PROGRAMS


def python_command(*arguments: str) -> list[str]:
    """This Python with some arguments, looking for modules where they are installed and nowhere else."""
    return [sys.executable, "-P", *arguments]


def child_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a process that is started: this one's, clean, with `extra` in addition."""
    environment = dict(os.environ)
    environment.update(_cleaned(environment))
    return environment | {"PYTHONSAFEPATH": "1"} | (extra or {})


def system_program(name: str) -> str | None:
    """The absolute path of a program of the system, or None where there is none."""
    for folder in SYSTEM_FOLDERS:
        path = os.path.join(folder, name)  # noqa: PTH118 - no pathlib
        if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113 - no pathlib
            return path
    return None


def _cleaned(environment: dict[str, str]) -> dict[str, str]:
    """The search paths in an environment without relative entries; PATH is never empty."""
    clean = {
        name: os.pathsep.join(entry for entry in environment[name].split(os.pathsep) if not _is_relative(entry))
        for name in CLEANED
        if name in environment
    }
    if not clean.get("PATH"):
        clean["PATH"] = SYSTEM_PATH
    return clean


def _is_relative(entry: str) -> bool:
    return not os.path.isabs(entry)  # noqa: PTH117 - no pathlib


class ProgramsForbidden:
    """A context manager in which this process, and the libraries in it, find no program by its name."""

    def __enter__(self) -> None:
        """Sets a PATH in which nothing is found."""
        self._path = os.environ.get("PATH")
        forbid_programs()

    def __exit__(self, *_: object) -> None:
        """Restores PATH."""
        if self._path is None:
            del os.environ["PATH"]
        else:
            os.environ["PATH"] = self._path
