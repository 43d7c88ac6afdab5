"""The root of the command line: its verbs and where they are, `main`, exit codes.

Exit codes: 0; 1 when something went wrong in this program or on this computer; 2 when the user has to change
something.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Final

import cyclopts
from cyclopts import App, Group

from gesturesynth.cli import remote
from gesturesynth.cli.numeric_flags import STRICT_NUMBERS
from gesturesynth.core import log
from gesturesynth.core.errors import GestureSynthError, UserError

HELP: Final = """A body in front of a camera becomes sound, through a mapping that an artist taught by showing.

Begin with `gesturesynth run`: it plays what the camera sees, or a recorded performer where there is no camera.
"""

PLAYING: Final = Group("Playing", sort_key=0)
PRESETS: Final = Group("Pieces", sort_key=1)
MAINTENANCE: Final = Group("Looking after it", sort_key=2)
LISTS: Final = Group("What there is", sort_key=3)
PROCESSES: Final = Group("The processes, one by one (`run` starts them all)", sort_key=4)

# (group, verb, where it is, help). Named as texts, modules are loaded when their verb is given: `gesturesynth select 1`
# does not wait for them. The first sentence of a help is in the list of `gesturesynth --help`.
VERBS: Final = (
    (
        PLAYING,
        "run",
        "playing:run",
        """Plays: starts all processes, watches them, shows what they do. Ctrl-C ends it.

        Without a camera the demo performer plays; without a sound card or JACK server nothing is heard, but all runs.
        """,
    ),
    (
        PLAYING,
        "demo",
        "playing:demo",
        """Plays a tour: all pieces one after the other, moved by the demo performer, each announced on the screen.

        `gesturesynth demo theremin drums --seconds 40` plays some of them, for longer. Everything else is as in `run`.
        """,
    ),
    (
        PLAYING,
        "render",
        "playing:render",
        "Renders a clip or a skeleton recording into a sound file, without hardware and without waiting.",
    ),
    (
        PLAYING,
        "record-skeleton",
        "playing:record_skeleton",
        "Records the skeleton of a person who moves: 33 points a frame, never a picture. Ctrl-C ends it.",
    ),
    (
        PRESETS,
        "examples",
        "examples:app",
        "Lists, shows, deletes, restores, exports and imports the takes that a preset was taught with.",
    ),
    (
        PRESETS,
        "pack",
        "packs:pack",
        """Packs a preset with all that was taught to it into one file, to carry to another computer or a colleague.

        In it: the preset, its factory examples, its takes with their skeletons, its saved snapshots. Not in it: deleted
        takes (unless --with-deleted), what could be undone, and the last state that worked. Gesture Synth may run.
        """,
    ),
    (
        PRESETS,
        "unpack",
        "packs:unpack",
        """Unpacks a file that `pack` has written, after checking all that is in it. Nothing is overwritten.

        The preset goes into the folder of one's own presets, its takes beside those that are there. Gesture Synth may
        run.
        """,
    ),
    (
        PRESETS,
        "wekinator",
        "wekinator:app",
        "Moves projects of Wekinator over: `wekinator import FOLDER` makes a preset with takes of one.",
    ),
    (
        PRESETS,
        "layout",
        "layout:app",
        "Writes buttons and faders for all commands and outputs of a piece, for Open Stage Control or TouchOSC.",
    ),
    (
        PRESETS,
        "evaluate",
        "evaluate:evaluate",
        """Tells how good what was taught is: each take is left out of the fit once, and played.

        Without --preset, of the piece that plays. With --features, it compares feature sets and recommends one.
        """,
    ),
    (
        PRESETS,
        "advise",
        "evaluate:advise",
        "Tells what to record next: the pose of the last minutes that is known least. Needs one that plays.",
    ),
    (
        PRESETS,
        "try",
        "text_edits:try_",
        """Plays an edited text of the piece that plays, checked like a file. Its own file stays as it is.

        `gesturesynth keep` writes it there, `gesturesynth back` plays the file again.
        """,
    ),
    (
        PRESETS,
        "takes",
        "takes:takes",
        "Lists the takes of the piece that plays, the newest first, also those that are deleted; a page of 50.",
    ),
    (
        PRESETS,
        "take",
        "takes:take",
        "Shows one take of the piece that plays: its mean pose, and for programs how far each landmark moved in it.",
    ),
    (
        MAINTENANCE,
        "status",
        "status:status",
        "Tells how everything does: processes, camera, piece, sound, the last fault. Exit code 0: healthy; 1: not.",
    ),
    (
        MAINTENANCE,
        "doctor",
        "doctor_flags:app",
        "Looks for what is wrong with this computer, and says what to do about it.",
    ),
    (
        MAINTENANCE,
        "latency",
        "latency:latency",
        """Measures how long it takes from the camera to the sound, and proposes the `predict` that makes up for it.

        The camera looks at this terminal, which flashes; the engine makes a short sound at each flash that is seen.
        A video file as --source stands in for a camera. It runs alone: end `run`, or stop the service, first.
        """,
    ),
    (
        MAINTENANCE,
        "service",
        "service:app",
        "Installs, removes and looks after the system service: it starts with this computer, and watches itself.",
    ),
    (
        MAINTENANCE,
        "keys",
        "keys:app",
        "The key of this computer for poses over the network, and the computers that may receive its poses.",
    ),
    (
        LISTS,
        "features",
        "listing:features",
        "Lists what can be measured on a body: the names that go into a preset's `features`.",
    ),
    (LISTS, "instruments", "listing:instruments", "Lists the instruments and the parameters that a gesture can move."),
    (
        LISTS,
        "instrument",
        "instrument:app",
        "Lists, checks and levels instruments, your own among them: Python files in the config folder's instruments/.",
    ),
    (LISTS, "models", "listing:models", "Lists the models that a preset can learn with."),
    (LISTS, "scales", "listing:scales", "Lists the scales and tunings that pitches can follow."),
    (LISTS, "cameras", "listing:cameras", "Lists the cameras of this computer by their stable names."),
    (
        LISTS,
        "fetch-model",
        "listing:fetch_model",
        "Fetches the models of poses, hands and faces into the cache, unless they are there; checks them by SHA-256.",
    ),
    (PROCESSES, "tracker", "processes:tracker", "The process that sees: camera in, poses out, no network."),
    (
        PROCESSES,
        "pose-server",
        "processes:pose_server",
        (
            "The process that publishes poses for other computers, encrypted: no camera. `tracker --publish` and "
            "`publish.address` start it."
        ),
    ),
    (PROCESSES, "conductor", "processes:conductor", "The process that maps: poses in, sounds out, no device."),
    (
        PROCESSES,
        "engine",
        "processes:engine",
        "The process that sounds: parameters in, audio out, no camera and no network.",
    ),
    (
        PROCESSES,
        "page",
        "page:app",
        "The process that serves the web page; and who may use it: `pair`, `devices`, `revoke`.",
    ),
    (
        PROCESSES,
        "oscquery",
        "page:oscquery",
        "The process that tells programs which OSC addresses there are, where there is no page (docs/oscquery.md).",
    ),
    (
        PROCESSES,
        "keypad",
        "processes:keypad",
        (
            "The process that reads keys without a screen: a keypad for a gallery, no network. "
            "`run` starts it if asked to."
        ),
    ),
    (
        PROCESSES,
        "actions",
        "processes:actions",
        "The process that sends what a preset has sent when something happens: OSC, web requests; no device.",
    ),
    (
        PROCESSES,
        "action-keys",
        "processes:action_keys",
        "The process that presses keys for a preset, those that `actions.keys` allows: one device, no network.",
    ),
    (
        PROCESSES,
        "light",
        "light:app",
        "The process that drives lamps over Art-Net or sACN; `show` prints what it sends, `test` lights one channel.",
    ),
    (
        PROCESSES,
        "midi",
        "midi:app",
        "The process that sends and receives MIDI: no network. `run` starts it if asked to; `midi ports` lists ports.",
    ),
)
# (verb, function in presets.py, help)
PRESET_VERBS: Final = (
    (
        "check",
        "check",
        "Checks preset files and their examples, and says all that is wrong with them, by line and column.",
    ),
    ("list", "list_", "Lists the presets that can be played by name."),
    ("new", "new", "Begins a preset: a commented file to change, and examples that make it play at once."),
    ("schema", "schema", "Prints the JSON Schema of presets, with which editors complete and check them."),
)


def _version() -> str:
    """Read on request only: that takes longer than most verbs."""
    import gesturesynth

    return gesturesynth.__version__


app = App(
    name="gesturesynth",
    help=HELP,
    version=_version,
    help_format="plaintext",  # other formats load a parser of markup at every `--help`
    group_commands=PLAYING,
    default_parameter=STRICT_NUMBERS,
    suppress_keyboard_interrupt=False,  # `main` catches it
)
presets = App(
    name="preset",
    help="Check, list and begin presets: one YAML file says everything about a piece.",
    group=PRESETS,
    group_commands=PRESETS,
)
app.command(presets)
for _group, _verb, _place, _help in VERBS:
    app.command(f"gesturesynth.cli.{_place}", name=_verb, group=_group, help=_help)
for _verb, _function, _help in PRESET_VERBS:
    presets.command(f"gesturesynth.cli.presets:{_function}", name=_verb, help=_help)
remote.mount(app)


# ---------------------------------------------------------------------------------------------------------- the entry
def main(arguments: list[str] | None = None) -> None:
    """The entry of the `gesturesynth` command; leaves with an exit code."""
    log.open_missing_streams()
    log.tolerate_any_text()
    code = exit_code_of(lambda: app(arguments, exit_on_error=False, print_error=False, result_action="return_value"))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # The terminal was closed; that says nothing about what was done. Python would try again while it ends, and
            # make 120 of the exit code.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def exit_code_of(command: Callable[[], object]) -> int:
    """Runs a command; prints what went wrong, as one sentence, and returns the exit code."""
    try:
        code = command()
    except cyclopts.CycloptsError as error:
        from gesturesynth.cli import errors

        print(f"gesturesynth: {errors.sentence(error)}", file=sys.stderr)
        return UserError.exit_code
    except GestureSynthError as error:
        from gesturesynth.core.environment import SUPERVISED

        if os.environ.get(SUPERVISED):
            log.get().error("process failed", message=str(error))
        elif log.goes_to_journal(sys.stderr):
            print(log.with_priority(str(error), "error"), file=sys.stderr)
        else:
            print(f"gesturesynth: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("gesturesynth: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the output has closed it, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # Other errors have sentences of their own; this is a full disk behind standard output, or something like it.
        print(
            f"gesturesynth: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", file=sys.stderr
        )
        return GestureSynthError.exit_code
    return code if isinstance(code, int) else 0
