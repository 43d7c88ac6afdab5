"""`gesturesynth render` as a person uses it: a command, files, exit codes."""

from __future__ import annotations

import csv
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest

from gesturesynth.cli import app
from gesturesynth.config.preset import loader
from gesturesynth.core.units import db_to_gain
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.pipeline import render_watch
from gesturesynth.tracking.network_isolation import NONE
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.skeleton_file import SkeletonWriter
from tests.support import footage
from tests.support.audio_analysis import rms
from tests.support.command_line import run_here
from tests.support.jack_server import read_wav
from tests.support.waiting import wait_for

RATE = 48000
PRESETS = ("theremin", "drone", "grains", "drums", "moves")


Render = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def render(capfd: pytest.CaptureFixture[str]) -> Render:
    """The command, in this process; the rendering itself is a process of its own in any case."""
    return partial(run_here, capfd, "render")


def render_within(limits: Callable[[], None], *flags: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gesturesynth", "render", *map(str, flags)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        preexec_fn=limits,
    )


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def column(table: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in table])


@pytest.fixture(scope="module")
def excerpt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three and a half seconds of the demo performer, from before her entrance at 17.3 s to raised arms."""
    path = tmp_path_factory.mktemp("skeletons") / "excerpt.skeleton"
    with SkeletonWriter(path) as writer:
        for pose in read_poses("demo"):
            if 17.0 <= pose.capture_time_s < 20.5:
                writer.write(pose)
    return path


# ------------------------------------------------------------------------------------------------------- what comes out
@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_renders_the_same_samples_and_table_each_time(
    name: str, excerpt: Path, tmp_path: Path, render: Render
) -> None:
    files = [(tmp_path / f"{turn}.wav", tmp_path / f"{turn}.csv") for turn in range(2)]
    for out, table in files:
        done = render("--preset", name, "--source", excerpt, "--out", out, "--csv", table)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert "s of sound from 105 poses" in done.stdout
    assert files[0][0].read_bytes() == files[1][0].read_bytes()
    assert files[0][1].read_bytes() == files[1][1].read_bytes()
    rate, samples = read_wav(files[0][0])
    assert rate == RATE
    assert np.abs(samples).max() <= db_to_gain(loader.load(loader.find(name)).ceiling_db)
    assert rms(samples[-RATE:, 0], RATE // 4).max() > db_to_gain(-50.0), "something is heard at the end"
    assert sorted(tmp_path.iterdir()) == sorted(path for pair in files for path in pair), "nothing else is left"


def test_the_table_has_a_row_a_pose_with_features_and_outputs_in_their_ranges(
    excerpt: Path, tmp_path: Path, render: Render
) -> None:
    done = render("--source", excerpt, "--out", tmp_path / "out.wav", "--csv", tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr
    table = rows(tmp_path / "out.csv")
    theremin = loader.load(loader.find("theremin"))
    assert list(table[0]) == [
        "time_s",
        "present",
        *(f"feature:{name}" for name in theremin.features),
        *(f"output:{output.name}" for output in theremin.outputs),
    ]
    poses = list(read_poses(str(excerpt)))
    assert len(table) == len(poses)
    times = column(table, "time_s")
    assert np.allclose(times, [pose.capture_time_s - poses[0].capture_time_s for pose in poses], atol=1e-5)
    assert [row["present"] for row in table] == [str(len(pose.bodies)) for pose in poses]
    for output in theremin.outputs:
        values = column(table, f"output:{output.name}")
        low, high = sorted((output.low, output.high))
        low = low if output.silence is None else output.silence  # it fades out while no person is in view
        assert low <= values.min(), output.name
        assert values.max() <= high, output.name
    height, pitch = column(table, "feature:right_wrist.height"), column(table, "output:pitch")
    here = column(table, "present") == 1
    assert np.ptp(height[here]) > 1.0, "the excerpt has raised arms in it"
    assert np.corrcoef(height[here], np.log(pitch[here]))[0, 1] > 0.9
    assert pitch[~here][0] == pytest.approx(220.0), "no person in view yet: idle"


def test_the_sound_is_as_long_as_the_performance(excerpt: Path, tmp_path: Path, render: Render) -> None:
    assert render("--source", excerpt, "--out", tmp_path / "all.wav").returncode == 0
    assert render("--source", excerpt, "--out", tmp_path / "part.wav", "--seconds", "0.5").returncode == 0
    poses = list(read_poses(str(excerpt)))
    span_s = poses[-1].capture_time_s - poses[0].capture_time_s
    assert len(read_wav(tmp_path / "all.wav")[1]) / RATE == pytest.approx(span_s + 1 / 30, abs=0.01)
    assert len(read_wav(tmp_path / "part.wav")[1]) / RATE == pytest.approx(0.5, abs=1 / 30)


def test_a_real_clip_becomes_sound(tmp_path: Path, render: Render) -> None:
    out, table = tmp_path / "dance.wav", tmp_path / "dance.csv"
    done = render("--source", footage.clip("dancer"), "--seconds", "1.5", "--out", out, "--csv", table)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    read = rows(table)
    assert len(read) == 45, "30 frames a second"
    assert column(read, "present").mean() > 0.9
    height, pitch = column(read, "feature:right_wrist.height"), column(read, "output:pitch")
    assert np.ptp(height) > 1.0
    assert np.corrcoef(height, np.log(pitch))[0, 1] > 0.9
    _, samples = read_wav(out)
    assert len(samples) == pytest.approx(1.5 * RATE, abs=RATE / 30)
    assert np.abs(samples).max() > db_to_gain(-40.0)


# ------------------------------------------------------------------------------------------------- the user's mistakes
MISTAKES = {
    "camera": (["--source", "/dev/video0"], "never ends"),
    "camera by number": (["--source", "0"], "never ends"),
    "auto": (["--source", "auto"], "a file is needed"),
    "address": (["--source", "rtsp://127.0.0.1/x"], "never ends"),
    "missing source": (["--source", "gone.mp4"], "there is no such file"),
    "no video": (["--source", __file__], "cannot be read as a video"),
    "no time": (["--seconds", "0"], "must be above 0 s"),
    "negative time": (["--seconds=-1"], "must be above 0 s"),
    "not a number": (["--seconds", "nan"], "'nan' is not a number"),
    "unknown preset": (["--preset", "thermin"], "did you mean 'theremin'"),
    "rotation": (["--rotate", "45"], "0, 90, 180 or 270"),
    "missing folder": (["--out", "no/such/folder/x.wav"], "cannot be written"),
    "missing folder of the table": (["--csv", "no/such/folder/x.csv"], "cannot be written"),
    "a folder": (["--out", "/"], "is not a file"),
    "a device": (["--out", "/dev/null"], "is not a file"),
    "one file for both": (["--out", "x", "--csv", "./x"], "cannot both be written"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_answered_with_a_sentence(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flags, sentence = MISTAKES[mistake]
    defaults = {"--source": "demo", "--out": "out.wav"}
    given = {flag.partition("=")[0] for flag in flags}
    rest = [part for flag, value in defaults.items() if flag not in given for part in (flag, value)]
    monkeypatch.chdir(tmp_path)
    # The test run has left the network already, but for its loop-back device, which later tests need.
    monkeypatch.setattr("gesturesynth.pipeline.render.leave_network", lambda: NONE)
    former = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as leaving:
        app.main(["render", *rest, *flags])
    signal.signal(signal.SIGTERM, former)
    assert leaving.value.code == 2
    text = capsys.readouterr().err
    assert text.startswith("gesturesynth: ")
    assert sentence in text
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_a_preset_without_examples_says_what_is_missing(tmp_path: Path, render: Render) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_bytes(loader.find("theremin").read_bytes())
    done = render("--preset", mine, "--source", "demo", "--out", tmp_path / "out.wav")
    assert done.returncode == 2
    assert "mine.csv" in done.stderr


def test_what_was_taught_is_rendered_when_asked_for(excerpt: Path, tmp_path: Path, render: Render) -> None:
    flags = ("--preset", "theremin", "--source", excerpt, "--out", tmp_path / "out.wav", "--csv", tmp_path / "t.csv")
    done = render(*flags, "--taught")
    assert done.returncode == 2
    assert "nothing was taught for 'Air theremin'" in done.stderr
    with ExampleStore.open(store_path("theremin"), datetime(2026, 3, 1, tzinfo=UTC)) as store:
        store.add_take("1", {"pitch": 333.0, "level": -6.0, "timbre": 0.1}, "", list(read_poses(str(excerpt))))
    assert render(*flags).returncode == 0
    assert np.ptp(column(rows(tmp_path / "t.csv"), "output:pitch")) > 500.0, "the preset's own examples"
    done = render(*flags, "--taught")
    assert done.returncode == 0, done.stderr
    heard = column([row for row in rows(tmp_path / "t.csv") if row["present"] == "1"], "output:pitch")
    assert heard[-1] == pytest.approx(333.0, rel=0.01), "one sound for every pose"


def test_what_is_rendered_is_never_overwritten(excerpt: Path, tmp_path: Path, render: Render) -> None:
    precious = tmp_path / "precious.skeleton"
    precious.write_bytes(excerpt.read_bytes())
    done = render("--source", precious, "--out", tmp_path / "." / "precious.skeleton")
    assert done.returncode == 2
    assert "not overwritten" in done.stderr
    assert precious.read_bytes() == excerpt.read_bytes()


# ------------------------------------------------------------------------------------------------------ what goes wrong
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rendering_leaves_the_former_file(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out.wav"
    out.write_text("the former one")
    process = subprocess.Popen(
        [sys.executable, "-m", "gesturesynth", "render", "--source", "demo", "--out", str(out)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            wait_for(lambda: any(part.stat().st_size > 100_000 for part in tmp_path.glob(".*.part")), "some sound")
            process.send_signal(number)
            _, text = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 130
    assert text == "gesturesynth: stopped\n"
    assert out.read_text() == "the former one"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_rendering_that_native_code_ends_is_a_sentence_and_leaves_the_former_file(
    tmp_path: Path, number: signal.Signals
) -> None:
    out, table = tmp_path / "out.wav", tmp_path / "out.csv"
    out.write_text("the former one")
    flags = ["--source", "demo", "--out", str(out), f"--csv={table}"]
    with subprocess.Popen(
        [sys.executable, "-m", "gesturesynth", "render", *flags],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            wait_for(lambda: any(part.stat().st_size > 100_000 for part in tmp_path.glob(".*.part")), "some sound")
            (child,) = psutil.Process(process.pid).children()
            child.send_signal(number)
            said, text = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 1
    assert said == ""
    assert text.startswith(f"gesturesynth: the rendering was ended by signal {number.value} (")
    assert text.count("\n") == 1, "one sentence"
    assert out.read_text() == "the former one"
    assert list(tmp_path.iterdir()) == [out]


def test_a_rendering_ends_with_its_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gesturesynth", "render", "--source", "demo", "--out", str(tmp_path / "out.wav")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: bool(list(tmp_path.glob(".*.part"))), "some sound")
        (child,) = psutil.Process(process.pid).children()
        process.kill()
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "its end")
    assert list(tmp_path.iterdir()) == []


def test_output_files_are_found_in_a_command_line() -> None:
    text = ["render", "--source", "--out", "--csv=t.csv", "--out", "a/b.wav", "--csv", "", "--json", "--out"]
    assert render_watch.output_files(text[:1] + text[3:]) == [Path("t.csv"), Path("a/b.wav")]
    assert render_watch.partial_path(Path("a/b.wav"), 7) == Path("a/.b.wav.7.part")


def test_a_full_disk_leaves_the_former_files_and_is_reported(excerpt: Path, tmp_path: Path) -> None:
    out, table = tmp_path / "out.wav", tmp_path / "out.csv"
    out.write_text("the former one")
    table.write_text("the former table")
    limit = 200_000
    done = render_within(
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        *("--source", excerpt, "--out", out, "--csv", table),
    )
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert done.stderr.count("\n") == 1, "one sentence"
    assert out.read_text() == "the former one"
    assert table.read_text() == "the former table"
    assert sorted(tmp_path.iterdir()) == [table, out]
