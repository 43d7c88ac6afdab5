"""Takes of gestures in files of examples: written by `examples export`, and played by those who get the preset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.cli import examples
from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import read_csv
from gesturesynth.mapping.examples.store import store_path
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.tracking.offline_poses import read_poses
from tests.support.stored_takes import open_store

Shell = Callable[..., tuple[str, str]]
PRESET = """
name: Thrown
features: [right_wrist.height]
outputs: {tone: {to: theremin.pitch}}
snapshots: {1: {tone: 220}}
gestures: {throw: {trigger: percussion.kick}}
"""


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs `gesturesynth examples ...` and gives what it prints, and what it reports."""

    def run(*arguments: str | Path) -> tuple[str, str]:
        capsys.readouterr()
        examples.app([*map(str, arguments)], exit_on_error=False, print_error=False, result_action="return_value")
        return capsys.readouterr()

    return run


@pytest.fixture
def taught(own_folders: Path) -> Path:
    """A preset with a take of a pose, and one of a throw of the demo performer."""
    preset = own_folders / "thrown.yaml"
    preset.write_text(PRESET, encoding="utf-8")
    shown = list(read_poses("demo"))
    with open_store(store_path("thrown")) as store:
        store.add_take("1", {"tone": 220.0}, "", [pose for pose in shown if 2.0 <= pose.capture_time_s < 2.3])
        store.add_take("throw", {}, "throw", [pose for pose in shown if 24.1 <= pose.capture_time_s <= 25.7])
    return preset


def test_an_exported_file_beside_the_preset_plays_its_gestures(taught: Path, shell: Shell, own_folders: Path) -> None:
    file = own_folders / "other" / "thrown.csv"
    file.parent.mkdir()
    assert shell("export", file, "-p", str(taught)) == (f"{file}: 9 rows, and 1 take of gestures\n", "")
    assert len(read_csv(file)) == 9
    (file.parent / "thrown.yaml").write_text(PRESET, encoding="utf-8")
    mapping = fit(fit_job(loader.load(file.with_suffix(".yaml"))))
    assert mapping.gestures is not None
    (gesture,) = mapping.gestures.gestures
    assert gesture.name == "throw"
    assert gesture.duration_s == pytest.approx(1.4, abs=0.2)
    assert np.isfinite(mapping.predict(np.zeros(1))).all()


def test_other_formats_say_that_gestures_are_left_out(taught: Path, shell: Shell, own_folders: Path) -> None:
    said, reported = shell("export", own_folders / "x.arff", "-p", str(taught))
    assert said.endswith("x.arff: 9 rows\n")
    assert "takes of gestures are left out" in reported


def test_an_import_takes_the_rows_and_says_what_it_leaves_out(taught: Path, shell: Shell, own_folders: Path) -> None:
    file = own_folders / "x.csv"
    shell("export", file, "-p", str(taught))
    said, reported = shell("import", file, "-p", str(taught), "--again")
    assert "9 rows" in said
    assert "takes of gestures in it are left out" in reported


def test_a_file_of_gestures_alone_has_nothing_to_import(taught: Path, shell: Shell) -> None:
    with pytest.raises(UserError, match="no rows in it that teach an output or a class"):
        shell("import", paths.presets_dir() / "moves.csv", "-p", str(taught))
