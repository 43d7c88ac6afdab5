"""`gesturesynth wekinator import` as a user gives it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gesturesynth.cli.app import app, exit_code_of
from tests.ops.wekinator.projects import write_project


def run(*arguments: str) -> int:
    return exit_code_of(lambda: app(arguments, exit_on_error=False, print_error=False, result_action="return_value"))


def test_a_project_is_imported_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write_project(tmp_path / "project"))
    assert run("wekinator", "import", folder, "--as", "mine", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["preset"], facts["takes"], facts["rows"]) == ("mine", 3, 13)
    assert run("preset", "check", "mine") == 0
    assert run("wekinator", "import", folder, "--as", "mine") == 2
    assert "exists already" in capsys.readouterr().err
    assert run("wekinator", "import", folder, "--rate", "0") == 2
    assert "--rate is from 0.1" in capsys.readouterr().err
