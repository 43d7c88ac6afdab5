"""What processes that drive other devices are sent at every tick: what the piece does, and what its preset asks for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

import msgspec
import zmq

from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.config.preset.model import Preset
from gesturesynth.pipeline.piece_state import voice_states
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.action_message import ActionsMessage, MidiAction
from gesturesynth.runtime.light_message import LightMessage
from gesturesynth.runtime.messages import Sound
from gesturesynth.runtime.midi_message import MidiMessage
from gesturesynth.runtime.piece_state import PieceState
from gesturesynth.runtime.pubsub import OnDemandPublisher

MESSAGES: Final[dict[type[msgspec.Struct], Callable[[PieceState, Preset], msgspec.Struct]]] = {
    ActionsMessage: lambda state, preset: ActionsMessage(state, preset.actions),
    LightMessage: lambda state, preset: LightMessage(state, preset.light),
    MidiMessage: lambda state, preset: MidiMessage(state, preset.midi),
}
"""Each type of message, and what makes one of the state and of the preset."""
UNHEARD: Final[dict[type[msgspec.Struct], Callable[[Preset], str]]] = {
    ActionsMessage: lambda preset: (
        "nothing carries out the actions of this preset: `actions.enabled` in gesturesynth.yaml"
        if any(not isinstance(what, MidiAction) for action in preset.actions for what in action.does)
        else ""
    ),
    LightMessage: lambda preset: (
        "nothing drives the lamps of this preset: `light.enabled` in gesturesynth.yaml" if preset.light.lamps else ""
    ),
    MidiMessage: lambda preset: (
        "nothing sends or receives the MIDI of this preset: `midi.enabled` in gesturesynth.yaml, and a port"
        if preset.midi.sends or preset.midi.inputs
        else ""
    ),
}
"""What is said where no process receives a message that a preset needs; empty for a preset that does not."""


class PieceOutputs:
    """Sends the state of the piece to those who receive it; while there is no receiver, nothing is made.

    Args:
        context: for the sockets.
        messages: by default `MESSAGES`.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        messages: dict[type[msgspec.Struct], Callable[[PieceState, Preset], msgspec.Struct]] = MESSAGES,
    ) -> None:
        self._publishers = {kind: (OnDemandPublisher(context, kind), make) for kind, make in messages.items()}
        self._piece: RunningPreset | None = None
        self._changes = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what the preset that plays asks for, and no process does."""
        if self._piece is None:
            return ()
        found = [UNHEARD.get(kind, _nothing)(self._piece.preset) for kind in self._publishers if not self._wanted(kind)]
        return tuple(sentence for sentence in found if sentence)

    def _wanted(self, kind: type[msgspec.Struct]) -> bool:
        return self._publishers[kind][0].wanted

    def send(self, piece: RunningPreset, sound: Sound, controller: SessionController, now_s: float) -> None:
        """Sends the state of one tick.

        Args:
            piece: what plays.
            sound: what the engine was sent at this tick.
            controller: has what commands have chosen.
            now_s: monotonic seconds.
        """
        if piece is not self._piece:
            self._piece = piece
            self._changes += 1
        wanted = [(publisher, make) for publisher, make in self._publishers.values() if publisher.wanted]
        if not wanted:
            return
        state = PieceState(
            time_s=now_s,
            pid=os.getpid(),
            preset=piece.preset.name,
            changes=self._changes,
            scene=piece.scene_name,
            scenes=tuple(piece.preset.scenes),
            voices=voice_states(piece),
            lead=piece.lead,
            people=len(piece.people.in_view),
            tempo=sound.tempo,
            volume_db=sound.volume_db,
            muted=controller.choices.muted,
            panic=controller.choices.panic,
            closed=not controller.gate.open,
            own_volume_db=controller.choices.volume_db,
        )
        for publisher, make in wanted:
            publisher.send(make(state, piece.preset))

    def close(self) -> None:
        """Closes the sockets."""
        for publisher, _ in self._publishers.values():
            publisher.close()


def _nothing(_preset: Preset) -> str:
    return ""
