"""Opening hours while it plays: fades, hands, and clocks that jump. Both clocks are passed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.conductor.opening_hours_gate import FADE_DB, HAND_FADE_S, ManualOverride, OpeningHoursGate
from gesturesynth.config.opening_hours import Hours, weekly_hours
from gesturesynth.config.settings.opening_hours import LONGEST_FADE_S

TICK_S = 1 / 60
HOURS = weekly_hours(["10:00-18:00"] * 7, UTC)
OPEN = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLOSED = datetime(2026, 11, 24, 21, tzinfo=UTC)


class House:
    """Doors, a wall clock that can be set, and a monotonic one."""

    def __init__(self, wall: datetime, fade_s: float = 10.0, hours: Hours | None = HOURS) -> None:
        self.wall, self.now_s = wall, 500.0
        self.doors = OpeningHoursGate(hours, fade_s, lambda: self.wall)
        self.gains_db: list[float] = []
        self.step()

    def step(self, passed_s: float = 0.0) -> None:
        self.now_s += passed_s
        self.wall += timedelta(seconds=passed_s)
        self.doors.update(self.now_s)
        self.gains_db.append(self.doors.gain_db)

    def pass_s(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.step(TICK_S)

    @property
    def state(self) -> str:
        """`sounds`, `silent`, or `between`."""
        return "silent" if self.doors.silent else "sounds" if self.doors.gain_db == 0.0 else "between"


def test_without_hours_it_is_always_open() -> None:
    house = House(CLOSED, hours=None)
    house.doors.set(on=False)
    house.pass_s(2.0)
    assert (house.state, house.doors.status_text, house.doors.override) == ("sounds", "", False)


def test_it_begins_as_it_has_to_be_without_a_fade() -> None:
    assert House(OPEN).state == "sounds"
    closed = House(CLOSED)
    assert (closed.state, closed.doors.status_text) == ("silent", "closed until Wed 10:00")


def test_closing_fades_evenly_and_then_it_is_silent_and_opening_likewise() -> None:
    house = House(OPEN.replace(hour=17, minute=59, second=58))
    house.pass_s(1.5)
    assert house.state == "sounds"
    house.pass_s(6.5)
    assert house.state == "between"
    assert house.doors.gain_db == pytest.approx(FADE_DB / 2, abs=7.0)
    house.pass_s(6.0)
    assert house.state == "silent"
    house.wall = OPEN.replace(day=25, hour=9, minute=59, second=59)
    house.pass_s(13.0)
    assert house.state == "sounds"
    steps = [abs(after - before) for before, after in pairwise(house.gains_db)]
    assert max(steps) <= -FADE_DB / 10.0 * TICK_S + 1e-9


@pytest.mark.parametrize("fade_s", [0.0, 10.0, LONGEST_FADE_S])
@pytest.mark.parametrize(("before", "after", "state"), [(OPEN, CLOSED, "silent"), (CLOSED, OPEN, "sounds")])
def test_a_clock_that_jumps_is_followed_within_a_minute_and_back(
    fade_s: float, before: datetime, after: datetime, state: str
) -> None:
    house = House(before, fade_s)
    former = house.state
    house.wall = after - timedelta(days=400)
    house.pass_s(1.0 + 2 * TICK_S + fade_s)
    assert house.state == state
    house.wall = before
    house.pass_s(1.0 + 2 * TICK_S + fade_s)
    assert house.state == former


def test_a_hand_opens_at_once_until_the_hours_change_and_they_decide_again() -> None:
    house = House(CLOSED)
    house.doors.set(on=True)
    assert house.doors.status_text == "open by hand until Wed 10:00"
    house.pass_s(HAND_FADE_S + TICK_S)
    assert house.state == "sounds"
    house.pass_s(5.0)
    assert house.state == "sounds"
    house.wall = OPEN.replace(day=25)
    house.pass_s(1.1)
    assert (house.doors.status_text, house.doors.manual) == ("open until Wed 18:00", None)
    house.wall = CLOSED.replace(day=25)
    house.pass_s(12.0)
    assert house.state == "silent"


def test_a_hand_closes_gently_and_takes_it_back() -> None:
    house = House(OPEN)
    house.doors.set(on=False)
    assert house.doors.status_text == "closed by hand until Tue 18:00"
    house.pass_s(5.0)
    assert house.state == "between"
    house.doors.set(on=True)
    house.pass_s(HAND_FADE_S + TICK_S)
    assert (house.state, house.doors.status_text) == ("sounds", "open until Tue 18:00")


def test_what_a_hand_decided_is_found_again_in_the_same_stretch_and_in_no_other() -> None:
    house = House(CLOSED)
    house.doors.set(on=True)
    kept = house.doors.manual
    assert kept
    for wall, text in [(CLOSED, "open by hand until Wed 10:00"), (CLOSED + timedelta(1), "closed until Thu 10:00")]:
        again = OpeningHoursGate(HOURS, 10.0, lambda wall=wall: wall, kept)  # type: ignore[misc]  # mypy knows no such lambda
        again.update(1.0)
        assert again.status_text == text


def test_a_jump_of_the_clock_ends_what_a_hand_decided_for_another_time() -> None:
    house = House(CLOSED)
    house.doors.set(on=True)
    house.wall -= timedelta(days=900)
    house.pass_s(12.0)
    assert house.state == "silent"


def test_where_hours_never_change_a_hand_decides_for_good() -> None:
    house = House(CLOSED, hours=weekly_hours(["closed"] * 7, UTC))
    house.doors.set(on=True)
    assert (house.doors.status_text, house.doors.manual) == ("open by hand", ManualOverride(open=True, until=None))
    house.wall += timedelta(days=30)
    house.pass_s(2.0)
    assert house.state == "sounds"


@given(
    st.lists(
        st.tuples(st.sampled_from(["wait", "jump", "open", "close"]), st.integers(-(10**8), 10**8)),
        max_size=20,
    ),
    st.floats(0.0, LONGEST_FADE_S),
)
def test_whatever_clocks_and_hands_do_it_is_right_again_within_a_minute(
    doings: list[tuple[str, int]], fade_s: float
) -> None:
    house = House(OPEN, fade_s)
    for what, how in doings:
        if what == "jump":
            house.wall += timedelta(seconds=how)
        elif what == "wait":
            house.step(abs(how) % 100_000 / 1000)
        else:
            house.doors.set(on=what == "open")
        house.step(0.1)
        assert FADE_DB <= house.doors.gain_db <= 0.0
    for _ in range(60):
        house.step(1.0)
    expected = house.doors.manual.open if house.doors.manual else HOURS.at(house.wall).open
    settled = "sounds" if expected else "silent"
    if HOURS.at(house.wall - timedelta(seconds=45)) == HOURS.at(house.wall):  # no change comes in between
        assert house.state == settled
