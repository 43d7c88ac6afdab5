"""When a new line comes, which it is, and how movement bends it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from itertools import count, pairwise

import pytest

from gesturesynth.words.bends import MOST_CHARACTERS, Bends
from gesturesynth.words.chain import Chain
from gesturesynth.words.dice import Dice
from gesturesynth.words.grammar import Grammar
from gesturesynth.words.player import Moment, WordsPlayer
from gesturesynth.words.setup import MOTION, WordsSetup
from gesturesynth.words.template import Template, parse

TICK_S = 1 / 30


def some(*texts: str) -> tuple[Template, ...]:
    return tuple(map(parse, texts))


SETUP = WordsSetup(
    Grammar(),
    {"any": some("a one", "a two", "a three"), "up": some("up here"), "throw": some("thrown"), "night": some("dark")},
    idle=some("come in"),
    every_s=(8.0, 2.0),
    bends={"pace": MOTION},
    seed=3,
)


class Room:
    """Plays words tick after tick, and notes each new line with its time."""

    def __init__(self, setup: WordsSetup = SETUP) -> None:
        self.player = WordsPlayer(setup, 0)
        self.lines: list[tuple[float, str, str]] = []
        self._time: Iterator[float] = (n * TICK_S for n in count())

    def run(self, seconds: float, energy: float = 0.0, **said: object) -> list[tuple[float, str, str]]:
        """The lines of so many seconds; events are of the first tick."""
        before = len(self.lines)
        held = {key: said.pop(key) for key in ("holding", "scene") if key in said}
        present = bool(said.pop("present", True))
        for _ in range(round(seconds / TICK_S)):
            now_s = next(self._time)
            moment = Moment(now_s, present, readings={MOTION: energy} if present else {}, **held, **said)  # type: ignore[arg-type]
            said = {}
            if self.player.advance(moment):
                self.lines.append((now_s, self.player.shown.text, self.player.shown.cause))
        return self.lines[before:]


def test_what_is_beyond_its_range_bends_as_its_end_does() -> None:
    """An output with soft limits is, now and then."""
    chain = Chain("The sea is grey and the night is long. Nothing but the sky over the sea, and gulls.")
    setup = dataclasses.replace(
        SETUP, grammar=Grammar({}, chain), lines={"any": some("<text>")}, length=(1, 30), bends={"length": "soft"}
    )
    said: dict[float, list[str]] = {}
    for soft in (-0.5, 0.0, 1.0, 1.5):
        player = WordsPlayer(setup, 3)
        moments = (Moment(n * TICK_S, present=True, readings={MOTION: 1.0, "soft": soft}) for n in range(900))
        said[soft] = [player.shown.text for moment in moments if player.advance(moment)]
    assert said[0.0] == said[-0.5]
    assert said[1.0] == said[1.5]
    assert len(said[0.0]) > 2


def test_an_empty_room_has_its_line_and_a_still_person_brings_no_other() -> None:
    room = Room()
    assert room.run(5, present=False) == [(0.0, "come in", "idle")]
    assert not room.run(15)
    (line,) = room.run(5, energy=0.5)
    assert line[2] == "time"


def test_lines_come_the_sooner_the_more_a_person_moves() -> None:
    room = Room()
    counts = [len(room.run(60, energy=energy)) for energy in (0.05, 0.5, 1.0)]
    assert counts == [pytest.approx(8, abs=1), pytest.approx(12, abs=1), pytest.approx(30, abs=1)]


def test_a_class_and_a_gesture_bring_their_own_lines_and_no_line_comes_too_soon() -> None:
    room = Room()
    (up,) = room.run(3, entered=["up"])
    assert up[1:] == ("up here", "up")
    (thrown,) = room.run(1, performed=["throw"])
    assert thrown[1:] == ("thrown", "throw")
    (waited,) = room.run(1, entered=["up"])
    assert waited[0] - thrown[0] == pytest.approx(SETUP.rest_s, abs=2 * TICK_S)


def test_on_time_lines_are_of_the_class_that_is_held_else_of_the_scene() -> None:
    room = Room()
    assert {text for _, text, _ in room.run(20, energy=1.0, holding="up")} == {"up here"}
    assert {text for _, text, _ in room.run(20, energy=1.0, scene="night")} == {"dark"}
    assert {text for _, text, _ in room.run(20, energy=1.0)} == {"a one", "a two", "a three"}


def test_only_the_occasions_that_are_asked_for_bring_lines() -> None:
    room = Room(dataclasses.replace(SETUP, occasions=("gesture",)))
    assert not room.run(30, energy=1.0, entered=["up"])
    assert room.run(1, performed=["throw"])


def test_a_line_goes_when_it_was_held_for_long_and_when_the_room_is_empty() -> None:
    room = Room(dataclasses.replace(SETUP, idle=(), hold_s=5.0))
    room.run(1, entered=["up"])
    assert [line[1:] for line in room.run(10)] == [("", "held")]
    room.run(1, entered=["up"])
    assert [line[1:] for line in room.run(2, present=False)] == [("", "idle")]


def test_the_same_movements_bring_the_same_lines() -> None:
    grammar = Grammar(
        {}, Chain("the sea is grey. the night is long and cold. a wind comes over the sea. the sea waits.")
    )
    setup = dataclasses.replace(SETUP, grammar=grammar, lines={"any": some("<text>", "<o|ah>, <text>")})
    rooms = [Room(setup), Room(setup), Room(dataclasses.replace(setup, seed=4))]
    for room in rooms:
        room.run(30, energy=0.3, entered=["up"])
        room.run(30, energy=0.8, performed=["throw"])
    first, again, other = (room.lines for room in rooms)
    assert len(first) > 10
    assert first == again
    assert [text for _, text, _ in first] != [text for _, text, _ in other]


def test_no_line_is_said_twice_in_a_row_where_there_are_others() -> None:
    room = Room(dataclasses.replace(SETUP, lines={"any": some("a one", "a two", "a three")}))
    lines = [text for _, text, _ in room.run(200, energy=1.0)]
    twice = sum(first == second for first, second in pairwise(lines))
    assert len(lines) > 90
    assert twice <= 3, "four tries, each with a third of a chance, are all the same in one case of eighty"


def test_movement_makes_lines_longer() -> None:
    short, long = (
        "<a|b|c|d> sea waits",
        "<a|b|c|d> sea waits under the long cold night for a wind that comes over stones",
    )
    setup = dataclasses.replace(SETUP, lines={"any": some(short, long)}, length=(3, 16), bends={"length": MOTION})

    def share(energy: float) -> float:
        lines = Room(setup).run(120, energy=energy)
        return sum(len(text) > 20 for _, text, _ in lines) / len(lines)

    assert share(0.05) < 0.4
    assert share(1.0) > 0.6


@pytest.mark.parametrize(
    ("bend", "measure"),
    [
        ("repeat", lambda line: len(line.split())),
        ("capitals", lambda line: sum(map(str.isupper, line))),
        ("pauses", lambda line: line.count("…")),
    ],
)
def test_bends_grow_with_what_bends_them(bend: str, measure: Callable[[str], int]) -> None:
    line = "the sea waits under the cold night, and nothing comes"
    totals = [sum(measure(Bends({bend: v}).bent(line, Dice(n))) for n in range(40)) for v in (0.0, 0.5, 1.0)]
    assert totals[0] < totals[1] < totals[2]
    assert Bends({bend: 0.0}).bent(line, Dice(0)) == line


def test_a_line_is_never_longer_than_a_screen_takes() -> None:
    bent = Bends({"repeat": 1.0, "pauses": 1.0}).bent("waterfall " * 60, Dice(1))
    assert len(bent) <= MOST_CHARACTERS
    assert set(bent.split()) == {"waterfall", "…"}
