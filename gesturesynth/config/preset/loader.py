"""Finds and loads presets: one YAML file each says everything about a piece.

Loading needs no audio, vision or learning library: a preset is checked against tables (features, models, instruments),
so that the command line and the conductor can load one quickly.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from gesturesynth.config.preset.check import Checker
from gesturesynth.config.preset.check_actions import check_actions
from gesturesynth.config.preset.check_midi_actions import with_midi_actions
from gesturesynth.config.preset.hears import with_ear
from gesturesynth.config.preset.input_schema import OWN_FEATURES, own_features
from gesturesynth.config.preset.latent import with_latent
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.preset_files import SUFFIXES, preset_files
from gesturesynth.config.preset.schema import PresetFile, feature_names
from gesturesynth.config.preset.wekinator import with_wekinator
from gesturesynth.config.yaml import parser
from gesturesynth.config.yaml.document import Document, FileError, shortened
from gesturesynth.config.yaml.model import validate_document
from gesturesynth.config.yaml.types import did_you_mean
from gesturesynth.core import paths
from gesturesynth.core.confusables import plain, unusual_character
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.mapping.teaching.score import ScoreStep
from gesturesynth.synthesis.instruments.known import known_instruments


class PresetError(FileError):
    """A preset that cannot be used; `problems` holds everything that is wrong with it."""


def load(path: Path | str) -> Preset:
    """Reads and checks a preset.

    Raises:
        PresetError: with ALL that is wrong, each with line and column.
    """
    path = Path(path)
    try:
        document = parser.read(path)
    except FileError as error:
        raise PresetError(error.problems) from error
    return _checked(document, path)


def loads(text: str | bytes, path: Path | str) -> Preset:
    """As `load`, from the contents of a file that is, or will be, at `path`."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        document = parser.parse(data, str(path))
    except FileError as error:
        raise PresetError(error.problems) from error
    return _checked(document, Path(path))


def _checked(document: Document, path: Path) -> Preset:
    placeholders = {"name": "?", "features": [feature_names()[0]]}
    document = with_latent(with_wekinator(document))
    context = {OWN_FEATURES: own_features(document.data)}
    entries = validate_document(document, PresetFile, placeholders, context)
    if entries is None:
        raise PresetError(document.problems)
    checker = Checker(document, entries, known_instruments())
    checker.run()
    actions = check_actions(checker)
    if document.problems:
        raise PresetError(document.problems)
    made = Preset(
        path=path,
        name=entries.name,
        about=entries.about,
        features=checker.features.full(entries.features),
        inputs=checker.features.inputs,
        smoothing=OneEuroSettings(entries.smoothing.min_cutoff, entries.smoothing.beta),
        outputs=tuple(checker.outputs.values()),
        model=entries.model.kind,
        model_settings=checker.settings,
        confidence=entries.confidence,
        adapt=entries.adapt,
        crossfade_s=entries.crossfade,
        crossfade_in_s=entries.crossfade_in,
        snapshots=checker.snapshots,
        score=tuple(ScoreStep(step.snapshot, step.hold, step.glide) for step in entries.score),
        instruments=tuple(checker.setups.values()),
        buses=tuple(checker.buses.values()),
        classes=checker.classes,
        classifier=entries.classifier,
        classifier_settings=checker.class_settings,
        idle_after_s=entries.idle.after,
        idle_glide_s=entries.idle.glide,
        osc=tuple(checker.osc),
        actions=actions,
        wekinator=checker.wekinator,
        obeys_wekinator=entries.wekinator is not None and entries.wekinator.control,
        ceiling_db=entries.master.ceiling,
        loudness_lufs=entries.master.loudness,
        gain_db=entries.master.gain,
        fade_in_s=entries.master.fade_in,
        volume_db=entries.master.volume,
        gestures=checker.gestures,
        gesture_features=checker.features.full(entries.gesture_features),
        scale=checker.scale,
        tempo=checker.tempo.result,
        notes=tuple(checker.tempo.notes),
        scenes=checker.scenes,
        schedule=checker.schedule,
        patterns=tuple(checker.patterns.values()),
        people=entries.people or 0,
        voices=checker.voices,
        midi=with_midi_actions(checker.midi, actions),
        predict_s=entries.predict,
        words=checker.words,
        latent=checker.latent,
        light=checker.light,
    )
    return with_ear(made)


class Available(NamedTuple):
    """A preset that can be played by its name. `about` is empty when its file cannot be read."""

    name: str
    path: Path
    about: str


def available() -> list[Available]:
    """All presets, by name: the user's own, which hide shipped ones of the same name, and the other shipped ones."""
    return [Available(name, path, _about(path)) for name, path in sorted(preset_files().items())]


def find(name_or_path: str | Path, beside: Path | None = None, *, by_name_only: bool = False) -> Path:
    """The file of a preset.

    Args:
        name_or_path: a name from `available`, or the path of a file (anything with a `/` or ending in `.yaml`).
        beside: a preset; a name that is not available otherwise is searched in its folder.
        by_name_only: accepts no path of a file.

    Raises:
        UserError: there is none; the message lists the known ones.
    """
    text = str(name_or_path)
    looks_like_path = isinstance(name_or_path, Path) or os.sep in text or text.endswith(SUFFIXES)
    if looks_like_path and not by_name_only and "\0" not in text:
        path = paths.expanded(text)
        if is_there(path):
            return path
        if path.is_dir():
            raise UserError(f"{shortened(text, 200)} is a folder: give one preset in it, such as {path / 'mine.yaml'}")
    known = preset_files()
    for name in (text, plain(text)):  # without curly quotes around it
        if name in known:
            return known[name]
    if beside and not looks_like_path and "\0" not in text:
        for suffix in SUFFIXES:
            if is_there(beside.with_name(text + suffix)):
                return beside.with_name(text + suffix)
    what = "file" if looks_like_path and not by_name_only else "preset"
    guess = did_you_mean(Path(text).stem if looks_like_path else text, known) or "."
    raise UserError(
        f"there is no {what} '{shortened(text, 200)}'{unusual_character(text)}{guess} "
        f"Presets: {', '.join(sorted(known)) or 'none'}"
        f"{'' if by_name_only else ' (or give the way to a file, such as ./mine.yaml)'}"
    )


def files_of(path: Path) -> list[Path]:
    """The presets in a folder, by name; of anything else, itself.

    Raises:
        UserError: there is none in the folder, or it may not be read.
    """
    try:
        if not path.is_dir():
            return [path]
        found = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
    except OSError as error:
        raise UserError(f"the folder {path} cannot be read: {error.strerror}") from error
    if not found:
        raise UserError(f"there is no preset in the folder {path}: the name of one ends in {' or '.join(SUFFIXES)}")
    return found


def _about(path: Path) -> str:
    try:
        about = parser.read(path).data.get("about")
    except FileError:
        return ""
    return " ".join(about.split()) if isinstance(about, str) else ""
