"""The presets that come with the project: they play at once, for bodies of any build."""

from __future__ import annotations

import csv
import wave
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.features.catalogue import columns
from gesturesynth.features.people.extractor import PeopleExtractor
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.render import RenderSettings, render
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.skeleton_file import SkeletonWriter
from tests.support.audio_analysis import integrated_lufs, true_peak_db, window_lufs
from tests.support.hand_figure import demo_for
from tests.support.stick_figure import Proportions, body_from, pose
from tools import factory_examples

POSED = (
    "theremin",
    "drone",
    "grains",
    "drums",
    "hearth",
    "bells",
    "forest",
    "choir",
    "duet",
    "company",
    "wheels",
    "vigil",
    "hour",
    "two",
    "again",
    "delta",
    "hands",
)
"""Taught by poses."""
NAMES = (*POSED, "moves")
RATE = 48000


@dataclass(frozen=True)
class Rendering:
    """A rendering of the demo performer: samples (n, 2) in -1..1, and the table's columns."""

    samples: NDArray[np.float64]
    table: dict[str, NDArray[np.float64]]

    def level_db(self, while_: NDArray[np.bool_]) -> float:
        """RMS over the poses for which `while_` is true, dBFS."""
        loudness = []
        for time_s in self.table["time_s"][while_]:
            part = self.samples[int(time_s * RATE) : int(time_s * RATE) + RATE // 30]
            loudness.append(float(np.mean(part**2)))
        return 10 * float(np.log10(np.mean(loudness) + 1e-12))


def _excerpt(name: str, folder: Path) -> Path:
    """A file: 20 s of the demo performer. A person comes in, jumps, throws, squats, walks out, and is away for 3.5 s.

    The whole performance takes two and a half times as long for every piece: `make levels` and `make gallery` render
    it. Pieces for which the performer moves alike have one file.
    """
    source = demo_for(name, folder)
    file = folder / f"{Path(source).stem}-excerpt.skeleton"
    if file.exists():
        return file
    with SkeletonWriter(file) as writer:
        for shown in read_poses(source):
            for start_s, end_s, later_s in ((17.0, 27.5, 0.0), (35.3, 39.6, 10.5), (44.8, 99.0, 14.8)):
                if start_s <= shown.capture_time_s < end_s:
                    time_s = round(shown.capture_time_s - start_s + later_s, 6)
                    last = Pose(time_s, shown.sequence, shown.width, shown.height, shown.bodies)
                    writer.write(last)
        for number in range(1, 46):  # the level of less than half a second would be chance
            away = msgspec.structs.replace(last, capture_time_s=last.capture_time_s + number / 30, bodies=())
            writer.write(msgspec.structs.replace(away, sequence=last.sequence + number))
    return file


def _rendered(name: str, folder: Path) -> Rendering:
    file = paths.presets_dir() / f"{name}.yaml"
    source = _excerpt(name, folder)
    render(RenderSettings(preset=file, source=str(source), out=folder / "x.wav", table=folder / "x.csv"))
    with wave.open(str(folder / "x.wav")) as sound:
        raw = np.frombuffer(sound.readframes(sound.getnframes()), np.uint8).reshape(-1, 2, 3)
    padded = np.zeros((*raw.shape[:2], 4), np.uint8)
    padded[..., 1:] = raw
    samples = padded.view("<i4")[..., 0] / 2.0**31
    with (folder / "x.csv").open(encoding="utf-8", newline="") as file_:
        rows = list(csv.DictReader(file_))
    numbers = [key for key in rows[0] if key != "scene"]
    return Rendering(samples, {key: np.array([float(row[key]) for row in rows]) for key in numbers})


@pytest.fixture(scope="module")
def renderings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("renderings")


@pytest.fixture(scope="module", params=NAMES)
def heard(request: pytest.FixtureRequest, renderings: Path) -> tuple[str, Rendering]:
    name = str(request.param)
    return name, _rendered(name, renderings)


@pytest.mark.parametrize("name", NAMES)
def test_factory_examples_are_what_the_features_measure_today(name: str, tmp_path: Path) -> None:
    factory_examples.write(name, tmp_path / "made.csv")
    shipped = paths.presets_dir() / f"{name}.csv"
    assert (tmp_path / "made.csv").read_text() == shipped.read_text(), "run `make factory` and listen to the result"


def test_all_that_is_shipped_is_tested() -> None:
    assert sorted(path.stem for path in paths.presets_dir().glob("*.yaml")) == sorted(NAMES)


@pytest.mark.parametrize("name", POSED)
def test_bodies_of_other_builds_standing_elsewhere_are_understood(name: str) -> None:
    """Confidence in poses without examples, of a slight body far away and a broad one near."""
    loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
    mapping = fit(fit_job(loaded))
    assert mapping.columns == columns(loaded.features)
    trusted = []
    for build, size, at in (
        (Proportions(shoulder_width=0.6, upper_arm=0.52, forearm=0.46), 0.12, (0.3, 0.6)),
        (Proportions(shoulder_width=0.7, upper_arm=0.58, forearm=0.5), 0.3, (0.6, 0.5)),
    ):
        for right, left in ((-0.8, -0.8), (0.7, -0.6), (-0.6, 0.7), (0.7, 0.7), (0.0, 0.1)):
            landmarks = pose(
                right_wrist=(0.5, right),
                left_wrist=(-0.5, left),
                proportions=build,
                size=size,
                at=at,
                frame=(1280, 720),
            )
            frame = PeopleExtractor(loaded.features, None).extract(landmarks, 1280, 720, 0.0)
            trusted.append(mapping.confidence(frame.values))
    assert min(trusted) > 0.9, trusted


@pytest.mark.slow("rendered performances")
def test_it_sounds_whenever_a_person_is_in_view_and_never_too_loud(heard: tuple[str, Rendering]) -> None:
    name, sound = heard
    loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
    assert np.abs(sound.samples).max() <= 10 ** (loaded.ceiling_db / 20) + 1e-6
    present = sound.table["present"] == 1
    present[:90] = False  # the fade-in
    assert -36 < sound.level_db(present) < -10
    loudness = [sound.level_db(np.arange(len(present)) // 30 == second) for second in range(4, 15)]
    assert min(loudness) > -55


@pytest.mark.slow("rendered performances")
def test_a_person_is_heard_to_come_and_to_go(heard: tuple[str, Rendering]) -> None:
    """Alone it idles more quietly than it plays; what is to be silent falls silent, the others do not."""
    name, sound = heard
    loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
    if loaded.idle_after_s + loaded.idle_glide_s > 5.0:
        return  # the demo performer is away for less
    gone = np.flatnonzero((sound.table["present"] == 0) & (sound.table["time_s"] > 10))
    alone = np.zeros(len(sound.table["present"]), bool)
    alone[gone[gone > gone[0] + 45]] = True  # hold and glide are over
    alone &= sound.table["time_s"] < sound.table["time_s"][-1]
    assert alone.any()
    playing = (sound.table["present"] == 1) & (sound.table["time_s"] > 3)
    assert sound.level_db(alone) < sound.level_db(playing) - 1, "much of it is the way to idle, and back"
    silent = [output.name for output in loaded.outputs if output.silence is not None]
    for output in silent:
        assert sound.table[f"output:{output}"][alone].min() < -75.0, "nearly there when the performer comes back"
    if silent:
        assert sound.level_db(alone) < sound.level_db(playing) - 5
    else:
        assert sound.level_db(alone) > -60


@pytest.mark.slow("rendered performances")
def test_every_output_is_really_played(heard: tuple[str, Rendering]) -> None:
    name, sound = heard
    loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
    for output in loaded.outputs:
        values = sound.table[f"output:{output.name}"]
        low, high = output.ends
        if output.source.startswith("pair."):  # one performer alone is no pair
            assert np.ptp(values) == 0.0
            continue
        values = values[values >= low] if output.silence is not None else values  # below is the way to silence
        assert ((values >= low - 1e-6) & (values <= high + 1e-6)).all()
        travelled = (
            np.ptp(np.log(values)) / np.log(high / low) if output.warp == "exp" else np.ptp(values) / (high - low)
        )
        assert travelled > 0.5, f"{output.name} moved over {travelled:.0%} of its range"


@pytest.mark.slow("rendered performances")
def test_the_right_hand_is_pitch_and_the_left_is_loudness(heard: tuple[str, Rendering]) -> None:
    name, sound = heard
    if name != "theremin":
        return
    # Below -8 dB the level is on its way to silence or back: no person came into view, or none in a pose that is known.
    present = (sound.table["present"] == 1) & (sound.table["output:level"] > -8.0)
    assert present.sum() > 300
    for feature, output in (("right_wrist.height", "pitch"), ("left_wrist.height", "level")):
        pair = sound.table[f"feature:{feature}"][present], sound.table[f"output:{output}"][present]
        assert spearmanr(*pair).statistic > 0.85


@pytest.mark.parametrize("name", NAMES)
def test_what_is_to_be_silent_without_a_person_falls_silent_in_its_time(name: str) -> None:
    loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
    silent = [output.silence is not None for output in loaded.outputs]
    piece = RunningPreset(loaded)
    piece.take_over(fit(fit_job(loaded)), 0.0)
    body = body_from(pose(right_wrist=(0.5, 0.7), left_wrist=(-0.5, 0.7)))
    for frame in range(90):
        playing = piece.process_pose(Pose(frame / 30, 0, 640, 480, (body,)), frame / 30).values
    assert (playing[silent] > -75.0).all()
    frames = round((loaded.idle_after_s + loaded.idle_glide_s + 1.0) * 30)
    for frame in range(90, 90 + frames):
        alone = piece.process_pose(Pose(frame / 30, 0, 640, 480, ()), frame / 30).values
    assert (alone[silent] <= -80.0).all()


def test_raised_hands_strike_the_drums() -> None:
    loaded = loader.load(paths.presets_dir() / "drums.yaml")
    piece = RunningPreset(loaded)
    piece.take_over(fit(fit_job(loaded)), 0.0)
    struck: dict[str, int] = {}
    time_s = 0.0
    for right, left in ((-0.9, -0.9), (0.9, -0.9), (-0.9, -0.9), (-0.9, 0.9), (-0.9, -0.9), (0.9, 0.9), (-0.9, -0.9)):
        for _ in range(15):
            time_s += 1 / 30
            image = pose(right_wrist=(0.45, right), left_wrist=(-0.45, left))
            body = body_from(image)
            for name in piece.process_pose(Pose(time_s, 0, 640, 480, (body,)), time_s).fired:
                struck[name] = struck.get(name, 0) + 1
    assert struck == {"snare": 1, "kick": 1, "clap": 1}


def test_movements_of_the_demo_performer_strike_once_each() -> None:
    """The first of the three jumping jacks is none of the takes."""
    loaded = loader.load(paths.presets_dir() / "moves.yaml")
    piece = RunningPreset(loaded)
    piece.take_over(fit(fit_job(loaded)), 0.0)
    struck: list[tuple[str, float]] = []
    for shown in read_poses("demo"):
        frame = piece.process_pose(shown, shown.capture_time_s)
        struck += [(event.name, event.end_s) for event in frame.performed]
    assert [name for name, _ in struck] == ["jack", "jack", "jack", "throw", "squat", "squat"]
    ends_s = [time_s for _, time_s in struck]
    np.testing.assert_allclose(ends_s, [20.9, 22.8, 24.1, 25.7, 34.9, 39.4], atol=0.3)


@pytest.mark.slow("rendered performances")
def test_all_pieces_are_equally_loud(heard: tuple[str, Rendering]) -> None:
    """`make levels` says by how much a gain is off."""
    name, sound = heard
    loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
    samples = sound.samples.astype(np.float32)
    assert loaded.loudness_lufs == -18.0
    assert integrated_lufs(samples, RATE) == pytest.approx(-18.0, abs=1.0)
    assert window_lufs(samples, 3.0, RATE).max() <= -18.0 + 3.0
    assert true_peak_db(samples, times=4) <= loaded.ceiling_db + 0.1
