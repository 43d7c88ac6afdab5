"""Names and sizes of files: one name for one class, packages only, tests where their package is, files of one page."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from tools.reference_pages import ROOT

PACKAGE = ROOT / "gesturesynth"
TESTS = ROOT / "tests"
SAME_NAME: dict[str, str] = {}
"""Class names that may exist twice, each with the reason."""
OTHER_TESTS = {
    "benchmarks": "figures of the whole program",
    "end_to_end": "whole processes",
    "endurance": "every instrument for minutes of sound",
    "fault_injection": "an installed service that is broken on purpose",
    "flood": "floods of OSC",
    "examples": "the patches for other programs",
    "project": "the repository itself",
    "soak": "all processes for hours",
    "support": "the parts of the tests themselves",
    "system": "a real systemd",
    "wekinator": "sessions of Wekinator by a library for it, and broken packets",
}
"""Folders of tests that mirror no package, and what is tested there."""
LONGEST_FILE = 350
LONGEST_TEST_FILE = 400


def package_files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py"))


def test_no_two_public_classes_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in package_files():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(PACKAGE)))
    twice = {name: files for name, files in places.items() if len(files) > 1}
    assert twice.keys() - SAME_NAME.keys() == set(), twice
    assert SAME_NAME.keys() - twice.keys() == set(), "allowed, but there is one only"
    assert all(SAME_NAME.values()), "each has a reason"


def test_the_package_holds_packages_only() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}
    for folder in {path.parent for path in package_files()}:
        assert (folder / "__init__.py").is_file(), folder


def test_every_test_module_lies_in_the_folder_of_a_package() -> None:
    for path in TESTS.rglob("test_*.py"):
        folder = path.parent.relative_to(TESTS)
        assert folder.parts, f"{path.name} lies in no folder"
        if folder.parts[0] not in OTHER_TESTS:
            assert (PACKAGE / folder / "__init__.py").is_file(), f"{folder} is no package: {path.name}"
    for name in OTHER_TESTS:
        assert (TESTS / name / "__init__.py").is_file(), name
        assert not (PACKAGE / name).exists(), f"{name} is a package"


@pytest.mark.parametrize(
    ("folder", "longest"), [(PACKAGE, LONGEST_FILE), (ROOT / "tools", LONGEST_FILE), (TESTS, LONGEST_TEST_FILE)]
)
def test_no_file_is_too_long(folder: Path, longest: int) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in folder.rglob("*.py")}
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > longest} == {}
