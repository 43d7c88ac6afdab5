"""The bounds of pyproject.toml, as the job with the lowest versions takes them (`make test-lowest`)."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tools.lowest_versions import ROOT, declared, lowest


def test_every_dependency_has_a_lowest_version_and_the_lock_is_within_the_bounds() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {
        name.lower(): Version(version) for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE)
    }
    for text, line in zip(declared(), lowest(declared()), strict=True):
        requested = Requirement(text)
        name, _, version = line.partition("==")
        assert name == requested.name
        assert Version(version) <= locked[name.lower()]
        assert requested.specifier.contains(locked[name.lower()]), text


def test_a_dependency_without_a_lower_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="no lower bound"):
        list(lowest(["numpy<3"]))
    assert list(lowest(["mediapipe>=1.2.2,<1.3", "numpy~=2.2"])) == ["mediapipe==1.2.2", "numpy==2.2"]
