"""Every command, once: its name, arguments, keys, OSC address and help.

Keys, OSC, the command line and docs/commands.md are made from this table. A command that cannot be undone is `armed`:
the session asks first, and the same command again within a few seconds means yes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gesturesynth.control.arguments import LONG_TEXT_LIMIT, Argument, Value
from gesturesynth.runtime.tempo import FASTEST_BPM, SLOWEST_BPM

ADDRESS: Final = "/gesturesynth/"
"""In front of a command's name, its OSC address."""
VOLUME_LOW_DB: Final = -60.0
VOLUME_HIGH_DB: Final = 0.0
LONGEST_TAKE_S: Final = 3600.0
"""The greatest time since the beginning of a take that a command may name."""
LONGEST_PREDICT_S: Final = 0.06
"""Of `predict`; as `prediction.LONGEST_S`, of a package that this one does not import."""
MOST_TAKES: Final = 1_000_000
"""The greatest number of a take."""
FADERS: Final = frozenset({"volume", "morph", "quantise", "tempo", "predict"})
"""Commands that faders send many times a second: only the newest counts, none has a cue each, and none withdraws a
question."""
SNAPSHOTS: Final = tuple("123456789")
"""The targets that are snapshots: the number keys."""


@dataclass(frozen=True)
class Command:
    """Something that can be requested by a key, over OSC or from a shell.

    Attributes:
        name: lower case, words joined by `-`.
        help: what it does, one sentence.
        arguments: in order.
        keys: as the terminal sends them; a key gives the command without values, but `1`..`9` of `select`.
        armed: it asks first; the same command again within `Rules.confirm_s` means yes.
        socket_only: its value or its answer is longer than a datagram may be, or a skeleton: the command socket only.
    """

    name: str
    help: str
    arguments: tuple[Argument, ...] = ()
    keys: tuple[str, ...] = ()
    armed: bool = False
    socket_only: bool = False

    @property
    def address(self) -> str:
        """Its OSC address: `/gesturesynth/NAME`."""
        return ADDRESS + self.name

    @property
    def usage(self) -> str:
        """The command with its arguments: `volume DB`, `label [NAME]`."""
        text = (f"[{argument.name}]" if argument.optional else argument.name for argument in self.arguments)
        return " ".join((self.name, *text))


def _switch(what: str) -> Argument:
    return Argument("ON", "bool", f"{what}; left out, the other of the two.", optional=True)


_TAKE: Final = Argument("TAKE", "int", "Its number.", 1, MOST_TAKES)
_OUTPUT: Final = Argument("NAME", "text", "The output, as the preset names it.")

_TABLE: Final = (
    Command(
        "select",
        "Choose a snapshot, and hear it while you find a pose for it.",
        (Argument("N", "int", "The snapshot.", 1, 9),),
        SNAPSHOTS,
    ),
    Command(
        "label",
        "Choose a class or a gesture, to record takes for it.",
        (
            Argument(
                "NAME", "text", "The class or gesture, as the preset names it; left out, the next one.", optional=True
            ),
        ),
        ("l",),
    ),
    Command(
        "record",
        "Count down, then record a take. Again: call off the countdown, or end the take early and keep it.",
        keys=(" ",),
    ),
    Command(
        "hold",
        "Record for as long as it is on, without a countdown: a button that tells when it is let go. At most a minute.",
        (Argument("ON", "bool", "On while the button is down; off ends the take and keeps it."),),
    ),
    Command(
        "stop",
        "End the take and keep it; or call off the countdown; or end the take that is played; or let go of the sound "
        "that is held.",
    ),
    Command(
        "cancel",
        "Throw away the take that is being recorded; or call off the countdown or the question; or end the take that "
        "is played; or call off the training.",
        keys=("\x1b",),
    ),
    Command("train", "Learn from all takes. The old model plays until the new one takes over.", keys=("t",)),
    Command(
        "evaluate",
        "Tell how good the mapping is: each take is left out of the fit once, and played.",
        keys=("e",),
    ),
    Command("advise", "Tell what to record next: of the last minutes, the pose that is known least.", keys=("n",)),
    Command("undo", "Take back the last change to takes and snapshots.", keys=("u",)),
    Command("redo", "Do again what was taken back.", keys=("U",)),
    Command("delete-last", "Delete the newest take.", keys=("x",)),
    Command("clear", "Delete all takes of this preset.", keys=("c",), armed=True),
    Command(
        "listen",
        "Listen back: a take plays through the mapping as it is now, instead of the person in view. Again: end it.",
        (Argument("TAKE", "int", "Its number; left out, the newest.", 1, MOST_TAKES, optional=True),),
        ("b",),
    ),
    Command(
        "relabel",
        "Let a take teach something else than it was recorded for.",
        (
            _TAKE,
            Argument(
                "TARGET", "text", "A snapshot, as it sounds now, by its number; or the name of a class or gesture."
            ),
        ),
    ),
    Command(
        "trim",
        "Let only a part of a take count. A later trim may widen it again.",
        (
            _TAKE,
            Argument("FROM", "float", "Since the take began.", 0.0, LONGEST_TAKE_S, "s"),
            Argument("TO", "float", "Likewise; at or after the end of the take is its end.", 0.0, LONGEST_TAKE_S, "s"),
        ),
    ),
    Command(
        "switch-take",
        "Whether a take teaches; one that is off stays in the list.",
        (_TAKE, _switch("Whether it does")),
    ),
    Command("delete-take", "Delete a take.", (_TAKE,)),
    Command("restore-take", "Restore a take that was deleted.", (_TAKE,)),
    Command(
        "morph",
        "Hold the sound between two snapshots. Space records a take for it, and `save` keeps it.",
        (
            Argument("A", "int", "The snapshot at 0.", 1, 9),
            Argument("B", "int", "The snapshot at 1.", 1, 9),
            Argument("PART", "float", "How far it is from A to B.", 0.0, 1.0),
        ),
    ),
    Command(
        "set-outputs",
        "Hold these values of the outputs, whatever is chosen. Space records a take for them, and `save` keeps them.",
        (
            Argument(
                "VALUES",
                "text",
                "One for each output that is learned, in the preset's order and in its unit, with blanks between: "
                "`220 -12`. `-` leaves one as it is.",
                words=True,
                limit=LONG_TEXT_LIMIT,
            ),
        ),
    ),
    Command(
        "nudge",
        "More like that: the last two seconds of movement become a take for what sounds, or for the chosen class.",
        keys=("k",),
    ),
    Command(
        "play-along",
        "Move along with a score of snapshots; after a countdown it is recorded, and trained at its end. "
        "Again: call off the countdown, or end it early and keep it.",
        keys=("p",),
    ),
    Command(
        "grab",
        "Watch the person move, then spread the snapshots over that movement and train. "
        "Again: call off the countdown, or end it early and keep it.",
        (Argument("SECONDS", "float", "How long; left out, 30 s.", 5.0, 300.0, "s", optional=True),),
        ("g",),
    ),
    Command(
        "hands-free",
        "Whether a pose is the record button: held for two seconds it records, then the next snapshot is chosen. The "
        "first time, a take of that pose is recorded.",
        (_switch("Whether it is"),),
        ("f",),
    ),
    Command("save", "Keep the sound of this moment as a new snapshot, and choose it.", keys=("s",)),
    Command("randomise", "Hold another sound: every output somewhere in its range.", keys=("r",)),
    Command("audition", "Whether a chosen snapshot is heard.", (_switch("Whether it is"),), ("a",)),
    Command(
        "record-output",
        "Whether new takes name an output.",
        (_OUTPUT, _switch("Whether they do")),
    ),
    Command(
        "train-output",
        "Whether an output learns at the next training; while it is off it keeps its model.",
        (_OUTPUT, _switch("Whether it does")),
    ),
    Command(
        "run-output",
        "Whether the body plays an output; while it is off it is idle.",
        (_OUTPUT, _switch("Whether it does")),
    ),
    Command(
        "delete-output",
        "Delete the examples of one output: its values leave all takes.",
        (Argument("NAME", "text", "The output, as the preset or a take names it."),),
        armed=True,
    ),
    Command(
        "scale",
        "Let pitches follow another scale, until another preset plays.",
        (
            Argument(
                "NAME",
                "text",
                "A scale, as `gesturesynth scales` lists them, or a Scala file beside the preset; also with its root, "
                "as `A minor`. `off`: pitches are free.",
                words=True,
            ),
        ),
    ),
    Command(
        "root", "Let the scale count from another note.", (Argument("NOTE", "text", "Such as `A`, `C#` or `Bb`."),)
    ),
    Command(
        "tuning",
        "Tune the scale in another way.",
        (
            Argument(
                "NAME",
                "text",
                "`equal`, `just`, `pythagorean`, or a Scala file; or the A above middle C, such as `442 Hz`.",
                words=True,
            ),
        ),
    ),
    Command(
        "quantise",
        "How firmly pitches are led to the scale.",
        (Argument("STRENGTH", "float", "0: free; 1: notes of the scale only.", 0.0, 1.0),),
    ),
    Command(
        "tempo",
        "Set the tempo, until another preset plays. No beat jumps.",
        (Argument("BPM", "float", "Quarter notes a minute.", SLOWEST_BPM, FASTEST_BPM),),
    ),
    Command("tap", "Tap the tempo: two or more in time with the beat. The beat glides to the taps.", keys=("w",)),
    Command(
        "adapt",
        "Whether the taught range stretches or shrinks to the person in view, until another preset plays.",
        (_switch("Whether it does"),),
    ),
    Command(
        "predict",
        "Carry the body forward with its movement, until another preset plays.",
        (Argument("TIME", "float", "How far, such as `30ms`; 0: not at all.", 0.0, LONGEST_PREDICT_S, "s"),),
    ),
    Command(
        "scene",
        "Play another scene of this preset.",
        (Argument("NAME", "text", "The scene, or `next` or `previous`; left out, the next one.", optional=True),),
        ("j",),
    ),
    Command(
        "preset",
        "Play another preset.",
        (Argument("NAME", "text", "The preset, as `gesturesynth preset list` has it."),),
    ),
    Command(
        "try",
        "Play an edited text of the preset that plays, checked like a file. Its file stays as it is.",
        (Argument("TEXT", "document", "All of the edited preset, as YAML."),),
        socket_only=True,
    ),
    Command(
        "change",
        "Change one value in the text of the preset, and play that. Its file stays as it is.",
        (
            Argument("KEY", "text", "The way to the value, as errors name it: `outputs.pitch.glide`."),
            Argument(
                "VALUE",
                "text",
                "As YAML on one line: `80 ms`, `[110, 880]`. Left out, the key is removed.",
                optional=True,
                words=True,
                limit=LONG_TEXT_LIMIT,
            ),
        ),
    ),
    Command(
        "keep",
        "Write the edited preset into its file; where that is a shipped one, as a copy among your own presets.",
    ),
    Command("back", "Let go of the edits that are not kept: the file of the preset plays."),
    Command("next", "Play the next preset.", keys=("]",)),
    Command("previous", "Play the previous preset.", keys=("[",)),
    Command(
        "volume",
        "Set the loudness of this machine.",
        (Argument("DB", "float", "Decibels below full.", VOLUME_LOW_DB, VOLUME_HIGH_DB, "dB"),),
    ),
    Command("louder", "A step louder.", keys=("+", "=")),
    Command("quieter", "A step quieter.", keys=("-",)),
    Command("mute", "Silence, or sound again.", (_switch("Whether it is silent"),), ("m",)),
    Command("panic", "Silence at once, until it is released.", keys=("!",)),
    Command("release", "Sound again after a panic.", keys=("R",)),
    Command(
        "open",
        "Open outside the opening hours, or close within them, until they change next.",
        (_switch("Whether it is open"),),
        ("o",),
    ),
    Command("help", "Show or hide the keys.", keys=("?",)),
    Command(
        "quit",
        "End. The keyboard is asked only while a take is counted down or recorded, all others always.",
        keys=("q",),
        armed=True,
    ),
)

COMMANDS: Final[dict[str, Command]] = {command.name: command for command in _TABLE}
"""Every command by its name, in the order of the documents."""

KEYS: Final[dict[str, tuple[str, tuple[Value, ...]]]] = {
    key: (command.name, (int(key),) if key in SNAPSHOTS else ()) for command in _TABLE for key in command.keys
}
"""The command and values of each key."""

KEY_NAMES: Final = {" ": "space", "\x1b": "Esc"}
"""Names of keys that have no visible character."""
