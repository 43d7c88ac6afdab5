"""A piece that was taught grows and shrinks, and never loses its model: the file changes, it is trained, started again,
exported, imported and rendered, and each time what was taught and is still wanted plays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.cli import app
from gesturesynth.config.preset import loader
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.example_library import load_taught
from gesturesynth.pipeline.fit_job import fit_job, untaught
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.tracking.skeleton_file import SkeletonWriter
from tests.support.conductor_harness import HIGH, LOW, MIDDLE, ConductorHarness, own_preset
from tests.support.jack_server import read_wav

PIECE = """\
name: Growing
features: [right_wrist.height, left_wrist.height]
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp}
  level: {to: theremin.level, range: [-28, 0], unit: dB}
snapshots:
  1: {pitch: 110, level: -12}
  2: {pitch: 880, level: -3}
classes:
  up: {trigger: percussion.kick}
  none: {}
instruments:
  theremin: {}
  percussion: {}
"""


def replaced(*pairs: tuple[str, str]) -> Callable[[str], str]:
    def change(text: str) -> str:
        for before, after in pairs:
            assert before in text, before
            text = text.replace(before, after)
        return text

    return change


@dataclass(frozen=True)
class Change:
    """What is done to the piece; which outputs go on, by their names afterwards; what is said of it."""

    of_file: Callable[[str], str] = lambda text: text
    still: dict[str, str] = field(default_factory=lambda: {"pitch": "pitch", "level": "level"})
    said: str = ""
    of_takes: tuple[int, ...] = ()


LEVEL = "  level: {to: theremin.level, range: [-28, 0], unit: dB}\n"
TIMBRE = "  timbre: {to: theremin.timbre, range: [0.0, 0.13]}\n"
PITCH = "  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp}\n"

CHANGES: dict[str, Change] = {
    "nothing": Change(),
    "an output added": Change(replaced((LEVEL, LEVEL + TIMBRE)), said=" has not been taught: it stays where it is"),
    "an output added in front": Change(
        replaced((PITCH, TIMBRE + PITCH)), said=" has not been taught: it stays where it is"
    ),
    "an output removed": Change(
        replaced((LEVEL, ""), (", level: -12", ""), (", level: -3", "")), still={"pitch": "pitch"}
    ),
    "an output renamed": Change(
        replaced(
            (PITCH, PITCH.replace("pitch:", "tone:")), ("{pitch: 110", "{tone: 110"), ("{pitch: 880", "{tone: 880")
        ),
        still={"level": "level"},
        said="examples name pitch, which the preset does not have: was it renamed?",
    ),
    "all outputs renamed": Change(
        replaced(
            (PITCH, PITCH.replace("pitch:", "tone:")),
            (LEVEL, LEVEL.replace("level:", "loud:")),
            ("{pitch: 110, level: -12}", "{tone: 110, loud: -12}"),
            ("{pitch: 880, level: -3}", "{tone: 880, loud: -3}"),
        ),
        still={},
        said=" loud have not been taught (examples name pitch, level",
    ),
    "outputs in another order": Change(replaced((PITCH + LEVEL, LEVEL + PITCH))),
    "a feature added": Change(replaced(("left_wrist.height]", "left_wrist.height, hands.distance]"))),
    "a feature removed": Change(replaced((", left_wrist.height]", "]"))),
    "other features": Change(replaced(("[right_wrist.height, left_wrist.height]", "[right_elbow.height, lean]"))),
    "a range narrowed": Change(
        replaced(("[110, 1760]", "[110, 440]"), ("pitch: 880", "pitch: 440")), said="outside its range of 110 to 440 Hz"
    ),
    "a range turned round": Change(replaced(("[110, 1760]", "[1760, 110]"))),
    "a range without what was taught": Change(
        replaced(("[110, 1760]", "[1000, 2000]"), ("pitch: 110", "pitch: 1000"), ("pitch: 880", "pitch: 1000")),
        still={"level": "level"},
        said="all 60 values of 'pitch'",
    ),
    "another instrument": Change(
        replaced((LEVEL, "  level: {to: drone.level, range: [-28, -3], unit: dB}\n"), ("  theremin: {}\n", ""))
    ),
    "an instrument added": Change(replaced(("  theremin: {}\n", "  theremin: {}\n  drone: {}\n"))),
    "a class added": Change(replaced(("  none: {}\n", "  none: {}\n  wave: {}\n")), said="the class wave"),
    "a class renamed": Change(replaced(("  up: {", "  high: {")), said="the class high"),
    "all classes removed": Change(
        replaced(("classes:\n  up: {trigger: percussion.kick}\n  none: {}\n", ""), ("  percussion: {}\n", ""))
    ),
    "a snapshot removed": Change(replaced(("  2: {pitch: 880, level: -3}\n", ""))),
    "all snapshots removed": Change(
        replaced(("snapshots:\n  1: {pitch: 110, level: -12}\n  2: {pitch: 880, level: -3}\n", ""))
    ),
    "another name": Change(replaced(("name: Growing", "name: Grown"))),
    "another model": Change(replaced(("instruments:", "model: {kind: knn}\ninstruments:"))),
    "a take of a class deleted": Change(of_takes=(4,), said="only one class, 'up'"),
    "a take of a sound deleted": Change(of_takes=(2,)),
    "all takes of sounds deleted": Change(
        of_takes=(1, 2), still={}, said="pitch, level have not been taught: they stay"
    ),
    "all takes of classes deleted": Change(of_takes=(3, 4), said="the classes up, none"),
    "much at once": Change(
        replaced(
            (LEVEL, TIMBRE),
            (", level: -12", ""),
            (", level: -3", ""),
            ("left_wrist.height]", "hands.distance]"),
            ("  none: {}\n", "  none: {}\n  wave: {}\n"),
            ("[110, 1760]", "[100, 3000]"),
        ),
        still={"pitch": "pitch"},
        said="timbre has not been taught (examples name level",
    ),
}


def shell(*arguments: str) -> object:
    return app.app(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")


def frames(what: Body, count: int, start_s: float) -> list[Pose]:
    return [Pose(start_s + frame / 30, frame, 640, 480, (what,)) for frame in range(count)]


def teach() -> None:
    """Two sounds and two classes, a take of a second each, as the conductor stores them."""
    with ExampleStore.open(store_path("growing"), datetime.now(UTC)) as store:
        for number, sound, what in (
            ("1", {"pitch": 110.0, "level": -12.0}, LOW),
            ("2", {"pitch": 880.0, "level": -3.0}, HIGH),
        ):
            store.add_take(number, sound, "", frames(what, 30, 100.0))
        for label, what in (("up", HIGH), ("none", MIDDLE)):
            store.add_take(label, {}, label, frames(what, 30, 200.0))


class Player:
    """Plays the piece as conductor and `render` do, from reading its file to the values that go to the engine."""

    def __init__(self) -> None:
        self.time_s = 0.0
        self.piece: RunningPreset | None = None

    def read(self, file: Path) -> str:
        """Reads the file and all that was taught, fits, and takes over from what played; what is said of it."""
        loaded = loader.load(file)
        job = fit_job(loaded, load_taught(loaded, datetime.now(UTC))[1])
        piece = RunningPreset(loaded)
        if self.piece:
            piece.continue_from(self.piece, self.time_s)
        piece.take_over(fit(job), self.time_s)
        self.piece = piece
        return untaught(loaded, job)

    def values(self, what: Body) -> dict[str, float]:
        """What sounds after two seconds of this."""
        assert self.piece is not None
        for pose in frames(what, 60, self.time_s + 0.1):
            frame = self.piece.process_pose(pose, pose.capture_time_s)
        self.time_s = pose.capture_time_s
        sound = self.piece.sound(frame, self.time_s)
        values = dict(zip((output.name for output in self.piece.preset.outputs), sound.values, strict=True))
        assert np.isfinite(list(values.values())).all()
        return values


def plays(player: Player, change: Change) -> None:
    """Outputs that were taught and are still there follow the body."""
    low, high = player.values(LOW), player.values(HIGH)
    if 2 not in change.of_takes:
        for output in change.still:
            assert low[output] != pytest.approx(high[output], rel=0.02), output


def rendered(folder: Path, file: Path) -> None:
    """What was taught renders into something that is heard."""
    skeleton, wave = folder / "s.skeleton", folder / "o.wav"
    with SkeletonWriter(skeleton) as writer:
        for pose in (*frames(LOW, 20, 0.0), *frames(HIGH, 20, 20 / 30)):
            writer.write(pose)
    shell("render", "--taught", "--preset", str(file), "--source", str(skeleton), "--out", str(wave))
    _, samples = read_wav(wave)
    assert np.sqrt(np.mean(np.square(samples))) > 1e-4


@pytest.mark.parametrize("name", CHANGES)
def test_a_taught_piece_grows_and_shrinks_and_never_loses_its_model(own_folders: Path, name: str) -> None:
    change = CHANGES[name]
    file = own_preset("growing", PIECE)
    teach()
    player = Player()
    assert player.read(file) == ""
    plays(player, Change())
    file.write_text(change.of_file(PIECE), encoding="utf-8")
    if change.of_takes:
        shell("examples", "delete", *map(str, change.of_takes), "-p", str(file))
    said = player.read(file)  # while it plays
    assert change.said in said
    assert bool(change.said) == bool(said)
    plays(player, change)
    started = Player()  # after a start
    assert started.read(file) == said
    plays(started, change)
    for ending in ("csv", "arff"):
        exported = own_folders / f"out.{ending}"
        shell("examples", "export", str(exported), "-p", str(file))
        with ExampleStore.open(store_path("growing"), datetime.now(UTC)) as store:
            before = sum(info.rows for info in store.takes())
            store.clear()
        shell("examples", "import", str(exported), "-p", str(file))
        with ExampleStore.open(store_path("growing"), datetime.now(UTC)) as store:
            assert sum(info.rows for info in store.takes()) == before
    assert shell("preset", "check", str(file)) == 0
    imported = Player()
    assert imported.read(file) == said
    plays(imported, change)
    rendered(own_folders, file)


@pytest.mark.parametrize("name", ["an output added", "all outputs renamed", "a range narrowed"])
def test_the_conductor_trains_and_starts_a_piece_that_has_changed(own_folders: Path, name: str) -> None:
    change = CHANGES[name]
    without_classes = CHANGES["all classes removed"].of_file(PIECE)
    file = own_preset("growing", without_classes)
    with ConductorHarness(file) as room:
        room.wait_until_idle()
        for number, what in ((1, LOW), (2, HIGH)):
            room.done("select", number)
            room.take(what)
        room.train()
        assert room.preset_manager.model
        file.write_text(change.of_file(without_classes), encoding="utf-8")
        room.run_for(1.0)
        room.wait_until_idle()
        room.train()
        assert room.state.message.startswith("Trained: ")
        assert change.said in room.state.message
        assert not room.state.message_bad
        room.done("select", 1)
        room.take(LOW)  # knows all outputs that there are now, whatever was held before
        with room.stored() as store:
            assert set(store.sound(3)) == {output.name for output in room.preset_manager.piece.preset.outputs}
    with ConductorHarness(file) as room:
        room.wait_until_playing()
        assert room.preset_manager.model_error == ""
        assert room.preset_manager.preset_error == ""
