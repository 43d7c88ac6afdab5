"""The gate of opening hours: fades, a person's decisions, and clocks that jump. Both clocks are passed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.conductor.opening_hours_gate import FADE_DB, MANUAL_FADE_S, ManualOverride, OpeningHoursGate
from gesturesynth.config.opening_hours import Hours, weekly_hours
from gesturesynth.config.settings.opening_hours import LONGEST_FADE_S

TICK_S = 1 / 60
HOURS = weekly_hours(["10:00-18:00"] * 7, UTC)
OPEN = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLOSED = datetime(2026, 11, 24, 21, tzinfo=UTC)


class GateHarness:
    """A gate, a wall clock that can be set, and a monotonic one."""

    def __init__(self, wall_clock: datetime, fade_s: float = 10.0, hours: Hours | None = HOURS) -> None:
        self.wall_clock, self.now_s = wall_clock, 500.0
        self.gate = OpeningHoursGate(hours, fade_s, lambda: self.wall_clock)
        self.gains_db: list[float] = []
        self.tick()

    def tick(self, passed_s: float = 0.0) -> None:
        self.now_s += passed_s
        self.wall_clock += timedelta(seconds=passed_s)
        self.gate.update(self.now_s)
        self.gains_db.append(self.gate.gain_db)

    def run_for(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.tick(TICK_S)

    @property
    def state(self) -> str:
        """`sounds`, `silent`, or `between`."""
        return "silent" if self.gate.silent else "sounds" if self.gate.gain_db == 0.0 else "between"


def test_without_hours_it_is_always_open() -> None:
    harness = GateHarness(CLOSED, hours=None)
    harness.gate.set(on=False)
    harness.run_for(2.0)
    assert (harness.state, harness.gate.status_text, harness.gate.has_hours) == ("sounds", "", False)


def test_it_begins_as_it_has_to_be_without_a_fade() -> None:
    assert GateHarness(OPEN).state == "sounds"
    closed = GateHarness(CLOSED)
    assert (closed.state, closed.gate.status_text) == ("silent", "closed until Wed 10:00")


def test_closing_fades_evenly_and_then_it_is_silent_and_opening_likewise() -> None:
    harness = GateHarness(OPEN.replace(hour=17, minute=59, second=58))
    harness.run_for(1.5)
    assert harness.state == "sounds"
    harness.run_for(6.5)
    assert harness.state == "between"
    assert harness.gate.gain_db == pytest.approx(FADE_DB / 2, abs=7.0)
    harness.run_for(6.0)
    assert harness.state == "silent"
    harness.wall_clock = OPEN.replace(day=25, hour=9, minute=59, second=59)
    harness.run_for(13.0)
    assert harness.state == "sounds"
    steps = [abs(after - before) for before, after in pairwise(harness.gains_db)]
    assert max(steps) <= -FADE_DB / 10.0 * TICK_S + 1e-9


@pytest.mark.parametrize("fade_s", [0.0, 10.0, LONGEST_FADE_S])
@pytest.mark.parametrize(("before", "after", "state"), [(OPEN, CLOSED, "silent"), (CLOSED, OPEN, "sounds")])
def test_a_clock_that_jumps_is_followed_within_a_minute_and_back(
    fade_s: float, before: datetime, after: datetime, state: str
) -> None:
    harness = GateHarness(before, fade_s)
    former = harness.state
    harness.wall_clock = after - timedelta(days=400)
    harness.run_for(1.0 + 2 * TICK_S + fade_s)
    assert harness.state == state
    harness.wall_clock = before
    harness.run_for(1.0 + 2 * TICK_S + fade_s)
    assert harness.state == former


def test_a_person_opens_at_once_until_the_hours_change() -> None:
    harness = GateHarness(CLOSED)
    harness.gate.set(on=True)
    assert harness.gate.status_text == "open by hand until Wed 10:00"
    harness.run_for(MANUAL_FADE_S + TICK_S)
    assert harness.state == "sounds"
    harness.run_for(5.0)
    assert harness.state == "sounds"
    harness.wall_clock = OPEN.replace(day=25)
    harness.run_for(1.1)
    assert (harness.gate.status_text, harness.gate.manual) == ("open until Wed 18:00", None)
    harness.wall_clock = CLOSED.replace(day=25)
    harness.run_for(12.0)
    assert harness.state == "silent"


def test_a_person_closes_with_a_fade_and_opens_again() -> None:
    harness = GateHarness(OPEN)
    harness.gate.set(on=False)
    assert harness.gate.status_text == "closed by hand until Tue 18:00"
    harness.run_for(5.0)
    assert harness.state == "between"
    harness.gate.set(on=True)
    harness.run_for(MANUAL_FADE_S + TICK_S)
    assert (harness.state, harness.gate.status_text) == ("sounds", "open until Tue 18:00")


def test_a_decision_is_restored_in_the_same_interval_and_in_no_other() -> None:
    harness = GateHarness(CLOSED)
    harness.gate.set(on=True)
    stored = harness.gate.manual
    assert stored
    for wall_clock, text in [
        (CLOSED, "open by hand until Wed 10:00"),
        (CLOSED + timedelta(1), "closed until Thu 10:00"),
    ]:
        again = OpeningHoursGate(HOURS, 10.0, lambda wall_clock=wall_clock: wall_clock, stored)  # type: ignore[misc]  # mypy knows no such lambda
        again.update(1.0)
        assert again.status_text == text


def test_a_jump_of_the_clock_ends_a_decision_for_another_interval() -> None:
    harness = GateHarness(CLOSED)
    harness.gate.set(on=True)
    harness.wall_clock -= timedelta(days=900)
    harness.run_for(12.0)
    assert harness.state == "silent"


def test_where_hours_never_change_a_decision_has_no_end() -> None:
    harness = GateHarness(CLOSED, hours=weekly_hours(["closed"] * 7, UTC))
    harness.gate.set(on=True)
    assert (harness.gate.status_text, harness.gate.manual) == ("open by hand", ManualOverride(open=True, until=None))
    harness.wall_clock += timedelta(days=30)
    harness.run_for(2.0)
    assert harness.state == "sounds"


@given(
    st.lists(
        st.tuples(st.sampled_from(["wait", "jump", "open", "close"]), st.integers(-(10**8), 10**8)),
        max_size=20,
    ),
    st.floats(0.0, LONGEST_FADE_S),
)
def test_after_any_jumps_and_decisions_the_state_is_right_within_a_minute(
    actions: list[tuple[str, int]], fade_s: float
) -> None:
    harness = GateHarness(OPEN, fade_s)
    for action, amount in actions:
        if action == "jump":
            harness.wall_clock += timedelta(seconds=amount)
        elif action == "wait":
            harness.tick(abs(amount) % 100_000 / 1000)
        else:
            harness.gate.set(on=action == "open")
        harness.tick(0.1)
        assert FADE_DB <= harness.gate.gain_db <= 0.0
    for _ in range(60):
        harness.tick(1.0)
    expected = harness.gate.manual.open if harness.gate.manual else HOURS.at(harness.wall_clock).open
    settled = "sounds" if expected else "silent"
    if HOURS.at(harness.wall_clock - timedelta(seconds=45)) == HOURS.at(
        harness.wall_clock
    ):  # no change comes in between
        assert harness.state == settled
