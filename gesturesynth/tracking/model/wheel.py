"""Downloads one exact file from the Python package registry, through pip with the settings of this user.

pip handles proxies, mirrors and certificates as the user configured them, and checks the SHA-256 of the file
(hash-checking mode). The wheel is never installed or imported: it may be for another Python and system.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.search_paths import child_environment, python_command

ATTEMPTS: Final = 3
"""pip repeats refused connections by itself; these are for transfers that were interrupted or damaged."""

PIP_RETRIES: Final = 2
PIP_TIMEOUT_S: Final = 20
LONGEST_S: Final = 900
"""Limit of one attempt: 36 MB at 0.3 Mbit/s."""


@dataclass(frozen=True)
class Wheel:
    """One wheel file, identified by its hash.

    Attributes:
        project, version: as the registry names it.
        sha256: of the whole file, hexadecimal.
        python_version, abi, platform: the tags pip selects the file by.
    """

    project: str
    version: str
    sha256: str
    python_version: str
    abi: str
    platform: str


def download(wheel: Wheel, folder: Path) -> Path:
    """Downloads a wheel into an existing folder and returns its path. On a terminal, pip draws its progress bar.

    Raises:
        GestureSynthError: it could not be downloaded; the message ends with that of pip.
    """
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{wheel.project}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    pip = _pip()
    command = [
        *pip,
        "download",
        *("--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", wheel.python_version),
        *("--abi", wheel.abi, "--platform", wheel.platform, "--require-hashes", "--requirement", str(requirements)),
        *("--dest", str(folder), "--no-cache-dir", "--disable-pip-version-check", "--no-input"),
        *("--retries", str(PIP_RETRIES), "--timeout", str(PIP_TIMEOUT_S)),
        *("--progress-bar", "on" if sys.stderr.isatty() else "off"),
    ]
    text = ""
    for _ in range(ATTEMPTS):
        text = _run(command)
        if found := next(folder.glob("*.whl"), None):
            return found
    raise GestureSynthError(
        f"{wheel.project} {wheel.version} could not be downloaded in {ATTEMPTS} attempts with "
        f"`{' '.join(command[: command.index('download')])} download`; the last one said: {text}"
    )


def _pip() -> Sequence[str]:
    """The command of pip: this Python's own, or one on the PATH (any can download a wheel for another system)."""
    own = python_command("-m", "pip")
    probe = subprocess.run([*own, "--version"], env=child_environment(), capture_output=True, check=False)
    if probe.returncode == 0:
        return own
    for name in ("pip3", "pip"):
        if found := shutil.which(name, path=child_environment()["PATH"]):
            return [found]
    raise GestureSynthError(f"there is no pip, neither in this Python ({sys.executable}) nor on the PATH")


def _run(command: Sequence[str]) -> str:
    """Runs pip; returns its errors, or an empty text. Its progress bar goes to our standard error on a terminal."""
    shown = sys.stderr.isatty()
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr if shown else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=LONGEST_S,
            check=False,
            # Requirements in the user's own pip settings would be added to ours.
            env={
                name: value
                for name, value in child_environment().items()
                if name not in ("PIP_REQUIREMENT", "PIP_CONSTRAINT")
            },
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {LONGEST_S // 60} minutes"
    except OSError as error:
        return f"pip could not be started ({error.strerror})"
    if done.returncode == 0:
        return ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
    return " ".join(errors)[-600:] or f"nothing (exit code {done.returncode})"
