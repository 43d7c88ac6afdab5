"""`gesturesynth run` when its conductor is killed, its power is cut or its preset breaks: what it comes back with."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.command_table import KEYS
from gesturesynth.control.commands import KEYBOARD, call
from gesturesynth.core import paths
from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, Sound
from tests.support.app_process import STATUSES, AppProcess
from tests.support.audio_analysis import rms
from tests.support.jack_server import read_wav
from tests.support.waiting import wait_for

FLAGS = ("--source", "demo", "--audio", "null")
SETTINGS = """
preset: mine
volume: -3 dB
hours: {monday: always, fade: 1 s}
"""


class Gallery(AppProcess):
    """A `run` whose keys can be pressed, and whose conductor can be killed."""

    def press(self, *keys: str) -> None:
        """Keys, one after the other, each answered."""
        with CommandClient("keyboard", folder=self.runtime) as wire:
            for key in keys:
                command, values = KEYS[key]
                answer = wire.ask(call(command, values, KEYBOARD))
                assert answer.ok, answer.text

    def kill(self, who: str = "conductor") -> None:
        """kill -9, and the next life of it."""
        pid = self.pids()[who]
        os.kill(pid, signal.SIGKILL)
        self.until(STATUSES[who], lambda status: status.pid != pid, f"a new {who}")

    def now(self) -> ConductorStatus:
        """The conductor's next word."""
        return self.until(ConductorStatus, lambda _: True, "a word of the conductor")


@pytest.fixture
def home(own_folders: Path) -> Path:
    """A gallery's folders, with a preset of its own."""
    presets = own_folders / "config" / "presets"
    presets.mkdir(parents=True)
    (own_folders / "config" / "gesturesynth.yaml").write_text(SETTINGS)
    for ending in (".yaml", ".csv"):
        shutil.copy(paths.presets_dir() / f"drone{ending}", presets / f"mine{ending}")
    return own_folders


@pytest.fixture
def gallery(home: Path) -> Iterator[Gallery]:
    with Gallery(*FLAGS, home=home) as running:
        running.wait_until_playing()
        yield running


def test_a_killed_conductor_comes_back_with_all_that_was_chosen(gallery: Gallery) -> None:
    began = gallery.now().preset
    gallery.press("]", "-", "m", "a", "o", "!")
    status = gallery.until(ConductorStatus, lambda status: status.preset != began, "the next preset")
    gallery.until(ConductorStatus, lambda status: not status.training, "its model")
    chosen = gallery.runtime / "conductor" / "chosen.json"
    wait_for(lambda: b'"panic":true' in chosen.read_bytes(), "the disk to have it")
    sounds = gallery.listen(Sound)
    gallery.kill()
    after = gallery.until(ConductorStatus, lambda status: bool(status.model), "a model")
    session = after.session
    assert (after.preset, after.closed, after.hours) == (status.preset, True, "closed by hand")
    assert (session.volume_db, session.muted, session.panic, session.audition) == (-6.0, True, True, False)
    assert all(sound.muted for sound in sounds.fetch()), "not one message in between would have made a sound"


def test_volume_and_panic_outlast_the_run_and_the_preset_of_the_settings_plays(home: Path) -> None:
    with Gallery(*FLAGS, home=home) as running:
        running.wait_until_playing()
        running.press("]", "-", "-", "m", "!")
        kept = home / "state" / "remembered.json"
        # A busy disk takes its time; nothing confirms that it has them.
        wait_for(lambda: kept.exists() and b'"panic":true,"volume_db":-9.0' in kept.read_bytes(), "the disk to have it")
        assert running.process is not None
        running.find_processes()
        for member in running.known_processes.values():  # as a power cut would: all at once, without a last message
            member.kill()
    shutil.rmtree(home / "runtime")
    with Gallery(*FLAGS, home=home) as running:
        running.wait_until_playing()
        status = running.now()
        assert (status.preset, status.session.volume_db) == ("Ground", -9.0)
        assert (status.session.panic, status.session.muted) == (True, False)
        running.press("R", "+")
        assert running.stop() == 0
    with Gallery(*FLAGS, "--volume=-20dB", home=home) as running:
        running.wait_until_playing()
        assert (running.now().session.volume_db, running.now().session.panic) == (-20.0, False)
        running.kill()
        assert running.now().session.volume_db == -20.0
        assert running.stop() == 0
        running.assert_nothing_is_left()
    with Gallery(*FLAGS, home=home) as running:
        assert running.until(ConductorStatus, lambda _: True, "a word", 60.0).session.volume_db == -6.0


def test_a_preset_that_broke_meanwhile_is_played_as_it_was_and_mending_it_is_heard(gallery: Gallery) -> None:
    file = gallery.home / "config" / "presets" / "mine.yaml"
    copy = gallery.home / "state" / "presets" / "mine" / "last-good" / "mine.yaml"
    gallery.until(ConductorStatus, lambda _: copy.exists(), "a copy")
    whole = file.read_text()
    file.write_text("name: Mine\noutputs: [\n")
    gallery.kill()
    status = gallery.until(ConductorStatus, lambda status: bool(status.model), "a model")
    assert status.preset == "Ground"
    assert "mine.yaml:3:1" in status.preset_error
    assert "the last state of 'Ground' that worked plays" in status.preset_error
    gallery.until_logged("the preset cannot be used", "conductor")
    file.write_text(whole.replace("name: Ground", "name: Mended"))
    mended = gallery.until(ConductorStatus, lambda status: status.preset == "Mended", "the mended preset")
    assert mended.preset_error == ""
    assert gallery.stop() == 0


def test_a_killed_engine_comes_back_below_the_same_ceiling_at_the_same_volume_and_fades_in(home: Path) -> None:
    preset = home / "config" / "presets" / "mine.yaml"
    text = preset.read_text()
    master = "ceiling: -3 dB, fade_in: 3 s}"
    assert master in text
    preset.write_text(text.replace(master, "ceiling: -24 dB, fade_in: 3 s}"))
    file = home / "heard.wav"
    with Gallery(*FLAGS, "--record", file, home=home) as running:
        running.wait_until_playing()
        running.press("-")
        begun = running.until(EngineStatus, lambda status: status.level_db > -50.0, "sound").samples
        running.until(EngineStatus, lambda status: status.samples > begun + 5 * 48000, "five seconds of sound")
        running.kill("engine")
        begun = running.until(EngineStatus, lambda status: status.level_db > -50.0, "sound again").samples
        running.until(EngineStatus, lambda status: status.samples > begun + 5 * 48000, "five seconds of sound")
        assert running.stop() == 0
    before, after = (read_wav(part)[1][:, 0] for part in (file, file.with_name("heard-2.wav")))
    ceiling = db_to_gain(-24.0)
    assert np.abs(before).max() <= ceiling
    assert np.abs(after).max() <= ceiling
    assert np.abs(before).max() > ceiling / 4, "it was near enough to be held down"
    level = rms(after, 4800)
    first = int(np.argmax(level > 1e-4))
    assert level[first] < 0.3 * level[first + 15 : first + 30].mean(), "it comes up slowly"
    loud = [rms(samples, 4800)[-30:-5].mean() for samples in (before, after)]
    assert loud[1] == pytest.approx(loud[0], rel=0.7), "as loud as before, whatever the performer does"
