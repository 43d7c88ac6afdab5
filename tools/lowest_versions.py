"""Prints the lowest versions that pyproject.toml allows, as constraints for pip: `numpy==2.2`. See `.ci/versions`.

A lower bound is true only when it was tried, so each dependency has one, and one that was published.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

ROOT: Final = Path(__file__).parents[1]


def lowest(dependencies: list[str]) -> Iterator[str]:
    """A constraint for each dependency.

    Raises:
        ValueError: one has no lower bound.
    """
    for text in dependencies:
        asked = Requirement(text)
        bounds = [bound.version for bound in asked.specifier if bound.operator in (">=", "==", "~=")]
        if len(bounds) != 1:
            raise ValueError(f"{text} in pyproject.toml has no lower bound: write one, such as `{asked.name}>=1.2`")
        yield f"{asked.name}=={bounds[0]}"


def declared() -> list[str]:
    """What the project depends on, as pyproject.toml has it, with what its extras need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]


def main() -> int:
    """Prints them."""
    for line in lowest(declared()):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
