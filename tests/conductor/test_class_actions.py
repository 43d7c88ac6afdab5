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

from gesturesynth.conductor.class_preset_changes import PATIENCE_S, SETTLE_S, ClassPresetChanges
from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.control.commands import call
from gesturesynth.control.session.events import DEFAULT_CHOICES, Rules
from gesturesynth.core import paths
from gesturesynth.mapping.examples.dataset import read_csv
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper import MapperFrame
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.pipeline.running_preset import RunningPreset, fit_job
from gesturesynth.runtime.messages import Body, Pose, SessionState
from tests.support.stick_figure import pose

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
    return Pose(time_s, number, 640, 480, (Body.from_arrays(image, np.zeros((33, 3), np.float32)),))


# ----------------------------------------------------------------------------------------------------------- the piece
class Visit:
    """Plays one piece for one body, with a frame at every other tick."""

    def __init__(self, loaded: Preset) -> None:
        self.piece = RunningPreset(loaded)
        self.piece.take_over(drums(), 0.0)
        self.ticks = 0

    def play(self, seconds: float, image: NDArray[np.float32]) -> list[MapperFrame]:
        moments = []
        for _ in range(round(seconds / TICK_S)):
            self.ticks += 1
            time_s = self.ticks * TICK_S
            moments.append(
                self.piece.process_pose(frame(image, self.ticks, time_s) if self.ticks % 2 else None, time_s)
            )
        return moments


def sound_of(loaded: Preset, number: int) -> list[float]:
    return [loaded.snapshots[number][output.name] for output in loaded.outputs]


def test_a_class_holds_its_snapshot_as_long_as_it_lasts(tmp_path: Path) -> None:
    loaded = loader.load(written(tmp_path, "mine", "  clap: {snapshot: 3, trigger: percussion.clap}\n"))
    visit = Visit(loaded)
    without = visit.play(1.0, STANDING)[-1].values
    held = visit.play(2.0, BOTH_UP)
    assert held[-1].recognised == "clap"
    assert held[-1].values == pytest.approx(sound_of(loaded, 3))
    assert all(frame.values == pytest.approx(sound_of(loaded, 3)) for frame in held[30:])
    assert visit.piece.sound(held[-1], 0.0).trigger_counts == (1,), "it strikes as well, once"
    after = visit.play(3.0, STANDING)
    assert visit.piece.holding == ""
    assert after[-1].values == pytest.approx(without, abs=0.5)
    steps = np.abs(np.diff([mapper_frame.positions for mapper_frame in after], axis=0))
    assert steps.max() < 0.03, "it is let go as a hand lets go, without a step"


def test_another_class_holds_another_snapshot(tmp_path: Path) -> None:
    loaded = loader.load(written(tmp_path, "mine", "  clap: {snapshot: 3}\n  snare: {snapshot: 2}\n"))
    visit = Visit(loaded)
    visit.play(1.0, STANDING)
    assert visit.play(1.0, BOTH_UP)[-1].values == pytest.approx(sound_of(loaded, 3))
    assert visit.play(1.0, RIGHT_UP)[-1].values == pytest.approx(sound_of(loaded, 2))
    assert visit.piece.holding == "snare"


def test_an_output_that_the_snapshot_does_not_name_stays_as_it_is(tmp_path: Path) -> None:
    file = written(tmp_path, "mine", "  clap: {snapshot: 3}\n")
    whole = "  3: {busy: 0.1, decay: 0.6, tune: 115, drive: 0.5, level: -3}"
    file.write_text(file.read_text(encoding="utf-8").replace(whole, "  3: {tune: 115}"), encoding="utf-8")
    visit = Visit(loader.load(file))
    visit.play(1.0, STANDING)
    entered = visit.play(1.0, BOTH_UP)
    tune = [output.name for output in visit.piece.preset.outputs].index("tune")
    assert entered[-1].values[tune] == pytest.approx(115)
    others = np.delete([frame.positions for frame in entered[-30:]], tune, axis=1)
    assert np.ptp(others, axis=0).max() == 0.0
    assert np.abs(others[0] - np.delete(entered[0].positions, tune)).max() < 0.5


def test_each_class_has_its_own_hold(tmp_path: Path) -> None:
    entered_s = {}
    for name, hold in (("quick", "60 ms"), ("slow", "1 s")):
        loaded = loader.load(written(tmp_path, name, f"  clap: {{trigger: percussion.clap, hold: {hold}}}\n"))
        visit = Visit(loaded)
        visit.play(1.0, STANDING)
        fired = [tick for tick, frame in enumerate(visit.play(2.0, BOTH_UP)) if frame.fired]
        entered_s[name] = fired[0] * TICK_S
    assert entered_s["slow"] - entered_s["quick"] == pytest.approx(0.94, abs=0.1)


# -------------------------------------------------------------------------------------------------------------- wishes
def test_a_wish_is_made_once_while_it_is_carried_out(tmp_path: Path) -> None:
    loaded = loader.load(written(tmp_path, "mine", "  clap: {preset: theremin}\n  snare: {preset: mine}\n"))
    options = ClassPresetChanges()
    assert options.request(loaded, ["clap"], 10.0, heed=True) is None, "the pose that it began with"
    assert options.request(loaded, ["snare"], 20.0, heed=True) is None, "what plays already"
    assert options.request(loaded, ["clap"], 20.0, heed=False) is None, "somebody is teaching"
    requested = options.request(loaded, ["clap"], 21.0, heed=True)
    assert requested
    assert (requested.command, requested.values, requested.sender) == ("preset", ("theremin",), "class clap")
    assert options.request(loaded, ["clap"], 22.0, heed=True) is None, "it flickers"
    assert options.request(loaded, ["clap"], 21.5 + PATIENCE_S, heed=True)


# --------------------------------------------------------------------------------------------------- with all its parts
class Studio:
    """Teaching as the conductor does it: repertoire, shelf, worker and trainer; the conductor's steps by a clock of its
    own, which goes on with a body standing there.
    """

    def __init__(self, file: Path, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._worker = ThreadPoolExecutor(1)
        library = ExampleLibrary(lambda: datetime.now(tz=UTC))
        self.repertoire = PresetManager(loader.load(file), context, 0.0, self._worker, library.examples)
        rules = Rules(countdown_s=1.0, take_s=1.0)
        random = np.random.default_rng(1)
        gate = OpeningHoursGate(None, 0.0, lambda: datetime.now(tz=UTC))
        self.teaching = SessionController(
            self.repertoire, library, self._worker, rules=rules, choices=DEFAULT_CHOICES, gate=gate, random=random
        )
        self.ticks = 0
        self.heard: tuple[float, ...] = ()
        self.cues: tuple[int, ...] = ()
        self.moment: MapperFrame | None = None

    @property
    def now_s(self) -> float:
        return 100.0 + self.ticks * TICK_S

    @property
    def state(self) -> SessionState:
        return self.teaching.state

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

    def ask(self, name: str, *values: object) -> bool:
        answers: list[bool] = []
        self.teaching.submit(call(name, values, "keyboard"), self.now_s, lambda ok, _: answers.append(ok))
        return answers == [True]

    def sound_of(self, number: int) -> list[float]:
        return sound_of(self.repertoire.piece.preset, number)

    def close(self) -> None:
        self.teaching.close(self.now_s)
        self.repertoire.close()

    def _step(self, image: NDArray[np.float32]) -> None:
        self.ticks += 1
        seen = frame(image, self.ticks, self.now_s) if self.ticks % 2 else None
        event = self.repertoire.poll(self.now_s)
        self.teaching.handle_preset_event(event, self.now_s)
        if seen:
            self.teaching.add_pose(seen)
        self.teaching.advance(self.now_s)
        piece = self.repertoire.piece
        self.moment = piece.process_pose(seen, self.now_s)
        self.teaching.handle_class_events(self.moment, self.now_s)
        sound = self.teaching.apply_to(piece.sound(self.moment, self.now_s), self.moment)
        self.heard, self.cues = sound.values, sound.cue_counts


@pytest.fixture
def open_studio(tmp_path: Path) -> Iterator[Callable[[str], Studio]]:
    """Opens the preset `first` with these classes, and waits until it plays; `second` may lie beside it."""
    opened: list[Studio] = []
    with zmq.Context() as context:

        def studio(classes: str) -> Studio:
            opened.append(Studio(written(tmp_path, "first", classes), context))
            opened[0].until(lambda: bool(opened[0].repertoire.model), STANDING, "the first fit")
            opened[0].play(SETTLE_S + 0.5, STANDING)
            return opened[0]

        yield studio
        for one in opened:
            one.close()


def test_people_are_told_which_class_holds_what(open_studio: Callable[[str], Studio]) -> None:
    studio = open_studio("  clap: {snapshot: 3}\n")
    assert (studio.state.held, studio.state.held_by) == ("", "")
    studio.play(1.0, BOTH_UP)
    assert (studio.state.held, studio.state.held_by) == ("3", "clap")
    assert studio.heard == pytest.approx(studio.sound_of(3))
    assert sum(studio.cues) == 0, "what a pose does is confirmed by no sound"
    assert not studio.ask("stop")
    assert "'clap' holds" in studio.state.message
    studio.play(1.0, STANDING)
    assert (studio.state.held, studio.state.held_by) == ("", "")
    assert not studio.ask("stop")
    assert studio.state.message == "There is nothing to stop."


def test_what_a_hand_holds_no_class_takes_away(open_studio: Callable[[str], Studio]) -> None:
    studio = open_studio("  clap: {snapshot: 3}\n  snare: {preset: theremin}\n")
    assert studio.ask("select", 1)
    studio.play(1.0, BOTH_UP)
    assert studio.moment
    assert studio.moment.recognised == "clap"
    assert studio.heard == pytest.approx(studio.sound_of(1))
    assert (studio.state.held, studio.state.held_by) == ("1", "")
    studio.play(1.0, RIGHT_UP)
    assert studio.heard == pytest.approx(studio.sound_of(1))
    assert studio.state.last_command == "select 1", "no preset was asked for"
    studio.play(1.0, BOTH_UP)
    assert studio.ask("stop")
    studio.play(0.5, BOTH_UP)
    assert studio.heard == pytest.approx(studio.sound_of(3)), "nobody teaches any more"
    assert studio.ask("select", 1)
    studio.play(0.5, BOTH_UP)
    assert studio.heard == pytest.approx(studio.sound_of(1)), "and a hand takes it from the class"
    assert (studio.state.held, studio.state.held_by) == ("1", "")


def test_during_countdown_and_take_classes_change_neither_sound_nor_preset(
    open_studio: Callable[[str], Studio],
) -> None:
    studio = open_studio("  clap: {snapshot: 3}\n  snare: {preset: theremin}\n")
    studio.play(1.0, BOTH_UP)
    assert studio.ask("label", "clap")
    assert studio.ask("record")
    studio.play(0.2, BOTH_UP)
    assert studio.phase() == "countdown"
    assert studio.state.held == ""
    studio.play(1.2, RIGHT_UP)
    assert studio.phase() == "recording"
    studio.play(0.5, BOTH_UP)
    assert studio.phase() == "recording"
    assert studio.state.held == ""
    assert studio.heard != pytest.approx(studio.sound_of(3))
    assert studio.state.last_command == "record"
    studio.until(lambda: studio.state.takes == {"clap": 1}, STANDING, "the take")


SECOND = "  clap: {preset: first}\n  snare: {snapshot: 2}\n"


def test_a_class_leads_to_another_preset_and_its_pose_not_back(
    open_studio: Callable[[str], Studio], tmp_path: Path
) -> None:
    written(tmp_path, "second", SECOND)
    studio = open_studio("  clap: {preset: second}\n")
    studio.until(lambda: studio.repertoire.piece.preset.key == "second", BOTH_UP, "the second preset")
    assert (studio.state.last_command, studio.state.last_by) == ("preset second", "class clap")
    assert sum(studio.cues) == 0
    studio.play(5.0, BOTH_UP)
    assert studio.repertoire.piece.preset.key == "second", "nobody has asked for the way back"
    studio.play(1.0, STANDING)
    studio.until(lambda: studio.repertoire.piece.preset.key == "first", BOTH_UP, "the way back")


def test_a_preset_that_is_not_there_is_said_and_what_plays_plays_on(open_studio: Callable[[str], Studio]) -> None:
    studio = open_studio("  clap: {preset: theremn}\n")
    studio.until(lambda: studio.state.message_bad, BOTH_UP, "a sentence")
    assert "did you mean 'theremin'" in studio.state.message
    assert studio.repertoire.piece.preset.key == "first"
    assert sum(studio.cues) == 0


def test_a_preset_that_a_class_asked_for_does_not_come_when_somebody_begins_to_teach(
    open_studio: Callable[[str], Studio],
) -> None:
    studio = open_studio("  clap: {preset: theremin}\n")
    studio.until(lambda: studio.repertoire.training, BOTH_UP, "the other preset's fit")
    assert studio.ask("select", 2)
    studio.play(0.1, BOTH_UP)
    assert not studio.repertoire.training
    assert "The preset stays" in studio.state.message
    end_s = time.monotonic() + 1.0
    studio.until(lambda: time.monotonic() > end_s, BOTH_UP, "a second, in which a fit would have come to its end")
    assert studio.repertoire.piece.preset.key == "first"
    assert studio.heard == pytest.approx(studio.sound_of(2))
    assert studio.repertoire.preset_error == ""
    # What was called off can be asked for again.
    assert studio.ask("stop")
    studio.play(PATIENCE_S, STANDING)
    studio.until(lambda: studio.repertoire.piece.preset.key == "theremin", BOTH_UP, "the other preset")


def test_a_hand_can_change_the_preset_while_a_class_is_about_to(open_studio: Callable[[str], Studio]) -> None:
    studio = open_studio("  clap: {preset: theremin}\n")
    studio.until(lambda: studio.repertoire.training, BOTH_UP, "the other preset's fit")
    assert not studio.ask("preset", "drone"), "it is answered when it was found"
    studio.until(lambda: studio.repertoire.piece.preset.key == "drone", STANDING, "what the hand asked for")
    assert sum(studio.cues) > 0, "a hand is answered"
