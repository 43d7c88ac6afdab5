"""`gesturesynth pack`: a preset, its factory examples and its takes as one file."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import gesturesynth
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there
from gesturesynth.mapping.examples import portable_takes
from gesturesynth.mapping.examples.portable_takes import PortableTakes
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.ops.packs.archive import sha256, write_archive
from gesturesynth.ops.packs.manifest import (
    FACTORY,
    FORMAT,
    MOST_BYTES,
    PRESET,
    SUFFIX,
    TAKES,
    VERSION,
    WITHOUT_TEXT,
    WORDS,
    Manifest,
    Part,
    check_name,
)


@dataclass(frozen=True)
class PackRequest:
    """What is to be packed.

    Attributes:
        preset: a name or a file.
        file: to write; None for the preset's name in the current folder.
        skeletons: of takes; without them their features and values are packed.
        deleted: also takes that are deleted.
    """

    preset: str
    file: Path | None = None
    skeletons: bool = True
    deleted: bool = False


def pack(request: PackRequest, now: datetime) -> tuple[Path, Manifest]:
    """Writes a pack; returns the file, and what is in it.

    The takes are read through the store, as of one moment, while other programs may have it open.

    Args:
        request: what is to be packed.
        now: goes into the name of a damaged file of takes that is set aside.

    Raises:
        UserError: there is no such preset, it has a mistake, the file exists, or a part is too large.
        GestureSynthError: the takes cannot be read, or the file cannot be written.
    """
    if request.deleted and not request.skeletons:
        raise UserError("deleted takes are packed with their skeletons only: leave out one of the two flags")
    preset = loader.load(loader.find(request.preset))
    file = request.file or Path(preset.key + SUFFIX)
    if file.suffix != SUFFIX:
        raise UserError(f"{file} must end in {SUFFIX}")
    check_name(preset.key, str(preset.path))
    _check_other_files(preset)
    takes = _takes(preset, request, now)
    parts = {PRESET: preset.path.read_bytes()}
    if is_there(preset.examples_path):
        parts[FACTORY] = preset.examples_path.read_bytes()
    text = next(iter(preset.texts), "")
    if text:
        parts[WORDS] = preset.path.with_name(text).read_bytes()
    if takes.takes or takes.snapshots:
        parts[TAKES] = portable_takes.to_file(takes)
    for name, data in parts.items():
        if len(data) > MOST_BYTES[name]:
            raise UserError(
                f"'{preset.key}' is too large for a pack: its {name} has {len(data)} bytes, at most "
                f"{MOST_BYTES[name]} are allowed. `--without-skeletons` leaves out what is largest."
            )
    manifest = Manifest(
        format=FORMAT,
        version=VERSION if text else WITHOUT_TEXT,
        made_by=gesturesynth.__version__,
        preset=preset.key,
        title=preset.name,
        takes=len(takes.takes),
        skeletons=takes.skeletons,
        parts=tuple(Part(name, len(data), sha256(data)) for name, data in parts.items()),  # type: ignore[arg-type]
        text=text,
    )
    _write_new(file, write_archive(manifest, parts))
    return file, manifest


def _check_other_files(preset: Preset) -> None:
    """Raises UserError when the preset reads files that no pack holds."""
    if preset.scale and preset.scale.files:
        raise UserError(
            f"'{preset.key}' reads {' and '.join(preset.scale.files)}, and a pack holds no Scala file: use a scale and "
            "a tuning of the list (`gesturesynth scales`), or carry the files yourself"
        )
    if preset.vector_files:
        raise UserError(
            f"'{preset.key}' reads {' and '.join(preset.vector_files)}, and a pack holds latents as seeds and lists "
            "only: carry the files yourself, beside the preset"
        )
    if places := [setup.sounds for setup in preset.instruments if setup.sounds]:
        where = " and ".join(map(paths.printable, places))
        raise UserError(
            f"'{preset.key}' plays the sound files of {where}, and a pack holds no sound: carry preset, examples and "
            "sounds yourself, in one folder"
        )


def _takes(preset: Preset, request: PackRequest, now: datetime) -> PortableTakes:
    path = store_path(preset.key)
    if not any(path.parent.glob("examples.*")):
        return PortableTakes((), {})
    with ExampleStore.open(path, now) as store:
        takes = store.portable(deleted=request.deleted)
        if request.skeletons:
            return takes
        outputs = [output.name for output in preset.outputs]
        examples = store.examples(preset.features, outputs, preset.smoothing, everything=True)
    return portable_takes.without_skeletons(takes, examples)


def _write_new(file: Path, data: bytes) -> None:
    """Writes a file that must not exist yet, completely or not at all; only its user can read it."""
    made = False
    try:
        with open(file, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            made = True
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError as error:
        raise UserError(f"{file} exists already and is not overwritten: choose another name") from error
    except OSError as error:
        if made:
            with suppress(OSError):
                file.unlink()
        raise GestureSynthError(f"{file} cannot be written: {error.strerror}") from error
