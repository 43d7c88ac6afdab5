"""A preset that is saved while it plays: taken over without interrupting the sound, or refused with a sentence."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.config.preset.loader import find
from gesturesynth.core.units import Warp, db_to_gain, to_unit
from gesturesynth.mapping.examples.dataset import read_csv, write_csv
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, Sound
from tests.support.app_process import Running
from tests.support.audio_analysis import rms, steps
from tests.support.jack_server import Capture, JackServer, wait_for
from tests.support.still_skeleton import write_statue

RATE = 48000
PRESET = """\
name: Held note
features: [right_wrist.height, left_wrist.height, hands.distance]
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp, glide: 60 ms}
  level: {to: theremin.level, range: [-28, 0], unit: dB, glide: 80 ms}
  timbre: {to: theremin.timbre, range: [0.0, 0.13], glide: 120 ms}
crossfade: 500 ms
instruments:
  theremin: {vibrato: 0.5}
idle: {pitch: 110, level: -28, timbre: 0.0}
master: {ceiling: -3 dB, fade_in: 100 ms}
"""


@dataclass
class Change:
    """What was said and heard while a file was saved; complete once it is over."""

    capture: Capture
    before: Sound
    sounds: list[Sound] = field(default_factory=list)
    after: Sound = field(init=False)


@dataclass
class Player:
    """What plays, the preset file it plays, and the server it plays on."""

    running: Running
    server: JackServer
    file: Path

    @property
    def examples(self) -> Path:
        return self.file.with_suffix(".csv")

    def save(self, text: str) -> None:
        """Writes into the file, as some editors do."""
        self.file.write_text(text)

    def replace(self, text: str) -> None:
        """Puts another file in its place, as other editors do."""
        fresh = self.file.with_name(".mine.yaml.swp")
        fresh.write_text(text)
        fresh.replace(self.file)

    def fits(self) -> int:
        """How often a preset has begun to play."""
        return len([line for line in self.running.log() if line["event"] == "playing"])

    def error(self) -> str:
        """What is wrong with the file, as the conductor says."""
        return self.running.until(ConductorStatus, lambda _: True, "the conductor's word").preset_error

    def rests(self) -> Sound:
        """Waits until the outputs have stood still for half a second from now on."""
        sounds = self.running.listen(Sound)
        begin = len(sounds.fetch())

        def still() -> bool:
            fresh: list[Sound] = sounds.fetch()[begin:]
            if not fresh or fresh[-1].capture_time_s - fresh[0].capture_time_s < 0.6:
                return False
            recent = [sound for sound in fresh if sound.capture_time_s > fresh[-1].capture_time_s - 0.5]
            same = all(sound.scene == recent[-1].scene for sound in recent)
            return same and bool(np.ptp([sound.values for sound in recent], axis=0).max() < 1e-3)

        wait_for(still, "outputs that stand still")
        newest: Sound = sounds.messages[-1]
        return newest

    @contextmanager
    def change(self, taken_over: Callable[[Sound], bool]) -> Iterator[Change]:
        """Half a second of steady sound, what the block does, its being taken over, and steady sound again."""
        sounds = self.running.listen(Sound)
        before = self.rests()
        begin = len(sounds.messages)
        with self.server.capture() as capture:
            self._hear(RATE // 2)
            change = Change(capture, before)
            yield change
            self.running.until(Sound, taken_over, "the new preset")
            change.after = self.rests()
            change.sounds = sounds.messages[begin:]
            self._hear(RATE // 2)

    def _hear(self, samples: int) -> None:
        begin = self.running.until(EngineStatus, lambda _: True, "the engine").samples
        self.running.until(EngineStatus, lambda status: status.samples > begin + samples, "the audio clock to go on")


RANGES = {"theremin.pitch": (110.0, 1760.0), "theremin.level": (-28.0, 0.0), "theremin.timbre": (0.0, 0.13)}


@pytest.fixture(scope="module")
def playing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    file = tmp_path_factory.mktemp("presets") / "mine.yaml"
    file.write_text(PRESET)
    file.with_suffix(".csv").write_bytes(find("theremin").with_suffix(".csv").read_bytes())
    statue = write_statue(file.with_name("statue.skeleton"))
    flags = ("--source", statue, "--preset", file, "--audio", "jack")
    with JackServer() as server, Running(*flags, environment=server.environment) as running:
        running.playing()
        running.listen(Sound)
        running.until(ConductorStatus, lambda status: status.confidence > 0.9, "somebody")
        yield Player(running, server, file)


@pytest.fixture
def player(playing: Player) -> Player:
    """It plays the preset as it was at first."""
    examples = find("theremin").with_suffix(".csv").read_bytes()
    for file, content in ((playing.file, PRESET.encode()), (playing.examples, examples)):
        if file.read_bytes() != content:
            fitted = playing.fits()
            file.write_bytes(content)
            wait_for(lambda before=fitted: playing.fits() > before, "the preset")  # type: ignore[misc]  # a bound value
    playing.running.until(ConductorStatus, lambda status: not status.preset_error, "no error")
    return playing


def without_interruption(change: Change) -> None:
    """No gap, and no step above those of the steady sound before and after."""
    sound = change.capture.samples[:, 0]
    assert np.isfinite(sound).all()
    level = rms(sound, RATE // 50)
    assert level.min() > np.median(level) * db_to_gain(-20.0), "no silent stretch"
    steady = max(steps(sound[: RATE // 2]).max(), steps(sound[-RATE // 2 :]).max())
    assert steps(sound).max() < steady * 1.6, "no click"


def without_jump(change: Change) -> None:
    """No output moves by more than a tenth of its range from one message to the next."""
    for before, after in itertools.pairwise(change.sounds):
        then, now = (dict(zip(sound.scene.parameters, sound.values, strict=True)) for sound in (before, after))
        for name in then.keys() & now.keys():
            low, high = RANGES[name]
            warp: Warp = "exp" if name.endswith("pitch") else "lin"
            position = to_unit(np.array([then[name], now[name]]), low, high, warp)
            assert abs(position[1] - position[0]) <= 0.1, f"{name} went from {then[name]:.4g} to {now[name]:.4g}"


def test_a_changed_glide_is_taken_over_and_nothing_else_is_heard(player: Player) -> None:
    with player.change(lambda sound: sound.scene.glides_s[0] == pytest.approx(0.5)) as change:
        player.save(PRESET.replace("glide: 60 ms", "glide: 500 ms"))
    without_interruption(change)
    without_jump(change)
    assert change.after.values == pytest.approx(change.before.values, rel=0.01), "the same pose, the same sound"
    assert change.after.scene.glides_s[1:] == change.before.scene.glides_s[1:]


@pytest.mark.parametrize(("low", "high"), [(110, 880), (55, 3520)])
def test_a_changed_range_is_taken_over_without_a_jump(player: Player, low: int, high: int) -> None:
    fitted = player.fits()
    with player.change(lambda _: player.fits() > fitted) as change:
        player.save(PRESET.replace("[110, 1760]", f"[{low}, {high}]"))
    without_interruption(change)
    without_jump(change)
    assert low <= change.after.values[0] <= high
    if high > 1760:
        assert change.after.values[0] == pytest.approx(change.before.values[0], rel=0.03), "what was taught stays"


def test_a_changed_instrument_is_taken_over_without_a_gap(player: Player) -> None:
    def vibrato(sound: Sound) -> float:
        return sound.scene.instruments[0].fixed["vibrato"]

    with player.change(lambda sound: vibrato(sound) == pytest.approx(1.5)) as change:
        player.save(PRESET.replace("vibrato: 0.5", "vibrato: 1.5"))
    without_interruption(change)
    without_jump(change)


def test_a_second_instrument_joins_without_a_gap(player: Player) -> None:
    with player.change(lambda sound: len(sound.scene.instruments) == 2) as change:
        player.save(PRESET.replace("instruments:\n", "instruments:\n  drone: {level: -20}\n"))
    level = rms(change.capture.samples[:, 0], RATE // 50)
    assert level.min() > np.median(level) * db_to_gain(-20.0)


def test_a_file_put_in_its_place_is_noticed(player: Player) -> None:
    with player.change(lambda sound: sound.scene.glides_s[2] == pytest.approx(0.3)) as change:
        player.replace(PRESET.replace("glide: 120 ms", "glide: 300 ms"))
    without_interruption(change)


def test_new_examples_are_taken_over(player: Player) -> None:
    examples = read_csv(player.examples)
    targets = examples.Y.copy()
    targets[:, examples.outputs.index("pitch")] = 300.0
    with player.change(lambda sound: abs(sound.values[0] - 300.0) < 3.0) as change:
        write_csv(dataclasses.replace(examples, Y=targets), player.examples)
    without_interruption(change)
    assert change.before.values[0] > 330.0, "it was another sound before"


# ---------------------------------------------------------------------------------------------------------- a mistake
def test_a_broken_file_leaves_the_old_preset_playing_and_is_told_with_its_place(player: Player) -> None:
    with player.change(lambda _: bool(player.error())) as change:
        player.save(PRESET.replace("to: theremin.pitch", "to: theremin.pich"))
    place = f"{player.file}:4:15: "
    assert place in player.error()
    assert "did you mean 'pitch'?" in player.error()
    assert "Allowed: pitch," in player.error()
    assert player.running.until_said(place, "conductor")["level"] == "error"
    without_interruption(change)
    assert all(sound.scene == change.before.scene for sound in change.sounds)
    assert change.after.values == pytest.approx(change.before.values, rel=1e-3)
    player.save(PRESET)
    player.running.until(ConductorStatus, lambda status: not status.preset_error, "no error any more")


def test_whatever_is_in_the_file_the_sound_goes_on(player: Player) -> None:
    sounds = player.running.listen(Sound)
    before = player.rests()
    begin = len(sounds.messages)
    said = ""
    for text in ("", "name: [", "\x00\x01", "outputs: 3\n", "- a\n"):
        player.save(text)
        said = player.running.until(
            ConductorStatus,
            lambda status, last=said: status.preset_error not in ("", last),  # type: ignore[misc]  # a bound value
            f"what is wrong with {text!r}",
        ).preset_error
        assert str(player.file) in said
    assert all(sound.scene == before.scene for sound in sounds.fetch()[begin:])
    assert player.rests().values == pytest.approx(before.values, rel=1e-3)


def test_a_file_that_is_taken_away_and_comes_back(player: Player) -> None:
    hidden = player.file.with_suffix(".away")
    player.file.replace(hidden)
    player.running.until(ConductorStatus, lambda status: bool(status.preset_error), "the error")
    player.running.until(EngineStatus, lambda status: status.level_db > -50.0, "sound")
    hidden.replace(player.file)
    player.running.until(ConductorStatus, lambda status: not status.preset_error, "no error any more")


def test_examples_that_do_not_fit_are_told_and_the_old_model_plays_on(player: Player) -> None:
    before = player.rests()
    player.examples.write_text("take,class,feature:nonsense,output:pitch\n1,,0.5,\n")
    status = player.running.until(ConductorStatus, lambda status: bool(status.model_error), "the error")
    assert "right_wrist.height" in status.model_error
    assert player.rests().values == pytest.approx(before.values, rel=1e-3)


def test_after_all_that_nothing_has_crashed(player: Player) -> None:
    log = player.running.log()
    assert [line for line in log if line["level"] == "unstructured" or "Traceback" in line["event"]] == []
    assert [line["message"] for line in log if line["event"] == "restart scheduled"] == []
    assert player.running.stop() == 0
    player.running.assert_nothing_is_left()
