"""Every verb of the command line, and nothing else.

Exit codes: 0; 1 when something of ours or of the machine went wrong; 2 when the user has to change something.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import cyclopts
from cyclopts import App, Group, Parameter

from gesturesynth.cli import remote
from gesturesynth.cli.flags import (
    NO_AUDIO_FLAGS,
    NO_CAMERA_FLAGS,
    NO_PRESET_FLAGS,
    NO_OUTPUT_FLAGS,
    AudioFlags,
    CameraFlags,
    Config,
    OutputFlags,
    PresetFlags,
    as_flags,
    chosen_settings,
    source_settings,
    with_flags,
)
from gesturesynth.cli.numeric_flags import STRICT_NUMBERS
from gesturesynth.core import log
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there
from gesturesynth.core.search_paths import forbid_programs

if TYPE_CHECKING:
    from gesturesynth.config.preset.loader import Preset
    from gesturesynth.mapping.examples.dataset import Examples

HELP: Final = """A body in front of a camera becomes sound, through a mapping that an artist taught by showing.

Begin with `gesturesynth run`: it plays what the camera sees, or a recorded performer where there is no camera.
"""

PLAY: Final = Group("Playing", sort_key=0)
PRESETS: Final = Group("Pieces", sort_key=1)
MAINTENANCE: Final = Group("Looking after it", sort_key=2)
LISTS: Final = Group("What there is", sort_key=3)
PROCESSES: Final = Group("The processes, one by one (`run` starts them all)", sort_key=4)


def _version() -> str:
    """Read when it is asked for: that takes longer than most verbs."""
    import gesturesynth

    return gesturesynth.__version__


app = App(
    name="gesturesynth",
    help=HELP,
    version=_version,
    help_format="plaintext",  # others load a parser of markup at every `--help`
    group_commands=PLAY,
    default_parameter=STRICT_NUMBERS,
    suppress_keyboard_interrupt=False,  # `main` has a word for it
)
presets = App(
    name="preset",
    help="Check, list and begin presets: one YAML file says everything about a piece.",
    group=PRESETS,
    group_commands=PRESETS,
)
app.command(presets)
# Named as texts they are loaded when they are asked for: `gesturesynth select 1` does not wait for them.
app.command(
    "gesturesynth.cli.examples:app",
    name="examples",
    group=PRESETS,
    help="Lists, shows, deletes, restores, exports and imports the takes that a preset was taught with.",
)
app.command(
    "gesturesynth.cli.status:status",
    name="status",
    group=MAINTENANCE,
    help="Tells how everything does: processes, camera, piece, sound, the last fault. Exit code 0: healthy; 1: not.",
)
app.command(
    "gesturesynth.cli.doctor_flags:app",
    name="doctor",
    group=MAINTENANCE,
    help="Looks for what is wrong with this computer, and says what to do about it.",
)
app.command(
    "gesturesynth.cli.service:app",
    name="service",
    group=MAINTENANCE,
    help="Installs, removes and looks after the system service: it starts with this computer, and watches itself.",
)


# ------------------------------------------------------------------------------------------------------------- playing
@app.command(group=PLAY)
def run(
    *,
    config: Config = None,
    piece: PresetFlags = NO_PRESET_FLAGS,
    camera: CameraFlags = NO_CAMERA_FLAGS,
    audio: AudioFlags = NO_AUDIO_FLAGS,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """Plays: starts all processes, watches them, shows what they do. Ctrl-C ends it.

    Without a camera the demo performer plays; without a sound card or JACK server nothing is heard, but all runs.
    """
    from gesturesynth.cli.run import RunSettings, prepare
    from gesturesynth.cli.run import run as run_all

    output.configure("supervisor")
    raise_on_stop_signals()
    chosen = chosen_settings(config, piece, camera, audio)
    prepare(chosen, audio.record)
    arguments = {
        "engine": as_flags(config, audio),
        "tracker": as_flags(config, camera),
        "conductor": as_flags(config, piece),
    }
    if chosen.keypad.enabled:
        arguments["keypad"] = as_flags(config)
    return run_all(RunSettings(arguments, output.log_level, json_lines=output.json, quiet=output.quiet))


@app.command(group=PROCESSES)
def tracker(
    *, config: Config = None, camera: CameraFlags = NO_CAMERA_FLAGS, output: OutputFlags = NO_OUTPUT_FLAGS
) -> int:
    """The process that sees: camera in, poses out, no network."""
    from gesturesynth.runtime.service import Service
    from gesturesynth.tracking.process import TrackerSettings, run_tracker

    output.configure("tracker")
    with Service(name="tracker") as service:
        chosen = chosen_settings(config, camera)
        return run_tracker(TrackerSettings(source_settings(chosen), chosen.model), service)


@app.command(group=PROCESSES)
def conductor(
    *, config: Config = None, piece: PresetFlags = NO_PRESET_FLAGS, output: OutputFlags = NO_OUTPUT_FLAGS
) -> int:
    """The process that maps: poses in, sounds out, no device."""
    from gesturesynth.conductor.process import run_conductor
    from gesturesynth.conductor.settings import ConductorSettings
    from gesturesynth.config.settings.fallback import load_settings_or_fallback, save_last_known_good
    from gesturesynth.runtime.service import Service

    output.configure("conductor")
    forbid_programs()
    with Service(reloads=True, name="conductor") as service:
        own, trouble = load_settings_or_fallback(config)
        if not trouble:
            save_last_known_good(config, own)
        own_volume_db = None if piece.volume is None else own.volume
        return run_conductor(ConductorSettings.of(with_flags(own, piece), own_volume_db, trouble), service)


@app.command(group=PROCESSES)
def engine(*, config: Config = None, audio: AudioFlags = NO_AUDIO_FLAGS, output: OutputFlags = NO_OUTPUT_FLAGS) -> int:
    """The process that sounds: parameters in, audio out, no camera and no network."""
    from gesturesynth.runtime.service import Service
    from gesturesynth.synthesis.audio.backends import AudioSettings
    from gesturesynth.synthesis.process import EngineSettings, run_engine

    output.configure("engine")
    forbid_programs()
    with Service(name="engine") as service:
        chosen = chosen_settings(config, audio).audio
        wanted = AudioSettings(chosen.backend, chosen.device, chosen.sample_rate, chosen.buffer_frames)
        return run_engine(EngineSettings(wanted, audio.record, chosen.record_limit_mb), service)


@app.command(group=PROCESSES)
def keypad(
    *,
    config: Config = None,
    list_: Annotated[
        bool, Parameter(name="--list", negative="", help="Only list the keyboards and keypads that there are.")
    ] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """The process that reads keys without a screen: a keypad for a gallery, no network. `run` starts it if asked to."""
    from gesturesynth.control.keypad.device_list import list_devices
    from gesturesynth.control.keypad.process import KeypadSettings, run_keypad
    from gesturesynth.core import paths
    from gesturesynth.core.environment import SUPERVISED
    from gesturesynth.runtime.service import Service

    if list_:
        rows = list_devices()
        print_rows(rows, output, "name", "kind", "device")
        if not rows and not output.json:
            print("There is no keyboard or keypad here, or this system shows none to programs.")
        return 0
    output.configure("keypad")
    forbid_programs()
    with Service(name="keypad") as service:
        chosen = chosen_settings(config).keypad
        together = os.environ.get(SUPERVISED)  # with the conductor of its own; else with whichever runs
        folder = paths.runtime_dir() if together else paths.running_dir()
        return run_keypad(KeypadSettings(chosen.device, chosen.grab, chosen.bindings, runtime=folder), service)


@app.command(group=PLAY)
def render(
    *,
    source: Annotated[str, Parameter(help="A video file, a skeleton recording, or `demo`.")],
    out: Annotated[Path, Parameter(help="The WAV file to write.")],
    csv: Annotated[Path | None, Parameter(help="Also write a table, one row a pose.")] = None,
    preset_: Annotated[str, Parameter(name=["--preset", "-p"], help="A name from `preset list`, or a YAML file.")] = (
        "theremin"
    ),
    seconds: Annotated[float | None, Parameter(help="Only so much of the source.", show_default=False)] = None,
    mirror: Annotated[bool, Parameter(negative="", help="Flip left and right.")] = False,
    rotate: Annotated[int, Parameter(help="Turn the picture: 0, 90, 180 or 270 degrees clockwise.")] = 0,
    pixel_aspect: Annotated[
        str, Parameter(help="Width divided by height of a pixel: `auto` as the clip says, or a ratio such as 64:45.")
    ] = "auto",
    model: Annotated[str, Parameter(help="Pose model: `full`, or the path of a bundle (.task).")] = "full",
    taught: Annotated[
        bool, Parameter(negative="", help="With what was taught here, instead of the examples that the preset brings.")
    ] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Renders a clip or a skeleton recording into a sound file, without hardware and without waiting."""
    import json
    import math
    import time

    from gesturesynth.cli.progress import ProgressLine
    from gesturesynth.config.preset import loader
    from gesturesynth.config.settings import settings
    from gesturesynth.core import paths
    from gesturesynth.pipeline.former_presets import hint
    from gesturesynth.pipeline.render import RenderSettings
    from gesturesynth.pipeline.render import render as render_it

    output.configure("render")
    raise_on_stop_signals()
    loaded = loader.load(loader.find(preset_))
    takes, own = taught_examples(loaded) if taught else (0, None)
    if taught and own is None:
        raise UserError(
            f"nothing was taught for '{loaded.name}' in {paths.state_dir()}: record takes first, or render without "
            f"--taught, with the examples that the preset brings. {hint(loaded)}".rstrip()
        )
    seen = {"camera.mirror": mirror, "camera.rotate": rotate, "camera.pixel_aspect": pixel_aspect}
    view = settings.Settings().with_overrides(seen)
    line = ProgressLine(sys.stderr)
    try:
        done = render_it(
            RenderSettings(
                preset=loaded.path,
                source=source,
                out=out,
                table=csv,
                seconds=math.inf if seconds is None else seconds,
                view=source_settings(view),
                model=model,
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


@app.command(name="record-skeleton", group=PLAY)
def record_skeleton(
    out: Annotated[Path, Parameter(help="The recording to write; it must not exist yet.")],
    *,
    config: Config = None,
    camera: CameraFlags = NO_CAMERA_FLAGS,
    seconds: Annotated[float | None, Parameter(help="Stop after so long.", show_default=False)] = None,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Records the skeleton of whoever moves: 33 points a frame, never a picture. Ctrl-C ends it."""
    import math

    from gesturesynth.runtime.service import Service
    from gesturesynth.tracking import skeleton_recorder

    output.configure("record-skeleton")
    raise_on_stop_signals()
    chosen = chosen_settings(config, camera)
    with Service() as service:
        count = skeleton_recorder.record_skeleton(
            out,
            source_settings(chosen),
            model=chosen.model,
            seconds=math.inf if seconds is None else seconds,
            stopping=lambda: service.stopping,
        )
    if not output.quiet:
        print(f"{out}: {count} poses")


# -------------------------------------------------------------------------------------------------------------- pieces
@presets.command(name="check")
def preset_check(*files: Path) -> int:
    """Checks preset files and their examples, and says all that is wrong with them, by line and column.

    Parameters
    ----------
    files
        One or more YAML files, folders of them, or names from `preset list`.
    """
    from gesturesynth.config.preset import loader

    if not files:
        raise UserError("name at least one preset file to check, such as: gesturesynth preset check mine.yaml")
    wrong = 0
    for file in [one for given in files for one in loader.files_of(given)]:
        try:
            loaded = loader.load(loader.find(str(file)))
            examples = _describe_examples(loaded)
        except UserError as error:
            wrong += 1
            print(error, file=sys.stderr)
        else:
            print(f"{file}: fine ({loaded.name}; {examples})")
    return 2 if wrong else 0


def _describe_examples(loaded: Preset) -> str:
    """What there is to learn from, in words; raises UserError when it cannot be learnt from."""
    from gesturesynth.pipeline.former_presets import hint
    from gesturesynth.pipeline.running_preset import fit_job, untaught

    output = []
    if is_there(loaded.examples_path):
        job = fit_job(loaded)
        output += [f"{len(job.labels)} examples", untaught(loaded, job)]
    takes, own = taught_examples(loaded)
    if own is not None:
        job = fit_job(loaded, own)
        output += [f"{takes} take{'s' * (takes != 1)} taught here, {len(job.labels)} examples", untaught(loaded, job)]
    former = hint(loaded) if own is None else ""
    return "; ".join(filter(None, output or ["no examples yet"])) + (f". {former}" if former else "")


def taught_examples(loaded: Preset) -> tuple[int, Examples | None]:
    """How many takes somebody has recorded here for a preset, and what they teach; None where there are none."""
    from datetime import UTC, datetime

    from gesturesynth.pipeline.example_library import load_taught

    view, examples = load_taught(loaded, datetime.now(tz=UTC))
    if view.note:
        print(view.note, file=sys.stderr)
    return view.total, examples


@presets.command(name="list")
def preset_list(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Lists the presets that can be played by name."""
    from gesturesynth.config.preset import loader

    found = loader.available()
    rows = [{"name": entry.name, "about": entry.about, "file": str(entry.path)} for entry in found]
    print_rows(rows, output, "name", "about")


@presets.command(name="new")
def preset_new(
    file: Annotated[Path, Parameter(help="The YAML file to write; it must not exist yet.")],
    *,
    instrument: Annotated[str, Parameter(help="A kind from `gesturesynth instruments`.")] = "theremin",
    name: Annotated[str | None, Parameter(help="The piece's name.", show_default=False)] = None,
) -> None:
    """Begins a preset: a commented file to change, and examples that make it play at once."""
    from gesturesynth.config.preset import loader
    from gesturesynth.config.preset.template import new, starter_examples
    from gesturesynth.mapping.examples.dataset import write_csv

    if file.suffix not in loader.SUFFIXES:
        raise UserError(f"{file} must end in .yaml")
    for target in (file, file.with_suffix(".csv")):
        if target.exists():
            raise UserError(f"{target} exists already and is not overwritten: choose another name")
    text = new(name or file.stem.replace("_", " ").replace("-", " ").capitalize(), instrument)
    try:
        file.write_text(text, encoding="utf-8")
        write_csv(starter_examples(loader.load(file)), file.with_suffix(".csv"))
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}") from error
    print(f"Play it with: gesturesynth run --preset {file}")


@presets.command(name="schema")
def preset_schema(
    *, settings: Annotated[bool, Parameter(negative="", help="That of gesturesynth.yaml instead.")] = False
) -> None:
    """Prints the JSON Schema of presets, with which editors complete and check them."""
    import json

    from gesturesynth.config.json_schema import schema, settings_schema

    print(json.dumps(settings_schema() if settings else schema(), indent=2))


# ------------------------------------------------------------------------------------------------------- what there is
@app.command(group=LISTS)
def features(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Lists what can be measured on a body: the names that go into a preset's `features`."""
    from gesturesynth.features.catalogue import FEATURES

    rows = [
        {"name": f.name, "unit": f.unit, "group": f.group, "columns": len(f.recipes), "help": f.help}
        for f in FEATURES.values()
    ]
    print_rows(rows, output, "name", "unit", "help")


@app.command(group=LISTS)
def instruments(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Lists the instruments and the parameters that a gesture can move."""
    from gesturesynth.config.yaml.types import ranged
    from gesturesynth.synthesis.instruments import catalogue

    rows: list[dict[str, Any]] = []
    for kind, player in catalogue().items():
        rows.append({"name": kind, "range": "", "help": player.about})
        rows += [
            {"name": f"{kind}.{p.name}", "range": ranged(p.low, p.high, p.unit), "help": p.help}
            for p in player.parameters
        ]
        rows += [{"name": f"{kind}.{t.name}", "range": "trigger", "help": t.help} for t in player.triggers]
    print_rows(rows, output, "name", "range", "help")


@app.command(group=LISTS)
def models(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Lists the models that a preset can learn with."""
    from gesturesynth.mapping.learning.model_kinds import MODEL_KINDS

    rows = [
        {"name": k.name, "outputs": k.continuous, "classes": k.classes, "help": k.help} for k in MODEL_KINDS.values()
    ]
    print_rows(rows, output, "name", "help")


@app.command(group=LISTS)
def cameras(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Lists the cameras of this computer by their stable names."""
    from gesturesynth.tracking.cameras import list_cameras

    found = list_cameras()
    rows = [{"number": c.number, "source": c.path or str(c.number), "name": c.name} for c in found]
    print_rows(rows, output, "number", "source", "name")
    if not found and not output.json:
        print("There is no camera here. Without one, `gesturesynth run` plays the demo performer.")


@app.command(name="fetch-model", group=LISTS)
def fetch_model(*, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Fetches the pose model into the cache, unless it is there; checks it by SHA-256."""
    from gesturesynth.tracking.model.download import ensure_model

    raise_on_stop_signals()
    path = ensure_model(progress=lambda sentence: print(sentence, file=sys.stderr))
    if not output.quiet:
        print(path)


def print_rows(rows: list[dict[str, Any]], output: OutputFlags, *columns: str) -> None:
    if output.json:
        import json

        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    for column in columns:
        table.add_column(no_wrap=column not in ("help", "about"), overflow="fold")
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    # In a pipe lines are not broken: programs read them.
    Console(width=None if sys.stdout.isatty() else 1000, highlight=False).print(table)


remote.mount(app)


# ---------------------------------------------------------------------------------------------------------- the entry
def main(arguments: list[str] | None = None) -> None:
    """The entry of the `gesturesynth` command; leaves with an exit code."""
    log.open_missing_streams()
    log.tolerate_any_text()
    code = _exit_code_of(lambda: app(arguments, exit_on_error=False, print_error=False, result_action="return_value"))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # A terminal that was closed: nobody reads it, and its loss says nothing about what was done. Python would
            # try again while it ends, and make 120 of the exit code.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def raise_on_stop_signals() -> None:
    """From here on there is something to clean up: Ctrl-C and SIGTERM raise KeyboardInterrupt."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def _exit_code_of(command: Callable[[], object]) -> int:
    try:
        code = command()
    except cyclopts.CycloptsError as error:
        from gesturesynth.cli import errors

        print(f"gesturesynth: {errors.sentence(error)}", file=sys.stderr)
        return UserError.exit_code
    except GestureSynthError as error:
        from gesturesynth.core.environment import SUPERVISED

        if os.environ.get(SUPERVISED):
            log.get().error(str(error))
        elif log.goes_to_journal(sys.stderr):
            print(log.with_priority(str(error), "error"), file=sys.stderr)
        else:
            print(f"gesturesynth: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("gesturesynth: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our words has enough of them, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # What has a place of its own was said there; this is a full disk behind our words, or something like it.
        print(
            f"gesturesynth: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", file=sys.stderr
        )
        return GestureSynthError.exit_code
    return code if isinstance(code, int) else 0
