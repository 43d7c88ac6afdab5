"""The command line: what a newcomer types, and what programs read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

import gesturesynth
from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.runtime.messages import Pose
from tests.support.command_line import run_here
from tests.support.conductor_harness import LOW

pytestmark = pytest.mark.slow("whole processes")

SOMEBODY = [Pose(number / 30, number, 640, 480, (LOW,)) for number in range(30)]


def gs(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs `gesturesynth ...` as a user would, in a pipe."""
    command = [sys.executable, "-m", "gesturesynth", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100, **options)


def test_the_version_is_the_packages() -> None:
    done = gs("--version")
    assert (done.returncode, done.stdout.strip()) == (0, gesturesynth.__version__)


def test_help_names_every_verb_and_where_to_begin() -> None:
    done = gs("--help")
    assert done.returncode == 0
    for word in (
        "run",
        "render",
        "record-skeleton",
        "preset",
        "features",
        "instruments",
        "cameras",
        "gesturesynth run",
    ):
        assert word in done.stdout


VERBS = ("run", "tracker", "conductor", "engine", "render", "record-skeleton", "fetch-model", "doctor")
LISTS = ("features", "instruments", "models", "cameras")


@pytest.mark.parametrize("verb", VERBS + LISTS)
def test_every_verb_explains_itself(verb: str, capfd: pytest.CaptureFixture[str]) -> None:
    done = run_here(capfd, verb, "--help")
    assert done.returncode == 0
    assert f"gesturesynth {verb}" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rum"], "there is no command 'rum', did you mean 'run'?"),
        (["render", "--source", "demo"], "'render': the flag --out is required: The WAV file to write."),
        (["render", "--sauce", "demo", "--out", "x.wav"], "--sauce"),
        (["render", "--source", "demo", "--out", "x.wav", "--preset", "thermin"], "did you mean 'theremin'"),
        (["render", "--source", "nowhere.mp4", "--out", "x.wav"], "nowhere.mp4"),
        (["render", "--source", "demo", "--out", "no/such/folder/x.wav"], "no/such/folder"),
        (["render", "--source", "demo", "--out", "x.wav", "--seconds", "0"], "above 0"),
        (["render", "--source", "demo", "--out", "x.mp3"], "sound is written as WAV, so the name must end in .wav"),
        (["render", "--source", "demo", "--out", "x"], "must end in .wav"),
        (["render", "--source", "demo", "--out", "x.wav", "--csv", "x.xlsx"], "its name must end in .csv"),
        (["render", "--source", "demo", "--out", "x.wav", "--preset", "./"], "./ is a folder: give one preset in it"),
        (["run", "--record", "x.flac"], "must end in .wav"),
        (["preset", "check", "."], "there is no preset in the folder .: the name of one ends in .yaml or .yml"),
        (["render", "--source", "demo", "--out", "x.wav", "--rotate", "45"], "90"),
        (["engine", "--audio", "loud"], "Allowed: auto, jack, portaudio, null"),
        (["run", "--volume", "6dB"], "volume"),
        (["run", "--config", "nowhere.yaml"], "nowhere.yaml"),
        (["tracker", "--source", "ftp://x"], "http"),
        (["tracker", "--model", "nowhere.task"], "nowhere.task"),
        (["run", "--preset", "nope"], "theremin"),
        (["preset", "check"], "at least one"),
        (["preset", "check", "nowhere.yaml"], "nowhere.yaml"),
        (["preset", "new", "mine.txt"], ".yaml"),
        (["preset", "new", "mine.yaml", "--instrument", "kazoo"], "theremin"),
        (["record-skeleton", "out.skeleton", "--source", "demo", "--seconds", "-1"], "above 0"),
    ],
)
def test_a_users_mistake_gets_a_sentence_and_exit_code_2(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run_here(capfd, *arguments)
    text = " ".join((done.stderr + done.stdout).replace("│", " ").split())
    assert done.returncode == 2, text
    assert said in text
    assert "Traceback" not in text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", LISTS)
def test_lists_are_for_programs_too(verb: str) -> None:
    rows = json.loads(gs(verb, "--json").stdout)
    assert isinstance(rows, list)
    if verb == "features":
        assert {"name", "unit", "help"} <= rows[0].keys()
        assert "right_wrist.height" in {row["name"] for row in rows}
    if verb == "instruments":
        assert {"theremin", "drone", "granular", "percussion", "percussion.kick"} <= {row["name"] for row in rows}


def test_a_list_in_a_pipe_is_one_line_a_row_even_when_the_reader_has_enough() -> None:
    done = gs("features")
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert len(names) == len(set(names)) > 40
    command = f"{sys.executable} -m gesturesynth features | head -1"
    cut = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert cut.stderr == ""
    assert len(cut.stdout.splitlines()) == 1


def test_without_a_camera_the_list_says_what_happens_instead() -> None:
    if any(Path("/dev").glob("video*")):
        pytest.skip("there is a camera on this computer")
    assert "demo performer" in gs("cameras").stdout


def test_presets_are_listed_checked_and_described_for_editors(capfd: pytest.CaptureFixture[str]) -> None:
    listed = run_here(capfd, "preset", "list")
    assert listed.returncode == 0
    for name in ("theremin", "drone", "grains", "drums", "moves", "hearth"):
        assert name in listed.stdout
    files = sorted(paths.presets_dir().glob("*.yaml"))
    checked = gs("preset", "check", *files)
    assert checked.returncode == 0
    assert checked.stdout.count("fine") == len(files)
    schema = json.loads(run_here(capfd, "preset", "schema").stdout)
    assert "outputs" in schema["properties"]
    assert "camera" in json.loads(run_here(capfd, "preset", "schema", "--settings").stdout)["properties"]


def test_checking_a_folder_checks_every_preset_in_it(tmp_path: Path) -> None:
    theremin = (paths.presets_dir() / "theremin.yaml").read_text()
    (tmp_path / "one.yaml").write_text(theremin)
    (tmp_path / "two.yml").write_text(theremin.replace("theremin.pitch", "theremin.pich"))
    (tmp_path / "notes.txt").write_text("no preset")
    done = gs("preset", "check", tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path / 'one.yaml'}: fine" in done.stdout
    assert f"{tmp_path / 'two.yml'}:" in done.stderr
    assert "notes" not in done.stdout + done.stderr


def test_checking_a_preset_checks_its_examples_too(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text((paths.presets_dir() / "theremin.yaml").read_text())
    assert "no examples yet" in run_here(capfd, "preset", "check", mine).stdout
    lines = (paths.presets_dir() / "theremin.csv").read_text().splitlines()
    mine.with_suffix(".csv").write_text("\n".join([lines[0], lines[1].replace(",", ",x", 2)]))
    done = run_here(capfd, "preset", "check", mine)
    assert done.returncode == 2
    assert "mine.csv:2:" in done.stderr


def test_checking_a_preset_counts_what_was_taught_for_it_here(capfd: pytest.CaptureFixture[str]) -> None:
    with ExampleStore.open(store_path("theremin"), datetime(2026, 3, 1, tzinfo=UTC)) as store:
        store.add_take("1", {"pitch": 220.0, "level": -6.0, "timbre": 0.1}, "", SOMEBODY)
        store.add_take("2", {"pitch": 440.0, "level": -6.0, "timbre": 0.1}, "", SOMEBODY)
    done = run_here(capfd, "preset", "check", "theremin", "drone")
    assert "theremin: fine (Air theremin; 100 examples; 2 takes taught here, 60 examples)" in done.stdout
    with ExampleStore.open(store_path("theremin"), datetime(2026, 3, 1, tzinfo=UTC)) as store:
        store.delete_output("level")
        store.set_mask("run", "timbre", on=False)
    assert (
        "taught here, 160 examples; level plays its factory examples; off for running: timbre)"
        in run_here(capfd, "preset", "check", "theremin").stdout
    )
    assert "taught" not in done.stdout.partition("drone: ")[2]
    assert not store_path("drone").exists(), "looking leaves nothing behind"
    store_path("theremin").write_bytes(b"damaged" * 100)
    assert "set aside" in run_here(capfd, "preset", "check", "theremin").stderr


def test_every_error_of_every_file_is_said_with_its_place(tmp_path: Path) -> None:
    text = (paths.presets_dir() / "theremin.yaml").read_text()
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("theremin.pitch", "theremin.pich").replace("warp: exp", "warp: expo"))
    done = gs("preset", "check", broken, paths.presets_dir() / "drone.yaml")
    assert done.returncode == 2
    assert "drone.yaml: fine" in done.stdout
    assert "did you mean 'pitch'" in done.stderr or "did you mean 'theremin.pitch'" in done.stderr
    assert "did you mean 'exp'" in done.stderr
    assert all(line.startswith(f"{broken}:") for line in done.stderr.strip().splitlines())


@pytest.mark.parametrize("instrument", ["theremin", "drone", "granular", "percussion"])
def test_a_new_preset_plays_at_once(instrument: str, tmp_path: Path) -> None:
    mine = tmp_path / "my_piece.yaml"
    done = gs("preset", "new", mine, "--instrument", instrument)
    assert done.returncode == 0, done.stderr
    assert loader.load(mine).name == "My piece"
    assert "#" in mine.read_text()
    rendered = gs("render", "--preset", mine, "--source", "demo", "--out", tmp_path / "x.wav", "--seconds", "3")
    assert rendered.returncode == 0, rendered.stderr
    again = gs("preset", "new", mine, "--instrument", instrument)
    assert again.returncode == 2
    assert "not overwritten" in again.stderr


def test_ones_own_presets_are_found_by_name_before_the_shipped_ones(own_folders: Path) -> None:
    folder = own_folders / "config" / "presets"
    folder.mkdir(parents=True)
    text = (paths.presets_dir() / "drone.yaml").read_text()
    (folder / "theremin.yaml").write_text(text.replace("name: Ground", "name: Not a theremin"))
    assert loader.load(loader.find("theremin")).name == "Not a theremin"
    assert str(folder) in gs("preset", "list", "--json").stdout


def test_the_machines_settings_file_counts_and_flags_override_it(own_folders: Path) -> None:
    config = own_folders / "config"
    config.mkdir()
    (config / "gesturesynth.yaml").write_text("preset: nope\n")
    assert "nope" in gs("run").stderr
    assert "other" in gs("run", "--preset", "other").stderr
    (config / "gesturesynth.yaml").write_text("camera: {soruce: demo}\n")
    done = gs("run")
    assert done.returncode == 2
    assert "gesturesynth.yaml:1:" in done.stderr
    assert "did you mean 'source'" in done.stderr


def test_a_skeleton_is_recorded_without_a_picture_and_plays(tmp_path: Path) -> None:
    out = tmp_path / "me.skeleton"
    done = gs("record-skeleton", out, "--source", "demo", "--seconds", "2")
    assert done.returncode == 0, done.stderr
    assert "60 poses" in done.stdout
    rendered = gs("render", "--source", out, "--out", tmp_path / "me.wav", "--json")
    assert json.loads(rendered.stdout)["poses"] == 60
    assert gs("record-skeleton", out, "--source", "demo").returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without a disk that is always full")
def test_a_full_disk_behind_standard_output_is_a_sentence() -> None:
    command = f"{sys.executable} -m gesturesynth features > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_quiet_is_quiet(tmp_path: Path) -> None:
    done = gs("render", "--source", "demo", "--out", tmp_path / "x.wav", "--seconds", "1", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_schema_can_be_put_where_editors_look_for_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = (paths.presets_dir() / "theremin.yaml").read_text()
    assert set(yaml.safe_load(text)) <= set(json.loads(run_here(capfd, "preset", "schema").stdout)["properties"])


def test_ctrl_c_in_a_render_is_no_traceback_and_leaves_no_half_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gesturesynth", "render", "--source", "demo", "--out", str(tmp_path / "x.wav")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not list(tmp_path.iterdir()) and process.poll() is None:
            os.sched_yield()
        process.send_signal(2)
        _, text = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in text
    assert list(tmp_path.iterdir()) == []
