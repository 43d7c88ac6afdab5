"""What Wekinator's messages about files become: presets of one's own, written in a thread. Nothing is overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from gesturesynth.config.preset import loader, preset_files
from gesturesynth.config.preset.model import Preset
from gesturesynth.control.osc.wekinator_addresses import INPUT
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there, replace_file
from gesturesynth.mapping.examples.copying import copy_takes
from gesturesynth.mapping.examples.store import ExampleStore, store_path


class WekinatorFiles:
    """One job at a time, in a thread of its own that begins with the first."""

    def __init__(self) -> None:
        self._worker: ThreadPoolExecutor | None = None
        self._job: Future[str] | None = None

    @property
    def busy(self) -> bool:
        """Whether a job has begun whose result was not taken yet."""
        return self._job is not None

    def save(self, preset: Preset, key: str) -> None:
        """Begins to copy a preset and its takes under another name."""
        self._begin(lambda: save_copy(preset, key, datetime.now(UTC)))

    def provide(self, preset: Preset, key: str) -> None:
        """Begins to write a preset of this name, like the present one and without takes, where there is none."""
        self._begin(lambda: provide_preset(preset, key))

    def take_result(self) -> tuple[bool, str] | None:
        """Whether the job was done, and a sentence about it; None while it is under way."""
        if self._job is None or not self._job.done():
            return None
        job, self._job = self._job, None
        try:
            return True, job.result()
        except (GestureSynthError, OSError) as error:
            return False, str(error)

    def close(self) -> None:
        """Waits for the job."""
        if self._worker:
            self._worker.shutdown()

    def _begin(self, work: Callable[[], str]) -> None:
        self._worker = self._worker or ThreadPoolExecutor(1, "wekinator-files")
        self._job = self._worker.submit(work)


def save_copy(preset: Preset, key: str, now: datetime) -> str:
    """Copies a preset and its takes, with factory examples; returns a sentence.

    Args:
        preset: as it plays.
        key: the name of the copy.
        now: for the store.

    Raises:
        UserError: there is a preset, or there are takes, of that name; or something cannot be written.
        OSError: likewise.
    """
    target, text = _free_file(key), preset.path.read_bytes()
    if key in preset_files.preset_files():
        raise UserError(f"there is a preset '{key}' already, which would be hidden; choose another name")
    if any(store_path(key).parent.glob("examples.*")):
        raise UserError(f"there are takes of a preset '{key}' already; they are not overwritten")
    beside = {target.with_name(name): preset.path.with_name(name) for name in (*preset.texts, *preset.vector_files)}
    for place, file in beside.items():
        if is_there(place) and place.read_bytes() != file.read_bytes():
            raise UserError(f"'{preset.key}' reads {file.name}, and {place} is another file, which is not overwritten")
    target.parent.mkdir(parents=True, exist_ok=True)
    for place, file in beside.items():
        if not is_there(place):
            replace_file(place, file.read_bytes())
    if is_there(preset.examples_path):
        replace_file(target.with_suffix(".csv"), preset.examples_path.read_bytes())
    if any(store_path(preset.key).parent.glob("examples.*")):
        with ExampleStore.open(store_path(preset.key), now) as source:
            if source.takes() or source.snapshots():
                with ExampleStore.open(store_path(key), now) as copied:
                    copy_takes(source, copied)
    replace_file(target, text)
    return f"'{preset.key}' was saved as '{key}', with its takes"


def provide_preset(preset: Preset, key: str) -> str:
    """Writes a preset with as many inputs and outputs as this one; returns a sentence, also where there is one.

    Raises:
        UserError: it cannot be written.
        OSError: likewise.
    """
    try:
        loader.find(key)
    except UserError:
        target = _free_file(key)
    else:
        return f"'{key}' plays"
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, new_text(preset, key).encode())
    return f"'{key}' is new, and plays"


def new_text(preset: Preset, key: str) -> str:
    """The text of a preset with as many inputs and outputs as this one, sent to the same program."""
    received = next(one for one in preset.inputs if one.name == INPUT)
    to = preset.wekinator
    assert to is not None  # only presets with the key `wekinator` obey these messages
    send_to = f"{{host: {to.host}, port: {to.port}, address: {json.dumps(to.address)}}}"
    return (
        f"name: {key}\nabout: Numbers come in over OSC, and what was taught leaves over OSC.\nwekinator:\n"
        f"  inputs: {received.count}\n  outputs: {max(1, len(preset.outputs))}\n"
        f"  address: {json.dumps(received.address)}\n  send_to: {send_to}\n"
        "smoothing: {min_cutoff: 1000 Hz}    # numbers count as they come\n"
        "confidence: 4    # far from all examples, outputs still follow\n"
    )


def _free_file(key: str) -> Path:
    for suffix in preset_files.SUFFIXES:
        path = paths.config_dir() / "presets" / f"{key}{suffix}"
        if is_there(path):
            raise UserError(f"{path} exists already and is not overwritten")
    return paths.config_dir() / "presets" / f"{key}.yaml"
