"""What a person reads on the screen."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from rich.console import Console

from gesturesynth.cli.live_view import LiveViewState, ProcessState, bar, draw, quantity
from gesturesynth.control.command_table import COMMANDS
from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.readings import (
    AdaptationReading,
    GestureReading,
    PersonReading,
    Reading,
    ScaleReading,
    VoiceReading,
)
from gesturesynth.runtime.session_state import SessionState
from gesturesynth.runtime.view_reading import VIEW_SENTENCES, ViewReading
from tests.support.statuses import conductor_status, engine_status, tracker_status

ALL = LiveViewState(
    [ProcessState("tracker", ready=True, restarts=0)], tracker_status(), conductor_status(), engine_status(), 10.2
)


def shown(picture: LiveViewState, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(draw(picture))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def taught(*, keys: bool = True, help_shown: bool = False, **session: Any) -> LiveViewState:
    conductor = conductor_status(session=SessionState(**session), help_shown=help_shown)
    return replace(ALL, conductor=conductor, keys=keys)


def test_everything_asked_for_is_on_the_screen() -> None:
    text = shown(ALL)
    for message in (
        "Air theremin",
        "demo performer",
        "live",
        "30 fps",
        "12 ms old",
        "here",
        "linear rbf, 18 examples",
        "frame to parameter 24 ms (p99 31)",
        "right_wrist.height",
        "440 Hz",
        "jack system",
        "48000 Hz / 256",
        "-21 dB",
    ):
        assert message in text, message


def test_a_take_that_is_played_stands_where_the_choice_stands() -> None:
    text = shown(taught(target="1", target_kind="snapshot", played_take=3, played_left_s=2.14))
    assert "▶ take 3 plays, 2.1 s left" in text


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_it_stays_compact_in_any_terminal(width: int) -> None:
    lines = shown(ALL, width).splitlines()
    assert len(lines) <= (14 if width >= 80 else 24)
    teaching = taught(target="3", takes={str(n): 4 for n in range(1, 10)}, message="Saved.", last_command="record")
    lines = shown(teaching, width).splitlines()
    assert len(lines) <= (16 if width >= 80 else 30)
    assert all(len(line) <= width for line in lines)


def test_an_old_status_is_not_shown() -> None:
    text = shown(replace(ALL, now_s=20.0))
    assert "no word from the tracker" in text
    assert "no word from the conductor" in text
    assert "no word from the engine" in text
    assert "440 Hz" not in text


@pytest.mark.parametrize("conductor", [conductor_status(), None])
@pytest.mark.parametrize("width", [60, 100, 200])
def test_a_tracker_that_can_reach_the_network_is_warned_of(conductor: ConductorStatus | None, width: int) -> None:
    tracker = tracker_status(network="AppArmor forbids it", network_advice="Install the service.")
    text = " ".join(shown(replace(ALL, tracker=tracker, conductor=conductor), width).split())
    assert text.count("can reach the network: `gesturesynth status` says why, and what to do") == 1
    assert "can reach the network" not in shown(ALL), "no warning where nothing is wrong"


def test_what_is_wrong_with_the_view_is_on_the_screen_while_frames_come() -> None:
    view = ViewReading("small", VIEW_SENTENCES["small"], {"small": 1})
    assert VIEW_SENTENCES["small"] in shown(replace(ALL, tracker=tracker_status(view=view)), 120)
    assert VIEW_SENTENCES["small"] not in shown(replace(ALL, tracker=tracker_status(view=view, state="waiting")), 120)


def test_errors_are_shown() -> None:
    broken = conductor_status(preset_error="theremin.yaml:4:3: outputs.pitch: no such unit")
    lost = tracker_status(state="waiting", detail="unplugged; trying again in 2 s")
    text = shown(replace(ALL, conductor=broken, tracker=lost))
    assert "theremin.yaml:4:3" in text
    assert "unplugged; trying again in 2 s" in text


def test_several_people_are_counted() -> None:
    people = tuple(PersonReading(number, (), in_view=True) for number in (1, 2, 3))
    assert "3 people" in shown(replace(ALL, conductor=conductor_status(people=people)))


def test_an_absent_person_and_long_vectors_take_little_room() -> None:
    many = tuple(Reading(f"body.upper.{i}", 0.0, "", 0.5) for i in range(40))
    text = shown(replace(ALL, conductor=conductor_status(present=False, features=many)))
    assert "no person in view" in text
    assert "and 32 more" in text


def test_what_is_adapted_has_a_line() -> None:
    adaptation = AdaptationReading(True, {"right_wrist.height": 1.33})
    text = shown(replace(ALL, conductor=conductor_status(adaptation=adaptation)))
    assert "adapted   right_wrist.height ×1.33" in text
    assert " adapted " not in shown(ALL)


def test_a_prediction_has_a_line() -> None:
    assert "predicted  30 ms ahead" in shown(replace(ALL, conductor=conductor_status(predict_ms=30.0)))
    assert " predicted " not in shown(ALL)


def test_a_scale_has_a_line_and_its_notes_stand_behind_the_values() -> None:
    scale = ScaleReading("minor pentatonic", "A", "just", 442.0, 0.5, ("pitch",))
    outputs = (Reading("pitch", 440.0, "Hz", 0.5, "A4 -8"), Reading("level", -6.0, "dB", 0.5))
    text = shown(replace(ALL, conductor=conductor_status(scale=scale, outputs=outputs)))
    assert "A minor pentatonic, just, A = 442 Hz, strength 0.5" in text
    assert "440 Hz  A4 -8" in text
    assert "-6.00 dB" in text
    assert " scale " not in shown(ALL)


def test_bars_fill_in_proportion() -> None:
    assert bar(0.0, 8) == " " * 8
    assert bar(0.5, 8) == "████    "
    assert bar(1.0, 8) == "█" * 8
    assert bar(7.0, 8) == bar(1.0, 8)
    assert bar(float("nan"), 8) == bar(0.0, 8)


def test_quantities_have_three_figures_and_a_unit() -> None:
    assert quantity(440.4, "Hz") == "440 Hz"
    assert quantity(0.123, "") == "0.12"
    assert quantity(float("inf"), "Hz") == "–"


def test_what_is_taught_is_on_the_screen() -> None:
    text = shown(
        taught(
            target="3",
            held="3",
            takes={"1": 2, "3": 0, "wave": 4},
            trained="trained 14:03",
            volume_db=-6.0,
            message="Snapshot 3.",
            last_command="select 3",
            last_by="osc 127.0.0.1:5000",
        )
    )
    for message in (
        "snapshot 3  is heard",
        " 1: 2 ",
        " 3: 0 ",
        " wave: 4 ",
        "linear rbf, 18 examples  trained 14:03",
        "90%",
        "volume -6 dB",
        "Snapshot 3.",
        "(select 3, osc 127.0.0.1:5000)",
    ):
        assert message in text, message


def test_a_take_can_be_followed_from_across_the_room() -> None:
    assert "snapshot 3 is recorded in 3 …" in shown(taught(phase="countdown", target="3", countdown_s=2.4))
    assert "● recording class wave, 1.3 s left" in shown(taught(phase="recording", target="wave", take_left_s=1.27))
    held = taught(phase="recording", target="2", take_left_s=57.4, take_held=True)
    assert "● recording snapshot 2, at most 57 s more" in shown(held)
    assert "nothing chosen" in shown(taught())
    assert "nothing chosen  clap holds 3" in shown(taught(held="3", held_by="clap"))


def test_questions_complaints_and_silence_are_on_the_screen() -> None:
    assert "Delete all 12 takes?" in shown(taught(asking="Delete all 12 takes? Again.", message="Saved."))
    assert "Saved." not in shown(taught(asking="Delete all 12 takes? Again.", message="Saved."))
    assert "There is no take." in shown(taught(message="There is no take.", message_bad=True))
    assert "muted" in shown(taught(muted=True))
    for hours, closed, text in (
        ("closed until Tue 10:00", True, "closed until Tue 10:00: silent (o opens)"),
        ("open until Tue 18:00", False, "open until Tue 18:00"),
    ):
        conductor = conductor_status(hours=hours, closed=closed)
        assert text in shown(replace(taught(), conductor=conductor), 80)
    assert "panic" in shown(taught(muted=True, panic=True))
    assert "no good" in shown(taught(model_error="no good"))
    assert "training…  and once more" in shown(taught(training=True, train_again=True))


def test_the_keys_are_shown_when_asked_for_and_fit_a_small_terminal() -> None:
    assert "delete-last" not in shown(taught())
    text = shown(taught(help_shown=True, message="The keys."), 80)
    lines = text.splitlines()
    assert len(lines) <= 24
    assert all(len(line) <= 80 for line in lines)
    for command in COMMANDS.values():
        assert (f"  {command.name} " in text) == bool(command.keys), command.name
    assert "1…9" in text
    assert "space" in text
    assert "P " in text
    assert "  pair " in text
    assert "The keys." in text


def test_the_most_needed_keys_are_always_shown_where_keys_are_read() -> None:
    assert "1…9 select  space record  t train  u undo  ? help  q quit" in shown(taught())
    assert "space record" not in shown(taught(keys=False))
    assert "Ctrl-C ends" in shown(taught(keys=False))


def test_everything_fits_a_small_terminal_and_what_was_said_is_always_there() -> None:
    many = tuple(Reading(f"body.upper.{i}", 0.0, "", 0.5) for i in range(40))
    outputs = tuple(Reading(f"grains.density{i}", 440.0, "Hz", 0.5) for i in range(16))
    picture = taught(takes={str(number): 12 for number in range(1, 10)}, target="1", volume_db=-6.0, message="Saved.")
    assert picture.conductor
    crowded = msgspec.structs.replace(
        picture.conductor,
        features=many,
        outputs=outputs,
        notes=("The left wrist cannot be seen, and is held where it was the last time.",) * 3,
        preset_error="\n".join(f"mine.yaml:{line}:1: what is this?" for line in range(9)),
        model="linear rbf, 288 examples; logistic, 5 classes, and more words than fit into a line of this screen",
        model_error="There are fewer examples than this model needs: " + 10 * "teach more, ",
    )
    text = shown(replace(picture, conductor=crowded), width=80)
    assert len(text.splitlines()) < 24
    for message in (
        "teaching  snapshot 1",
        "mapping   linear",
        "Saved.",
        "q quit",
        "grains.density0",
        "mine.yaml:1:1: what is this? …",
        "fewer examples",
        " 1: 12 ",
    ):
        assert message in text


def test_everyday_trouble_leaves_room_for_outputs_and_features() -> None:
    many = tuple(Reading(f"body.upper.{i}", 0.0, "", 0.5) for i in range(40))
    picture = replace(ALL, conductor=conductor_status(features=many))
    assert "and 32 more" in shown(picture)
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(draw(picture, rows=16))
    text = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    assert len(text.splitlines()) < 16
    assert "pitch" in text
    assert "body.upper.0" in text


def test_an_absent_person_is_shown_once() -> None:
    gone = conductor_status(present=False, notes=("no person can be seen",))
    text = shown(replace(ALL, conductor=gone))
    assert "no person in view" in text
    assert "no person can be seen" not in text


def test_gestures_are_on_the_screen_with_how_far_along_they_are_and_how_often_they_were_performed() -> None:
    gestures = (
        GestureReading("throw", followed=True, progress=0.5, closeness=0.8, speed=1.0, performed=3),
        GestureReading("bow", followed=True, progress=0.9, closeness=0.1, speed=0.0, performed=0),
    )
    session = SessionState(target="throw", target_kind="gesture")
    text = shown(replace(ALL, conductor=conductor_status(gestures=gestures, session=session)))
    assert "gestures  throw ▕████    ▏ 3×   bow ▕        ▏ 0×" in text
    assert "teaching  gesture throw" in text


def test_a_line_says_who_plays_which_voice() -> None:
    voices = (
        VoiceReading(1, 4, True, 1.0, True, "", 0.9, ()),
        VoiceReading(2, 0, True, 1.0, False, "up", 0.8, ()),
        VoiceReading(3, 5, False, 0.5, False, "", 0.0, ()),
        VoiceReading(4, 5, False, 0.0, False, "", 0.0, ()),
    )
    line = "1: person 4, first  2: a person  3: no person  4: -"
    assert line in shown(replace(ALL, conductor=conductor_status(voices=voices)))
    assert "voices" not in shown(ALL)
