"""The time for commands, and volumes of which only the newest counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.conductor.command_time_budget import LATE_S, LEAST_S, MOST_S, PORTION_S, CommandTimeBudget
from gesturesynth.control.commands import Call
from gesturesynth.control.newest_volume import NewestVolume, Reply


@given(st.lists(st.floats(-0.02, 0.5), max_size=200))
def test_there_is_always_some_time_for_commands_and_never_too_much(late_s: list[float]) -> None:
    time = CommandTimeBudget()
    for late in late_s:
        time.step(late)
        assert LEAST_S <= time.share_s <= MOST_S
        assert 0.0 < time.portion_s <= PORTION_S


def test_it_shrinks_at_once_when_steps_come_late_and_grows_back_within_a_second() -> None:
    time = CommandTimeBudget()
    for _ in range(6):
        time.step(2 * LATE_S)
    assert time.share_s == LEAST_S
    assert not time.promptly, "a command waits for the next step"
    steps = 0
    while time.share_s < MOST_S:
        time.step(0.0)
        steps += 1
    assert steps <= 60, "steps of a sixtieth of a second"
    assert time.promptly


def test_what_is_used_up_is_used_up_until_the_next_step() -> None:
    time = CommandTimeBudget()
    time.step(0.0)
    while time.portion_s:
        time.spent(time.portion_s)
    assert not time.promptly
    time.step(0.0)
    assert time.portion_s == PORTION_S


# ------------------------------------------------------------------------------------------------------ newest of many
class Desk:
    """What was carried out, and what was answered, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.answers: dict[int, tuple[bool, str]] = {}
        self.newest = NewestVolume(self._do)
        self._count = 0

    def _do(self, call: Call, reply: Reply, _outcome: Reply | None) -> None:
        self.done.append(call.text)
        reply(True, f"did {call.text}")

    def ask(self, sender: str, command: str, *values: float) -> None:
        number, self._count = self._count, self._count + 1
        call = Call(command, values, f"osc {sender}")
        self.newest.submit(sender, call, lambda ok, words: self.answers.update({number: (ok, words)}))


def test_of_many_volumes_of_one_sender_only_the_newest_is_carried_out_and_all_are_answered() -> None:
    desk = Desk()
    for number in range(100):
        desk.ask("A", "volume", -float(number % 60))
    desk.ask("B", "volume", -3.0)
    assert desk.done == []
    desk.newest.flush()
    assert desk.done == ["volume -39", "volume -3"]
    assert len(desk.answers) == 101
    assert all(ok for ok, _ in desk.answers.values())
    assert desk.answers[5] == (True, "Volume -5 dB, until the next, which came with it.")
    desk.newest.flush()
    assert len(desk.done) == 2


def test_what_is_asked_for_behind_a_volume_is_done_behind_it() -> None:
    desk = Desk()
    desk.ask("A", "volume", -6.0)
    desk.ask("A", "volume", -5.0)
    desk.ask("A", "louder")
    desk.ask("A", "record")
    desk.ask("A", "volume", -4.0)
    desk.newest.flush()
    assert desk.done == ["volume -5", "louder", "record", "volume -4"]
