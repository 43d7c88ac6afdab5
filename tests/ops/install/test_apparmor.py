"""The AppArmor profile goes where AppArmor knows such rules, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gesturesynth.ops.install.apparmor import PROFILE, USERNS_ABI, install_profile, remove_profile
from gesturesynth.ops.install.files import FileInstaller
from gesturesynth.ops.install.layout import Layout, parts_dir


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "root")


def test_it_is_installed_once_and_removed_where_apparmor_has_rules_for_user_namespaces(layout: Layout) -> None:
    abi = layout.at(USERNS_ABI)
    abi.parent.mkdir(parents=True)
    abi.touch()
    said: list[str] = []
    installer = FileInstaller(said.append)
    install_profile(layout, installer)
    install_profile(layout, installer)
    assert layout.profile.read_bytes() == (parts_dir() / PROFILE).read_bytes()
    assert said[-2:] == [f"wrote {layout.profile}", f"as it was: {layout.profile}"]
    remove_profile(layout, installer)
    assert not layout.profile.exists()


def test_it_is_left_out_where_apparmor_is_older_or_absent(layout: Layout) -> None:
    installer = FileInstaller(print)
    install_profile(layout, installer)
    remove_profile(layout, installer)
    assert installer.changes == 0


def test_it_allows_namespaces_to_the_program_that_is_installed_and_to_nothing_that_a_user_can_put_there() -> None:
    text = (parts_dir() / PROFILE).read_text(encoding="utf-8")
    (attached,) = re.findall(r"^profile gesturesynth (\S+) flags=\(unconfined\) \{$", text, re.MULTILINE)
    assert attached == f"{Layout().program}/*/bin/gesturesynth"
    assert re.search(r"^ +userns,$", text, re.MULTILINE)
