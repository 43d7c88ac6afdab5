"""How what a command begins has ended: everybody who asked is told, once, and the worker's queue has an end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from gesturesynth.conductor.background_jobs import KEPT_JOBS, MOST_JOBS
from gesturesynth.conductor.log_line_limit import LINES_AT_ONCE, SUMMARY_S
from gesturesynth.control.commands import call
from gesturesynth.core import paths
from tests.support.conductor_harness import LOW, RULES, ConductorHarness, own_preset

THEREMIN = paths.presets_dir() / "theremin.yaml"
TABLET = "osc 192.168.1.20:5000"
PHONE = "osc 192.168.1.21:5000"


class Told:
    """Answers and outcomes of one command."""

    def __init__(self) -> None:
        self.answers: list[tuple[bool, str]] = []
        self.outcomes: list[tuple[bool, str]] = []

    @property
    def outcome(self) -> tuple[bool, str]:
        (only,) = self.outcomes
        return only


@pytest.fixture
def room() -> Iterator[ConductorHarness]:
    with ConductorHarness(THEREMIN) as made:
        made.wait_until_playing()
        yield made


def ask(room: ConductorHarness, name: str, *values: object, by: str = TABLET) -> Told:
    told = Told()
    room.session_controller.submit(
        call(name, values, by),
        room.now_s,
        lambda ok, words: told.answers.append((ok, words)),
        lambda ok, words: told.outcomes.append((ok, words)),
    )
    return told


def test_a_take_is_told_when_it_is_saved_with_its_number_and_length(room: ConductorHarness) -> None:
    ask(room, "select", 1)
    told = ask(room, "record")
    assert told.answers == [(True, "A take for snapshot 1 in 0.5 s.")]
    room.run_for(RULES.countdown_s + RULES.take_s / 2, LOW)
    assert told.outcomes == []
    room.run_for(RULES.take_s)
    room.until(lambda: bool(told.outcomes), "the outcome")
    ok, text = told.outcome
    assert ok
    assert "A take for snapshot 1 is saved: " in text
    assert " poses in 1.0 s, take 1." in text
    room.wait_until_idle()
    assert len(told.answers) == len(told.outcomes) == 1


@pytest.mark.parametrize("phase", ["countdown", "recording"])
def test_a_take_that_is_called_off_is_told(room: ConductorHarness, phase: str) -> None:
    ask(room, "select", 1)
    told = ask(room, "record")
    room.run_for(0.1 if phase == "countdown" else RULES.countdown_s + 0.3)
    assert room.state.phase == phase
    ask(room, "cancel", by=PHONE)
    assert told.outcome == (False, "Called off: no take was recorded.")


def test_a_take_with_nobody_in_it_ends_in_an_error(room: ConductorHarness) -> None:
    ask(room, "select", 1)
    told = ask(room, "record")
    room.body = None
    for _ in range(round((RULES.countdown_s + RULES.take_s + 0.2) * 60)):
        room.now_s += 1 / 60
        room.conductor.tick(None, room.now_s)
    room.until(lambda: bool(told.outcomes), "the outcome")
    ok, text = told.outcome
    assert not ok
    assert text


def test_who_began_a_take_and_who_ended_it_are_told_each_once(room: ConductorHarness) -> None:
    ask(room, "select", 1)
    down = ask(room, "hold", True)
    room.run_for(0.6, LOW)
    again = ask(room, "record", by=PHONE)
    room.until(lambda: bool(down.outcomes and again.outcomes), "the outcomes")
    assert down.outcome == again.outcome
    assert down.outcome[0]
    ask(room, "undo")
    room.wait_until_idle()
    down = ask(room, "hold", True)
    room.run_for(0.6, LOW)
    up = ask(room, "hold", False)
    room.wait_until_idle()
    assert len(down.outcomes) + len(up.outcomes) == 1, "one program, one button, one outcome"


def test_a_training_is_told_with_its_model(room: ConductorHarness) -> None:
    told = ask(room, "train")
    assert told.answers == [(True, "Training; what plays plays on.")]
    room.until(lambda: bool(told.outcomes), "the outcome")
    ok, text = told.outcome
    assert ok
    assert text.startswith("Trained: ")
    assert "examples" in text


def test_trainings_that_are_remembered_are_told_when_theirs_is_over(room: ConductorHarness) -> None:
    first, second, third = ask(room, "train"), ask(room, "train", by=PHONE), ask(room, "train", by=PHONE)
    room.until(lambda: bool(first.outcomes), "the first")
    assert second.outcomes == third.outcomes == []
    room.until(lambda: bool(second.outcomes or third.outcomes), "the second")
    room.wait_until_idle()
    assert first.outcome[0]
    assert len(second.outcomes) + len(third.outcomes) == 1


def test_a_training_that_is_called_off_or_fails_is_told(room: ConductorHarness) -> None:
    told, again = ask(room, "train"), ask(room, "train", by=PHONE)
    ask(room, "cancel")
    assert [told.outcome[0], again.outcome[0]] == [False, False]
    assert "called off" in told.outcome[1]
    room.wait_until_idle()
    assert len(told.outcomes) == len(again.outcomes) == 1


def test_a_preset_is_acknowledged_when_it_was_found_and_told_when_it_plays(room: ConductorHarness) -> None:
    told = ask(room, "preset", "drums")
    assert told.answers == told.outcomes == []
    room.until(lambda: bool(told.answers), "the answer")
    assert told.answers == [(True, "Changing to drums.")]
    room.until(lambda: bool(told.outcomes), "the outcome")
    ok, text = told.outcome
    assert ok
    assert text.startswith(f"'{room.preset_manager.piece.preset.name}' plays: ")
    assert room.preset_manager.piece.preset.key == "drums"


@pytest.mark.parametrize("by", [TABLET, "keyboard", "command line"])
def test_a_preset_that_is_not_there_is_an_error_and_nothing_else(room: ConductorHarness, by: str) -> None:
    told = ask(room, "preset", "nonsense", by=by)
    room.until(lambda: bool(told.answers), "the answer")
    room.wait_until_idle()
    ((ok, text),) = told.answers
    assert not ok
    assert "there is no preset 'nonsense'" in text
    assert ("the way to a file" in text) == (by != TABLET), "over OSC no file is offered"
    assert told.outcomes == []


def test_a_broken_preset_is_acknowledged_and_ends_in_an_error(room: ConductorHarness) -> None:
    own_preset("broken", "name: Broken\nfeatures: [nothing]\n")
    told = ask(room, "preset", "broken")
    room.until(lambda: bool(told.outcomes), "the outcome")
    room.wait_until_idle()
    assert told.answers[0][0]
    ok, text = told.outcome
    assert not ok
    assert "cannot be used" in text


def test_a_preset_that_is_overtaken_by_another_is_told_so(room: ConductorHarness) -> None:
    first, second = ask(room, "preset", "drums"), ask(room, "preset", "drone", by=PHONE)
    room.until(lambda: bool(second.outcomes), "the second")
    room.wait_until_idle()
    assert not first.outcome[0]
    assert "Another preset" in first.outcome[1]
    assert second.outcome[0]
    assert room.preset_manager.piece.preset.key == "drone"


def test_a_file_is_no_preset_over_osc_even_where_its_form_was_not_refused(room: ConductorHarness) -> None:
    own_preset("mine", THEREMIN.read_text(encoding="utf-8"))
    told = ask(room, "preset", str(paths.config_dir() / "presets" / "mine.yaml"))
    room.until(lambda: bool(told.answers), "the answer")
    assert not told.answers[0][0]
    at_home = ask(room, "preset", str(paths.config_dir() / "presets" / "mine.yaml"), by="command line")
    room.until(lambda: bool(at_home.answers), "the answer")
    assert at_home.answers[0][0]


# ----------------------------------------------------------------------------------------------------- too many of them
def test_jobs_beyond_a_bound_are_refused_with_a_sentence_and_a_take_is_not(room: ConductorHarness) -> None:
    ask(room, "select", 1)
    take = ask(room, "hold", True)
    room.run_for(0.6, LOW)
    ask(room, "hold", False)
    room.until(lambda: bool(take.outcomes), "the take") if take.outcomes else room.wait_until_idle()
    flood = [ask(room, ("undo", "redo")[number % 2]) for number in range(9000)]
    save = ask(room, "save", by=PHONE)
    refused = [told.answers[0][1] for told in flood if told.answers and told.answers[0][1].startswith("busy: ")]
    assert len(refused) >= 9000 - 2 * MOST_JOBS
    assert refused[0].endswith(" jobs are waiting; try again")
    assert not save.answers, "another hand has a place"
    for number in range(200):
        ask(room, "save", by=f"osc 10.0.0.{number}:5000")
    assert len(room.session_controller._jobs._jobs) <= MOST_JOBS + KEPT_JOBS
    room.wait_until_idle()
    assert all(len(told.answers) == 1 for told in flood)
    assert save.answers[0][0]


def test_presets_and_trainings_that_are_asked_for_all_the_time_do_not_pile_up_either(room: ConductorHarness) -> None:
    queue = room.worker._work_queue  # what the worker has still to do
    longest = 0
    for number in range(300):
        ask(room, "preset", ("drums", "drone")[number % 2])
        ask(room, ("train", "cancel")[number % 2])
        ask(room, "next")
        room.tick()
        longest = max(longest, queue.qsize())
    assert longest <= MOST_JOBS + 5
    room.wait_until_idle()


def test_the_log_tells_what_one_hand_does_and_not_all_of_it(room: ConductorHarness) -> None:
    with structlog.testing.capture_logs() as lines:
        for number in range(2000):
            ask(room, "select", number % 3 + 1, by=f"osc 10.0.0.1:{5000 + number % 64}")
        ask(room, "select", 2, by="keyboard")
        room.run_for(SUMMARY_S + 1.0)
    mine = [line for line in lines if str(line.get("by", "")).startswith("osc 10.0.0.1:")]
    assert len(mine) <= LINES_AT_ONCE + 5
    assert [line for line in lines if line.get("by") == "keyboard"], "another hand has lines of its own"
    summaries = [line for line in lines if line["event"] == "log lines omitted"]
    assert [line["by"] for line in summaries] == ["osc 10.0.0.1"]
    assert summaries[0]["lines"] + len(mine) == 2000
