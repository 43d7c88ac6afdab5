"""Hands and faces of everyone who is followed: where a preset has a voice for each person."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from gesturesynth.config.preset import loader
from gesturesynth.runtime.messages import Body
from gesturesynth.runtime.tracking_request import TrackingRequest
from gesturesynth.tracking.hands_and_face.finder import CROWDED, GAP_S, MOST_PERSONS, HandsAndFace
from gesturesynth.tracking.hands_and_face.person_parts import PersonParts
from gesturesynth.tracking.model.parts import PartModels
from gesturesynth.tracking.offline_poses import read_poses
from tests.support import footage
from tests.support.hand_figure import hand
from tests.support.stick_figure import body_from, pose

PIECE = """name: Two
people: 2
voices: {voices}
features: [right_hand.open]
outputs:
  tone: {{to: theremin.pitch, range: [110, 1760], from: right_hand.open}}
"""


def test_a_preset_asks_for_the_hands_of_everyone_when_each_person_has_a_voice(tmp_path: Path) -> None:
    for voices, everyone in (("one", False), ("per_person", True)):
        preset = loader.loads(PIECE.format(voices=voices), tmp_path / "a.yaml")
        assert preset.tracking_request == TrackingRequest(2, hands=True, everyone=everyone)


def test_the_hands_of_two_real_people_are_found_for_as_many_looks_as_those_of_one() -> None:
    seen: Counter[int] = Counter()
    frames = 0
    request = TrackingRequest(2, hands=True, everyone=True)
    for one in islice(read_poses(str(footage.clip("two")), request=request), 20, 50):
        both = len(one.bodies) == 2
        frames += both
        seen.update(body.person for body in one.bodies if both and body.right_hand)
    assert frames > 20
    assert set(seen) == {1, 2}
    assert min(seen.values()) > 0.8 * frames


class _Looks:
    """Finds a right hand at each look, and counts looks and what is held (a fake: what matters is whose turn it is)."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def look(self, _frame: object, _pose: object, time_s: float, *, sharing: int, anywhere: bool) -> None:
        self.at.append(time_s)
        self.last = sharing, anywhere

    def hands(self, *_: object) -> dict[str, bytes]:
        return {"right": hand("right").tobytes()} if self.at else {}

    def reset(self) -> None:
        self.at = []

    def close(self) -> None:
        pass


class Room:
    """A finder with fakes, and persons in front of it; 30 frames a second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, people: int) -> None:
        self.finder = HandsAndFace(lambda: PartModels(None, None))
        self.finder.change_request(TrackingRequest(people, hands=True, everyone=True))
        self.finder._problem = ""  # that there are no models here
        self.looks = [_Looks() for _ in range(MOST_PERSONS)]
        parts = [PersonParts(look, None) for look in self.looks]  # type: ignore[arg-type]  # fakes
        monkeypatch.setattr(self.finder, "_all", parts)
        self.number = 0

    def frames(self, count: int, *persons: int) -> tuple[Body, ...]:
        bodies = tuple(replace(body_from(pose()), person=person) for person in persons)
        found: tuple[Body, ...] = ()
        for _ in range(count):
            self.number += 1
            found = self.finder.add(np.zeros((48, 64, 3), np.uint8), bodies, self.number / 30)
        return found


def test_one_hand_is_looked_at_in_a_frame_and_all_have_their_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(monkeypatch, 3)
    found = room.frames(31, 1, 2, 3)
    assert all(body.right_hand for body in found)
    assert sorted(len(look.at) for look in room.looks) == [10, 10, 11]
    assert {look.last for look in room.looks} == {(3, False)}
    assert room.finder.problem == ""


def test_of_more_people_those_who_are_here_longest_are_looked_at_and_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = Room(monkeypatch, 6)
    room.frames(3, 1, 2, 3)
    found = room.frames(10, 1, 2, 3, 4)
    assert [bool(body.right_hand) for body in found] == [True, True, True, False]
    assert room.finder.problem == CROWDED
    found = room.frames(round(GAP_S * 30) + 4, 4, 2, 3)
    assert all(body.right_hand for body in found), "one has left, and the fourth is looked at in that place"
    assert room.finder.problem == ""
    found = room.frames(3, 2)
    assert bool(found[0].right_hand)
    assert room.looks[1].last == (1, True), "alone, the whole frame may be searched again"
