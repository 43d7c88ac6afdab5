"""A preset that is broken at the start: another plays, the error is reported, and the repaired file takes over."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import zmq

from gesturesynth.conductor.last_known_good import (
    LastKnownGoodCopies,
    StartupPreset,
    choose_startup_preset,
    copy_of,
    save_copy,
)
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.pipeline.preset_reader import stamp_of
from tests.conductor.test_preset_manager import PresetManagerHarness
from tests.support.sound_files import write_tone

pytestmark = pytest.mark.slow("a trainer process")

BROKEN = "name: Mine\noutputs: {pitch: {to: nothing.pitch\n"


@pytest.fixture
def mine() -> Path:
    """A preset of one's own, with factory examples."""
    folder = paths.config_dir() / "presets"
    folder.mkdir(parents=True)
    for ending in (".yaml", ".csv"):
        shutil.copy(paths.presets_dir() / f"drone{ending}", folder / f"mine{ending}")
    return folder / "mine.yaml"


def reason_of(found: StartupPreset) -> str:
    assert found.pending is not None
    return found.pending.reason


def test_what_can_be_played_plays(mine: Path) -> None:
    assert choose_startup_preset(["mine"]) == StartupPreset(loader.load(mine))
    assert choose_startup_preset([mine, "theremin"]) == StartupPreset(loader.load(mine))


def test_the_last_good_copy_replaces_a_broken_file(mine: Path) -> None:
    save_copy(loader.load(mine))
    mine.write_text(BROKEN)
    found = choose_startup_preset(["mine"])
    assert (found.preset.path, found.preset.key, found.preset.name) == (copy_of("mine"), "mine", "Ground")
    assert found.preset.examples_path.read_bytes() == mine.with_suffix(".csv").read_bytes()
    assert reason_of(found).startswith(f"{mine}:")
    assert reason_of(found).endswith("Until it is mended, the last state of 'Ground' that worked plays.")
    assert found.pending is not None
    assert found.pending.files[0] == mine


def test_a_preset_with_sound_files_is_not_copied_because_their_way_begins_at_its_folder(mine: Path) -> None:
    write_tone(mine.with_name("C4.wav"), 261.63)
    text = mine.read_text().replace("instruments:\n", "instruments:\n  voices: {kind: sampler, sounds: C4.wav}\n")
    mine.write_text(text)
    good = loader.load(mine)
    assert good.instruments[0].sounds == str(mine.with_name("C4.wav"))
    save_copy(good)
    assert not copy_of("mine").exists()


def test_a_copy_has_the_scala_files_that_it_reads(mine: Path) -> None:
    scala = mine.with_name("own.scl")
    scala.write_text("own\n2\n3/2\n2/1\n")
    mine.write_text(mine.read_text() + "scale: {name: own.scl, outputs: [pitch]}\n")
    good = loader.load(mine)
    save_copy(good)
    scala.unlink()
    found = choose_startup_preset(["mine"])
    assert found.preset.path == copy_of("mine")
    assert found.preset.scale == good.scale
    assert "there is no file 'own.scl'" in reason_of(found)
    stamp = stamp_of(mine, mine.with_suffix(".csv"))
    scala.write_text("own\n2\n3/2\n2/1\n")
    assert stamp_of(mine, mine.with_suffix(".csv")) != stamp, "its return is noticed"


def test_the_last_good_copy_replaces_a_missing_file_until_it_is_back(mine: Path) -> None:
    save_copy(loader.load(mine))
    mine.unlink()
    found = choose_startup_preset(["mine"])
    assert found.preset.path == copy_of("mine")
    assert "there is no preset 'mine'" in reason_of(found)
    assert found.pending is not None
    assert found.pending.files[0] == mine


def test_without_a_copy_the_next_that_is_wanted_plays_and_without_one_the_theremin(mine: Path) -> None:
    mine.write_text(BROKEN)
    found = choose_startup_preset([mine, "drone"])
    assert (found.preset.key, reason_of(found).splitlines()[-1]) == (
        "drone",
        "Until it is mended, 'Ground' plays instead.",
    )
    found = choose_startup_preset(["mine"])
    assert (found.preset.key, reason_of(found).splitlines()[-1]) == (
        "theremin",
        "Until it is mended, 'Air theremin' plays instead.",
    )


def test_where_no_preset_can_be_played_the_error_is_about_the_requested_one(
    mine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine.write_text(BROKEN)
    monkeypatch.setattr(paths, "presets_dir", lambda: tmp_path)
    with pytest.raises(UserError, match=r"mine\.yaml:3"):
        choose_startup_preset(["mine"])


def test_a_copy_is_what_was_read_or_it_is_not_made(mine: Path) -> None:
    good = loader.load(mine)
    mine.write_text(mine.read_text().replace("name: ", "name: New "))
    save_copy(good)
    assert not copy_of("mine").exists()
    good = loader.load(mine)
    mine.with_suffix(".csv").write_text("half a li")
    save_copy(good)
    assert not copy_of("mine").exists()
    assert not list(copy_of("mine").parent.glob("*"))
    mine.with_suffix(".csv").unlink()
    save_copy(good)
    assert loader.load(copy_of("mine")).name == "New Ground"


def test_a_copy_follows_and_is_not_written_again_for_nothing(mine: Path) -> None:
    save_copy(loader.load(mine))
    before = copy_of("mine").stat().st_mtime_ns
    save_copy(loader.load(mine))
    save_copy(loader.load(copy_of("mine")))
    assert copy_of("mine").stat().st_mtime_ns == before
    mine.write_text(mine.read_text().replace("name: ", "name: New "))
    save_copy(loader.load(mine))
    assert loader.load(copy_of("mine")).name == "New Ground"


class ReplacedPreset(PresetManagerHarness):
    """A preset manager that starts with a preset that can be played."""

    def __init__(self, requested: str, context: zmq.Context[Any]) -> None:
        found = choose_startup_preset([requested])
        self.file = found.preset.path
        self.manager = PresetManager(found.preset, context, 0.0, pending=found.pending)
        self.events = []
        self.forward_s = 0.0

    @property
    def plays(self) -> str:
        return self.manager.piece.preset.path.as_posix() if self.manager.model else ""


@pytest.fixture
def start(mine: Path) -> Iterator[Callable[[], ReplacedPreset]]:
    """Begins with a broken preset."""
    created: list[ReplacedPreset] = []
    with zmq.Context() as context:

        def start() -> ReplacedPreset:
            created.append(ReplacedPreset("mine", context))
            return created[-1]

        yield start
        for harness in created:
            harness.manager.close()


def test_the_copy_plays_with_a_model_and_mending_the_file_takes_over(
    mine: Path, start: Callable[[], ReplacedPreset]
) -> None:
    whole = mine.read_text()
    save_copy(loader.load(mine))
    mine.write_text(BROKEN)
    harness = start()
    preset_manager = harness.manager
    harness.until(lambda: harness.plays == str(copy_of("mine")))
    assert "mine.yaml:3:1" in preset_manager.preset_error
    assert preset_manager.requested_path == mine
    mine.write_text("name: Still\n")
    harness.until(lambda: "mine.yaml:1" in preset_manager.preset_error)
    assert harness.plays == str(copy_of("mine"))
    mine.write_text(whole)
    harness.until(lambda: harness.plays == str(mine))
    assert (preset_manager.preset_error, preset_manager.requested_path) == ("", mine)


def test_training_while_a_copy_plays_keeps_the_error(mine: Path, start: Callable[[], ReplacedPreset]) -> None:
    save_copy(loader.load(mine))
    mine.write_text(BROKEN)
    harness = start()
    harness.until(lambda: bool(harness.plays))
    harness.manager.fit()
    harness.until(lambda: any(event.fit for event in harness.events))
    assert harness.manager.preset_error


def test_another_requested_preset_ends_the_replacement(mine: Path, start: Callable[[], ReplacedPreset]) -> None:
    mine.write_text(BROKEN)
    harness = start()
    preset_manager = harness.manager
    harness.until(lambda: harness.plays.endswith("theremin.yaml"))
    assert preset_manager.preset_error
    preset_manager.change(mine)
    harness.until(lambda: any(event.change is False for event in harness.events))
    assert preset_manager.requested_path == mine
    assert harness.plays.endswith("theremin.yaml")
    drums = paths.presets_dir() / "drums.yaml"
    preset_manager.change(drums)
    harness.until(lambda: any(preset_event.change for preset_event in harness.events))
    assert (preset_manager.preset_error, preset_manager.requested_path) == ("", drums)


def test_a_preset_that_plays_is_copied_by_the_worker(mine: Path) -> None:
    with ThreadPoolExecutor(1) as worker:
        copies = LastKnownGoodCopies(worker)
        copies.update(None)
        copies.update(loader.load(mine))
    assert loader.load(copy_of("mine")).name == "Ground"
