"""What is under way for the preset that plays: a fit, a change from another preset, an edit of its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.preset_reader import Stamp
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.training_client import TrainingJob


@dataclass(frozen=True)
class Training:
    """A fit that is under way.

    Attributes:
        job: the trainer.
        piece: plays with the model when it is fitted.
        has_own_examples: the fit uses examples that were taught here.
        requested: a command waits for it.
        changes: it is the first fit of another preset.
        takes: by output, the takes that it is fitted to.
        sent: what the trainer was given.
    """

    job: TrainingJob
    piece: RunningPreset
    has_own_examples: bool
    requested: bool
    changes: bool
    takes: Mapping[str, frozenset[int]]
    sent: FitJob


@dataclass(frozen=True)
class PreviousPreset:
    """The state before a change of preset that is under way: files, their versions as read, and errors."""

    files: tuple[Path, Path]
    stamp: Stamp | None
    preset_error: str
    model_error: str
    model_note: str


def continued_note(note: str, mapping: FittedMapping) -> str:
    """A note about examples, with those about the gestures of a model."""
    return "; ".join(filter(None, (note, *(mapping.gestures.notes if mapping.gestures else ()))))


@dataclass(frozen=True)
class PlayedText:
    """An edited text that is read instead of the file of a preset."""

    path: Path
    text: str
