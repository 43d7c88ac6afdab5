"""`gesturesynth latency`: how long it takes from the camera to the sound, and the `predict` that fits."""

from __future__ import annotations

import codecs
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from cyclopts import Parameter
from cyclopts.validators import Number

from gesturesynth.cli.flags import NO_AUDIO_FLAGS, NO_CAMERA_FLAGS, AudioFlags, CameraFlags, Config, as_flags
from gesturesynth.core.errors import GestureSynthError, UserError

if TYPE_CHECKING:
    from gesturesynth.ops.latency.screens import Screen

Listen = Literal["loop", "microphone"]
BEFORE_IT: Final = "Let the camera see this whole window, stand in its view, and press Enter."
RUNTIME: Final = "GESTURESYNTH_RUNTIME_DIR"


def latency(
    *,
    flashes: Annotated[int, Parameter(validator=Number(gte=1, lte=1000), help="How many, some 0.8 s each.")] = 40,
    listen: Annotated[
        Listen, Parameter(help="`loop`: what the engine gives to JACK; `microphone`: JACK's first input.")
    ] = "loop",
    write: Annotated[bool, Parameter(negative="", help="Write the proposal into gesturesynth.yaml.")] = False,
    json: Annotated[bool, Parameter(negative="", help="JSON, for programs.")] = False,
    preset: Annotated[
        str | None, Parameter(alias="-p", show_default=False, help="Whose features and model are computed.")
    ] = None,
    config: Config = None,
    camera: CameraFlags = NO_CAMERA_FLAGS,
    audio: AudioFlags = NO_AUDIO_FLAGS,
) -> int:
    """Shows flashes to the camera, and listens for the sounds that come of them; its help is in `app.py`."""
    from gesturesynth.cli.flags import chosen_settings
    from gesturesynth.cli.foreground import raise_on_stop_signals
    from gesturesynth.cli.latency_text import lines
    from gesturesynth.config.preset import loader
    from gesturesynth.core import log, paths
    from gesturesynth.ops.latency import measurement
    from gesturesynth.tracking.sources import resolve

    log.configure("latency", "error")
    chosen = chosen_settings(config, camera, audio)
    if write:
        _edited(_settings_target(config), 0)  # what forbids writing is said before a minute is spent
    measurement.refuse_beside(paths.running_dir())
    source = resolve(chosen.camera.source)
    if source.kind == "skeleton":
        raise _no_camera(fallback=source.fallback)
    file = loader.find(preset or chosen.preset)
    raise_on_stop_signals()  # the terminal gets back what it showed, and processes end
    with _own_runtime(), _screen(Path(source.address) if source.kind == "clip" else None) as (screen, address):
        flags = [*as_flags(config, camera), "--idle-rate=0", *([f"--source={address}"] if address else [])]
        if address:
            flags = [flag for flag in flags if not flag.startswith("--source=") or flag.endswith(address)]
        settings = measurement.LatencySettings(
            file, [*flags, "--json"], [*as_flags(config, audio), "--json"], listen, flashes
        )
        found = measurement.measure(settings, screen, (lambda _: None) if json else _say)
    if json:
        print(msgspec.json.encode(found).decode())
    else:
        print("\n".join(lines(found)))
    if found.proposal_ms is None:
        return GestureSynthError.exit_code
    if write:
        target = _write(config, found.proposal_ms)
        print(f"{target}: predict: {found.proposal_ms} ms", file=sys.stderr if json else sys.stdout)
        own = loader.load(file).predict_s
        if own is not None:
            print(f"The preset {file.stem} has its own: predict: {1000 * own:g} ms, which counts.", file=sys.stderr)
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _no_camera(*, fallback: bool) -> GestureSynthError:
    if fallback:
        return GestureSynthError(
            "there is no camera that could see a flash: plug one in, or give a video file with --source, which then "
            "stands in for a camera"
        )
    return UserError("a skeleton recording sees no flash: give a camera with --source, or a video file")


@contextmanager
def _own_runtime() -> Iterator[None]:
    """A runtime folder of its own, so that nothing meets the processes of another Gesture Synth."""
    before = os.environ.get(RUNTIME)
    with tempfile.TemporaryDirectory(prefix="gs-latency-") as folder:
        os.environ[RUNTIME] = folder
        try:
            yield
        finally:
            os.environ.pop(RUNTIME)
            if before is not None:
                os.environ[RUNTIME] = before


@contextmanager
def _screen(clip: Path | None) -> Iterator[tuple[Screen, str]]:
    """What lights up, and the address of the virtual camera; empty where the camera is a real one.

    Raises:
        UserError: there is no terminal that could light up.
    """
    from gesturesynth.ops.latency.screens import TerminalScreen
    from gesturesynth.tracking.flashing_stream import FlashingStream

    if clip:
        stream = FlashingStream(clip)
        try:
            yield stream, stream.address
        finally:
            stream.close()
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError("a terminal has to light up before the camera: start this in one, without a pipe behind it")
    try:
        input(BEFORE_IT)
    except EOFError:
        raise UserError("nothing was measured: it begins when Enter is pressed") from None
    screen = TerminalScreen(sys.stdout)
    try:
        yield screen, ""
    finally:
        screen.close()


def _settings_target(config: Path | None) -> Path:
    """The file of settings that is written to; it need not exist.

    Raises:
        UserError: it may not be written.
    """
    from gesturesynth.config.settings.settings import FILE, settings_file
    from gesturesynth.core import paths

    target = config or settings_file() or paths.config_dir() / FILE
    there = target if target.exists() else next(folder for folder in target.absolute().parents if folder.exists())
    if not os.access(there, os.W_OK) or not os.access(there.parent if there == target else there, os.W_OK):
        raise UserError(f"{target} may not be written by this user: repeat this with sudo, or without --write")
    return target


def _edited(target: Path, predict_ms: int) -> bytes:
    """The settings with `predict`; comments and ends of lines stay. Raises UserError where that cannot be."""
    from gesturesynth.config.settings.settings import loads
    from gesturesynth.config.yaml.editor import set_value

    written = target.read_bytes() if target.exists() else b""
    mark = codecs.BOM_UTF8 if written.startswith(codecs.BOM_UTF8) else b""  # of an editor on Windows
    text = written.removeprefix(mark).decode()
    edited = mark + set_value(text, ("predict",), f"{predict_ms} ms").encode()
    loads(edited, target)
    return edited


def _write(config: Path | None, predict_ms: int) -> Path:
    """Writes `predict` into the settings. Returns the file."""
    from gesturesynth.core.files import replace_file

    target = _settings_target(config)
    edited = _edited(target, predict_ms)
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, edited)
    return target
