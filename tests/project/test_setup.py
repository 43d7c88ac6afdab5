"""`.ci/setup`: what it prints, what it leaves alone, and what it does about a moved checkout. Real shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tools.reference_pages import ROOT

pytestmark = pytest.mark.slow("virtual environments")

PARTS = (".ci", "gesturesynth", "presets", "systemd", "pyproject.toml", "README.md", "LICENSE")
LOCKS = ("requirements.lock", "requirements-dev.lock")
USED = ("bash", "cat", "cd", "cksum", "dirname", "env", "id", "mktemp", "rm", "sed", "uname")
"""Programs that the script itself calls before it installs packages of the system."""


def checkout(folder: Path) -> Path:
    """A small copy of this checkout."""
    folder.mkdir()
    for part in (*PARTS, *LOCKS):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    return folder


def set_up(folder: Path, purpose: str = "test", **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/bash", ".ci/setup", purpose]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=110
    )


# ----------------------------------------------------------------------------------------------- packages of the system
@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of programs, as PATH of a system that lacks nearly everything."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in USED:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    (folder / "python3").symlink_to(sys.executable)
    return folder


def apt(folder: Path, text: str, code: int) -> None:
    """A package manager that says much, and then succeeds or not."""
    script = folder / "apt-get"
    script.write_text(f"#!/bin/sh\nfor line in 1 2 3 4 5 6 7 8 9; do echo '{text}' $1 $line; done\nexit {code}\n")
    script.chmod(0o755)
    # Also for who is not root: what comes behind `sudo`.
    sudo = folder / "sudo"
    sudo.write_text('#!/bin/sh\n[ "$1" = -n ] && exit 0\nexec "$@"\n')
    sudo.chmod(0o755)


def test_each_missing_package_is_named_once(tmp_path: Path, bare: Path) -> None:
    done = set_up(checkout(tmp_path / "here"), PATH=str(bare))
    assert done.returncode == 2, done.stderr
    text = done.stderr.partition("Missing from this system: ")[2].partition(" (Debian's names)")[0].split()
    assert {"tmux", "util-linux"} <= set(text), done.stderr
    assert len(text) == len(set(text)), text


def test_the_package_manager_is_quiet_unless_it_fails(tmp_path: Path, bare: Path) -> None:
    here = checkout(tmp_path / "here")
    apt(bare, "fetching", 1)
    failed = set_up(here, PATH=str(bare))
    assert failed.returncode == 1
    assert failed.stderr.count("fetching") == 9
    assert "Run this by hand, then try again" in failed.stderr
    apt(bare, "fetching", 0)
    done = set_up(here, PATH=str(bare), PYTHON="/nowhere")
    assert "Installing " in done.stderr
    assert "fetching" not in done.stderr


# -------------------------------------------------------------------------------------------- a checkout that was moved
def environment(folder: Path) -> Path:
    """A .venv as the script leaves it, with the packages of the one that runs this instead of a gigabyte of its own."""
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True, timeout=100)
    (packages,) = venv.glob("lib/python3*/site-packages")
    (packages / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n")
    stamp = "cat requirements-dev.lock pyproject.toml | cksum"
    made_from = subprocess.run(
        ["bash", "-c", stamp], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    (venv / "made-from").write_text(made_from.stdout)
    (venv / "made-for-test").touch()
    (venv / "made-in").write_text(f"{folder}\n")
    tool = venv / "bin" / "some-tool"
    tool.write_text(f"#!{venv}/bin/python\nprint('it works')\n")
    tool.chmod(0o755)
    return venv


def test_a_checkout_that_was_moved_keeps_its_packages(tmp_path: Path) -> None:
    former = checkout(tmp_path / "former")
    marked = next(environment(former).glob("lib/python3*/site-packages")) / "shared.pth"
    there_before = marked.stat().st_ino
    here = former.rename(tmp_path / "now.here")
    done = set_up(here)
    assert done.returncode == 0, done.stderr
    assert f"This checkout was at {former} before" in done.stderr
    assert "making a new" not in done.stderr
    assert (here / marked.relative_to(former)).stat().st_ino == there_before, "it was made again"
    tool = subprocess.run([here / ".venv/bin/some-tool"], capture_output=True, text=True, check=False, timeout=60)
    assert tool.stdout == "it works\n"
    requested = [str(here / ".venv/bin/python"), "-P", "-c", "import gesturesynth; print(gesturesynth.__file__)"]
    found = subprocess.run(requested, cwd="/", capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == str(here / "gesturesynth/__init__.py")
    again = set_up(here)
    assert (again.returncode, again.stderr) == (0, "")
