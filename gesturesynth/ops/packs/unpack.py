"""`gesturesynth unpack`: a pack is checked completely, and only then is anything of it put into its place.

The preset goes into the folder of the user's own presets, the takes go through the store (`mapping/examples/store.py`),
so Gesture Synth may run meanwhile. Takes that are there are marked as deleted by the action that adds the new ones: one
`undo` brings them back. Files of a preset that is replaced are copied beside its takes first, into `replaced/TIME/`.
"""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there, replace_file
from gesturesynth.mapping.examples import portable_takes
from gesturesynth.mapping.examples.portable_takes import PortableTakes
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.ops.packs.archive import read_archive
from gesturesynth.ops.packs.manifest import FACTORY, PRESET, TAKES, WORDS, Manifest, check_name
from gesturesynth.pipeline.fit_job import fit_job


@dataclass(frozen=True)
class CheckedPack:
    """A pack all of whose parts are sound and fit together.

    Attributes:
        file: of the pack.
        manifest: of the pack.
        preset: as it will be under its name on this computer; its file need not exist yet.
        yaml: the text of the preset.
        csv: its factory examples; None for none.
        text: that of its words; None for none.
        takes: with their snapshots.
    """

    file: Path
    manifest: Manifest
    preset: Preset
    yaml: bytes
    csv: bytes | None
    text: bytes | None
    takes: PortableTakes

    @property
    def files(self) -> tuple[bytes | None, ...]:
        """What has to be beside each other: preset, factory examples, text."""
        return self.yaml, self.csv, self.text


@dataclass(frozen=True)
class UnpackedPreset:
    """What was done.

    Attributes:
        preset: the file of the preset that plays now under this name.
        takes: a text about takes and snapshots; empty when the pack has none.
        backup: the folder with the files that were replaced; None when none were.
    """

    preset: Path
    takes: str
    backup: Path | None


def check_pack(file: Path, name: str = "") -> CheckedPack:
    """Reads and checks a pack; nothing is written but temporary files.

    Args:
        file: of the pack.
        name: for the preset, instead of its own; empty for its own.

    Raises:
        UserError: it is no pack, is damaged, or was made by a newer version; the name cannot be that of a preset; the
            preset has a mistake, or its factory examples do not fit it.
    """
    manifest, parts = read_archive(file)
    if name:
        check_name(name, "--as")
    target = paths.config_dir() / "presets" / f"{name or manifest.preset}.yaml"
    with tempfile.TemporaryDirectory(prefix="gesturesynth-") as folder:
        copy = Path(folder) / target.name
        for part, suffix in ((PRESET, ".yaml"), (FACTORY, ".csv"), (TAKES, ".sqlite")):
            if part in parts:
                copy.with_suffix(suffix).write_bytes(parts[part])
        if WORDS in parts:
            copy.with_name(manifest.text).write_bytes(parts[WORDS])
        try:
            preset = loader.load(copy)
            if FACTORY in parts:
                fit_job(preset)
        except UserError as error:
            raise UserError(
                f"{file}: {str(error).replace(folder, '').replace('/' + target.stem, PRESET[:-5])}"
            ) from error
        takes = PortableTakes((), {})
        if TAKES in parts:
            takes = portable_takes.from_file(copy.with_suffix(".sqlite"), f"{file}: {TAKES}")
    if len(takes.takes) != manifest.takes or takes.skeletons != manifest.skeletons:
        raise UserError(f"{file} is damaged: its manifest says {manifest.takes} takes, there are {len(takes.takes)}")
    if preset.texts != tuple(filter(None, (manifest.text,))):
        raise UserError(f"{file}: its preset reads {' and '.join(preset.texts) or 'no text'}, not '{manifest.text}'")
    # With a text it cannot be read at its place before the text is there; then nothing else lies beside it.
    placed = dataclasses.replace(preset, path=target) if manifest.text else loader.loads(parts[PRESET], target)
    return CheckedPack(file, manifest, placed, parts[PRESET], parts.get(FACTORY), parts.get(WORDS), takes)


def conflict(pack: CheckedPack, now: datetime) -> str:
    """A sentence about what is there already under the name of the preset; empty when nothing is in the way.

    A preset of that name with the very same files is not in the way, nor are takes that are deleted.
    """
    key = pack.preset.key
    found = _existing(key)
    reasons = []
    if found and _files(found, pack) != pack.files:
        reasons.append(f"there is a preset '{key}' already ({found})")
    elif (text := _foreign_text(pack)) and not found:
        reasons.append(f"there is a text '{text.name}' already ({text})")
    path = store_path(key)
    if any(path.parent.glob("examples.*")):
        with ExampleStore.open(path, now) as store:
            takes, snapshots = len(store.takes()), len(store.snapshots())
        if takes or snapshots:
            what = f"{takes} take{'s' * (takes != 1)} and {snapshots} snapshot{'s' * (snapshots != 1)}"
            reasons.append(f"under the name '{key}' there are {what} already")
    return ", and ".join(reasons)


def unpack(pack: CheckedPack, now: datetime, *, replace: bool = False) -> UnpackedPreset:
    """Puts a pack into its place.

    Args:
        pack: from `check_pack`.
        now: goes into the name of the folder with the files that are replaced.
        replace: what is in the way is replaced; it can be brought back as described at the top of this module.

    Raises:
        UserError: something is in the way, and `replace` is not said; rights are missing.
        GestureSynthError: the disk is full or broken.
    """
    key = pack.preset.key
    why = conflict(pack, now)
    if why and not replace:
        raise UserError(
            f"nothing was unpacked: {why}. `--as NAME` gives the preset of the pack another name; `--replace` puts it "
            "in the place of that one, which can be brought back."
        )
    found = _existing(key)
    try:
        backup = None
        others = [text for text in (_foreign_text(pack),) if text]
        former = [*_existing_files(found, pack), *others] if found and _files(found, pack) != pack.files else others
        if former:
            backup = _keep(former, store_path(key).parent / "replaced" / f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        done = ""
        if pack.takes.takes or pack.takes.snapshots or replace:
            with ExampleStore.open(store_path(key), now) as store:
                if store.read_only:
                    raise UserError(f"nothing was unpacked: {store.read_only}")
                done = store.insert(pack.takes, "unpacked", instead=True)
        if not found or backup:
            found = _install(pack, found)
    except OSError as error:
        raise GestureSynthError(f"'{key}' cannot be unpacked: {error.strerror}: {error.filename}") from error
    return UnpackedPreset(found, done, backup)


def _existing(key: str) -> Path | None:
    return next((entry.path for entry in loader.available() if entry.name == key), None)


def _own_folder() -> Path:
    return paths.config_dir() / "presets"


def _foreign_text(pack: CheckedPack) -> Path | None:
    """The file in the place of the pack's text that is another one; None where there is none."""
    text = _own_folder() / pack.manifest.text if pack.manifest.text else None
    return text if text and _contents(text) not in (None, pack.text) else None


def _existing_files(preset: Path, pack: CheckedPack) -> list[Path]:
    """The places of a preset, its factory examples and the text, as the pack has them."""
    text = [preset.with_name(pack.manifest.text)] if pack.manifest.text else []
    return [preset, preset.with_suffix(".csv"), *text]


def _files(preset: Path, pack: CheckedPack) -> tuple[bytes | None, ...]:
    """The contents of the files of a preset, as `CheckedPack.files`; None for one that is not there."""
    contents = [_contents(file) for file in _existing_files(preset, pack)]
    return (*contents, *([None] * (3 - len(contents))))


def _contents(file: Path) -> bytes | None:
    """What is in a file; None for one that is missing or cannot be read."""
    try:
        return file.read_bytes() if is_there(file) else None
    except OSError:
        return None


def _keep(files: list[Path], folder: Path) -> Path:
    """Copies files into a new folder."""
    while folder.exists():
        folder = folder.with_name(folder.name + "x")
    paths.private_folder(folder)
    for file in dict.fromkeys(files):
        if is_there(file):
            replace_file(folder / file.name, file.read_bytes())
    return folder


def _install(pack: CheckedPack, former: Path | None) -> Path:
    """Writes preset, factory examples and text; the preset last, so that it never stands without them."""
    own = _own_folder()
    own.mkdir(parents=True, exist_ok=True)
    target = former if former and former.parent == own else own / f"{pack.preset.key}.yaml"
    csv = target.with_suffix(".csv")
    if pack.csv is not None:
        replace_file(csv, pack.csv)
    if pack.text is not None:
        replace_file(target.with_name(pack.manifest.text), pack.text)
    replace_file(target, pack.yaml)
    if pack.csv is None:
        csv.unlink(missing_ok=True)
    return target
