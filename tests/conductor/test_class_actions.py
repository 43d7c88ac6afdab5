"""What recognised classes do besides striking: hold snapshots, lead to other presets, and leave teachers alone."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import zmq
from numpy.typing import NDArray

from gesturesynth.conductor.class_preset_changes import SAME_REQUEST_S, SETTLE_S, ClassPresetChanges
from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.piece_requests import PieceRequests
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.control.commands import call
from gesturesynth.control.session.context import DEFAULT_CHOICES, Rules
from gesturesynth.core import paths
from gesturesynth.mapping.examples.dataset import read_csv
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.session_state import SessionState
from tests.support.stick_figure import body_from, pose

pytestmark = pytest.mark.slow("a trainer process")

TICK_S = 1.0 / 60.0
STANDING = pose()
BOTH_UP = pose(right_arm=(160, 175), left_arm=(160, 175))  # clap
RIGHT_UP = pose(right_arm=(160, 175))  # snare
LEFT_UP = pose(left_arm=(160, 175))  # kick

SNAPSHOTS = """
snapshots:
  1: {busy: 0.2, decay: 0.2, tune: 50, drive: 0.1, level: -10}
  2: {busy: 0.9, decay: 0.3, tune: 60, drive: 0.2, level: -8}
  3: {busy: 0.1, decay: 0.6, tune: 115, drive: 0.5, level: -3}
"""


def written(folder: Path, name: str, classes: str) -> Path:
    """The shipped drums with other classes, and their factory examples."""
    drums = (paths.presets_dir() / "drums.yaml").read_text(encoding="utf-8")
    head, _, rest = drums.partition("classes:\n")
    tail = rest[rest.index("classifier:") :]
    file = folder / f"{name}.yaml"
    head = head.replace("name: Air drums", f"name: {name}")
    file.write_text(f"{head}classes:\n{classes}  none:\n{SNAPSHOTS}{tail}", encoding="utf-8")
    shutil.copy(paths.presets_dir() / "drums.csv", file.with_suffix(".csv"))
    return file


@cache
def drums() -> FittedMapping:
    loaded = loader.load(paths.presets_dir() / "drums.yaml")
    return fit(fit_job(loaded, read_csv(loaded.examples_path)))


def frame(image: NDArray[np.float32], number: int, time_s: float) -> Pose:
    return Pose(time_s, number, 640, 480, (body_from(image),))


# ----------------------------------------------------------------------------------------------------------- the piece
class PiecePlayer:
    """Plays one piece for one body, with a frame at every other tick."""

    def __init__(self, loaded: Preset) -> None:
        self.piece = RunningPreset(loaded)
        self.piece.take_over(drums(), 0.0)
        self.ticks = 0

    def play(self, seconds: float, image: NDArray[np.float32]) -> list[MapperFrame]:
        frames = []
        for _ in range(round(seconds / TICK_S)):
            self.ticks += 1
            time_s = self.ticks * TICK_S
            frames.append(self.piece.process_pose(frame(image, self.ticks, time_s) if self.ticks % 2 else None, time_s))
        return frames


def sound_of(loaded: Preset, number: int) -> list[float]:
    return [loaded.snapshots[number][output.name] for output in loaded.outputs]


def test_a_class_holds_its_snapshot_as_long_as_it_lasts(tmp_path: Path) -> None:
    loaded = loader.load(written(tmp_path, "mine", "  clap: {snapshot: 3, trigger: percussion.clap}\n"))
    player = PiecePlayer(loaded)
    without = player.play(1.0, STANDING)[-1].values
    held = player.play(2.0, BOTH_UP)
    assert held[-1].recognised == "clap"
    assert held[-1].values == pytest.approx(sound_of(loaded, 3))
    assert all(frame.values == pytest.approx(sound_of(loaded, 3)) for frame in held[30:])
    assert player.piece.sound(held[-1], 0.0).trigger_counts == (1,), "it strikes as well, once"
    after = player.play(3.0, STANDING)
    assert player.piece.holding == ""
    assert after[-1].values == pytest.approx(without, abs=0.5)
    steps = np.abs(np.diff([mapper_frame.positions for mapper_frame in after], axis=0))
    assert steps.max() < 0.03, "it is released as a command releases it, without a step"


def test_another_class_holds_another_snapshot(tmp_path: Path) -> None:
    loaded = loader.load(written(tmp_path, "mine", "  clap: {snapshot: 3}\n  snare: {snapshot: 2}\n"))
    player = PiecePlayer(loaded)
    player.play(1.0, STANDING)
    assert player.play(1.0, BOTH_UP)[-1].values == pytest.approx(sound_of(loaded, 3))
    assert player.play(1.0, RIGHT_UP)[-1].values == pytest.approx(sound_of(loaded, 2))
    assert player.piece.holding == "snare"


def test_an_output_that_the_snapshot_does_not_name_stays_as_it_is(tmp_path: Path) -> None:
    file = written(tmp_path, "mine", "  clap: {snapshot: 3}\n")
    whole = "  3: {busy: 0.1, decay: 0.6, tune: 115, drive: 0.5, level: -3}"
    file.write_text(file.read_text(encoding="utf-8").replace(whole, "  3: {tune: 115}"), encoding="utf-8")
    player = PiecePlayer(loader.load(file))
    player.play(1.0, STANDING)
    entered = player.play(1.0, BOTH_UP)
    tune = [output.name for output in player.piece.preset.outputs].index("tune")
    assert entered[-1].values[tune] == pytest.approx(115)
    others = np.delete([frame.positions for frame in entered[-30:]], tune, axis=1)
    assert np.ptp(others, axis=0).max() == 0.0
    assert np.abs(others[0] - np.delete(entered[0].positions, tune)).max() < 0.5


def test_each_class_has_its_own_hold(tmp_path: Path) -> None:
    entered_s = {}
    for name, hold in (("quick", "60 ms"), ("slow", "1 s")):
        loaded = loader.load(written(tmp_path, name, f"  clap: {{trigger: percussion.clap, hold: {hold}}}\n"))
        player = PiecePlayer(loaded)
        player.play(1.0, STANDING)
        fired = [tick for tick, frame in enumerate(player.play(2.0, BOTH_UP)) if frame.fired]
        entered_s[name] = fired[0] * TICK_S
    assert entered_s["slow"] - entered_s["quick"] == pytest.approx(0.94, abs=0.1)


# ----------------------------------------------------------------------------------------------------------- requests
def test_a_class_requests_a_preset_once_while_the_change_is_under_way(tmp_path: Path) -> None:
    loaded = loader.load(written(tmp_path, "mine", "  clap: {preset: theremin}\n  snare: {preset: mine}\n"))
    changes = ClassPresetChanges()
    assert changes.request(loaded, ["clap"], 10.0, enabled=True) is None, "the pose that it began with"
    assert changes.request(loaded, ["snare"], 20.0, enabled=True) is None, "what plays already"
    assert changes.request(loaded, ["clap"], 20.0, enabled=False) is None, "teaching is under way"
    requested = changes.request(loaded, ["clap"], 21.0, enabled=True)
    assert requested
    assert (requested.command, requested.values, requested.sender) == ("preset", ("theremin",), "class clap")
    assert changes.request(loaded, ["clap"], 22.0, enabled=True) is None, "it flickers"
    assert changes.request(loaded, ["clap"], 21.5 + SAME_REQUEST_S, enabled=True)


# --------------------------------------------------------------------------------------------------- with all its parts
class ClassActionsHarness:
    """Session controller, preset manager, library, worker and trainer, ticked as the conductor does it.

    The clock is its own, and goes on only with ticks; a body stands in view.
    """

    def __init__(self, file: Path, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._worker = ThreadPoolExecutor(1)
        library = ExampleLibrary(lambda: datetime.now(tz=UTC))
        self.preset_manager = PresetManager(loader.load(file), context, 0.0, self._worker, library.taught)
        rules = Rules(countdown_s=1.0, take_s=1.0)
        random = np.random.default_rng(1)
        gate = OpeningHoursGate(None, 0.0, lambda: datetime.now(tz=UTC))
        self.controller = SessionController(
            self.preset_manager,
            library,
            self._worker,
            rules=rules,
            choices=DEFAULT_CHOICES,
            gate=gate,
            random=random,
            piece_requests=PieceRequests(lambda: datetime.now(tz=UTC)),
        )
        self.ticks = 0
        self.values: tuple[float, ...] = ()
        self.cues: tuple[int, ...] = ()
        self.frame: MapperFrame | None = None

    @property
    def now_s(self) -> float:
        return 100.0 + self.ticks * TICK_S

    @property
    def state(self) -> SessionState:
        return self.controller.state

    def phase(self) -> str:
        return self.state.phase

    def play(self, seconds: float, image: NDArray[np.float32]) -> None:
        for _ in range(round(seconds / TICK_S)):
            self._step(image)

    def until(self, condition: Callable[[], bool], image: NDArray[np.float32], what: str) -> None:
        """Plays until something that threads or processes do has come about."""
        deadline_s = time.monotonic() + 60.0
        while not condition():
            assert time.monotonic() < deadline_s, f"{what}: {self.state}"
            self._step(image)
            time.sleep(0.002)

    def submit(self, name: str, *values: object) -> bool:
        answers: list[bool] = []
        self.controller.submit(call(name, values, "keyboard"), self.now_s, lambda ok, _: answers.append(ok))
        return answers == [True]

    def sound_of(self, number: int) -> list[float]:
        return sound_of(self.preset_manager.piece.preset, number)

    def close(self) -> None:
        self.controller.close(self.now_s)
        self.preset_manager.close()

    def _step(self, image: NDArray[np.float32]) -> None:
        self.ticks += 1
        pose_or_none = frame(image, self.ticks, self.now_s) if self.ticks % 2 else None
        event = self.preset_manager.poll(self.now_s)
        self.controller.handle_preset_event(event, self.now_s)
        if pose_or_none:
            self.controller.add_pose(pose_or_none)
        self.controller.advance(self.now_s)
        piece = self.preset_manager.piece
        self.frame = piece.process_pose(pose_or_none, self.now_s)
        self.controller.handle_class_events(self.frame, self.now_s)
        sound = self.controller.apply_to(piece.sound(self.frame, self.now_s), self.frame, self.now_s)
        self.values, self.cues = sound.values, sound.cue_counts


@pytest.fixture
def open_harness(tmp_path: Path) -> Iterator[Callable[[str], ClassActionsHarness]]:
    """Opens the preset `first` with these classes, and waits until it plays; `second` may lie beside it."""
    opened: list[ClassActionsHarness] = []
    with zmq.Context() as context:

        def harness(classes: str) -> ClassActionsHarness:
            opened.append(ClassActionsHarness(written(tmp_path, "first", classes), context))
            opened[0].until(lambda: bool(opened[0].preset_manager.model), STANDING, "the first fit")
            opened[0].play(SETTLE_S + 0.5, STANDING)
            return opened[0]

        yield harness
        for one in opened:
            one.close()


def test_the_state_names_the_class_that_holds_a_snapshot(open_harness: Callable[[str], ClassActionsHarness]) -> None:
    harness = open_harness("  clap: {snapshot: 3}\n")
    assert (harness.state.held, harness.state.held_by) == ("", "")
    harness.play(1.0, BOTH_UP)
    assert (harness.state.held, harness.state.held_by) == ("3", "clap")
    assert harness.values == pytest.approx(harness.sound_of(3))
    assert sum(harness.cues) == 0, "what a class does is confirmed by no cue"
    assert not harness.submit("stop")
    assert "'clap' holds" in harness.state.message
    harness.play(1.0, STANDING)
    assert (harness.state.held, harness.state.held_by) == ("", "")
    assert not harness.submit("stop")
    assert harness.state.message == "There is nothing to stop."


def test_a_class_does_not_replace_a_sound_held_by_a_command(
    open_harness: Callable[[str], ClassActionsHarness],
) -> None:
    harness = open_harness("  clap: {snapshot: 3}\n  snare: {preset: theremin}\n")
    assert harness.submit("select", 1)
    harness.play(1.0, BOTH_UP)
    assert harness.frame
    assert harness.frame.recognised == "clap"
    assert harness.values == pytest.approx(harness.sound_of(1))
    assert (harness.state.held, harness.state.held_by) == ("1", "")
    harness.play(1.0, RIGHT_UP)
    assert harness.values == pytest.approx(harness.sound_of(1))
    assert harness.state.last_command == "select 1", "no preset was requested"
    harness.play(1.0, BOTH_UP)
    assert harness.submit("stop")
    harness.play(0.5, BOTH_UP)
    assert harness.values == pytest.approx(harness.sound_of(3)), "teaching has ended"
    assert harness.submit("select", 1)
    harness.play(0.5, BOTH_UP)
    assert harness.values == pytest.approx(harness.sound_of(1)), "a command replaces what the class holds"
    assert (harness.state.held, harness.state.held_by) == ("1", "")


def test_during_countdown_and_take_classes_change_neither_sound_nor_preset(
    open_harness: Callable[[str], ClassActionsHarness],
) -> None:
    harness = open_harness("  clap: {snapshot: 3}\n  snare: {preset: theremin}\n")
    harness.play(1.0, BOTH_UP)
    assert harness.submit("label", "clap")
    assert harness.submit("record")
    harness.play(0.2, BOTH_UP)
    assert harness.phase() == "countdown"
    assert harness.state.held == ""
    harness.play(1.2, RIGHT_UP)
    assert harness.phase() == "recording"
    harness.play(0.5, BOTH_UP)
    assert harness.phase() == "recording"
    assert harness.state.held == ""
    assert harness.values != pytest.approx(harness.sound_of(3))
    assert harness.state.last_command == "record"
    harness.until(lambda: harness.state.takes == {"clap": 1}, STANDING, "the take")


SECOND = "  clap: {preset: first}\n  snare: {snapshot: 2}\n"


def test_a_class_leads_to_another_preset_and_its_pose_not_back(
    open_harness: Callable[[str], ClassActionsHarness], tmp_path: Path
) -> None:
    written(tmp_path, "second", SECOND)
    harness = open_harness("  clap: {preset: second}\n")
    harness.until(lambda: harness.preset_manager.piece.preset.key == "second", BOTH_UP, "the second preset")
    assert (harness.state.last_command, harness.state.last_by) == ("preset second", "class clap")
    assert sum(harness.cues) == 0
    harness.play(5.0, BOTH_UP)
    assert harness.preset_manager.piece.preset.key == "second", "no class has requested the way back"
    harness.play(1.0, STANDING)
    harness.until(lambda: harness.preset_manager.piece.preset.key == "first", BOTH_UP, "the way back")


def test_a_missing_preset_is_reported_and_the_present_one_plays_on(
    open_harness: Callable[[str], ClassActionsHarness],
) -> None:
    harness = open_harness("  clap: {preset: theremn}\n")
    harness.until(lambda: harness.state.message_bad, BOTH_UP, "a sentence")
    assert "did you mean 'theremin'" in harness.state.message
    assert harness.preset_manager.piece.preset.key == "first"
    assert sum(harness.cues) == 0


def test_a_change_that_a_class_requested_is_cancelled_when_teaching_begins(
    open_harness: Callable[[str], ClassActionsHarness],
) -> None:
    harness = open_harness("  clap: {preset: theremin}\n")
    harness.until(lambda: harness.preset_manager.training, BOTH_UP, "the other preset's fit")
    assert harness.submit("select", 2)
    harness.play(0.1, BOTH_UP)
    assert not harness.preset_manager.training
    assert "The preset stays" in harness.state.message
    end_s = time.monotonic() + 1.0
    harness.until(lambda: time.monotonic() > end_s, BOTH_UP, "a second, in which a fit would have come to its end")
    assert harness.preset_manager.piece.preset.key == "first"
    assert harness.values == pytest.approx(harness.sound_of(2))
    assert harness.preset_manager.preset_error == ""
    # What was cancelled can be requested again.
    assert harness.submit("stop")
    harness.play(SAME_REQUEST_S, STANDING)
    harness.until(lambda: harness.preset_manager.piece.preset.key == "theremin", BOTH_UP, "the other preset")


def test_a_command_can_change_the_preset_while_a_change_by_a_class_is_under_way(
    open_harness: Callable[[str], ClassActionsHarness],
) -> None:
    harness = open_harness("  clap: {preset: theremin}\n")
    harness.until(lambda: harness.preset_manager.training, BOTH_UP, "the other preset's fit")
    assert not harness.submit("preset", "drone"), "it is answered when it was found"
    harness.until(lambda: harness.preset_manager.piece.preset.key == "drone", STANDING, "the preset of the command")
    assert sum(harness.cues) > 0, "a command is confirmed by a cue"
