"""The verbs `run`, `render` and `record-skeleton`. Their help is in `app.py`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TextIO

from cyclopts import Parameter

from gesturesynth.cli.flags import (
    NO_AUDIO_FLAGS,
    NO_CAMERA_FLAGS,
    NO_OUTPUT_FLAGS,
    NO_PAGE_FLAGS,
    NO_PRESET_FLAGS,
    AudioFlags,
    CameraFlags,
    Config,
    OutputFlags,
    PageFlags,
    PresetFlags,
    as_flags,
    chosen_settings,
    source_settings,
)
from gesturesynth.cli.foreground import raise_on_stop_signals
from gesturesynth.core.errors import UserError

if TYPE_CHECKING:
    from gesturesynth.cli.tour import Tour

PERIOD_S: Final = 0.25
"""Between two lines: often enough to be seen to move, and no load for the terminal."""
LEAST_TOUR_S: Final = 3.0
"""A piece needs about a second to take over, and one to be understood."""
_ERASE: Final = "\r\x1b[K"
"""To the beginning of the line, and erase it (ECMA-48)."""


def run(
    *,
    config: Config = None,
    preset: PresetFlags = NO_PRESET_FLAGS,
    camera: CameraFlags = NO_CAMERA_FLAGS,
    audio: AudioFlags = NO_AUDIO_FLAGS,
    page: PageFlags = NO_PAGE_FLAGS,
    no_page: Annotated[bool, Parameter(negative="", help="Without the web page.")] = False,
    open_: Annotated[
        bool, Parameter(name="--open", negative="", help="Open the web page in this computer's browser.")
    ] = False,
    wekinator: Annotated[
        bool,
        Parameter(
            negative="",
            help="In Wekinator's place: the preset `wekinator`, written at the first time, or that of `--preset`, "
            "which must have this key; without a camera unless `--source` names one.",
        ),
    ] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """Starts the supervisor: see `cli.run`."""
    if wekinator:
        preset = _as_wekinator(preset)
    with_camera = not wekinator or camera.source is not None
    return _run(
        config,
        preset,
        camera,
        audio,
        page,
        with_page=not no_page,
        open_page=open_,
        with_camera=with_camera,
        output=output,
    )


def _as_wekinator(flags: PresetFlags) -> PresetFlags:
    """The flags with the preset that they name, or with `wekinator`, which is written where there is none.

    Raises:
        UserError: a preset is asked for that has no key `wekinator`, or the file cannot be written.
    """
    import dataclasses

    from gesturesynth.config.preset import loader
    from gesturesynth.config.preset.wekinator_preset import NAME, ready_preset

    if flags.preset not in (None, NAME):
        if loader.load(loader.find(flags.preset)).wekinator is None:
            raise UserError(
                f"--wekinator plays presets with the key `wekinator`, which '{flags.preset}' does not have; leave out "
                "either that flag or --preset"
            )
        return flags
    path, written = ready_preset()
    if written:
        print(f"{path} was written: its `inputs` and `outputs` say how many numbers come and go.", file=sys.stderr)
    return dataclasses.replace(flags, preset=str(path))


def _run(
    config: Path | None,
    preset: PresetFlags,
    camera: CameraFlags,
    audio: AudioFlags,
    page: PageFlags,
    *,
    with_page: bool,
    open_page: bool = False,
    with_camera: bool = True,
    output: OutputFlags,
    tour: Tour | None = None,
) -> int:
    from gesturesynth.cli.run import RunSettings, needs_tracker, prepare
    from gesturesynth.cli.run import run as run_all
    from gesturesynth.midi.library import require_library as require_midi

    output.configure("supervisor")
    raise_on_stop_signals()
    chosen = chosen_settings(config, preset, camera, audio, page)
    with_tracker = with_camera and needs_tracker(chosen)
    prepare(chosen, audio.record, with_tracker=with_tracker)
    arguments = {
        "engine": as_flags(config, audio),
        "tracker": as_flags(config, camera),
        "conductor": [*as_flags(config, preset), *(["--only-local"] if tour else [])],
    }
    if not with_tracker and not tour:
        del arguments["tracker"]
    if chosen.publish.address and not tour:
        arguments["pose-server"] = as_flags(config)
    if chosen.keypad.enabled:
        arguments["keypad"] = as_flags(config)
    if chosen.actions.enabled and not tour:
        arguments["actions"] = as_flags(config)
        if chosen.actions.keys:
            arguments["action-keys"] = as_flags(config)
    if chosen.light.enabled and not tour:
        arguments["light"] = as_flags(config)
    if chosen.midi.enabled and not tour:
        require_midi()
        arguments["midi"] = as_flags(config)
    if chosen.page.enabled and with_page:
        arguments["page"] = as_flags(config, page)
    elif chosen.oscquery.enabled and chosen.oscquery.without_page and not tour:
        arguments["oscquery"] = as_flags(config)
    settings = RunSettings(
        arguments, output.log_level, json_lines=output.json, quiet=output.quiet, tour=tour, open_page=open_page
    )
    return run_all(settings)


def demo(
    *pieces: Annotated[str, Parameter(help="Names from `preset list`, in order; without them, all.")],
    seconds: Annotated[float, Parameter(help="How long each plays.")] = 15.0,
    again: Annotated[bool, Parameter(negative="", help="From the beginning after the last one, until Ctrl-C.")] = False,
    config: Config = None,
    audio: AudioFlags = NO_AUDIO_FLAGS,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """Starts the supervisor with a tour: see `cli.tour`."""
    from gesturesynth.cli.tour import Tour, tour_stops

    if not seconds >= LEAST_TOUR_S:
        raise UserError(f"each piece needs {LEAST_TOUR_S:g} s at least to be heard, not {seconds:g} s")
    stops = tour_stops(pieces)
    preset = PresetFlags(preset=stops[0].preset)
    tour = Tour(stops, seconds, again=again)
    camera = CameraFlags(source="demo")
    return _run(config, preset, camera, audio, NO_PAGE_FLAGS, with_page=False, output=output, tour=tour)


def render(
    *,
    source: Annotated[str, Parameter(help="A video file, a skeleton recording, or `demo`.")],
    out: Annotated[Path, Parameter(help="The WAV file to write.")],
    csv: Annotated[Path | None, Parameter(help="Also write a table, one row a pose.")] = None,
    picture: Annotated[
        Path | None, Parameter(help="Also draw the sound, the features and the outputs into a PNG file.")
    ] = None,
    preset_: Annotated[str, Parameter(name=["--preset", "-p"], help="A name from `preset list`, or a YAML file.")] = (
        "theremin"
    ),
    seconds: Annotated[float | None, Parameter(help="Only so much of the source.", show_default=False)] = None,
    scene: Annotated[
        str | None, Parameter(help="One scene of the preset from beginning to end, whatever would change it.")
    ] = None,
    mirror: Annotated[bool, Parameter(negative="", help="Flip left and right.")] = False,
    rotate: Annotated[int, Parameter(help="Turn the picture: 0, 90, 180 or 270 degrees clockwise.")] = 0,
    pixel_aspect: Annotated[
        str, Parameter(help="Width divided by height of a pixel: `auto` as the clip says, or a ratio such as 64:45.")
    ] = "auto",
    model: Annotated[str, Parameter(help="Pose model: `full`, or the path of a bundle (.task).")] = "full",
    taught: Annotated[
        bool, Parameter(negative="", help="With what was taught here, instead of the examples that the preset brings.")
    ] = False,
    channels: Annotated[int, Parameter(help="Loudspeakers, a channel of the file each: 1, 2, 4 or 8.")] = 2,
    layout: Annotated[str, Parameter(help="How they stand: `ring` or `row`; or `headphones`.")] = "ring",
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Renders a source into a WAV file: see `pipeline.render`."""
    import json
    import math
    import time

    from gesturesynth.cli.presets import taught_examples
    from gesturesynth.config.preset import loader
    from gesturesynth.config.preset.inputs_alone import by_inputs_alone
    from gesturesynth.config.settings import settings
    from gesturesynth.core import paths
    from gesturesynth.pipeline.former_presets import former_presets_hint
    from gesturesynth.pipeline.render import RenderSettings
    from gesturesynth.pipeline.render import render as render_it

    output.configure("render")
    raise_on_stop_signals()
    loaded = loader.load(loader.find(preset_))
    takes, own = taught_examples(loaded) if taught else (0, None)
    if taught and own is None:
        raise UserError(
            f"nothing was taught for '{loaded.name}' in {paths.state_dir()}: record takes first, or render without "
            f"--taught, with the examples that the preset brings. {former_presets_hint(loaded)}".rstrip()
        )
    if by_inputs_alone(loaded):
        print(
            f"gesturesynth: '{loaded.name}' is played by numbers of other programs alone, and a clip has none: all "
            "outputs stay at their idle values",
            file=sys.stderr,
        )
    view_settings = {"camera.mirror": mirror, "camera.rotate": rotate, "camera.pixel_aspect": pixel_aspect}
    chosen = settings.Settings().with_overrides(view_settings | {"audio.channels": channels, "audio.layout": layout})
    line = ProgressLine(sys.stderr)
    try:
        done = render_it(
            RenderSettings(
                preset=loaded.path,
                source=source,
                out=out,
                table=csv,
                picture=picture,
                seconds=math.inf if seconds is None else seconds,
                view=source_settings(chosen),
                model=model,
                layout=chosen.audio.loudspeakers(),
                scene=scene or "",
                predict_s=settings.load_settings().predict,
                own=own,
                progress=lambda at_s: line.show(f"{out}: {at_s:.1f} s rendered", time.monotonic()),
            )
        )
    finally:
        line.clear()
    facts = {"out": str(out), "poses": done.poses, "seconds": round(done.duration_s, 3), "peak_db": done.peak_db}
    facts |= {"takes": takes} if taught else {}
    if output.json:
        print(json.dumps(facts))
    elif not output.quiet:
        print(f"{out}: {done.duration_s:.1f} s of sound from {done.poses} poses, peak {done.peak_db:.1f} dBFS")


def record_skeleton(
    out: Annotated[Path, Parameter(help="The recording to write; it must not exist yet.")],
    *,
    config: Config = None,
    camera: CameraFlags = NO_CAMERA_FLAGS,
    seconds: Annotated[float | None, Parameter(help="Stop after so long.", show_default=False)] = None,
    hands: Annotated[bool, Parameter(help="Record the fingers of hands, too.", negative="")] = False,
    face: Annotated[bool, Parameter(help="Record what the face does, too: six numbers.", negative="")] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Records poses into a file: see `tracking.skeleton_recorder`."""
    import math

    from gesturesynth.runtime.service import Service
    from gesturesynth.runtime.tracking_request import TrackingRequest
    from gesturesynth.tracking import skeleton_recorder

    output.configure("record-skeleton")
    raise_on_stop_signals()
    chosen = chosen_settings(config, camera)
    with Service() as service:
        count = skeleton_recorder.record_skeleton(
            out,
            source_settings(chosen),
            model=chosen.model,
            request=TrackingRequest(hands=hands, face=face),
            seconds=math.inf if seconds is None else seconds,
            stopping=lambda: service.stopping,
        )
    if not output.quiet:
        print(f"{out}: {count} poses")


class ProgressLine:
    """How far a rendering has come, as a line that writes over itself. Only on a terminal.

    Args:
        stream: where to; nothing is written when it is no terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._on = stream.isatty()
        self._due_s = 0.0
        self._shown = False

    def show(self, text: str, now_s: float) -> None:
        """Shows a text instead of the former one, unless that was shown a moment ago; `now_s` is monotonic."""
        if self._on and now_s >= self._due_s:
            self._due_s = now_s + PERIOD_S
            self._shown = True
            self._stream.write(f"{_ERASE}{text}")
            self._stream.flush()

    def clear(self) -> None:
        """Takes the line away, so that what follows begins where it stood."""
        if self._shown:
            self._shown = False
            self._stream.write(_ERASE)
            self._stream.flush()
