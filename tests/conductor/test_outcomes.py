"""Outcomes: each sender gets one when what its command has begun ends; and the limits of the worker's queue."""

from __future__ import annotations

import pytest
import structlog

from gesturesynth.conductor.background_jobs import KEPT_JOBS, MOST_JOBS
from gesturesynth.conductor.log_line_limit import LINES_AT_ONCE, SUMMARY_S
from gesturesynth.control.commands import PAGE, call
from gesturesynth.core import paths
from tests.support.conductor_harness import LOW, RULES, THEREMIN, ConductorHarness, own_preset

TABLET = "osc 192.168.1.20:5000"
PHONE = "osc 192.168.1.21:5000"


class Answers:
    """Answers and outcomes of one command."""

    def __init__(self) -> None:
        self.answers: list[tuple[bool, str]] = []
        self.outcomes: list[tuple[bool, str]] = []

    @property
    def outcome(self) -> tuple[bool, str]:
        (only,) = self.outcomes
        return only


def submit(harness: ConductorHarness, name: str, *values: object, by: str = TABLET) -> Answers:
    received = Answers()
    harness.session_controller.submit(
        call(name, values, by),
        harness.now_s,
        lambda ok, words: received.answers.append((ok, words)),
        lambda ok, words: received.outcomes.append((ok, words)),
    )
    return received


def test_a_saved_take_has_an_outcome_with_its_number_and_length(harness: ConductorHarness) -> None:
    submit(harness, "select", 1)
    received = submit(harness, "record")
    assert received.answers == [(True, "A take for snapshot 1 in 0.5 s.")]
    harness.run_for(RULES.countdown_s + RULES.take_s / 2, LOW)
    assert received.outcomes == []
    harness.run_for(RULES.take_s)
    harness.until(lambda: bool(received.outcomes), "the outcome")
    ok, text = received.outcome
    assert ok
    assert "A take for snapshot 1 is saved: " in text
    assert " poses in 1.0 s, take 1." in text
    harness.wait_until_idle()
    assert len(received.answers) == len(received.outcomes) == 1


@pytest.mark.parametrize("phase", ["countdown", "recording"])
def test_a_cancelled_take_has_an_outcome(harness: ConductorHarness, phase: str) -> None:
    submit(harness, "select", 1)
    received = submit(harness, "record")
    harness.run_for(0.1 if phase == "countdown" else RULES.countdown_s + 0.3)
    assert harness.state.phase == phase
    submit(harness, "cancel", by=PHONE)
    assert received.outcome == (False, "Called off: no take was recorded.")


def test_a_take_without_a_person_ends_in_an_error(harness: ConductorHarness) -> None:
    submit(harness, "select", 1)
    received = submit(harness, "record")
    harness.body = None
    for _ in range(round((RULES.countdown_s + RULES.take_s + 0.2) * 60)):
        harness.now_s += 1 / 60
        harness.conductor.tick(None, harness.now_s)
    harness.until(lambda: bool(received.outcomes), "the outcome")
    ok, text = received.outcome
    assert not ok
    assert text


def test_the_sender_that_began_a_take_and_the_one_that_ended_it_get_one_outcome_each(harness: ConductorHarness) -> None:
    submit(harness, "select", 1)
    pressed = submit(harness, "hold", True)
    harness.run_for(0.6, LOW)
    again = submit(harness, "record", by=PHONE)
    harness.until(lambda: bool(pressed.outcomes and again.outcomes), "the outcomes")
    assert pressed.outcome == again.outcome
    assert pressed.outcome[0]
    submit(harness, "undo")
    harness.wait_until_idle()
    pressed = submit(harness, "hold", True)
    harness.run_for(0.6, LOW)
    released = submit(harness, "hold", False)
    harness.wait_until_idle()
    assert len(pressed.outcomes) + len(released.outcomes) == 1, "one program, one button, one outcome"


def test_a_training_has_an_outcome_with_its_model(harness: ConductorHarness) -> None:
    received = submit(harness, "train")
    assert received.answers == [(True, "Training; what plays plays on.")]
    harness.until(lambda: bool(received.outcomes), "the outcome")
    ok, text = received.outcome
    assert ok
    assert text.startswith("Trained: ")
    assert "examples" in text


def test_a_training_that_waits_has_its_outcome_when_it_has_ended(harness: ConductorHarness) -> None:
    first, second, third = (
        submit(harness, "train"),
        submit(harness, "train", by=PHONE),
        submit(harness, "train", by=PHONE),
    )
    harness.until(lambda: bool(first.outcomes), "the first")
    assert second.outcomes == third.outcomes == []
    harness.until(lambda: bool(second.outcomes or third.outcomes), "the second")
    harness.wait_until_idle()
    assert first.outcome[0]
    assert len(second.outcomes) + len(third.outcomes) == 1


def test_a_cancelled_training_has_an_outcome(harness: ConductorHarness) -> None:
    received, again = submit(harness, "train"), submit(harness, "train", by=PHONE)
    submit(harness, "cancel")
    assert [received.outcome[0], again.outcome[0]] == [False, False]
    assert "called off" in received.outcome[1]
    harness.wait_until_idle()
    assert len(received.outcomes) == len(again.outcomes) == 1


def test_a_preset_is_acknowledged_when_it_was_found_and_has_an_outcome_when_it_plays(harness: ConductorHarness) -> None:
    received = submit(harness, "preset", "drums")
    assert received.answers == received.outcomes == []
    harness.until(lambda: bool(received.answers), "the answer")
    assert received.answers == [(True, "Changing to drums.")]
    harness.until(lambda: bool(received.outcomes), "the outcome")
    ok, text = received.outcome
    assert ok
    assert text.startswith(f"'{harness.preset_manager.piece.preset.name}' plays: ")
    assert harness.preset_manager.piece.preset.key == "drums"


@pytest.mark.parametrize("by", [TABLET, PAGE, "keyboard", "command line"])
def test_a_preset_that_is_not_there_is_an_error_and_nothing_else(harness: ConductorHarness, by: str) -> None:
    received = submit(harness, "preset", "nonsense", by=by)
    harness.until(lambda: bool(received.answers), "the answer")
    harness.wait_until_idle()
    ((ok, text),) = received.answers
    assert not ok
    assert "there is no preset 'nonsense'" in text
    assert ("the way to a file" in text) == (by not in (TABLET, PAGE)), "over OSC and from the page no file is offered"
    assert received.outcomes == []


def test_a_broken_preset_is_acknowledged_and_ends_in_an_error(harness: ConductorHarness) -> None:
    own_preset("broken", "name: Broken\nfeatures: [nothing]\n")
    received = submit(harness, "preset", "broken")
    harness.until(lambda: bool(received.outcomes), "the outcome")
    harness.wait_until_idle()
    assert received.answers[0][0]
    ok, text = received.outcome
    assert not ok
    assert "cannot be used" in text


def test_a_preset_that_another_one_replaces_has_an_outcome(harness: ConductorHarness) -> None:
    first, second = submit(harness, "preset", "drums"), submit(harness, "preset", "drone", by=PHONE)
    harness.until(lambda: bool(second.outcomes), "the second")
    harness.wait_until_idle()
    assert not first.outcome[0]
    assert "Another preset" in first.outcome[1]
    assert second.outcome[0]
    assert harness.preset_manager.piece.preset.key == "drone"


def test_a_file_is_no_preset_over_osc_even_where_its_form_was_not_refused(harness: ConductorHarness) -> None:
    own_preset("mine", THEREMIN.read_text(encoding="utf-8"))
    received = submit(harness, "preset", str(paths.config_dir() / "presets" / "mine.yaml"))
    harness.until(lambda: bool(received.answers), "the answer")
    assert not received.answers[0][0]
    at_command_line = submit(harness, "preset", str(paths.config_dir() / "presets" / "mine.yaml"), by="command line")
    harness.until(lambda: bool(at_command_line.answers), "the answer")
    assert at_command_line.answers[0][0]


# ----------------------------------------------------------------------------------------------------- too many of them
def test_jobs_beyond_a_bound_are_refused_with_a_sentence_and_a_take_is_not(harness: ConductorHarness) -> None:
    submit(harness, "select", 1)
    take = submit(harness, "hold", True)
    harness.run_for(0.6, LOW)
    submit(harness, "hold", False)
    harness.until(lambda: bool(take.outcomes), "the take") if take.outcomes else harness.wait_until_idle()
    flood = [submit(harness, ("undo", "redo")[number % 2]) for number in range(9000)]
    save = submit(harness, "save", by=PHONE)
    refused = [
        received.answers[0][1] for received in flood if received.answers and received.answers[0][1].startswith("busy: ")
    ]
    assert len(refused) >= 9000 - 2 * MOST_JOBS
    assert refused[0].endswith(" jobs are waiting; try again")
    assert not save.answers, "another sender has a place"
    for number in range(200):
        submit(harness, "save", by=f"osc 10.0.0.{number}:5000")
    assert len(harness.session_controller._jobs._jobs) <= MOST_JOBS + KEPT_JOBS
    harness.wait_until_idle()
    assert all(len(received.answers) == 1 for received in flood)
    assert save.answers[0][0]


def test_presets_and_trainings_that_are_asked_for_all_the_time_do_not_pile_up_either(harness: ConductorHarness) -> None:
    queue = harness.worker._work_queue  # what the worker has not begun
    longest = 0
    for number in range(300):
        submit(harness, "preset", ("drums", "drone")[number % 2])
        submit(harness, ("train", "cancel")[number % 2])
        submit(harness, "next")
        harness.tick()
        longest = max(longest, queue.qsize())
    assert longest <= MOST_JOBS + 5
    harness.wait_until_idle()


def test_the_log_has_a_limit_for_the_commands_of_one_sender(harness: ConductorHarness) -> None:
    with structlog.testing.capture_logs() as lines:
        for number in range(2000):
            submit(harness, "select", number % 3 + 1, by=f"osc 10.0.0.1:{5000 + number % 64}")
        submit(harness, "select", 2, by="keyboard")
        harness.run_for(SUMMARY_S + 1.0)
    mine = [line for line in lines if str(line.get("by", "")).startswith("osc 10.0.0.1:")]
    assert len(mine) <= LINES_AT_ONCE + 5
    assert [line for line in lines if line.get("by") == "keyboard"], "another sender has lines of its own"
    summaries = [line for line in lines if line["event"] == "log lines omitted"]
    assert [line["by"] for line in summaries] == ["osc 10.0.0.1"]
    assert summaries[0]["lines"] + len(mine) == 2000
