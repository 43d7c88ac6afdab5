"""A preset with a voice for each person: what each of them plays, and what all have in common."""

from __future__ import annotations

import dataclasses
import gc
import itertools
import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.voice_places import ARRIVE_S
from gesturesynth.runtime.messages import Sound
from gesturesynth.runtime.voice_names import voice_of
from gesturesynth.synthesis.player import TriggerCounter
from tests.support.raised_arms import several

TICK_S = 1 / 60
MAX_STEP = 0.15
"""Of an output's range in one tick: the fastest crossfade to a person who appears takes 0.2 s."""


@cache
def taught(name: str) -> tuple[Preset, FittedMapping]:
    loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
    return loaded, fit(fit_job(loaded))


def in_voices(name: str, voices: int) -> Preset:
    return dataclasses.replace(taught(name)[0], people=voices, voices=voices)


class Room:
    """A preset that plays, and persons in front of it; a frame at every other tick."""

    def __init__(self, name: str, voices: int) -> None:
        self.now_s = 50.0
        self.ticks = 0
        self.piece = RunningPreset(in_voices(name, voices))
        self.piece.take_over(taught(name)[1], self.now_s)

    def play(self, seconds: float, persons: dict[int, float]) -> list[Sound]:
        """So long, these persons hold their arms so high; the sounds of all ticks."""
        sounds = []
        for _ in range(max(1, round(seconds / TICK_S))):
            self.ticks += 1
            self.now_s += TICK_S
            pose = several(self.now_s, persons) if self.ticks % 2 else None
            sounds.append(self.piece.sound(self.piece.process_pose(pose, self.now_s), self.now_s))
        return sounds

    def change_to(self, name: str, voices: int) -> None:
        piece = RunningPreset(in_voices(name, voices))
        self.piece.process_pose(None, self.now_s)
        piece.continue_from(self.piece, self.now_s)
        piece.take_over(taught(name)[1], self.now_s)
        self.piece = piece


def pitches(sound: Sound) -> list[float]:
    """The pitch of each voice of the theremin, Hz."""
    values = dict(zip(sound.scene.parameters, sound.values, strict=True))
    return [values[name] for name in sorted(values, key=voice_of) if name.endswith(".pitch")]


def test_each_person_plays_a_voice_and_the_last_to_stay_goes_on_in_theirs() -> None:
    room = Room("theremin", 3)
    low, middle, high = pitches(room.play(2.0, {1: 0.1, 2: 0.5, 3: 0.9})[-1])
    assert low < middle < high
    swapped = pitches(room.play(3.0, {1: 0.9, 2: 0.5, 3: 0.1})[-1])
    assert swapped == pytest.approx([high, middle, low], rel=0.02)
    left = room.play(4.0, {3: 0.1})[-1]
    assert pitches(left)[2] == pytest.approx(low, rel=0.02)
    assert left.voices == (0.0, 0.0, 1.0)
    empty = room.play(30.0, {})[-1]
    assert empty.voices == (0.0, 0.0, 1.0), "what a piece plays without a person is heard once"


@pytest.mark.parametrize("name", ["theremin", "moves", "delta", "drums"])
def test_one_person_plays_exactly_what_one_voice_plays(name: str) -> None:
    alone, of_three = Room(name, 1), Room(name, 3)
    for persons, seconds in (({1: 0.2}, 1.0), ({1: 0.9}, 0.5), ({}, 1.5), ({2: 0.6}, 1.0)):
        for one, three in zip(alone.play(seconds, persons), of_three.play(seconds, persons), strict=True):
            first = {n: v for n, v in zip(three.scene.parameters, three.values, strict=True) if voice_of(n) == 1}
            assert first == dict(zip(one.scene.parameters, one.values, strict=True))
            assert three.trigger_counts[: len(one.trigger_counts)] == one.trigger_counts
            assert not sum(three.trigger_counts[len(one.trigger_counts) :])
            assert three.voices == (1.0, 0.0, 0.0)
            assert one.voices == ()


def test_a_sound_that_is_held_is_heard_alone_and_then_all_again() -> None:
    room = Room("theremin", 2)
    room.play(1.0, {1: 0.1, 2: 0.9})
    room.piece.hold({"pitch": 330.0})
    held = room.play(0.5, {1: 0.1, 2: 0.9})[-1]
    assert held.voices == (1.0, 0.0)
    assert pitches(held)[0] == pytest.approx(330.0)
    without = room.play(2.0, {2: 0.9})[-1]
    assert pitches(without)[1] == pytest.approx(330.0), "also when the first one leaves"
    assert without.voices == (0.0, 1.0)
    shown = room.piece.process_pose(None, room.now_s)
    names = [output.name for output in room.piece.preset.outputs]
    assert shown.values[names.index("pitch")] == pytest.approx(330.0), "and it is what is shown, and would be saved"
    room.piece.release(room.now_s)
    released = room.play(3.0, {2: 0.9})[-1]
    assert released.voices == (0.0, 1.0)


def test_persons_who_are_not_told_apart_play_in_their_order() -> None:
    room = Room("theremin", 2)
    for _ in range(60):
        room.now_s += TICK_S
        frame = room.piece.process_pose(several(room.now_s, {1: 0.1, 2: 0.9}, told_apart=False), room.now_s)
    low, high = pitches(room.piece.sound(frame, room.now_s))
    assert low < high


def test_triggers_and_gestures_are_counted_for_each_person() -> None:
    room = Room("drums", 2)
    triggers = len(taught("drums")[0].triggers)
    for height in (0.0, 1.0) * 4:
        counts = room.play(0.7, {1: 0.5, 2: height})[-1].trigger_counts
    assert len(counts) == 2 * triggers
    assert sum(counts[triggers:]) >= 3, "the second one strikes"
    assert sum(counts[triggers:]) > sum(counts[:triggers]), "and the first one stands still"


def test_what_there_is_once_crosses_over_to_the_person_who_is_first_then(tmp_path: Path) -> None:
    text = """
name: Hall
features: [right_wrist.height]
people: 2
voices: per_person
outputs:
  loud: {to: theremin.level, range: [-30, -6], from: right_wrist.height}
  size: {to: hall.decay, range: [1, 5], from: right_wrist.height}
instruments: {theremin: {sends: {hall: -10 dB}}}
buses: {hall: {kind: reverb}}
"""
    loaded = loader.loads(text, tmp_path / "hall.yaml")
    piece = RunningPreset(loaded)
    piece.take_over(fit(fit_job(loaded)), 0.0)
    sizes = []
    for tick in range(360):
        pose = several(tick / 60, {1: 0.1, 2: 0.9} if tick < 120 else {2: 0.9})
        sound = piece.sound(piece.process_pose(pose, tick / 60), tick / 60)
        sizes.append(dict(zip(sound.scene.parameters, sound.values, strict=True))["hall.decay"])
    assert sizes[119] < 2.0
    assert sizes[-1] > 4.0
    assert np.abs(np.diff(sizes[119:])).max() < 0.15 * (sizes[-1] - sizes[119])


@pytest.mark.parametrize(("before", "after"), [(3, 1), (3, 2), (1, 3), (2, 3)])
def test_no_trigger_is_fired_by_a_change_of_preset(before: int, after: int) -> None:
    """Also where the person who struck most plays another voice then."""
    room = Room("drums", before)
    for height in (0.0, 1.0) * 4:
        counted = room.play(0.7, {1: 0.5, 2: height} if before > 1 else {1: height})[-1]
    counted = room.play(4.0, {2: 0.5})[-1] if before > 1 else counted  # the first one leaves
    counter = TriggerCounter()
    counter.fired(counted.scene.triggers, counted.trigger_counts)
    room.change_to("drums", after)
    changed = room.play(TICK_S, {2: 0.5})[-1]
    assert sum(changed.trigger_counts) > 0
    assert counter.fired(changed.scene.triggers, changed.trigger_counts) == ()


def test_another_preset_goes_on_with_the_persons_in_their_voices() -> None:
    room = Room("theremin", 3)
    before = pitches(room.play(2.0, {1: 0.1, 2: 0.5, 3: 0.9})[-1])
    room.change_to("theremin", 3)
    after = room.play(TICK_S, {1: 0.1, 2: 0.5, 3: 0.9})[-1]
    assert pitches(after) == pytest.approx(before, rel=0.02)
    assert after.voices == (1.0, 1.0, 1.0)
    room.play(3.0, {2: 0.5, 3: 0.9})
    room.change_to("theremin", 1)
    assert pitches(room.play(1.0, {2: 0.5, 3: 0.9})[-1]) == pytest.approx([before[1]], rel=0.02)
    room.change_to("theremin", 2)
    assert pitches(room.play(2.0, {2: 0.5, 3: 0.9})[-1]) == pytest.approx(before[1:], rel=0.02)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_heard_never_jumps_when_persons_come_and_go(seed: int) -> None:
    choice = random.Random(seed)
    room = Room("theremin", 2)
    inside: dict[int, float] = {}
    numbers = itertools.count(1)
    before: tuple[tuple[float, ...], list[dict[str, float]]] = ((1.0, 0.0), [{}, {}])
    for _ in range(50):
        if choice.random() < 0.5 and inside:
            inside.pop(choice.choice(sorted(inside)))
        elif len(inside) < 2:
            inside[next(numbers)] = choice.random()
        for _ in range(choice.randint(1, 40)):
            shares = room.play(TICK_S, inside)[-1].voices
            positions = [voice._mapper.positions for voice in room.piece.voices]
            for share, last, now, was in zip(shares, before[0], positions, before[1], strict=True):
                assert abs(share - last) <= TICK_S / ARRIVE_S + 1e-9
                if last > 0.0:
                    assert max((abs(now[name] - was[name]) for name in was), default=0.0) < MAX_STEP
            before = (shares, positions)


class Visitors:
    """Persons who come, move and go at random, while everything else is changed at random, too."""

    def __init__(self, room: Room, seed: int) -> None:
        self.room, self.choice = room, random.Random(seed)
        self.inside: dict[int, float] = {}
        self._numbers = itertools.count(1)

    def happen(self) -> None:
        """One thing."""
        piece, now_s, choice = self.room.piece, self.room.now_s, self.choice
        events = (self._walk, self._walk, self._walk, self._hold, self._change_preset, self._change_scene)
        others = (
            lambda: piece.adapt(now_s, on=choice.random() < 0.5),
            lambda: piece.change_person(now_s) if choice.random() < 0.2 else None,
        )
        choice.choice((*events, *others))()

    def _walk(self) -> None:
        if self.choice.random() < 0.4 and len(self.inside) < 4:
            self.inside[next(self._numbers)] = self.choice.random()
        elif self.inside:
            person = self.choice.choice(sorted(self.inside))
            if self.choice.random() < 0.5:
                self.inside.pop(person)
            else:
                self.inside[person] = self.choice.random()

    def _hold(self) -> None:
        if self.room.piece._alone is None:
            self.room.piece.hold({})
        else:
            self.room.piece.release(self.room.now_s)

    def _change_preset(self) -> None:
        if self.choice.random() < 0.3:
            self.room.change_to(self.choice.choice(("theremin", "delta", "moves")), self.choice.randint(1, 4))

    def _change_scene(self) -> None:
        piece = self.room.piece
        if piece.preset.scenes:
            piece.change_scene(self.choice.choice(sorted(piece.preset.scenes)), self.room.now_s)
        if piece.scale:
            piece.scale = dataclasses.replace(piece.scale, strength=self.choice.random())


@pytest.mark.parametrize("seed", range(2))
def test_persons_come_and_go_at_random_in_any_piece(seed: int) -> None:
    """No NaN, no person without a sound, never nothing, and nothing that grows."""
    visitors = Visitors(room := Room("theremin", 3), seed)
    objects: list[int] = []
    for step in range(150):
        visitors.happen()
        sounds = room.play(visitors.choice.uniform(TICK_S, 0.3), visitors.inside)
        voices = len(room.piece.voices)
        for sound in sounds:
            assert len(sound.values) == len(sound.scene.parameters)
            assert len(sound.trigger_counts) == len(sound.scene.triggers)
            assert np.isfinite(sound.values).all()
            assert len(sound.voices) == (voices if voices > 1 else 0)
            assert all(0.0 <= share <= 1.0 for share in sound.voices)
            assert voices == 1 or max(sound.voices) > 0.0
        assert room.piece.frames is not None
        settled = room.play(0.3, visitors.inside)[-1]
        present = [frame.present for frame in room.piece.frames]
        assert voices == 1 or sum(present) >= min(len(visitors.inside), voices)
        if room.piece._alone is not None:
            assert sum(settled.voices) == (1.0 if voices > 1 else 0.0)
        else:
            assert all(share == 1.0 for share, here in zip(settled.voices, present, strict=False) if here)
        if step % 25 == 24:
            gc.collect()
            objects.append(len(gc.get_objects()))
    assert objects[-1] < objects[1] + 3000, objects


@pytest.mark.parametrize("features", ["right_wrist.height", "right_wrist.height, second.lean"])
def test_what_follows_the_second_person_goes_on_while_the_first_is_hidden(tmp_path: Path, features: str) -> None:
    text = f"""
name: Both
features: [{features}]
people: 2
outputs:
  own: {{to: theremin.level, range: [-30, -6], from: right_wrist.height}}
  other: {{to: theremin.pitch, range: [110, 880], from: second.right_wrist.height}}
"""
    loaded = loader.loads(text, tmp_path / "both.yaml")
    piece = RunningPreset(loaded)
    piece.take_over(fit(fit_job(loaded)), 0.0)
    heard = []
    for tick in range(120):
        shown = {1: 0.5, 2: 0.1} if tick < 60 else {2: 0.9}
        frame = piece.process_pose(several(tick / 60, shown) if tick < 85 else None, tick / 60)
        heard.append(frame.values)
        if 60 <= tick < 85:
            assert (piece.people.here, piece.people.in_view) == ((1, 2), (2,)), "the first is here, and hidden"
            assert frame.present
            assert "second" not in features or not frame.features.notes
    assert heard[84][0] == heard[59][0], "what is measured on the first holds"
    assert heard[84][1] > 2.0 * heard[59][1]
    assert piece.people.here == (), "a pose that is half a second old says of no person where they are"


@pytest.mark.parametrize("voices", [1, 3])
@pytest.mark.parametrize("told_apart", [False, True])
def test_the_first_person_plays_on_when_the_tracker_gives_numbers_or_no_more(voices: int, *, told_apart: bool) -> None:
    room = Room("theremin", voices)
    for tick in range(90):
        room.now_s += TICK_S
        pose = several(room.now_s, {5: 0.8}, told_apart=(tick < 30) == told_apart)
        frame = room.piece.process_pose(pose, room.now_s)
        assert frame.present
        assert not frame.features.handed_over
        assert len(room.piece.people.here) == 1
        assert room.piece.people.person_of("nearest") == room.piece.people.person_of("first") != 0


def test_what_was_performed_is_counted_for_all_persons_and_never_falls() -> None:
    room = Room("moves", 2)
    room.play(2 * ARRIVE_S, {1: 0.2, 2: 0.8})
    assert room.piece.lead == 0
    room.piece.voices[0].performed["throw"], room.piece.voices[1].performed["throw"] = 4, 3
    room.play(6.0, {2: 0.8})
    assert room.piece.lead == 1, "the first one has left"
    assert room.piece.performed["throw"] == 7
    frame = room.piece.frames[room.piece.lead] if room.piece.frames else None
    assert frame is not None
    assert [one.performed for one in room.piece.gesture_readings(frame) if one.name == "throw"] == [7]
    for voices in (2, 1):
        edited = RunningPreset(in_voices("moves", voices))
        edited.continue_from(room.piece, room.now_s)
        assert edited.performed["throw"] == 7
        assert edited.voices[0].performed["throw"] == (4 if voices == 2 else 7), "place by place"
