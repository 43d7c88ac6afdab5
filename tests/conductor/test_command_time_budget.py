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
        time.begin_tick(late)
        assert LEAST_S <= time.share_s <= MOST_S
        assert 0.0 < time.portion_s <= PORTION_S


def test_it_shrinks_at_once_when_steps_come_late_and_grows_back_within_a_second() -> None:
    time = CommandTimeBudget()
    for _ in range(6):
        time.begin_tick(2 * LATE_S)
    assert time.share_s == LEAST_S
    assert not time.may_wake_loop, "a command waits for the next step"
    ticks = 0
    while time.share_s < MOST_S:
        time.begin_tick(0.0)
        ticks += 1
    assert ticks <= 60, "ticks of a sixtieth of a second"
    assert time.may_wake_loop


def test_what_is_used_up_is_used_up_until_the_next_step() -> None:
    time = CommandTimeBudget()
    time.begin_tick(0.0)
    while time.portion_s:
        time.spend(time.portion_s)
    assert not time.may_wake_loop
    time.begin_tick(0.0)
    assert time.portion_s == PORTION_S


# ------------------------------------------------------------------------------------------------------ newest of many
class NewestVolumeHarness:
    """Keeps what was carried out, and what was answered, in order."""

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
    harness = NewestVolumeHarness()
    for number in range(100):
        harness.ask("A", "volume", -float(number % 60))
    harness.ask("B", "volume", -3.0)
    assert harness.done == []
    harness.newest.flush()
    assert harness.done == ["volume -39", "volume -3"]
    assert len(harness.answers) == 101
    assert all(ok for ok, _ in harness.answers.values())
    assert harness.answers[5] == (True, "Volume -5 dB, until the next, which came with it.")
    harness.newest.flush()
    assert len(harness.done) == 2


def test_what_is_asked_for_behind_a_volume_is_done_behind_it() -> None:
    harness = NewestVolumeHarness()
    harness.ask("A", "volume", -6.0)
    harness.ask("A", "volume", -5.0)
    harness.ask("A", "louder")
    harness.ask("A", "record")
    harness.ask("A", "volume", -4.0)
    harness.newest.flush()
    assert harness.done == ["volume -5", "louder", "record", "volume -4"]
