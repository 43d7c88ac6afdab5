"""The preset manager: files that appear, disappear and break, and trainers that are killed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import zmq

from gesturesynth.conductor.preset_events import PresetEvent
from gesturesynth.conductor.preset_manager import MAX_RETRY_S, RETRY_S, PresetManager
from gesturesynth.config.preset import loader
from gesturesynth.core import paths


def is_trainer(process: psutil.Process) -> bool:
    """Whether this is a trainer that runs; one that was killed before may be a zombie."""
    try:
        return "gesturesynth.pipeline.trainer" in process.cmdline()
    except psutil.Error:
        return False


class PresetManagerHarness:
    """A preset manager that is polled with a clock that can be put forward, and all its events."""

    def __init__(self, file: Path, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.file = file
        self.manager = PresetManager(loader.load(file), context, 0.0)
        self.events: list[PresetEvent] = []
        self.forward_s = 0.0

    def until(self, condition: Callable[[], bool], deadline_s: float = 30.0) -> None:
        end_s = time.monotonic() + deadline_s
        while not condition():
            assert time.monotonic() < end_s, (self.events, self.manager.preset_error, self.manager.model_error)
            event = self.manager.poll(time.monotonic() + self.forward_s)
            if event:
                self.events.append(event)
            time.sleep(0.005)

    def fits(self) -> int:
        return sum(event.event in ("preset changed", "model fitted") for event in self.events)

    def kill_trainer(self) -> None:
        """Waits for one, and kills it before it has an answer."""
        former = len(self.events)
        self.until(lambda: self.manager.training)
        (trainer,) = (child for child in psutil.Process().children() if is_trainer(child))
        trainer.kill()
        self.until(lambda: len(self.events) > former)
        assert "ended by signal 9" in self.events[-1].message


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[PresetManagerHarness]:
    for ending in (".yaml", ".csv"):
        shutil.copy(paths.presets_dir() / f"theremin{ending}", tmp_path / f"mine{ending}")
    with zmq.Context() as context:
        created = PresetManagerHarness(tmp_path / "mine.yaml", context)
        yield created
        created.manager.close()


def test_a_fit_is_tried_again_when_its_trainer_was_killed(
    harness: PresetManagerHarness,
) -> None:
    harness.kill_trainer()
    assert harness.manager.model_error
    harness.forward_s += RETRY_S
    harness.kill_trainer()
    # Twice as late this time: if the preset is the reason, trainers are not started all the time.
    harness.forward_s += 0.5 * RETRY_S
    assert harness.manager.poll(time.monotonic() + harness.forward_s) is None
    assert not harness.manager.training
    harness.forward_s += 1.5 * RETRY_S
    harness.until(lambda: harness.fits() == 1)
    assert harness.manager.model_error == ""


def test_an_error_in_the_examples_is_reported_once_and_not_tried_again(harness: PresetManagerHarness) -> None:
    (harness.file.with_suffix(".csv")).write_text("take,class,feature:lean,output:pitch\n1,,0,220\n", encoding="utf-8")
    harness.until(lambda: len(harness.events) == 1)
    assert "do not hold the feature" in harness.events[0].message
    harness.forward_s += MAX_RETRY_S
    for _ in range(100):
        assert harness.manager.poll(time.monotonic() + harness.forward_s) is None


def test_two_saves_in_a_row_end_with_the_second(harness: PresetManagerHarness) -> None:
    text = harness.file.read_text(encoding="utf-8")
    harness.until(lambda: harness.manager.training)
    for name in ("Second", "Third"):
        harness.file.write_text(text.replace("Air theremin", name), encoding="utf-8")
        harness.forward_s += 1.0
        harness.manager.poll(time.monotonic() + harness.forward_s)
    harness.until(lambda: harness.manager.piece.preset.name == "Third" and not harness.manager.training)
    assert harness.manager.model


def test_a_piece_plays_on_while_its_files_are_missing(harness: PresetManagerHarness) -> None:
    harness.until(lambda: harness.fits() == 1)
    piece = harness.manager.piece
    for ending, error in ((".csv", "model_error"), (".yaml", "preset_error")):
        file, away = harness.file.with_suffix(ending), harness.file.with_suffix(".away")
        file.rename(away)
        harness.until(lambda error=error: getattr(harness.manager, error) != "")  # type: ignore[misc]  # mypy cannot infer it
        file.mkdir()
        harness.forward_s += 1.0
        harness.until(lambda: harness.events[-1].failed)
        assert harness.manager.piece is piece
        file.rmdir()
        away.rename(file)
        fits = harness.fits()
        harness.until(lambda fits=fits: harness.fits() > fits)  # type: ignore[misc]  # likewise
        piece = harness.manager.piece
        assert getattr(harness.manager, error) == ""


def test_a_class_without_examples_is_reported_and_the_rest_plays(harness: PresetManagerHarness) -> None:
    drums = (paths.presets_dir() / "drums.yaml").read_text(encoding="utf-8")
    harness.file.write_text(drums.replace("  kick:", "  bass:"), encoding="utf-8")
    shutil.copy(paths.presets_dir() / "drums.csv", harness.file.with_suffix(".csv"))
    harness.until(lambda: harness.manager.piece.preset.name == "Air drums" and not harness.manager.training)
    assert any("the class bass" in event.message and not event.failed for event in harness.events)
    assert "the class bass" in harness.manager.model_note
    assert harness.manager.model_error == ""
