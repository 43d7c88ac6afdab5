"""What keeps a piece playing: files that come, go and break, and a trainer that has accidents."""

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
    """A trainer that is alive; one that was killed before may wait for its burial."""
    try:
        return "gesturesynth.pipeline.trainer" in process.cmdline()
    except psutil.Error:
        return False


class Playing:
    """A repertoire that is polled, by a clock that can be put forward; all its news."""

    def __init__(self, file: Path, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.file = file
        self.repertoire = PresetManager(loader.load(file), context, 0.0)
        self.news: list[PresetEvent] = []
        self.forward_s = 0.0

    def until(self, condition: Callable[[], bool], deadline_s: float = 30.0) -> None:
        end_s = time.monotonic() + deadline_s
        while not condition():
            assert time.monotonic() < end_s, (self.news, self.repertoire.preset_error, self.repertoire.model_error)
            event = self.repertoire.poll(time.monotonic() + self.forward_s)
            if event:
                self.news.append(event)
            time.sleep(0.005)

    def fits(self) -> int:
        return sum(event.event in ("preset changed", "model fitted") for event in self.news)

    def kill_trainer(self) -> None:
        """Waits for one, and kills it before it has an answer."""
        former = len(self.news)
        self.until(lambda: self.repertoire.training)
        (trainer,) = (child for child in psutil.Process().children() if is_trainer(child))
        trainer.kill()
        self.until(lambda: len(self.news) > former)
        assert "ended by signal 9" in self.news[-1].message


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    for ending in (".yaml", ".csv"):
        shutil.copy(paths.presets_dir() / f"theremin{ending}", tmp_path / f"mine{ending}")
    with zmq.Context() as context:
        stage = Playing(tmp_path / "mine.yaml", context)
        yield stage
        stage.repertoire.close()


def test_a_fit_is_tried_again_when_its_trainer_was_killed_and_nobody_is_there_to_do_it(playing: Playing) -> None:
    playing.kill_trainer()
    assert playing.repertoire.model_error
    playing.forward_s += RETRY_S
    playing.kill_trainer()
    # Twice as late this time: whatever kills trainers is not to be fed with them.
    playing.forward_s += 0.5 * RETRY_S
    assert playing.repertoire.poll(time.monotonic() + playing.forward_s) is None
    assert not playing.repertoire.training
    playing.forward_s += 1.5 * RETRY_S
    playing.until(lambda: playing.fits() == 1)
    assert playing.repertoire.model_error == ""


def test_a_mistake_in_the_examples_is_told_once_and_not_tried_again(playing: Playing) -> None:
    (playing.file.with_suffix(".csv")).write_text("take,class,feature:lean,output:pitch\n1,,0,220\n", encoding="utf-8")
    playing.until(lambda: len(playing.news) == 1)
    assert "do not hold the feature" in playing.news[0].message
    playing.forward_s += MAX_RETRY_S
    for _ in range(100):
        assert playing.repertoire.poll(time.monotonic() + playing.forward_s) is None


def test_two_saves_in_a_row_end_with_the_second(playing: Playing) -> None:
    text = playing.file.read_text(encoding="utf-8")
    playing.until(lambda: playing.repertoire.training)
    for name in ("Second", "Third"):
        playing.file.write_text(text.replace("Air theremin", name), encoding="utf-8")
        playing.forward_s += 1.0
        playing.repertoire.poll(time.monotonic() + playing.forward_s)
    playing.until(lambda: playing.repertoire.piece.preset.name == "Third" and not playing.repertoire.training)
    assert playing.repertoire.model


def test_what_plays_plays_on_while_its_files_are_gone_and_until_they_are_back(playing: Playing) -> None:
    playing.until(lambda: playing.fits() == 1)
    kept = playing.repertoire.piece
    for ending, said in ((".csv", "model_error"), (".yaml", "preset_error")):
        file, away = playing.file.with_suffix(ending), playing.file.with_suffix(".away")
        file.rename(away)
        playing.until(lambda said=said: getattr(playing.repertoire, said) != "")  # type: ignore[misc]  # mypy cannot infer it
        file.mkdir()
        playing.forward_s += 1.0
        playing.until(lambda: playing.news[-1].failed)
        assert playing.repertoire.piece is kept
        file.rmdir()
        away.rename(file)
        fits = playing.fits()
        playing.until(lambda fits=fits: playing.fits() > fits)  # type: ignore[misc]  # likewise
        kept = playing.repertoire.piece
        assert getattr(playing.repertoire, said) == ""


def test_a_class_that_no_example_shows_is_said_and_the_rest_plays(playing: Playing) -> None:
    drums = (paths.presets_dir() / "drums.yaml").read_text(encoding="utf-8")
    playing.file.write_text(drums.replace("  kick:", "  bass:"), encoding="utf-8")
    shutil.copy(paths.presets_dir() / "drums.csv", playing.file.with_suffix(".csv"))
    playing.until(lambda: playing.repertoire.piece.preset.name == "Air drums" and not playing.repertoire.training)
    assert any("the class bass" in event.message and not event.failed for event in playing.news)
    assert "the class bass" in playing.repertoire.model_note
    assert playing.repertoire.model_error == ""
