"""Checks of software: Python, its libraries, the libraries of the system, the pose model."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, fail, good, warn
from gesturesynth.ops.doctor.probes import subprocess_report
from gesturesynth.tracking.model import download, parts

PROJECT: Final = "gesturesynth"
OLDEST: Final = (3, 11)
BEYOND: Final = (3, 14)
"""As `requires-python` in pyproject.toml has it."""
IMPORT_S: Final = 60.0
"""MediaPipe alone takes a second to import, on a slow computer with a cold disk many more."""
NAMED: Final = ("mediapipe", "opencv-contrib-python", "numpy", "pyo", "scikit-learn", "pyzmq")
"""The packages whose versions the finding names."""
LITERT: Final = "ai-edge-litert"
"""An extra: only several persons need it."""
PACKAGES: Final = {
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libjack.so.0": "libjack-jackd2-0",
}
"""Libraries of the system, and their Debian packages. MediaPipe needs the first two even without a display."""
OPTIONAL: Final = ("libjack.so.0",)


# -------------------------------------------------------------------------------------------------------------- Python
def check_python(_: Examination) -> Finding:
    """Version and architecture."""
    return judge_python(sys.version_info[:3], sys.platform, platform.machine(), 64 if sys.maxsize > 2**32 else 32)


def judge_python(version: Sequence[int], system: str, machine: str, bits: int) -> Finding:
    """Whether all libraries exist for this Python and this system."""
    found = f"Python {'.'.join(map(str, version))} on {system}, {machine}, {bits} bits"
    if not OLDEST <= tuple(version[:2]) < BEYOND:
        return fail(found, "Use Python 3.11, 3.12 or 3.13: for others there are not all libraries.")
    if bits < 64:
        return fail(found, "MediaPipe exists for 64 bits only: install a 64-bit system.")
    if system == "linux" and machine != "x86_64":
        return warn(found, "For this processor pyo has to be built from source; the rest has packages.")
    if system not in ("linux", "darwin"):
        return warn(found, "Gesture Synth was never tried on this system: use Debian 12 or Ubuntu 24.04.")
    return good(found)


# ----------------------------------------------------------------------------------------------------------- libraries
@dataclass(frozen=True)
class Libraries:
    """The installed packages.

    Attributes:
        versions: of every package that is needed, by name; empty where it is missing.
        wrong: sentences about packages that are missing, or whose version does not fit a requirement.
        owners: packages that contain the folder `cv2`.
    """

    versions: Mapping[str, str]
    wrong: Sequence[str]
    owners: Sequence[str]


def check_libraries(examination: Examination) -> Finding:
    """Every version against the requirements of the other packages, and whether the libraries can be imported."""
    names = ["cv2", "mediapipe", "numpy", "pyo", "sklearn", "scipy", "zmq"]
    imports = subprocess_report.run_probe("gesturesynth.ops.doctor.probes.imports", names, IMPORT_S)
    try:
        litert = metadata.version(LITERT)
    except metadata.PackageNotFoundError:
        litert = ""
    people = judge_people(examination.settings.camera.people, litert)
    return combine([judge_libraries(installed()), judge_imports(names, imports), *people])


def installed() -> Libraries:
    """Follows the requirements of the project to their ends, as `pip check` does."""
    versions: dict[str, str] = {}
    wrong: list[str] = []
    waiting = [(PROJECT, Requirement(PROJECT))]
    while waiting:
        wanted_by, requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        known = name in versions
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            versions[name] = ""
            wrong.append(f"{name} is missing ({wanted_by} needs it)")
            continue
        versions[name] = found.version
        try:
            fits = requirement.specifier.contains(found.version, prereleases=True)
        except InvalidVersion:
            fits = False
        if not fits:
            wrong.append(f"{name} is {found.version}, and {wanted_by} needs {requirement.specifier}")
        if not known:
            for text in found.requires or ():
                try:
                    waiting.append((name, Requirement(text)))
                except InvalidRequirement:
                    wrong.append(f"{name} has a requirement that cannot be read: {text}")
    owners = sorted(set(metadata.packages_distributions().get("cv2", ())))
    return Libraries(versions, wrong, owners)


def judge_libraries(libraries: Libraries) -> Finding:
    """Whether every package is installed, in a version that fits."""
    named = [f"{name} {libraries.versions[name]}" for name in NAMED if libraries.versions.get(name)]
    findings = [good(f"{len(libraries.versions)} libraries ({', '.join(named)})")]
    if libraries.wrong:
        findings.append(fail("; ".join(libraries.wrong), "Install again: `make setup`, or pip with the lock file."))
    if len(libraries.owners) > 1:
        findings.append(
            warn(
                f"{len(libraries.owners)} packages own OpenCV's folder: {', '.join(libraries.owners)}",
                "Uninstall all of them, then install opencv-contrib-python alone: each overwrites the others.",
            )
        )
    return combine(findings)


def judge_people(people: int, litert: str) -> list[Finding]:
    """Whether several persons can be followed, where the settings ask for it; `litert`: its version, may be empty."""
    if litert or people == 1:
        return []
    return [
        warn(
            f"{people} persons are to be followed (`camera.people`), and LiteRT is not installed",
            "Install it: `make setup`, or pip install 'gesturesynth[people]'.",
        )
    ]


def judge_imports(names: Sequence[str], report: subprocess_report.ProbeReport) -> Finding:
    """Whether the libraries can be imported, from the report of the probe."""
    results = report.facts.get("imports", {})
    findings = [
        fail(f"{name} cannot be imported: {text}", "Look at the system's libraries, then install again: `make setup`.")
        for name, text in results.items()
        if text
    ]
    untried = [name for name in names if name not in results]
    if untried:
        how = report.ended or "said nothing"
        findings.append(fail(f"importing {untried[0]} {how}", "Install it again; if that does not help, report it."))
    return combine(findings or [good("all can be imported")])


# -------------------------------------------------------------------------------------------------- the system's own
def check_system_libraries(_: Examination) -> Finding:
    """The shared libraries of the system."""
    if sys.platform != "linux":
        return good("this system brings what is needed")
    report = subprocess_report.run_probe("gesturesynth.ops.doctor.probes.imports", ["--shared", *PACKAGES], IMPORT_S)
    return judge_system_libraries(report.facts.get("shared", {}))


def judge_system_libraries(results: Mapping[str, str]) -> Finding:
    """`results` by name of the library: empty where it can be loaded, else the error."""
    missing = [name for name in PACKAGES if results.get(name, "not tried")]
    needed = [name for name in missing if name not in OPTIONAL]
    if needed:
        packages = " ".join(PACKAGES[name] for name in needed)
        return fail(f"missing: {', '.join(needed)}", f"Install them: sudo apt install {packages}")
    if missing:
        packages = " ".join(PACKAGES[name] for name in missing)
        return warn(f"missing: {', '.join(missing)}", f"To play through JACK, install: sudo apt install {packages}")
    return good(f"{len(PACKAGES)} are there")


# ------------------------------------------------------------------------------------------------------ the pose model
def check_model(examination: Examination) -> Finding:
    """The file of the pose model, by its SHA-256."""
    model = examination.settings.model
    try:
        path, state = download.state(model)
    except UserError as error:
        return fail(str(error), "Correct `model` in gesturesynth.yaml (or --model).")
    there = parts.found(paths.cache_dir() / "models").complete
    return judge_model(path, state, own=model != download.FULL, parts_there=there)


def judge_model(path: Path, state: download.State, *, own: bool, parts_there: bool = True) -> Finding:
    """Whether the model file exists and is undamaged, and whether those of hands and faces are there, too."""
    if state == "missing":
        return warn(
            f"{path} is not there yet",
            "It is fetched at the first start with a camera; `gesturesynth fetch-model` does it now, while there is a "
            "network.",
        )
    if state == "broken":
        return fail(
            f"{path} is damaged: its SHA-256 is not what it should be",
            "Fetch it again while there is a network: `gesturesynth fetch-model`. Then look at the disk.",
        )
    text = f"{path}, your own" if own else f"{path}, SHA-256 {download.BUNDLE_SHA256[:12]}... as it should be"
    missing = "" if parts_there else "; those of hands and faces are not there: `gesturesynth fetch-model` fetches them"
    return good(text + missing)
