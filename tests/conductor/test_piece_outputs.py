"""The state of a piece, as processes that drive other devices receive it: the real conductor, a real socket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import msgspec
import pytest
import zmq

from gesturesynth.conductor import piece_outputs
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.light.desk import LightDesk
from gesturesynth.light.protocols import LightSettings
from gesturesynth.runtime import pubsub
from gesturesynth.runtime.action_message import ActionsMessage
from gesturesynth.runtime.light_message import LightMessage
from gesturesynth.runtime.midi_message import MidiMessage
from gesturesynth.runtime.piece_state import PieceState
from gesturesynth.runtime.pubsub import Subscriber
from tests.support.conductor_harness import LOW, ConductorHarness
from tests.support.preset_texts import SMALL
from tests.support.stick_figure import body_from, pose

STANDING = body_from(pose())
BOTH_UP = body_from(pose(right_arm=(160, 175), left_arm=(160, 175)))


class Told(msgspec.Struct, frozen=True):
    """A message as such a process has one."""

    state: PieceState
    preset: str


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The presets that a message was made of."""
    names: list[str] = []

    def make(state: PieceState, preset: Preset) -> Told:
        names.append(preset.name)
        return Told(state, preset.name)

    topics = cast("dict[object, object]", pubsub.TOPICS)
    messages = cast("dict[object, object]", piece_outputs.MESSAGES)
    monkeypatch.setitem(topics, Told, ("conductor", "told"))
    monkeypatch.setitem(messages, Told, make)
    return names


@pytest.fixture
def told(made: list[str]) -> Iterator[Subscriber[Told]]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    subscriber = Subscriber(context, Told)
    yield subscriber
    subscriber.close()
    context.term()


def newest(harness: ConductorHarness, told: Subscriber[Told], *, changes: int = 1) -> Told:
    got: list[Told] = []

    def arrived() -> bool:
        message = told.newest()
        got.extend([message] if message and message.state.changes == changes and message.state.voices else [])
        return bool(got)

    harness.until(arrived, f"a message of the piece number {changes}")
    return got[-1]


def test_the_state_is_what_is_heard(told: Subscriber[Told], tmp_path: Path) -> None:
    file = tmp_path / "piece.yaml"
    file.write_text(SMALL)
    with ConductorHarness(file) as harness:
        harness.body = LOW
        message = newest(harness, told)
        harness.done("volume", -12.0)
        harness.done("panic")
        state = newest(harness, told).state
        assert (message.state.own_volume_db, state.own_volume_db) == (0.0, -12.0)
        [voice] = state.voices
        assert message.preset == state.preset == harness.preset_manager.piece.preset.name
        assert (state.pid, state.lead, state.people, voice.share) == (os.getpid(), 0, 1, 1.0)
        assert voice.present
        assert set(voice.outputs) == set(voice.positions)
        assert set(voice.outputs) == {output.name for output in harness.preset_manager.piece.preset.outputs}
        assert all(0.0 <= position <= 1.0 for position in voice.positions.values())
        assert (message.state.panic, state.panic, state.muted, state.closed) == (False, True, False, False)
        file.write_text(f"{SMALL}about: another version\n")
        harness.preset_manager.request_reload()
        assert newest(harness, told, changes=2).state.pid == os.getpid()


def test_a_class_that_is_entered_is_counted_and_so_is_its_strike(told: Subscriber[Told]) -> None:
    with ConductorHarness(paths.presets_dir() / "drums.yaml") as harness:
        harness.body = STANDING
        harness.wait_until_playing()
        before = newest(harness, told).state.voices[0]
        harness.run_for(0.5, BOTH_UP)
        after = newest(harness, told).state.voices[0]
    assert after.recognised == "clap"
    assert after.entered == before.entered | {"clap": before.entered["clap"] + 1}
    [trigger] = [name for name in after.struck if after.struck[name] != before.struck[name]]
    assert after.struck[trigger] == before.struck[trigger] + 1


def test_nothing_is_made_while_nothing_is_received(made: list[str], tmp_path: Path) -> None:
    file = tmp_path / "piece.yaml"
    file.write_text(SMALL)
    with ConductorHarness(file) as harness:
        for _ in range(10):
            harness.tick()
    assert made == []


def test_actions_that_nothing_carries_out_are_said_until_something_does(tmp_path: Path) -> None:
    file = tmp_path / "piece.yaml"
    file.write_text(f"{SMALL}actions: {{lamp: {{when: person.comes, osc: {{port: 9, address: /lamp}}}}}}\n")
    with ConductorHarness(file) as harness, zmq.Context() as context:
        harness.until(lambda: "actions.enabled" in " ".join(harness.conductor.status().notes), "the note")
        with closing(Subscriber(context, ActionsMessage)):
            harness.until(lambda: "actions.enabled" not in " ".join(harness.conductor.status().notes), "no note")


def test_actions_that_send_midi_ask_for_the_midi_process_and_for_no_other(tmp_path: Path) -> None:
    file = tmp_path / "piece.yaml"
    file.write_text(f"{SMALL}actions: {{beep: {{when: person.comes, midi: {{note: C4}}}}}}\n")
    with ConductorHarness(file) as harness, zmq.Context() as context:
        harness.until(lambda: "midi.enabled" in " ".join(harness.conductor.status().notes), "the note")
        assert "actions.enabled" not in " ".join(harness.conductor.status().notes)
        with closing(Subscriber(context, MidiMessage)):
            harness.until(lambda: "midi.enabled" not in " ".join(harness.conductor.status().notes), "no note")


def test_lamps_are_told_what_the_piece_does_and_what_they_follow(tmp_path: Path) -> None:
    file = tmp_path / "piece.yaml"
    file.write_text(f"{SMALL}light: {{front: {{channel: 3, level: pitch}}}}\n")
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    subscriber = Subscriber(context, LightMessage)
    desk = LightDesk(LightSettings())
    with ConductorHarness(file) as harness:
        harness.body = LOW
        got: list[LightMessage] = []

        def arrived() -> bool:
            message = subscriber.newest()
            got.extend([message] if message and message.state.voices else [])
            return bool(got)

        harness.until(arrived, "a message for lamps")
    subscriber.close()
    context.term()
    [lamp] = got[-1].setup.lamps
    assert (lamp.name, lamp.channel, lamp.level.name) == ("front", 3, "pitch")
    desk.take(got[-1], 0.0)
    for number in range(200):
        [frame] = desk.step(number / 40).values()
    assert frame[2] == round(255 * got[-1].state.voices[0].positions["pitch"])
