"""The program of the system service: a complete copy of this one, independent of any checkout and home folder.

Every version is a folder of its own, `/opt/gesturesynth/VERSION-HASH`, with an environment made from a Python that the
service's users can reach. Nothing is downloaded: the packages are copied from the environment that this program runs
in. The copy is tested before the link `/opt/gesturesynth/current` is moved to it in one step. The previous version
stays.
"""

from __future__ import annotations

import compileall
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import gesturesynth
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.search_paths import NO_PROGRAMS, child_environment
from gesturesynth.ops.install.files import FileInstaller
from gesturesynth.ops.install.layout import MODE, PROGRAM_MODE, Layout, parts_dir

NAME: Final = "gesturesynth"
UNFINISHED_PREFIX: Final = ".making-"
"""Prefix of a version's folder until it is complete."""
INSTALLED_AT: Final = Path("/opt/gesturesynth")
HIDDEN_FOLDERS: Final = tuple(map(Path, ("/home", "/root", "/run", "/tmp", "/var/tmp")))  # noqa: S108 - nothing is put there
"""Folders that a service cannot see, or in whose place it sees others."""
PYTHON: Final = f"python{sys.version_info.major}.{sys.version_info.minor}"
IMPORT_TEST: Final = "import gesturesynth.cli.app, gesturesynth.conductor.process, cv2, mediapipe, pyo, sklearn, zmq"
IMPORT_TEST_S: Final = 120.0

ENTRY: Final = """\
#!{python} -P
import sys

from gesturesynth.__main__ import main

sys.exit(main())
"""


def packages() -> Path:
    """The folder of the packages of this program's environment.

    Raises:
        UserError: it does not run in an environment.
    """
    if sys.prefix == sys.base_prefix:
        raise UserError(
            f"this Gesture Synth runs straight from {sys.prefix}, together with other programs, and cannot be copied "
            "from there: install it into an environment of its own (`python3 -m venv`, or `make setup` in a checkout), "
            "and call that one"
        )
    return Path(sysconfig.get_path("purelib"))


def interpreter(candidates: tuple[Path, ...] | None = None) -> Path:
    """A Python of the same version as this one that services can reach.

    Args:
        candidates: paths to try; by default the base of this environment, then the system's.

    Raises:
        UserError: there is none.
    """
    own = Path(sys.base_prefix) / "bin" / PYTHON
    tried = candidates or (own, Path("/usr/bin") / PYTHON, Path("/usr/local/bin") / PYTHON)
    for candidate in tried:
        if reachable(candidate) and _can_make_environments(candidate):
            return candidate
    raise UserError(
        f"the services need {PYTHON} where their users can reach it, and none is in "
        f"{', '.join(str(path.parent) for path in tried)}. (Home folders are hidden from services.) Install it, for "
        f"instance with `apt install {PYTHON}`, or set up Gesture Synth with a Python that the system has."
    )


def reachable(path: Path) -> bool:
    """Whether every user may run this file, also a user from whom home and temporary folders are hidden."""
    try:
        real = path.resolve(strict=True)
        through = (real, *real.parents, *path.absolute().parents)
        return not any(place in through for place in HIDDEN_FOLDERS) and all(
            place.stat().st_mode & 0o001 for place in through
        )
    except OSError:
        return False


def _can_make_environments(python: Path) -> bool:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    script = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        requested = subprocess.run(
            [python, "-I", "-c", script],
            env=child_environment(),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return requested.returncode == 0 and requested.stdout.strip() == version


def version_name(python: Path) -> str:
    """The name of this version's folder: the version, and a hash of everything that it consists of.

    That is the code, presets and units of Gesture Synth, the names and versions of all other packages, and the Python.
    """
    total = hashlib.sha256(f"{python}\n".encode())
    for found in sorted(packages().glob("*.dist-info")):
        if not _is_pip(found.name):
            total.update(f"{found.name}\n".encode())
    # By their names in an installed package: a checkout and the package installed from it are the same version.
    files = {folder / file.relative_to(at): file for folder, at in _own_folders().items() for file in _files(at)}
    for name, file in sorted(files.items()):
        total.update(f"{name}\n".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return f"{gesturesynth.__version__}-{total.hexdigest()[:8]}"


def _is_pip(name: str) -> bool:
    return name == "pip" or (name.startswith("pip-") and name.endswith(".dist-info"))


def _own_folders() -> dict[Path, Path]:
    """The folders of Gesture Synth's own files, by their place in an installed package."""
    return {
        Path(): Path(gesturesynth.__file__).parent,
        Path("presets"): paths.presets_dir(),
        Path("systemd"): parts_dir(),
    }


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def install_program(layout: Layout, python: Path, installer: FileInstaller) -> bool:
    """Makes this version the one that the services run.

    Args:
        layout: where to install it.
        python: from `interpreter`.
        installer: makes the changes.

    Returns:
        Whether another version, or none, was the current one before.

    Raises:
        UserError: there is no space, or no environment to copy from.
        GestureSynthError: the copy does not work.
    """
    source = packages()
    name = version_name(python)
    installer.folder(layout.program)
    with _exclusive_lock(layout.program):
        for leftover in layout.program.glob(f"{UNFINISHED_PREFIX}*"):  # of an installation that was interrupted
            shutil.rmtree(leftover)
        version = layout.program / name
        former = layout.current.resolve() if layout.current.exists() else None
        if version.is_dir():
            installer.unchanged(f"the program, {version}")
        else:
            _make_version(source, python, version)
            installer.changed(f"copied the program to {version} ({PYTHON} of {python.parent})")
        changed = installer.link(layout.current, Path(name))
        if changed:
            _remove_old_versions(layout.program, keep={version, former or version}, installer=installer)
    return changed


def _make_version(source: Path, python: Path, version: Path) -> None:
    size = sum(file.stat().st_size for file in source.rglob("*") if file.is_file())
    free = shutil.disk_usage(version.parent).free
    if free < size * 1.1:
        raise UserError(
            f"the program takes {size / 1e6:.0f} MB, and {version.parent} has {free / 1e6:.0f} MB left: make room there"
        )
    with tempfile.TemporaryDirectory(prefix=UNFINISHED_PREFIX, dir=version.parent) as place:
        fresh = Path(place) / version.name
        try:
            subprocess.run(
                [python, "-I", "-m", "venv", "--without-pip", fresh],
                env=child_environment(),
                check=True,
                capture_output=True,
                text=True,
            )
        except subprocess.CalledProcessError as error:
            raise GestureSynthError(f"{python} cannot make an environment: {error.stderr.strip()}") from error
        for script in (fresh / "bin").iterdir():
            if not script.is_symlink():  # activate and similar scripts are not needed
                script.unlink()
        site = fresh / "lib" / PYTHON / "site-packages"
        _copy_packages(source, site)
        entry = fresh / "bin" / NAME
        entry.write_text(ENTRY.format(python=INSTALLED_AT / version.name / "bin" / "python"), encoding="utf-8")
        libexec = fresh / "libexec"
        libexec.mkdir()
        shutil.copy(parts_dir() / "pace", libexec)
        _make_readable(fresh)
        entry.chmod(PROGRAM_MODE)
        (libexec / "pace").chmod(PROGRAM_MODE)
        _check_imports(fresh)
        fresh.rename(version)


def _copy_packages(source: Path, site: Path) -> None:
    """Copies our own package, then all others, except pip and the links of a checkout into its environment."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        if Path(folder) != source:
            return set()
        return {n for n in names if n == NAME or _is_pip(n) or (n.endswith(".pth") and NAME in n)}

    caches = shutil.ignore_patterns("__pycache__")
    for name, folder in _own_folders().items():  # first: the others take long, and a checkout may be edited meanwhile
        shutil.copytree(folder, site / NAME / name, ignore=caches, dirs_exist_ok=True)
    shutil.copytree(source, site, ignore=left_out, symlinks=True, dirs_exist_ok=True)
    compileall.compile_dir(site / NAME, quiet=2)


def _make_readable(folder: Path) -> None:
    """Lets all users read the files, whatever the umask was when they were made; only their owner may write."""
    folder.parent.chmod(PROGRAM_MODE)
    for path, folders, files in os.walk(folder):
        Path(path).chmod(PROGRAM_MODE)
        for name in (*folders, *files):
            file = Path(path) / name
            if not file.is_symlink() and file.is_file():
                file.chmod(PROGRAM_MODE if file.stat().st_mode & 0o100 else MODE)


def _check_imports(fresh: Path) -> None:
    """Imports the main modules in the copy, so that a broken copy never replaces one that works.

    Raises:
        GestureSynthError: they cannot be imported, or not in time.
    """
    command = [str(fresh / "bin" / "python"), "-I", "-B", "-c", IMPORT_TEST]
    try:
        subprocess.run(
            command,
            env=child_environment({"PATH": NO_PROGRAMS}),
            check=True,
            capture_output=True,
            text=True,
            timeout=IMPORT_TEST_S,
        )
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["it wrote nothing"])[-1]
        raise GestureSynthError(
            f"the copy of the program does not work ({last}), so what was installed before stays. Set this one up "
            "again (`make setup` in a checkout), and try again."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise GestureSynthError(f"the copy of the program did not load within {IMPORT_TEST_S:g} s") from error


def _remove_old_versions(program: Path, keep: set[Path], installer: FileInstaller) -> None:
    """Removes older versions, but keeps the previous one, so that it can be used again."""
    for path in sorted(program.iterdir()):
        if (
            not path.is_symlink()
            and (path / "pyvenv.cfg").is_file()
            and path.resolve() not in {kept.resolve() for kept in keep}
        ):
            installer.remove(path)


@contextmanager
def _exclusive_lock(folder: Path) -> Iterator[None]:
    """Waits for the end of another installation, and lets no other begin meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
