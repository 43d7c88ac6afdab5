"""Which person plays which voice: sticky, never two in one, and always one for each person in view."""

from __future__ import annotations

import random

import pytest

from gesturesynth.pipeline.voice_places import ARRIVE_S, GONE_S, SOLO_S, VoicePlaces

TICK_S = 1 / 60
FADE_S = 1.5


class Room:
    """Persons in front of the voices, at 60 frames a second."""

    def __init__(self, voices: int) -> None:
        self.places = VoicePlaces(voices, FADE_S)
        self.now_s = 100.0
        self.seats: dict[int, int] = {}
        self.arrivals: list[tuple[int, bool]] = []

    def pass_by(self, seconds: float, *persons: int, alone: int | None = None) -> None:
        """So long, these persons are in view; none of them arrived before the last call unless `arrivals` says so."""
        self.arrivals = []
        for _ in range(max(1, round(seconds / TICK_S))):
            self.now_s += TICK_S
            arrivals = self.places.see(persons, self.now_s)
            self.places.advance(self.now_s, alone)
            self.seats = {one.person: place for place, one in enumerate(self.places.places) if one.person in persons}
            self.arrivals += [(arrival.place, arrival.audible) for arrival in arrivals]


@pytest.fixture
def room() -> Room:
    return Room(3)


def test_one_person_after_the_other_plays_the_voice_that_leads(room: Room) -> None:
    """As without voices of their own: no arrival, no fade, whatever number the tracker gives."""
    for person in (1, 2, 7, -1):
        room.pass_by(TICK_S, person)
        assert (room.seats, room.arrivals, room.places.shares) == ({person: 0}, [], (1.0, 0.0, 0.0))
        room.pass_by(1.0, person)
        room.pass_by(5.0)
        assert room.places.shares == (1.0, 0.0, 0.0)


def test_a_person_in_the_place_of_one_who_was_there_a_moment_ago_takes_the_voice_over(room: Room) -> None:
    room.pass_by(1.0, 1)
    room.pass_by(TICK_S, 2)
    assert (room.seats, room.arrivals) == ({2: 0}, [(0, True)])
    room.pass_by(TICK_S, -1)
    assert (room.seats, room.arrivals) == ({-1: 0}, []), "who is not told apart is taken for the same"


def test_a_person_keeps_the_voice_while_others_come_and_go(room: Room) -> None:
    room.pass_by(1.0, 1)
    room.pass_by(1.0, 1, 2)
    room.pass_by(1.0, 1, 2, 3)
    assert room.seats == {1: 0, 2: 1, 3: 2}
    assert room.places.shares == (1.0, 1.0, 1.0)
    room.pass_by(1.0, 3, 2)  # the first one has left, and the tracker has them in another order
    assert room.seats == {3: 2, 2: 1}
    assert room.places.lead == 2
    room.pass_by(FADE_S, 2, 3)
    assert room.places.shares == (0.0, 1.0, 1.0)
    room.pass_by(1.0, 2, 3, 4)
    assert room.seats == {2: 1, 3: 2, 4: 0}
    assert room.places.lead == 2


def test_a_voice_fades_in_quickly_and_out_slowly(room: Room) -> None:
    room.pass_by(1.0, 1)
    room.pass_by(ARRIVE_S / 2, 1, 2)
    assert room.arrivals == [(1, False)]
    assert 0.3 < room.places.shares[1] < 0.7
    room.pass_by(ARRIVE_S, 1, 2)
    room.pass_by(GONE_S - TICK_S, 1)
    assert room.places.shares[1] == 1.0, "a person who is hidden for a moment sounds on"
    room.pass_by(FADE_S / 2, 1)
    assert 0.4 < room.places.shares[1] < 0.6
    room.pass_by(TICK_S, 1, 2)
    assert room.seats[2] == 1
    assert room.arrivals == [], "who comes back plays on"


def test_the_next_person_gets_a_silent_voice_or_else_the_one_that_has_faded_farthest(room: Room) -> None:
    room.pass_by(1.0, 1, 2, 3)
    room.pass_by(GONE_S + 0.6, 1, 3)
    room.pass_by(GONE_S + 0.3, 1)
    room.pass_by(TICK_S, 1, 4)
    assert room.seats[4] == 1
    assert room.arrivals == [(1, True)], "it is still heard, and has to cross over"
    room.pass_by(TICK_S, 1, 4, 5)
    assert room.seats[5] == 2


def test_a_person_in_view_never_waits_for_one_who_is_hidden(room: Room) -> None:
    room.pass_by(1.0, 1, 2, 3)
    room.pass_by(0.2, 1, 2)
    room.pass_by(TICK_S, 1, 2, 4)
    assert room.seats == {1: 0, 2: 1, 4: 2}
    assert room.arrivals == [(2, True)]


def test_more_persons_than_voices_leave_the_last_ones_without(room: Room) -> None:
    room.pass_by(1.0, 1, 2, 3, 4, 5)
    assert room.seats == {1: 0, 2: 1, 3: 2}


def test_one_voice_alone_and_all_again(room: Room) -> None:
    room.pass_by(1.0, 1, 2)
    room.pass_by(SOLO_S + TICK_S, 1, 2, alone=1)
    assert room.places.shares == (0.0, 1.0, 0.0)
    room.pass_by(1.0, alone=1)
    assert room.places.shares == (0.0, 1.0, 0.0), "also when all have left"
    room.pass_by(1.0, 1, 2)
    assert room.places.shares == (1.0, 1.0, 0.0)


def test_those_who_come_after_a_take_play_the_voice_that_leads(room: Room) -> None:
    room.pass_by(1.0, 5, 6)
    room.places.forget()
    room.pass_by(1.0, -1)
    assert room.seats == {-1: 0}
    assert room.places.shares[0] == 1.0
    room.places.forget()
    room.pass_by(1.0, 5, 6)
    assert sorted(room.seats) == [5, 6]


@pytest.mark.parametrize("seed", range(5))
def test_persons_come_and_go_at_random_and_the_rules_hold(seed: int) -> None:
    choice = random.Random(seed)
    voices = choice.randint(2, 6)
    room = Room(voices)
    inside: dict[int, float] = {}  # person -> since when without a gap
    seats: dict[int, int] = {}
    for step in range(4000):
        if choice.random() < 0.02 and len(inside) < voices:
            inside[step + 1] = room.now_s
        if choice.random() < 0.02 and inside:
            inside.pop(choice.choice(sorted(inside)))
        order = sorted(inside) if choice.random() < 0.9 else choice.sample(sorted(inside), len(inside))
        room.pass_by(TICK_S, *order)
        assert sorted(room.seats) == sorted(inside), "each person in view has a voice"
        assert len(set(room.seats.values())) == len(inside), "of their own"
        assert all(seats.get(person, place) == place for person, place in room.seats.items()), "and keeps it"
        for person, since_s in inside.items():
            if room.now_s - since_s > ARRIVE_S + 2 * TICK_S:
                assert room.places.shares[room.seats[person]] == 1.0, "and is heard"
        assert all(0.0 <= share <= 1.0 for share in room.places.shares)
        assert room.places.shares[room.places.lead] > 0.0
        seats = dict(room.seats)
